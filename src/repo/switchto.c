#include "repo/switchto.h"

#include <dsv/error.h>
#include <dsv/text.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/headref.h"
#include "repo/private.h"

#define HEADS "refs/heads/"

static int find_from(struct dsv_switch_to *out, struct dsv_repo *repo)
{
	char *branch DSV_AUTO(str) = dsv_headref_branch(repo);
	char hex[DSV_OID_HEX];
	int rc;

	rc = dsv_repo_head(repo, &out->from);
	if (rc < 0)
		return rc;
	if (branch)
		out->from_name =
			dsv_strdup(strncmp(branch, HEADS, strlen(HEADS))
					   ? branch
					   : branch + strlen(HEADS));
	else
		out->from_name =
			dsv_strdup(dsv_oid_hex(&out->from.commit, hex));
	return 0;
}

static bool has_branch(struct dsv_repo *repo, const char *name)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;

	return git_branch_lookup(&ref, repo->git, name, GIT_BRANCH_LOCAL) == 0;
}

static void take_branch(struct dsv_switch_to *out, const char *name)
{
	out->branch = dsv_strf(HEADS "%s", name);
	out->to_name = dsv_strdup(name);
}

/* "-" and "@{-1}": the branch that was left last. Of the caller's, or NULL. */
static char *previous_branch(struct dsv_repo *repo)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	git_object *object DSV_AUTO(git_object) = NULL;

	if (git_revparse_ext(&object, &ref, repo->git, "@{-1}") < 0 || !ref ||
	    !git_reference_is_branch(ref))
		return NULL;
	return dsv_strdup(git_reference_shorthand(ref));
}

/* True for "origin/<name>": what stands before has no '/' itself. */
static bool is_remote_of(const char *full, const char *name)
{
	const char *slash = strchr(full, '/');

	return slash && !strcmp(slash + 1, name);
}

/* The remote branch of this name, if exactly one remote has it. */
static char *only_remote(struct dsv_repo *repo, const char *name)
{
	git_branch_iterator *all = NULL;
	git_reference *ref;
	git_branch_t type;
	char *found = NULL;
	size_t hits = 0;

	if (git_branch_iterator_new(&all, repo->git, GIT_BRANCH_REMOTE) < 0)
		return NULL;
	while (git_branch_next(&ref, &type, all) == 0) {
		if (is_remote_of(git_reference_shorthand(ref), name) && !hits++)
			found = dsv_strdup(git_reference_shorthand(ref));
		git_reference_free(ref);
	}
	git_branch_iterator_free(all);
	if (hits == 1)
		return found;
	free(found);
	return NULL;
}

static int fail_no_branch(struct dsv_repo *repo, const char *name)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_version version;
	git_branch_iterator *all = NULL;
	git_reference *ref;
	git_branch_t type;
	const char *nearest;

	if (dsv_repo_resolve(repo, name, &version) == 0) {
		dsv_fail(DSV_ENOTFOUND, "'%s' is no branch", name);
		return dsv_hint(DSV_ENOTFOUND,
				"to look at a commit: dsv switch --detach %s",
				name);
	}
	if (git_branch_iterator_new(&all, repo->git, GIT_BRANCH_LOCAL) == 0) {
		while (git_branch_next(&ref, &type, all) == 0) {
			dsv_strlist_add(&names, git_reference_shorthand(ref));
			git_reference_free(ref);
		}
		git_branch_iterator_free(all);
	}
	dsv_fail(DSV_ENOTFOUND, "no branch '%s'", name);
	nearest = dsv_nearest(name, &names);
	if (nearest)
		return dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", nearest);
	return dsv_hint(DSV_ENOTFOUND, "to make it: dsv switch -c %s", name);
}

static int refuse_elsewhere(struct dsv_repo *repo, const char *name)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;

	if (git_branch_lookup(&ref, repo->git, name, GIT_BRANCH_LOCAL) < 0 ||
	    git_branch_is_head(ref) > 0 || git_branch_is_checked_out(ref) <= 0)
		return 0;
	return dsv_fail(DSV_EREFUSED,
			"branch '%s' is checked out in another work tree",
			name);
}

