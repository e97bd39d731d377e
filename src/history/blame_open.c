#include "history/blame_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/address.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/revlist.h"

/* The commas part the fields of a key that has several. */
static int want_key(struct dsv_blame *blame, const char *text)
{
	size_t n = blame->reading.key.n;
	struct dsv_buf *parts = dsv_alloc_zero(n + 1, sizeof(*parts));
	struct dsv_field *fields = dsv_alloc_zero(n + 1, sizeof(*fields));
	const char *at = text;
	size_t found = 0;

	while (at && found < n) {
		const char *end = n > 1 ? strchr(at, ',') : NULL;

		dsv_address_decode(&parts[found], at,
				   end ? (size_t)(end - at) : strlen(at));
		fields[found].text = dsv_buf_str(&parts[found]);
		fields[found].len = parts[found].len;
		fields[found++].kind = DSV_FIELD_TEXT;
		at = end ? end + 1 : NULL;
	}
	if (found == n && !at) {
		dsv_blame_key(&blame->words.key, fields, n);
		dsv_map_put(&blame->wanted, dsv_buf_str(&blame->words.key),
			    blame->words.key.len)
			->value = 1;
	}
	for (size_t i = 0; i < n; i++)
		dsv_buf_release(&parts[i]);
	free(parts);
	free(fields);
	if (found == n && !at)
		return 0;
	return dsv_hint(
		dsv_fail(DSV_EUSAGE, "'%s' is no key of this file", text),
		"a key here has %zu fields, joined by ','", n);
}

/* The commits that `since` does not come from. */
static int read_range(struct dsv_blame *blame)
{
	struct dsv_revlist *list DSV_AUTO(revlist) = NULL;
	struct dsv_oid oid;
	int rc;

	dsv_revlist_open(&list, blame->repo, 0);
	rc = dsv_revlist_add(list, &blame->rev.commit, false);
	if (rc == 0)
		rc = dsv_revlist_add(list, &blame->since.commit, true);
	while (rc >= 0 && (rc = dsv_revlist_next(list, &oid)) > 0)
		dsv_map_put(&blame->range, oid.bytes, DSV_OID_SIZE);
	return rc;
}

static bool descends(const struct dsv_map *map, const struct dsv_oid *rev,
		     const struct dsv_oid *oid)
{
	return dsv_oid_equal(rev, oid) ||
	       dsv_map_get(map, oid->bytes, DSV_OID_SIZE);
}

/* The first parent that descends from rev; NULL: none does. */
static const struct dsv_oid *heir(const struct dsv_map *map,
				  const struct dsv_oid *rev,
				  const struct dsv_commit_info *info)
{
	for (size_t i = 0; i < info->n_parents; i++)
		if (descends(map, rev, &info->parents[i]))
			return &info->parents[i];
	return NULL;
}

/* Of the commits between, those that descend from rev; parents come first. */
static int read_descendants(struct dsv_blame *blame, struct dsv_map *out)
{
	struct dsv_revlist *list DSV_AUTO(revlist) = NULL;
	const struct dsv_oid *rev = &blame->rev.commit;
	struct dsv_oid oid;
	int rc;

	dsv_revlist_open(&list, blame->repo,
			 DSV_REVLIST_TOPO | DSV_REVLIST_REVERSE);
	rc = dsv_revlist_add(list, &blame->until.commit, false);
	if (rc == 0)
		rc = dsv_revlist_add(list, rev, true);
	while (rc >= 0 && (rc = dsv_revlist_next(list, &oid)) > 0) {
		struct dsv_commit_info info DSV_AUTO(commit_info) =
			DSV_COMMIT_INFO_INIT;

		rc = dsv_commit_info_read(blame->repo, &oid, &info);
		if (rc == 0 && heir(out, rev, &info))
			dsv_map_put(out, oid.bytes, DSV_OID_SIZE);
	}
	return rc;
}

