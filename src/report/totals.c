#include <dsv/totals.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void release_counts(struct dsv_total_count *counts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(counts[i].text);
	free(counts);
}

void dsv_totals_release(struct dsv_totals *totals)
{
	size_t i;

	for (i = 0; i < totals->n; i++) {
		struct dsv_total *total = &totals->items[i];

		free(total->name);
		release_counts(total->labels, total->n_labels);
		release_counts(total->transitions, total->n_transitions);
	}
	free(totals->items);
	memset(totals, 0, sizeof(*totals));
}

static struct dsv_total *find(struct dsv_totals *totals,
			      const struct dsv_file_info *info,
			      const char *name)
{
	/* paths do not repeat */
	if (!info->dataset && info->has_records)
		return NULL;
	for (size_t i = 0; i < totals->n; i++)
		if (totals->items[i].is_dataset == !!info->dataset &&
		    !strcmp(totals->items[i].name, name))
			return &totals->items[i];
	return NULL;
}

static struct dsv_total *total_of(struct dsv_totals *totals,
				  const struct dsv_file_info *info)
{
	const char *name = info->dataset       ? info->dataset
			   : info->has_records ? info->path
					       : DSV_TOTAL_FILES;
	struct dsv_total *total = find(totals, info, name);

	if (total)
		return total;
	DSV_GROW(totals->items, totals->cap, totals->n + 1);
	total = &totals->items[totals->n++];
	memset(total, 0, sizeof(*total));
	total->name = dsv_strdup(name);
	total->is_dataset = info->dataset != NULL;
	return total;
}

static void add_count(struct dsv_total_count **counts, size_t *n, char *text,
		      uint64_t more)
{
	/* doubling at powers of two */
	if (!(*n & (*n - 1)))
		*counts =
			dsv_realloc(*counts, *n ? *n * 2 : 1, sizeof(**counts));
	(*counts)[*n].text = text;
	(*counts)[*n].n = more;
	(*n)++;
}

static void add_label(struct dsv_total *total,
		      const struct dsv_label_diff *label)
{
	size_t i;

	for (i = 0; i < label->n_values; i++)
		if (label->values[i].after)
			add_count(&total->labels, &total->n_labels,
				  dsv_strdup(label->values[i].value),
				  label->values[i].after);
	for (i = 0; i < label->n_transitions; i++)
		add_count(&total->transitions, &total->n_transitions,
			  dsv_strf("%s -> %s", label->transitions[i].from,
				   label->transitions[i].to),
			  label->transitions[i].n);
}

static void add_file(struct dsv_total *total,
		     const struct dsv_diff_summary *summary)
{
	total->files++;
	if (!summary)
		return;
	total->has_records = true;
	total->before += summary->records_from;
	total->after += summary->records_to;
	total->added += summary->added;
	total->removed += summary->removed;
	total->changed += summary->changed;
	total->relabelled += summary->relabelled;
	if (summary->n_labels)
		add_label(total, &summary->labels[0]);
}

static int by_text(const void *a, const void *b)
{
	const struct dsv_total_count *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static int by_count(const void *a, const void *b)
{
	const struct dsv_total_count *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->text, y->text);
}

/* The files of a dataset bring the same texts again. */
static size_t unite(struct dsv_total_count *counts, size_t n)
{
	size_t i, kept = 0;

	if (!n)
		return 0;
	qsort(counts, n, sizeof(*counts), by_text);
	for (i = 1; i < n; i++) {
		if (strcmp(counts[kept].text, counts[i].text)) {
			counts[++kept] = counts[i];
			continue;
		}
		counts[kept].n += counts[i].n;
		free(counts[i].text);
	}
	qsort(counts, kept + 1, sizeof(*counts), by_count);
	return kept + 1;
}

static void sort_counts(struct dsv_totals *totals)
{
	size_t i;

	for (i = 0; i < totals->n; i++) {
		struct dsv_total *total = &totals->items[i];

		total->n_labels = unite(total->labels, total->n_labels);
		total->n_transitions =
			unite(total->transitions, total->n_transitions);
	}
}

int dsv_totals_read(struct dsv_totals *out, struct dsv_repo *repo,
		    const struct dsv_diff_opts *opts)
{
	struct dsv_totals totals DSV_AUTO(totals) = DSV_TOTALS_INIT;
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_file_diff *file;
	int rc;

	rc = dsv_diff_open(&diff, repo, opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_diff_next(diff, &file)) > 0)
		add_file(total_of(&totals, dsv_file_diff_info(file)),
			 dsv_file_diff_summary(file));
	if (rc < 0)
		return rc;
	sort_counts(&totals);
	*out = totals;
	memset(&totals, 0, sizeof(totals));
	return 0;
}
