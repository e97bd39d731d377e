#include "govern/audit_plan.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/interval.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "govern/population.h"
#include "govern/sample.h"

static int choose_field(struct dsv_planning *p)
{
	const struct dsv_strlist *labels = &p->set->set->labels;
	const char *field = p->opts->field;
	const char *near;

	if (labels->n == 0) {
		dsv_fail(DSV_EREFUSED, "dataset '%s' names no label",
			 p->set->name);
		return dsv_hint(DSV_EREFUSED,
				"an audit judges labels: labels: [COLUMN] "
				"in " DSV_DATASETS_PATH);
	}
	if (field && dsv_strlist_find(labels, field) < 0) {
		near = dsv_nearest(field, labels);
		dsv_fail(DSV_ENOTFOUND, "'%s' is no label of '%s'", field,
			 p->set->name);
		return dsv_hint(DSV_ENOTFOUND, "%s '%s'",
				near ? "did you mean" : "it has",
				near ? near : labels->items[0]);
	}
	p->out->plan.field = dsv_strdup(field ? field : labels->items[0]);
	return 0;
}

static int choose_strata(struct dsv_planning *p)
{
	struct dsv_statement_plan *plan = &p->out->plan;
	const char *by = p->opts->by;

	if (!by)
		return 0;
	if (strcmp(by, "label") == 0)
		by = plan->field;
	else if (strcmp(by, "annotator") == 0)
		by = p->set->set->annotator;
	if (!by) {
		dsv_fail(DSV_EREFUSED, "dataset '%s' names no annotator",
			 p->set->name);
		return dsv_hint(DSV_EREFUSED,
				"annotator: COLUMN in " DSV_DATASETS_PATH
				", or --by FIELD");
	}
	plan->by = dsv_strdup(by);
	return 0;
}

int dsv_plan_choose(struct dsv_planning *p)
{
	struct dsv_statement_plan *plan = &p->out->plan;
	const char *of = p->opts->of;
	int rc;

	if (!of && p->opts->label)
		of = "label";
	if (!of)
		of = p->asked && p->asked->of_all ? "all" : "changed";
	if ((strcmp(of, "label") == 0) != (p->opts->label != NULL)) {
		dsv_fail(DSV_EUSAGE, p->opts->label
					     ? "a label goes with --of label"
					     : "of which label?");
		return dsv_hint(DSV_EUSAGE, "--of label --label VALUE");
	}
	plan->of = dsv_strdup(of);
	if (p->opts->label)
		plan->label = dsv_strdup(p->opts->label);
	plan->blind = p->opts->blind;
	rc = choose_field(p);
	return rc < 0 ? rc : choose_strata(p);
}

/* A census of the population. */
struct counting {
	struct dsv_planning *planning;
	struct dsv_map strata; /* to their sizes */
	struct dsv_watch watch;
	uint64_t *hashes; /* of the addresses */
	size_t n, cap;
	uint64_t wanted; /* a hash that stands twice; then who has it */
	struct dsv_map seen;
	bool again;
};

static void counting_release(struct counting *c)
{
	dsv_map_release(&c->strata);
	dsv_map_release(&c->seen);
	dsv_watch_release(&c->watch);
	free(c->hashes);
}

static int check_stratum(const struct counting *c,
			 const struct dsv_population_item *item)
{
	if (c->strata.n > DSV_AUDIT_STRATA_MAX) {
		dsv_fail(DSV_ERANGE, "'%s' has more than %u values",
			 c->planning->out->plan.by, DSV_AUDIT_STRATA_MAX);
		return dsv_hint(DSV_ERANGE,
				"strata are few and large: choose a field such "
				"as the vendor");
	}
	if (strlen(item->stratum) <= 1024)
		return 0;
	return dsv_fail(DSV_ERANGE, "%s:%llu: '%s' is too long for a stratum",
			item->path, (unsigned long long)item->line,
			c->planning->out->plan.by);
}

static int count_record(void *ctx, const struct dsv_population_item *item)
{
	struct counting *c = ctx;

	dsv_map_put(&c->strata, item->stratum, strlen(item->stratum))->value++;
	if (item->annotator)
		dsv_watch_see(&c->watch, item->annotator->text,
			      item->annotator->len, item->address);
	DSV_GROW(c->hashes, c->cap, c->n + 1);
	c->hashes[c->n++] = dsv_hash64(item->address->data, item->address->len);
	return check_stratum(c, item);
}

