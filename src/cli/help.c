#include "cli/help.h"

#include <string.h>

#include <dsv/text.h>

#define HELP_WIDTH  80u
#define USAGE_WIDTH 73u /* of a synopsis: "usage: " stands before it */
#define HELP_INDENT 26u /* where the text of an option begins */

static const char *const group_titles[DSV_GROUPS] = {
	[DSV_GROUP_START] = "start",   [DSV_GROUP_WORK] = "work",
	[DSV_GROUP_LOOK] = "look",     [DSV_GROUP_SHARE] = "share",
	[DSV_GROUP_GOVERN] = "govern", [DSV_GROUP_KEEP] = "keep",
	[DSV_GROUP_OTHER] = "about",   [DSV_GROUP_PLUMBING] = "plumbing",
};

const char *dsv_help_word(const struct dsv_cmd *cmd)
{
	const char *blank = strrchr(cmd->name, ' ');

	return blank ? blank + 1 : cmd->name;
}

static const struct dsv_cmd *find_word(const struct dsv_cmd *const *table,
				       const char *word)
{
	for (; *table; table++)
		if (!strcmp(dsv_help_word(*table), word))
			return *table;
	return NULL;
}

const struct dsv_cmd *dsv_help_find(int argc, char **argv, int *used)
{
	const struct dsv_cmd *cmd = NULL, *sub;

	*used = 0;
	if (argc > 0)
		cmd = find_word(dsv_cmds, argv[0]);
	if (!cmd)
		return NULL;
	*used = 1;
	if (!cmd->subs || argc < 2)
		return cmd;
	sub = find_word(cmd->subs, argv[1]);
	if (!sub)
		return cmd;
	*used = 2;
	return sub;
}

int dsv_help_unknown_sub(const struct dsv_cmd *cmd, const char *word)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;
	size_t i;

	for (i = 0; cmd->subs[i]; i++)
		dsv_strlist_add(&known, dsv_help_word(cmd->subs[i]));
	if (!word) {
		dsv_fail(DSV_EUSAGE, "what 'dsv %s' is to do is missing",
			 cmd->name);
		return dsv_hint(DSV_EUSAGE, "dsv %s -h lists it", cmd->name);
	}
	dsv_fail(DSV_EUSAGE, "no command '%s %s'", cmd->name, word);
	near = dsv_nearest(word, &known);
	if (near)
		return dsv_hint(DSV_EUSAGE, "did you mean 'dsv %s %s'?",
				cmd->name, near);
	return dsv_hint(DSV_EUSAGE, "dsv %s -h lists what there is", cmd->name);
}

int dsv_help_unknown(const char *name)
{
	static const char *const gits[] = {
		"branch", "tag",      "rm",	"stash",
		"rebase", "reset",    "mv",	"cherry-pick",
		"revert", "checkout", "config", "reflog",
		"bisect", "grep",     "clean",	NULL,
	};
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;
	size_t i;

	for (i = 0; gits[i]; i++) {
		if (!strcmp(gits[i], name)) {
			dsv_fail(DSV_EUSAGE, "'%s' is git's", name);
			return dsv_hint(DSV_EUSAGE, "use git %s", name);
		}
	}
	for (i = 0; dsv_cmds[i]; i++)
		dsv_strlist_add(&known, dsv_cmds[i]->name);
	dsv_fail(DSV_EUSAGE, "no command '%s'", name);
	near = dsv_nearest(name, &known);
	if (near)
		return dsv_hint(DSV_EUSAGE, "did you mean 'dsv %s'?", near);
	return dsv_hint(DSV_EUSAGE, "dsv help lists the commands");
}

/* Text from column `indent` on, broken at blanks before width. */
static void add_wrapped(struct dsv_buf *out, const char *text, size_t indent,
			size_t width)
{
	size_t column = indent;
	const char *end;

	while (*text) {
		end = text + strcspn(text, " ");
		if (column > indent &&
		    column + 1 + (size_t)(end - text) >= width) {
			dsv_buf_addf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			dsv_buf_addch(out, ' ');
			column++;
		}
		dsv_buf_add(out, text, (size_t)(end - text));
		column += (size_t)(end - text);
		text = *end ? end + 1 : end;
	}
	dsv_buf_addch(out, '\n');
}

