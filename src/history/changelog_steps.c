#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/changelog_names.h"
#include "history/changelog_run.h"
#include "history/entry.h"
#include "history/lineage.h"
#include "repo/revlist.h"
#include "repo/tree.h"

static struct dsv_changelog_step *add_step(struct dsv_clrun *run)
{
	struct dsv_changelog *log = run->log;
	size_t at = log->n_steps++;

	DSV_GROW(log->steps, run->cap_log, log->n_steps);
	DSV_GROW(run->steps, run->cap_steps, log->n_steps);
	log->steps[at] = (struct dsv_changelog_step){0};
	run->steps[at] = (struct dsv_clstep){0};
	return &log->steps[at];
}

/* A definition of the youngest version, else the youngest one that there was:
 * of the step, or of what it replaces. */
static int read_by(struct dsv_clrun *run, const struct dsv_clstep *step,
		   const struct dsv_delta *delta, struct dsv_reading *out)
{
	const struct dsv_reading_opts opts = {.key = run->opts->key,
					      .labels = run->opts->labels};
	const char *old_path = delta->old_path ? delta->old_path : delta->path;
	const struct dsv_datasets *sets = &run->sets;
	const char *path = delta->path;
	int rc;

	if (!dsv_datasets_of_path(sets, path)) {
		rc = dsv_cldocs_datasets(&run->docs, &step->to, &sets);
		if (rc < 0)
			return rc;
	}
	if (!dsv_datasets_of_path(sets, path)) {
		path = old_path;
		rc = dsv_cldocs_datasets(&run->docs, &step->from, &sets);
		if (rc < 0)
			return rc;
	}
	if (!dsv_datasets_of_path(sets, path))
		path = delta->path;
	return dsv_reading_of_path(out, sets, path, &opts);
}

static bool is_named(const struct dsv_clrun *run)
{
	return (run->opts->key && run->opts->key->n > 0) ||
	       (run->opts->paths && run->opts->paths->n > 0);
}

/* As a diff has it: what a dataset matches, what stands behind a pointer, what
 * was asked for by name. */
static int judge(struct dsv_clrun *run, const struct dsv_delta *delta,
		 struct dsv_cltrack *track)
{
	const struct dsv_entry *sides[2] = {&delta->from, &delta->to};
	struct dsv_identity id;
	bool pointer = false;
	int rc;

	track->is_data = track->reading.format->has_fields &&
			 (track->reading.dataset || is_named(run));
	if (track->is_data || !track->reading.format->has_fields ||
	    !track->reading.format->by_line)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		rc = dsv_entry_identify(run->repo, sides[i], &id, &pointer);
		if (rc < 0) {
			/* a damaged pointer is data that cannot be read */
			dsv_error_clear();
			pointer = rc == DSV_ECORRUPT;
		}
	}
	track->is_data = pointer;
	return 0;
}

static int new_track(struct dsv_clrun *run, const struct dsv_clstep *step,
		     const struct dsv_delta *delta, size_t *out)
{
	struct dsv_cltrack *track;
	int rc;

	DSV_GROW(run->tracks, run->cap_tracks, run->n_tracks + 1);
	track = &run->tracks[run->n_tracks];
	*track = (struct dsv_cltrack){0};
	rc = read_by(run, step, delta, &track->reading);
	if (rc < 0)
		return rc;
	*out = run->n_tracks++;
	track->is_dataset = track->reading.dataset != NULL;
	track->group = dsv_strdup(
		track->is_dataset ? track->reading.dataset->name : delta->path);
	return judge(run, delta, track);
}

/* The track of a path, where the path is asked for: 1, else 0. */
static int track_of(struct dsv_clrun *run, const struct dsv_clstep *step,
		    const struct dsv_delta *delta, size_t *out)
{
	size_t len = strlen(delta->path);
	struct dsv_map_entry *entry =
		dsv_map_get(&run->paths, delta->path, len);
	const struct dsv_strlist *paths = run->opts->paths;
	int rc;

	if (!entry || !entry->value) {
		if (paths && paths->n > 0 &&
		    !dsv_pathspec_match(paths, delta->path))
			return 0;
		rc = new_track(run, step, delta, out);
		if (rc < 0)
			return rc;
		entry = dsv_map_put(&run->paths, delta->path, len);
		entry->value = *out + 1;
	}
	*out = entry->value - 1;
	if (delta->old_path) {
		/* before, another file may have had the name */
		entry->value = 0;
		dsv_map_put(&run->paths, delta->old_path,
			    strlen(delta->old_path))
			->value = *out + 1;
	}
	return run->tracks[*out].is_data;
}

static int take_delta(struct dsv_clrun *run, struct dsv_clstep *step,
		      const struct dsv_delta *delta)
{
	size_t track;
	int rc;

	if (dsv_cldocs_is_one(delta->path) ||
	    (delta->old_path && dsv_cldocs_is_one(delta->old_path)))
		step->has_docs = true;
	if (!S_ISREG(delta->from.mode) && !S_ISREG(delta->to.mode))
		return 0;
	rc = track_of(run, step, delta, &track);
	if (rc <= 0)
		return rc;
	DSV_GROW(step->files, step->cap, step->n + 1);
	step->files[step->n++] = (struct dsv_clfile){
		.track = track,
		.path = dsv_strdup(delta->path),
		.from = delta->from,
		.to = delta->to,
	};
	return 0;
}

static void add_once(struct dsv_strlist *list, const char *text)
{
	if (dsv_strlist_find(list, text) < 0)
		dsv_strlist_add(list, text);
}

