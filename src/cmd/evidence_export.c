#include <dsv/evidence_export.h>

#include "cmd/evidence.h"
#include "cmd/words.h"

struct export_args {
	const char *rev;
	const char *to;
	const char *dataset;
	const char *target;
};

static const struct dsv_opt export_opts[] = {
	DSV_OPT_VALUE_(DSV_KIND_STR, 0, "to", "DIR", struct export_args, to,
		       "the folder that is made; needed"),
	DSV_OPT_STR(0, "dataset", "NAME", struct export_args, dataset,
		    "this dataset alone"),
	DSV_OPT_STR(0, "target", "BRANCH", struct export_args, target,
		    "whose people are trusted"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("REV", struct export_args, rev, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct exported {
	const struct export_args *args;
	struct dsv_evidence_export counts;
};

static int export_human(struct dsv_out *out, void *result)
{
	const struct exported *it = result;

	dsv_words_path(&out->buf, it->args->to);
	dsv_buf_addf(&out->buf, ": %zu %s about %zu %s of %zu %s\n",
		     it->counts.statements,
		     it->counts.statements == 1 ? "statement" : "statements",
		     it->counts.datasets,
		     it->counts.datasets == 1 ? "dataset" : "datasets",
		     it->counts.files,
		     it->counts.files == 1 ? "file" : "files");
	if (it->counts.untrusted)
		dsv_buf_addf(&out->buf,
			     "left out: %zu that are not trusted; 'dsv "
			     "evidence list' says why\n",
			     it->counts.untrusted);
	dsv_buf_addstr(&out->buf, "README.md in it says how to check it\n");
	return dsv_out_line(out);
}

static int export_json(struct dsv_out *out, void *result)
{
	const struct exported *it = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.evidence-export/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "to", it->args->to);
	dsv_jline_count(out, "statements", it->counts.statements);
	dsv_jline_count(out, "datasets", it->counts.datasets);
	dsv_jline_count(out, "files", it->counts.files);
	dsv_jline_count(out, "untrusted", it->counts.untrusted);
	return dsv_jline_close(out);
}

static const struct dsv_view export_view = {export_human, export_json};

static int export_run(struct dsv_ctx *ctx, const void *argp)
{
	struct exported exported = {.args = argp};
	const struct export_args *args = argp;
	struct dsv_evidence_export_opts opts = {
		.target = args->target,
		.dataset = args->dataset,
		.dir = args->to,
	};
	int rc;

	if (!args->to) {
		dsv_fail(DSV_EUSAGE, "no folder is named");
		return dsv_hint(DSV_EUSAGE, "name one that is new: --to DIR");
	}
	rc = dsv_repo_resolve(ctx->repo, args->rev ? args->rev : "HEAD",
			      &opts.version);
	if (rc == 0)
		rc = dsv_evidence_export(ctx->repo, &opts, &exported.counts);
	if (rc < 0)
		return rc;
	return dsv_out_show(ctx->out, &export_view, &exported);
}

const struct dsv_cmd dsv_cmd_evidence_export = {
	.name = "evidence export",
	.brief = "a folder that anybody can check without dsv",
	.about = "Everything that was signed about REV (default: HEAD), with "
		 "the commands that check it by ssh-keygen and sha256sum.",
	.opts = export_opts,
	.args_size = sizeof(struct export_args),
	.needs = DSV_NEEDS_REPO,
	.run = export_run,
};
