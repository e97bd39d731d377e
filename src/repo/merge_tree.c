#include "repo/merging.h"

#include <dsv/error.h>
#include <git2/sys/index.h>
#include <git2/sys/merge.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/attributes.h"
#include "repo/private.h"

#define DRIVER "dsv"

/*
 * libgit2 asks a driver for each path with merge=dsv that both sides changed,
 * renames found. This one decides nothing: it notes the three versions, so that
 * all can be judged before anything is written.
 */
struct driver {
	git_merge_driver git;
	struct dsv_merge_trees *trees;
};

static struct dsv_merge_open *open_at(struct dsv_merge_trees *it,
				      const char *path, bool *out_new)
{
	struct dsv_map_entry *at =
		dsv_map_put(&it->open_at, path, strlen(path));

	*out_new = !at->value;
	if (at->value)
		return &it->open[at->value - 1];
	DSV_GROW(it->open, it->cap, it->n_open + 1);
	at->value = it->n_open + 1;
	it->open[it->n_open] =
		(struct dsv_merge_open){.path = dsv_strdup(path)};
	return &it->open[it->n_open++];
}

static void set_stage(struct dsv_merge_open *open, size_t stage,
		      const git_index_entry *entry)
{
	if (!entry)
		return;
	open->stages[stage].mode = entry->mode;
	dsv_oid_of_git(&open->stages[stage].blob, &entry->id);
	free(open->names[stage]);
	open->names[stage] = strcmp(entry->path, open->path)
				     ? dsv_strdup(entry->path)
				     : NULL;
}

/* Where a file stands after the merge: a rename by one side holds. NULL where
 * the sides do not agree. */
static const char *path_of(const char *base, const char *ours,
			   const char *theirs)
{
	if (!ours || !theirs)
		return ours ? ours : theirs;
	if (!strcmp(ours, theirs))
		return ours;
	if (base && !strcmp(base, ours))
		return theirs;
	return base && !strcmp(base, theirs) ? ours : NULL;
}

static int driver_apply(git_merge_driver *self, const char **out_path,
			uint32_t *out_mode, git_buf *out, const char *name,
			const git_merge_driver_source *source)
{
	struct driver *driver = (struct driver *)self;
	const git_index_entry *base = git_merge_driver_source_ancestor(source);
	const git_index_entry *ours = git_merge_driver_source_ours(source);
	const git_index_entry *theirs = git_merge_driver_source_theirs(source);
	struct dsv_merge_open *open;
	bool is_new;

	(void)name;
	if (!ours || !theirs)
		return GIT_EMERGECONFLICT;
	*out_path = path_of(base ? base->path : NULL, ours->path, theirs->path);
	*out_mode = ours->mode;
	if (!*out_path)
		return GIT_EMERGECONFLICT;
	open = open_at(driver->trees, *out_path, &is_new);
	open->by_record = true;
	set_stage(open, 0, base);
	set_stage(open, 1, ours);
	set_stage(open, 2, theirs);
	/* in place of the result, which is taken out again */
	return git_buf_set(out, "", 0);
}

