#include "remote/bring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/pool.h"
#include "remote/ranges.h"
#include "repo/repo.h"
#include "store/arrival.h"

#define THREADS 4u /* whole packs under way at once */

/* What one round wants of each pack. */
struct round {
	struct dsv_bring *bring;
	struct dsv_range_item *items;
	size_t n, cap;
	size_t *packs; /* of each item */
	size_t packs_cap;
	size_t *counts; /* of each pack */
	size_t *whole;	/* packs that come as a whole */
	size_t n_whole;
};

/* Frames that came by ranges, until they are a pack. */
struct frames {
	struct dsv_bring *bring;
	struct dsv_repack *repack;
	char *dir; /* of this run alone; NULL: not made yet */
	bool came;
};

static void round_release(struct round *round)
{
	free(round->items);
	free(round->packs);
	free(round->counts);
	free(round->whole);
}

bool dsv_bring_want(struct dsv_bring *bring, enum dsv_object type,
		    const struct dsv_id *id)
{
	struct dsv_held held;

	if (!dsv_holdings_find(bring->holdings, type, id, &held))
		return false;
	dsv_objectset_add(&bring->wanted, type, id);
	return true;
}

/* What it is made of: a copy that is here serves where it is less deep in
 * deltas, else the one of the remote comes too. */
static void want_bases(struct dsv_bring *bring, const struct dsv_frame *frame)
{
	struct dsv_copy copy;

	for (unsigned i = 0; i < frame->n_bases; i++) {
		if (dsv_store_copy(bring->store, frame->type, &frame->bases[i],
				   &copy) &&
		    copy.frame.depth < frame->depth)
			continue;
		dsv_bring_want(bring, frame->type, &frame->bases[i]);
		DSV_GROW(bring->leans, bring->leans_cap, bring->n_leans + 1);
		bring->leans[bring->n_leans++] =
			(struct dsv_lean){.type = frame->type,
					  .base = frame->bases[i],
					  .depth = frame->depth};
	}
}

static void want_dict(struct dsv_bring *bring, const struct dsv_id *dict)
{
	if (!dsv_store_knows(bring->store, DSV_OBJECT_DICT, dict))
		dsv_bring_want(bring, DSV_OBJECT_DICT, dict);
}

static void add_item(struct round *round, enum dsv_object type,
		     const struct dsv_id *id, const struct dsv_held *held)
{
	DSV_GROW(round->items, round->cap, round->n + 1);
	DSV_GROW(round->packs, round->packs_cap, round->n + 1);
	round->packs[round->n] = held->pack;
	round->items[round->n++] = (struct dsv_range_item){
		.type = type, .id = *id, .offset = held->offset};
	round->counts[held->pack]++;
}

/* What is wanted and was not looked at. */
static void sort_wanted(struct round *round)
{
	struct dsv_bring *bring = round->bring;
	size_t n_packs = bring->holdings->n;

	round->counts = dsv_alloc_zero(n_packs + 1, sizeof(*round->counts));
	round->whole = dsv_alloc_zero(n_packs + 1, sizeof(*round->whole));
	while (bring->done < dsv_objectset_count(&bring->wanted)) {
		struct dsv_id id;
		enum dsv_object type =
			dsv_objectset_at(&bring->wanted, bring->done++, &id);
		struct dsv_held held;

		if (dsv_holdings_find(bring->holdings, type, &id, &held))
			add_item(round, type, &id, &held);
	}
}

static void choose_whole(struct round *round)
{
	const struct dsv_holdings *holdings = round->bring->holdings;

	for (size_t i = 0; i < holdings->n; i++) {
		const struct dsv_packidx *idx = &holdings->items[i].idx;

		if (round->counts[i] && (round->counts[i] >= idx->n / 2 + 1 ||
					 idx->pack_size <= round->bring->small))
			round->whole[round->n_whole++] = i;
	}
}

static int get_whole(void *ctx, size_t i)
{
	struct round *round = ctx;
	const struct dsv_holdings *holdings = round->bring->holdings;

	return dsv_bring_pack(round->bring, &holdings->items[round->whole[i]]);
}

