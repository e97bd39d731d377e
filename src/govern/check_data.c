#include "govern/gate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/diff.h>
#include <dsv/error.h>
#include <dsv/guideline_lint.h>
#include <dsv/labels.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/repo.h"
#include "repo/tree.h"
#include "repo/treewalk.h"

/*
 * Is the data sound? One diff against the target reads what differs, and says
 * for all of a file how many records there are and what is wrong with them.
 */

#define NULL_WORD "(null)" /* of a missing label, in what is counted */

static struct dsv_gate_set *set_named(struct dsv_gate *gate, const char *name)
{
	for (size_t i = 0; name && i < gate->n_sets; i++) {
		if (strcmp(gate->sets[i].name, name) == 0)
			return &gate->sets[i];
	}
	return NULL;
}

static const char *issue_words(enum dsv_issue issue, uint64_t n)
{
	bool one = n == 1;

	switch (issue) {
	case DSV_ISSUE_RAGGED:
		return one ? "ragged row" : "ragged rows";
	case DSV_ISSUE_BAD_QUOTING:
		return one ? "broken quote" : "broken quotes";
	case DSV_ISSUE_NOT_JSON:
		return one ? "line that is no JSON object"
			   : "lines that are no JSON object";
	case DSV_ISSUE_REPEATED_FIELD:
		return one ? "object with a field twice"
			   : "objects with a field twice";
	case DSV_ISSUE_TOO_LONG:
		return one ? "record too long to be read"
			   : "records too long to be read";
	case DSV_ISSUE_DUPLICATE_KEY:
		return one ? "record with a doubled key"
			   : "records with a doubled key";
	default:
		return one ? "record without key" : "records without key";
	}
}

static void add_fault(struct dsv_gate_set *set, const char *path,
		      const struct dsv_issue_line *line)
{
	if (set->faults.len)
		dsv_buf_addstr(&set->faults, ", ");
	dsv_add_count(&set->faults, line->count);
	dsv_buf_addf(&set->faults, " %s (%s:%llu)",
		     issue_words(line->issue, line->count), path,
		     (unsigned long long)line->line);
}

static void add_label(struct dsv_gate_set *set, const char *column,
		      const char *value, uint64_t before, uint64_t after)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_map_entry *entry;

	dsv_buf_add(&key, column, strlen(column) + 1);
	dsv_buf_addstr(&key, value);
	entry = dsv_map_put(&set->labels, key.data, key.len);
	if (!entry->value) {
		set->counts = dsv_realloc(set->counts, set->n_counts + 1,
					  sizeof(*set->counts));
		set->counts[set->n_counts++] = (struct dsv_gate_label){
			.column = dsv_strdup(column),
			.value = dsv_strdup(value),
			.is_null = strcmp(value, NULL_WORD) == 0,
		};
		entry->value = set->n_counts;
	}
	set->counts[entry->value - 1].before += before;
	set->counts[entry->value - 1].after += after;
}

void dsv_gate_add_label(const struct dsv_gate_set *set,
			const struct dsv_gate_label *label, struct dsv_buf *out)
{
	bool several = false;

	for (size_t i = 1; i < set->n_counts; i++)
		several |= strcmp(set->counts[i].column,
				  set->counts[0].column) != 0;
	dsv_buf_addch(out, '\'');
	dsv_add_shown(out, label->value, strlen(label->value));
	dsv_buf_addch(out, '\'');
	if (!several)
		return;
	dsv_buf_addstr(out, " of ");
	dsv_add_shown(out, label->column, strlen(label->column));
}

static void take_labels(struct dsv_gate_set *set,
			const struct dsv_label_diff *label)
{
	for (size_t i = 0; i < label->n_values; i++)
		add_label(set, label->name, label->values[i].value,
			  label->values[i].before, label->values[i].after);
}

static void take_summary(struct dsv_gate_set *set,
			 const struct dsv_file_info *info,
			 const struct dsv_diff_summary *summary)
{
	set->records += summary->records_to;
	set->changed += summary->added + summary->removed + summary->changed;
	for (size_t i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *line = &summary->issues[i];

		if (!line->to ||
		    !(line->issue & (DSV_ISSUES_KEY | DSV_ISSUES_FORM)))
			continue;
		set->faulty[!!(line->issue & DSV_ISSUES_FORM)] += line->count;
		add_fault(set, info->path, line);
	}
	for (size_t i = 0; i < summary->n_labels; i++)
		take_labels(set, &summary->labels[i]);
}

