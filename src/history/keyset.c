#include "history/keyset.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define BUCKET_BITS 16u
#define SMALL_SORT  32u
#define BASE_SHARE  8u /* a delta above 1/8 of the base gets a new base */

static int by_value(const void *ap, const void *bp)
{
	uint64_t a = *(const uint64_t *)ap;
	uint64_t b = *(const uint64_t *)bp;

	return a < b ? -1 : a > b;
}

static void sort_small(uint64_t *items, size_t n)
{
	if (n > SMALL_SORT) {
		qsort(items, n, sizeof(*items), by_value);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		uint64_t item = items[i];
		size_t j = i;

		for (; j > 0 && items[j - 1] > item; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

/* Hashes are spread evenly, so their first bits put each nearly in place. */
static void sort_many(uint64_t *hashes, size_t n)
{
	size_t n_buckets = (size_t)1 << BUCKET_BITS;
	size_t *ends = dsv_alloc_zero(n_buckets + 1, sizeof(*ends));
	uint64_t *sorted = dsv_alloc(n * sizeof(*sorted));
	size_t start = 0;

	for (size_t i = 0; i < n; i++)
		ends[(hashes[i] >> (64 - BUCKET_BITS)) + 1]++;
	for (size_t i = 1; i <= n_buckets; i++)
		ends[i] += ends[i - 1];
	for (size_t i = 0; i < n; i++)
		sorted[ends[hashes[i] >> (64 - BUCKET_BITS)]++] = hashes[i];
	for (size_t i = 0; i < n_buckets; i++) {
		sort_small(sorted + start, ends[i] - start);
		start = ends[i];
	}
	memcpy(hashes, sorted, n * sizeof(*hashes));
	free(sorted);
	free(ends);
}

bool dsv_keys_sort(uint64_t *hashes, size_t n)
{
	if (n > 4096)
		sort_many(hashes, n);
	else if (n > 1)
		qsort(hashes, n, sizeof(*hashes), by_value);
	for (size_t i = 1; i < n; i++)
		if (hashes[i - 1] == hashes[i])
			return false;
	return true;
}

void dsv_keyset_of_array(struct dsv_keyset *out, uint64_t *hashes, size_t n,
			 const struct dsv_id *name)
{
	*out = (struct dsv_keyset){
		.base_name = *name,
		.owned = hashes,
		.base = hashes,
		.n_base = n,
	};
}

void dsv_keyset_release(struct dsv_keyset *set)
{
	dsv_cached_release(&set->file);
	free(set->owned);
	free(set->added);
	free(set->removed);
	memset(set, 0, sizeof(*set));
}

bool dsv_keyset_open_base(struct dsv_keyset *set, const struct dsv_cache *cache)
{
	if (set->base)
		return true;
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return false; /* the array is used as it stands in the file */
	if (!dsv_cache_get(cache, DSV_CACHE_KEYS, &set->base_name, &set->file))
		return false;
	if (set->file.len != set->n_base * sizeof(uint64_t)) {
		dsv_cached_release(&set->file);
		return false;
	}
	set->base = (const uint64_t *)(const void *)set->file.body;
	return true;
}

/* Where the value would stand: hashes are even, so the first guesses are near.
 * Those of a hostile file need not be, so halving goes on after a few. */
static bool search(const uint64_t *items, size_t n, uint64_t value)
{
	size_t low = 0;
	size_t high = n;
	unsigned guesses = 0;

	while (high - low > 64) {
		uint64_t first = items[low];
		uint64_t last = items[high - 1];
		size_t at;

		if (value < first || value > last)
			return false;
		at = low + (size_t)((double)(value - first) /
				    ((double)(last - first) + 1) *
				    (double)(high - low - 1));
		if (guesses++ > 4 || at < low || at >= high)
			at = low + (high - low) / 2;
		if (items[at] == value)
			return true;
		if (items[at] < value) {
			low = at + 1;
			if (low + 64 < high && items[low + 63] >= value)
				high = low + 64;
		} else {
			high = at;
			if (low + 64 < high && items[high - 64] <= value)
				low = high - 64;
		}
	}
	while (low < high && items[low] < value)
		low++;
	return low < high && items[low] == value;
}

bool dsv_keyset_has(const struct dsv_keyset *set, uint64_t hash)
{
	if (search(set->added, set->n_added, hash))
		return true;
	return search(set->base, set->n_base, hash) &&
	       !search(set->removed, set->n_removed, hash);
}

/* out = (a without a_not) and (b without b_not), sorted. */
static size_t unite(uint64_t *out, const uint64_t *a, size_t n_a,
		    const uint64_t *a_not, size_t n_a_not, const uint64_t *b,
		    size_t n_b, const uint64_t *b_not, size_t n_b_not)
{
	size_t n = 0;

	for (size_t i = 0; i < n_a; i++)
		if (!search(a_not, n_a_not, a[i]))
			out[n++] = a[i];
	for (size_t i = 0; i < n_b; i++)
		if (!search(b_not, n_b_not, b[i]))
			out[n++] = b[i];
	dsv_keys_sort(out, n);
	return n;
}

/* Base and difference as one array. */
static void rebase(struct dsv_keyset *set, const struct dsv_id *name)
{
	size_t n_all = (size_t)set->n_base + set->n_added;
	uint64_t *all = dsv_alloc(n_all * sizeof(*all) + 1);
	size_t n = 0;
	size_t a = 0;
	size_t r = 0;

	for (size_t i = 0; i < set->n_base; i++) {
		while (a < set->n_added && set->added[a] < set->base[i])
			all[n++] = set->added[a++];
		while (r < set->n_removed && set->removed[r] < set->base[i])
			r++;
		if (r == set->n_removed || set->removed[r] != set->base[i])
			all[n++] = set->base[i];
	}
	while (a < set->n_added)
		all[n++] = set->added[a++];
	dsv_keyset_release(set);
	dsv_keyset_of_array(set, all, n, name);
}

void dsv_keyset_derive(struct dsv_keyset *out, const struct dsv_keyset *set,
		       uint64_t *added, size_t n_added, uint64_t *removed,
		       size_t n_removed, const struct dsv_id *name)
{
	size_t most = set->n_added + set->n_removed + n_added + n_removed + 1;

	dsv_keys_sort(added, n_added);
	dsv_keys_sort(removed, n_removed);
	*out = (struct dsv_keyset){
		.base_name = set->base_name,
		.n_base = set->n_base,
		.base = set->base,
	};
	out->added = dsv_alloc(most * sizeof(*out->added));
	out->removed = dsv_alloc(most * sizeof(*out->removed));
	out->n_added =
		unite(out->added, set->added, set->n_added, removed, n_removed,
		      added, n_added, set->removed, set->n_removed);
	out->n_removed =
		unite(out->removed, set->removed, set->n_removed, added,
		      n_added, removed, n_removed, set->added, set->n_added);
	if (set->base &&
	    out->n_added + out->n_removed > set->n_base / BASE_SHARE)
		rebase(out, name);
	else
		out->base = NULL;
}

static void put_hashes(struct dsv_buf *out, const uint64_t *hashes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dsv_put_u64(out, hashes[i]);
}

static uint64_t *get_hashes(struct dsv_bytes *in, size_t n)
{
	uint64_t *hashes = dsv_alloc(n * sizeof(*hashes) + 1);

	for (size_t i = 0; i < n; i++) {
		hashes[i] = dsv_get_u64(in);
		if (i > 0 && hashes[i] <= hashes[i - 1])
			dsv_bytes_fail(in);
	}
	return hashes;
}

void dsv_keyset_put(struct dsv_buf *out, const struct dsv_keyset *set,
		    const struct dsv_cache *cache)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;

	if (set->owned) {
		put_hashes(&body, set->owned, (size_t)set->n_base);
		dsv_cache_put(cache, DSV_CACHE_KEYS, &set->base_name, body.data,
			      body.len);
	}
	dsv_put_id(out, &set->base_name);
	dsv_put_u64(out, set->n_base);
	dsv_put_u64(out, set->n_added);
	dsv_put_u64(out, set->n_removed);
	put_hashes(out, set->added, set->n_added);
	put_hashes(out, set->removed, set->n_removed);
}

void dsv_keyset_get(struct dsv_bytes *in, struct dsv_keyset *out)
{
	uint64_t n_added;
	uint64_t n_removed;
	size_t most;

	dsv_get_id(in, &out->base_name);
	out->n_base = dsv_get_u64(in);
	n_added = dsv_get_u64(in);
	n_removed = dsv_get_u64(in);
	most = dsv_bytes_left(in) / sizeof(uint64_t);
	if (n_added > most || n_removed > most - n_added)
		dsv_bytes_fail(in);
	if (!dsv_bytes_ok(in))
		return;
	out->n_added = (size_t)n_added;
	out->n_removed = (size_t)n_removed;
	out->added = get_hashes(in, out->n_added);
	out->removed = get_hashes(in, out->n_removed);
}
