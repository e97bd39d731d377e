#include "repo/ledger.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/map.h"
#include "repo/private.h"
#include "repo/revlist.h"
#include "repo/transport.h"
#include "repo/treewalk.h"

#define HEADS	"refs/heads/"
#define REMOTES "refs/remotes/"

static int compare_oids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct dsv_oid));
}

static void add_tip(struct dsv_ledger_tips *tips, git_reference *ref)
{
	git_object *object DSV_AUTO(git_object) = NULL;

	/* what is no commit has no history to read */
	if (git_reference_peel(&object, ref, GIT_OBJECT_COMMIT) < 0)
		return;
	DSV_GROW(tips->items, tips->cap, tips->n + 1);
	dsv_oid_of_git(&tips->items[tips->n++], git_object_id(object));
}

static bool is_remote(const struct dsv_strlist *remotes, const char *name,
		      size_t len)
{
	for (size_t i = 0; i < remotes->n; i++)
		if (strlen(remotes->items[i]) == len &&
		    memcmp(remotes->items[i], name, len) == 0)
			return true;
	return false;
}

/* "refs/remotes/<remote>/<branch>". A remote's other branch, "x/<branch>", is
 * not meant: whoever may push one may not write on this one. Only the name of
 * a remote that is set can have a slash. */
static bool is_fetched(const char *name, const char *branch,
		       const struct dsv_strlist *remotes)
{
	const size_t head = strlen(REMOTES);
	const size_t len = strlen(name);
	const size_t tail = strlen(branch) + 1;
	size_t middle;

	if (strncmp(name, REMOTES, head) != 0 || len <= head + tail ||
	    name[len - tail] != '/' ||
	    strcmp(name + len - tail + 1, branch) != 0)
		return false;
	middle = len - head - tail;
	return !memchr(name + head, '/', middle) ||
	       is_remote(remotes, name + head, middle);
}

static void unique(struct dsv_ledger_tips *tips)
{
	size_t n = 0;

	if (tips->n > 1)
		qsort(tips->items, tips->n, sizeof(*tips->items), compare_oids);
	for (size_t i = 0; i < tips->n; i++)
		if (n == 0 ||
		    !dsv_oid_equal(&tips->items[n - 1], &tips->items[i]))
			tips->items[n++] = tips->items[i];
	tips->n = n;
}

static void add_tips(struct dsv_repo *repo, const char *ref,
		     const git_strarray *all, const struct dsv_strlist *remotes,
		     struct dsv_ledger_tips *out)
{
	const char *branch = ref + strlen(HEADS);

	for (size_t i = 0; i < all->count; i++) {
		git_reference *at DSV_AUTO(git_reference) = NULL;
		const char *name = all->strings[i];

		if (strcmp(name, ref) != 0 &&
		    !is_fetched(name, branch, remotes))
			continue;
		if (git_reference_lookup(&at, repo->git, name) == 0)
			add_tip(out, at);
	}
}

int dsv_ledger_tips(struct dsv_repo *repo, const char *ref,
		    struct dsv_ledger_tips *out)
{
	git_strarray all = {0};
	struct dsv_strlist remotes DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_transport_remotes(repo, &remotes);

