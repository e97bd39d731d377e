#include <stdlib.h>
#include <string.h>

#include <dsv/check.h>
#include <dsv/walk.h>

#include "cmd/evidence.h"
#include "cmd/words.h"

struct verify_args {
	const char *range;
	const char *target;
};

static const struct dsv_opt verify_opts[] = {
	DSV_OPT_STR(0, "target", "BRANCH", struct verify_args, target,
		    "the branch whose line is judged, and its people"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("A..B", struct verify_args, range, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* A commit of the target's first-parent line. */
struct step {
	struct dsv_oid oid;
	char *subject;
	struct dsv_verdict *verdict;
};

struct verified {
	struct dsv_judged judged;
	struct step *steps;
	size_t n;
	size_t n_faults; /* statements that do not hold, paths that are lost */
	size_t n_trusted;
	size_t n_untrusted; /* well signed, by a key, person or role that does
			     * not count now */
	size_t n_refused;
	bool has_range;
};

static void release(struct verified *verified)
{
	dsv_judged_release(&verified->judged);
	for (size_t i = 0; i < verified->n; i++) {
		free(verified->steps[i].subject);
		dsv_verdict_free(&verified->steps[i].verdict);
	}
	free(verified->steps);
}

static bool is_faulty(const struct dsv_evidence_item *item)
{
	return item->trust == DSV_BAD_SIGNATURE || item->trust == DSV_MALFORMED;
}

static void count_items(struct verified *verified)
{
	const struct dsv_evidence *evidence = verified->judged.evidence;

	for (size_t i = 0; i < evidence->n; i++) {
		if (is_faulty(&evidence->items[i]))
			verified->n_faults++;
		else if (evidence->items[i].trust == DSV_TRUSTED)
			verified->n_trusted++;
		else
			verified->n_untrusted++;
	}
	verified->n_faults += evidence->lost.n;
}

static int show_fault(struct dsv_out *out, const char *path, const char *fault)
{
	dsv_out_styled(out, DSV_RED, "fault");
	dsv_buf_addstr(&out->buf, "    ");
	dsv_out_shown(out, fault);
	dsv_buf_addstr(&out->buf, "\n         ");
	dsv_out_shown(out, path);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int show_untrusted(struct dsv_out *out,
			  const struct dsv_evidence_item *item)
{
	dsv_out_styled(out, DSV_YELLOW, "untrusted");
	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_short_id(&out->buf, &item->digest);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, item->fault ? item->fault : "");
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int show_items(struct dsv_out *out, const struct dsv_evidence *evidence)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < evidence->n; i++) {
		const struct dsv_evidence_item *item = &evidence->items[i];

		if (is_faulty(item))
			rc = show_fault(out, item->path, item->fault);
		else if (item->trust != DSV_TRUSTED)
			rc = show_untrusted(out, item);
	}
	for (size_t i = 0; rc == 0 && i < evidence->lost.n; i++)
		rc = show_fault(out, evidence->lost.items[i],
				"a commit of the branch lost or changed it");
	return rc;
}

/* What is missing of a step, in one line each. */
static int show_missing(struct dsv_out *out, const struct dsv_verdict *verdict)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < verdict->n; i++) {
		const struct dsv_verdict_item *item = &verdict->items[i];

		if (item->state != DSV_CHECK_MISSING &&
		    item->state != DSV_CHECK_ERROR)
			continue;
		dsv_buf_addf(&out->buf, "         %-8s ",
			     dsv_answer_state_name(item->state));
		dsv_out_shown(out, *item->dataset ? item->dataset : item->name);
		dsv_buf_addstr(&out->buf, ": ");
		dsv_out_shown(out, item->found);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	return rc;
}

static int show_steps(struct dsv_out *out, const struct verified *verified)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < verified->n; i++) {
		const struct step *step = &verified->steps[i];
		const bool refused = step->verdict->refused;

		dsv_out_styled(out, refused ? DSV_RED : DSV_GREEN, "%-7s",
			       refused ? "refused" : "ok");
		dsv_buf_addstr(&out->buf, "  ");
		dsv_words_short(&out->buf, &step->oid);
		dsv_buf_addch(&out->buf, ' ');
		dsv_out_shown(out, step->subject);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
		if (rc == 0)
			rc = show_missing(out, step->verdict);
	}
	return rc;
}

static int verify_human(struct dsv_out *out, void *result)
{
	const struct verified *verified = result;
	int rc = show_items(out, verified->judged.evidence);

	if (rc == 0)
		rc = show_steps(out, verified);
	if (rc < 0)
		return rc;
	dsv_buf_addf(&out->buf, "%zu %s trusted, %zu not, %zu %s\n",
		     verified->n_trusted,
		     verified->n_trusted == 1 ? "statement" : "statements",
		     verified->n_untrusted, verified->n_faults,
		     verified->n_faults == 1 ? "fault" : "faults");
	if (verified->has_range)
		dsv_buf_addf(&out->buf, "%zu of %zu steps refused\n",
			     verified->n_refused, verified->n);
	return dsv_out_line(out);
}

