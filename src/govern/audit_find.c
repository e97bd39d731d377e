#include "govern/audit_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/snapshot.h>

#include "base/alloc.h"
#include "repo/ancestry.h"
#include "repo/refs.h"

#define HEADS "refs/heads/"

void dsv_audit_finder_release(struct dsv_audit_finder *finder)
{
	for (size_t i = 0; i < finder->n_lines; i++) {
		struct dsv_audit_line *line = &finder->lines[i];

		dsv_walk_free(&line->walk);
		dsv_map_release(&line->seen);
		free(line->commits);
		free(line->name);
	}
	free(finder->lines);
	*finder = (struct dsv_audit_finder){0};
}

/* What was fetched of the target counts too, and may be further. */
static int list_starts(struct dsv_repo *repo, const char *name,
		       struct dsv_strlist *out)
{
	struct dsv_oid tip;
	char hex[DSV_OID_HEX];
	int rc;

	if (!*name)
		return dsv_refs_tips(repo, out);
	if (strncmp(name, HEADS, strlen(HEADS)) != 0)
		return 0;
	rc = dsv_branch_tip(repo, name + strlen(HEADS), &tip);
	if (rc > 0)
		dsv_strlist_add(out, dsv_oid_hex(&tip, hex));
	return rc < 0 ? rc : 0;
}

static int line_open(struct dsv_audit_finder *finder, const char *name,
		     struct dsv_audit_line **out)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk_opts opts = {
		.revs = &revs,
		.flags = *name ? DSV_WALK_FIRST_PARENT : 0,
	};
	struct dsv_audit_line *line;
	int rc;

	for (size_t i = 0; i < finder->n_lines; i++)
		if (strcmp(finder->lines[i].name, name) == 0) {
			*out = &finder->lines[i];
			return 0;
		}
	rc = list_starts(finder->repo, name, &revs);
	if (rc < 0)
		return rc;
	finder->lines = dsv_realloc(finder->lines, finder->n_lines + 1,
				    sizeof(*finder->lines));
	line = &finder->lines[finder->n_lines++];
	*line = (struct dsv_audit_line){.name = dsv_strdup(name)};
	*out = line;
	line->ended = revs.n == 0;
	return line->ended ? 0
			   : dsv_walk_open(&line->walk, finder->repo, &opts);
}

/* A commit that cannot be read has no snapshot that could be meant. */
static int see_commit(struct dsv_audit_line *line, struct dsv_repo *repo,
		      const struct dsv_oid *commit)
{
	struct dsv_snapshots found DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	const struct dsv_version at = {.at = DSV_AT_COMMIT, .commit = *commit};
	int rc = dsv_snapshots_read(&found, repo, &at);

	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0)
		dsv_error_clear();
	for (size_t i = 0; i < found.n; i++) {
		struct dsv_map_entry *entry = dsv_map_put(
			&line->seen, found.items[i].id.bytes, DSV_ID_SIZE);

		if (entry->value)
			continue;
		DSV_GROW(line->commits, line->cap, line->n + 1);
		line->commits[line->n++] = *commit;
		entry->value = line->n;
	}
	return 0;
}

/* 1 with the commit, 0: none on the line has it. */
static int line_find(struct dsv_audit_line *line, struct dsv_repo *repo,
		     const struct dsv_id *snapshot, struct dsv_version *out)
{
	const struct dsv_commit_info *commit;
	int rc = 0;

	for (;;) {
		const struct dsv_map_entry *entry =
			dsv_map_get(&line->seen, snapshot->bytes, DSV_ID_SIZE);

		if (entry) {
			out->at = DSV_AT_COMMIT;
			out->commit = line->commits[entry->value - 1];
			return 1;
		}
		if (line->ended)
			return 0;
		rc = dsv_walk_next(line->walk, &commit);
		line->ended = rc == 0;
		if (rc > 0)
			rc = see_commit(line, repo, &commit->oid);
		if (rc == 0)
			rc = dsv_cancelled();
		if (rc < 0)
			return rc;
	}
}

/* Is it at the version that was named? */
static int is_there(const struct dsv_audit_finder *finder,
		    const struct dsv_version *version, const char *dataset,
		    const struct dsv_id *snapshot)
{
	struct dsv_snapshot found DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	int rc;

	if (version->at != DSV_AT_COMMIT)
		return 0;
	rc = dsv_snapshot_read(&found, finder->repo, version, dataset);
	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0)
		dsv_error_clear();
	return rc == 0 && dsv_id_equal(&found.id, snapshot);
}

static int find(struct dsv_audit_finder *finder, const char *line_name,
		const struct dsv_id *snapshot, struct dsv_version *out)
{
	struct dsv_audit_line *line;
	int rc = line_open(finder, line_name, &line);

	return rc < 0 ? rc : line_find(line, finder->repo, snapshot, out);
}

int dsv_audit_find_base(struct dsv_audit_finder *finder,
			const struct dsv_statement *plan,
			struct dsv_version *out)
{
	char hex[DSV_ID_HEX];
	int rc;

	if (!plan->has_base) {
		*out = (struct dsv_version){.at = DSV_AT_NOTHING};
		return 0;
	}
	rc = is_there(finder, &finder->base, plan->dataset, &plan->base);
	if (rc > 0)
		*out = finder->base;
	else if (rc == 0)
		rc = find(finder, plan->target, &plan->base, out);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	return dsv_fail(DSV_ENOTFOUND, "snapshot %.12s never stood on '%s'",
			dsv_id_hex(&plan->base, hex), plan->target);
}

static int find_head(struct dsv_audit_finder *finder,
		     const struct dsv_statement *plan, struct dsv_version *out)
{
	char hex[DSV_ID_HEX];
	int rc = is_there(finder, &finder->head, plan->dataset, &plan->subject);

	if (rc > 0)
		*out = finder->head;
	else if (rc == 0)
		rc = find(finder, "", &plan->subject, out);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	return dsv_fail(DSV_ENOTFOUND,
			"no commit that is here has snapshot "
			"%.12s of '%s'",
			dsv_id_hex(&plan->subject, hex), plan->dataset);
}

int dsv_audit_find(struct dsv_audit_finder *finder,
		   const struct dsv_statement *plan, struct dsv_audit_at *out)
{
	int rc = find_head(finder, plan, &out->head);

	if (rc < 0)
		return rc;
	out->base = (struct dsv_version){.at = DSV_AT_NOTHING};
	if (strcmp(plan->plan.of, "changed") != 0)
		return 0;
	return dsv_audit_find_base(finder, plan, &out->base);
}
