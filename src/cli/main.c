#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/attrfile.h>
#include <dsv/cutting.h>
#include <dsv/setup.h>
#include <dsv/sharing.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cli/help.h"
#include "cli/term.h"

#define EXIT_USAGE	 2
#define EXIT_FAILED	 3
#define EXIT_WAITS	 4
#define EXIT_SIGNAL	 128
#define EXIT_INTERRUPTED (EXIT_SIGNAL + SIGINT)

/* What stands before the command's name. */
struct global_args {
	const char *dir;
	bool no_pager;
	bool version;
	bool help;
};

/* The signal that asked to stop; a handler can leave word nowhere else. */
static volatile sig_atomic_t stop_signal;

static void on_stop(int signo)
{
	/* a second one does not wait */
	if (stop_signal) {
		dsv_undo_all();
		_exit(EXIT_SIGNAL + signo);
	}
	stop_signal = signo;
	dsv_cancel();
}

/* A mapped file became shorter, or its disk cannot be read. */
static void on_lost_page(int signo)
{
	static const char text[] = "dsv: a file changed while it was read\n"
				   "hint: run it again when nothing writes "
				   "there\n";

	(void)signo;
	dsv_undo_all();
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EXIT_FAILED);
	_exit(EXIT_FAILED);
}

static void on_failed_write(int signo)
{
	(void)signo; /* the write that caused it fails with an errno */
}

static void catch_signals(void)
{
	/* handlers, unlike SIG_IGN, are not inherited by children */
	static const struct {
		int signo;
		void (*handler)(int signo);
	} caught[] = {
		{SIGINT, on_stop},	    {SIGTERM, on_stop},
		{SIGHUP, on_stop},	    {SIGBUS, on_lost_page},
		{SIGPIPE, on_failed_write}, {SIGXFSZ, on_failed_write},
	};
	struct sigaction action;
	size_t i;

	for (i = 0; i < sizeof(caught) / sizeof(*caught); i++) {
		/* nohup asked not to be stopped */
		if (caught[i].signo == SIGHUP &&
		    !sigaction(SIGHUP, NULL, &action) &&
		    action.sa_handler == SIG_IGN)
			continue;
		memset(&action, 0, sizeof(action));
		action.sa_handler = caught[i].handler;
		sigaction(caught[i].signo, &action, NULL);
	}
}

/* A file that is opened must never become standard output by accident. */
static void fill_standard_files(void)
{
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", O_RDONLY) < 0)
			return;
}

static void print_error(void)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *hint = dsv_error_hint();
	const char *message = dsv_error_message();

	dsv_term_progress_clear();
	dsv_buf_addstr(&text, "dsv: ");
	dsv_add_shown(&text, message, strlen(message));
	if (hint) {
		dsv_buf_addstr(&text, "\nhint: ");
		dsv_add_shown(&text, hint, strlen(hint));
	}
	fprintf(stderr, "%s\n", dsv_buf_str(&text));
}

static int exit_status(int rc)
{
	switch (rc) {
	case DSV_EUSAGE:
		return EXIT_USAGE;
	case DSV_ECONFLICT:
		return EXIT_WAITS;
	case DSV_EREFUSED:
		return DSV_EXIT_NO;
	case DSV_ECANCELLED:
		return EXIT_INTERRUPTED;
	default:
		return rc < 0 ? EXIT_FAILED : rc;
	}
}

/* Whoever reads our output has gone: end as if the signal had killed us. */
static void die_of_pipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

static int finish(struct dsv_out *out, int rc)
{
	int end;

	/* what was said before the error goes first */
	if (rc < 0 && !out->fault && out->buf.len) {
		end = dsv_out_flush(out);
		rc = out->fault ? end : rc;
	}
	if (rc < 0 && !stop_signal && out->fault != EPIPE)
		print_error();
	end = dsv_out_end(out);
	if (out->fault == EPIPE)
		die_of_pipe();
	if (stop_signal)
		return EXIT_SIGNAL + stop_signal;
	if (rc >= 0 && end < 0) {
		print_error();
		return exit_status(end);
	}
	return exit_status(rc);
}

static bool uses_dsv(struct dsv_repo *repo)
{
	struct dsv_strlist patterns DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	return dsv_attrfile_list(repo, &patterns) == 0 && patterns.n > 0;
}

/* A clone brings no configuration along. */
static void say_not_set_up(struct dsv_ctx *ctx)
{
	if (ctx->cmd->flags & DSV_CMD_SETUP_LATER ||
	    !dsv_repo_workdir(ctx->repo) || dsv_is_set_up(ctx->repo) ||
	    !uses_dsv(ctx->repo))
		return;
	dsv_term_say("this clone is not set up for its data files: run "
		     "'dsv init'");
	dsv_error_clear();
}

/* Of "audit start" that of "audit". */
static enum dsv_group group_of(const struct dsv_cmd *cmd)
{
	size_t len = strcspn(cmd->name, " ");
	size_t i;

	for (i = 0; cmd->name[len] && dsv_cmds[i]; i++)
		if (strlen(dsv_cmds[i]->name) == len &&
		    memcmp(dsv_cmds[i]->name, cmd->name, len) == 0)
			return dsv_cmds[i]->group;
	return cmd->group;
}

/* What looks at data brings what it lacks; what writes work files leaves
 * pointers there. */
static bool reads_on_demand(const struct dsv_cmd *cmd)
{
	enum dsv_group group = group_of(cmd);

	return group == DSV_GROUP_LOOK || group == DSV_GROUP_GOVERN ||
	       cmd->flags & DSV_CMD_ON_DEMAND;
}

