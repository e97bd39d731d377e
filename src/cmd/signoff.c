#include "cmd/signoff.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/evidence.h>
#include <dsv/signoff.h>
#include <dsv/text.h>

struct signoff_args {
	const char *role;
	const char *dataset;
	const char *target;
	const char *head;
	const char *reason;
	const char *key;
	const char *checklist;
	const char *withdraws;
	bool override;
	bool no_scan;
	bool no_push;
};

#define OPT_ROLE                                                  \
	DSV_OPT_STR(0, "role", "ROLE", struct signoff_args, role, \
		    "in this role (default: the one that is asked for)")
#define OPT_DATASET                                                     \
	DSV_OPT_STR(0, "dataset", "NAME", struct signoff_args, dataset, \
		    "this dataset alone (\".governance\": the rules)")
#define OPT_TARGET                                                      \
	DSV_OPT_STR(0, "target", "BRANCH", struct signoff_args, target, \
		    "the branch that it is to be merged into")
#define OPT_HEAD                                          \
	DSV_OPT_REV(0, "head", struct signoff_args, head, \
		    "what is signed (default: HEAD)")
#define OPT_KEY                                          \
	DSV_OPT_PATH(0, "key", struct signoff_args, key, \
		     "sign with this key (default: dsv.signingKey)")
#define OPT_NO_PUSH                                              \
	DSV_OPT_FLAG(0, "no-push", struct signoff_args, no_push, \
		     "keep it here for now")

