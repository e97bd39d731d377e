#include "dataset/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "dataset/place.h"

/*
 * A key of two or three columns. The first SAMPLE records disprove almost every
 * combination; what survives is proved over all records, a pass each.
 * Columns are tried in the order of how much they sound like a key.
 */
#define SAMPLE	    32768u
#define COLUMNS	    8u /* combinations are made of so many columns */
#define PROOFS_MOST 4u
#define VALUE_MOST  128u /* bytes of a value that can be part of a key */

struct candidate {
	size_t column;
	unsigned rank;
};

struct sample {
	struct dsv_look *look;
	struct candidate columns[COLUMNS];
	size_t n_columns;
	uint64_t *hashes; /* [record * COLUMNS + candidate] */
	size_t n;
	uint64_t *set; /* room for one combination */
	unsigned proofs;
};

static int by_rank(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static bool can_be_part(const struct dsv_look *look,
			const struct dsv_column *column)
{
	return column->empty == 0 && column->distinct >= 2 &&
	       column->max_len <= VALUE_MOST && look->out->records >= 2;
}

static void choose_columns(struct sample *sample)
{
	const struct dsv_proposal *out = sample->look->out;
	struct candidate *all;
	size_t n = 0;

	all = dsv_alloc_zero(out->n_columns + 1, sizeof(*all));
	for (size_t i = 0; i < out->n_columns; i++) {
		const struct dsv_column *column = &out->columns[i];

		if (!can_be_part(sample->look, column))
			continue;
		all[n].column = i;
		all[n].rank = dsv_name_rank_key(column->name, i);
		if (dsv_name_is_label(column->name))
			all[n].rank = 9;
		n++;
	}
	qsort(all, n, sizeof(*all), by_rank);
	sample->n_columns = n < COLUMNS ? n : COLUMNS;
	memcpy(sample->columns, all, sample->n_columns * sizeof(*all));
	free(all);
}

static void take_record(struct sample *sample, struct dsv_place *places,
			const struct dsv_record *record)
{
	uint64_t *row = &sample->hashes[sample->n++ * COLUMNS];

	for (size_t i = 0; i < sample->n_columns; i++) {
		const struct dsv_field *field;

		field = dsv_place_field(&places[i], record);
		row[i] = dsv_hash64(field->text, field->len) + field->kind;
	}
}

static int take_records(struct sample *sample, struct dsv_place *places)
{
	struct dsv_look *look = sample->look;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_record record;
	int rc;

	rc = dsv_source_stream(look->source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, look->reading.format, in, NULL);
	if (rc < 0)
		return rc;
	while (sample->n < SAMPLE &&
	       (rc = dsv_reader_next(reader, &record)) > 0) {
		for (size_t i = 0; i < sample->n_columns; i++)
			dsv_place_bind(&places[i], dsv_reader_columns(reader));
		take_record(sample, places, &record);
	}
	return rc < 0 ? rc : 0;
}

static int fill(struct sample *sample)
{
	struct dsv_place places[COLUMNS] = {0};
	int rc;

	sample->hashes = dsv_alloc_zero((size_t)SAMPLE * COLUMNS,
					sizeof(*sample->hashes));
	sample->set = dsv_alloc_zero(SAMPLE * 2u, sizeof(*sample->set));
	for (size_t i = 0; i < sample->n_columns; i++) {
		const struct dsv_column *columns = sample->look->out->columns;

		dsv_place_init(&places[i], &sample->look->reading,
			       columns[sample->columns[i].column].name);
	}
	rc = take_records(sample, places);
	for (size_t i = 0; i < sample->n_columns; i++)
		dsv_place_release(&places[i]);
	return rc;
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

/* Does no combination of values stand twice in the sample? */
static bool is_unique(struct sample *sample, const size_t *part, size_t n)
{
	const size_t mask = SAMPLE * 2u - 1;

	memset(sample->set, 0, SAMPLE * 2u * sizeof(*sample->set));
	for (size_t i = 0; i < sample->n; i++) {
		uint64_t hash = 1;
		size_t at;

		for (size_t k = 0; k < n; k++)
			hash = mix(hash, sample->hashes[i * COLUMNS + part[k]]);
		hash = hash ? hash : 1;
		for (at = hash & mask; sample->set[at] != 0;
		     at = (at + 1) & mask) {
			if (sample->set[at] == hash)
				return false;
		}
		sample->set[at] = hash;
	}
	return true;
}

/* Columns in the order of the file. */
static void name_key(const struct sample *sample, const size_t *part, size_t n,
		     struct dsv_strlist *out)
{
	const struct dsv_proposal *proposal = sample->look->out;

	for (size_t column = 0; column < proposal->n_columns; column++) {
		for (size_t k = 0; k < n; k++) {
			if (sample->columns[part[k]].column == column)
				dsv_strlist_add(out,
						proposal->columns[column].name);
		}
	}
}

static int try_key(struct sample *sample, const size_t *part, size_t n)
{
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_look *look = sample->look;
	struct dsv_proof_opts opts = {
		.records = look->out->records,
		.first_only = true,
	};
	struct dsv_proof proof;
	int rc;

	if (!is_unique(sample, part, n) || sample->proofs++ >= PROOFS_MOST)
		return 0;
	name_key(sample, part, n, &key);
	rc = dsv_proof_run(&proof, look->source, &look->reading, &key, &opts);
	if (rc < 0 || proof.duplicates > 0)
		return rc;
	dsv_strlist_copy(&look->out->key, &key);
	look->out->key_proved = proof.complete;
	return 1;
}

static int try_pairs(struct sample *sample)
{
	size_t n = sample->n_columns;

	for (size_t b = 1; b < n; b++) {
		for (size_t a = 0; a < b; a++) {
			int rc = try_key(sample, (size_t[]){a, b}, 2);

			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

static int try_triples(struct sample *sample)
{
	size_t n = sample->n_columns;

	for (size_t c = 2; c < n; c++) {
		for (size_t b = 1; b < c; b++) {
			for (size_t a = 0; a < b; a++) {
				int rc =
					try_key(sample, (size_t[]){a, b, c}, 3);

				if (rc != 0)
					return rc;
			}
		}
	}
	return 0;
}

int dsv_guess_composite(struct dsv_look *look)
{
	struct sample sample = {.look = look};
	int rc = 0;

	choose_columns(&sample);
	if (sample.n_columns >= 2)
		rc = fill(&sample);
	if (rc == 0 && sample.n > 0)
		rc = try_pairs(&sample);
	if (rc == 0 && sample.n > 0)
		rc = try_triples(&sample);
	free(sample.hashes);
	free(sample.set);
	return rc;
}
