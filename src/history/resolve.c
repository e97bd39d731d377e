#include <dsv/conflicts.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/error.h>
#include <dsv/stage.h>

#include "base/alloc.h"
#include "history/conflict.h"
#include "history/resolve_patch.h"
#include "repo/materialize.h"

void dsv_resolved_release(struct dsv_resolved *resolved)
{
	dsv_strlist_release(&resolved->settled);
	*resolved = (struct dsv_resolved)DSV_RESOLVED_INIT;
}

/* What an address says behind the path: NULL, it is another path; "", all of
 * the path; else KEY[:FIELD]. */
static const char *behind_path(const char *address, const char *path)
{
	size_t len = strlen(path);

	if (strncmp(address, path, len) != 0)
		return NULL;
	if (!address[len])
		return address + len;
	return address[len] == ':' ? address + len + 1 : NULL;
}

static bool names_item(const char *rest, const struct dsv_conflict_item *item)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf field DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf own DSV_AUTO(buf) = DSV_BUF_INIT;
	bool has_field;

	if (!*rest)
		return true;
	has_field = dsv_address_split(rest, &key, &field);
	dsv_address_add_key(&own, &item->key);
	if (strcmp(dsv_buf_str(&own), dsv_buf_str(&key)) != 0)
		return false;
	return !has_field ||
	       (item->field && strcmp(item->field, dsv_buf_str(&field)) == 0);
}

/* Mark what the addresses name; *used says which of them named something. */
static size_t choose(const struct dsv_conflict_record *record,
		     const struct dsv_strlist *addresses, bool *chosen,
		     bool *used)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n; i++) {
		bool named = !addresses || !addresses->n;

		if (record->items[i].resolved)
			continue;
		for (size_t k = 0; addresses && k < addresses->n; k++) {
			const char *rest = behind_path(addresses->items[k],
						       record->head.path);

			if (!rest || !names_item(rest, &record->items[i]))
				continue;
			named = used[k] = true;
		}
		chosen[i] = named;
		n += named;
	}
	return n;
}

/* SET asks for fields; of one address only one. */
static int check_set(const struct dsv_conflict_record *record,
		     const bool *chosen)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n; i++) {
		if (!chosen[i])
			continue;
		if (!record->items[i].field || n++ > 0)
			return dsv_fail(DSV_EUSAGE, "a value is for one field: "
						    "PATH:KEY:FIELD");
	}
	return 0;
}

static int stage(struct dsv_repo *repo, const char *path)
{
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_stage_opts opts = {.paths = &paths, .all = true};

	dsv_strlist_take(&paths, dsv_strf(":(top,literal)%s", path));
	return dsv_stage(repo, &opts, &staged);
}

/* The path has what was chosen: say so, stage it, forget the record. Cut off in
 * between, the path can be staged but by no means resolved anew. */
static int settle(struct dsv_repo *repo, const struct dsv_unmerged *at,
		  struct dsv_resolved *out)
{
	struct dsv_conflict_head head = {
		.path = at->path,
		.kind = (char *)DSV_CONFLICT_SETTLED,
	};
	int rc;

	for (size_t i = 0; i < DSV_STAGES; i++)
		if (at->stages[i].mode)
			head.blobs[i] = at->stages[i].blob;
	rc = dsv_conflict_put(repo, &head, NULL, 0);
	if (rc == 0)
		rc = stage(repo, at->path);
	if (rc == 0)
		rc = dsv_conflict_drop(repo, at->path);
	if (rc == 0)
		dsv_strlist_add(&out->settled, at->path);
	return rc;
}

/* Resolved by a call that did not come to the end. */
static int is_settled(struct dsv_repo *repo, const struct dsv_unmerged *at)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	int rc = dsv_conflict_get(repo, at->path, &head, NULL);

	if (rc == DSV_ECORRUPT || rc == DSV_EUNSUPPORTED) {
		dsv_error_clear();
		return 0;
	}
	if (rc <= 0 || strcmp(head.kind, DSV_CONFLICT_SETTLED) != 0)
		return rc < 0 ? rc : 0;
	for (size_t i = 0; i < DSV_STAGES; i++)
		if (at->stages[i].mode ? !dsv_oid_equal(&head.blobs[i],
							&at->stages[i].blob)
				       : !dsv_oid_is_zero(&head.blobs[i]))
			return 0;
	return 1;
}

/* A file as a whole: one of its stages, or what the work tree has. */
static int resolve_whole(struct dsv_repo *repo, const struct dsv_unmerged *at,
			 const struct dsv_resolve_opts *opts,
			 struct dsv_resolved *out)
{
	struct dsv_targets targets DSV_AUTO(targets) = DSV_TARGETS_INIT;
	size_t side = opts->how == DSV_RESOLVE_BASE   ? 0
		      : opts->how == DSV_RESOLVE_OURS ? 1
						      : 2;
	int rc = 0;

