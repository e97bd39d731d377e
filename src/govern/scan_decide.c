#include <dsv/scan.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/people.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/document.h"
#include "govern/decisions.h"
#include "repo/author.h"

/* All findings by their names, each once. */
static void list_ids(const struct dsv_scan *scan, struct dsv_map *out)
{
	for (size_t i = 0; i < dsv_scan_n_sets(scan); i++) {
		const struct dsv_scan_set *set = dsv_scan_set(scan, i);

		for (size_t k = 0; k < set->n; k++)
			dsv_map_put(out, set->findings[k].id,
				    DSV_FINDING_HEX - 1);
	}
}

static int fail_unknown(const struct dsv_map *ids, const char *digits)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;

	for (size_t i = 0; i < ids->n; i++)
		dsv_strlist_add(&names, ids->entries[i].key);
	dsv_fail(DSV_ENOTFOUND, "'%s' is no finding of this scan", digits);
	near = dsv_nearest(digits, &names);
	if (near)
		return dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near);
	return dsv_hint(DSV_ENOTFOUND, "dsv scan --show lists them");
}

#define DIGITS_LEAST 6u

/* The finding that these are the digits of, or the first ones. */
static int find_id(const struct dsv_map *ids, const char *digits,
		   const char **out)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(ids, digits, strlen(digits));

	*out = entry ? entry->key : NULL;
	if (*out || strlen(digits) < DIGITS_LEAST)
		return *out ? 0 : fail_unknown(ids, digits);
	for (size_t i = 0; i < ids->n; i++) {
		const char *id = ids->entries[i].key;

		if (strncmp(id, digits, strlen(digits)) != 0)
			continue;
		if (*out)
			return dsv_fail(DSV_EUSAGE,
					"several findings begin with '%s'",
					digits);
		*out = id;
	}
	return *out ? 0 : fail_unknown(ids, digits);
}

static int resolve(const struct dsv_scan *scan, const struct dsv_strlist *typed,
		   struct dsv_strlist *out)
{
	struct dsv_map ids DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_map taken DSV_AUTO(map) = DSV_MAP_INIT;

	list_ids(scan, &ids);
	for (size_t i = 0; i < typed->n; i++) {
		struct dsv_map_entry *entry;
		const char *id;
		int rc = find_id(&ids, typed->items[i], &id);

		if (rc < 0)
			return rc;
		entry = dsv_map_put(&taken, id, strlen(id));
		if (entry->value++ == 0)
			dsv_strlist_add(out, id);
	}
	return 0;
}

/* The id that people.yaml has for git's address, or git's name. */
static int find_who(struct dsv_repo *repo, struct dsv_buf *out)
{
	struct dsv_version here = {.at = DSV_AT_WORKTREE};
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf email DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_author_now(repo, &name, &email);

	if (rc == 0)
		rc = dsv_people_read(&people, repo, &here);
	for (size_t i = 0; rc == 0 && i < people.n; i++) {
		if (dsv_strlist_find(&people.items[i].emails,
				     dsv_buf_str(&email)) < 0)
			continue;
		dsv_buf_addstr(out, people.items[i].id);
		return 0;
	}
	dsv_buf_addstr(out, dsv_buf_str(&name));
	return rc;
}

static int write_text(struct dsv_repo *repo, const struct dsv_buf *text)
{
	char *path DSV_AUTO(str) =
		dsv_fs_join(dsv_repo_workdir(repo), DSV_SCAN_PATH);
	char *folder DSV_AUTO(str) = dsv_strdup(path);
	int rc;

	*strrchr(folder, '/') = '\0';
	rc = dsv_fs_mkdirs(folder);
	return rc < 0 ? rc : dsv_atomic_put(path, text->data, text->len, 0644);
}

static int put_all(struct dsv_buf *text, const struct dsv_strlist *ids,
		   const struct dsv_scan_decide *decide, const char *by)
{
	struct dsv_buf date DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_decision_entry *entries =
		dsv_alloc_zero(ids->n + 1, sizeof(*entries));
	int rc;

	dsv_add_date(&date, dsv_now_s(), 0);
	for (size_t i = 0; i < ids->n; i++)
		entries[i] = (struct dsv_decision_entry){
			.finding = ids->items[i],
			.decision = decide->decision,
			.reason = decide->reason,
			.by = by,
			.date = dsv_buf_str(&date),
		};
	rc = dsv_decisions_put(text, entries, ids->n);
	free(entries);
	return rc;
}

int dsv_scan_decide(const struct dsv_scan *scan, struct dsv_repo *repo,
		    const struct dsv_scan_decide *decide)
{
	struct dsv_version here = {.at = DSV_AT_WORKTREE};
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
	bool reasoned = decide->reason && *decide->reason;
	int rc;

	if (decide->decision == DSV_SCAN_ACCEPTED && !reasoned)
		return dsv_hint(dsv_fail(DSV_EUSAGE,
					 "to accept a finding needs a reason"),
				"say why with --reason TEXT");
	if (!dsv_repo_workdir(repo))
		return dsv_fail(DSV_EUNSUPPORTED,
				"a bare repository has no work tree to write "
				"decisions to");
	rc = resolve(scan, decide->findings, &ids);
	if (rc == 0 && decide->by)
		dsv_buf_addstr(&by, decide->by);
	else if (rc == 0)
		rc = find_who(repo, &by);
	if (rc == 0)
		rc = dsv_document_read(repo, &here, DSV_SCAN_PATH,
				       DSV_DECISIONS_MAX, &text);
	if (rc >= 0)
		rc = put_all(&text, &ids, decide, dsv_buf_str(&by));
	return rc < 0 ? rc : write_text(repo, &text);
}