/* Whatever is in a pack can be read once it is here. */
static int want_bases_of_pack(struct dsv_bring *bring,
			      const struct dsv_holding *holding)
{
	char *path DSV_AUTO(str) = dsv_strf(
		"%s/%s.pack", dsv_store_packs_dir(bring->store), holding->pack);
	struct dsv_pack pack DSV_AUTO(pack) = DSV_PACK_INIT;
	uint64_t at = DSV_PACK_HEAD;
	struct dsv_frame frame;
	struct dsv_id dict;
	int rc = dsv_pack_open(&pack, path);

	for (uint8_t i = 0; rc == 0 && i < pack.n_dicts; i++) {
		rc = dsv_pack_dict(&pack, i, &dict);
		if (rc == 0)
			want_dict(bring, &dict);
	}
	while (rc == 0 && at < pack.frames_end) {
		rc = dsv_pack_frame(&pack, at, &frame, &at);
		if (rc == 0)
			want_bases(bring, &frame);
	}
	return rc;
}

static int get_packs(struct round *round)
{
	struct dsv_bring *bring = round->bring;
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	int rc;

	if (round->n_whole == 0)
		return 0;
	rc = dsv_pool_open(&pool, THREADS);
	if (rc == 0)
		rc = dsv_pool_each(pool, round->n_whole, get_whole, round);
	for (size_t i = 0; rc == 0 && i < round->n_whole; i++) {
		bring->stats->packs++;
		bring->holdings->items[round->whole[i]].came = true;
		rc = want_bases_of_pack(
			bring, &bring->holdings->items[round->whole[i]]);
	}
	return rc;
}

static int drop_made(const char *dir, const struct dsv_id *id, int rc)
{
	char hex[DSV_ID_HEX];
	char *base DSV_AUTO(str) = dsv_strf("%s/%s", dir, dsv_id_hex(id, hex));
	char *pack DSV_AUTO(str) = dsv_strf("%s.pack", base);
	char *idx DSV_AUTO(str) = dsv_strf("%s.idx", base);

	unlink(pack);
	unlink(idx);
	return rc;
}

/* The frames that came become a pack of the store. */
static int finish_frames(struct frames *frames)
{
	struct dsv_bring *bring = frames->bring;
	struct dsv_id id;
	int rc;

	if (!frames->repack)
		return 0;
	rc = dsv_repack_commit(frames->repack, &id);
	dsv_repack_free(&frames->repack);
	if (rc <= 0)
		return rc;
	rc = dsv_arrival_verify(bring->store, frames->dir, &id);
	if (rc < 0 && rc != DSV_ECANCELLED)
		rc = dsv_fail_prefix(rc, "%s", bring->holdings->remote->url);
	if (rc < 0)
		return drop_made(frames->dir, &id, rc);
	return dsv_arrival_adopt(bring->store, frames->dir, &id);
}

static int begin_frames(struct frames *frames)
{
	char *tmp DSV_AUTO(str) = dsv_repo_own(frames->bring->repo, "tmp");
	int rc = dsv_fs_mkdirs(tmp);

	if (rc < 0)
		return rc;
	frames->dir = dsv_strf("%s/frames-XXXXXX", tmp);
	if (!mkdtemp(frames->dir)) {
		free(dsv_take(&frames->dir));
		return dsv_fail_errno(DSV_EIO, "cannot make a folder in '%s'",
				      tmp);
	}
	return dsv_repack_open(&frames->repack, frames->bring->store,
			       frames->dir);
}

static void frames_release(struct frames *frames)
{
	dsv_repack_free(&frames->repack);
	if (frames->dir)
		rmdir(frames->dir);
	free(frames->dir);
}

static int take_frame(void *ctx, const struct dsv_foreign_frame *foreign)
{
	struct frames *frames = ctx;
	struct dsv_bytes in = dsv_bytes(foreign->data, foreign->len);
	struct dsv_frame frame;
	uint64_t *depth;
	int rc = 0;

	if (!frames->repack)
		rc = begin_frames(frames);
	if (rc == 0)
		rc = dsv_repack_add_frame(frames->repack, foreign);
	if (rc < 0)
		return rc;
	frames->came = true;
	frames->bring->stats->objects++;
	dsv_frame_read(&frame, &in);
	depth = dsv_objectset_find(&frames->bring->wanted, foreign->type,
				   &foreign->id);
	if (depth)
		*depth = frame.depth + 1u;
	want_bases(frames->bring, &frame);
	if (dsv_encoding_has_dict(frame.encoding) &&
	    frame.dict < foreign->n_dicts)
		want_dict(frames->bring, &foreign->dicts[frame.dict]);
	return 0;
}