static int read_change(struct dsv_gate *gate)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_opts opts = {.from = gate->since, .to = gate->head};
	struct dsv_file_diff *file;
	int rc = dsv_diff_open(&diff, gate->repo, &opts);

	if (rc < 0)
		return rc;
	while ((rc = dsv_diff_next(diff, &file)) > 0) {
		const struct dsv_file_info *info = dsv_file_diff_info(file);
		struct dsv_gate_set *set = set_named(gate, info->dataset);

		if (!set)
			continue;
		dsv_strlist_add(&set->differing, info->path);
		if (info->has_records)
			take_summary(set, info, dsv_file_diff_summary(file));
	}
	return rc;
}

/* The files of a dataset that stand on the target as they are here. */
static void unchanged_files(const struct dsv_gate_set *set,
			    struct dsv_strlist *out)
{
	struct dsv_map differing DSV_AUTO(map) = DSV_MAP_INIT;

	for (size_t i = 0; i < set->differing.n; i++)
		dsv_map_put(&differing, set->differing.items[i],
			    strlen(set->differing.items[i]));
	for (size_t i = 0; i < set->head->n_files; i++) {
		const char *path = set->head->files[i].path;

		if (!dsv_map_get(&differing, path, strlen(path)))
			dsv_strlist_take(out,
					 dsv_strf(":(literal,top)%s", path));
	}
}

static void take_group(struct dsv_gate_set *set,
		       const struct dsv_label_group *group)
{
	set->records += group->records;
	for (size_t t = 0; t < group->n_tables; t++) {
		const struct dsv_label_table *table = &group->tables[t];

		set->uncounted |= table->limited;
		for (size_t i = 0; i < table->n_values; i++)
			add_label(set, table->name, table->values[i].value,
				  table->values[i].n, table->values[i].n);
	}
}

int dsv_gate_count_labels(struct dsv_gate *gate, struct dsv_gate_set *set)
{
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_labels labels DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_labels_opts opts = {.version = gate->head, .paths = &paths};
	int rc;

	if (set->counted)
		return 0;
	set->counted = true;
	unchanged_files(set, &paths);
	if (paths.n == 0)
		return 0;
	rc = dsv_labels_read(&labels, gate->repo, &opts);
	for (size_t i = 0; rc == 0 && i < labels.n; i++)
		take_group(set, &labels.groups[i]);
	return rc;
}

static int take_blob(void *ctx, const char *path, const struct dsv_entry *from,
		     const struct dsv_entry *to)
{
	struct dsv_gate *gate = ctx;
	const struct dsv_dataset *owner;
	struct dsv_gate_set *set;
	int rc;

	(void)from;
	if (!to || !S_ISREG(to->mode))
		return 0;
	rc = dsv_datasets_owner(&gate->definitions, path, &owner);
	set = rc == 0 && owner ? set_named(gate, owner->name) : NULL;
	if (set)
		dsv_strlist_add(&set->blobs, path);
	return rc;
}

/* Blobs can differ where content does not: a pointer, and what it names. */
static int list_blobs(struct dsv_gate *gate)
{
	const struct dsv_version *from = dsv_gate_rules_since(gate);
	const bool whole =
		gate->since.at != DSV_AT_COMMIT || from->at != DSV_AT_COMMIT;

	if (gate->head.at != DSV_AT_COMMIT)
		return 0;
	return dsv_treewalk(gate->repo, whole ? NULL : &from->commit,
			    &gate->head.commit, NULL, take_blob, gate);
}

/* Plain bytes at a path that git sends through dsv: a clone would see them
 * changed for ever. */
static int count_raw(struct dsv_gate *gate, const struct dsv_gate_set *set,
		     size_t *out_n, const char **out_first)
{
	struct dsv_content content;
	struct dsv_entry entry;
	int rc = 0;

	*out_n = 0;
	dsv_attributes_at(gate->repo, &gate->head.commit);
	for (size_t i = 0; rc >= 0 && i < set->blobs.n; i++) {
		const char *path = set->blobs.items[i];

		if (!dsv_path_is_filtered(gate->repo, path))
			continue;
		rc = dsv_tree_entry(gate->repo, &gate->head, path, &entry);
		if (rc == 0)
			rc = dsv_blob_pointer(gate->repo, &entry.blob,
					      &content);
		if (rc == 0 && (*out_n)++ == 0)
			*out_first = path;
	}
	dsv_attributes_at(gate->repo, NULL);
	return rc < 0 ? rc : 0;
}

/* A change list may have told the diff all it asked; the data has to be here
 * (or where it can be fetched) all the same. */
static int count_missing(struct dsv_gate *gate, const struct dsv_gate_set *set,
			 size_t *out_n, const char **out_first)
{
	struct dsv_store *store;
	struct dsv_content content;
	struct dsv_entry entry;
	int rc = dsv_repo_store(gate->repo, &store);

	*out_n = 0;
	for (size_t i = 0; rc >= 0 && i < set->differing.n; i++) {
		const char *path = set->differing.items[i];

		rc = dsv_tree_entry(gate->repo, &gate->head, path, &entry);
		if (rc < 0 || !S_ISREG(entry.mode))
			continue;
		rc = dsv_blob_pointer(gate->repo, &entry.blob, &content);
		if (rc <= 0)
			continue;
		rc = dsv_store_has_content(store, &content);
		if (rc == 0 && (*out_n)++ == 0)
			*out_first = path;
	}
	return rc < 0 ? rc : 0;
}