	if (!out && opts->how != DSV_RESOLVE_SET)
		return 0;
	if (opts->how == DSV_RESOLVE_SET)
		return dsv_fail(DSV_EUSAGE,
				"'%s' is in conflict as a whole: no value "
				"settles it",
				at->path);
	if (opts->how != DSV_RESOLVE_WORK) {
		dsv_targets_add(&targets, at->path, &at->stages[side]);
		rc = dsv_materialize(repo, &targets);
	}
	if (rc < 0)
		return rc;
	out->resolved++;
	return settle(repo, at, out);
}

static int resolve_chosen(struct dsv_repo *repo, const struct dsv_unmerged *at,
			  struct dsv_conflict_record *record,
			  const bool *chosen,
			  const struct dsv_resolve_opts *opts,
			  struct dsv_resolved *out)
{
	size_t left;
	int rc = 0;

	if (opts->how != DSV_RESOLVE_WORK)
		rc = dsv_resolve_patch(repo, record, chosen, opts);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < record->n; i++) {
		if (!chosen[i])
			continue;
		record->items[i].resolved = true;
		out->resolved++;
	}
	left = dsv_conflict_record_open(record);
	out->open += left;
	if (!left)
		return settle(repo, at, out);
	return dsv_conflict_record_write(repo, record);
}

static int resolve_records(struct dsv_repo *repo, const struct dsv_unmerged *at,
			   struct dsv_conflict_record *record,
			   const struct dsv_resolve_opts *opts, bool *used,
			   struct dsv_resolved *out)
{
	bool *chosen = dsv_alloc_zero(record->n + 1, sizeof(*chosen));
	size_t n = choose(record, opts->addresses, chosen, used);
	int rc = 0;

	if (n && opts->how == DSV_RESOLVE_SET)
		rc = check_set(record, chosen);
	if (rc == 0 && n && out)
		rc = resolve_chosen(repo, at, record, chosen, opts, out);
	else if (rc == 0 && out)
		out->open += dsv_conflict_record_open(record);
	free(chosen);
	return rc;
}

static bool names_path(const struct dsv_resolve_opts *opts, const char *path,
		       bool *used)
{
	bool named = !opts->addresses || !opts->addresses->n;

	for (size_t k = 0; opts->addresses && k < opts->addresses->n; k++) {
		const char *rest = behind_path(opts->addresses->items[k], path);

		if (rest && !*rest)
			named = used[k] = true;
	}
	return named;
}

/* out NULL: see that it can be done, and do nothing. */
static int resolve_path(struct dsv_repo *repo, const struct dsv_unmerged *at,
			const struct dsv_resolve_opts *opts, bool *used,
			struct dsv_resolved *out)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	int rc = is_settled(repo, at);

	if (rc > 0) {
		names_path(opts, at->path, used);
		return out ? settle(repo, at, out) : 0;
	}
	if (rc == 0)
		rc = dsv_conflict_is_live(repo, at->path);
	if (rc > 0)
		rc = dsv_conflict_record_read(&record, repo, at->path);
	if (rc == DSV_ECORRUPT) {
		dsv_error_clear();
		rc = 0;
	}
	if (rc < 0)
		return rc;
	if (rc > 0 && strcmp(record.head.kind, DSV_CONFLICT_RECORDS) == 0)
		return resolve_records(repo, at, &record, opts, used, out);
	if (names_path(opts, at->path, used))
		return resolve_whole(repo, at, opts, out);
	if (out)
		out->open++;
	return 0;
}

static int check_used(const struct dsv_strlist *addresses, const bool *used)
{
	for (size_t k = 0; addresses && k < addresses->n; k++) {
		if (used[k])
			continue;
		dsv_fail(DSV_ENOTFOUND, "no open conflict at '%s'",
			 addresses->items[k]);
		return dsv_hint(DSV_ENOTFOUND, "see dsv conflicts");
	}
	return 0;
}

int dsv_resolve(struct dsv_repo *repo, const struct dsv_resolve_opts *opts,
		struct dsv_resolved *out)
{
	struct dsv_unmerged_list list DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	size_t n = opts->addresses ? opts->addresses->n : 0;
	bool *used = dsv_alloc_zero(n + 1, sizeof(*used));
	int rc = dsv_unmerged_list(repo, NULL, &list);

	for (size_t i = 0; rc == 0 && i < list.n; i++)
		rc = resolve_path(repo, &list.items[i], opts, used, NULL);
	if (rc == 0)
		rc = check_used(opts->addresses, used);
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		rc = resolve_path(repo, &list.items[i], opts, used, out);
	free(used);
	return rc;
}
