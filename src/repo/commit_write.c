#include "repo/committing.h"

#include <dsv/error.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "repo/config.h"
#include "repo/private.h"

bool dsv_committing_is_signed(const struct dsv_committing *commit)
{
	return dsv_config_bool(commit->repo, "commit.gpgSign", false);
}

static git_commit **lookup_parents(struct dsv_committing *commit, int *out_rc)
{
	git_commit **parents =
		dsv_alloc_zero(commit->n_parents + 1, sizeof(*parents));
	git_oid oid;
	size_t i;

	*out_rc = 0;
	for (i = 0; i < commit->n_parents && *out_rc == 0; i++) {
		dsv_oid_to_git(&oid, &commit->parents[i].commit);
		*out_rc =
			git_commit_lookup(&parents[i], commit->repo->git, &oid);
		if (*out_rc < 0)
			*out_rc = dsv_git_fail(*out_rc, "cannot read a parent");
	}
	return parents;
}

static int create_signed(struct dsv_committing *commit, const char *content,
			 git_oid *out)
{
	struct dsv_buf payload DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_buf_addstr(&payload, content);
	rc = commit->opts->sign(commit->opts->ctx, commit->repo, &payload,
				&armour);
	if (rc < 0)
		return rc;
	/* libgit2 ends the header's last line itself */
	if (armour.len && armour.data[armour.len - 1] == '\n')
		dsv_buf_truncate(&armour, armour.len - 1);
	rc = git_commit_create_with_signature(out, commit->repo->git, content,
					      dsv_buf_str(&armour), "gpgsig");
	return rc < 0 ? dsv_git_fail(rc, "cannot write the commit") : 0;
}

static int write_signed(struct dsv_committing *commit, git_tree *tree,
			git_commit **parents, git_oid *out)
{
	git_buf content = GIT_BUF_INIT;
	int rc;

	rc = git_commit_create_buffer(
		&content, commit->repo->git, commit->author, commit->committer,
		NULL, dsv_buf_str(&commit->message), tree, commit->n_parents,
		(const git_commit **)parents);
	if (rc < 0)
		rc = dsv_git_fail(rc, "cannot make the commit");
	else
		rc = create_signed(commit, content.ptr, out);
	git_buf_dispose(&content);
	return rc;
}

int dsv_committing_write(struct dsv_committing *commit, git_oid *out)
{
	git_tree *tree DSV_AUTO(git_tree) = NULL;
	git_commit **parents;
	size_t i;
	int rc;

	rc = git_tree_lookup(&tree, commit->repo->git, &commit->tree);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the tree");
	parents = lookup_parents(commit, &rc);
	if (rc == 0 && dsv_committing_is_signed(commit)) {
		rc = write_signed(commit, tree, parents, out);
	} else if (rc == 0) {
		rc = git_commit_create(
			out, commit->repo->git, NULL, commit->author,
			commit->committer, NULL, dsv_buf_str(&commit->message),
			tree, commit->n_parents, (const git_commit **)parents);
		if (rc < 0)
			rc = dsv_git_fail(rc, "cannot write the commit");
	}
	for (i = 0; i < commit->n_parents; i++)
		git_commit_free(parents[i]);
	free(parents);
	return rc;
}
