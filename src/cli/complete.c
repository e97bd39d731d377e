#include "cli/complete.h"

#include <assert.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/help.h"

#define LIST_REVS                                                            \
	"git for-each-ref --format='%(refname:short)' refs/heads refs/tags " \
	"refs/remotes 2>/dev/null"

typedef void add_command_fn(struct dsv_buf *out, const struct dsv_cmd *cmd);

/* Each command, and after it those that it is made of. */
static void for_each(const struct dsv_cmd *const *table, add_command_fn *add,
		     struct dsv_buf *out)
{
	for (; *table; table++) {
		add(out, *table);
		if ((*table)->subs)
			for_each((*table)->subs, add, out);
	}
}

static bool is_below(const struct dsv_cmd *cmd)
{
	return strchr(cmd->name, ' ') != NULL;
}

static bool is_offered(const struct dsv_cmd *cmd)
{
	return cmd->group != DSV_GROUP_PLUMBING ||
	       !strcmp(cmd->name, "completion");
}

static void add_sub_words(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	size_t i;

	for (i = 0; cmd->subs[i]; i++)
		dsv_buf_addf(out, "%s%s", i ? " " : "",
			     dsv_help_word(cmd->subs[i]));
}

static void add_words(struct dsv_buf *out, const char *const *words)
{
	size_t i;

	for (i = 0; words && words[i]; i++)
		dsv_buf_addf(out, "%s%s", i ? " " : "", words[i]);
}

static void add_command_names(struct dsv_buf *out, const char *join)
{
	const char *lead = "";
	size_t i;

	for (i = 0; dsv_cmds[i]; i++) {
		if (!is_offered(dsv_cmds[i]))
			continue;
		dsv_buf_addf(out, "%s%s", lead, dsv_cmds[i]->name);
		lead = join;
	}
}

/* What the operands of a command are completed with. */
static const struct dsv_opt *operand_of(const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;

	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++)
		if (!dsv_opt_is_option(opt))
			return opt;
	return NULL;
}

/* Text inside single quotes of any of the shells. */
static void add_quoted(struct dsv_buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			dsv_buf_addstr(out, "'\\''");
		else
			dsv_buf_addch(out, *text);
}

static void add_bash_operand(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *operand = operand_of(cmd);

	if (!operand)
		return;
	if (operand->complete == DSV_COMPLETE_REV)
		dsv_buf_addstr(out, "\t\trevs=yes files=yes\n");
	else if (operand->complete == DSV_COMPLETE_PATH)
		dsv_buf_addstr(out, "\t\tfiles=yes\n");
	else if (operand->complete == DSV_COMPLETE_COMMAND) {
		dsv_buf_addstr(out, "\t\twords=\"");
		add_command_names(out, " ");
		dsv_buf_addstr(out, "\"\n");
	} else if (operand->complete == DSV_COMPLETE_WORD) {
		dsv_buf_addstr(out, "\t\twords=\"");
		add_words(out, operand->words);
		dsv_buf_addstr(out, "\"\n");
	}
}

static void add_bash_values(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;

	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++) {
		if (!dsv_opt_is_option(opt) ||
		    opt->complete == DSV_COMPLETE_NONE)
			continue;
		dsv_buf_addf(out, "\t\t[[ $prev == --%s ]] && ", opt->name);
		if (opt->complete == DSV_COMPLETE_WORD) {
			dsv_buf_addstr(out, "value=\"");
			add_words(out, opt->words);
			dsv_buf_addstr(out, "\"\n");
		} else if (opt->complete == DSV_COMPLETE_REV) {
			dsv_buf_addstr(out, "value=\"$(" LIST_REVS ")\"\n");
		} else {
			dsv_buf_addstr(out, "value= files=yes\n");
		}
	}
}

