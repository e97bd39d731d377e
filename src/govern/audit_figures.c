#include "govern/audit_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/agreement.h>
#include <dsv/error.h>
#include <dsv/interval.h>

#include "base/alloc.h"

#define ROUNDING 1e-9 /* of a share that is whole records but for rounding */

void dsv_audit_figures_release(struct dsv_audit_figures *figures)
{
	for (size_t i = 0; i < figures->n_raters; i++)
		free(figures->raters[i].person);
	for (size_t i = 0; i < figures->n_labels; i++)
		free(figures->labels[i].label);
	for (size_t i = 0; i < figures->n_confusion; i++) {
		free(figures->confusion[i].label);
		free(figures->confusion[i].answer);
	}
	for (size_t i = 0; i < figures->n_causes; i++)
		free(figures->causes[i].cause);
	free(figures->raters);
	free(figures->labels);
	free(figures->confusion);
	free(figures->causes);
	free(figures->strata);
	*figures = (struct dsv_audit_figures){0};
}

char *dsv_audit_misfit(const struct dsv_statement_result *result,
		       const struct dsv_audit_sample *sample)
{
	size_t i = 0;

	for (; i < sample->n && i < result->n_rows; i++) {
		const char *found = result->rows[i].address;
		const char *drawn = sample->items[i].address;
		const int cmp = strcmp(found, drawn);

		if (cmp < 0)
			return dsv_strf("judges '%s', which was not drawn",
					found);
		if (cmp > 0)
			return dsv_strf("lacks '%s', which was drawn", drawn);
		if (!*result->rows[i].answer)
			return dsv_strf("leaves '%s' without answer", drawn);
	}
	if (i < sample->n)
		return dsv_strf("lacks '%s', which was drawn",
				sample->items[i].address);
	if (i < result->n_rows)
		return dsv_strf("judges '%s', which was not drawn",
				result->rows[i].address);
	return NULL;
}

/* What the figures are made from. */
struct compute {
	const struct dsv_audit *audit;
	const struct dsv_statement_plan *plan;
	struct dsv_audit_figures *out;
	struct dsv_map labels, cells, causes; /* place in out + 1 */
	size_t cap_labels, cap_cells, cap_causes;
};

static const struct dsv_audit_row *row_of(const struct compute *c, size_t rater,
					  size_t i)
{
	return &c->audit->results[rater]->statement.result.rows[i];
}

static struct dsv_audit_label *label_of(struct compute *c, const char *label)
{
	struct dsv_map_entry *at =
		dsv_map_put(&c->labels, label, strlen(label));

	if (!at->value) {
		DSV_GROW(c->out->labels, c->cap_labels, c->out->n_labels + 1);
		c->out->labels[c->out->n_labels++] =
			(struct dsv_audit_label){.label = dsv_strdup(label)};
		at->value = c->out->n_labels;
	}
	return &c->out->labels[at->value - 1];
}

static void count_cell(struct compute *c, const char *label, const char *answer)
{
	char *key DSV_AUTO(str) = dsv_strf("%s%c%s", label, 1, answer);
	struct dsv_map_entry *at = dsv_map_put(&c->cells, key, strlen(key));

	if (!at->value) {
		DSV_GROW(c->out->confusion, c->cap_cells,
			 c->out->n_confusion + 1);
		c->out->confusion[c->out->n_confusion++] =
			(struct dsv_audit_cell){dsv_strdup(label),
						dsv_strdup(answer), 0};
		at->value = c->out->n_confusion;
	}
	c->out->confusion[at->value - 1].n++;
}

static void count_cause(struct compute *c, const char *cause)
{
	struct dsv_map_entry *at =
		dsv_map_put(&c->causes, cause, strlen(cause));

	if (!at->value) {
		DSV_GROW(c->out->causes, c->cap_causes, c->out->n_causes + 1);
		c->out->causes[c->out->n_causes++] =
			(struct dsv_audit_cause){dsv_strdup(cause), 0};
		at->value = c->out->n_causes;
	}
	c->out->causes[at->value - 1].n++;
}

static void count_record(struct compute *c, size_t i)
{
	const struct dsv_audit_record *record = &c->audit->sample.items[i];
	const size_t n_raters = c->audit->n_results;
	struct dsv_audit_label *label = label_of(c, record->label);
	size_t agree = 0;
	bool correct;

	for (size_t rater = 0; rater < n_raters; rater++) {
		const struct dsv_audit_row *row = row_of(c, rater, i);

		if (strcmp(row->answer, record->label) == 0) {
			agree++;
			c->out->raters[rater].correct++;
			continue;
		}
		count_cell(c, record->label, row->answer);
		count_cause(c, row->cause);
	}
	correct = 2 * agree > n_raters;
	label->n++;
	label->correct += correct;
	c->out->n++;
	c->out->correct += correct;
	c->out->strata[record->stratum].n++;
	c->out->strata[record->stratum].correct += correct;
}

/* Raters by number; the data is one more where it is a rater too. */
struct votes {
	struct dsv_ratings ratings;
	struct dsv_map labels;
};

static void vote(struct votes *votes, size_t item, size_t rater,
		 const char *label)
{
	struct dsv_map_entry *at =
		dsv_map_put(&votes->labels, label, strlen(label));

	if (!at->value)
		at->value = votes->labels.n;
	dsv_ratings_add(&votes->ratings, (uint32_t)item, (uint32_t)rater,
			(uint32_t)(at->value - 1));
}