static int find_branch(struct dsv_switch_to *out, struct dsv_repo *repo,
		       const char *name)
{
	char *full DSV_AUTO(str) = dsv_strf(HEADS "%s", name);
	int rc;

	if (has_branch(repo, name)) {
		rc = refuse_elsewhere(repo, name);
		if (rc < 0)
			return rc;
		take_branch(out, name);
		return dsv_repo_resolve(repo, full, &out->to);
	}
	out->upstream = only_remote(repo, name);
	if (!out->upstream)
		return fail_no_branch(repo, name);
	take_branch(out, name);
	out->creates = true;
	return dsv_repo_resolve(repo, out->upstream, &out->to);
}

static int find_new(struct dsv_switch_to *out, struct dsv_repo *repo,
		    const struct dsv_switch_opts *opts)
{
	git_reference *remote DSV_AUTO(git_reference) = NULL;
	int valid = 0;

	if (git_branch_name_is_valid(&valid, opts->create) < 0 || !valid)
		return dsv_fail(DSV_EUSAGE, "'%s' is no name for a branch",
				opts->create);
	if (has_branch(repo, opts->create))
		return dsv_fail(DSV_EEXISTS, "branch '%s' exists",
				opts->create);
	take_branch(out, opts->create);
	out->creates = true;
	if (!opts->branch) {
		out->to = out->from;
		return 0;
	}
	if (git_branch_lookup(&remote, repo->git, opts->branch,
			      GIT_BRANCH_REMOTE) == 0)
		out->upstream = dsv_strdup(opts->branch);
	return dsv_repo_resolve(repo, opts->branch, &out->to);
}

static int find_detached(struct dsv_switch_to *out, struct dsv_repo *repo,
			 const char *rev)
{
	char hex[DSV_OID_HEX];
	int rc;

	rc = dsv_repo_resolve(repo, rev ? rev : "HEAD", &out->to);
	if (rc < 0)
		return rc;
	out->to_name =
		dsv_strdup(rev ? rev : dsv_oid_hex(&out->to.commit, hex));
	return 0;
}

int dsv_switch_to_find(struct dsv_switch_to *out, struct dsv_repo *repo,
		       const struct dsv_switch_opts *opts)
{
	char *previous DSV_AUTO(str) = NULL;
	const char *name = opts->branch;
	int rc;

	rc = find_from(out, repo);
	if (rc < 0)
		return rc;
	if (opts->create)
		return find_new(out, repo, opts);
	if (name && (!strcmp(name, "-") || !strcmp(name, "@{-1}"))) {
		previous = previous_branch(repo);
		name = previous ? previous : "@{-1}";
	}
	if (opts->detach)
		return find_detached(out, repo, name);
	if (!name)
		return dsv_fail(DSV_EUSAGE, "no branch named");
	return find_branch(out, repo, name);
}

static int create_branch(const struct dsv_switch_to *to, struct dsv_repo *repo)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	git_commit *commit DSV_AUTO(git_commit) = NULL;
	git_oid oid;
	int rc;

	/* a branch without a commit is HEAD's word alone */
	if (to->to.at == DSV_AT_NOTHING)
		return 0;
	dsv_oid_to_git(&oid, &to->to.commit);
	rc = git_commit_lookup(&commit, repo->git, &oid);
	if (rc == 0)
		rc = git_branch_create(&ref, repo->git, to->to_name, commit, 0);
	if (rc == 0 && to->upstream)
		rc = git_branch_set_upstream(ref, to->upstream);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot make branch '%s'", to->to_name);
	return 0;
}

int dsv_switch_to_apply(const struct dsv_switch_to *to, struct dsv_repo *repo)
{
	char *log DSV_AUTO(str) = dsv_strf("checkout: moving from %s to %s",
					   to->from_name, to->to_name);
	git_oid oid;
	int rc = 0;

	if (to->creates)
		rc = create_branch(to, repo);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&oid, &to->to.commit);
	return dsv_headref_switch(repo, to->branch, &oid, log);
}

void dsv_switch_to_release(struct dsv_switch_to *to)
{
	free(to->branch);
	free(to->upstream);
	free(to->from_name);
	free(to->to_name);
	*to = (struct dsv_switch_to)DSV_SWITCH_TO_INIT;
}
