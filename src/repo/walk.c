#include <dsv/walk.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/private.h"
#include "repo/treewalk.h"

struct dsv_walk {
	struct dsv_repo *repo;
	git_revwalk *revs;
	struct dsv_strlist pathspecs;
	size_t left;
	size_t skip;
	unsigned flags;
	struct dsv_commit_info info;
};

static int stop_at_first(void *ctx, const char *path,
			 const struct dsv_entry *from,
			 const struct dsv_entry *to)
{
	(void)ctx;
	(void)path;
	(void)from;
	(void)to;
	return 1;
}

int dsv_commit_touches(struct dsv_repo *repo, const struct dsv_oid *parent,
		       const struct dsv_oid *commit,
		       const struct dsv_strlist *pathspecs)
{
	return dsv_treewalk(repo, parent, commit, pathspecs, stop_at_first,
			    NULL);
}

/* The sides of "A..B" and "A...B": what is hidden and what is pushed. */
static int push_range(struct dsv_walk *walk, const char *text, const char *dots)
{
	bool symmetric = dots[2] == '.';
	const char *behind = dots + 2 + symmetric;
	char *left DSV_AUTO(str) =
		dots > text ? dsv_strndup(text, (size_t)(dots - text))
			    : dsv_strdup("HEAD");
	struct dsv_version from;
	struct dsv_version to;
	git_oid a;
	git_oid b;
	git_oid base;
	int rc;

	rc = dsv_repo_resolve(walk->repo, left, &from);
	if (rc == 0)
		rc = dsv_repo_resolve(walk->repo, *behind ? behind : "HEAD",
				      &to);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&a, &from.commit);
	dsv_oid_to_git(&b, &to.commit);
	rc = git_revwalk_push(walk->revs, &b);
	if (rc == 0 && !symmetric)
		rc = git_revwalk_hide(walk->revs, &a);
	else if (rc == 0)
		rc = git_revwalk_push(walk->revs, &a);
	if (rc == 0 && symmetric) {
		rc = git_merge_base(&base, walk->repo->git, &a, &b);
		if (rc == 0)
			rc = git_revwalk_hide(walk->revs, &base);
		else if (rc == GIT_ENOTFOUND)
			rc = 0;
	}
	return rc < 0 ? dsv_git_fail(rc, "'%s'", text) : 0;
}

static int push_rev(struct dsv_walk *walk, const char *text)
{
	const char *dots = strstr(text, "..");
	struct dsv_version version;
	bool hide = *text == '^';
	git_oid oid;
	int rc;

	if (dots && !strchr(text, '{'))
		return push_range(walk, text, dots);
	rc = dsv_repo_resolve(walk->repo, text + hide, &version);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&oid, &version.commit);
	rc = hide ? git_revwalk_hide(walk->revs, &oid)
		  : git_revwalk_push(walk->revs, &oid);
	return rc < 0 ? dsv_git_fail(rc, "'%s'", text) : 0;
}

static int push_head(struct dsv_walk *walk)
{
	struct dsv_version head;
	git_oid oid;
	int rc;

	rc = dsv_repo_head(walk->repo, &head);
	if (rc < 0 || head.at == DSV_AT_NOTHING)
		return rc;
	dsv_oid_to_git(&oid, &head.commit);
	rc = git_revwalk_push(walk->revs, &oid);
	return rc < 0 ? dsv_git_fail(rc, "cannot read HEAD") : 0;
}

static int push_all(struct dsv_walk *walk, const struct dsv_strlist *revs)
{
	bool only_hidden = true;
	int rc = 0;

	for (size_t i = 0; revs && rc == 0 && i < revs->n; i++) {
		only_hidden = only_hidden && revs->items[i][0] == '^';
		rc = push_rev(walk, revs->items[i]);
	}
	return rc == 0 && only_hidden ? push_head(walk) : rc;
}

static int start(struct dsv_walk *walk, const struct dsv_strlist *revs)
{
	unsigned order = GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME;
	int rc;

	rc = git_revwalk_new(&walk->revs, walk->repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot walk the history");
	if (walk->flags & DSV_WALK_REVERSE)
		order |= GIT_SORT_REVERSE;
	git_revwalk_sorting(walk->revs, order);
	if (walk->flags & DSV_WALK_FIRST_PARENT)
		git_revwalk_simplify_first_parent(walk->revs);
	return push_all(walk, revs);
}

int dsv_walk_open(struct dsv_walk **out, struct dsv_repo *repo,
		  const struct dsv_walk_opts *opts)
{
	struct dsv_walk *walk DSV_AUTO(walk) = dsv_alloc_zero(1, sizeof(*walk));
	int rc;

	walk->repo = repo;
	walk->left = opts->limit ? opts->limit : SIZE_MAX;
	walk->skip = opts->skip;
	walk->flags = opts->flags;
	if (opts->pathspecs)
		dsv_strlist_copy(&walk->pathspecs, opts->pathspecs);
	rc = start(walk, opts->revs);
	if (rc < 0)
		return rc;
	*out = dsv_take(&walk);
	return 0;
}

/* 1: the commit in walk->info is one of those asked for. */
static int is_wanted(struct dsv_walk *walk)
{
	const struct dsv_commit_info *info = &walk->info;
	size_t n = walk->flags & DSV_WALK_FIRST_PARENT && info->n_parents
			   ? 1
			   : info->n_parents;
	int rc = 1;

	if (walk->flags & DSV_WALK_NO_MERGES && info->n_parents > 1)
		return 0;
	if (!walk->pathspecs.n)
		return 1;
	if (!n)
		return dsv_commit_touches(walk->repo, NULL, &info->oid,
					  &walk->pathspecs);
	for (size_t i = 0; rc == 1 && i < n; i++)
		rc = dsv_commit_touches(walk->repo, &info->parents[i],
					&info->oid, &walk->pathspecs);
	return rc;
}

int dsv_walk_next(struct dsv_walk *walk, const struct dsv_commit_info **out)
{
	struct dsv_oid name;
	git_oid oid;
	int rc;

	while (walk->left) {
		rc = dsv_cancelled();
		if (rc < 0)
			return rc;
		rc = git_revwalk_next(&oid, walk->revs);
		if (rc == GIT_ITEROVER)
			return 0;
		if (rc < 0)
			return dsv_git_fail(rc, "cannot walk the history");
		dsv_oid_of_git(&name, &oid);
		rc = dsv_commit_info_read(walk->repo, &name, &walk->info);
		if (rc == 0)
			rc = is_wanted(walk);
		if (rc < 0)
			return rc;
		if (rc == 0 || (walk->skip && walk->skip--))
			continue;
		walk->left--;
		*out = &walk->info;
		return 1;
	}
	return 0;
}

void dsv_walk_free(struct dsv_walk **walk)
{
	struct dsv_walk *it = *walk;

	if (!it)
		return;
	git_revwalk_free(it->revs);
	dsv_strlist_release(&it->pathspecs);
	dsv_commit_info_release(&it->info);
	free(it);
	*walk = NULL;
}
