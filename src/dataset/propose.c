#include <dsv/propose.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "dataset/look.h"
#include "format/json_pointer.h"

static int not_found(struct dsv_repo *repo, const char *path)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *slash = strrchr(path, '/');
	char *folder DSV_AUTO(str) = NULL;
	const char *near = NULL;

	folder = dsv_strf("%s/%.*s", dsv_repo_workdir(repo),
			  slash ? (int)(slash - path) : 0, path);
	if (dsv_fs_list(folder, &names) >= 0)
		near = dsv_nearest(slash ? slash + 1 : path, &names);
	dsv_fail(DSV_ENOTFOUND, "'%s' not found", path);
	if (near)
		dsv_hint(DSV_ENOTFOUND, "did you mean '%.*s%s'?",
			 slash ? (int)(slash - path) + 1 : 0, path, near);
	return DSV_ENOTFOUND;
}

static void column_names(const struct dsv_proposal *proposal,
			 struct dsv_strlist *out)
{
	for (size_t i = 0; i < proposal->n_columns; i++)
		dsv_strlist_add(out, proposal->columns[i].name);
}

/* A JSON Pointer is known by the column that it begins with. */
static bool is_known(const struct dsv_look *look, const char *name)
{
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_proposal_column(look->out, name))
		return true;
	return look->reading.format->nested &&
	       dsv_json_pointer_head(name, &head) &&
	       dsv_proposal_column(look->out, dsv_buf_str(&head));
}

static int check_columns(const struct dsv_look *look,
			 const struct dsv_strlist *given, const char *what)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	column_names(look->out, &known);
	for (size_t i = 0; given && i < given->n; i++) {
		const char *name = given->items[i];
		const char *near;

		if (dsv_strlist_find(given, name) < (long)i)
			return dsv_fail(DSV_EUSAGE,
					"%s column '%s' is named twice", what,
					name);
		if (is_known(look, name))
			continue;
		dsv_fail(DSV_EUSAGE, "%s column '%s' is not in '%s'", what,
			 name, look->out->path);
		near = dsv_nearest(name, &known);
		if (near)
			dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
		return DSV_EUSAGE;
	}
	return 0;
}

static int on_double(void *ctx, const struct dsv_record *record,
		     uint64_t other_line, const char *key)
{
	if (other_line == 0)
		dsv_look_issue(ctx, DSV_ISSUE_NO_KEY, record->line, 0, NULL);
	else
		dsv_look_issue(ctx, DSV_ISSUE_DUPLICATE_KEY, record->line,
			       other_line, key);
	return 0;
}

static bool key_is_sure(const struct dsv_proposal *out)
{
	const struct dsv_column *column;

	if (out->key.n != 1)
		return false;
	column = dsv_proposal_column(out, out->key.items[0]);
	return column && column->unique;
}

/* Doubles and empties of the key, each with its line. */
static int find_doubles(struct dsv_look *look)
{
	struct dsv_proof_opts opts = {
		.records = look->out->records,
		.found = on_double,
		.ctx = look,
	};
	struct dsv_proof proof;
	int rc;

	if (look->out->key.n == 0 || key_is_sure(look->out))
		return 0;
	rc = dsv_proof_run(&proof, look->source, &look->reading,
			   &look->out->key, &opts);
	if (rc == 0)
		look->out->key_proved = proof.complete;
	return rc;
}

static void name_others(struct dsv_proposal *out)
{
	for (size_t i = 0; i < out->n_columns; i++) {
		const char *name = out->columns[i].name;

		if (dsv_strlist_find(&out->key, name) < 0 &&
		    dsv_strlist_find(&out->labels, name) < 0)
			dsv_strlist_add(&out->others, name);
	}
}

static int by_line(const void *a, const void *b)
{
	const struct dsv_data_issue *x = a;
	const struct dsv_data_issue *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->issue < y->issue ? -1 : x->issue > y->issue;
}

