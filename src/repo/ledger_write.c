#include "repo/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/blobs.h"
#include "repo/ident.h"
#include "repo/private.h"
#include "repo/treewalk.h"

/* Others may move the branch in the moment between reading it and writing it;
 * each time somebody was quicker, so the rounds end. */
#define ROUNDS_MAX 50
#define PAUSE_NS   (5L * 1000 * 1000)

struct put {
	struct dsv_repo *repo;
	const char *ref;
	git_signature *author;
	git_signature *committer;
};

static int put_init(struct put *put, struct dsv_repo *repo, const char *ref)
{
	int rc;

	put->repo = repo;
	put->ref = ref;
	rc = dsv_ident_signature(repo, DSV_IDENT_AUTHOR, &put->author);
	if (rc == 0)
		rc = dsv_ident_signature(repo, DSV_IDENT_COMMITTER,
					 &put->committer);
	return rc;
}

static void put_release(struct put *put)
{
	git_signature_free(put->author);
	git_signature_free(put->committer);
}

/* 1 with the branch's commit, 0 where there is none. */
static int read_tip(struct dsv_repo *repo, const char *ref, git_commit **out)
{
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, repo->git, ref);

	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc == 0)
		rc = git_commit_lookup(out, repo->git, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read '%s'", ref);
	return 1;
}

/* A work tree of it would show what was added as deleted. */
static int refuse_checked_out(struct dsv_repo *repo, const char *ref)
{
	git_reference *at DSV_AUTO(git_reference) = NULL;

	if (git_reference_lookup(&at, repo->git, ref) < 0 ||
	    git_branch_is_checked_out(at) != 1)
		return 0;
	dsv_fail(DSV_EREFUSED, "'%s' is checked out", ref);
	return dsv_hint(DSV_EREFUSED, "switch to another branch there; this "
				      "one is written by dsv alone");
}

/* Move the branch from what it was (NULL: it was not there): 1 done, 0 somebody
 * else did. */
static int move(const struct put *put, const git_oid *to, git_commit *from,
		const char *log)
{
	git_repository *git = put->repo->git;
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	int rc;

	if (from)
		rc = git_reference_create_matching(&ref, git, put->ref, to, 1,
						   git_commit_id(from), log);
	else
		rc = git_reference_create(&ref, git, put->ref, to, 0, log);
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS || rc == GIT_ELOCKED ||
	    rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return dsv_git_fail(rc, "cannot move '%s'", put->ref);
	return 1;
}

static int write_commit(const struct put *put, const git_oid *tree_id,
			git_commit *const parents[2], const char *message,
			git_oid *out)
{
	git_repository *git = put->repo->git;
	git_tree *tree DSV_AUTO(git_tree) = NULL;
	const git_commit *list[2] = {parents[0], parents[1]};
	size_t n = (parents[0] != NULL) + (parents[1] != NULL);
	int rc = git_tree_lookup(&tree, git, tree_id);

	if (rc == 0)
		rc = git_commit_create(out, git, NULL, put->author,
				       put->committer, NULL, message, tree, n,
				       list);
	return rc < 0 ? dsv_git_fail(rc, "cannot write a commit") : 0;
}

struct updates {
	git_tree_update *items;
	size_t n, cap;
	struct dsv_strlist paths; /* that the items name */
};

static void updates_release(struct updates *updates)
{
	free(updates->items);
	dsv_strlist_release(&updates->paths);
}

static void add_update(struct updates *updates, const char *path,
		       const struct dsv_oid *blob)
{
	git_tree_update *update;

	DSV_GROW(updates->items, updates->cap, updates->n + 1);
	update = &updates->items[updates->n++];
	update->action = GIT_TREE_UPDATE_UPSERT;
	update->filemode = GIT_FILEMODE_BLOB;
	dsv_oid_to_git(&update->id, blob);
	dsv_strlist_add(&updates->paths, path);
	update->path = updates->paths.items[updates->paths.n - 1];
}