static int get_some(struct round *round, size_t pack, struct frames *frames)
{
	struct dsv_bring *bring = round->bring;
	struct dsv_range_item *items =
		dsv_alloc_zero(round->counts[pack], sizeof(*items));
	struct dsv_ranges ranges = {.holdings = bring->holdings,
				    .pack = pack,
				    .items = items,
				    .progress = bring->progress};
	int rc;

	for (size_t i = 0; i < round->n; i++)
		if (round->packs[i] == pack)
			items[ranges.n++] = round->items[i];
	rc = dsv_ranges_get(&ranges, take_frame, frames);
	free(items);
	/* more dictionaries than one pack can have */
	if (rc != DSV_ERANGE)
		return rc;
	rc = dsv_bring_pack(bring, &bring->holdings->items[pack]);
	return rc < 0 ? rc
		      : want_bases_of_pack(bring,
					   &bring->holdings->items[pack]);
}

static bool comes_whole(const struct round *round, size_t pack)
{
	for (size_t i = 0; i < round->n_whole; i++)
		if (round->whole[i] == pack)
			return true;
	return false;
}

static int get_frames(struct round *round, struct frames *frames)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < round->bring->holdings->n; i++)
		if (round->counts[i] && !comes_whole(round, i))
			rc = get_some(round, i, frames);
	return rc;
}

static void start_progress(struct round *round)
{
	const struct dsv_holdings *holdings = round->bring->holdings;
	uint64_t bytes = 0;

	for (size_t i = 0; i < round->n_whole; i++)
		bytes += holdings->items[round->whole[i]].idx.pack_size;
	dsv_progress_start(round->bring->progress, "fetching data", bytes,
			   "bytes");
}

/* One round: what is wanted now; what that is made of is wanted next. */
static int run_round(struct dsv_bring *bring, struct frames *frames)
{
	struct round round = {.bring = bring};
	int rc;

	sort_wanted(&round);
	choose_whole(&round);
	start_progress(&round);
	rc = get_packs(&round);
	if (rc == 0)
		rc = get_frames(&round, frames);
	frames->came |= round.n_whole > 0;
	round_release(&round);
	return rc;
}

static bool is_good(const struct dsv_bring *bring, const struct dsv_lean *lean)
{
	const uint64_t *came =
		dsv_objectset_find(&bring->wanted, lean->type, &lean->base);
	struct dsv_copy copy;

	if (came && *came && *came <= lean->depth)
		return true;
	return dsv_store_copy(bring->store, lean->type, &lean->base, &copy) &&
	       copy.frame.depth < lean->depth;
}

/* The next pack that has another copy: 1, 0 where there is none. */
static int bring_another(struct dsv_bring *bring, const struct dsv_lean *lean)
{
	for (size_t i = 0; i < bring->holdings->n; i++) {
		struct dsv_holding *holding = &bring->holdings->items[i];
		int rc;

		if (holding->came ||
		    !dsv_holding_has(holding, lean->type, &lean->base))
			continue;
		holding->came = true;
		rc = dsv_bring_pack(bring, holding);
		if (rc == 0)
			rc = want_bases_of_pack(bring, holding);
		bring->stats->packs++;
		return rc < 0 ? rc : 1;
	}
	return 0;
}

/*
 * Two clones may have made the same object from different bases, so that there
 * are copies in a short chain of deltas and in a long one, and the long one
 * came. It is rare: then packs with other copies come as a whole. 1 where any
 * did.
 */
static int bring_better(struct dsv_bring *bring)
{
	size_t n = bring->n_leans; /* more may be added behind */
	int came = 0;

	for (size_t i = 0; i < n; i++) {
		const struct dsv_lean lean = bring->leans[i];
		int rc =
			is_good(bring, &lean) ? 0 : bring_another(bring, &lean);

		if (rc < 0)
			return rc;
		came |= rc;
	}
	return came;
}

static int run_rounds(struct dsv_bring *bring, struct frames *frames)
{
	int rc = 0;

	while (rc >= 0 &&
	       (bring->done < dsv_objectset_count(&bring->wanted) || rc > 0)) {
		rc = dsv_cancelled();
		if (rc == 0 &&
		    bring->done < dsv_objectset_count(&bring->wanted))
			rc = run_round(bring, frames);
		if (rc == 0 &&
		    bring->done == dsv_objectset_count(&bring->wanted))
			rc = bring_better(bring);
	}
	return rc;
}

int dsv_bring(struct dsv_bring *bring)
{
	struct frames frames = {.bring = bring};
	int rc = run_rounds(bring, &frames);

	if (rc == 0)
		rc = finish_frames(&frames);
	free(dsv_take(&bring->leans));
	bring->n_leans = bring->leans_cap = 0;
	frames_release(&frames);
	dsv_objectset_release(&bring->wanted);
	bring->wanted = (struct dsv_objectset)DSV_OBJECTSET_INIT;
	bring->done = 0;
	return rc < 0 ? rc : frames.came;
}
