#include "remote/sharing.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/pool.h"
#include "remote/transfer.h"
#include "repo/gitrun.h"
#include "repo/refs.h"
#include "repo/repo.h"

/* What stands at other commits than before. */
static void keep_new(struct dsv_ref_updates *out,
		     const struct dsv_ref_updates *before,
		     struct dsv_ref_updates *after)
{
	for (size_t i = 0; i < after->n; i++) {
		struct dsv_ref_update *update = &after->items[i];

		for (size_t j = 0; j < before->n; j++)
			if (strcmp(before->items[j].ref, update->ref) == 0)
				update->old = before->items[j].tip;
		if (dsv_oid_equal(&update->old, &update->tip))
			continue;
		DSV_GROW(out->items, out->cap, out->n + 1);
		out->items[out->n++] = *update;
		update->ref = NULL;
	}
}

/* The branches as they were before a fetch that has not ended yet. */
static char *before_path(struct dsv_repo *repo, const char *remote)
{
	char hex[DSV_ID_HEX];
	struct dsv_id id;
	char *name DSV_AUTO(str) = NULL;

	dsv_id_of(remote, strlen(remote), &id);
	name = dsv_strf("cache/remote/%s.before", dsv_id_hex(&id, hex));
	return dsv_repo_own(repo, name);
}

/* Lines as git tells them its hooks: "<old> <tip> <ref>". */
static int write_before(const char *path, const struct dsv_ref_updates *before)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char old[DSV_OID_HEX];
	char tip[DSV_OID_HEX];

	for (size_t i = 0; i < before->n; i++) {
		const struct dsv_ref_update *at = &before->items[i];

		dsv_buf_addf(&text, "%s %s %s\n", dsv_oid_hex(&at->old, old),
			     dsv_oid_hex(&at->tip, tip), at->ref);
	}
	return dsv_atomic_put(path, dsv_buf_str(&text), text.len, 0666);
}

static int read_before(struct dsv_repo *repo, const char *remote,
		       struct dsv_ref_updates *out)
{
	char *path DSV_AUTO(str) = before_path(repo, remote);
	char *dir DSV_AUTO(str) = dsv_repo_own(repo, "cache/remote");
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (dsv_fs_read(path, DSV_REF_LINES_MAX, &text) == 0 &&
	    dsv_ref_updates_parse(out, DSV_REF_LINES_RECEIVED,
				  dsv_buf_str(&text), text.len) == 0)
		return 0;
	dsv_error_clear();
	rc = dsv_sharing_tracked(repo, remote, out);
	if (rc == 0)
		rc = dsv_fs_mkdirs(dir);
	return rc < 0 ? rc : write_before(path, out);
}

int dsv_sharing_fetched(struct dsv_repo *repo, const char *remote)
{
	char *path DSV_AUTO(str) = before_path(repo, remote);

	return dsv_fs_unlink(path);
}

int dsv_sharing_fetch_refs(struct dsv_repo *repo, const char *remote,
			   const struct dsv_git_args *args,
			   struct dsv_ref_updates *out)
{
	struct dsv_strlist words DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_ref_updates before DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	struct dsv_ref_updates after DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	int rc = read_before(repo, remote, &before);

	dsv_strlist_add(&words, "fetch");
	for (size_t i = 0; i < args->options.n; i++)
		dsv_strlist_add(&words, args->options.items[i]);
	dsv_strlist_add(&words, "--");
	dsv_strlist_add(&words, remote);
	for (size_t i = 0; i < args->refs.n; i++)
		dsv_strlist_add(&words, args->refs.items[i]);
	if (rc == 0)
		rc = dsv_git_run(repo, &words, NULL);
	if (rc > 0)
		return dsv_fail(DSV_EGIT, "nothing was fetched from '%s'",
				remote);
	if (rc == 0)
		rc = dsv_sharing_tracked(repo, remote, &after);
	if (rc == 0)
		keep_new(out, &before, &after);
	return rc;
}

