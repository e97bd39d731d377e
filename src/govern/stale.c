#include <dsv/stale.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/dataset.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "dataset/reading.h"
#include "govern/stale_judge.h"
#include "repo/tree.h"

const char *dsv_stale_word(enum dsv_stale_reason reason)
{
	static const char *const words[DSV_STALE_REASONS] = {
		"not", "no_guideline", "other_guideline", "older", "changed"};

	return words[reason];
}

/* The work on one dataset. */
struct work {
	const struct dsv_stale_opts *opts;
	const struct dsv_dataset *set;
	struct dsv_stale_group *group;
	struct dsv_stale_judge judge;
	struct dsv_map labels;	 /* place in by_label + 1 */
	struct dsv_map versions; /* place in by_version + 1 */
	struct dsv_map verdicts; /* origin of the blame at hand: verdict + 1 */
	/* of each record of the file at hand */
	uint32_t *annotated; /* verdict + 1 on who annotated it */
	size_t cap_annotated;
	unsigned char *stale;
	size_t cap_stale;
	size_t n; /* records that both know */
};

static void work_release(struct work *work)
{
	dsv_stale_judge_release(&work->judge);
	dsv_map_release(&work->labels);
	dsv_map_release(&work->versions);
	dsv_map_release(&work->verdicts);
	free(work->annotated);
	free(work->stale);
}

static void grow(struct work *work, size_t need)
{
	if (need <= work->n)
		return;
	DSV_GROW(work->annotated, work->cap_annotated, need);
	DSV_GROW(work->stale, work->cap_stale, need);
	memset(work->annotated + work->n, 0,
	       (need - work->n) * sizeof(*work->annotated));
	memset(work->stale + work->n, 0, need - work->n);
	work->n = need;
}

static struct dsv_stale_count *count_of(struct dsv_stale_counts *counts,
					struct dsv_map *map, const char *name)
{
	const char *key = name ? name : "";
	struct dsv_map_entry *entry = dsv_map_put(map, key, strlen(key));

	if (!entry->value) {
		DSV_GROW(counts->items, counts->cap, counts->n + 1);
		counts->items[counts->n++] = (struct dsv_stale_count){
			.name = name ? dsv_strdup(name) : NULL};
		entry->value = counts->n;
	}
	return &counts->items[entry->value - 1];
}

static void add_count(struct dsv_stale_count *count,
		      enum dsv_stale_reason reason)
{
	count->labels++;
	count->stale += reason != DSV_STALE_NOT;
	count->reasons[reason]++;
}

/* The verdict on an origin; asked once for each. */
static int judge_origin(struct work *work,
			const struct dsv_blame_origin *origin, size_t *out)
{
	struct dsv_map_entry *entry = dsv_map_put(
		&work->verdicts, &origin->number, sizeof(origin->number));
	int rc = 0;

	if (!entry->value) {
		rc = dsv_stale_judge_origin(&work->judge, origin, out);
		entry->value = *out + 1;
	}
	*out = (size_t)entry->value - 1;
	return rc;
}

static void add_sample(struct work *work, const char *path,
		       const struct dsv_blame_line *line)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (work->group->sample.n >= DSV_STALE_SAMPLE)
		return;
	dsv_buf_addf(&text, "%s:", path);
	for (size_t i = 0; i < line->n_key; i++) {
		if (i)
			dsv_buf_addch(&text, ',');
		dsv_address_add_part(&text, line->key[i].text,
				     line->key[i].len);
	}
	dsv_strlist_add(&work->group->sample, dsv_buf_str(&text));
}

static int take(struct work *work, const char *path, const char *field,
		const struct dsv_blame_line *line,
		const struct dsv_stale_record *record)
{
	struct dsv_stale_record it = *record;

	it.dataset = work->set->name;
	it.path = path;
	it.field = field;
	it.line = line;
	it.commit = &line->origin->commit;
	return work->opts->take ? work->opts->take(work->opts->ctx, &it) : 0;
}