/* Two addresses with one hash are the same one, but for chance. */
static int find_twice(void *ctx, const struct dsv_population_item *item)
{
	struct counting *c = ctx;
	const struct dsv_buf *address = item->address;

	if (dsv_hash64(address->data, address->len) != c->wanted ||
	    dsv_map_put(&c->seen, address->data, address->len)->value++ == 0)
		return 0;
	dsv_fail(DSV_EREFUSED, "%s:%llu: a key that other records have too",
		 item->path, (unsigned long long)item->line);
	return dsv_hint(DSV_EREFUSED, "records are drawn by their key: make "
				      "keys unique first");
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int check_unique(struct counting *c,
			const struct dsv_population_opts *opts)
{
	if (c->n > 1)
		qsort(c->hashes, c->n, sizeof(*c->hashes), by_value);
	for (size_t i = 1; i < c->n; i++) {
		int rc;

		if (c->hashes[i] != c->hashes[i - 1])
			continue;
		c->wanted = c->hashes[i];
		rc = dsv_population_walk(opts, find_twice, c);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct dsv_stratum *x = a;
	const struct dsv_stratum *y = b;

	return strcmp(x->name, y->name);
}

static int fill_strata(const struct counting *c,
		       struct dsv_statement_plan *plan)
{
	if (plan->by && c->strata.n == 1 &&
	    strcmp(c->strata.entries[0].key, DSV_POPULATION_NULL) == 0)
		return dsv_fail(DSV_ENOTFOUND, "no record has a field '%s'",
				plan->by);
	plan->strata = dsv_alloc_zero(c->strata.n + 1, sizeof(*plan->strata));
	for (size_t i = 0; i < c->strata.n; i++) {
		const struct dsv_map_entry *at = &c->strata.entries[i];

		plan->strata[plan->n_strata++] = (struct dsv_stratum){
			.name = dsv_strdup(at->key), .size = at->value};
	}
	if (plan->n_strata > 1)
		qsort(plan->strata, plan->n_strata, sizeof(*plan->strata),
		      by_name);
	plan->population = c->n;
	return 0;
}

static int is_empty(const struct dsv_planning *p)
{
	const struct dsv_statement_plan *plan = &p->out->plan;

	if (plan->label)
		return dsv_fail(DSV_EREFUSED,
				"no record of '%s' has the label '%s'",
				p->set->name, plan->label);
	if (strcmp(plan->of, "all") == 0)
		return dsv_fail(DSV_EREFUSED, "'%s' has no records",
				p->set->name);
	dsv_fail(DSV_EREFUSED, "no record of '%s' was added or changed",
		 p->set->name);
	return dsv_hint(DSV_EREFUSED,
			"the whole dataset: --of all; what changed since "
			"another commit: A..B");
}

/* Half way from the bound to a perfect score, where nobody says better. */
static double expected_of(const struct dsv_audit_plan_opts *opts)
{
	return opts->expected > 0 ? opts->expected
				  : (1 + opts->accuracy_lower) / 2;
}

static int choose_n(const struct dsv_planning *p, uint64_t population,
		    uint64_t *out)
{
	const struct dsv_audit_plan_opts *opts = p->opts;
	const double confidence =
		opts->confidence > 0 ? opts->confidence : DSV_AUDIT_CONFIDENCE;

	if (opts->n > 0)
		*out = opts->n;
	else if (opts->margin > 0)
		return dsv_sample_for_margin(
			opts->margin, opts->expected > 0 ? opts->expected : 0.5,
			confidence, population, out);
	else if (opts->accuracy_lower > 0)
		return dsv_sample_for_lower(opts->accuracy_lower,
					    expected_of(opts), confidence,
					    population, out);
	else if (p->asked && p->asked->sample > 0)
		*out = p->asked->sample;
	else {
		dsv_fail(DSV_EUSAGE,
			 "how many records? the policy of '%s' "
			 "does not say",
			 p->gate.verdict->target);
		return dsv_hint(DSV_EUSAGE,
				"-n COUNT, --margin 0.02 or --lower 0.95");
	}
	return 0;
}

static int share_out(struct dsv_planning *p)
{
	struct dsv_statement_plan *plan = &p->out->plan;
	uint64_t n = 0;
	int rc = choose_n(p, plan->population, &n);

	if (rc < 0)
		return rc;
	if (n > plan->population)
		n = plan->population;
	if (n > DSV_AUDIT_ROWS_MAX) {
		dsv_fail(DSV_ERANGE, "%llu records are too many for a sheet",
			 (unsigned long long)n);
		return dsv_hint(DSV_ERANGE, "at most %u", DSV_AUDIT_ROWS_MAX);
	}
	plan->n = dsv_sample_allocate(plan->strata, plan->n_strata, n);
	return 0;
}

int dsv_plan_count(struct dsv_planning *p)
{
	struct counting counting = {.planning = p};
	const struct dsv_population_opts opts = {
		.repo = p->repo,
		.base = p->at.base,
		.head = p->at.head,
		.dataset = p->set->name,
		.plan = &p->out->plan,
	};
	int rc;

	dsv_watch_add(&counting.watch, p->member);
	rc = dsv_population_walk(&opts, count_record, &counting);
	if (rc == 0 && counting.n == 0)
		rc = is_empty(p);
	if (rc == 0)
		rc = check_unique(&counting, &opts);
	if (rc == 0 && counting.watch.found)
		rc = dsv_auditor_is_annotator(&counting.watch);
	if (rc == 0)
		rc = fill_strata(&counting, &p->out->plan);
	if (rc == 0)
		rc = share_out(p);
	counting_release(&counting);
	return rc;
}