/* Kappa of the votes; false where it is undefined. Releases them. */
static bool kappa_of(struct votes *votes, double *out)
{
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	struct dsv_figure figure = {.defined = false};
	int rc =
		dsv_agreement_compute(&got, &votes->ratings, DSV_LEVEL_NOMINAL);

	if (rc < 0)
		dsv_error_clear();
	else if (got.n_raters > 2)
		figure = got.fleiss;
	else if (got.n_pairs == 1)
		figure = got.pairs[0].kappa;
	dsv_ratings_release(&votes->ratings);
	dsv_map_release(&votes->labels);
	*out = figure.value;
	return figure.defined;
}

static void compute_kappas(struct compute *c)
{
	const struct dsv_audit *audit = c->audit;
	struct votes between = {.ratings = DSV_RATINGS_INIT};

	for (size_t r = 0; r < audit->n_results; r++) {
		struct dsv_audit_rater *rater = &c->out->raters[r];
		struct votes votes = {.ratings = DSV_RATINGS_INIT};

		for (size_t i = 0; i < audit->sample.n; i++) {
			vote(&votes, i, 0, audit->sample.items[i].label);
			vote(&votes, i, 1, row_of(c, r, i)->answer);
			vote(&between, i, r, row_of(c, r, i)->answer);
		}
		rater->has_kappa = kappa_of(&votes, &rater->kappa);
	}
	c->out->has_kappa =
		kappa_of(&between, &c->out->kappa) && audit->n_results > 1;
}

static int interval(uint64_t k, uint64_t n, double confidence, double out[2])
{
	struct dsv_interval got;
	int rc = dsv_wilson(k, n, confidence, &got);

	if (rc < 0)
		return rc;
	out[0] = got.low;
	out[1] = got.high;
	return 0;
}

/* Each stratum stands for its share of the population. Those of which nothing
 * was drawn are empty. */
static int compute_strata(struct compute *c)
{
	double sum = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->out->n_strata; i++) {
		struct dsv_audit_stratum *it = &c->out->strata[i];

		if (it->n == 0)
			continue;
		sum += (double)it->size * (double)it->correct / (double)it->n;
		rc = interval(it->correct, it->n, c->out->confidence,
			      it->wilson);
	}
	c->out->accuracy = sum / (double)c->plan->population;
	c->out->effective =
		(uint64_t)(c->out->accuracy * (double)c->out->n + ROUNDING);
	return rc;
}

/* The upper ends, where the share is no whole number of records, are those of
 * the next: an interval may be too wide, never too narrow. */
static int compute_intervals(struct dsv_audit_figures *out)
{
	const double whole = out->accuracy * (double)out->n;
	uint64_t above = out->effective;
	struct dsv_interval low, high;
	int rc;

	if (whole - (double)above > ROUNDING && above < out->n)
		above++;
	if ((rc = dsv_wilson(out->effective, out->n, out->confidence, &low)) <
		    0 ||
	    (rc = dsv_wilson(above, out->n, out->confidence, &high)) < 0)
		return rc;
	out->wilson[0] = low.low;
	out->wilson[1] = high.high;
	if ((rc = dsv_clopper_pearson(out->effective, out->n, out->confidence,
				      &low)) < 0 ||
	    (rc = dsv_clopper_pearson(above, out->n, out->confidence, &high)) <
		    0)
		return rc;
	out->exact[0] = low.low;
	out->exact[1] = high.high;
	return 0;
}

static int by_label(const void *a, const void *b)
{
	const struct dsv_audit_label *x = a;
	const struct dsv_audit_label *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->label, y->label);
}

static int by_cell(const void *a, const void *b)
{
	const struct dsv_audit_cell *x = a;
	const struct dsv_audit_cell *y = b;
	int cmp;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	cmp = strcmp(x->label, y->label);
	return cmp ? cmp : strcmp(x->answer, y->answer);
}

static int by_cause(const void *a, const void *b)
{
	const struct dsv_audit_cause *x = a;
	const struct dsv_audit_cause *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->cause, y->cause);
}

static void sort(void *items, size_t n, size_t size,
		 int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(items, n, size, compare);
}

static void set_up(struct compute *c)
{
	const struct dsv_audit *audit = c->audit;
	struct dsv_audit_figures *out = c->out;

	out->n_raters = audit->n_results;
	out->raters = dsv_alloc_zero(out->n_raters + 1, sizeof(*out->raters));
	for (size_t i = 0; i < out->n_raters; i++)
		out->raters[i].person =
			dsv_strdup(audit->results[i]->statement.person);
	out->n_strata = c->plan->n_strata;
	out->strata = dsv_alloc_zero(out->n_strata + 1, sizeof(*out->strata));
	for (size_t i = 0; i < out->n_strata; i++) {
		out->strata[i].name = c->plan->strata[i].name;
		out->strata[i].size = c->plan->strata[i].size;
	}
}

static int compute(struct compute *c)
{
	struct dsv_audit_figures *out = c->out;
	int rc;

	set_up(c);
	for (size_t i = 0; i < c->audit->sample.n; i++)
		count_record(c, i);
	compute_kappas(c);
	rc = compute_strata(c);
	if (rc == 0)
		rc = compute_intervals(out);
	sort(out->labels, out->n_labels, sizeof(*out->labels), by_label);
	sort(out->confusion, out->n_confusion, sizeof(*out->confusion),
	     by_cell);
	sort(out->causes, out->n_causes, sizeof(*out->causes), by_cause);
	if (!c->plan->by)
		out->n_strata = 0;
	return rc;
}

int dsv_audit_compute(struct dsv_audit *audit, double confidence)
{
	struct compute c = {.audit = audit,
			    .plan = &audit->plan->statement.plan,
			    .out = &audit->figures};
	int rc;

	audit->figures.confidence =
		confidence > 0 ? confidence : DSV_AUDIT_CONFIDENCE;
	rc = compute(&c);
	dsv_map_release(&c.labels);
	dsv_map_release(&c.cells);
	dsv_map_release(&c.causes);
	return rc;
}
