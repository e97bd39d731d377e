#include <string.h>
#include <unistd.h>

#include <dsv/setup.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cli/term.h"

#define PROGRAM_MAX 4096 /* bytes of the program's path: PATH_MAX of Linux */

struct init_args {
	const char *dir;
};

static const struct dsv_opt init_opts[] = {
	DSV_ARG_MAYBE("DIR", struct init_args, dir, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

/* git calls the program from anywhere, so it needs the absolute path. */
static int program_path(char path[PROGRAM_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PROGRAM_MAX - 1);

	if (n <= 0)
		return dsv_fail_errno(DSV_EIO,
				      "cannot tell where dsv itself lies");
	path[n] = '\0';
	return 0;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void say_hooks(const struct dsv_setup *setup)
{
	size_t i;

	for (i = 0; i < DSV_N_HOOKS; i++) {
		const struct dsv_hook_result *hook = &setup->hooks[i];

		if (hook->state == DSV_HOOK_FOREIGN)
			dsv_term_say("the hook '%s' is not dsv's and stays as "
				     "it is; add this line to it:\n  %s",
				     hook->path, hook->line);
	}
}

static void add_files(struct dsv_buf *text, uint64_t n, const char *what)
{
	dsv_add_count(text, n);
	dsv_buf_addf(text, " data %s %s\n", n == 1 ? "file" : "files", what);
}

static bool did_anything(const struct dsv_setup *setup)
{
	size_t i;

	for (i = 0; i < DSV_N_HOOKS; i++)
		if (setup->hooks[i].installed)
			return true;
	return setup->created || setup->configured || setup->written.n;
}

static int init_human(struct dsv_out *out, const struct dsv_setup *setup,
		      const char *name)
{
	if (!did_anything(setup))
		dsv_buf_addstr(&out->buf, "dsv is set up already in ");
	else
		dsv_buf_addstr(&out->buf, "initialised dsv in ");
	dsv_out_shown(out, name);
	if (setup->created)
		dsv_buf_addstr(&out->buf, " (git repository created)");
	dsv_buf_addch(&out->buf, '\n');
	if (setup->written.n)
		add_files(&out->buf, setup->written.n, "checked out");
	if (setup->missing)
		add_files(&out->buf, setup->missing,
			  setup->missing == 1
				  ? "left as a pointer: its content is not here"
				  : "left as pointers: their content is not "
				    "here");
	if (setup->created)
		dsv_buf_addstr(&out->buf, "next: dsv track FILE\n");
	return dsv_out_line(out);
}

static int init_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct init_args *args = argp;
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;
	const char *dir = args->dir ? args->dir : ".";
	char program[PROGRAM_MAX];
	bool created = false;
	int rc;

	rc = program_path(program);
	if (rc < 0)
		return rc;
	rc = args->dir && !dsv_repo_exists(dir)
		     ? DSV_ENOTFOUND
		     : dsv_repo_open(&ctx->repo, dir);
	if (rc == DSV_ENOTFOUND) {
		rc = dsv_repo_create(dir);
		created = rc == 0;
		if (rc == 0)
			rc = dsv_repo_open(&ctx->repo, dir);
	}
	if (rc < 0)
		return rc;
	if (!dsv_repo_workdir(ctx->repo))
		return dsv_fail(DSV_EUSAGE,
				"a bare repository needs no set-up");
	rc = dsv_setup(ctx->repo, program, &setup);
	if (rc < 0)
		return rc;
	setup.created = created;
	say_hooks(&setup);
	return init_human(ctx->out, &setup,
			  args->dir ? dir
				    : last_name(dsv_repo_workdir(ctx->repo)));
}

const struct dsv_cmd dsv_cmd_init = {
	.name = "init",
	.group = DSV_GROUP_START,
	.brief = "make a repository, or set this one up for dsv",
	.about = "Works in a new folder, in a git repository, in a fresh clone "
		 "and again. Configures the filter, diff and merge drivers, "
		 "installs the hooks (never over another one) and checks out "
		 "data files that still are pointers.",
	.opts = init_opts,
	.args_size = sizeof(struct init_args),
	.needs = DSV_NEEDS_NOTHING,
	.run = init_run,
};