static int json_items(struct dsv_out *out, const struct dsv_evidence *evidence)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < evidence->n; i++) {
		dsv_jline_open(out, "statement");
		dsv_evidence_json(out, &evidence->items[i]);
		rc = dsv_jline_close(out);
	}
	for (size_t i = 0; rc == 0 && i < evidence->lost.n; i++) {
		dsv_jline_open(out, "lost");
		dsv_jline_text(out, "path", evidence->lost.items[i]);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_step(struct dsv_out *out, const struct step *step)
{
	char hex[DSV_OID_HEX];

	dsv_jline_open(out, "step");
	dsv_jline_text(out, "commit", dsv_oid_hex(&step->oid, hex));
	dsv_jline_text(out, "subject", step->subject);
	dsv_jline_flag(out, "refused", step->verdict->refused);
	dsv_jline_array(out, "missing");
	for (size_t i = 0; i < step->verdict->n; i++) {
		const struct dsv_verdict_item *item = &step->verdict->items[i];

		if (item->state != DSV_CHECK_MISSING &&
		    item->state != DSV_CHECK_ERROR)
			continue;
		dsv_jline_object(out, NULL);
		dsv_jline_text(out, "dataset", item->dataset);
		dsv_jline_text(out, "name", item->name);
		dsv_jline_text(out, "found", item->found);
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, ']');
	return dsv_jline_close(out);
}

static int verify_json(struct dsv_out *out, void *result)
{
	const struct verified *verified = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.evidence-verify/1");
	dsv_jline_text(out, "target", dsv_buf_str(&verified->judged.target));
	rc = dsv_jline_close(out);
	if (rc == 0)
		rc = json_items(out, verified->judged.evidence);
	for (size_t i = 0; rc == 0 && i < verified->n; i++)
		rc = json_step(out, &verified->steps[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "trusted", verified->n_trusted);
	dsv_jline_count(out, "untrusted", verified->n_untrusted);
	dsv_jline_count(out, "faults", verified->n_faults);
	dsv_jline_count(out, "steps", verified->n);
	dsv_jline_count(out, "refused", verified->n_refused);
	return dsv_jline_close(out);
}

static const struct dsv_view verify_view = {verify_human, verify_json};

static int judge(struct verified *verified, struct dsv_repo *repo,
		 const struct dsv_commit_info *info)
{
	struct step *grown =
		realloc(verified->steps, (verified->n + 1) * sizeof(*grown));
	struct step *step;
	int rc;

	if (!grown)
		return dsv_fail(DSV_EIO, "no memory");
	verified->steps = grown;
	step = &grown[verified->n++];
	*step = (struct step){.oid = info->oid,
			      .subject = strdup(info->subject)};
	rc = dsv_check_step(&step->verdict, repo,
			    dsv_buf_str(&verified->judged.target), &info->oid,
			    verified->judged.evidence);
	if (rc == 0)
		verified->n_refused += step->verdict->refused;
	return rc;
}

static int judge_range(struct verified *verified, struct dsv_repo *repo,
		       const char *range)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	const struct dsv_walk_opts opts = {
		.revs = &revs,
		.flags = DSV_WALK_FIRST_PARENT | DSV_WALK_REVERSE,
	};
	const struct dsv_commit_info *info;
	int rc;

	dsv_strlist_add(&revs, range);
	verified->has_range = true;
	rc = dsv_walk_open(&walk, repo, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_walk_next(walk, &info)) > 0) {
		rc = judge(verified, repo, info);
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int verify_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct verify_args *args = argp;
	struct verified verified = {.judged = DSV_JUDGED_INIT};
	bool is_bad;
	int rc = dsv_judged_open(&verified.judged, ctx->repo, args->target);

	if (rc == 0)
		count_items(&verified);
	if (rc == 0 && args->range)
		rc = judge_range(&verified, ctx->repo, args->range);
	/* each step was judged by the people of its time */
	if (rc == 0 && args->range)
		dsv_evidence_judge(verified.judged.evidence,
				   &verified.judged.people);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &verify_view, &verified);
	is_bad = verified.n_faults || verified.n_refused;
	release(&verified);
	return rc < 0 ? rc : is_bad ? DSV_EXIT_NO : 0;
}

const struct dsv_cmd dsv_cmd_evidence_verify = {
	.name = "evidence verify",
	.brief = "check every signature, and that nothing is lost",
	.about = "With A..B also each step of the branch's first-parent line, "
		 "by the policy of its first parent. Exit 1 where a statement "
		 "or a step does not hold.",
	.opts = verify_opts,
	.args_size = sizeof(struct verify_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = verify_run,
};
