#include <dsv/release.h>
#include <dsv/version.h>

#include "cli/cmd.h"

static const struct dsv_opt version_opts[] = {
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static int version_human(struct dsv_out *out, void *unused)
{
	(void)unused;
	dsv_buf_addstr(&out->buf, "dsv " DSV_RELEASE "\n");
	dsv_buf_addf(&out->buf, "libgit2 %s\nzstd %s\n", dsv_version_libgit2(),
		     dsv_version_zstd());
	return dsv_out_line(out);
}

static int version_json(struct dsv_out *out, void *unused)
{
	int rc;

	(void)unused;
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.version/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "version");
	dsv_jline_text(out, "dsv", DSV_RELEASE);
	dsv_jline_text(out, "libgit2", dsv_version_libgit2());
	dsv_jline_text(out, "zstd", dsv_version_zstd());
	return dsv_jline_close(out);
}

static int version_run(struct dsv_ctx *ctx, const void *argp)
{
	static const struct dsv_view view = {version_human, version_json};

	(void)argp;
	return dsv_out_show(ctx->out, &view, NULL);
}

const struct dsv_cmd dsv_cmd_version = {
	.name = "version",
	.group = DSV_GROUP_OTHER,
	.brief = "the version of dsv and of the libraries it uses",
	.opts = version_opts,
	.needs = DSV_NEEDS_NOTHING,
	.run = version_run,
};