int dsv_sharing_upstream(struct dsv_repo *repo, char **out)
{
	static const char *const words[] = {"rev-parse", "--abbrev-ref",
					    "@{upstream}"};
	struct dsv_strlist args DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		dsv_strlist_add(&args, words[i]);
	rc = dsv_git_run_quiet(repo, &args, &text);
	if (rc < 0)
		return rc;
	if (rc == 0 && text.len > 1) {
		*out = dsv_strndup(text.data, text.len - 1);
		return 0;
	}
	dsv_fail(DSV_EUSAGE, "this branch follows none of a remote");
	return dsv_hint(DSV_EUSAGE, "name it: dsv pull REMOTE BRANCH; or once "
				    "for all: git branch -u REMOTE/BRANCH");
}

static int add_rev(struct dsv_repo *repo, const char *rev, struct dsv_oids *out)
{
	struct dsv_version version;

	if (dsv_repo_resolve(repo, rev, &version) == 0)
		dsv_oids_add(out, &version.commit);
	dsv_error_clear(); /* a branch without commits, or that follows none */
	return 0;
}

static int add_refs(struct dsv_repo *repo, struct dsv_oids *out)
{
	struct dsv_strlist tips DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_refs_tips(repo, &tips);

	for (size_t i = 0; rc == 0 && i < tips.n; i++)
		rc = add_rev(repo, tips.items[i], out);
	return rc;
}

/* HEAD, what it follows, and what has moved. */
static int add_tips(struct dsv_repo *repo,
		    const struct dsv_ref_updates *updates, struct dsv_oids *out)
{
	int rc = add_rev(repo, "HEAD", out);

	if (rc == 0)
		rc = add_rev(repo, "@{upstream}", out);
	for (size_t i = 0; i < updates->n; i++)
		dsv_oids_add(out, &updates->items[i].tip);
	return rc;
}

static int want_history(struct dsv_wanted *wanted, struct dsv_repo *repo,
			const struct dsv_fetch_opts *opts,
			const struct dsv_oids *tips)
{
	struct dsv_oids hidden DSV_AUTO(oids) = DSV_OIDS_INIT;
	struct dsv_version since;
	int rc = 0;

	if (opts->since) {
		rc = dsv_repo_resolve(repo, opts->since, &since);
		if (rc == 0)
			dsv_oids_add(&hidden, &since.commit);
	}
	return rc < 0 ? rc
		      : dsv_wanted_of_history(wanted, repo, tips, &hidden,
					      opts->paths);
}

static int want(struct dsv_wanted *wanted, struct dsv_repo *repo,
		const struct dsv_fetch_opts *opts,
		const struct dsv_ref_updates *updates)
{
	struct dsv_oids tips DSV_AUTO(oids) = DSV_OIDS_INIT;
	int rc = opts->all ? add_refs(repo, &tips)
			   : add_tips(repo, updates, &tips);

	if (rc == 0 && (opts->all || opts->since))
		return want_history(wanted, repo, opts, &tips);
	for (size_t i = 0; rc == 0 && i < tips.n; i++)
		rc = dsv_wanted_of_commit(wanted, repo, &tips.items[i],
					  opts->paths);
	return rc;
}

/* Which of the contents are not here. */
struct lacking {
	struct dsv_store *store;
	const struct dsv_content *contents;
	bool *here;
	struct dsv_content *items;
	size_t *numbers; /* in contents */
	size_t n;
};

static int look(void *ctx, size_t i)
{
	struct lacking *lacking = ctx;
	int rc = dsv_store_has_content(lacking->store, &lacking->contents[i]);

	lacking->here[i] = rc > 0;
	return rc == DSV_ECORRUPT ? 0 : rc < 0 ? rc : 0;
}

static void lacking_release(struct lacking *lacking)
{
	free(lacking->here);
	free(lacking->items);
	free(lacking->numbers);
}