static void add_value(struct dsv_buf *out, const struct dsv_opt *opt)
{
	size_t i;

	if (opt->value)
		dsv_buf_addf(out, " %s", opt->value);
	for (i = 0; opt->words && opt->words[i]; i++)
		dsv_buf_addf(out, "%c%s", i ? '|' : ' ', opt->words[i]);
}

static void add_operand(struct dsv_buf *out, const struct dsv_opt *opt)
{
	static const char *const forms[] = {
		[DSV_KIND_ARG] = "%s",
		[DSV_KIND_MAYBE] = "[%s]",
		[DSV_KIND_MANY] = "[%s...]",
		[DSV_KIND_SOME] = "%s...",
	};
	const char *form = forms[opt->kind];
	const char *at = strstr(form, "%s");

	dsv_buf_add(out, form, (size_t)(at - form));
	dsv_buf_addstr(out, opt->value);
	dsv_buf_addstr(out, at + 2);
}

/* Parts of a synopsis are joined by blanks; within a part stands a byte that
 * does not break and becomes a blank at the end. */
#define STICKY '\x01'

static void add_sticky(struct dsv_buf *out, const char *text)
{
	for (; *text; text++)
		dsv_buf_addch(out, *text == ' ' ? STICKY : *text);
}

static void add_option_parts(struct dsv_buf *parts, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;

	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++) {
		struct dsv_buf part DSV_AUTO(buf) = DSV_BUF_INIT;

		if (!dsv_opt_is_option(opt))
			continue;
		dsv_buf_addstr(&part, "[");
		if (opt->brief)
			dsv_buf_addf(&part, "-%c | ", opt->brief);
		dsv_buf_addf(&part, "--%s", opt->name);
		add_value(&part, opt);
		dsv_buf_addch(&part, ']');
		if (opt->kind == DSV_KIND_LIST)
			dsv_buf_addstr(&part, "...");
		dsv_buf_addch(parts, ' ');
		add_sticky(parts, dsv_buf_str(&part));
	}
}

static void add_operand_parts(struct dsv_buf *parts, const struct dsv_cmd *cmd)
{
	const struct dsv_opt *opt;

	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++) {
		if (opt->kind == DSV_KIND_END || dsv_opt_is_option(opt))
			continue;
		dsv_buf_addch(parts, ' ');
		add_operand(parts, opt);
	}
}

static void add_form(struct dsv_buf *out, const struct dsv_cmd *cmd,
		     const char *operands, bool options)
{
	struct dsv_buf parts DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t start = out->len, i;

	if (options)
		add_option_parts(&parts, cmd);
	if (operands)
		dsv_buf_addf(&parts, "%s%s", *operands ? " " : "", operands);
	else
		add_operand_parts(&parts, cmd);
	dsv_buf_addf(out, "dsv %s ", cmd->name);
	if (parts.len)
		add_wrapped(out, dsv_buf_str(&parts) + 1, strlen(cmd->name) + 5,
			    USAGE_WIDTH);
	else
		dsv_buf_addch(out, '\n');
	for (i = start; i < out->len; i++)
		if (out->data[i] == STICKY)
			out->data[i] = ' ';
	if (!parts.len) {
		dsv_buf_truncate(out, out->len - 2);
		dsv_buf_addch(out, '\n');
	}
}

void dsv_help_synopsis(const struct dsv_cmd *cmd, struct dsv_buf *out)
{
	size_t i;

	for (i = 0; cmd->subs && cmd->subs[i]; i++)
		dsv_help_synopsis(cmd->subs[i], out);
	if (cmd->subs)
		return;
	if (!cmd->forms)
		add_form(out, cmd, NULL, true);
	for (i = 0; cmd->forms && cmd->forms[i]; i++)
		add_form(out, cmd, cmd->forms[i], i == 0);
}

static void add_option_name(struct dsv_buf *out, const struct dsv_opt *opt)
{
	if (opt->brief)
		dsv_buf_addf(out, "-%c, ", opt->brief);
	dsv_buf_addf(out, "--%s", opt->name);
	add_value(out, opt);
}

