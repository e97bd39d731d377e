#include <dsv/commit.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "repo/committing.h"
#include "repo/config.h"
#include "repo/headref.h"
#include "repo/hookrun.h"
#include "repo/ident.h"
#include "repo/index.h"
#include "repo/objects.h"
#include "repo/operation.h"
#include "repo/private.h"

static int parents_of_head(struct dsv_repo *repo, const git_oid *head,
			   struct dsv_version *out)
{
	git_commit *commit DSV_AUTO(git_commit) = NULL;
	unsigned n;
	unsigned i;
	int rc;

	rc = git_commit_lookup(&commit, repo->git, head);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the commit to amend");
	n = git_commit_parentcount(commit);
	if (n > DSV_PARENTS_MAX)
		return dsv_fail(DSV_ERANGE, "a commit of %u parents", n);
	for (i = 0; i < n; i++) {
		out[i].at = DSV_AT_COMMIT;
		dsv_oid_of_git(&out[i].commit, git_commit_parent_id(commit, i));
	}
	return (int)n;
}

int dsv_commit_parents(struct dsv_repo *repo, bool amend,
		       struct dsv_version out[DSV_PARENTS_MAX])
{
	struct dsv_oid heads[DSV_PARENTS_MAX - 1];
	git_oid head;
	int n;
	int i;

	n = dsv_repo_head(repo, &out[0]);
	if (n < 0)
		return n;
	if (out[0].at == DSV_AT_NOTHING)
		return amend ? dsv_fail(DSV_EREFUSED, "nothing to amend") : 0;
	if (amend) {
		dsv_oid_to_git(&head, &out[0].commit);
		return parents_of_head(repo, &head, out);
	}
	n = dsv_operation_heads(repo, heads, DSV_PARENTS_MAX - 1);
	for (i = 0; i < n; i++) {
		out[i + 1].at = DSV_AT_COMMIT;
		out[i + 1].commit = heads[i];
	}
	return n < 0 ? n : n + 1;
}

static int refuse_signing(struct dsv_committing *commit)
{
	char *format DSV_AUTO(str) = NULL;

	if (!dsv_committing_is_signed(commit))
		return 0;
	format = dsv_config_str(commit->repo, "gpg.format");
	if (commit->opts->sign && format && !strcasecmp(format, "ssh"))
		return 0;
	dsv_fail(DSV_EUNSUPPORTED,
		 "commit.gpgSign asks for a signature by %s, dsv signs by ssh",
		 format ? format : "openpgp");
	return dsv_hint(DSV_EUNSUPPORTED,
			"use 'git commit': the hooks write the trailers");
}

static int refuse_amend(struct dsv_committing *commit)
{
	const enum dsv_operation operation = dsv_operation_of(commit->repo);

	if (!commit->opts->amend || (operation != DSV_OPERATION_MERGE &&
				     operation != DSV_OPERATION_CHERRY_PICK))
		return 0;
	return dsv_fail(DSV_EREFUSED, "cannot amend in the middle of a %s",
			dsv_operation_word(operation));
}

static int refuse_unmerged(struct dsv_repo *repo)
{
	struct dsv_buf paths DSV_AUTO(buf) = DSV_BUF_INIT;
	const git_index_entry *last = NULL;
	git_index *index;
	size_t i;
	int rc;

	rc = dsv_repo_index(repo, &index);
	if (rc < 0)
		return rc;
	for (i = 0; i < git_index_entrycount(index); i++) {
		const git_index_entry *at = git_index_get_byindex(index, i);

		if (!GIT_INDEX_ENTRY_STAGE(at) ||
		    (last && !strcmp(last->path, at->path)))
			continue;
		dsv_buf_addf(&paths, "%s'%s'", paths.len ? ", " : "", at->path);
		last = at;
	}
	if (!paths.len)
		return 0;
	dsv_fail(DSV_EREFUSED, "unmerged: %s", dsv_buf_str(&paths));
	return dsv_hint(DSV_EREFUSED, "settle them, then 'dsv add' them");
}

/* Without an author of its own, a commit that is amended or picked keeps the
 * one it has. */
static int author_of(struct dsv_committing *commit, const git_oid *oid)
{
	git_commit *old DSV_AUTO(git_commit) = NULL;
	int rc;

	rc = git_commit_lookup(&old, commit->repo->git, oid);
	if (rc == 0)
		rc = git_signature_dup(&commit->author, git_commit_author(old));
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the author");
	return 0;
}

