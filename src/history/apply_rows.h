#ifndef HISTORY_APPLY_ROWS_H
#define HISTORY_APPLY_ROWS_H

#include <dsv/apply.h>

#include "base/arena.h"
#include "base/map.h"
#include "dataset/place.h"
#include "dataset/source.h"

/* The rows of a delivery, in memory, and what is wrong with them. */
struct dsv_apply_row {
	uint64_t line;
	const char *key; /* as in an address */
	const struct dsv_field *fields;
	size_t n_fields;
	bool bad;	/* has a fault: not to be applied */
	uint64_t first; /* line of the first record of the data file with this
			 * key, and of the last */
	uint64_t last;
	uint64_t matches;
};

struct dsv_apply_rows {
	struct dsv_reading reading; /* the data file's, of another format */
	struct dsv_strlist columns;
	uint64_t *first_lines; /* where each column was seen first */
	struct dsv_apply_row *items;
	size_t n;
	size_t cap;
	struct dsv_map by_key; /* row number + 1 */
	struct dsv_apply_fault *faults;
	size_t n_faults;
	size_t cap_faults;
	struct dsv_arena arena;
};

#define DSV_APPLY_ROWS_INIT \
	{                   \
		0           \
	}

/** Read all of the delivery. target is the reading of the data file; its
 * datasets are borrowed. */
int dsv_apply_rows_read(struct dsv_apply_rows *rows,
			const struct dsv_reading *target,
			const struct dsv_apply_opts *opts);
void dsv_apply_rows_release(struct dsv_apply_rows *rows);

/** A fault of a line, to be filled in; lent until the next one. */
struct dsv_apply_fault *dsv_apply_rows_fault(struct dsv_apply_rows *rows,
					     enum dsv_apply_fault_kind kind,
					     uint64_t line);
/** By line; of one line in the order they were found. */
void dsv_apply_rows_sort(struct dsv_apply_rows *rows);

/* The key fields of a reading, one place each. */
struct dsv_apply_key {
	struct dsv_place *places;
	size_t n;
};

#define DSV_APPLY_KEY_INIT \
	{                  \
		0          \
	}

void dsv_apply_key_init(struct dsv_apply_key *key,
			const struct dsv_reading *reading);
void dsv_apply_key_bind(struct dsv_apply_key *key,
			const struct dsv_strlist *columns);
/** Put the key of a record into out as an address has it; false where all of
 * its fields are empty. */
bool dsv_apply_key_of(struct dsv_apply_key *key,
		      const struct dsv_record *record, struct dsv_buf *out);
void dsv_apply_key_release(struct dsv_apply_key *key);

DSV_AUTO_RELEASE(apply_rows)
DSV_AUTO_RELEASE(apply_key)

#endif