/* Who made what a merge brought. */
static int read_authors(struct dsv_repo *repo, struct dsv_changelog_step *step)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_walk_opts opts = {.revs = &revs};
	const struct dsv_commit_info *info;
	char hex[DSV_OID_HEX];
	int rc = 0;

	step->n_commits = 1;
	if (step->commit.n_parents > 1) {
		dsv_strlist_add(&revs, dsv_oid_hex(&step->commit.oid, hex));
		dsv_oid_hex(&step->commit.parents[0], hex);
		dsv_strlist_take(&revs, dsv_strf("^%s", hex));
		rc = dsv_walk_open(&walk, repo, &opts);
		step->n_commits = 0;
	}
	while (walk && rc >= 0 && (rc = dsv_walk_next(walk, &info)) > 0) {
		step->n_commits++;
		if (info->n_parents < 2)
			add_once(&step->authors, info->author.name);
	}
	add_once(&step->authors, step->commit.author.name);
	return rc;
}

static bool is_added(const struct dsv_delta *delta)
{
	return delta->from.mode == 0 && S_ISREG(delta->to.mode) &&
	       !delta->old_path;
}

static bool is_removed(const struct dsv_delta *delta)
{
	return S_ISREG(delta->from.mode) && delta->to.mode == 0;
}

/* A path that may have had another name before: one that is asked for. */
static bool is_wanted(const struct dsv_clrun *run, const char *path)
{
	const struct dsv_strlist *paths = run->opts->paths;
	const struct dsv_map_entry *entry =
		dsv_map_get(&run->paths, path, strlen(path));

	if (entry && entry->value)
		return run->tracks[entry->value - 1].is_data;
	if (paths && paths->n > 0)
		return dsv_pathspec_match(paths, path);
	return dsv_datasets_of_path(&run->sets, path) != NULL;
}

static int join_one(struct dsv_clrun *run, const struct dsv_clstep *step,
		    struct dsv_delta *delta, struct dsv_deltas *all)
{
	const struct dsv_lineage lineage = {.repo = run->repo,
					    .sets = &run->sets,
					    .from = step->from,
					    .to = step->to};
	struct dsv_entry entry;
	char *old_path = NULL;
	int rc = dsv_lineage_find(&lineage, delta->path, true, &old_path,
				  &entry);

	if (rc < 0) {
		/* what cannot be read tells no name */
		dsv_error_clear();
		return dsv_cancelled();
	}
	if (rc == 0)
		return 0;
	delta->old_path = old_path;
	delta->from = entry;
	for (size_t i = 0; i < all->n; i++)
		if (is_removed(&all->items[i]) &&
		    strcmp(all->items[i].path, old_path) == 0)
			all->items[i].from = (struct dsv_entry){0};
	return 0;
}

/* Files that were renamed and changed in one step. */
static int join_renames(struct dsv_clrun *run, const struct dsv_clstep *step,
			struct dsv_deltas *deltas)
{
	size_t n_removed = 0;
	int rc = 0;

	for (size_t i = 0; i < deltas->n; i++)
		n_removed += is_removed(&deltas->items[i]);
	for (size_t i = 0; rc == 0 && n_removed > 0 && i < deltas->n; i++)
		if (is_added(&deltas->items[i]) &&
		    is_wanted(run, deltas->items[i].path))
			rc = join_one(run, step, &deltas->items[i], deltas);
	return rc;
}

static int read_step(struct dsv_clrun *run, const struct dsv_oid *oid)
{
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	struct dsv_changelog_step *out = add_step(run);
	struct dsv_clstep *step = &run->steps[run->log->n_steps - 1];
	int rc;

	rc = dsv_commit_info_read(run->repo, oid, &out->commit);
	if (rc < 0)
		return rc;
	step->to = (struct dsv_version){.at = DSV_AT_COMMIT, .commit = *oid};
	if (out->commit.n_parents)
		step->from = (struct dsv_version){
			.at = DSV_AT_COMMIT, .commit = out->commit.parents[0]};
	rc = dsv_tree_diff(run->repo, &step->from, &step->to, NULL, &deltas);
	if (rc == 0)
		rc = join_renames(run, step, &deltas);
	for (size_t i = 0; rc == 0 && i < deltas.n; i++)
		rc = take_delta(run, step, &deltas.items[i]);
	return rc == 0 ? read_authors(run->repo, out) : rc;
}

static int open_walk(struct dsv_clrun *run, struct dsv_walk **out)
{
	const struct dsv_changelog_opts *opts = run->opts;
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk_opts walk = {.revs = &revs,
				     .flags = DSV_WALK_FIRST_PARENT};
	char hex[DSV_OID_HEX];

	dsv_strlist_add(&revs, dsv_oid_hex(&opts->to.commit, hex));
	if (opts->from.at == DSV_AT_COMMIT) {
		dsv_oid_hex(&opts->from.commit, hex);
		dsv_strlist_take(&revs, dsv_strf("^%s", hex));
	}
	return dsv_walk_open(out, run->repo, &walk);
}

int dsv_clrun_collect(struct dsv_clrun *run)
{
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	const struct dsv_commit_info *info;
	int rc;

	rc = open_walk(run, &walk);
	while (rc >= 0 && (rc = dsv_walk_next(walk, &info)) > 0) {
		if (dsv_repo_is_shallow_at(run->repo, &info->oid)) {
			run->log->shallow = true;
			dsv_oid_hex(&info->oid, run->log->cut_at);
			return 0;
		}
		rc = read_step(run, &info->oid);
	}
	return rc;
}