static int find_author(struct dsv_committing *commit)
{
	const struct dsv_commit_opts *opts = commit->opts;
	struct dsv_version head;
	struct dsv_oid picked;
	git_oid oid;
	int rc;

	if (opts->author)
		return dsv_ident_parse(opts->author, &commit->author);
	if (opts->reset_author)
		return dsv_ident_signature(commit->repo, DSV_IDENT_AUTHOR,
					   &commit->author);
	if (opts->amend) {
		rc = dsv_repo_head(commit->repo, &head);
		if (rc < 0)
			return rc;
		dsv_oid_to_git(&oid, &head.commit);
		return author_of(commit, &oid);
	}
	rc = dsv_operation_picked(commit->repo, &picked);
	if (rc > 0) {
		dsv_oid_to_git(&oid, &picked);
		return author_of(commit, &oid);
	}
	return rc < 0 ? rc
		      : dsv_ident_signature(commit->repo, DSV_IDENT_AUTHOR,
					    &commit->author);
}

static int find_people(struct dsv_committing *commit)
{
	int rc;

	rc = dsv_ident_signature(commit->repo, DSV_IDENT_COMMITTER,
				 &commit->committer);
	if (rc == 0)
		rc = find_author(commit);
	if (rc == 0 && commit->opts->date)
		rc = dsv_date_parse(commit->opts->date, &commit->author->when);
	return rc;
}

static void add_env(struct dsv_committing *commit, const char *name,
		    const char *value)
{
	dsv_strlist_take(&commit->env, dsv_strf("%s=%s", name, value));
}

/* What git tells its hooks. */
static void make_env(struct dsv_committing *commit)
{
	const git_signature *author = commit->author;
	char *date DSV_AUTO(str) = dsv_strf(
		"@%lld %c%02d%02d", (long long)author->when.time,
		author->when.offset < 0 ? '-' : '+',
		abs(author->when.offset) / 60, abs(author->when.offset) % 60);

	add_env(commit, "GIT_INDEX_FILE", commit->repo->index_path);
	add_env(commit, "GIT_AUTHOR_NAME", author->name);
	add_env(commit, "GIT_AUTHOR_EMAIL", author->email);
	add_env(commit, "GIT_AUTHOR_DATE", date);
	add_env(commit, "GIT_PREFIX", "");
	if (!commit->opts->edit)
		add_env(commit, "GIT_EDITOR", ":");
}

static int fail_problem(const struct dsv_problem *problem)
{
	switch (problem->kind) {
	case DSV_PROBLEM_RAW:
		dsv_fail(DSV_EREFUSED, "'%s' is raw data in git",
			 problem->path);
		return dsv_hint(DSV_EREFUSED, "dsv add --renormalize");
	case DSV_PROBLEM_DAMAGED:
		return dsv_fail(DSV_EREFUSED, "'%s' is a damaged pointer",
				problem->path);
	default:
		dsv_fail(DSV_EREFUSED, "'%s' is unmerged", problem->path);
		return dsv_hint(DSV_EREFUSED, "settle it, then 'dsv add' it");
	}
}

static int check_index(struct dsv_repo *repo)
{
	struct dsv_problems problems DSV_AUTO(problems) = DSV_PROBLEMS_INIT;
	int rc;

	rc = dsv_check_index(repo, &problems);
	if (rc < 0 || !problems.n)
		return rc;
	return fail_problem(&problems.items[0]);
}

/* Both walls before a commit: another's hook, and what dsv refuses. */
static int pre_commit(struct dsv_committing *commit)
{
	struct dsv_hook_call call = {.name = "pre-commit"};
	int rc;

	if (commit->opts->no_verify)
		return 0;
	rc = dsv_committing_hook(commit, &call);
	if (rc == 0)
		rc = check_index(commit->repo);
	if (rc == 0 && commit->opts->pre_commit)
		rc = commit->opts->pre_commit(commit->opts->ctx, commit->repo);
	return rc;
}

/* The tree of the index; the index keeps it, so that the next status and
 * commit need not compute it again. */
static int write_tree(struct dsv_committing *commit, git_oid *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	int rc;

	rc = dsv_index_edit_open(&edit, commit->repo);
	if (rc < 0)
		return rc;
	rc = dsv_objects_write_tree(commit->repo, edit.index, out);
	if (rc < 0)
		return rc;
	return dsv_index_edit_commit(&edit);
}