static void say_traffic(const struct dsv_ctx *ctx)
{
	uint64_t bytes = dsv_on_demand_bytes(ctx->on_demand);

	if (!bytes || !getenv("DSV_TRACE"))
		return;
	dsv_term_say("trace: %llu bytes fetched on demand",
		     (unsigned long long)bytes);
}

static int prepare(struct dsv_ctx *ctx)
{
	enum dsv_needs needs = ctx->cmd->needs;
	int rc;

	if (needs == DSV_NEEDS_NOTHING)
		return 0;
	rc = dsv_repo_open(&ctx->repo, ".");
	if (rc == DSV_ENOTFOUND && needs == DSV_NEEDS_MAYBE_REPO) {
		dsv_error_clear();
		return 0;
	}
	if (rc < 0)
		return rc;
	if (needs == DSV_NEEDS_WORKTREE && !dsv_repo_workdir(ctx->repo))
		return dsv_fail(DSV_EUSAGE,
				"'%s' needs a work tree, and this "
				"repository is bare",
				ctx->cmd->name);
	dsv_cutting_install(&ctx->cutting, ctx->repo);
	if (reads_on_demand(ctx->cmd))
		dsv_on_demand_open(&ctx->on_demand, ctx->repo);
	say_not_set_up(ctx);
	return 0;
}

static int run_command(struct dsv_ctx *ctx, const void *args)
{
	struct dsv_progress *progress = NULL;
	int rc = prepare(ctx);

	if (rc == 0) {
		if (ctx->repo) {
			progress = dsv_term_progress_open();
			dsv_repo_set_progress(ctx->repo, progress);
		}
		rc = ctx->cmd->run(ctx, args);
		dsv_term_progress_clear();
	}
	say_traffic(ctx);
	dsv_on_demand_free(&ctx->on_demand);
	dsv_cutting_rules_free(&ctx->cutting);
	dsv_repo_free(&ctx->repo);
	dsv_progress_free(&progress);
	return rc;
}

static int show_help(struct dsv_ctx *ctx)
{
	dsv_help_command(ctx->cmd, &ctx->out->buf);
	return 0;
}

static int usage_failed(struct dsv_ctx *ctx, int rc)
{
	if (rc == DSV_EUSAGE && !dsv_error_hint())
		dsv_hint(rc, "dsv %s -h", ctx->cmd->name);
	return rc;
}

static int parse_and_run(struct dsv_ctx *ctx, int argc, char **argv)
{
	struct dsv_parsed parsed = {0};
	void *args = calloc(1, ctx->cmd->args_size + 1);
	int rc;

	if (!args)
		return dsv_fail(DSV_EIO, "out of memory");
	rc = dsv_opt_parse(ctx->cmd->opts, argc, argv, args, &parsed);
	ctx->out->json = parsed.json;
	ctx->out->page = ctx->out->page && ctx->out->tty && !parsed.help &&
			 ctx->cmd->flags & DSV_CMD_PAGER;
	if (rc < 0)
		rc = usage_failed(ctx, rc);
	else if (parsed.help)
		rc = show_help(ctx);
	else
		rc = run_command(ctx, args);
	dsv_opt_release(ctx->cmd->opts, args);
	free(args);
	return rc;
}

/* A command that is made of commands, and none of them was named. */
static int ask_for_sub(struct dsv_ctx *ctx, int argc, char **argv)
{
	ctx->out->page = false;
	if (argc && (!strcmp(argv[0], "-h") || !strcmp(argv[0], "--help")))
		return show_help(ctx);
	return dsv_help_unknown_sub(ctx->cmd, argc ? argv[0] : NULL);
}

static int dispatch(struct dsv_out *out, int argc, char **argv)
{
	struct dsv_ctx ctx = {.out = out};
	int used = 0;

	ctx.cmd = dsv_help_find(argc, argv, &used);
	if (!ctx.cmd)
		return dsv_help_unknown(argv[0]);
	if (ctx.cmd->subs)
		return ask_for_sub(&ctx, argc - used, argv + used);
	return parse_and_run(&ctx, argc - used, argv + used);
}

static int unknown_option(const char *word)
{
	if (!strcmp(word, "-C"))
		dsv_fail(DSV_EUSAGE, "option '-C' needs a value");
	else
		dsv_fail(DSV_EUSAGE, "unknown option '%s'", word);
	return dsv_hint(DSV_EUSAGE, "dsv -h");
}

/* Options before the command; returns how many words, or negative. */
static int parse_global(int argc, char **argv, struct global_args *out)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "-C") && i + 1 < argc)
			out->dir = argv[++i];
		else if (!strcmp(argv[i], "--no-pager"))
			out->no_pager = true;
		else if (!strcmp(argv[i], "--version"))
			out->version = true;
		else if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help"))
			out->help = true;
		else
			return unknown_option(argv[i]);
		if (out->dir && chdir(out->dir))
			return dsv_fail_errno(DSV_EIO, "cannot change to '%s'",
					      out->dir);
		out->dir = NULL;
	}
	return i;
}

static int run(struct dsv_out *out, int argc, char **argv)
{
	static char version[] = "version";
	char *version_argv[] = {version, NULL};
	struct global_args args = {0};
	int at = parse_global(argc, argv, &args);

	if (at < 0)
		return at;
	out->page = !args.no_pager;
	if (args.version)
		return dispatch(out, 1, version_argv);
	if (args.help) {
		dsv_help_overview(&out->buf);
		return 0;
	}
	if (at == argc) {
		dsv_fail(DSV_EUSAGE, "no command given");
		return dsv_hint(DSV_EUSAGE, "dsv help lists the commands");
	}
	return dispatch(out, argc - at, argv + at);
}

int main(int argc, char **argv)
{
	struct dsv_out out;

	fill_standard_files();
	catch_signals();
	dsv_out_init(&out);
	return finish(&out, run(&out, argc, argv));
}
