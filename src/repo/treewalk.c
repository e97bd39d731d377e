#include "repo/treewalk.h"

#include <dsv/error.h>
#include <string.h>

#include "repo/indexview.h"
#include "repo/pathspec.h"
#include "repo/private.h"

struct walk {
	struct dsv_repo *repo;
	const struct dsv_strlist *pathspecs;
	dsv_treewalk_fn fn;
	void *ctx;
	struct dsv_buf path;
};

static int walk_trees(struct walk *walk, const git_oid *from,
		      const git_oid *to);

static bool is_tree(const git_tree_entry *entry)
{
	return git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

/* Git's order: a folder counts as if its name ended in '/'. */
static int compare(const git_tree_entry *a, const git_tree_entry *b)
{
	const char *left = git_tree_entry_name(a);
	const char *right = git_tree_entry_name(b);
	size_t n = strlen(left);
	size_t m = strlen(right);
	int order = memcmp(left, right, n < m ? n : m);
	unsigned char c;
	unsigned char d;

	if (order != 0)
		return order;
	c = n > m ? (unsigned char)left[m] : is_tree(a) ? '/' : 0;
	d = m > n ? (unsigned char)right[n] : is_tree(b) ? '/' : 0;
	return c - d;
}

static struct dsv_entry *entry_of(struct dsv_entry *out,
				  const git_tree_entry *entry)
{
	if (!entry)
		return NULL;
	dsv_oid_of_git(&out->blob, git_tree_entry_id(entry));
	out->mode = (uint32_t)git_tree_entry_filemode(entry);
	return out;
}

static bool equal(const git_tree_entry *a, const git_tree_entry *b)
{
	return a && b &&
	       git_oid_equal(git_tree_entry_id(a), git_tree_entry_id(b)) &&
	       git_tree_entry_filemode(a) == git_tree_entry_filemode(b);
}

static int visit(struct walk *walk, const git_tree_entry *a,
		 const git_tree_entry *b)
{
	const git_tree_entry *any = a ? a : b;
	size_t len = walk->path.len;
	struct dsv_entry from;
	struct dsv_entry to;
	int rc = 0;

	if (equal(a, b))
		return 0;
	dsv_buf_addstr(&walk->path, git_tree_entry_name(any));
	if (is_tree(any)) {
		if (dsv_pathspec_below(walk->pathspecs, walk->path.data)) {
			dsv_buf_addch(&walk->path, '/');
			rc = walk_trees(walk, a ? git_tree_entry_id(a) : NULL,
					b ? git_tree_entry_id(b) : NULL);
		}
	} else if (dsv_pathspec_match(walk->pathspecs, walk->path.data)) {
		rc = walk->fn(walk->ctx, walk->path.data, entry_of(&from, a),
			      entry_of(&to, b));
	}
	dsv_buf_truncate(&walk->path, len);
	return rc;
}

static int open_tree(struct walk *walk, const git_oid *oid, git_tree **out)
{
	char hex[GIT_OID_HEXSZ + 1];
	int rc;

	if (!oid)
		return 0;
	rc = git_tree_lookup(out, walk->repo->git, oid);
	if (rc < 0)
		return dsv_git_fail(rc, "git tree '%s'",
				    git_oid_tostr(hex, sizeof(hex), oid));
	return 0;
}

static int walk_trees(struct walk *walk, const git_oid *from, const git_oid *to)
{
	git_tree *a DSV_AUTO(git_tree) = NULL;
	git_tree *b DSV_AUTO(git_tree) = NULL;
	size_t i = 0;
	size_t k = 0;
	size_t n;
	size_t m;
	int order;
	int rc;

	rc = dsv_cancelled();
	if (rc == 0)
		rc = open_tree(walk, from, &a);
	if (rc == 0)
		rc = open_tree(walk, to, &b);
	if (rc < 0)
		return rc;

	n = a ? git_tree_entrycount(a) : 0;
	m = b ? git_tree_entrycount(b) : 0;
	while (i < n || k < m) {
		const git_tree_entry *x =
			i < n ? git_tree_entry_byindex(a, i) : NULL;
		const git_tree_entry *y =
			k < m ? git_tree_entry_byindex(b, k) : NULL;

		order = !x ? 1 : !y ? -1 : compare(x, y);
		i += order <= 0;
		k += order >= 0;
		rc = visit(walk, order <= 0 ? x : NULL, order >= 0 ? y : NULL);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int tree_of(struct dsv_repo *repo, const struct dsv_oid *commit,
		   git_oid *out)
{
	git_commit *found DSV_AUTO(git_commit) = NULL;
	char hex[DSV_OID_HEX];
	git_oid oid;
	int rc;

	dsv_oid_to_git(&oid, commit);
	rc = git_commit_lookup(&found, repo->git, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "commit '%s'",
				    dsv_oid_hex(commit, hex));
	git_oid_cpy(out, git_commit_tree_id(found));
	return 0;
}

int dsv_treewalk(struct dsv_repo *repo, const struct dsv_oid *from,
		 const struct dsv_oid *to, const struct dsv_strlist *pathspecs,
		 dsv_treewalk_fn fn, void *ctx)
{
	struct walk walk = {repo, pathspecs, fn, ctx, DSV_BUF_INIT};
	git_oid a;
	git_oid b;
	int rc = 0;

	if (from)
		rc = tree_of(repo, from, &a);
	if (rc == 0 && to)
		rc = tree_of(repo, to, &b);
	if (rc < 0 || (from && to && git_oid_equal(&a, &b)))
		return rc;
	rc = walk_trees(&walk, from ? &a : NULL, to ? &b : NULL);
	dsv_buf_release(&walk.path);
	return rc;
}

int dsv_tree_of_commit(struct dsv_repo *repo, const struct dsv_oid *commit,
		       struct dsv_oid *out)
{
	git_oid oid;
	int rc;

	rc = tree_of(repo, commit, &oid);
	if (rc == 0)
		dsv_oid_of_git(out, &oid);
	return rc;
}

int dsv_tree_entry_at(struct dsv_repo *repo, const struct dsv_oid *commit,
		      const char *path, struct dsv_entry *out)
{
	git_tree *tree DSV_AUTO(git_tree) = NULL;
	git_tree_entry *entry = NULL;
	git_oid oid;
	int rc;

	rc = tree_of(repo, commit, &oid);
	if (rc < 0)
		return rc;
	rc = git_tree_lookup(&tree, repo->git, &oid);
	if (rc == 0)
		rc = git_tree_entry_bypath(&entry, tree, path);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return dsv_git_fail(rc, "cannot read the tree for '%s'", path);

	*out = (struct dsv_entry){0};
	if (rc == 0 && !is_tree(entry))
		entry_of(out, entry);
	git_tree_entry_free(entry);
	return 0;
}

int dsv_index_entry_at(struct dsv_repo *repo, const char *path,
		       struct dsv_entry *out)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_index_path at;
	size_t i;
	int rc;

	rc = dsv_index_view_open(&view, repo);
	if (rc < 0)
		return rc;
	*out = (struct dsv_entry){0};
	i = dsv_index_view_find(&view, path);
	if (i == view.n || strcmp(view.items[i].path, path) != 0)
		return 0;
	dsv_index_path_at(&view, i, &at);
	*out = at.entry;
	return 0;
}