/* 1 where the tree is that of the first parent, or empty without one. */
static int is_unchanged(struct dsv_committing *commit, const git_oid *tree)
{
	git_commit *parent DSV_AUTO(git_commit) = NULL;
	git_tree *own DSV_AUTO(git_tree) = NULL;
	git_oid oid;
	int rc;

	if (!commit->n_parents) {
		rc = git_tree_lookup(&own, commit->repo->git, tree);
		if (rc < 0)
			return dsv_git_fail(rc, "cannot read the tree");
		return git_tree_entrycount(own) == 0;
	}
	dsv_oid_to_git(&oid, &commit->parents[0].commit);
	rc = git_commit_lookup(&parent, commit->repo->git, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the parent");
	return git_oid_equal(git_commit_tree_id(parent), tree);
}

static int find_tree(struct dsv_committing *commit)
{
	const struct dsv_commit_opts *opts = commit->opts;
	int rc;

	rc = write_tree(commit, &commit->tree);
	if (rc < 0 || opts->allow_empty || opts->amend || commit->n_parents > 1)
		return rc;
	rc = is_unchanged(commit, &commit->tree);
	if (rc <= 0)
		return rc;
	dsv_fail(DSV_EREFUSED, "nothing to commit");
	return dsv_hint(DSV_EREFUSED, "stage changes with 'dsv add', or all of "
				      "them with 'dsv commit -a'");
}

/* "commit (amend): The title" */
static char *reflog_line(const struct dsv_committing *commit)
{
	const char *text = dsv_buf_str(&commit->message);
	const int title = (int)strcspn(text, "\n");
	const char *kind = "";

	if (commit->opts->amend)
		kind = " (amend)";
	else if (!commit->n_parents)
		kind = " (initial)";
	else if (commit->n_parents > 1)
		kind = " (merge)";
	else if (dsv_operation_of(commit->repo) == DSV_OPERATION_CHERRY_PICK)
		kind = " (cherry-pick)";
	return dsv_strf("commit%s: %.*s", kind, title, text);
}

static int record(struct dsv_committing *commit, git_oid *out)
{
	char *log DSV_AUTO(str) = reflog_line(commit);
	int rc;

	rc = dsv_committing_write(commit, out);
	if (rc == 0)
		rc = dsv_headref_advance(commit->repo, &commit->head, out, log,
					 commit->committer);
	if (rc < 0)
		return rc;
	dsv_operation_end(commit->repo);
	return 0;
}

static int prepare(struct dsv_committing *commit)
{
	int rc;

	rc = refuse_signing(commit);
	if (rc == 0)
		rc = refuse_amend(commit);
	if (rc == 0)
		rc = refuse_unmerged(commit->repo);
	if (rc == 0)
		rc = dsv_repo_head(commit->repo, &commit->head);
	if (rc == 0)
		rc = dsv_commit_parents(commit->repo, commit->opts->amend,
					commit->parents);
	if (rc < 0)
		return rc;
	commit->n_parents = (size_t)rc;
	rc = find_people(commit);
	if (rc == 0)
		rc = dsv_hooks_check(commit->repo, commit->hooks);
	if (rc == 0)
		make_env(commit);
	return rc;
}

static int run(struct dsv_committing *commit, git_oid *out)
{
	struct dsv_hook_call post = {.name = "post-commit"};
	int rc;

	rc = prepare(commit);
	if (rc == 0)
		rc = pre_commit(commit);
	/* a hook may have staged more */
	if (rc == 0)
		rc = find_tree(commit);
	if (rc == 0)
		rc = dsv_committing_message(commit);
	if (rc == 0)
		rc = record(commit, out);
	if (rc == 0)
		dsv_committing_hook(commit, &post); /* too late to say no */
	return rc;
}

static void release(struct dsv_committing *commit)
{
	size_t i;

	git_signature_free(commit->author);
	git_signature_free(commit->committer);
	for (i = 0; i < DSV_N_HOOKS; i++)
		dsv_hook_result_release(&commit->hooks[i]);
	dsv_strlist_release(&commit->env);
	dsv_buf_release(&commit->message);
	free(commit->file);
}

int dsv_commit(struct dsv_repo *repo, const struct dsv_commit_opts *opts,
	       struct dsv_oid *out)
{
	struct dsv_committing commit = {.repo = repo, .opts = opts};
	git_oid oid;
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no index");
	commit.file = dsv_strf("%s/COMMIT_EDITMSG", repo->git_dir);
	commit.comment = dsv_commit_comment(repo);
	rc = run(&commit, &oid);
	release(&commit);
	if (rc < 0)
		return rc;
	dsv_oid_of_git(out, &oid);
	return 0;
}