static int find_lacking(struct lacking *lacking, struct dsv_repo *repo,
			const struct dsv_wanted *wanted)
{
	int rc = dsv_repo_store(repo, &lacking->store);

	lacking->contents = wanted->items;
	lacking->here = dsv_alloc_zero(wanted->n + 1, sizeof(bool));
	lacking->items = dsv_alloc_zero(wanted->n + 1, sizeof(*lacking->items));
	lacking->numbers = dsv_alloc_zero(wanted->n + 1, sizeof(size_t));
	if (rc == 0)
		rc = dsv_pool_each(dsv_repo_pool(repo), wanted->n, look,
				   lacking);
	for (size_t i = 0; rc == 0 && i < wanted->n; i++) {
		if (lacking->here[i])
			continue;
		lacking->numbers[lacking->n] = i;
		lacking->items[lacking->n++] = wanted->items[i];
	}
	return rc;
}

static int fetch_from(struct dsv_repo *repo, const char *url,
		      const struct lacking *lacking,
		      const struct dsv_wanted *wanted,
		      struct dsv_sharing_stats *out)
{
	struct dsv_transfer_stats stats = DSV_TRANSFER_STATS_INIT;
	struct dsv_remote *remote DSV_AUTO(remote) = NULL;
	int rc = dsv_remote_open(&remote, repo, url);

	if (rc == 0)
		rc = dsv_transfer_fetch(repo, remote, lacking->items,
					lacking->n, &stats);
	out->objects += stats.objects;
	out->packs += stats.packs;
	out->bytes += stats.bytes;
	out->stores++;
	if (rc != DSV_EMISSING || stats.missing >= lacking->n)
		return rc;
	dsv_fail_prefix(rc, "%s", url);
	return dsv_sharing_fail_content(rc, wanted,
					lacking->numbers[stats.missing]);
}

static int fail_no_store(const char *remote, const struct dsv_wanted *wanted,
			 const struct lacking *lacking)
{
	dsv_fail(DSV_EUSAGE,
		 "its content is not here, and no store is known "
		 "for the data of '%s'",
		 remote);
	dsv_sharing_fail_content(DSV_EUSAGE, wanted, lacking->numbers[0]);
	return dsv_hint(DSV_EUSAGE,
			"name the store: git config remote.%s.dsvData STORE",
			remote);
}

/* One store after the other, until nothing is lacking. */
static int fetch_all(struct dsv_repo *repo, const char *remote,
		     const struct dsv_wanted *wanted,
		     struct dsv_sharing_stats *out)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;
	int rc = dsv_sharing_stores(&stores, repo, remote);

	for (size_t i = 0; i < stores.n || i == 0; i++) {
		struct lacking lacking = {.n = 0};

		if (rc == 0 || rc == DSV_EMISSING)
			rc = find_lacking(&lacking, repo, wanted);
		if (i == 0)
			out->contents += lacking.n;
		if (rc == 0 && lacking.n && stores.n == 0)
			rc = fail_no_store(remote, wanted, &lacking);
		else if (rc == 0 && lacking.n)
			rc = fetch_from(repo, stores.items[i].url, &lacking,
					wanted, out);
		lacking_release(&lacking);
		if (rc < 0 && rc != DSV_EMISSING)
			return rc;
		if (rc == 0)
			return 0;
	}
	return rc;
}

int dsv_sharing_fetch_data(struct dsv_repo *repo, const char *remote,
			   const struct dsv_fetch_opts *opts,
			   const struct dsv_ref_updates *updates,
			   struct dsv_sharing_stats *out)
{
	struct dsv_wanted wanted DSV_AUTO(wanted) = DSV_WANTED_INIT;
	int rc = want(&wanted, repo, opts, updates);

	if (rc < 0 || wanted.n == 0)
		return rc;
	return fetch_all(repo, remote, &wanted, out);
}