/* From each commit of the chain to the one that follows. */
static int read_onward(struct dsv_blame *blame)
{
	struct dsv_map down DSV_AUTO(map) = DSV_MAP_INIT;
	const struct dsv_oid *rev = &blame->rev.commit;
	struct dsv_oid at = blame->until.commit;
	size_t cap = 0;
	size_t n = 0;
	int rc = read_descendants(blame, &down);

	if (rc == 0 && !descends(&down, rev, &at))
		return dsv_fail(DSV_EREFUSED,
				"the commit to end at does not descend from "
				"the one to begin at");
	while (rc == 0 && !dsv_oid_equal(&at, rev)) {
		struct dsv_commit_info info DSV_AUTO(commit_info) =
			DSV_COMMIT_INFO_INIT;
		const struct dsv_oid *parent = NULL;

		rc = dsv_commit_info_read(blame->repo, &at, &info);
		if (rc == 0)
			parent = heir(&down, rev, &info);
		if (!parent)
			break;
		DSV_GROW(blame->onward_oids, cap, n + 1);
		blame->onward_oids[n] = at;
		at = *parent;
		dsv_map_put(&blame->onward, at.bytes, DSV_OID_SIZE)->value =
			n++;
	}
	return rc;
}

static int read_reading(struct dsv_blame *blame,
			const struct dsv_blame_opts *opts)
{
	struct dsv_reading *reading = &blame->reading;
	struct dsv_reading_opts how = {
		.key = opts->key,
		.labels = opts->labels,
		.format = opts->format,
	};
	int rc = dsv_datasets_read(&blame->sets, blame->repo, &blame->rev);

	if (rc == 0)
		rc = dsv_reading_of_path(reading, &blame->sets, blame->path,
					 &how);
	if (rc < 0)
		return rc;
	if (!reading->format->has_fields)
		return dsv_fail(DSV_EUSAGE, "'%s' has no records", blame->path);
	if (!reading->dataset && reading->key.n == 0)
		return dsv_hint(dsv_fail(DSV_EUSAGE, "'%s' has no definition",
					 blame->path),
				"name the columns of its key: --key COL,..");
	blame->field_is_label =
		blame->field &&
		dsv_strlist_find(&reading->labels, blame->field) >= 0;
	return 0;
}

static int read_words(struct dsv_blame *blame,
		      const struct dsv_blame_opts *opts)
{
	int rc = dsv_where_parse(&blame->where, opts->where);

	blame->choosy = opts->keys != NULL;
	for (size_t i = 0; rc == 0 && opts->keys && i < opts->keys->n; i++)
		rc = want_key(blame, opts->keys->items[i]);
	if (rc == 0 && blame->since.at == DSV_AT_COMMIT)
		rc = read_range(blame);
	if (rc == 0 && blame->until.at == DSV_AT_COMMIT)
		rc = read_onward(blame);
	return rc;
}

static int check_file(struct dsv_blame *blame)
{
	struct dsv_entry entry;
	int rc = dsv_tree_entry(blame->repo, &blame->rev, blame->path, &entry);

	if (rc < 0)
		return rc;
	if (!S_ISREG(entry.mode))
		return dsv_fail(DSV_ENOTFOUND, "there is no file '%s' there",
				blame->path);
	return 0;
}

int dsv_blame_prepare(struct dsv_blame **out, struct dsv_repo *repo,
		      const struct dsv_blame_opts *opts)
{
	struct dsv_blame *blame DSV_AUTO(blame) =
		dsv_alloc_zero(1, sizeof(*blame));
	int rc;

	blame->repo = repo;
	blame->rev = opts->rev;
	blame->since = opts->since;
	blame->until = opts->until;
	blame->path = dsv_strdup(opts->path);
	blame->field = opts->field ? dsv_strdup(opts->field) : NULL;
	blame->strict_labels = opts->labels && opts->labels->n > 0;
	dsv_step_init(&blame->step, repo, &blame->reading, opts->no_cache);
	rc = check_file(blame);
	if (rc == 0)
		rc = read_reading(blame, opts);
	if (rc == 0)
		rc = read_words(blame, opts);
	if (rc < 0)
		return rc;
	blame->n_places = blame->reading.key.n + blame->reading.labels.n +
			  (blame->field ? 1 : 0);
	blame->issues = dsv_alloc_zero(DSV_ISSUE_KINDS, sizeof(uint64_t));
	blame->info.path = blame->path;
	blame->info.dataset =
		blame->reading.dataset ? blame->reading.dataset->name : NULL;
	blame->info.key = &blame->reading.key;
	blame->info.labels = &blame->reading.labels;
	*out = dsv_take(&blame);
	return 0;
}
