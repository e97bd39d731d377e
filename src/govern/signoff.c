#include <dsv/signoff.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/evidence.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "govern/signoff_private.h"

#define ANSWERS_MAX (1024u * 1024u) /* bytes of a file of them */

struct dsv_signoff_item *dsv_signoff_add_item(struct dsv_signoff *signoff)
{
	static const struct dsv_signoff_item none = {.is_signed = false};

	signoff->items = dsv_realloc(signoff->items, signoff->n + 1,
				     sizeof(*signoff->items));
	signoff->items[signoff->n] = none;
	return &signoff->items[signoff->n++];
}

static int check_reason(const struct dsv_signoff_opts *opts)
{
	const bool needed =
		opts->decision == DSV_REJECT || opts->decision == DSV_OVERRIDE;

	if (!needed || (opts->reason && *opts->reason))
		return 0;
	dsv_fail(DSV_EREFUSED, "to %s needs a reason",
		 dsv_decision_name(opts->decision));
	return dsv_hint(DSV_EREFUSED, "say it with --reason TEXT");
}

/* The one checklist that the policy asks of the role for what is signed. */
static int find_checklist(struct dsv_signoff_work *work, const char **out)
{
	const struct dsv_policy_target *target = work->gate.target;

	*out = NULL;
	for (size_t i = 0; target && i < target->n; i++) {
		const struct dsv_requirement *it = &target->items[i];
		const char *set = work->opts->dataset;

		if (it->kind != DSV_REQUIRES_SIGNOFF || !it->checklist ||
		    strcmp(it->role, work->out->role) != 0 ||
		    (set && it->datasets.n > 0 &&
		     dsv_strlist_find(&it->datasets, set) < 0))
			continue;
		if (*out && strcmp(*out, it->checklist) != 0) {
			dsv_fail(DSV_EUSAGE,
				 "'%s' answers checklist '%s' for one dataset "
				 "and '%s' for another",
				 work->out->role, *out, it->checklist);
			return dsv_hint(DSV_EUSAGE,
					"sign them one by one: --dataset NAME");
		}
		*out = it->checklist;
	}
	return 0;
}

static bool has_data(const struct dsv_signoff *signoff)
{
	return signoff->n > 0 &&
	       strcmp(signoff->items[0].statement.dataset, DSV_GOVERNANCE) != 0;
}

static int read_checklist(struct dsv_signoff_work *work)
{
	const char *id;
	int rc;

	if (work->opts->decision != DSV_APPROVE || !has_data(work->out))
		return 0;
	rc = find_checklist(work, &id);
	if (rc < 0 || !id)
		return rc;
	return dsv_checklist_read(&work->out->checklist, work->gate.repo,
				  &work->gate.rules, id);
}

static int prepare(struct dsv_signoff_work *work)
{
	const bool withdraws = work->opts->decision == DSV_WITHDRAW;
	int rc = dsv_gate_check_rules(&work->gate);

	if (rc == 0)
		rc = dsv_signoff_find_member(work);
	/* a word is taken back in the role in which it was given */
	if (rc == 0 && (!withdraws || work->opts->role))
		rc = dsv_signoff_find_role(work);
	if (rc == 0)
		rc = withdraws ? dsv_signoff_fill_withdrawn(work)
			       : dsv_signoff_fill(work);
	if (rc < 0)
		return rc;
	if (!work->out->role)
		work->out->role =
			dsv_strdup(work->out->items[0].statement.role);
	return read_checklist(work);
}

int dsv_signoff_prepare(struct dsv_signoff **out, struct dsv_repo *repo,
			const struct dsv_signoff_opts *opts)
{
	struct dsv_signoff *signoff DSV_AUTO(signoff) =
		dsv_alloc_zero(1, sizeof(*signoff));
	const struct dsv_check_opts check = {.target = opts->target,
					     .head = opts->head};
	struct dsv_signoff_work work = {.opts = opts, .out = signoff};
	int rc = check_reason(opts);

	if (rc < 0)
		return rc;
	signoff->repo = repo;
	signoff->key = opts->key ? dsv_strdup(opts->key) : NULL;
	rc = dsv_gate_open(&work.gate, repo, &check);
	if (rc == 0) {
		signoff->target = dsv_strdup(work.gate.verdict->target);
		rc = prepare(&work);
	}
	dsv_gate_release(&work.gate);
	if (rc < 0)
		return rc;
	*out = dsv_take(&signoff);
	return 0;
}

