#ifndef CLI_CMD_H
#define CLI_CMD_H

#include <dsv/cutting.h>
#include <dsv/error.h>
#include <dsv/repo.h>

#include "cli/opt.h"
#include "cli/out.h"

/*
 * A command is a table row: its words, its options, what it needs, and what it
 * does. The frame finds it, reads its options, prepares what it needs, runs
 * it, shows its error and turns its result into an exit status.
 *
 * A command may be made of commands: `dsv audit start`, `dsv audit finish`.
 * Its row then holds their table and nothing that runs; each of them is a row
 * like any other, with its own options and needs, one file each, and its full
 * name. Only the first row stands in all.c.
 *
 *	extern const struct dsv_cmd dsv_cmd_audit_start, dsv_cmd_audit_finish;
 *
 *	static const struct dsv_cmd *const audit_subs[] = {
 *		&dsv_cmd_audit_start,
 *		&dsv_cmd_audit_finish,
 *		NULL,
 *	};
 *
 *	const struct dsv_cmd dsv_cmd_audit = {
 *		.name = "audit",
 *		.group = DSV_GROUP_GOVERN,
 *		.brief = "judge a sample of the data",
 *		.subs = audit_subs,
 *	};
 *
 *	const struct dsv_cmd dsv_cmd_audit_start = {
 *		.name = "audit start",
 *		.brief = "draw a sample and sign the plan",
 *		.opts = start_opts,
 *		.args_size = sizeof(struct start_args),
 *		.needs = DSV_NEEDS_WORKTREE,
 *		.run = start_run,
 *	};
 *
 * `dsv audit -h` lists them, `dsv audit start -h` is about one. They share the
 * page docs/man/dsv-audit.1: its synopsis is that of each in turn (`dsv help
 * --synopsis audit` prints it), its options are those of all.
 */
enum dsv_group {
	DSV_GROUP_START,
	DSV_GROUP_WORK,
	DSV_GROUP_LOOK,
	DSV_GROUP_SHARE,
	DSV_GROUP_GOVERN,
	DSV_GROUP_KEEP,
	DSV_GROUP_OTHER,
	DSV_GROUP_PLUMBING,
	DSV_GROUPS,
};

/* What the frame prepares. A command that needs a work tree, or that asks for
 * it, is told once when the filters of this clone are not set up. */
enum dsv_needs {
	DSV_NEEDS_NOTHING,
	DSV_NEEDS_MAYBE_REPO, /* ctx->repo is NULL outside of one */
	DSV_NEEDS_REPO,
	DSV_NEEDS_WORKTREE,
};

enum dsv_cmd_flags {
	DSV_CMD_PAGER = 1u << 0,       /* long answers go through the pager */
	DSV_CMD_SETUP_LATER = 1u << 1, /* says nothing of missing set-up */
	/* content that is not here is fetched as it is read; of the groups LOOK
	 * and GOVERN without being said */
	DSV_CMD_ON_DEMAND = 1u << 2,
};

struct dsv_ctx {
	struct dsv_repo *repo;
	struct dsv_cutting_rules *cutting; /* of repo */
	struct dsv_on_demand *on_demand;   /* of repo, or NULL */
	struct dsv_out *out;
	const struct dsv_cmd *cmd;
};

struct dsv_cmd {
	const char *name;     /* "audit start" for a command of a command */
	enum dsv_group group; /* where help lists it; unused below a command */
	const char *brief;
	/* instead of the operands in the synopsis, one line each, NULL-ended;
	 * NULL: as the table says */
	const char *const *forms;
	const char *about; /* sentences below the brief in -h, or NULL */
	const struct dsv_opt *opts;
	size_t args_size;
	enum dsv_needs needs;
	unsigned flags; /* enum dsv_cmd_flags */
	/* 0, a negative code, or an exit status above 0 (DSV_EXIT_NO) */
	int (*run)(struct dsv_ctx *ctx, const void *args);
	/* its commands, NULL-ended; what is above, from forms to run, is then
	 * unused */
	const struct dsv_cmd *const *subs;
};

#define DSV_EXIT_NO 1 /* the answer is no; nothing failed */

/** All commands, in the order of help; NULL-ended. */
extern const struct dsv_cmd *const dsv_cmds[];

#endif
