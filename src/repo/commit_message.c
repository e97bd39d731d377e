#include "repo/committing.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "repo/config.h"
#include "repo/operation.h"
#include "repo/private.h"

#define MESSAGE_LIMIT (64u * 1024u * 1024u) /* bytes */

static bool is_our_hook(const struct dsv_committing *commit, const char *name)
{
	size_t i;

	for (i = 0; i < DSV_N_HOOKS; i++) {
		if (!strcmp(commit->hooks[i].name, name))
			return commit->hooks[i].state == DSV_HOOK_OURS;
	}
	return false;
}

int dsv_committing_hook(struct dsv_committing *commit,
			struct dsv_hook_call *call)
{
	int rc;

	if (is_our_hook(commit, call->name))
		return 0;
	call->env = &commit->env;
	rc = dsv_hook_run(commit->repo, call);
	return rc < 0 ? rc : 0;
}

static int head_message(struct dsv_committing *commit)
{
	git_commit *old DSV_AUTO(git_commit) = NULL;
	struct dsv_version head;
	git_oid oid;
	int rc;

	rc = dsv_repo_head(commit->repo, &head);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&oid, &head.commit);
	rc = git_commit_lookup(&old, commit->repo->git, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the commit to amend");
	dsv_buf_addstr(&commit->message, git_commit_message(old));
	dsv_oid_hex(&head.commit, commit->source_hex);
	return 0;
}

static int first_message(struct dsv_committing *commit)
{
	bool squash;
	int rc;

	if (commit->opts->message) {
		commit->source = "message";
		dsv_buf_addstr(&commit->message, commit->opts->message);
		if (commit->message.len &&
		    commit->message.data[commit->message.len - 1] != '\n')
			dsv_buf_addch(&commit->message, '\n');
		return 0;
	}
	if (commit->opts->amend) {
		commit->source = "commit";
		return head_message(commit);
	}
	rc = dsv_operation_message(commit->repo, &commit->message, &squash);
	if (rc > 0)
		commit->source = squash ? "squash" : "merge";
	return rc < 0 ? rc : 0;
}

static int save_message(struct dsv_committing *commit)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	int rc;

	rc = dsv_atomic_open(&file, commit->file, NULL, 0666);
	if (rc == 0)
		rc = dsv_atomic_write(&file, dsv_buf_str(&commit->message),
				      commit->message.len);
	return rc < 0 ? rc : dsv_atomic_commit_fast(&file, NULL);
}

static int load_message(struct dsv_committing *commit)
{
	dsv_buf_reset(&commit->message);
	return dsv_fs_read(commit->file, MESSAGE_LIMIT, &commit->message);
}

static int write_trailers(struct dsv_committing *commit)
{
	struct dsv_buf lines DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!commit->opts->trailers)
		return 0;
	rc = commit->opts->trailers(commit->opts->ctx, commit->repo,
				    commit->parents, commit->n_parents, &lines);
	if (rc < 0)
		return rc;
	dsv_message_set_trailers(&commit->message, dsv_buf_str(&lines),
				 commit->comment);
	return 0;
}

static void add_advice(struct dsv_committing *commit)
{
	const char c = commit->comment;

	if (commit->message.len)
		dsv_buf_addch(&commit->message, '\n');
	else
		dsv_buf_addstr(&commit->message, "\n");
	dsv_buf_addf(&commit->message,
		     "%c Write the commit message. Lines that begin with '%c' "
		     "are left out,\n%c and an empty message stops the "
		     "commit.\n",
		     c, c, c);
}

static enum dsv_cleanup cleanup_mode(const struct dsv_committing *commit)
{
	char *value DSV_AUTO(str) =
		dsv_config_str(commit->repo, "commit.cleanup");

	if (commit->opts->cleanup >= 0)
		return (enum dsv_cleanup)commit->opts->cleanup;
	if (value && !strcmp(value, "strip"))
		return DSV_CLEANUP_STRIP;
	if (value && !strcmp(value, "whitespace"))
		return DSV_CLEANUP_WHITESPACE;
	if (value && !strcmp(value, "verbatim"))
		return DSV_CLEANUP_VERBATIM;
	return commit->opts->edit ? DSV_CLEANUP_STRIP : DSV_CLEANUP_WHITESPACE;
}

/* The message passes through a file, for the hooks and for the editor. */
static int edit_message(struct dsv_committing *commit)
{
	const struct dsv_commit_opts *opts = commit->opts;
	struct dsv_hook_call prepare = {
		.name = "prepare-commit-msg",
		.args = {commit->file, commit->source,
			 *commit->source_hex ? commit->source_hex : NULL},
	};
	struct dsv_hook_call check = {.name = "commit-msg",
				      .args = {commit->file}};
	int rc;

	if (opts->edit)
		add_advice(commit);
	rc = save_message(commit);
	if (rc == 0)
		rc = dsv_committing_hook(commit, &prepare);
	if (rc == 0 && opts->edit)
		rc = opts->edit(opts->ctx, commit->repo, commit->file);
	if (rc == 0)
		rc = load_message(commit);
	if (rc < 0)
		return rc;
	dsv_message_cleanup(&commit->message, cleanup_mode(commit),
			    commit->comment);
	rc = write_trailers(commit);
	if (rc == 0)
		rc = save_message(commit);
	if (rc == 0 && !opts->no_verify)
		rc = dsv_committing_hook(commit, &check);
	return rc < 0 ? rc : load_message(commit);
}

int dsv_committing_message(struct dsv_committing *commit)
{
	const enum dsv_cleanup how = cleanup_mode(commit);
	int rc;

	rc = first_message(commit);
	if (rc == 0)
		rc = edit_message(commit);
	if (rc < 0)
		return rc;
	dsv_message_cleanup(&commit->message, how, commit->comment);
	if (!commit->opts->allow_empty_message &&
	    dsv_message_is_empty(
		    dsv_buf_str(&commit->message), commit->message.len,
		    how == DSV_CLEANUP_STRIP ? commit->comment : '\0'))
		return dsv_fail(DSV_EREFUSED, "the commit message is empty");
	return 0;
}

char dsv_commit_comment(struct dsv_repo *repo)
{
	char *value DSV_AUTO(str) = dsv_config_str(repo, "core.commentChar");

	return value && value[0] && !value[1] ? value[0] : '#';
}

int dsv_commit_editor(void *ctx, struct dsv_repo *repo, const char *path)
{
	char *set DSV_AUTO(str) = dsv_config_str(repo, "core.editor");
	const char *editor = getenv("GIT_EDITOR");

	(void)ctx;
	if (!editor || !*editor)
		editor = set;
	if (!editor || !*editor)
		editor = getenv("VISUAL");
	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	if (!strcmp(editor, ":"))
		return 0;
	return dsv_shell_run(repo, editor, path);
}
