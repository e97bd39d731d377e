#include <dsv/conflicts.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/stage.h>

#include "base/alloc.h"
#include "history/conflict.h"
#include "history/named.h"
#include "history/resolve_patch.h"
#include "repo/materialize.h"
#include "repo/sides.h"

void dsv_resolved_release(struct dsv_resolved *resolved)
{
	dsv_strlist_release(&resolved->settled);
	*resolved = (struct dsv_resolved)DSV_RESOLVED_INIT;
}

/* A call of dsv_resolve(): with out NULL it looks whether all can be done, and
 * does nothing. */
struct call {
	struct dsv_repo *repo;
	const struct dsv_resolve_opts *opts;
	struct dsv_named *named; /* one an address */
	size_t n;
	struct dsv_resolved *out;
};

/* Mark what the addresses name. */
static size_t choose(const struct call *call, const struct dsv_unmerged *at,
		     const struct dsv_conflict_record *record, bool *chosen)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n; i++) {
		bool named = call->n == 0;

		if (record->items[i].resolved)
			continue;
		for (size_t k = 0; k < call->n; k++) {
			if (call->named[k].at != at ||
			    !dsv_named_has(&call->named[k], record, i))
				continue;
			named = call->named[k].used = true;
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
static int resolve_whole(const struct call *call, const struct dsv_unmerged *at)
{
	struct dsv_targets targets DSV_AUTO(targets) = DSV_TARGETS_INIT;
	size_t side = call->opts->how == DSV_RESOLVE_BASE   ? 0
		      : call->opts->how == DSV_RESOLVE_OURS ? 1
							    : 2;
	int rc = 0;

	if (call->opts->how == DSV_RESOLVE_SET)
		return dsv_fail(DSV_EUSAGE,
				"'%s' is in conflict as a whole: no value "
				"settles it",
				at->path);
	if (!call->out)
		return 0;
	if (call->opts->how != DSV_RESOLVE_WORK) {
		dsv_targets_add(&targets, at->path, &at->stages[side]);
		rc = dsv_materialize(call->repo, &targets);
	}
	if (rc < 0)
		return rc;
	call->out->resolved++;
	return settle(call->repo, at, call->out);
}

static int resolve_chosen(const struct call *call,
			  const struct dsv_unmerged *at,
			  struct dsv_conflict_record *record,
			  const bool *chosen)
{
	size_t left;
	int rc = 0;

	if (call->opts->how != DSV_RESOLVE_WORK)
		rc = dsv_resolve_patch(call->repo, record, chosen, call->opts);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < record->n; i++) {
		if (!chosen[i])
			continue;
		record->items[i].resolved = true;
		call->out->resolved++;
	}
	left = dsv_conflict_record_open(record);
	call->out->open += left;
	if (!left)
		return settle(call->repo, at, call->out);
	return dsv_conflict_record_write(call->repo, record);
}

static int resolve_records(const struct call *call,
			   const struct dsv_unmerged *at,
			   struct dsv_conflict_record *record)
{
	bool *chosen = dsv_alloc_zero(record->n + 1, sizeof(*chosen));
	size_t n = choose(call, at, record, chosen);
	int rc = 0;

	if (n && call->opts->how == DSV_RESOLVE_SET)
		rc = check_set(record, chosen);
	if (rc == 0 && n && call->out)
		rc = resolve_chosen(call, at, record, chosen);
	else if (rc == 0 && call->out)
		call->out->open += dsv_conflict_record_open(record);
	free(chosen);
	return rc;
}

static bool names_path(const struct call *call, const struct dsv_unmerged *at)
{
	bool named = call->n == 0;

	for (size_t k = 0; k < call->n; k++)
		if (call->named[k].at == at && !call->named[k].rest)
			named = call->named[k].used = true;
	return named;
}

static int resolve_path(const struct call *call, const struct dsv_unmerged *at)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	int rc = is_settled(call->repo, at);

	if (rc > 0) {
		names_path(call, at);
		return call->out ? settle(call->repo, at, call->out) : 0;
	}
	if (rc == 0)
		rc = dsv_conflict_is_live(call->repo, at->path);
	if (rc > 0)
		rc = dsv_conflict_record_read(&record, call->repo, at->path);
	if (rc == DSV_ECORRUPT) {
		dsv_error_clear();
		rc = 0;
	}
	if (rc < 0)
		return rc;
	if (rc > 0 && strcmp(record.head.kind, DSV_CONFLICT_RECORDS) == 0)
		return resolve_records(call, at, &record);
	if (names_path(call, at))
		return resolve_whole(call, at);
	if (call->out)
		call->out->open++;
	return 0;
}

static int check_used(const struct call *call)
{
	for (size_t k = 0; k < call->n; k++)
		if (!call->named[k].used)
			return dsv_named_unknown(call->repo, &call->named[k]);
	return 0;
}

static const char *find_next(struct dsv_repo *repo,
			     const struct dsv_unmerged *at)
{
	struct dsv_sides sides DSV_AUTO(sides) = DSV_SIDES_INIT;

	dsv_sides_read(&sides, repo, at->path, &at->stages[2].blob);
	return dsv_sides_next(&sides);
}

static int resolve_all(struct call *call, const struct dsv_unmerged_list *list)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++)
		rc = resolve_path(call, &list->items[i]);
	return rc;
}

int dsv_resolve(struct dsv_repo *repo, const struct dsv_resolve_opts *opts,
		struct dsv_resolved *out)
{
	struct dsv_unmerged_list list DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	struct call call = {
		.repo = repo,
		.opts = opts,
		.n = opts->addresses ? opts->addresses->n : 0,
	};
	int rc = dsv_unmerged_list(repo, NULL, &list);

	call.named = dsv_alloc_zero(call.n + 1, sizeof(*call.named));
	for (size_t k = 0; rc == 0 && k < call.n; k++)
		dsv_named_read(&call.named[k], repo, &list,
			       opts->addresses->items[k]);
	if (rc == 0)
		rc = resolve_all(&call, &list);
	if (rc == 0)
		rc = check_used(&call);
	call.out = out;
	if (rc == 0)
		rc = resolve_all(&call, &list);
	if (rc == 0 && out->open == 0 && list.n)
		out->next = find_next(repo, &list.items[0]);
	free(call.named);
	return rc;
}
