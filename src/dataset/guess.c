#include "dataset/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * Guessing key and labels from what the columns hold. A guess is shown to a
 * person, never taken in silence, so a plain rule that can be told in a
 * sentence beats a clever one: a column without empties and doubles, names like
 * "id" first, then the first column; labels are what is called so, or the
 * one column with few values.
 */
#define LONG_VALUE  200u  /* bytes; longer values are texts, not names */
#define LABEL_MOST  1000u /* values of a column that is called a label */
#define VALUES_MOST 50u	  /* values of a column that is not */
#define RANK_TEXT   6u
#define RANK_NUMBER 5u
#define PROOFS_MOST 8u /* columns that are proved, one pass each */

static const char *field_name(const struct dsv_look *look, size_t i)
{
	return look->out->columns[i].name;
}

static unsigned key_rank(const struct dsv_look *look, size_t i)
{
	const struct dsv_column *column = &look->out->columns[i];
	unsigned rank = dsv_name_rank_key(column->name, i);

	if (column->max_len > LONG_VALUE)
		return RANK_TEXT;
	if (rank >= 4 && column->numeric == look->out->records)
		return RANK_NUMBER;
	return rank;
}

/* Could it be unique? Counted exactly it can be said; an estimate may be off
 * by a few per cent. */
static bool may_be_unique(const struct dsv_look *look, size_t i)
{
	const struct dsv_column *column = &look->out->columns[i];
	uint64_t records = look->out->records;

	if (column->empty > 0 || records == 0)
		return false;
	if (column->distinct_exact)
		return column->unique;
	return column->distinct >= records - records / 10;
}

static void set_key(struct dsv_look *look, size_t i)
{
	dsv_strlist_add(&look->out->key, field_name(look, i));
	look->out->key_proved = true;
}

/* 1: proved unique. */
static int prove(struct dsv_look *look, size_t i)
{
	struct dsv_column *column = &look->out->columns[i];
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_proof_opts opts = {
		.records = look->out->records,
		.first_only = true,
	};
	struct dsv_proof proof;
	int rc;

	if (column->unique)
		return 1;
	if (column->distinct_exact)
		return 0;
	dsv_strlist_add(&key, column->name);
	rc = dsv_proof_run(&proof, look->source, &look->reading, &key, &opts);
	if (rc < 0)
		return rc;
	column->unique = proof.complete && proof.duplicates == 0;
	if (column->unique) {
		column->distinct = look->out->records;
		column->distinct_exact = true;
	}
	return proof.duplicates == 0 && proof.without_key == 0;
}

/* The best single column whose rank is within [low, high]. 1 found. */
static int guess_single(struct dsv_look *look, unsigned low, unsigned high)
{
	unsigned proofs = 0;

	for (unsigned rank = low; rank <= high; rank++) {
		for (size_t i = 0; i < look->out->n_columns; i++) {
			int rc;

			if (key_rank(look, i) != rank ||
			    !may_be_unique(look, i))
				continue;
			if (proofs++ >= PROOFS_MOST)
				return 0;
			rc = prove(look, i);
			if (rc < 0)
				return rc;
			if (rc == 0)
				continue;
			set_key(look, i);
			return 1;
		}
	}
	return 0;
}

/* A column that is called a key, or is the first, and has few doubles: the
 * doubles are then faults of the data, to be told. */
static int guess_nearly_unique(struct dsv_look *look)
{
	uint64_t records = look->out->records;

	for (unsigned rank = 0; rank <= 3; rank++) {
		for (size_t i = 0; i < look->out->n_columns; i++) {
			const struct dsv_column *column;

			column = &look->out->columns[i];
			if (key_rank(look, i) != rank ||
			    column->empty > records / 100 ||
			    column->distinct < records - records / 50)
				continue;
			set_key(look, i);
			return 1;
		}
	}
	return 0;
}

static int guess_key(struct dsv_look *look)
{
	int rc;

	if (look->out->records == 0)
		return guess_nearly_unique(look);
	rc = guess_single(look, 0, 4);
	if (rc == 0)
		rc = guess_nearly_unique(look);
	if (rc == 0)
		rc = dsv_guess_composite(look);
	if (rc == 0)
		rc = guess_single(look, RANK_NUMBER, RANK_TEXT);
	return rc;
}

static bool is_taken(const struct dsv_look *look, const char *name)
{
	return dsv_strlist_find(&look->out->key, name) >= 0 ||
	       (look->out->annotator &&
		strcmp(look->out->annotator, name) == 0);
}

static bool is_called_label(const struct dsv_look *look, size_t i)
{
	const struct dsv_column *column = &look->out->columns[i];
	uint64_t records = look->out->records;

	if (!dsv_name_is_label(column->name) || column->distinct > LABEL_MOST ||
	    column->max_len > LONG_VALUE)
		return false;
	return column->distinct <= 2 || column->distinct <= records / 2;
}

static bool is_like_label(const struct dsv_look *look, size_t i)
{
	const struct dsv_column *column = &look->out->columns[i];
	uint64_t records = look->out->records;

	return column->distinct >= 2 && column->distinct <= VALUES_MOST &&
	       column->distinct <= records / 20 && column->max_len <= 64 &&
	       column->numeric < records - column->empty;
}

static size_t guess_labels_by(struct dsv_look *look,
			      bool (*fits)(const struct dsv_look *, size_t),
			      struct dsv_strlist *out)
{
	for (size_t i = 0; i < look->out->n_columns; i++) {
		if (!is_taken(look, field_name(look, i)) && fits(look, i))
			dsv_strlist_add(out, field_name(look, i));
	}
	return out->n;
}

static void guess_labels(struct dsv_look *look)
{
	struct dsv_strlist found DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	if (guess_labels_by(look, is_called_label, &look->out->labels) > 0)
		return;
	if (guess_labels_by(look, is_like_label, &found) == 1)
		dsv_strlist_copy(&look->out->labels, &found);
}

static void guess_annotator(struct dsv_look *look)
{
	for (size_t i = 0; i < look->out->n_columns; i++) {
		const struct dsv_column *column = &look->out->columns[i];

		if (!dsv_name_is_annotator(column->name) ||
		    column->distinct > look->out->records / 2 + 1 ||
		    dsv_strlist_find(&look->out->labels, column->name) >= 0)
			continue;
		look->out->annotator = dsv_strdup(column->name);
		return;
	}
}

int dsv_guess(struct dsv_look *look, bool want_labels)
{
	guess_annotator(look);
	if (look->out->key.n == 0) {
		int rc = guess_key(look);

		if (rc < 0)
			return rc;
	}
	if (want_labels)
		guess_labels(look);
	return 0;
}
