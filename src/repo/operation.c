#include "repo/operation.h"

#include <dsv/error.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/private.h"

#define STATE_LIMIT (16u * 1024u * 1024u) /* bytes of a file of git's */

static bool has(struct dsv_repo *repo, const char *name)
{
	char *path DSV_AUTO(str) = dsv_fs_join(repo->git_dir, name);

	return dsv_fs_exists(path);
}

/* 1 read, 0 not there. */
static int read_state(struct dsv_repo *repo, const char *name,
		      struct dsv_buf *out)
{
	char *path DSV_AUTO(str) = dsv_fs_join(repo->git_dir, name);
	int rc;

	if (!dsv_fs_exists(path))
		return 0;
	rc = dsv_fs_read(path, STATE_LIMIT, out);
	return rc < 0 ? rc : 1;
}

enum dsv_operation dsv_operation_of(struct dsv_repo *repo)
{
	if (has(repo, "rebase-apply/applying"))
		return DSV_OPERATION_AM;
	if (has(repo, "rebase-merge") || has(repo, "rebase-apply"))
		return DSV_OPERATION_REBASE;
	if (has(repo, "MERGE_HEAD"))
		return DSV_OPERATION_MERGE;
	if (has(repo, "CHERRY_PICK_HEAD"))
		return DSV_OPERATION_CHERRY_PICK;
	if (has(repo, "REVERT_HEAD"))
		return DSV_OPERATION_REVERT;
	if (has(repo, "BISECT_LOG"))
		return DSV_OPERATION_BISECT;
	return DSV_OPERATION_NONE;
}

static int parse_oid(const char *text, const char *file, struct dsv_oid *out)
{
	git_oid oid;

	if (strspn(text, "0123456789abcdef") < GIT_OID_HEXSZ ||
	    git_oid_fromstrn(&oid, text, GIT_OID_HEXSZ) < 0)
		return dsv_fail(DSV_EGIT, "'%s' of git is damaged", file);
	dsv_oid_of_git(out, &oid);
	return 0;
}

/* A merge of an annotated tag names the tag. */
static int peel(struct dsv_repo *repo, struct dsv_oid *oid)
{
	git_object *object DSV_AUTO(git_object) = NULL;
	git_object *commit DSV_AUTO(git_object) = NULL;
	git_oid git;
	int rc;

	dsv_oid_to_git(&git, oid);
	rc = git_object_lookup(&object, repo->git, &git, GIT_OBJECT_ANY);
	if (rc == 0)
		rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read what is merged");
	dsv_oid_of_git(oid, git_object_id(commit));
	return 0;
}

int dsv_operation_heads(struct dsv_repo *repo, struct dsv_oid *out, size_t cap)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *at;
	size_t n = 0;
	int rc;

	rc = read_state(repo, "MERGE_HEAD", &text);
	if (rc <= 0)
		return rc;
	for (at = dsv_buf_str(&text); *at; at += strcspn(at, "\n")) {
		if (*at == '\n') {
			at++;
			continue;
		}
		if (n == cap)
			return dsv_fail(DSV_ERANGE,
					"a merge of more than %zu commits",
					cap);
		rc = parse_oid(at, "MERGE_HEAD", &out[n]);
		if (rc == 0)
			rc = peel(repo, &out[n++]);
		if (rc < 0)
			return rc;
	}
	return (int)n;
}

int dsv_operation_picked(struct dsv_repo *repo, struct dsv_oid *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = read_state(repo, "CHERRY_PICK_HEAD", &text);
	if (rc <= 0)
		return rc;
	rc = parse_oid(dsv_buf_str(&text), "CHERRY_PICK_HEAD", out);
	return rc < 0 ? rc : 1;
}

int dsv_operation_message(struct dsv_repo *repo, struct dsv_buf *out,
			  bool *squash)
{
	int rc;

	*squash = false;
	rc = read_state(repo, "MERGE_MSG", out);
	if (rc != 0)
		return rc;
	*squash = true;
	return read_state(repo, "SQUASH_MSG", out);
}

void dsv_operation_end(struct dsv_repo *repo)
{
	/* the one that dsv_merge_abort() knows a merge by goes last */
	static const char *const names[] = {
		"MERGE_MSG",   "SQUASH_MSG", "AUTO_MERGE", "CHERRY_PICK_HEAD",
		"REVERT_HEAD", "MERGE_HEAD", "MERGE_MODE",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path DSV_AUTO(str) = dsv_fs_join(repo->git_dir, names[i]);

		unlink(path);
	}
}