static void add_bash_command(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;

	dsv_buf_addf(out, "\t\"%s\")\n\t\topts=\"--help", cmd->name);
	if (cmd->subs) {
		dsv_buf_addstr(out, "\"\n\t\twords=\"");
		add_sub_words(out, cmd);
		dsv_buf_addstr(out, "\"\n\t\t;;\n");
		return;
	}
	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++)
		if (dsv_opt_is_option(opt))
			dsv_buf_addf(out, " --%s", opt->name);
	dsv_buf_addstr(out, "\"\n");
	add_bash_operand(out, cmd);
	add_bash_values(out, cmd);
	dsv_buf_addstr(out, "\t\t;;\n");
}

/* The commands that are made of commands are named by two words. */
static void add_bash_deepen(struct dsv_buf *out)
{
	const char *lead = "\tcase $name in\n\t";
	size_t i;

	for (i = 0; dsv_cmds[i]; i++) {
		if (!dsv_cmds[i]->subs)
			continue;
		dsv_buf_addf(out, "%s%s", lead, dsv_cmds[i]->name);
		lead = " | ";
	}
	dsv_buf_addstr(out, ")\n"
			    "\t\t((COMP_CWORD > 2)) && "
			    "name+=\" ${COMP_WORDS[2]}\"\n"
			    "\t\t;;\n\tesac\n");
}

static void add_bash(struct dsv_buf *out)
{
	dsv_buf_addstr(out, "# bash completion of dsv; made by: dsv completion "
			    "bash\n"
			    "_dsv()\n{\n"
			    "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
			    "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
			    "\tlocal name=${COMP_WORDS[1]}\n"
			    "\tlocal opts= words= value=- revs= files=\n\n"
			    "\tCOMPREPLY=()\n"
			    "\tif ((COMP_CWORD == 1)); then\n"
			    "\t\tCOMPREPLY=($(compgen -W \"");
	add_command_names(out, " ");
	dsv_buf_addstr(out, "\" -- \"$cur\"))\n\t\treturn\n\tfi\n");
	add_bash_deepen(out);
	dsv_buf_addstr(out, "\tcase $name in\n");
	for_each(dsv_cmds, add_bash_command, out);
	dsv_buf_addstr(out,
		       "\tesac\n"
		       "\tif [[ $value != - ]]; then\n"
		       "\t\twords=$value opts= revs=\n"
		       "\telif [[ $revs ]]; then\n"
		       "\t\twords+=\" $(" LIST_REVS ")\"\n"
		       "\tfi\n"
		       "\t[[ $cur == -* ]] && words=$opts\n"
		       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		       "\t[[ $files && $cur != -* ]] &&\n"
		       "\t\tCOMPREPLY+=($(compgen -f -- \"$cur\"))\n"
		       "}\n"
		       "complete -o filenames -F _dsv dsv\n");
}

static const char *zsh_action(const struct dsv_opt *opt)
{
	switch (opt->complete) {
	case DSV_COMPLETE_PATH:
		return "_files";
	case DSV_COMPLETE_REV:
		return "_dsv_revs";
	case DSV_COMPLETE_COMMAND:
		return "_dsv_commands";
	default:
		return NULL;
	}
}

/* A colon would end it. */
static void add_zsh_message(struct dsv_buf *out, const char *text)
{
	const char *colon;

	for (; (colon = strchr(text, ':')); text = colon + 1)
		dsv_buf_addf(out, "%.*s\\:", (int)(colon - text), text);
	dsv_buf_addstr(out, text);
}

static void add_zsh_value(struct dsv_buf *out, const struct dsv_opt *opt)
{
	const char *action = zsh_action(opt);

	dsv_buf_addch(out, ':');
	add_zsh_message(out, opt->value ? opt->value : opt->name);
	dsv_buf_addch(out, ':');
	if (action) {
		dsv_buf_addstr(out, action);
	} else if (opt->words) {
		dsv_buf_addch(out, '(');
		add_words(out, opt->words);
		dsv_buf_addch(out, ')');
	}
}

/* Brackets and colons mean something to _arguments. */
static void add_zsh_help(struct dsv_buf *out, const char *help)
{
	for (; *help; help++) {
		if (strchr("[]:\\", *help))
			dsv_buf_addch(out, '\\');
		if (*help == '\'')
			dsv_buf_addstr(out, "'\\''");
		else
			dsv_buf_addch(out, *help);
	}
}

