#include "remote/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/pool.h"
#include "remote/push_plan.h"
#include "repo/repo.h"
#include "store/repack.h"

#define THREADS 4u /* packs under way at once */

/* One pack on its way, with the folder that it lies in. */
struct parcel {
	char *dir;
	char name[DSV_ID_HEX];
};

struct sending {
	struct dsv_repo *repo;
	struct dsv_remote *remote;
	struct dsv_progress *progress;
	struct parcel *items;
	size_t n, cap;
	char *made_dir; /* of packs that were put together; NULL: none */
	const char *suffix;
	_Atomic uint64_t bytes, packs;
};

static void sending_release(struct sending *sending)
{
	for (size_t i = 0; i < sending->n; i++) {
		struct parcel *parcel = &sending->items[i];
		char *base DSV_AUTO(str) =
			dsv_fs_join(parcel->dir, parcel->name);
		char *pack DSV_AUTO(str) = dsv_strf("%s.pack", base);
		char *idx DSV_AUTO(str) = dsv_strf("%s.idx", base);

		if (sending->made_dir &&
		    strcmp(sending->made_dir, parcel->dir) == 0) {
			unlink(pack);
			unlink(idx);
		}
		free(parcel->dir);
	}
	if (sending->made_dir)
		rmdir(sending->made_dir);
	free(sending->made_dir);
	free(sending->items);
}

static void add_parcel(struct sending *sending, const char *dir,
		       const char *name)
{
	struct parcel *parcel;

	DSV_GROW(sending->items, sending->cap, sending->n + 1);
	parcel = &sending->items[sending->n++];
	parcel->dir = dsv_strdup(dir);
	memcpy(parcel->name, name, DSV_ID_HEX);
}

static int make_dir(struct sending *sending)
{
	char *tmp DSV_AUTO(str) = dsv_repo_own(sending->repo, "tmp");
	int rc = dsv_fs_mkdirs(tmp);

	if (rc < 0)
		return rc;
	sending->made_dir = dsv_strf("%s/push-XXXXXX", tmp);
	if (mkdtemp(sending->made_dir))
		return 0;
	free(dsv_take(&sending->made_dir));
	return dsv_fail_errno(DSV_EIO, "cannot make a folder in '%s'", tmp);
}

/* What is left of packs that are needed in part. The same objects give the
 * same pack, so a push that was cut off finds it there. */
static int put_rest_together(struct sending *sending,
			     struct dsv_push_plan *plan)
{
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	size_t n = dsv_objectset_count(&plan->rest);
	char hex[DSV_ID_HEX];
	struct dsv_id id;
	int rc;

	if (n == 0)
		return 0;
	rc = make_dir(sending);
	if (rc == 0)
		rc = dsv_repack_open(&repack, plan->store, sending->made_dir);
	if (rc < 0)
		return rc;
	dsv_repack_set_has(repack, dsv_push_plan_has, plan);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		enum dsv_object type = dsv_objectset_at(&plan->rest, i, &id);

		rc = dsv_cancelled();
		if (rc == 0)
			rc = dsv_repack_add(repack, type, &id);
	}
	if (rc == 0)
		rc = dsv_repack_commit(repack, &id);
	if (rc > 0)
		add_parcel(sending, sending->made_dir, dsv_id_hex(&id, hex));
	return rc < 0 ? rc : 0;
}

static int digest_file(const char *path, struct dsv_remote_source *source,
		       struct dsv_id *out)
{
	struct dsv_mapped file DSV_AUTO(mapped) = DSV_MAPPED_INIT;
	int rc = dsv_mapped_open(&file, path);

	if (rc < 0)
		return rc;
	dsv_id_of(file.data, file.len, out);
	source->path = path;
	source->size = file.len;
	source->sha256 = out;
	return 0;
}

/* Nothing damaged leaves: it would be found by others only. */
static int check_pack(const char *path)
{
	struct dsv_pack pack DSV_AUTO(pack) = DSV_PACK_INIT;
	int rc = dsv_pack_open(&pack, path);

	if (rc == 0)
		rc = dsv_pack_verify(&pack);
	if (rc != DSV_ECORRUPT)
		return rc;
	return dsv_hint(dsv_fail_prefix(rc, "%s", path),
			"dsv fsck tells what is affected");
}

static int send_file(void *ctx, size_t i)
{
	struct sending *sending = ctx;
	const struct parcel *parcel = &sending->items[i];
	char *path DSV_AUTO(str) =
		dsv_strf("%s/%s%s", parcel->dir, parcel->name, sending->suffix);
	char *name DSV_AUTO(str) =
		dsv_strf("packs/%s%s", parcel->name, sending->suffix);
	bool is_pack = strcmp(sending->suffix, ".pack") == 0;
	struct dsv_remote_source source = {0};
	struct dsv_id id;
	int rc = is_pack ? check_pack(path) : 0;

	if (rc == 0)
		rc = digest_file(path, &source, &id);
	if (rc == 0)
		rc = dsv_remote_put(sending->remote, name, &source,
				    sending->progress);
	if (rc <= 0)
		return rc;
	sending->bytes += source.size;
	sending->packs += is_pack;
	return 0;
}

static uint64_t size_of(const struct sending *sending)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < sending->n; i++) {
		const struct parcel *parcel = &sending->items[i];
		char *path DSV_AUTO(str) =
			dsv_strf("%s/%s.pack", parcel->dir, parcel->name);
		struct stat st;

		if (stat(path, &st) == 0)
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}

/* All packs, then all indexes: who reads meanwhile finds no object without
 * what it is made of. */
static int send_all(struct sending *sending)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	int rc = dsv_pool_open(&pool, THREADS);

	dsv_progress_start(sending->progress, "sending data", size_of(sending),
			   "bytes");
	sending->suffix = ".pack";
	if (rc == 0)
		rc = dsv_pool_each(pool, sending->n, send_file, sending);
	sending->suffix = ".idx";
	if (rc == 0)
		rc = dsv_pool_each(pool, sending->n, send_file, sending);
	return rc;
}

static int push(struct sending *sending, struct dsv_push_plan *plan)
{
	int rc = put_rest_together(sending, plan);

	for (size_t i = 0; i < plan->n_whole; i++)
		add_parcel(sending, dsv_store_packs_dir(plan->store),
			   plan->whole[i]->name);
	return rc < 0 ? rc : send_all(sending);
}

int dsv_transfer_push(struct dsv_repo *repo, struct dsv_remote *remote,
		      const struct dsv_outgoing *outgoing,
		      struct dsv_transfer_stats *out)
{
	struct dsv_holdings *holdings DSV_AUTO(holdings) = NULL;
	struct dsv_push_plan plan DSV_AUTO(push_plan) = {0};
	struct sending sending = {.repo = repo,
				  .remote = remote,
				  .progress = dsv_repo_progress(repo)};
	int rc = dsv_repo_store(repo, &plan.store);

	if (rc == 0)
		rc = dsv_store_hold(plan.store);
	if (rc == 0)
		rc = dsv_store_list(plan.store);
	if (rc == 0)
		rc = dsv_holdings_open(&holdings, repo, remote);
	plan.holdings = holdings;
	if (rc == 0)
		rc = dsv_push_plan_make(&plan, outgoing, &out->missing);
	if (rc == 0)
		rc = push(&sending, &plan);
	out->objects += dsv_objectset_count(&plan.need);
	out->packs += sending.packs;
	out->bytes += sending.bytes;
	sending_release(&sending);
	return rc;
}