	if (rc < 0)
		return rc;
	rc = git_reference_list(&all, repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot list the references");
	out->n = 0;
	add_tips(repo, ref, &all, &remotes, out);
	git_strarray_dispose(&all);
	unique(out);
	return 0;
}

void dsv_ledger_tips_release(struct dsv_ledger_tips *tips)
{
	free(tips->items);
	*tips = (struct dsv_ledger_tips)DSV_LEDGER_TIPS_INIT;
}

bool dsv_ledger_tips_equal(const struct dsv_ledger_tips *a,
			   const struct dsv_ledger_tips *b)
{
	return a->n == b->n &&
	       (a->n == 0 ||
		memcmp(a->items, b->items, a->n * sizeof(*a->items)) == 0);
}

struct collect {
	struct dsv_ledger_scan *out;
	struct dsv_map seen;   /* path, NUL, blob */
	struct dsv_oid commit; /* in hand */
	struct dsv_buf key;
};

static void add_file(struct collect *collect, const char *path,
		     const struct dsv_entry *entry)
{
	struct dsv_files *files = &collect->out->files;

	dsv_buf_reset(&collect->key);
	dsv_buf_add(&collect->key, path, strlen(path) + 1);
	dsv_buf_add(&collect->key, entry, sizeof(*entry));
	if (dsv_map_put(&collect->seen, collect->key.data, collect->key.len)
		    ->value++)
		return;
	DSV_GROW(files->items, files->cap, files->n + 1);
	files->items[files->n].path = dsv_strdup(path);
	files->items[files->n++].entry = *entry;
}

static void add_lost(struct collect *collect, const char *path,
		     const struct dsv_entry *from)
{
	char commit[DSV_OID_HEX];
	char blob[DSV_OID_HEX];

	dsv_strlist_take(&collect->out->lost,
			 dsv_strf("%s %s %s",
				  dsv_oid_hex(&collect->commit, commit),
				  dsv_oid_hex(&from->blob, blob), path));
}

static int collect_delta(void *ctx, const char *path,
			 const struct dsv_entry *from,
			 const struct dsv_entry *to)
{
	struct collect *collect = ctx;

	if (to)
		add_file(collect, path, to);
	if (from)
		add_lost(collect, path, from);
	return 0;
}

/* A commit against each of its parents, or against nothing. */
static int walk_commit(struct dsv_repo *repo, const struct dsv_oid *oid,
		       dsv_treewalk_fn fn, void *ctx)
{
	git_commit *commit DSV_AUTO(git_commit) = NULL;
	struct dsv_oid parent;
	git_oid name;
	unsigned n;
	int rc;

	dsv_oid_to_git(&name, oid);
	rc = git_commit_lookup(&commit, repo->git, &name);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read a commit");
	n = git_commit_parentcount(commit);
	if (n == 0 || dsv_repo_is_shallow_at(repo, oid))
		return dsv_treewalk(repo, NULL, oid, NULL, fn, ctx);
	for (unsigned i = 0; i < n; i++) {
		dsv_oid_of_git(&parent, git_commit_parent_id(commit, i));
		rc = dsv_treewalk(repo, &parent, oid, NULL, fn, ctx);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The parents before their children, so that a file is first seen in the bytes
 * that it began with. */
static int open_walk(struct dsv_revlist **out, struct dsv_repo *repo,
		     const struct dsv_ledger_tips *tips,
		     const struct dsv_ledger_tips *known)
{
	int rc = 0;

	dsv_revlist_open(out, repo, DSV_REVLIST_TOPO | DSV_REVLIST_REVERSE);
	for (size_t i = 0; rc == 0 && i < tips->n; i++)
		rc = dsv_revlist_add(*out, &tips->items[i], false);
	for (size_t i = 0; rc == 0 && i < known->n; i++)
		rc = dsv_revlist_add(*out, &known->items[i], true);
	return rc;
}

static int collect_all(struct dsv_repo *repo,
		       const struct dsv_ledger_tips *tips,
		       const struct dsv_ledger_tips *known,
		       struct collect *collect)
{
	struct dsv_revlist *list DSV_AUTO(revlist) = NULL;
	int rc = open_walk(&list, repo, tips, known);

	if (rc < 0)
		return rc;
	while ((rc = dsv_revlist_next(list, &collect->commit)) > 0) {
		rc = walk_commit(repo, &collect->commit, collect_delta,
				 collect);
		if (rc < 0)
			return rc;
	}
	return rc;
}

int dsv_ledger_scan(struct dsv_repo *repo, const struct dsv_ledger_tips *tips,
		    const struct dsv_ledger_tips *known,
		    struct dsv_ledger_scan *out)
{
	static const struct dsv_ledger_tips none = DSV_LEDGER_TIPS_INIT;
	struct collect collect = {.out = out};
	int rc;

	out->anew = known->n == 0;
	for (size_t i = 0; i < known->n; i++)
		out->anew |= !dsv_ledger_holds(repo, tips, &known->items[i]);
	rc = collect_all(repo, tips, out->anew ? &none : known, &collect);
	dsv_map_release(&collect.seen);
	dsv_buf_release(&collect.key);
	return rc;
}

void dsv_ledger_scan_release(struct dsv_ledger_scan *scan)
{
	dsv_files_release(&scan->files);
	dsv_strlist_release(&scan->lost);
}

struct check {
	const struct dsv_oid *commit;
	dsv_ledger_fn fn;
	void *ctx;
};

static int check_delta(void *ctx, const char *path,
		       const struct dsv_entry *from, const struct dsv_entry *to)
{
	const struct check *check = ctx;
	char hex[DSV_OID_HEX];

	if (!from)
		return check->fn(check->ctx, path, to);
	dsv_fail(DSV_EREFUSED, "commit %.8s %s '%s'",
		 dsv_oid_hex(check->commit, hex), to ? "changes" : "leaves out",
		 path);
	return dsv_hint(DSV_EREFUSED, "statements are only ever added; start "
				      "from the branch as it is");
}

static int check_new_commits(struct dsv_repo *repo,
			     const struct dsv_ledger_tips *old,
			     const struct dsv_ledger_tips *tip,
			     struct check *check)
{
	struct dsv_revlist *list DSV_AUTO(revlist) = NULL;
	struct dsv_oid oid;
	int rc = open_walk(&list, repo, tip, old);

	if (rc < 0)
		return rc;
	check->commit = &oid;
	while ((rc = dsv_revlist_next(list, &oid)) > 0) {
		rc = walk_commit(repo, &oid, check_delta, check);
		if (rc < 0)
			return rc;
	}
	return rc;
}

int dsv_ledger_check(struct dsv_repo *repo, const struct dsv_oid *old,
		     const struct dsv_oid *tip, dsv_ledger_fn fn, void *ctx)
{
	struct dsv_oid from = *old;
	struct dsv_oid to = *tip;
	const struct dsv_ledger_tips before = {&from, !dsv_oid_is_zero(old), 1};
	const struct dsv_ledger_tips after = {&to, 1, 1};
	struct check check = {.fn = fn, .ctx = ctx};

	if (dsv_oid_is_zero(tip))
		return dsv_fail(DSV_EREFUSED,
				"the branch of statements is not deleted");
	if (before.n && !dsv_ledger_holds(repo, &after, old))
		return dsv_fail(DSV_EREFUSED, "the branch of statements is "
					      "not set back");
	return check_new_commits(repo, &before, &after, &check);
}
