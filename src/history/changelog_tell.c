#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/changelog_names.h"
#include "history/changelog_run.h"

/* The figures of a section or of all, which grow step by step. */
static void add_step(struct dsv_clsums *whole, const struct dsv_clsums *step,
		     struct dsv_clsums *state)
{
	for (size_t i = 0; i < step->n; i++) {
		const struct dsv_changelog_group *group = &step->items[i].group;
		size_t n = whole->n;
		struct dsv_clsum *sum =
			dsv_clsums_of(whole, group->name, group->is_dataset);

		if (whole->n > n)
			dsv_clsum_start(sum, dsv_clsums_of(state, group->name,
							   group->is_dataset));
		dsv_clsum_add(sum, &step->items[i]);
	}
}

static int by_name(const void *ap, const void *bp)
{
	const struct dsv_changelog_group *a = ap;
	const struct dsv_changelog_group *b = bp;

	int order = strcmp(a->name, b->name);

	return order ? order : (int)a->is_dataset - (int)b->is_dataset;
}

struct dsv_changelog_group *
dsv_changelog_group(const struct dsv_changelog_groups *groups, const char *name,
		    bool is_dataset)
{
	const struct dsv_changelog_group wanted = {.name = (char *)name,
						   .is_dataset = is_dataset};

	if (groups->n == 0)
		return NULL;
	return bsearch(&wanted, groups->items, groups->n,
		       sizeof(*groups->items), by_name);
}

static void give(struct dsv_clsums *sums, bool no_counts,
		 struct dsv_changelog_groups *out)
{
	for (size_t i = 0; i < sums->n; i++) {
		struct dsv_clsum *sum = &sums->items[i];

		if (!sum->group.touched && sum->group.notes.n == 0)
			continue;
		DSV_GROW(out->items, out->cap, out->n + 1);
		dsv_clsum_give(sum, no_counts, &out->items[out->n++]);
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_name);
}

/* The section that ends, as seen from the oldest step, with this one. */
static struct dsv_changelog_section *section_of(struct dsv_changelog *log,
						size_t step)
{
	for (size_t i = log->n_sections; i-- > 0;)
		if (log->sections[i].first == step)
			return &log->sections[i];
	return NULL;
}

static void pass(struct dsv_clsums *step, struct dsv_clsums *state)
{
	for (size_t i = 0; i < step->n; i++) {
		const struct dsv_changelog_group *group = &step->items[i].group;

		dsv_clsum_pass(
			&step->items[i],
			dsv_clsums_of(state, group->name, group->is_dataset));
	}
}

static void tell_steps(struct dsv_clrun *run, struct dsv_clsums *total)
{
	struct dsv_clsums part = DSV_CLSUMS_INIT;
	struct dsv_changelog *log = run->log;

	for (size_t at = log->n_steps; at-- > 0;) {
		struct dsv_clsums *step = &run->steps[at].sums;
		struct dsv_changelog_section *section;

		if (log->n_sections > 0)
			add_step(&part, step, &run->start);
		add_step(total, step, &run->start);
		pass(step, &run->start);
		give(step, log->no_counts, &log->steps[at].groups);
		section = section_of(log, at);
		if (!section)
			continue;
		give(&part, log->no_counts, &section->groups);
		dsv_clsums_release(&part);
	}
}

int dsv_clrun_tell(struct dsv_clrun *run)
{
	struct dsv_clsums total DSV_AUTO(clsums) = DSV_CLSUMS_INIT;
	struct dsv_changelog *log = run->log;
	int rc = dsv_clrun_cut(run);

	if (rc < 0)
		return rc;
	tell_steps(run, &total);
	give(&total, log->no_counts, &log->total);
	for (size_t i = 0; !log->no_counts && i < log->total.n; i++)
		dsv_clgroup_twins(&log->total.items[i]);
	if (!log->no_counts)
		dsv_clrun_mark(log);
	return 0;
}
