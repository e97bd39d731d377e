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

/* Findings named by their first digits: all of one id count as one. */
struct found {
	const char *id;
	bool several;
};

static struct found find(const struct dsv_scan *scan, const char *digits)
{
	struct found found = {NULL, false};
	size_t len = strlen(digits);

	for (size_t i = 0; i < dsv_scan_n_sets(scan); i++) {
		const struct dsv_scan_set *set = dsv_scan_set(scan, i);

		for (size_t k = 0; k < set->n; k++) {
			const char *id = set->findings[k].id;

			if (strncmp(id, digits, len) != 0)
				continue;
			if (found.id && strcmp(found.id, id) != 0)
				found.several = true;
			found.id = id;
		}
	}
	return found;
}

/* Only those that are near at all, so that a million cost nothing. */
static int fail_unknown(const struct dsv_scan *scan, const char *digits)
{
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;

	for (size_t i = 0; i < dsv_scan_n_sets(scan); i++) {
		const struct dsv_scan_set *set = dsv_scan_set(scan, i);

		for (size_t k = 0; k < set->n; k++)
			dsv_strlist_add(&ids, set->findings[k].id);
	}
	dsv_fail(DSV_ENOTFOUND, "'%s' is no finding of this scan", digits);
	near = dsv_nearest(digits, &ids);
	if (near)
		return dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near);
	return dsv_hint(DSV_ENOTFOUND, "dsv scan --show lists them");
}

#define DIGITS_LEAST 6u

static int resolve(const struct dsv_scan *scan, const struct dsv_strlist *typed,
		   struct dsv_strlist *out)
{
	for (size_t i = 0; i < typed->n; i++) {
		const char *digits = typed->items[i];
		struct found found = {NULL, false};

		if (strlen(digits) >= DIGITS_LEAST)
			found = find(scan, digits);
		if (!found.id)
			return fail_unknown(scan, digits);
		if (found.several)
			return dsv_fail(DSV_EUSAGE,
					"several findings begin with '%s'",
					digits);
		if (dsv_strlist_find(out, found.id) < 0)
			dsv_strlist_add(out, found.id);
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
	struct dsv_decision_entry entry = {
		.decision = decide->decision,
		.reason = decide->reason,
		.by = by,
	};
	int rc = 0;

	dsv_add_date(&date, dsv_now_s(), 0);
	entry.date = dsv_buf_str(&date);
	for (size_t i = 0; i < ids->n && rc == 0; i++) {
		entry.finding = ids->items[i];
		rc = dsv_decisions_put(text, &entry);
	}
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