void dsv_help_options(const struct dsv_cmd *cmd, struct dsv_buf *out)
{
	const struct dsv_opt *opt;
	size_t i;

	for (i = 0; cmd->subs && cmd->subs[i]; i++)
		dsv_help_options(cmd->subs[i], out);
	if (cmd->subs)
		return;
	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++) {
		if (!dsv_opt_is_option(opt))
			continue;
		add_option_name(out, opt);
		dsv_buf_addf(out, "\t%s\n", opt->help);
	}
}

static void add_option_help(struct dsv_buf *out, const struct dsv_opt *opt)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!opt->brief)
		dsv_buf_addstr(&name, "    ");
	add_option_name(&name, opt);
	dsv_buf_addf(out, "  %s", dsv_buf_str(&name));
	if (name.len + 4 > HELP_INDENT)
		dsv_buf_addf(out, "\n%*s", (int)HELP_INDENT, "");
	else
		dsv_buf_addf(out, "%*s", (int)(HELP_INDENT - 2 - name.len), "");
	add_wrapped(out, opt->help, HELP_INDENT, HELP_WIDTH);
}

static void add_usage(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	struct dsv_buf synopsis DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *line, *end;
	const char *lead = "usage: ";

	dsv_help_synopsis(cmd, &synopsis);
	for (line = dsv_buf_str(&synopsis); *line; line = end + 1) {
		end = strchr(line, '\n');
		dsv_buf_addf(out, "%s%.*s\n", lead, (int)(end - line), line);
		lead = "       ";
	}
}

static void add_about(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	dsv_buf_addf(out, "\n%s\n", cmd->brief);
	if (cmd->about) {
		dsv_buf_addch(out, '\n');
		add_wrapped(out, cmd->about, 0, HELP_WIDTH);
	}
}

/* A command that is made of commands: what they are for. */
static void add_subs(struct dsv_buf *out, const struct dsv_cmd *cmd)
{
	size_t i;

	dsv_buf_addf(out, "usage: dsv %s ", cmd->name);
	for (i = 0; cmd->subs[i]; i++)
		dsv_buf_addf(out, "%s%s", i ? "|" : "",
			     dsv_help_word(cmd->subs[i]));
	dsv_buf_addstr(out, " ...\n");
	add_about(out, cmd);
	dsv_buf_addch(out, '\n');
	for (i = 0; cmd->subs[i]; i++)
		dsv_buf_addf(out, "  %-16s%s\n", dsv_help_word(cmd->subs[i]),
			     cmd->subs[i]->brief);
	dsv_buf_addf(out, "\ndsv %s %s -h tells more of each\n", cmd->name,
		     cmd->subs[1] ? "COMMAND" : dsv_help_word(cmd->subs[0]));
}

void dsv_help_command(const struct dsv_cmd *cmd, struct dsv_buf *out)
{
	const struct dsv_opt *opt;
	bool any = false;

	if (cmd->subs) {
		add_subs(out, cmd);
		return;
	}
	add_usage(out, cmd);
	add_about(out, cmd);
	for (opt = cmd->opts; opt->kind != DSV_KIND_END; opt++) {
		if (!dsv_opt_is_option(opt))
			continue;
		if (!any)
			dsv_buf_addch(out, '\n');
		any = true;
		add_option_help(out, opt);
	}
}

static void add_group(struct dsv_buf *out, enum dsv_group group)
{
	bool any = false;
	size_t i;

	for (i = 0; dsv_cmds[i]; i++) {
		if (dsv_cmds[i]->group != group)
			continue;
		if (!any)
			dsv_buf_addf(out, "\n%s\n", group_titles[group]);
		any = true;
		dsv_buf_addf(out, "  %-16s%s\n", dsv_cmds[i]->name,
			     dsv_cmds[i]->brief);
	}
}

void dsv_help_overview(struct dsv_buf *out)
{
	unsigned group;

	dsv_buf_addstr(out, "usage: dsv [-C DIR] [--no-pager] COMMAND ...\n\n"
			    "git for labelled datasets\n");
	for (group = 0; group < DSV_GROUPS; group++)
		add_group(out, group);
	dsv_buf_addstr(out, "\ndsv COMMAND -h tells more of each; branches, "
			    "tags, remotes are git's\n");
}
