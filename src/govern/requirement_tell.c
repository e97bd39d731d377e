#include <dsv/policy.h>

/*
 * A requirement in plain words, for `dsv policy explain`. Written from what was
 * read, so it says the defaults too.
 */

static void add_persons(const struct dsv_requirement *it, struct dsv_buf *out)
{
	if (it->count == 1)
		dsv_buf_addf(out, "one person of the role '%s'", it->role);
	else
		dsv_buf_addf(out, "%llu people of the role '%s'",
			     (unsigned long long)it->count, it->role);
}

static void tell_signoff(const struct dsv_requirement *it, struct dsv_buf *out)
{
	add_persons(it, out);
	dsv_buf_addstr(out, it->count == 1 ? " approves" : " approve");
	dsv_buf_addstr(out, " exactly the data that will stand there");
	if (it->not_author)
		dsv_buf_addstr(out, ", none of them an author of the change");
	if (it->checklist)
		dsv_buf_addf(out, ", with the checklist '%s' answered",
			     it->checklist);
	if (it->max_age_s != DSV_POLICY_UNSET)
		dsv_buf_addf(out, ", not longer than %llu days ago",
			     (unsigned long long)(it->max_age_s / 86400));
}

static void tell_audit(const struct dsv_requirement *it, struct dsv_buf *out)
{
	dsv_buf_addf(out, "%llu records drawn from %s are judged",
		     (unsigned long long)it->sample,
		     it->of_all ? "the whole dataset" : "what changed");
	if (it->raters > 1)
		dsv_buf_addf(out, " by %llu people each",
			     (unsigned long long)it->raters);
	if (it->role)
		dsv_buf_addf(out, " of the role '%s'", it->role);
	if (it->accuracy_lower >= 0)
		dsv_buf_addf(out,
			     ", and the accuracy is %g %% at least, at a "
			     "confidence of %g %%",
			     it->accuracy_lower * 100, it->confidence * 100);
	if (it->kappa >= -1)
		dsv_buf_addf(out, ", with an agreement (kappa) of %g or more",
			     it->kappa);
}

static void comma(struct dsv_buf *out, size_t start)
{
	if (out->len > start)
		dsv_buf_addstr(out, ", ");
}

static void tell_guideline(const struct dsv_requirement *it,
			   struct dsv_buf *out)
{
	size_t start = out->len;

	if (it->active)
		dsv_buf_addstr(out, "the guideline is active on the target");
	if (it->labels_subset) {
		comma(out, start);
		dsv_buf_addstr(out, "it defines every label of the data");
	}
	if (it->stale != DSV_POLICY_UNSET) {
		comma(out, start);
		dsv_buf_addf(out,
			     "at most %llu records are labelled under an older "
			     "major version",
			     (unsigned long long)it->stale);
	}
}

static void tell_labels(const struct dsv_requirement *it, struct dsv_buf *out)
{
	size_t start = out->len;

	if (it->each_at_least != DSV_POLICY_UNSET)
		dsv_buf_addf(out, "each label stands at %llu records at least",
			     (unsigned long long)it->each_at_least);
	if (it->drop_at_most >= 0) {
		comma(out, start);
		dsv_buf_addf(out,
			     "no label loses more than %g %% of its records",
			     it->drop_at_most * 100);
	}
}

static void add_datasets(const struct dsv_requirement *it, struct dsv_buf *out)
{
	for (size_t i = 0; i < it->datasets.n; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", it->datasets.items[i]);
}

void dsv_requirement_tell(const struct dsv_requirement *it, struct dsv_buf *out)
{
	switch (it->kind) {
	case DSV_REQUIRES_SIGNOFF:
		tell_signoff(it, out);
		break;
	case DSV_REQUIRES_AUDIT:
		tell_audit(it, out);
		break;
	case DSV_REQUIRES_GUIDELINE:
		tell_guideline(it, out);
		break;
	case DSV_REQUIRES_LABELS:
		tell_labels(it, out);
		break;
	case DSV_REQUIRES_DISJOINT:
		dsv_buf_addstr(out, "no key stands in two of: ");
		add_datasets(it, out);
		return;
	case DSV_REQUIRES_SCAN:
		dsv_buf_addf(out,
			     "at most %llu findings of the privacy scan are "
			     "without a decision",
			     (unsigned long long)it->undecided);
		break;
	case DSV_REQUIRES_GOVERNANCE:
		add_persons(it, out);
		dsv_buf_addstr(out, it->count == 1 ? " approves" : " approve");
		dsv_buf_addstr(out, " a change of policy, people, checklists "
				    "or guidelines");
		return;
	case DSV_REQUIRES_OVERRIDE:
		add_persons(it, out);
		dsv_buf_addstr(out, " may set the other requirements aside, "
				    "with a reason");
		return;
	case DSV_REQUIRES_KINDS:
		return;
	}
	if (it->datasets.n) {
		dsv_buf_addstr(out, " (of ");
		add_datasets(it, out);
		dsv_buf_addch(out, ')');
	}
}
