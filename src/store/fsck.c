#include "store/fsck.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/strlist.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/objects.h"

#define NAME_LEN (DSV_ID_HEX - 1u)

struct fsck {
	struct dsv_store *store;
	dsv_damage_fn found;
	void *ctx;
	struct dsv_progress *progress;
	int n_faults;
};

static int report(struct fsck *fsck, const char *pack,
		  const struct dsv_packidx_entry *entry, const char *fault)
{
	struct dsv_store_damage damage = {.pack = pack, .fault = fault};

	if (entry) {
		damage.type = entry->type;
		damage.id = &entry->id;
	}
	fsck->n_faults++;
	return fsck->found(fsck->ctx, &damage);
}

/* One pack and the outcome of decoding its objects, in parallel. */
struct check {
	struct fsck *fsck;
	struct dsv_packed *packed;
	char **faults; /* [n], NULL where sound */
};

static int check_object(void *ctx, size_t i)
{
	struct check *check = ctx;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx_entry entry;
	int rc;

	dsv_packidx_at(&check->packed->idx, i, &entry);
	rc = dsv_store_decode(check->fsck->store, check->packed, &entry, &body);
	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0)
		check->faults[i] = dsv_strdup(dsv_error_message());
	dsv_progress_add(check->fsck->progress, body.len);
	return 0;
}

static int report_objects(struct check *check, const char *name)
{
	int rc = 0;

	for (size_t i = 0; i < check->packed->idx.n; i++) {
		struct dsv_packidx_entry entry;

		if (check->faults[i] && rc == 0) {
			dsv_packidx_at(&check->packed->idx, i, &entry);
			rc = report(check->fsck, name, &entry,
				    check->faults[i]);
		}
		free(check->faults[i]);
	}
	free(check->faults);
	return rc;
}

static int check_objects(struct fsck *fsck, struct dsv_packed *packed,
			 const char *name)
{
	struct check check = {.fsck = fsck, .packed = packed};
	int found;
	int rc;

	check.faults = dsv_alloc_zero(packed->idx.n + 1, sizeof(char *));
	rc = dsv_pool_each(dsv_store_pool(fsck->store), packed->idx.n,
			   check_object, &check);
	found = report_objects(&check, name);
	return rc < 0 ? rc : found;
}

/* Every frame of the pack is in the index, and nothing else. */
static int check_agreement(const struct dsv_packed *packed)
{
	const struct dsv_pack *pack = &packed->pack;
	uint64_t at = DSV_PACK_HEAD;
	size_t n = 0;

	if (!dsv_id_equal(&pack->id, &packed->idx.pack_id) ||
	    pack->mapped.len != packed->idx.pack_size ||
	    pack->n_objects != packed->idx.n)
		return dsv_fail(DSV_ECORRUPT,
				"pack and index are not of the same kind");
	for (; at < pack->frames_end; n++) {
		struct dsv_frame frame;
		int rc = dsv_pack_frame(pack, at, &frame, &at);

		if (rc < 0)
			return rc;
	}
	if (n != pack->n_objects)
		return dsv_fail(DSV_ECORRUPT, "%zu objects in place of %zu", n,
				pack->n_objects);
	return 0;
}

static int open_pack(struct fsck *fsck, struct dsv_packed *packed,
		     const char *hex)
{
	const char *dir = dsv_store_packs_dir(fsck->store);
	char *idx DSV_AUTO(str) = dsv_strf("%s/%s.idx", dir, hex);
	char *pack DSV_AUTO(str) = dsv_strf("%s/%s.pack", dir, hex);
	struct dsv_id name;
	int rc;

	rc = dsv_packidx_open(&packed->idx, idx);
	if (rc == 0)
		rc = dsv_packidx_verify(&packed->idx);
	if (rc == 0)
		rc = dsv_pack_open(&packed->pack, pack);
	if (rc == 0)
		rc = dsv_pack_verify(&packed->pack);
	if (rc == 0)
		rc = check_agreement(packed);
	if (rc == 0 && (!dsv_id_parse(&name, hex, NAME_LEN) ||
			!dsv_id_equal(&name, &packed->pack.id)))
		rc = dsv_fail(DSV_ECORRUPT, "the pack has the name of another");
	return rc;
}

/* The objects are looked at even where the file as a whole is damaged: so
 * that it is known what is lost. */
static int check_pack(struct fsck *fsck, const char *hex)
{
	char *name DSV_AUTO(str) = dsv_strf("%s.pack", hex);
	struct dsv_packed packed = {.name = (char *)hex};
	int rc;

	rc = open_pack(fsck, &packed, hex);
	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0)
		rc = report(fsck, name, NULL, dsv_error_message());
	if (rc == 0 && packed.pack.data)
		rc = check_objects(fsck, &packed, name);
	dsv_packidx_release(&packed.idx);
	dsv_pack_release(&packed.pack);
	return rc;
}

static bool is_index(const char *name)
{
	return strlen(name) == NAME_LEN + 4 &&
	       strcmp(name + NAME_LEN, ".idx") == 0;
}

int dsv_store_fsck(struct dsv_store *store, dsv_damage_fn found, void *ctx,
		   struct dsv_progress *progress)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct fsck fsck = {.store = store,
			    .found = found,
			    .ctx = ctx,
			    .progress = progress};
	int rc;

	rc = dsv_store_refresh(store);
	if (rc == 0)
		rc = dsv_fs_list(dsv_store_packs_dir(store), &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		if (!is_index(names.items[i]))
			continue;
		names.items[i][NAME_LEN] = '\0';
		rc = check_pack(&fsck, names.items[i]);
	}
	return rc < 0 ? rc : fsck.n_faults;
}
