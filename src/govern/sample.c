#include "govern/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void dsv_sample_init(struct dsv_sample *sample,
		     const struct dsv_statement_plan *plan,
		     const struct dsv_id *snapshot)
{
	*sample = (struct dsv_sample){.plan = plan};
	sample->strata =
		dsv_alloc_zero(plan->n_strata + 1, sizeof(*sample->strata));
	dsv_digest_init(&sample->digest);
	dsv_id_hex(snapshot, sample->snapshot);
}

void dsv_sample_release(struct dsv_sample *sample)
{
	for (size_t i = 0; sample->strata && i < sample->plan->n_strata; i++)
		free(sample->strata[i].entries);
	free(sample->strata);
	dsv_digest_release(&sample->digest);
	*sample = (struct dsv_sample)DSV_SAMPLE_INIT;
}

/* Behind its length, so that no two different parts give the same bytes. */
static void add_part(struct dsv_digest *digest, const char *text, size_t len)
{
	uint8_t head[8];

	for (size_t i = 0; i < sizeof(head); i++)
		head[i] = (uint8_t)((uint64_t)len >> (8 * i));
	dsv_digest_update(digest, head, sizeof(head));
	dsv_digest_update(digest, text, len);
}

void dsv_sample_rank(struct dsv_sample *sample, const char *key, size_t len,
		     struct dsv_id *out)
{
	add_part(&sample->digest, sample->plan->nonce,
		 strlen(sample->plan->nonce));
	add_part(&sample->digest, sample->snapshot, DSV_ID_HEX - 1);
	add_part(&sample->digest, key, len);
	dsv_digest_final(&sample->digest, out);
}

static void swap(struct dsv_sample_entry *a, struct dsv_sample_entry *b)
{
	const struct dsv_sample_entry kept = *a;

	*a = *b;
	*b = kept;
}

/* The new entry at `at` rises to its place. */
static size_t rise(struct dsv_sample_entry *heap, size_t at)
{
	while (at > 0) {
		const size_t above = (at - 1) / 2;

		if (dsv_id_cmp(&heap[above].rank, &heap[at].rank) >= 0)
			break;
		swap(&heap[above], &heap[at]);
		at = above;
	}
	return at;
}

static size_t sink(struct dsv_sample_entry *heap, size_t n)
{
	size_t at = 0;

	for (size_t below = 1; below < n; below = 2 * at + 1) {
		if (below + 1 < n &&
		    dsv_id_cmp(&heap[below + 1].rank, &heap[below].rank) > 0)
			below++;
		if (dsv_id_cmp(&heap[at].rank, &heap[below].rank) >= 0)
			break;
		swap(&heap[at], &heap[below]);
		at = below;
	}
	return at;
}

void **dsv_sample_offer(struct dsv_sample *sample, size_t stratum,
			const char *key, size_t len)
{
	struct dsv_sample_stratum *at = &sample->strata[stratum];
	const uint64_t n = sample->plan->strata[stratum].n;
	struct dsv_id rank;

	at->seen++;
	if (n == 0)
		return NULL;
	dsv_sample_rank(sample, key, len, &rank);
	if (at->n < n) {
		DSV_GROW(at->entries, at->cap, at->n + 1);
		at->entries[at->n] = (struct dsv_sample_entry){.rank = rank};
		return &at->entries[rise(at->entries, at->n++)].item;
	}
	if (dsv_id_cmp(&rank, &at->entries[0].rank) >= 0)
		return NULL;
	at->entries[0].rank = rank;
	return &at->entries[sink(at->entries, at->n)].item;
}

struct rest {
	uint64_t left; /* of the division */
	size_t stratum;
};

static int by_rest(const void *a, const void *b)
{
	const struct rest *x = a;
	const struct rest *y = b;

	if (x->left != y->left)
		return x->left < y->left ? 1 : -1;
	return (x->stratum > y->stratum) - (x->stratum < y->stratum);
}

static void share_out(struct dsv_stratum *strata, size_t n_strata, uint64_t n,
		      uint64_t population)
{
	struct rest *rests = dsv_alloc_zero(n_strata + 1, sizeof(*rests));
	uint64_t given = 0;

	for (size_t i = 0; i < n_strata; i++) {
		const uint64_t product = n * strata[i].size;

		strata[i].n = product / population;
		rests[i] = (struct rest){product % population, i};
		given += strata[i].n;
	}
	qsort(rests, n_strata, sizeof(*rests), by_rest);
	for (size_t i = 0; given < n; i++, given++)
		strata[rests[i].stratum].n++;
	free(rests);
}

static size_t largest(const struct dsv_stratum *strata, size_t n_strata)
{
	size_t at = 0;

	for (size_t i = 1; i < n_strata; i++)
		if (strata[i].n > strata[at].n)
			at = i;
	return at;
}

uint64_t dsv_sample_allocate(struct dsv_stratum *strata, size_t n_strata,
			     uint64_t n)
{
	uint64_t population = 0;

	for (size_t i = 0; i < n_strata; i++)
		population += strata[i].size;
	if (n < n_strata)
		n = n_strata;
	if (n > population)
		n = population;
	if (population == 0)
		return 0;
	share_out(strata, n_strata, n, population);
	for (size_t i = 0; i < n_strata; i++) {
		if (strata[i].n > 0 || strata[i].size == 0)
			continue;
		strata[largest(strata, n_strata)].n--;
		strata[i].n = 1;
	}
	return n;
}
