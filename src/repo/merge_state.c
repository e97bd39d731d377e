#include "repo/merging.h"

#include <dsv/commit.h>
#include <dsv/error.h>
#include <dsv/status.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/headref.h"
#include "repo/operation.h"
#include "repo/private.h"

#define HEADS	"refs/heads/"
#define REMOTES "refs/remotes/"
#define TAGS	"refs/tags/"

static int put_state(struct dsv_repo *repo, const char *name, const char *text)
{
	char *path DSV_AUTO(str) = dsv_fs_join(repo->git_dir, name);

	return dsv_atomic_put(path, text, strlen(text), 0666);
}

static int put_commit(struct dsv_repo *repo, const char *name,
		      const struct dsv_oid *commit)
{
	char line[DSV_OID_HEX + 1];
	char hex[DSV_OID_HEX];

	snprintf(line, sizeof(line), "%s\n", dsv_oid_hex(commit, hex));
	return put_state(repo, name, line);
}

/* Bytes of the branch in "branch^^" or "branch~3"; 0 for anything else. */
static size_t early_part(const char *rev)
{
	const char *tilde = strrchr(rev, '~');
	size_t len = strlen(rev);

	if (tilde && strspn(tilde + 1, "0123456789") == strlen(tilde + 1))
		return (size_t)(tilde - rev);
	while (len && rev[len - 1] == '^')
		len--;
	return len < strlen(rev) ? len : 0;
}

static bool is_branch(struct dsv_repo *repo, const char *name)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;

	return git_branch_lookup(&ref, repo->git, name, GIT_BRANCH_LOCAL) == 0;
}

/* What a tag says of itself, without its signature. */
static void add_tag(struct dsv_buf *out, struct dsv_repo *repo,
		    const git_reference *ref)
{
	const git_oid *oid = git_reference_target(ref);
	git_tag *tag = NULL;
	const char *text;
	const char *end;

	if (!oid || git_tag_lookup(&tag, repo->git, oid) < 0)
		return;
	text = git_tag_message(tag);
	end = text ? strstr(text, "-----BEGIN ") : NULL;
	if (text)
		dsv_buf_addf(out, "\n%.*s",
			     (int)(end ? (size_t)(end - text) : strlen(text)),
			     text);
	git_tag_free(tag);
}

static const char *kind_of(const char *ref)
{
	if (!strncmp(ref, HEADS, strlen(HEADS)))
		return "branch";
	if (!strncmp(ref, TAGS, strlen(TAGS)))
		return "tag";
	if (!strncmp(ref, REMOTES, strlen(REMOTES)))
		return "remote-tracking branch";
	return "commit";
}

/* "Merge branch 'x' into y", as git words it. */
static void propose_message(struct dsv_merging *it, struct dsv_buf *out)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	char *branch DSV_AUTO(str) = dsv_headref_branch(it->repo);
	const char *rev = it->opts->rev;
	char *early DSV_AUTO(str) = dsv_strndup(rev, early_part(rev));
	const char *into = branch ? branch : "HEAD";

	if (git_reference_dwim(&ref, it->repo->git, rev) == 0)
		dsv_buf_addf(out, "Merge %s '%s'",
			     kind_of(git_reference_name(ref)), rev);
	else if (*early && is_branch(it->repo, early))
		dsv_buf_addf(out, "Merge branch '%s' (early part)", early);
	else
		dsv_buf_addf(out, "Merge commit '%s'", rev);
	if (!strncmp(into, HEADS, strlen(HEADS)))
		into += strlen(HEADS);
	if (strcmp(into, "main") != 0 && strcmp(into, "master") != 0)
		dsv_buf_addf(out, " into %s", into);
	dsv_buf_addch(out, '\n');
	if (ref)
		add_tag(out, it->repo, ref);
}

static int put_message(struct dsv_merging *it)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_strlist *open = &it->out->conflicts;
	const char comment = dsv_commit_comment(it->repo);
	size_t i;

	if (!it->opts->message)
		propose_message(it, &text);
	else
		dsv_buf_addstr(&text, it->opts->message);
	if (text.len && text.data[text.len - 1] != '\n')
		dsv_buf_addch(&text, '\n');
	if (open->n)
		dsv_buf_addf(&text, "\n%c Conflicts:\n", comment);
	for (i = 0; i < open->n; i++)
		dsv_buf_addf(&text, "%c\t%s\n", comment, open->items[i]);
	return put_state(it->repo, "MERGE_MSG", dsv_buf_str(&text));
}

int dsv_merging_begin(struct dsv_merging *it, bool forward)
{
	int rc;

	rc = put_commit(it->repo, "ORIG_HEAD", &it->out->head);
	if (rc < 0 || forward)
		return rc;
	rc = put_state(it->repo, "MERGE_MODE", it->opts->no_ff ? "no-ff" : "");
	return rc < 0 ? rc : put_message(it);
}

int dsv_merging_head(struct dsv_merging *it)
{
	return put_commit(it->repo, "MERGE_HEAD", &it->out->theirs);
}

bool dsv_merging_is_cut_off(struct dsv_repo *repo)
{
	char *mode DSV_AUTO(str) = dsv_fs_join(repo->git_dir, "MERGE_MODE");
	struct dsv_version orig;
	struct dsv_version head;

	if (dsv_operation_of(repo) != DSV_OPERATION_NONE ||
	    !dsv_fs_exists(mode))
		return false;
	if (dsv_repo_head(repo, &head) < 0 ||
	    dsv_repo_resolve(repo, "ORIG_HEAD", &orig) < 0) {
		dsv_error_clear();
		return false;
	}
	return dsv_oid_equal(&head.commit, &orig.commit);
}