static int merge(struct dsv_merge_trees *it, const git_tree *base,
		 const git_tree *ours, const git_tree *theirs)
{
	struct driver driver = {.git = {.version = GIT_MERGE_DRIVER_VERSION,
					.apply = driver_apply},
				.trees = it};
	git_merge_options opts;
	int rc;

	git_merge_options_init(&opts, GIT_MERGE_OPTIONS_VERSION);
	rc = git_merge_driver_register(DRIVER, &driver.git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot merge");
	rc = git_merge_trees(&it->merged, it->repo->git, base, ours, theirs,
			     &opts);
	if (rc < 0)
		rc = dsv_git_fail(rc, "cannot merge");
	git_merge_driver_unregister(DRIVER);
	return rc;
}

static int refuse(const char *path)
{
	dsv_fail(DSV_EUNSUPPORTED, "the sides do not agree what '%s' is", path);
	return dsv_hint(DSV_EUNSUPPORTED,
			"one has a folder or another file there: git merge");
}

/* One file, two new names, and not the same bytes: git writes what it merges
 * to both. */
static bool is_split(struct dsv_merge_trees *it,
		     const git_index_name_entry *name)
{
	const git_index_entry *base =
		git_index_get_bypath(it->merged, name->ancestor, 1);
	const git_index_entry *ours =
		git_index_get_bypath(it->merged, name->ours, 2);
	const git_index_entry *theirs =
		git_index_get_bypath(it->merged, name->theirs, 3);

	return !base || !ours || !theirs ||
	       !git_oid_equal(&ours->id, &theirs->id) ||
	       !git_oid_equal(&ours->id, &base->id);
}

/* A file that was renamed: what libgit2 leaves under both of its paths stands
 * at the new one, as in git. Renamed to two, each has its side. */
static int open_renamed(struct dsv_merge_trees *it,
			const git_index_name_entry *name)
{
	const char *names[DSV_STAGES] = {name->ancestor, name->ours,
					 name->theirs};
	const char *path = path_of(name->ancestor, name->ours, name->theirs);
	bool is_new = true;
	bool first = true;
	size_t i;

	if (!path && is_split(it, name))
		return refuse(name->ancestor);
	for (i = 0; i < DSV_STAGES; i++) {
		const git_index_entry *entry;
		struct dsv_merge_open *open;

		if (!names[i])
			continue;
		open = open_at(it, path ? path : names[i], &is_new);
		/* another file came there too */
		if (!is_new && (first || !path))
			return refuse(open->path);
		entry = git_index_get_bypath(it->merged, names[i], (int)i + 1);
		set_stage(open, i, entry);
		git_index_remove(it->merged, names[i], (int)i + 1);
		first = false;
	}
	return 0;
}

/* Both sides have the same file there, whatever it was before. */
static bool is_both(const struct dsv_merge_open *open,
		    const git_index_entry *const sides[DSV_STAGES])
{
	const struct dsv_entry *ours = &open->stages[1];
	const struct dsv_entry *theirs = &open->stages[2];
	const git_index_entry *other = theirs->mode ? sides[1] : sides[2];
	struct dsv_oid blob;

	if (!other || sides[0] || (ours->mode && theirs->mode))
		return false;
	dsv_oid_of_git(&blob, &other->id);
	ours = ours->mode ? ours : theirs;
	return ours->mode == other->mode && dsv_oid_equal(&blob, &ours->blob);
}

static int open_one(struct dsv_merge_trees *it,
		    const git_index_entry *const sides[DSV_STAGES])
{
	struct dsv_merge_open *open = NULL;
	bool is_new;
	size_t i;

	for (i = 0; i < DSV_STAGES; i++) {
		if (!sides[i])
			continue;
		if (!open)
			open = open_at(it, sides[i]->path, &is_new);
		if (!is_new && !is_both(open, sides))
			return refuse(open->path);
		set_stage(open, i, sides[i]);
	}
	return 0;
}

static int open_rest(struct dsv_merge_trees *it)
{
	git_index_conflict_iterator *all = NULL;
	const git_index_entry *sides[DSV_STAGES];
	int rc;

	rc = git_index_conflict_iterator_new(&all, it->merged);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot merge");
	while ((rc = git_index_conflict_next(&sides[0], &sides[1], &sides[2],
					     all)) == 0) {
		rc = open_one(it, sides);
		if (rc < 0)
			break;
	}
	git_index_conflict_iterator_free(all);
	if (rc == GIT_ITEROVER)
		return 0;
	return rc == DSV_EUNSUPPORTED ? rc : dsv_git_fail(rc, "cannot merge");
}

static int open_conflicts(struct dsv_merge_trees *it)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < it->n_open; i++)
		git_index_remove(it->merged, it->open[i].path, 0);
	for (i = 0; rc == 0 && i < git_index_name_entrycount(it->merged); i++)
		rc = open_renamed(it,
				  git_index_name_get_byindex(it->merged, i));
	if (rc == 0)
		rc = open_rest(it);
	git_index_conflict_cleanup(it->merged);
	return rc;
}

/* git gives one of a file and a folder (or a link) at the same path a name
 * that nobody chose; such a merge is left to it. */
static int check_kinds(struct dsv_merge_trees *it,
		       const struct dsv_merge_open *open)
{
	char *below DSV_AUTO(str) = dsv_strf("%s/", open->path);
	char *above DSV_AUTO(str) = dsv_strdup(open->path);
	const uint32_t ours = open->stages[1].mode;
	const uint32_t theirs = open->stages[2].mode;
	bool clash = ours && theirs && (ours & S_IFMT) != (theirs & S_IFMT);
	char *slash;

	clash = clash || git_index_find_prefix(NULL, it->merged, below) == 0;
	while (!clash && (slash = strrchr(above, '/'))) {
		*slash = '\0';
		clash = dsv_map_get(&it->open_at, above, strlen(above)) ||
			git_index_get_bypath(it->merged, above, 0);
	}
	return clash ? refuse(open->path) : 0;
}

/* Also what no driver was asked for, as both sides added it. */
static int find_record(struct dsv_merge_trees *it, struct dsv_merge_open *open)
{
	struct dsv_attr_value attrs[DSV_ATTR_N];
	const struct dsv_attr_value *merge_attr = &attrs[DSV_ATTR_MERGE];
	int rc;

	if (open->by_record || !S_ISREG(open->stages[1].mode) ||
	    !S_ISREG(open->stages[2].mode))
		return 0;
	rc = dsv_attributes_of_path(it->repo, open->path, attrs);
	if (rc < 0)
		return rc;
	open->by_record = merge_attr->state == DSV_ATTR_VALUE &&
			  !strcmp(merge_attr->value, DRIVER);
	return 0;
}

int dsv_merge_trees(struct dsv_merge_trees *out, struct dsv_repo *repo,
		    const git_tree *base, const git_tree *ours,
		    const git_tree *theirs)
{
	size_t i;
	int rc;

	out->repo = repo;
	rc = merge(out, base, ours, theirs);
	if (rc == 0)
		rc = open_conflicts(out);
	for (i = 0; rc == 0 && i < out->n_open; i++) {
		rc = check_kinds(out, &out->open[i]);
		if (rc == 0)
			rc = find_record(out, &out->open[i]);
	}
	return rc;
}

void dsv_merge_trees_release(struct dsv_merge_trees *trees)
{
	size_t i;
	size_t k;

	for (i = 0; i < trees->n_open; i++) {
		free(trees->open[i].path);
		for (k = 0; k < DSV_STAGES; k++)
			free(trees->open[i].names[k]);
	}
	free(trees->open);
	git_index_free(trees->merged);
	dsv_map_release(&trees->open_at);
	*trees = (struct dsv_merge_trees)DSV_MERGE_TREES_INIT;
}
