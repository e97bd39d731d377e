#include <dsv/hooks.h>

#include "cli/cmd.h"
#include "cmd/hook_words.h"

struct install_args {
	bool server;
};

static const struct dsv_opt install_opts[] = {
	DSV_OPT_FLAG(0, "server", struct install_args, server,
		     "in a bare repository: pre-receive, the gate of a server"),
	DSV_OPT_END,
};

/* "installed  pre-push", "there       pre-commit" */
static int show(struct dsv_ctx *ctx, const struct dsv_hook_result *hook)
{
	struct dsv_buf *out = &ctx->out->buf;

	if (hook->line) {
		dsv_hook_words_line(hook);
		return 0;
	}
	dsv_buf_addf(out, "%-11s%s", hook->installed ? "installed" : "there",
		     hook->name);
	dsv_buf_addch(out, '\n');
	return dsv_out_line(ctx->out);
}

static int install_client(struct dsv_ctx *ctx)
{
	struct dsv_hook_result hooks[DSV_N_HOOKS];
	int rc = dsv_hooks_install(ctx->repo, hooks);

	for (size_t i = 0; i < DSV_N_HOOKS; i++) {
		if (rc == 0)
			rc = show(ctx, &hooks[i]);
		dsv_hook_result_release(&hooks[i]);
	}
	return rc;
}

static int install_server(struct dsv_ctx *ctx)
{
	struct dsv_hook_result hook;
	int rc = dsv_hooks_install_server(ctx->repo, &hook);

	if (rc == 0)
		rc = show(ctx, &hook);
	dsv_hook_result_release(&hook);
	return rc;
}

static int check_place(struct dsv_ctx *ctx, bool server)
{
	bool bare = !dsv_repo_workdir(ctx->repo);

	if (bare == server)
		return 0;
	if (server)
		return dsv_fail(DSV_EUSAGE, "--server is for a bare "
					    "repository, and this one has a "
					    "work tree");
	dsv_fail(DSV_EUSAGE, "nobody commits in a bare repository");
	return dsv_hint(DSV_EUSAGE, "for the gate on a server: dsv hook "
				    "install --server");
}

static int install_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct install_args *args = argp;
	struct dsv_buf program DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = check_place(ctx, args->server);

	if (rc == 0)
		rc = dsv_hook_words_program(&program);
	if (rc == 0)
		rc = dsv_hooks_set_program(ctx->repo, dsv_buf_str(&program));
	if (rc < 0)
		return rc;
	return args->server ? install_server(ctx) : install_client(ctx);
}

const struct dsv_cmd dsv_cmd_hook_install = {
	.name = "hook install",
	.brief = "install the git hooks, never over another one",
	.about = "As dsv init does, and nothing else. With --server, in the "
		 "bare repository that people push to: no push reaches a "
		 "branch that the policy names unless the gate lets it pass, "
		 "and the evidence branch only grows.",
	.opts = install_opts,
	.args_size = sizeof(struct install_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = install_run,
};
