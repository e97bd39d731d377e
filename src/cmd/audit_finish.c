#include "cmd/audit.h"

struct finish_args {
	const char *file;
	const char *plan;
	const char *key;
	bool any_label;
	bool no_push;
};

static const struct dsv_opt finish_opts[] = {
	DSV_OPT_STR(0, "plan", "N|DIGEST", struct finish_args, plan,
		    "the audit it is of (default: by the name of FILE)"),
	DSV_OPT_FLAG(0, "any-label", struct finish_args, any_label,
		     "take answers that are no known label"),
	DSV_OPT_PATH(0, "key", struct finish_args, key,
		     "sign with this key (default: dsv.signingKey)"),
	DSV_OPT_FLAG(0, "no-push", struct finish_args, no_push,
		     "keep the result here for now"),
	DSV_OPT_JSON,
	DSV_ARG("FILE", struct finish_args, file, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int faults_human(struct dsv_out *out, void *result)
{
	const struct dsv_audit_finished *finished = result;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < finished->faults.n; i++) {
		dsv_out_shown(out, finished->faults.items[i]);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	return rc;
}

static int json_header(struct dsv_out *out)
{
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.audit/1");
	return dsv_jline_close(out);
}

static int faults_json(struct dsv_out *out, void *result)
{
	const struct dsv_audit_finished *finished = result;
	int rc = json_header(out);

	for (size_t i = 0; rc == 0 && i < finished->faults.n; i++) {
		dsv_jline_open(out, "fault");
		dsv_jline_text(out, "message", finished->faults.items[i]);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static const struct dsv_view faults_view = {faults_human, faults_json};

static int finish_human(struct dsv_out *out, void *result)
{
	const struct dsv_audit_finished *finished = result;
	int rc = 0;

	if (finished->audit)
		rc = dsv_audit_human(out, finished->audit);
	dsv_buf_addstr(&out->buf, "signed     by ");
	dsv_out_shown(out, finished->person);
	if (finished->remote) {
		dsv_buf_addstr(&out->buf, ", pushed to ");
		dsv_out_shown(out, finished->remote);
	}
	dsv_buf_addch(&out->buf, '\n');
	return rc < 0 ? rc : dsv_out_line(out);
}

static int finish_json(struct dsv_out *out, void *result)
{
	const struct dsv_audit_finished *finished = result;
	char hex[DSV_ID_HEX];
	int rc = json_header(out);

	if (rc == 0 && finished->audit)
		rc = dsv_audit_json(out, finished->audit);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "signed");
	dsv_jline_text(out, "digest", dsv_id_hex(&finished->digest, hex));
	dsv_jline_text(out, "person", finished->statement.person);
	dsv_jline_text(out, "role", finished->statement.role);
	dsv_jline_text(out, "pushed", finished->remote);
	return dsv_jline_close(out);
}

static const struct dsv_view finish_view = {finish_human, finish_json};

static int finish_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct finish_args *args = argp;
	struct dsv_audit_finished finished DSV_AUTO(audit_finished) =
		DSV_AUDIT_FINISHED_INIT;
	const struct dsv_audit_finish_opts opts = {
		.file = args->file,
		.plan = args->plan,
		.any_label = args->any_label,
		.no_push = args->no_push,
		.key = args->key,
	};
	int rc = dsv_audit_finish(&finished, ctx->repo, &opts);
	int shown;

	if (rc == 0)
		return dsv_out_show(ctx->out, &finish_view, &finished);
	if (finished.faults.n == 0)
		return rc;
	shown = dsv_out_show(ctx->out, &faults_view, &finished);
	return shown < 0 ? shown : rc;
}

const struct dsv_cmd dsv_cmd_audit_finish = {
	.name = "audit finish",
	.brief = "sign what a filled sheet says",
	.about = "The sheet must hold the rows that were drawn, each once, as "
		 "they were, and an answer in each. A person judges a sample "
		 "once.",
	.opts = finish_opts,
	.args_size = sizeof(struct finish_args),
	.needs = DSV_NEEDS_REPO,
	.run = finish_run,
};
