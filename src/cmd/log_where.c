#include "cmd/log_where.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/diff.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "cmd/words.h"

int dsv_log_where_init(struct dsv_log_where *where,
		       const struct dsv_strlist *texts)
{
	int rc = dsv_where_parse(&where->from, texts);

	return rc < 0 ? rc : dsv_where_parse(&where->to, texts);
}

void dsv_log_where_release(struct dsv_log_where *where)
{
	dsv_where_release(&where->from);
	dsv_where_release(&where->to);
	dsv_strlist_release(&where->columns);
	*where = (struct dsv_log_where)DSV_LOG_WHERE_INIT;
}

static void add_columns(struct dsv_strlist *all, const struct dsv_strlist *more)
{
	size_t i;

	for (i = 0; i < more->n; i++)
		if (dsv_strlist_find(all, more->items[i]) < 0)
			dsv_strlist_add(all, more->items[i]);
}

static void bind(struct dsv_log_where *where,
		 const struct dsv_diff_summary *summary)
{
	bool all = true;
	size_t i;

	where->compared = true;
	dsv_where_bind(&where->from, summary->columns_from);
	dsv_where_bind(&where->to, summary->columns_to);
	if (where->known)
		return;
	add_columns(&where->columns, summary->columns_from);
	add_columns(&where->columns, summary->columns_to);
	for (i = 0; i < where->to.n; i++)
		if (dsv_strlist_find(&where->columns,
				     where->to.items[i].field) < 0)
			all = false;
	where->known = all;
}

static bool holds(const struct dsv_log_where *where,
		  const struct dsv_change *change)
{
	return (change->from && dsv_where_match(&where->from, change->from)) ||
	       (change->to && dsv_where_match(&where->to, change->to));
}

static void add_name(struct dsv_strlist *out, const char *path,
		     const struct dsv_change *change)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&name, "%s:", path);
	dsv_words_key(&name, change->key, change->n_key);
	dsv_strlist_add(out, dsv_buf_str(&name));
}

/* The records that one parent has otherwise; the first one is enough where
 * names is NULL. */
static int list_touched(struct dsv_log_where *where, struct dsv_diff *diff,
			struct dsv_strlist *names)
{
	struct dsv_file_diff *file;
	struct dsv_change change;
	int rc, any = 0;

	while ((rc = dsv_diff_next(diff, &file)) > 0) {
		if (!dsv_file_diff_summary(file))
			continue;
		bind(where, dsv_file_diff_summary(file));
		while ((rc = dsv_file_diff_next(file, &change)) > 0) {
			if (!holds(where, &change))
				continue;
			any = 1;
			if (!names)
				return 1;
			add_name(names, dsv_file_diff_info(file)->path,
				 &change);
		}
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? rc : any;
}

static int open_diff(struct dsv_diff **out, struct dsv_ctx *ctx,
		     const struct dsv_commit_info *commit, size_t parent,
		     const struct dsv_strlist *paths)
{
	struct dsv_diff_opts opts = {
		.to = {.at = DSV_AT_COMMIT, .commit = commit->oid},
		.paths = paths,
	};

	if (parent < commit->n_parents) {
		opts.from.at = DSV_AT_COMMIT;
		opts.from.commit = commit->parents[parent];
	}
	return dsv_diff_open(out, ctx->repo, &opts);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps what is in both. */
static void intersect(struct dsv_strlist *kept, struct dsv_strlist *other)
{
	struct dsv_strlist both = DSV_STRLIST_INIT;
	size_t i;

	dsv_strlist_sort(other);
	for (i = 0; i < kept->n; i++)
		if (other->n && bsearch(&kept->items[i], other->items, other->n,
					sizeof(*other->items), by_bytes))
			dsv_strlist_add(&both, kept->items[i]);
	dsv_strlist_release(kept);
	*kept = both;
}

static int merge_touches(struct dsv_log_where *where, struct dsv_ctx *ctx,
			 const struct dsv_commit_info *commit,
			 const struct dsv_strlist *paths)
{
	struct dsv_strlist kept DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	for (i = 0; i < commit->n_parents && (i == 0 || kept.n); i++) {
		struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
		struct dsv_diff *diff DSV_AUTO(diff) = NULL;

		rc = open_diff(&diff, ctx, commit, i, paths);
		if (rc == 0)
			rc = list_touched(where, diff, i ? &names : &kept);
		if (rc < 0)
			return rc;
		if (i)
			intersect(&kept, &names);
	}
	return kept.n > 0;
}

int dsv_log_where_touches(struct dsv_log_where *where, struct dsv_ctx *ctx,
			  const struct dsv_commit_info *commit,
			  const struct dsv_strlist *paths)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	int rc;

	if (commit->n_parents > 1)
		return merge_touches(where, ctx, commit, paths);
	rc = open_diff(&diff, ctx, commit, 0, paths);
	return rc < 0 ? rc : list_touched(where, diff, NULL);
}

int dsv_log_where_check(const struct dsv_log_where *where)
{
	size_t i;

	for (i = 0; where->compared && !where->known && i < where->to.n; i++) {
		const char *field = where->to.items[i].field;
		const char *near = dsv_nearest(field, &where->columns);

		if (dsv_strlist_find(&where->columns, field) >= 0)
			continue;
		dsv_fail(DSV_EUSAGE, "no version has a column '%s'", field);
		if (near)
			dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
		return DSV_EUSAGE;
	}
	return 0;
}
