#include "remote/sharing.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/digest.h"
#include "base/fs.h"
#include "remote/transfer.h"
#include "repo/repo.h"

#define RECORD_MAX (1024u * 1024u) /* bytes of the tips of one store */

/* What the push brings, and what the remote has already. */
struct tips {
	struct dsv_oids tips;
	struct dsv_oids hidden;
	struct dsv_oids there; /* of hidden: those that are here too */
};

static int find_tips(struct tips *out, struct dsv_repo *repo,
		     const char *remote, const struct dsv_ref_updates *updates)
{
	struct dsv_ref_updates tracked DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	int rc = dsv_sharing_tracked(repo, remote, &tracked);

	for (size_t i = 0; rc == 0 && i < tracked.n; i++) {
		dsv_oids_add(&out->hidden, &tracked.items[i].tip);
		dsv_oids_add(&out->there, &tracked.items[i].tip);
	}
	for (size_t i = 0; rc == 0 && i < updates->n; i++) {
		const struct dsv_ref_update *update = &updates->items[i];

		if (!dsv_oid_is_zero(&update->tip))
			dsv_oids_add(&out->tips, &update->tip);
		if (!dsv_oid_is_zero(&update->old))
			dsv_oids_add(&out->hidden, &update->old);
	}
	return rc;
}

static int stop(void *ctx, const char *name, uint64_t size)
{
	(void)name;
	(void)size;
	*(bool *)ctx = true;
	return 1;
}

static int is_empty(struct dsv_remote *remote)
{
	bool found = false;
	int rc = dsv_remote_list(remote, "packs/", stop, &found);

	return rc < 0 ? rc : !found;
}

/*
 * The commits whose data went to a store, so that another one, or one that was
 * emptied, gets that of older commits too. Of a store that nothing is known of
 * all commits are looked at once.
 */
static char *record_path(struct dsv_repo *repo, const char *url)
{
	char hex[DSV_ID_HEX];
	struct dsv_id id;
	char *name DSV_AUTO(str) = NULL;

	dsv_id_of(url, strlen(url), &id);
	name = dsv_strf("cache/remote/%s.tips", dsv_id_hex(&id, hex));
	return dsv_repo_own(repo, name);
}

static void read_record(struct dsv_repo *repo, const char *url,
			struct dsv_oids *out)
{
	char *path DSV_AUTO(str) = record_path(repo, url);
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_fs_read(path, RECORD_MAX, &text) < 0) {
		dsv_error_clear();
		return;
	}
	for (size_t i = 0; i + DSV_OID_SIZE <= text.len; i += DSV_OID_SIZE) {
		struct dsv_oid oid;

		memcpy(oid.bytes, text.data + i, DSV_OID_SIZE);
		dsv_oids_add(out, &oid);
	}
}

static void add_bytes(struct dsv_buf *out, const struct dsv_oids *oids)
{
	for (size_t i = 0; i < oids->n; i++)
		dsv_buf_add(out, oids->items[i].bytes, DSV_OID_SIZE);
}

/* It may be lost: then more is looked at the next time. */
static void write_record(struct dsv_repo *repo, const char *url,
			 const struct tips *tips)
{
	char *path DSV_AUTO(str) = record_path(repo, url);
	char *dir DSV_AUTO(str) = dsv_repo_own(repo, "cache/remote");
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	add_bytes(&text, &tips->tips);
	add_bytes(&text, &tips->there);
	if (text.len > RECORD_MAX || dsv_fs_mkdirs(dir) < 0 ||
	    dsv_atomic_put(path, text.data, text.len, 0666) < 0)
		dsv_error_clear();
}

static int want(struct dsv_wanted *wanted, struct dsv_repo *repo,
		struct dsv_remote *remote, const struct tips *tips,
		size_t *out_needed)
{
	struct dsv_oids known DSV_AUTO(oids) = DSV_OIDS_INIT;
	int empty = is_empty(remote);
	int rc;

	if (empty < 0)
		return empty;
	rc = dsv_wanted_of_history(wanted, repo, &tips->tips, &tips->hidden,
				   NULL);
	*out_needed = wanted->n;
	if (!empty)
		read_record(repo, remote->url, &known);
	if (rc == 0)
		rc = dsv_wanted_of_history(wanted, repo, &tips->there, &known,
					   NULL);
	return rc;
}

static int push_to(struct dsv_repo *repo, struct dsv_remote *remote,
		   const struct tips *tips, struct dsv_sharing_stats *out)
{
	struct dsv_wanted wanted DSV_AUTO(wanted) = DSV_WANTED_INIT;
	struct dsv_transfer_stats stats = DSV_TRANSFER_STATS_INIT;
	struct dsv_outgoing outgoing = {.n = 0};
	int rc = want(&wanted, repo, remote, tips, &outgoing.n_needed);

	if (rc < 0)
		return rc;
	outgoing.items = wanted.items;
	outgoing.n = wanted.n;
	if (wanted.n)
		rc = dsv_transfer_push(repo, remote, &outgoing, &stats);
	out->contents += wanted.n;
	out->objects += stats.objects;
	out->packs += stats.packs;
	out->bytes += stats.bytes;
	out->stores++;
	if (rc == 0)
		write_record(repo, remote->url, tips);
	if (rc != DSV_EMISSING)
		return rc;
	dsv_sharing_fail_content(rc, &wanted, stats.missing);
	return dsv_hint(rc, "bring it first, from where it is: dsv fetch "
			    "--data PATH");
}

/* Without a store a push is fine as long as there is nothing to store. */
static int need_no_store(struct dsv_repo *repo, const char *remote,
			 const struct tips *tips)
{
	struct dsv_wanted wanted DSV_AUTO(wanted) = DSV_WANTED_INIT;
	int rc = dsv_wanted_of_history(&wanted, repo, &tips->tips,
				       &tips->hidden, NULL);

	if (rc < 0 || wanted.n == 0)
		return rc;
	dsv_fail(DSV_EUSAGE, "no store is known for the data of '%s'", remote);
	return dsv_hint(DSV_EUSAGE,
			"name a folder in .dsv/store.yaml, or for you alone: "
			"git config remote.%s.dsvData FOLDER",
			remote);
}

static int push_to_all(struct dsv_repo *repo, const char *name,
		       const struct tips *tips, struct dsv_sharing_stats *out)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;
	size_t n = 0;
	int rc = dsv_sharing_stores(&stores, repo, name);

	for (size_t i = 0; rc == 0 && i < stores.n; i++) {
		struct dsv_remote *remote DSV_AUTO(remote) = NULL;

		if (!stores.items[i].push)
			continue;
		n++;
		rc = dsv_remote_open(&remote, repo, stores.items[i].url);
		if (rc == 0)
			rc = push_to(repo, remote, tips, out);
	}
	if (rc == 0 && n == 0)
		rc = need_no_store(repo, name, tips);
	return rc;
}

int dsv_sharing_push_data(struct dsv_repo *repo, const char *remote,
			  const struct dsv_ref_updates *updates,
			  struct dsv_sharing_stats *out)
{
	struct tips tips = {.tips = DSV_OIDS_INIT};
	int rc = find_tips(&tips, repo, remote, updates);

	if (rc == 0 && tips.tips.n)
		rc = push_to_all(repo, remote, &tips, out);
	dsv_oids_release(&tips.tips);
	dsv_oids_release(&tips.hidden);
	dsv_oids_release(&tips.there);
	return rc;
}
