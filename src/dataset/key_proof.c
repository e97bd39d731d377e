#include "dataset/key_proof.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "dataset/place.h"

struct slot {
	uint64_t hash; /* 0: free */
	uint32_t more; /* 32 further bits */
	uint32_t line; /* of the first; UINT32_MAX and above are one */
};

struct proof {
	const struct dsv_strlist *key;
	const struct dsv_proof_opts *opts;
	struct dsv_place *places; /* one for each field of the key */
	struct slot *slots;
	size_t n_slots;
	size_t n_used;
	unsigned part; /* which share of the hashes this pass holds */
	unsigned n_parts;
	unsigned n_passes;   /* less where there are too many parts */
	struct dsv_buf text; /* of the key at hand */
	struct dsv_proof *out;
};

static void proof_release(struct proof *proof)
{
	for (size_t i = 0; proof->places && i < proof->key->n; i++)
		dsv_place_release(&proof->places[i]);
	free(proof->places);
	free(proof->slots);
	dsv_buf_release(&proof->text);
}

static void proof_init(struct proof *proof, const struct dsv_reading *reading)
{
	uint64_t share = proof->opts->records / proof->n_parts + 1;
	size_t n = 1024;

	while (n * 5 < share * 8 && n < (size_t)DSV_PROOF_RECORDS * 2)
		n *= 2;
	proof->n_slots = n;
	proof->slots = dsv_alloc_zero(n, sizeof(*proof->slots));
	proof->places =
		dsv_alloc_zero(proof->key->n + 1, sizeof(*proof->places));
	for (size_t i = 0; i < proof->key->n; i++)
		dsv_place_init(&proof->places[i], reading,
			       proof->key->items[i]);
}

/* The fields with their kind and length before each, so that no two keys have
 * one text; behind it a readable form. False: all fields are empty. */
static bool key_text(struct proof *proof, const struct dsv_record *record)
{
	bool filled = false;

	dsv_buf_reset(&proof->text);
	for (size_t i = 0; i < proof->key->n; i++) {
		const struct dsv_field *field;

		field = dsv_place_field(&proof->places[i], record);
		filled = filled || !dsv_field_is_empty(field);
		dsv_buf_add(&proof->text, &field->kind, sizeof(field->kind));
		dsv_buf_add(&proof->text, &field->len, sizeof(field->len));
		dsv_buf_add(&proof->text, field->text, field->len);
	}
	return filled;
}

static void show_key(struct proof *proof, const struct dsv_record *record)
{
	dsv_buf_reset(&proof->text);
	for (size_t i = 0; i < proof->key->n; i++) {
		const struct dsv_field *field;

		field = dsv_place_field(&proof->places[i], record);
		if (i > 0)
			dsv_buf_addch(&proof->text, ',');
		dsv_buf_add(&proof->text, field->text, field->len);
	}
}

static int found(struct proof *proof, const struct dsv_record *record,
		 uint64_t other_line)
{
	if (!proof->opts->found)
		return 0;
	show_key(proof, record);
	return proof->opts->found(proof->opts->ctx, record, other_line,
				  dsv_buf_str(&proof->text));
}

/* The slot that holds the key, or the free one where it goes. */
static struct slot *slot_of(struct proof *proof, struct dsv_hash128 hash)
{
	uint64_t want = hash.low ? hash.low : 1;
	size_t at = want & (proof->n_slots - 1);

	while (proof->slots[at].hash != 0) {
		if (proof->slots[at].hash == want &&
		    proof->slots[at].more == (uint32_t)hash.high)
			break;
		at = (at + 1) & (proof->n_slots - 1);
	}
	return &proof->slots[at];
}

/* Twice the slots. Needed where the count of records was too low. */
static void grow(struct proof *proof)
{
	struct slot *old = proof->slots;
	size_t n_old = proof->n_slots;

	proof->n_slots *= 2;
	proof->slots = dsv_alloc_zero(proof->n_slots, sizeof(*proof->slots));
	for (size_t i = 0; i < n_old; i++) {
		if (old[i].hash != 0)
			*slot_of(proof, (struct dsv_hash128){old[i].hash,
							     old[i].more}) =
				old[i];
	}
	free(old);
}

static int look_up(struct proof *proof, const struct dsv_record *record)
{
	struct dsv_hash128 hash;
	struct slot *slot;

	hash = dsv_hash128(proof->text.data, proof->text.len);
	if (proof->n_parts > 1 &&
	    (hash.high >> 40) % proof->n_parts != proof->part)
		return 0;
	if (proof->n_used * 5 >= proof->n_slots * 4)
		grow(proof);
	slot = slot_of(proof, hash);
	if (slot->hash != 0) {
		proof->out->duplicates++;
		return found(proof, record, slot->line);
	}
	slot->hash = hash.low ? hash.low : 1;
	slot->more = (uint32_t)hash.high;
	slot->line =
		record->line > UINT32_MAX ? UINT32_MAX : (uint32_t)record->line;
	proof->n_used++;
	return 0;
}

static int look_at(struct proof *proof, const struct dsv_record *record)
{
	if (key_text(proof, record))
		return look_up(proof, record);
	if (proof->part > 0)
		return 0;
	proof->out->without_key++;
	return found(proof, record, 0);
}

static bool has_failed(const struct proof *proof)
{
	return proof->opts->first_only &&
	       (proof->out->duplicates > 0 || proof->out->without_key > 0);
}

/* One pass. 0 at the end, also where it was stopped early. */
static int pass(struct proof *proof, struct dsv_source *source,
		const struct dsv_reading *reading)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader_opts opts = {.only = proof->key};
	struct dsv_record record;
	int rc;

	rc = dsv_source_stream(source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, reading->format, in, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		for (size_t i = 0; i < proof->key->n; i++)
			dsv_place_bind(&proof->places[i],
				       dsv_reader_columns(reader));
		rc = look_at(proof, &record);
		if (rc != 0 || has_failed(proof))
			return rc < 0 ? rc : 0;
		rc = dsv_cancelled();
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int all_passes(struct proof *proof, struct dsv_source *source,
		      const struct dsv_reading *reading)
{
	for (proof->part = 0; proof->part < proof->n_passes; proof->part++) {
		int rc;

		proof_init(proof, reading);
		rc = pass(proof, source, reading);
		proof_release(proof);
		proof->places = NULL;
		proof->slots = NULL;
		proof->text = (struct dsv_buf)DSV_BUF_INIT;
		proof->n_used = 0;
		if (rc < 0)
			return rc;
		if (has_failed(proof))
			break;
	}
	return 0;
}

int dsv_proof_run(struct dsv_proof *out, struct dsv_source *source,
		  const struct dsv_reading *reading,
		  const struct dsv_strlist *key,
		  const struct dsv_proof_opts *opts)
{
	const unsigned most = DSV_PROPOSE_PROVED / DSV_PROOF_RECORDS;
	struct dsv_proof result = {0};
	struct proof proof = {.key = key, .opts = opts, .out = &result};
	int rc;

	proof.n_parts = (unsigned)(opts->records / DSV_PROOF_RECORDS) + 1;
	proof.n_passes = proof.n_parts > most ? most : proof.n_parts;
	result.complete = proof.n_passes == proof.n_parts;
	rc = all_passes(&proof, source, reading);
	if (rc < 0)
		return rc;
	*out = result;
	return 0;
}
