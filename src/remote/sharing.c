#include "remote/sharing.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/setup.h>

#include "base/alloc.h"
#include "remote/remote.h"
#include "repo/config.h"
#include "repo/gitrun.h"
#include "repo/ledger.h"
#include "repo/refs.h"

int dsv_sharing_tracked(struct dsv_repo *repo, const char *remote,
			struct dsv_ref_updates *out)
{
	char *head DSV_AUTO(str) = dsv_strf("refs/remotes/%s/", remote);
	struct dsv_ref_list refs DSV_AUTO(ref_list) = DSV_REF_LIST_INIT;
	int rc = dsv_refs_branches(repo, &refs);

	for (size_t i = 0; rc == 0 && i < refs.n; i++) {
		const struct dsv_ref *ref = &refs.items[i];

		if (strncmp(ref->name, head, strlen(head)) != 0)
			continue;
		DSV_GROW(out->items, out->cap, out->n + 1);
		out->items[out->n++] = (struct dsv_ref_update){
			.tip = ref->commit, .ref = dsv_strdup(ref->name)};
	}
	return rc;
}

int dsv_sharing_fail_content(int rc, const struct dsv_wanted *wanted, size_t i)
{
	char hex[DSV_OID_HEX];

	if (i >= wanted->n)
		return rc;
	return dsv_fail_prefix(rc, "%s at %.7s", wanted->at[i].path,
			       dsv_oid_hex(&wanted->at[i].commit, hex));
}

static int run(struct dsv_repo *repo, const char *const *words)
{
	struct dsv_strlist args DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	for (; *words; words++)
		dsv_strlist_add(&args, *words);
	rc = dsv_git_run(repo, &args, NULL);
	if (rc > 0)
		return dsv_fail(DSV_EGIT, "git has refused (exit %d)", rc);
	return rc;
}

int dsv_sharing_add(struct dsv_repo *repo, const char *name, const char *url,
		    const char *data)
{
	const char *const words[] = {"remote", "add", "--", name, url, NULL};
	char *key DSV_AUTO(str) = dsv_strf("remote.%s.dsvData", name);
	struct dsv_remote *remote DSV_AUTO(remote) = NULL;
	int rc = data ? dsv_remote_open(&remote, repo, data) : 0;

	if (rc == 0)
		rc = run(repo, words);
	if (rc == 0 && data)
		rc = dsv_config_set(repo, key, data);
	return rc;
}

int dsv_sharing_remove(struct dsv_repo *repo, const char *name)
{
	const char *const words[] = {"remote", "remove", "--", name, NULL};

	return run(repo, words);
}

bool dsv_sharing_is_partial(struct dsv_repo *repo)
{
	return !dsv_config_bool(repo, "dsv.fetchData", true);
}

int dsv_sharing_set_partial(struct dsv_repo *repo, bool partial)
{
	return partial ? dsv_config_set(repo, "dsv.fetchData", "false")
		       : dsv_config_unset(repo, "dsv.fetchData");
}

int dsv_sharing_push_ledger(struct dsv_repo *repo, const char *remote,
			    const char *ref)
{
	return dsv_ledger_push(repo, ref, remote);
}

/* What git cloned into a folder without being told of one. */
static int clone_args(const struct dsv_clone_opts *opts,
		      struct dsv_strlist *args)
{
	dsv_strlist_add(args, "clone");
	dsv_strlist_add(args, "--config");
	dsv_strlist_take(args, dsv_strf("dsv.cloning=%s", opts->url));
	if (opts->branch) {
		dsv_strlist_add(args, "--branch");
		dsv_strlist_add(args, opts->branch);
	}
	dsv_strlist_add(args, "--");
	dsv_strlist_add(args, opts->url);
	dsv_strlist_add(args, opts->dir);
	return 0;
}

/* 1: a clone of this address stands there and was cut off. */
static int is_begun(const struct dsv_clone_opts *opts)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *url DSV_AUTO(str) = NULL;

	if (!dsv_repo_exists(opts->dir) ||
	    dsv_repo_open(&repo, opts->dir) < 0) {
		dsv_error_clear();
		return 0;
	}
	url = dsv_config_str(repo, "dsv.cloning");
	return url && strcmp(url, opts->url) == 0;
}

int dsv_sharing_clone(const struct dsv_clone_opts *opts)
{
	struct dsv_strlist args DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	if (is_begun(opts))
		return 0;
	clone_args(opts, &args);
	rc = dsv_git_run(NULL, &args, NULL);
	if (rc > 0)
		return dsv_fail(DSV_EGIT, "'%s' was not cloned", opts->url);
	return rc;
}

int dsv_sharing_cloned(struct dsv_repo *repo)
{
	return dsv_config_unset(repo, "dsv.cloning");
}
