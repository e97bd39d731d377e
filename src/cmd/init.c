#include <string.h>

#include <dsv/setup.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/hook_words.h"

struct init_args {
	const char *dir;
};

static const struct dsv_opt init_opts[] = {
	DSV_ARG_MAYBE("DIR", struct init_args, dir, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void say_hooks(const struct dsv_setup *setup)
{
	size_t i;

	for (i = 0; i < DSV_N_HOOKS; i++)
		dsv_hook_words_line(&setup->hooks[i]);
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

static int bare(void)
{
	dsv_fail(DSV_EUSAGE, "a bare repository needs no set-up");
	return dsv_hint(DSV_EUSAGE, "for the gate on a server: dsv hook "
				    "install --server");
}

static int init_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct init_args *args = argp;
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;
	const char *dir = args->dir ? args->dir : ".";
	struct dsv_buf program DSV_AUTO(buf) = DSV_BUF_INIT;
	bool created = false;
	int rc;

	rc = dsv_hook_words_program(&program);
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
		return bare();
	rc = dsv_setup(ctx->repo, dsv_buf_str(&program), &setup);
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