static const struct dsv_opt approve_opts[] = {
	OPT_ROLE,
	OPT_DATASET,
	DSV_OPT_PATH(0, "checklist", struct signoff_args, checklist,
		     "answers to the questions that the policy asks"),
	DSV_OPT_STR(0, "reason", "TEXT", struct signoff_args, reason,
		    "why; kept with the statement"),
	DSV_OPT_FLAG(0, "override", struct signoff_args, override,
		     "set aside what the policy still misses"),
	DSV_OPT_FLAG(0, "no-scan", struct signoff_args, no_scan,
		     "say nothing of what dsv scan finds"),
	OPT_TARGET,
	OPT_HEAD,
	OPT_KEY,
	OPT_NO_PUSH,
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static const struct dsv_opt reject_opts[] = {
	OPT_ROLE,
	OPT_DATASET,
	DSV_OPT_STR(0, "reason", "TEXT", struct signoff_args, reason,
		    "what is wrong; needed"),
	OPT_TARGET,
	OPT_HEAD,
	OPT_KEY,
	OPT_NO_PUSH,
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static const struct dsv_opt withdraw_opts[] = {
	OPT_ROLE,
	OPT_DATASET,
	DSV_OPT_STR(0, "reason", "TEXT", struct signoff_args, reason,
		    "why; kept with the statement"),
	OPT_TARGET,
	OPT_HEAD,
	OPT_KEY,
	OPT_NO_PUSH,
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("DIGEST", struct signoff_args, withdraws,
		      DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static const char *const decided[] = {
	[DSV_APPROVE] = "approved",
	[DSV_REJECT] = "rejected",
	[DSV_WITHDRAW] = "withdrawn",
	[DSV_OVERRIDE] = "overridden",
};

static void add_short(struct dsv_out *out, const char *what,
		      const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(&out->buf, "  %s %.8s", what, dsv_id_hex(id, hex));
}

static int show_scan(struct dsv_out *out,
		     const struct dsv_statement_signoff *it)
{
	dsv_buf_addstr(&out->buf, "            scan: ");
	if (it->findings == 0)
		dsv_buf_addstr(&out->buf, "no findings");
	else
		dsv_add_count(&out->buf, it->findings);
	if (it->findings > 0) {
		dsv_buf_addstr(&out->buf, it->findings == 1 ? " finding, "
							    : " findings, ");
		if (it->undecided)
			dsv_add_count(&out->buf, it->undecided);
		else
			dsv_buf_addstr(&out->buf, "none");
		dsv_buf_addstr(&out->buf, " undecided");
	}
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int signoff_human(struct dsv_out *out, void *result)
{
	const struct dsv_signoff *signoff = result;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < signoff->n; i++) {
		const struct dsv_signoff_item *item = &signoff->items[i];
		const struct dsv_statement *it = &item->statement;

		dsv_buf_addf(&out->buf, "%-10s  ",
			     decided[it->signoff.decision]);
		dsv_out_shown(out, it->dataset);
		add_short(out,
			  strcmp(it->dataset, DSV_GOVERNANCE) ? "snapshot"
							      : "rules",
			  &it->subject);
		add_short(out, "statement", &item->digest);
		if (it->signoff.decision == DSV_WITHDRAW)
			add_short(out, "takes back", &it->signoff.withdraws);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
		if (rc == 0 && it->signoff.scanned)
			rc = show_scan(out, &it->signoff);
	}
	dsv_buf_addstr(&out->buf, "            as ");
	dsv_out_shown(out, signoff->role);
	dsv_buf_addstr(&out->buf, " for ");
	dsv_out_shown(out, signoff->target);
	dsv_buf_addstr(&out->buf, ", by ");
	dsv_out_shown(out, signoff->person_name);
	dsv_buf_addch(&out->buf, '\n');
	return rc < 0 ? rc : dsv_out_line(out);
}

static int signoff_json(struct dsv_out *out, void *result)
{
	const struct dsv_signoff *signoff = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.signoff/1");
	dsv_jline_text(out, "target", signoff->target);
	dsv_jline_text(out, "person", signoff->person);
	dsv_jline_text(out, "role", signoff->role);
	rc = dsv_jline_close(out);
	for (size_t i = 0; rc == 0 && i < signoff->n; i++) {
		const struct dsv_signoff_item *item = &signoff->items[i];
		const struct dsv_statement *it = &item->statement;
		char hex[DSV_ID_HEX];

		dsv_jline_open(out, "statement");
		dsv_jline_text(out, "digest", dsv_id_hex(&item->digest, hex));
		dsv_jline_text(out, "dataset", it->dataset);
		dsv_jline_text(out, "subject", dsv_id_hex(&it->subject, hex));
		dsv_jline_text(out, "decision",
			       dsv_decision_name(it->signoff.decision));
		dsv_jline_text(out, "withdraws",
			       it->signoff.decision == DSV_WITHDRAW
				       ? dsv_id_hex(&it->signoff.withdraws, hex)
				       : NULL);
		rc = dsv_jline_close(out);
	}
	return rc;
}

const struct dsv_view dsv_signoff_view = {signoff_human, signoff_json};

static int show_pushed(struct dsv_out *out, const char *remote)
{
	if (out->json) {
		dsv_jline_open(out, "summary");
		dsv_jline_text(out, "pushed", remote);
		return dsv_jline_close(out);
	}
	if (!remote)
		return 0;
	dsv_buf_addstr(&out->buf, "pushed to ");
	dsv_out_shown(out, remote);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

int dsv_push_statements(struct dsv_ctx *ctx)
{
	char *remote = NULL;
	int rc = dsv_evidence_push(ctx->repo, &remote);

	if (rc < 0) {
		dsv_fail_prefix(rc, "signed here, but not pushed");
		dsv_hint(rc, "to push it: dsv evidence push");
	} else {
		rc = show_pushed(ctx->out, remote);
	}
	free(remote);
	return rc;
}

static int sign(struct dsv_ctx *ctx, const struct signoff_args *args,
		struct dsv_signoff *signoff)
{
	int rc = 0;

	if (args->checklist)
		rc = dsv_signoff_answer_file(signoff, args->checklist);
	if (rc == 0)
		rc = dsv_signoff_sign(signoff);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &dsv_signoff_view, signoff);
	if (rc < 0)
		return rc;
	return args->no_push ? 0 : dsv_push_statements(ctx);
}

static int run(struct dsv_ctx *ctx, const struct signoff_args *args,
	       enum dsv_decision decision)
{
	struct dsv_signoff *signoff DSV_AUTO(signoff) = NULL;
	struct dsv_version head;
	struct dsv_signoff_opts opts = {
		.decision = decision,
		.target = args->target,
		.role = args->role,
		.dataset = args->dataset,
		.reason = args->reason,
		.withdraws = args->withdraws,
		.key = args->key,
		.no_scan = args->no_scan,
	};
	int rc = 0;

	if (args->head) {
		rc = dsv_repo_resolve(ctx->repo, args->head, &head);
		opts.head = &head;
	}
	if (rc == 0)
		rc = dsv_signoff_prepare(&signoff, ctx->repo, &opts);
	return rc < 0 ? rc : sign(ctx, args, signoff);
}

static int approve_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct signoff_args *args = argp;

	return run(ctx, args, args->override ? DSV_OVERRIDE : DSV_APPROVE);
}

static int reject_run(struct dsv_ctx *ctx, const void *argp)
{
	return run(ctx, argp, DSV_REJECT);
}

static int withdraw_run(struct dsv_ctx *ctx, const void *argp)
{
	return run(ctx, argp, DSV_WITHDRAW);
}

static const struct dsv_cmd dsv_cmd_signoff_approve = {
	.name = "signoff approve",
	.brief = "sign that the data may be merged",
	.about = "Signs the snapshot of each dataset that the change touches, "
		 "for the branch that it is to be merged into, and pushes the "
		 "statement.",
	.opts = approve_opts,
	.args_size = sizeof(struct signoff_args),
	.needs = DSV_NEEDS_REPO,
	.run = approve_run,
};

static const struct dsv_cmd dsv_cmd_signoff_reject = {
	.name = "signoff reject",
	.brief = "sign that the data may not be merged, and why",
	.opts = reject_opts,
	.args_size = sizeof(struct signoff_args),
	.needs = DSV_NEEDS_REPO,
	.run = reject_run,
};

static const struct dsv_cmd dsv_cmd_signoff_withdraw = {
	.name = "signoff withdraw",
	.brief = "take back a statement of one's own",
	.about = "Without DIGEST all that the signer said of what is signed "
		 "here. The statement stays on record; it no longer counts.",
	.opts = withdraw_opts,
	.args_size = sizeof(struct signoff_args),
	.needs = DSV_NEEDS_REPO,
	.run = withdraw_run,
};

static const struct dsv_cmd *const signoff_subs[] = {
	&dsv_cmd_signoff_approve,
	&dsv_cmd_signoff_reject,
	&dsv_cmd_signoff_withdraw,
	&dsv_cmd_signoff_checklist,
	NULL,
};

const struct dsv_cmd dsv_cmd_signoff = {
	.name = "signoff",
	.group = DSV_GROUP_GOVERN,
	.brief = "sign for data: approve, reject, withdraw",
	.subs = signoff_subs,
};