void dsv_signoff_free(struct dsv_signoff **signoffp)
{
	struct dsv_signoff *signoff = dsv_take(signoffp);

	if (!signoff)
		return;
	for (size_t i = 0; i < signoff->n; i++)
		dsv_statement_release(&signoff->items[i].statement);
	free(signoff->items);
	free(signoff->target);
	free(signoff->person);
	free(signoff->person_name);
	free(signoff->role);
	free(signoff->key);
	dsv_checklist_release(&signoff->checklist);
	free(signoff);
}

const struct dsv_checklist *
dsv_signoff_checklist(const struct dsv_signoff *signoff)
{
	return signoff->checklist.id ? &signoff->checklist : NULL;
}

static void copy_answers(struct dsv_statement_signoff *out,
			 const struct dsv_checklist *list,
			 const struct dsv_answer *answers, size_t n)
{
	dsv_answers_free(&out->answers, out->n_answers);
	free(out->checklist);
	out->checklist = dsv_strdup(list->id);
	out->checklist_digest = list->digest;
	out->answers = dsv_alloc_zero(n + 1, sizeof(*out->answers));
	out->n_answers = n;
	for (size_t i = 0; i < n; i++) {
		const char *note = answers[i].note;

		out->answers[i].id = dsv_strdup(answers[i].id);
		out->answers[i].answer = dsv_strdup(answers[i].answer);
		out->answers[i].note = dsv_strdup(note ? note : "");
	}
}

int dsv_signoff_answer(struct dsv_signoff *signoff,
		       const struct dsv_answer *answers, size_t n)
{
	int rc = dsv_checklist_complete(&signoff->checklist, answers, n);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < signoff->n; i++) {
		struct dsv_statement *at = &signoff->items[i].statement;

		if (strcmp(at->dataset, DSV_GOVERNANCE) != 0)
			copy_answers(&at->signoff, &signoff->checklist, answers,
				     n);
	}
	signoff->answered = true;
	return 0;
}

int dsv_signoff_answer_file(struct dsv_signoff *signoff, const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_answer *answers = NULL;
	size_t n = 0;
	int rc;

	if (!signoff->checklist.id)
		return dsv_fail(DSV_EUSAGE, "no checklist is asked of '%s'",
				signoff->role);
	rc = dsv_fs_read(path, ANSWERS_MAX, &text);
	if (rc == 0)
		rc = dsv_checklist_answers(&signoff->checklist,
					   dsv_buf_str(&text), text.len, path,
					   &answers, &n);
	if (rc == 0)
		rc = dsv_signoff_answer(signoff, answers, n);
	dsv_answers_free(&answers, n);
	return rc;
}

int dsv_signoff_sign(struct dsv_signoff *signoff)
{
	if (signoff->checklist.id && !signoff->answered) {
		dsv_fail(DSV_EREFUSED,
			 "the policy of '%s' asks for checklist '%s'",
			 signoff->target, signoff->checklist.id);
		return dsv_hint(DSV_EREFUSED,
				"copy .dsv/checklists/%s.yaml of '%s', write "
				"an answer below each question, and give it "
				"with --checklist FILE; or 'dsv review'",
				signoff->checklist.id, signoff->target);
	}
	for (size_t i = 0; i < signoff->n; i++) {
		struct dsv_signoff_item *item = &signoff->items[i];
		int rc = dsv_evidence_add(signoff->repo, &item->statement,
					  signoff->key, &item->digest);

		if (rc < 0)
			return rc;
		item->is_signed = true;
	}
	return 0;
}