static int write_tree(const struct put *put, git_commit *base,
		      const struct updates *updates, git_oid *out)
{
	git_repository *git = put->repo->git;
	git_tree *tree DSV_AUTO(git_tree) = NULL;
	int rc = 0;

	if (base)
		rc = git_commit_tree(&tree, base);
	if (rc == 0 && !tree) {
		git_treebuilder *empty = NULL;
		git_oid oid;

		rc = git_treebuilder_new(&empty, git, NULL);
		if (rc == 0)
			rc = git_treebuilder_write(&oid, empty);
		git_treebuilder_free(empty);
		if (rc == 0)
			rc = git_tree_lookup(&tree, git, &oid);
	}
	if (rc == 0)
		rc = git_tree_create_updated(out, git, tree, updates->n,
					     updates->items);
	return rc < 0 ? dsv_git_fail(rc, "cannot write a tree") : 0;
}

/* What the branch lacks of files. */
static int find_missing(const struct put *put, git_commit *tip,
			const struct dsv_ledger_file *files, size_t n,
			struct updates *out)
{
	for (size_t i = 0; i < n; i++) {
		struct dsv_entry entry = {.mode = 0};
		struct dsv_oid oid;
		struct dsv_oid blob;
		int rc = dsv_blob_write(put->repo, files[i].data->data,
					files[i].data->len, &blob);

		if (rc == 0 && tip) {
			dsv_oid_of_git(&oid, git_commit_id(tip));
			rc = dsv_tree_entry_at(put->repo, &oid, files[i].path,
					       &entry);
		}
		if (rc < 0)
			return rc;
		if (entry.mode && !dsv_oid_equal(&entry.blob, &blob))
			return dsv_fail(DSV_EREFUSED,
					"other bytes stand at '%s' of '%s'",
					files[i].path, put->ref);
		if (!entry.mode)
			add_update(out, files[i].path, &blob);
	}
	return 0;
}

/* 1 written, 0 nothing to write, DSV_ECONFLICT somebody was quicker. */
static int append_once(const struct put *put,
		       const struct dsv_ledger_file *files, size_t n,
		       const char *message)
{
	struct updates updates __attribute__((cleanup(updates_release))) = {0};
	git_commit *tip DSV_AUTO(git_commit) = NULL;
	git_oid tree;
	git_oid commit;
	int rc = read_tip(put->repo, put->ref, &tip);

	if (rc >= 0)
		rc = find_missing(put, tip, files, n, &updates);
	if (rc < 0 || updates.n == 0)
		return rc;
	rc = write_tree(put, tip, &updates, &tree);
	if (rc == 0)
		rc = write_commit(put, &tree, (git_commit *[]){tip, NULL},
				  message, &commit);
	if (rc < 0)
		return rc;
	rc = move(put, &commit, tip, "dsv: statement added");
	return rc == 0 ? DSV_ECONFLICT : rc;
}

static int too_busy(const char *ref)
{
	dsv_fail(DSV_EGIT, "'%s' is moved by others all the time", ref);
	return dsv_hint(DSV_EGIT,
			"if no other git or dsv is at work, remove "
			"the file '%s.lock' in the git folder",
			ref);
}

static void pause_a_little(int round)
{
	const struct timespec pause = {0, PAUSE_NS * (round + 1)};

	nanosleep(&pause, NULL);
}

int dsv_ledger_append(struct dsv_repo *repo, const char *ref,
		      const struct dsv_ledger_file *files, size_t n,
		      const char *message)
{
	struct put put __attribute__((cleanup(put_release))) = {0};
	int rc = refuse_checked_out(repo, ref);

	if (rc == 0)
		rc = put_init(&put, repo, ref);
	if (rc < 0)
		return rc;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		rc = append_once(&put, files, n, message);
		if (rc != DSV_ECONFLICT)
			return rc;
		pause_a_little(round);
	}
	return too_busy(ref);
}