static void add_zsh_option(struct dsv_buf *out, const struct dsv_opt *opt)
{
	bool many = opt->kind == DSV_KIND_LIST || opt->kind == DSV_KIND_COLS;

	dsv_buf_addf(out, " \\\n\t\t\t'%s--%s[", many ? "*" : "", opt->name);
	add_zsh_help(out, opt->help);
	dsv_buf_addch(out, ']');
	if (opt->value || opt->words)
		add_zsh_value(out, opt);
	dsv_buf_addch(out, '\'');
}

static void add_zsh_operand(struct dsv_buf *out, const struct dsv_opt *opt)
{
	bool many = opt->kind == DSV_KIND_MANY || opt->kind == DSV_KIND_SOME;

	dsv_buf_addf(out, " \\\n\t\t\t'%s", many ? "*" : "");
	add_zsh_value(out, opt);
	dsv_buf_addch(out, '\'');
}

static void add_zsh_command(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;
	size_t i;

	dsv_buf_addf(out, "\t\t%s)\n\t\t\t_arguments", dsv_help_word(cmd));
	dsv_buf_addf(out, "%s '--help[show help]'", cmd->subs ? " -C" : "");
	if (cmd->subs) {
		dsv_buf_addstr(out, " \\\n\t\t\t'1: :(");
		add_sub_words(out, cmd);
		dsv_buf_addstr(out, ")' '*:: :->rest'\n"
				    "\t\t\tcase $line[1] in\n");
		for (i = 0; cmd->subs[i]; i++)
			add_zsh_command(out, cmd->subs[i]);
		dsv_buf_addstr(out, "\t\t\tesac\n\t\t\t;;\n");
		return;
	}
	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++)
		if (dsv_opt_is_option(opt))
			add_zsh_option(out, opt);
		else
			add_zsh_operand(out, opt);
	dsv_buf_addstr(out, "\n\t\t\t;;\n");
}

static void add_zsh(struct dsv_buf *out)
{
	size_t i;

	dsv_buf_addstr(out, "#compdef dsv\n"
			    "# zsh completion of dsv; made by: dsv completion "
			    "zsh\n"
			    "_dsv_revs()\n{\n\tlocal -a revs\n"
			    "\trevs=(${(f)\"$(" LIST_REVS ")\"})\n"
			    "\tcompadd -a revs\n\t_files\n}\n"
			    "_dsv_commands()\n{\n\tlocal -a commands\n"
			    "\tcommands=(\n");
	for (i = 0; dsv_cmds[i]; i++) {
		if (!is_offered(dsv_cmds[i]))
			continue;
		dsv_buf_addf(out, "\t\t'%s:", dsv_cmds[i]->name);
		add_quoted(out, dsv_cmds[i]->brief);
		dsv_buf_addstr(out, "'\n");
	}
	dsv_buf_addstr(out, "\t)\n\t_describe command commands\n}\n"
			    "_dsv()\n{\n\tlocal state line curcontext\n"
			    "\t_arguments -C '1: :_dsv_commands' "
			    "'*:: :->rest'\n"
			    "\t[[ $state == rest ]] || return\n"
			    "\tcase $line[1] in\n");
	for (i = 0; dsv_cmds[i]; i++)
		add_zsh_command(out, dsv_cmds[i]);
	dsv_buf_addstr(out, "\tesac\n}\n"
			    "if [[ $funcstack[1] == _dsv ]]; then\n"
			    "\t_dsv \"$@\"\nelse\n\tcompdef _dsv dsv\nfi\n");
}

static void add_fish_value(struct dsv_buf *out, const struct dsv_opt *opt)
{
	switch (opt->complete) {
	case DSV_COMPLETE_WORD:
		dsv_buf_addstr(out, " -x -a '");
		add_words(out, opt->words);
		dsv_buf_addch(out, '\'');
		break;
	case DSV_COMPLETE_REV:
		dsv_buf_addstr(out, " -x -a '(__dsv_revs)'");
		break;
	case DSV_COMPLETE_PATH:
		dsv_buf_addstr(out, " -r -F");
		break;
	default:
		dsv_buf_addstr(out, " -x");
	}
}