/* A label, by the fresher of the two commits that vouch for it. */
static int judge_line(struct work *work, const char *path, const char *field,
		      const struct dsv_blame_line *line, size_t row)
{
	char *label DSV_AUTO(str) = NULL;
	struct dsv_stale_record record = {0};
	size_t verdict;
	int rc;

	if (dsv_field_is_empty(line->field)) {
		work->group->unlabelled++;
		return 0;
	}
	rc = judge_origin(work, line->origin, &verdict);
	if (rc < 0)
		return rc;
	label = dsv_strndup(line->field->text, line->field->len);
	record.label = label;
	record.reason = dsv_stale_judge_label(&work->judge, verdict, label,
					      &record.why);
	if (record.reason != DSV_STALE_NOT && work->annotated[row]) {
		const char *why;
		size_t other = work->annotated[row] - 1;

		if (!dsv_stale_judge_label(&work->judge, other, label, &why)) {
			record.reason = DSV_STALE_NOT;
			verdict = other;
		}
	}
	record.guideline = work->judge.items[verdict]->guideline;
	add_count(count_of(&work->group->by_label, &work->labels, label),
		  record.reason);
	add_count(count_of(&work->group->by_version, &work->versions,
			   record.guideline),
		  record.reason);
	if (record.reason == DSV_STALE_NOT)
		return 0;
	if (!work->stale[row]) {
		work->stale[row] = 1;
		work->group->stale++;
		add_sample(work, path, line);
	}
	return take(work, path, field, line, &record);
}

/* Who annotated the record vouches for its label. */
static int note_annotator(struct work *work, const struct dsv_blame_line *line,
			  size_t row)
{
	size_t verdict;
	int rc = judge_origin(work, line->origin, &verdict);

	if (rc == 0 && !dsv_field_is_empty(line->field))
		work->annotated[row] = (uint32_t)verdict + 1;
	return rc;
}

static void take_info(struct work *work, const struct dsv_blame_info *info)
{
	if (!info->complete)
		work->group->complete = false;
	if (info->shallow)
		work->group->shallow = true;
}

static int blame_field(struct work *work, struct dsv_repo *repo,
		       const char *path, const char *field, bool is_label)
{
	struct dsv_blame_opts opts = {
		.rev = work->opts->version,
		.path = path,
		.field = field,
		.where = work->opts->where,
		.no_cache = work->opts->no_cache,
	};
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	struct dsv_blame_line line;
	size_t row = 0;
	int rc;

	dsv_map_release(&work->verdicts);
	work->verdicts = (struct dsv_map)DSV_MAP_INIT;
	rc = dsv_blame_open(&blame, repo, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_blame_next(blame, &line)) > 0) {
		grow(work, row + 1);
		rc = is_label ? judge_line(work, path, field, &line, row)
			      : note_annotator(work, &line, row);
		if (rc < 0)
			return rc;
		row++;
	}
	take_info(work, dsv_blame_info(blame));
	return rc;
}

static int read_file(struct work *work, struct dsv_repo *repo, const char *path)
{
	const struct dsv_dataset *set = work->set;
	int rc = 0;

	work->n = 0;
	if (set->annotator)
		rc = blame_field(work, repo, path, set->annotator, false);
	for (size_t i = 0; rc == 0 && i < set->labels.n; i++)
		rc = blame_field(work, repo, path, set->labels.items[i], true);
	work->group->records += work->n;
	return rc;
}

static bool has_records(const struct dsv_dataset *set, const char *path)
{
	const struct dsv_format *format =
		set->format ? dsv_format_named(set->format)
			    : dsv_format_of_path(path);

	return !format || format->has_fields;
}

static int read_files(struct work *work, struct dsv_repo *repo,
		      const struct dsv_datasets *sets)
{
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	int rc = dsv_tree_list(repo, &work->opts->version, &work->set->files,
			       &files);

	for (size_t i = 0; rc == 0 && i < files.n; i++) {
		const char *path = files.items[i].path;

		if (dsv_datasets_of_path(sets, path) == work->set &&
		    has_records(work->set, path))
			rc = read_file(work, repo, path);
	}
	return rc;
}