static int look_at_records(struct dsv_look *look,
			   const struct dsv_propose_opts *opts)
{
	struct dsv_proposal *out = look->out;
	bool has_labels = opts->labels && opts->labels->n > 0;
	int rc;

	if ((rc = dsv_look_columns(look)) < 0 ||
	    (rc = check_columns(look, opts->key, "key")) < 0 ||
	    (rc = check_columns(look, opts->labels, "label")) < 0)
		return rc;
	if (opts->key)
		dsv_strlist_copy(&out->key, opts->key);
	if (has_labels)
		dsv_strlist_copy(&out->labels, opts->labels);
	if ((rc = dsv_guess(look, !has_labels)) < 0 ||
	    (rc = find_doubles(look)) < 0)
		return rc;
	name_others(out);
	if (out->n_issues > 0)
		qsort(out->issues, out->n_issues, sizeof(*out->issues),
		      by_line);
	return 0;
}

static int check_no_columns(const struct dsv_look *look,
			    const struct dsv_propose_opts *opts)
{
	if ((!opts->key || opts->key->n == 0) &&
	    (!opts->labels || opts->labels->n == 0))
		return 0;
	dsv_fail(DSV_EUSAGE, "'%s' has no columns: it is kept as bytes",
		 look->out->path);
	return dsv_hint(DSV_EUSAGE, "name its format with --format");
}

static int look_at_file(struct dsv_look *look, struct dsv_repo *repo,
			const struct dsv_propose_opts *opts)
{
	struct dsv_version version = {.at = DSV_AT_WORKTREE};
	struct dsv_reading_opts reading = {.format = opts->format};
	const char *path = look->out->path;
	int rc;

	rc = dsv_source_open(&look->source, repo, &version, path);
	if (rc == DSV_ENOTFOUND)
		return not_found(repo, path);
	if (rc == 0)
		rc = dsv_reading_of_path(&look->reading, NULL, path, &reading);
	if (rc < 0)
		return rc;
	look->out->format = dsv_strdup(look->reading.format->name);
	look->out->size = dsv_source_size(look->source);
	look->out->has_records = look->reading.format->has_fields;
	if (!look->out->has_records)
		return check_no_columns(look, opts);
	return look_at_records(look, opts);
}

int dsv_propose(struct dsv_proposal *out, struct dsv_repo *repo,
		const char *path, const struct dsv_propose_opts *opts)
{
	static const struct dsv_propose_opts none = {0};
	struct dsv_proposal proposal DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	struct dsv_look look = {.out = &proposal};
	int rc;

	proposal.path = dsv_strdup(path);
	rc = look_at_file(&look, repo, opts ? opts : &none);
	dsv_source_free(&look.source);
	dsv_reading_release(&look.reading);
	if (rc < 0)
		return rc;
	*out = proposal;
	proposal = (struct dsv_proposal)DSV_PROPOSAL_INIT;
	return 0;
}

static void column_release(struct dsv_column *column)
{
	free(column->name);
	for (size_t i = 0; i < column->n_values; i++)
		free(column->values[i].value);
	free(column->values);
}

void dsv_proposal_release(struct dsv_proposal *proposal)
{
	free(proposal->path);
	free(proposal->format);
	for (size_t i = 0; i < proposal->n_columns; i++)
		column_release(&proposal->columns[i]);
	free(proposal->columns);
	dsv_strlist_release(&proposal->key);
	dsv_strlist_release(&proposal->labels);
	dsv_strlist_release(&proposal->others);
	free(proposal->annotator);
	for (size_t i = 0; i < proposal->n_issues; i++)
		free(proposal->issues[i].key);
	free(proposal->issues);
	free(proposal->totals);
	*proposal = (struct dsv_proposal)DSV_PROPOSAL_INIT;
}

const struct dsv_column *dsv_proposal_column(const struct dsv_proposal *p,
					     const char *name)
{
	for (size_t i = 0; i < p->n_columns; i++) {
		if (strcmp(p->columns[i].name, name) == 0)
			return &p->columns[i];
	}
	return NULL;
}