static void add_fish_option(struct dsv_buf *out, const struct dsv_cmd *cmd,
			    const struct dsv_opt *opt)
{
	dsv_buf_addf(out, "complete -c dsv -n '__dsv_at %s' -l %s", cmd->name,
		     opt->name);
	if (opt->brief)
		dsv_buf_addf(out, " -s %c", opt->brief);
	if (opt->value || opt->words)
		add_fish_value(out, opt);
	dsv_buf_addstr(out, " -d '");
	add_quoted(out, opt->help);
	dsv_buf_addstr(out, "'\n");
}

static void add_fish_operand(struct dsv_buf *out, const struct dsv_cmd *cmd,
			     const struct dsv_opt *opt)
{
	dsv_buf_addf(out, "complete -c dsv -n '__dsv_at %s'", cmd->name);
	if (opt->complete == DSV_COMPLETE_COMMAND) {
		dsv_buf_addstr(out, " -f -a '");
		add_command_names(out, " ");
		dsv_buf_addch(out, '\'');
	} else if (opt->complete == DSV_COMPLETE_WORD) {
		dsv_buf_addstr(out, " -f -a '");
		add_words(out, opt->words);
		dsv_buf_addch(out, '\'');
	} else if (opt->complete == DSV_COMPLETE_REV)
		dsv_buf_addstr(out, " -F -a '(__dsv_revs)'");
	else
		dsv_buf_addstr(out, " -F");
	dsv_buf_addch(out, '\n');
}

/* Its word and what it is for, where the words before it are typed. */
static void add_fish_name(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	if (is_below(cmd))
		dsv_buf_addf(out, "complete -c dsv -n '__dsv_ends_at %.*s'",
			     (int)strcspn(cmd->name, " "), cmd->name);
	else
		dsv_buf_addstr(out, "complete -c dsv -n __fish_use_subcommand");
	dsv_buf_addf(out, " -a %s -d '", dsv_help_word(cmd));
	add_quoted(out, cmd->brief);
	dsv_buf_addstr(out, "'\n");
}

static void add_fish_command(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;

	if (is_offered(cmd))
		add_fish_name(out, cmd);
	if (cmd->subs)
		return;
	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++)
		if (dsv_opt_is_option(opt))
			add_fish_option(out, cmd, opt);
	if (operand_of(cmd))
		add_fish_operand(out, cmd, operand_of(cmd));
}

static void add_fish(struct dsv_buf *out)
{
	dsv_buf_addstr(out, "# fish completion of dsv; made by: dsv completion "
			    "fish\n"
			    "function __dsv_revs\n\t" LIST_REVS "\nend\n"
			    "function __dsv_words\n"
			    "\tset -l words (commandline -opc)\n"
			    "\tset -e words[1]\n"
			    "\twhile string match -q -- '-*' \"$words[1]\"\n"
			    "\t\ttest \"$words[1]\" = -C; and set -e words[1]\n"
			    "\t\tset -e words[1]\n\tend\n"
			    "\tprintf '%s\\n' $words\nend\n"
			    "function __dsv_at\n"
			    "\tset -l words (__dsv_words)\n"
			    "\ttest \"$words[1..\"(count $argv)\"]\" = "
			    "\"$argv\"\nend\n"
			    "function __dsv_ends_at\n"
			    "\tset -l words (__dsv_words)\n"
			    "\ttest \"$words\" = \"$argv\"\nend\n"
			    "complete -c dsv -f\n");
	for_each(dsv_cmds, add_fish_command, out);
}

void dsv_complete_script(enum dsv_shell shell, struct dsv_buf *out)
{
	switch (shell) {
	case DSV_SHELL_BASH:
		add_bash(out);
		break;
	case DSV_SHELL_ZSH:
		add_zsh(out);
		break;
	case DSV_SHELL_FISH:
		add_fish(out);
		break;
	}
}