static int by_stale(const void *a, const void *b)
{
	const struct dsv_stale_count *x = a;
	const struct dsv_stale_count *y = b;

	if (x->stale != y->stale)
		return x->stale > y->stale ? -1 : 1;
	if (x->labels != y->labels)
		return x->labels > y->labels ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* "b@2.0.0" before "b@1.9.0"; what has none stands last. */
static int by_version(const void *a, const void *b)
{
	const char *x = ((const struct dsv_stale_count *)a)->name;
	const char *y = ((const struct dsv_stale_count *)b)->name;
	const char *at = x ? strchr(x, '@') : NULL;
	bool back;
	int order;

	if (!x || !y)
		return x ? -1 : y != NULL;
	if (strncmp(x, y, (size_t)(at - x) + 1) != 0)
		return strcmp(x, y);
	order = (int)dsv_bump_between(at + 1, y + (at - x) + 1, &back);
	return back ? -1 : order != 0;
}

static void sort(struct dsv_stale_counts *counts,
		 int (*order)(const void *, const void *))
{
	if (counts->n)
		qsort(counts->items, counts->n, sizeof(*counts->items), order);
}

static int read_set(struct dsv_stale *out, struct dsv_repo *repo,
		    const struct dsv_stale_opts *opts,
		    const struct dsv_datasets *sets,
		    const struct dsv_dataset *set)
{
	struct dsv_guideline_text now DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct work work = {.opts = opts, .set = set};
	struct dsv_stale_group *group;
	int rc = dsv_guideline_text_read(&now, repo,
					 opts->guideline.at == DSV_AT_NOTHING
						 ? &opts->version
						 : &opts->guideline,
					 set->guideline);

	if (rc < 0)
		return rc;
	out->groups = dsv_realloc(out->groups, out->n + 1, sizeof(*group));
	group = &out->groups[out->n++];
	*group = (struct dsv_stale_group){
		.dataset = dsv_strdup(set->name),
		.guideline = dsv_strdup(set->guideline),
		.version = dsv_strdup(now.front.version),
		.complete = true,
	};
	work.group = group;
	work.judge = (struct dsv_stale_judge){.repo = repo, .now = &now};
	rc = read_files(&work, repo, sets);
	sort(&group->by_label, by_stale);
	sort(&group->by_version, by_version);
	out->n_stale += group->stale;
	out->complete = out->complete && group->complete;
	work_release(&work);
	return rc;
}

static bool is_meant(const struct dsv_stale_opts *opts,
		     const struct dsv_dataset *set)
{
	if (!set->guideline || !set->labels.n)
		return false;
	if (opts->dataset && strcmp(opts->dataset, set->name) != 0)
		return false;
	return !opts->id || strcmp(opts->id, set->guideline) == 0;
}

static int nothing_meant(const struct dsv_stale_opts *opts)
{
	if (opts->id)
		dsv_fail(DSV_ENOTFOUND,
			 "no dataset is labelled by guideline '%s'", opts->id);
	else if (opts->dataset)
		dsv_fail(DSV_ENOTFOUND,
			 "no dataset '%s' that has labels and a guideline",
			 opts->dataset);
	else
		dsv_fail(DSV_ENOTFOUND, "no dataset has a guideline");
	return dsv_hint(DSV_ENOTFOUND,
			"a dataset names its guideline in " DSV_DATASETS_PATH
			": guideline: %s",
			opts->id ? opts->id : "ID");
}

int dsv_stale_read(struct dsv_stale *out, struct dsv_repo *repo,
		   const struct dsv_stale_opts *opts)
{
	struct dsv_stale stale DSV_AUTO(stale) = DSV_STALE_INIT;
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	int rc;

	stale.complete = true;
	rc = dsv_datasets_read(&sets, repo, &opts->version);
	for (size_t i = 0; rc == 0 && i < sets.n; i++)
		if (is_meant(opts, &sets.items[i]))
			rc = read_set(&stale, repo, opts, &sets,
				      &sets.items[i]);
	if (rc < 0)
		return rc;
	if (!stale.n)
		return nothing_meant(opts);
	*out = stale;
	stale = (struct dsv_stale)DSV_STALE_INIT;
	return 0;
}

static void counts_release(struct dsv_stale_counts *counts)
{
	for (size_t i = 0; i < counts->n; i++)
		free(counts->items[i].name);
	free(counts->items);
}

void dsv_stale_release(struct dsv_stale *stale)
{
	for (size_t i = 0; i < stale->n; i++) {
		struct dsv_stale_group *group = &stale->groups[i];

		free(group->dataset);
		free(group->guideline);
		free(group->version);
		counts_release(&group->by_label);
		counts_release(&group->by_version);
		dsv_strlist_release(&group->sample);
	}
	free(stale->groups);
	*stale = (struct dsv_stale)DSV_STALE_INIT;
}
