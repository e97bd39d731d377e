#include "cmd/review.h"

#include <stdlib.h>

#include <dsv/check.h>
#include <dsv/evidence.h>

#include "cli/term.h"
#include "cmd/signoff.h"
#include "cmd/words.h"

struct review_args {
	const char *branch;
	const char *target;
	const char *role;
	const char *dataset;
	const char *key;
	bool no_fetch;
	bool no_push;
	bool no_scan;
};

static const struct dsv_opt review_opts[] = {
	DSV_OPT_STR(0, "target", "BRANCH", struct review_args, target,
		    "the branch that it is to be merged into"),
	DSV_OPT_STR(0, "role", "ROLE", struct review_args, role,
		    "review in this role (default: the one that is asked for)"),
	DSV_OPT_STR(0, "dataset", "NAME", struct review_args, dataset,
		    "this dataset alone (\".governance\": the rules)"),
	DSV_OPT_PATH(0, "key", struct review_args, key,
		     "sign with this key (default: dsv.signingKey)"),
	DSV_OPT_FLAG(0, "no-fetch", struct review_args, no_fetch,
		     "judge what is here"),
	DSV_OPT_FLAG(0, "no-scan", struct review_args, no_scan,
		     "do not scan, and say nothing of it in the statement"),
	DSV_OPT_FLAG(0, "no-push", struct review_args, no_push,
		     "keep the statement here for now"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("BRANCH", struct review_args, branch, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static int list(struct dsv_ctx *ctx, const struct review_args *args)
{
	struct dsv_reviews reviews DSV_AUTO(reviews) = DSV_REVIEWS_INIT;
	int rc;

	rc = dsv_reviews_read(&reviews, ctx->repo, args->target, args->key);
	return rc < 0 ? rc
		      : dsv_out_show(ctx->out, &dsv_reviews_view, &reviews);
}

static int find_target(struct dsv_ctx *ctx, const struct review_args *args,
		       struct dsv_buf *out)
{
	if (!args->target)
		return dsv_repo_target(ctx->repo, out);
	dsv_buf_addstr(out, args->target);
	return 0;
}

static int fetch(struct dsv_ctx *ctx, const struct review_args *args,
		 const char *target)
{
	char *remote = NULL;
	int rc;

	if (args->no_fetch)
		return 0;
	rc = dsv_review_fetch(ctx->repo, args->branch, target, &remote);
	if (rc > 0)
		dsv_term_say("fetched from %s", remote);
	else if (rc == 0)
		dsv_term_say("there is no remote: this judges what is here");
	else
		dsv_hint(rc, "to judge what is here: --no-fetch");
	free(remote);
	return rc < 0 ? rc : 0;
}

/* The commit that is reviewed: what follows looks at nothing else. */
static int find_head(struct dsv_ctx *ctx, const struct review_args *args,
		     struct dsv_version *out)
{
	struct dsv_buf target DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = find_target(ctx, args, &target);
	if (rc == 0)
		rc = fetch(ctx, args, dsv_buf_str(&target));
	if (rc == 0)
		rc = dsv_review_find(ctx->repo, args->branch, out);
	if (rc == 0)
		rc = dsv_review_is_merged(ctx->repo, dsv_buf_str(&target), out);
	if (rc <= 0)
		return rc;
	return dsv_fail(DSV_EREFUSED,
			"nothing to review: '%s' has all of '%s' already",
			dsv_buf_str(&target), args->branch);
}

static void add_option(struct dsv_buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	dsv_buf_addf(out, " %s ", name);
	dsv_words_typed(out, value);
}

/* Without a terminal nobody is asked: say what would sign the same. */
static int refuse(const struct review_args *args,
		  const struct dsv_review_case *it)
{
	const struct dsv_checklist *asked = dsv_signoff_checklist(it->signoff);
	struct dsv_buf command DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];

	dsv_buf_addstr(&command, "dsv signoff approve");
	add_option(&command, "--head", dsv_oid_hex(&it->head.commit, hex));
	add_option(&command, "--target", it->signoff->target);
	add_option(&command, "--role", it->signoff->role);
	add_option(&command, "--dataset", args->dataset);
	add_option(&command, "--key", args->key);
	if (asked)
		dsv_buf_addf(&command, " --checklist %s.yaml", asked->id);
	if (args->no_scan)
		dsv_buf_addstr(&command, " --no-scan");
	if (args->no_push)
		dsv_buf_addstr(&command, " --no-push");
	dsv_fail(DSV_EUSAGE, "no terminal to review on");
	if (!asked)
		return dsv_hint(DSV_EUSAGE, "%s", dsv_buf_str(&command));
	return dsv_hint(DSV_EUSAGE,
			"%s, where %s.yaml is .dsv/checklists/%s.yaml with "
			"'answer:' below each question",
			dsv_buf_str(&command), asked->id, asked->id);
}

static int not_signed(const struct dsv_review_case *it)
{
	char hex[DSV_OID_HEX];

	dsv_fail(DSV_EREFUSED, "nothing was signed");
	return dsv_hint(DSV_EREFUSED,
			"to refuse it for all to see: dsv signoff reject "
			"--head %.12s --reason TEXT",
			dsv_oid_hex(&it->head.commit, hex));
}

/* 1 where the answers let the data pass, 0 where they do not. */
static int ask_questions(struct dsv_signoff *signoff)
{
	const struct dsv_checklist *asked = dsv_signoff_checklist(signoff);
	const struct dsv_answer *failed;
	struct dsv_answer *answers = NULL;
	int rc;

	if (!asked)
		return 1;
	rc = dsv_review_ask(asked, &answers);
	if (rc < 0)
		return rc;
	failed = dsv_checklist_failed(asked, answers, asked->n);
	if (failed)
		dsv_term_say("'%s' answered '%s' does not pass, so an approval "
			     "would not count",
			     failed->id, failed->answer);
	else
		rc = dsv_signoff_answer(signoff, answers, asked->n);
	rc = rc < 0 ? rc : !failed;
	dsv_answers_free(&answers, asked->n);
	return rc;
}

static int decide(struct dsv_ctx *ctx, const struct review_args *args,
		  const struct dsv_review_case *it, struct dsv_signoff *signoff)
{
	int rc;

	rc = ask_questions(signoff);
	if (rc > 0)
		rc = dsv_term_confirm("approve?");
	if (rc == 0)
		return not_signed(it);
	if (rc > 0)
		rc = dsv_signoff_sign(signoff);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &dsv_signoff_view, signoff);
	if (rc < 0)
		return rc;
	return args->no_push ? 0 : dsv_push_statements(ctx);
}

static int review(struct dsv_ctx *ctx, const struct review_args *args)
{
	struct dsv_signoff *signoff DSV_AUTO(signoff) = NULL;
	struct dsv_review_case it = {.branch = args->branch};
	const struct dsv_signoff_opts opts = {
		.decision = DSV_APPROVE,
		.target = args->target,
		.head = &it.head,
		.role = args->role,
		.dataset = args->dataset,
		.key = args->key,
		.no_scan = args->no_scan,
	};
	int rc;

	rc = find_head(ctx, args, &it.head);
	if (rc == 0)
		rc = dsv_signoff_prepare(&signoff, ctx->repo, &opts);
	if (rc < 0)
		return rc;
	it.signoff = signoff;
	rc = dsv_review_show(ctx, &it);
	if (rc < 0)
		return rc;
	if (!dsv_term_can_ask())
		return refuse(args, &it);
	return decide(ctx, args, &it, signoff);
}

static int review_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct review_args *args = argp;

	if (!args->branch)
		return list(ctx, args);
	if (ctx->out->json)
		return dsv_hint(dsv_fail(DSV_EUSAGE,
					 "--json lists what waits; a review of "
					 "one branch asks on a terminal"),
				"dsv signoff approve --json");
	return review(ctx, args);
}

const struct dsv_cmd dsv_cmd_review = {
	.name = "review",
	.group = DSV_GROUP_GOVERN,
	.brief = "what waits for your sign-off; review a branch and sign it",
	.about =
		"Without BRANCH: branches, here and fetched, whose gate misses "
		"a sign-off that you could give. With BRANCH: fetches it, "
		"shows what it brings and what the privacy scan finds, asks "
		"the questions of the checklist, and whether you approve; "
		"then signs and pushes the statement.",
	.opts = review_opts,
	.args_size = sizeof(struct review_args),
	.needs = DSV_NEEDS_REPO,
	.run = review_run,
};
