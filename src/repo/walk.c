#include <dsv/walk.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/private.h"
#include "repo/revlist.h"
#include "repo/treewalk.h"

struct dsv_walk {
	struct dsv_repo *repo;
	struct dsv_revlist *revs;
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

static int hide_bases(struct dsv_walk *walk, const struct dsv_oid *a,
		      const struct dsv_oid *b)
{
	git_oidarray bases = {0};
	struct dsv_oid base;
	git_oid one;
	git_oid two;
	int rc;

	dsv_oid_to_git(&one, a);
	dsv_oid_to_git(&two, b);
	rc = git_merge_bases(&bases, walk->repo->git, &one, &two);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return dsv_git_fail(rc, "cannot find the merge base");
	rc = 0;
	for (size_t i = 0; rc == 0 && i < bases.count; i++) {
		dsv_oid_of_git(&base, &bases.ids[i]);
		rc = dsv_revlist_add(walk->revs, &base, true);
	}
	git_oidarray_dispose(&bases);
	return rc;
}

static int push_range(struct dsv_walk *walk, const char *text, const char *dots)
{
	bool symmetric = dots[2] == '.';
	const char *behind = dots + 2 + symmetric;
	char *left DSV_AUTO(str) = dsv_strndup(text, (size_t)(dots - text));
	struct dsv_version from;
	struct dsv_version to;
	int rc;

	rc = dsv_repo_resolve(walk->repo, *left ? left : "HEAD", &from);
	if (rc == 0)
		rc = dsv_repo_resolve(walk->repo, *behind ? behind : "HEAD",
				      &to);
	if (rc == 0 && symmetric)
		rc = hide_bases(walk, &from.commit, &to.commit);
	if (rc == 0)
		rc = dsv_revlist_add(walk->revs, &from.commit, !symmetric);
	return rc < 0 ? rc : dsv_revlist_add(walk->revs, &to.commit, false);
}

static int push_rev(struct dsv_walk *walk, const char *text)
{
	const char *dots = strchr(text, '{') ? NULL : strstr(text, "..");
	struct dsv_version version;
	bool hide = *text == '^';
	int rc;

	if (dots)
		return push_range(walk, text, dots);
	rc = dsv_repo_resolve(walk->repo, text + hide, &version);
	return rc < 0 ? rc : dsv_revlist_add(walk->revs, &version.commit, hide);
}

static int push_head(struct dsv_walk *walk)
{
	struct dsv_version head;
	int rc;

	rc = dsv_repo_head(walk->repo, &head);
	if (rc < 0 || head.at == DSV_AT_NOTHING)
		return rc;
	return dsv_revlist_add(walk->revs, &head.commit, false);
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

static unsigned list_flags(unsigned flags)
{
	return (flags & DSV_WALK_FIRST_PARENT ? DSV_REVLIST_FIRST_PARENT : 0u) |
	       (flags & DSV_WALK_REVERSE ? DSV_REVLIST_REVERSE : 0u) |
	       (flags & DSV_WALK_TOPO ? DSV_REVLIST_TOPO : 0u);
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
	dsv_revlist_open(&walk->revs, repo, list_flags(walk->flags));
	rc = push_all(walk, opts->revs);
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
	int rc;

	while (walk->left) {
		rc = dsv_cancelled();
		if (rc == 0)
			rc = dsv_revlist_next(walk->revs, &name);
		if (rc <= 0)
			return rc;
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
	dsv_revlist_free(&it->revs);
	dsv_strlist_release(&it->pathspecs);
	dsv_commit_info_release(&it->info);
	free(it);
	*walk = NULL;
}