struct unite {
	struct updates updates;
	const char *ref;
};

static int unite_delta(void *ctx, const char *path,
		       const struct dsv_entry *ours,
		       const struct dsv_entry *theirs)
{
	struct unite *unite = ctx;

	if (!theirs)
		return 0;
	if (ours)
		return dsv_fail(DSV_EREFUSED,
				"'%s' and what was fetched of it have other "
				"bytes at '%s'",
				unite->ref, path);
	add_update(&unite->updates, path, &theirs->blob);
	return 0;
}

/* The commit that has both: 1 new, 0 ours has theirs already. */
static int unite_with(const struct put *put, git_commit *ours,
		      git_commit *theirs, git_oid *out)
{
	struct unite unite = {.ref = put->ref};
	struct dsv_oid a;
	struct dsv_oid b;
	git_oid tree;
	int rc;

	dsv_oid_of_git(&a, git_commit_id(ours));
	dsv_oid_of_git(&b, git_commit_id(theirs));
	rc = dsv_treewalk(put->repo, &a, &b, NULL, unite_delta, &unite);
	if (rc == 0)
		rc = write_tree(put, ours, &unite.updates, &tree);
	if (rc == 0)
		rc = write_commit(put, &tree, (git_commit *[]){ours, theirs},
				  "Unite statements\n", out);
	updates_release(&unite.updates);
	return rc < 0 ? rc : 1;
}

/* 1 with what the branch becomes, 0 where it has theirs already. */
static int join(const struct put *put, git_commit *ours, git_commit *theirs,
		git_oid *out)
{
	git_repository *git = put->repo->git;
	const git_oid *a = git_commit_id(ours);
	const git_oid *b = git_commit_id(theirs);

	if (git_oid_equal(a, b) || git_graph_descendant_of(git, a, b) == 1)
		return 0;
	if (git_graph_descendant_of(git, b, a) == 1) {
		*out = *b;
		return 1;
	}
	return unite_with(put, ours, theirs, out);
}

/* 1 moved, 0 nothing to do, DSV_ECONFLICT somebody was quicker. */
static int unite_once(const struct put *put, const struct dsv_oid *oid)
{
	git_commit *ours DSV_AUTO(git_commit) = NULL;
	git_commit *theirs DSV_AUTO(git_commit) = NULL;
	git_oid name;
	git_oid next;
	int rc = read_tip(put->repo, put->ref, &ours);

	if (rc < 0)
		return rc;
	dsv_oid_to_git(&name, oid);
	next = name;
	rc = git_commit_lookup(&theirs, put->repo->git, &name);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read a commit");
	rc = ours ? join(put, ours, theirs, &next) : 1;
	if (rc <= 0)
		return rc;
	rc = move(put, &next, ours, "dsv: statements united");
	return rc == 0 ? DSV_ECONFLICT : rc;
}

static int unite_tip(const struct put *put, const struct dsv_oid *oid)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		int rc = unite_once(put, oid);

		if (rc != DSV_ECONFLICT)
			return rc;
		pause_a_little(round);
	}
	return too_busy(put->ref);
}

int dsv_ledger_unite(struct dsv_repo *repo, const char *ref)
{
	struct dsv_ledger_tips tips DSV_AUTO(ledger_tips) =
		DSV_LEDGER_TIPS_INIT;
	struct put put __attribute__((cleanup(put_release))) = {0};
	int moved = 0;
	int rc = dsv_ledger_tips(repo, ref, &tips);

	if (rc < 0 || tips.n == 0)
		return rc;
	rc = refuse_checked_out(repo, ref);
	if (rc == 0)
		rc = put_init(&put, repo, ref);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < tips.n; i++) {
		rc = unite_tip(&put, &tips.items[i]);
		if (rc < 0)
			return rc;
		moved |= rc;
	}
	return moved;
}