static void answer(struct dsv_gate *gate, const struct dsv_gate_set *set,
		   enum dsv_answer_state state, char *found)
{
	dsv_gate_answer(gate, &(struct dsv_gate_item){.dataset = set->name,
						      .state = state,
						      .name = "data",
						      .found = found});
}

static char *sound_words(const struct dsv_gate_set *set)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_count(&text, set->records);
	dsv_buf_addstr(&text, set->records == 1 ? " record" : " records");
	if (set->set && set->set->key.n > 0)
		dsv_buf_addstr(&text, ", keys unique");
	dsv_buf_addstr(&text, ", no ragged rows");
	return dsv_buf_detach(&text);
}

/* 1 where content is not here, which was answered. */
static int judge_missing(struct dsv_gate *gate, const struct dsv_gate_set *set)
{
	const char *first = NULL;
	size_t n = 0;
	int rc = count_missing(gate, set, &n, &first);

	if (rc < 0 || n == 0)
		return rc;
	answer(gate, set, DSV_CHECK_ERROR,
	       dsv_strf("the content of %zu %s is not here, '%s' the first", n,
			n == 1 ? "file" : "files", first));
	return 1;
}

static int judge_raw(struct dsv_gate *gate, const struct dsv_gate_set *set)
{
	const char *first = NULL;
	size_t n = 0;
	int rc = count_raw(gate, set, &n, &first);

	if (rc < 0 || n == 0)
		return rc;
	dsv_gate_answer(
		gate,
		&(struct dsv_gate_item){
			.dataset = set->name,
			.state = DSV_CHECK_ERROR,
			.name = "data",
			.found = dsv_strf("%zu %s plain bytes where "
					  "dsv's filter stands, '%s' "
					  "the first",
					  n, n == 1 ? "file is" : "files are",
					  first),
			.next = dsv_strdup("dsv add --renormalize")});
	return 1;
}

static int judge_data(struct dsv_gate *gate, struct dsv_gate_set *set)
{
	int rc = 0;

	if (set->judged)
		rc = dsv_gate_count_labels(gate, set);
	if (rc == 0 && set->judged)
		rc = judge_missing(gate, set);
	if (rc == 0)
		rc = judge_raw(gate, set);
	if (rc != 0 || !set->judged)
		return rc < 0 ? dsv_gate_error(gate, rc, set->name, "data",
					       NULL)
			      : 0;
	if (set->faulty[0] + set->faulty[1] > 0)
		answer(gate, set, DSV_CHECK_ERROR,
		       dsv_strdup(dsv_buf_str(&set->faults)));
	else
		answer(gate, set, DSV_CHECK_OK, sound_words(set));
	return 0;
}

/* A guideline that was edited under its version is not the one that people
 * know by it. */
static int judge_guideline(struct dsv_gate *gate,
			   const struct dsv_gate_set *set)
{
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;
	const struct dsv_guideline_finding *first = NULL;
	const char *id = set->head->guideline.id;
	int rc;

	if (!id)
		return 0;
	rc = dsv_guideline_lint(&lint, gate->repo, &gate->head, &gate->since,
				id);
	if (rc < 0)
		return dsv_gate_error(gate, rc, set->name, "guideline", NULL);
	for (size_t i = 0; !first && i < lint.n; i++) {
		if (lint.items[i].level == DSV_FINDING_ERROR)
			first = &lint.items[i];
	}
	if (!first)
		return 0;
	dsv_gate_answer(gate,
			&(struct dsv_gate_item){
				.dataset = set->name,
				.state = DSV_CHECK_ERROR,
				.name = "guideline",
				.found = dsv_strf("%s:%u: %s",
						  set->head->guideline.path,
						  first->line, first->message),
				.next = dsv_strf("dsv guideline lint %s", id)});
	return 0;
}

int dsv_check_data(struct dsv_gate *gate)
{
	int rc = 0;

	if (gate->opts->no_data)
		return 0;
	rc = read_change(gate);
	if (rc == 0)
		rc = list_blobs(gate);
	if (rc < 0)
		return dsv_gate_error(gate, rc, "", "data", NULL);
	for (size_t i = 0; rc == 0 && i < gate->n_sets; i++) {
		struct dsv_gate_set *set = &gate->sets[i];

		if (!set->head)
			continue;
		rc = judge_data(gate, set);
		if (rc == 0 && set->judged)
			rc = judge_guideline(gate, set);
	}
	return rc;
}
