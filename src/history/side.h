#ifndef HISTORY_SIDE_H
#define HISTORY_SIDE_H

#include "dataset/source.h"
#include "history/layout.h"
#include "history/tally.h"

/*
 * One side of a comparison: its bytes (all of them, or the runs of chunks that
 * the other side lacks), the records in these as rows, its columns.
 *
 * A row is found by the hash of its key and its record read again when it is
 * needed, so memory stays at about 30 bytes a record beside the mapped bytes.
 */
struct dsv_side {
	const struct dsv_reading *reading;
	struct dsv_source *source; /* of data, where it is all of it */
	const char *data;
	size_t len;
	struct dsv_buf buf; /* data, where it is runs */
	/* run i: bytes of data from run_at[i] stand in the content from
	 * run_offset[i] */
	uint64_t *run_at;
	uint64_t *run_offset;
	size_t n_runs;
	struct dsv_tally tally;
	struct dsv_layout layout; /* set when all columns are known */
	/* rows by key, once indexed: row number + 1, 0 free */
	uint32_t *slots;
	size_t n_slots;
	/* the other rows of one key behind the first: row number + 1, 0 end;
	 * NULL where no key is shared */
	uint32_t *more;
	uint64_t duplicate_keys;
};

#define DSV_SIDE_INIT \
	{             \
		0     \
	}

void dsv_side_init(struct dsv_side *side, const struct dsv_reading *reading,
		   unsigned tally_flags);
void dsv_side_release(struct dsv_side *side);
/** Read all of a source as rows. Borrows it. */
int dsv_side_read_all(struct dsv_side *side, struct dsv_source *source,
		      struct dsv_progress *progress);
/** The bytes of rows [first, end) are not needed soon: those of a mapped file
 * need not stay in memory. */
void dsv_side_pass(const struct dsv_side *side, size_t first, size_t end);
/** Index the rows by key, mark those whose key others share and count their
 * issue. The columns must be known. */
int dsv_side_index(struct dsv_side *side);
/** Where the row stands in the content. */
uint64_t dsv_side_offset(const struct dsv_side *side,
			 const struct dsv_row *row);

static inline size_t dsv_row_len(const struct dsv_row *row)
{
	return row->flags & DSV_ROW_LEN;
}

/* Reads rows of a side again, one at a time. Not for two threads. */
struct dsv_fetch {
	const struct dsv_side *side;
	struct dsv_stream *in;
	struct dsv_reader *reader;
	size_t first; /* of the rows that were read in rising order */
	size_t last;
	unsigned n_rising;
	size_t n_in_step; /* rows that were read one behind the other */
	size_t given_end; /* rows before it have been given to the reader */
};

#define DSV_FETCH_INIT \
	{              \
		0      \
	}

void dsv_fetch_init(struct dsv_fetch *fetch, const struct dsv_side *side);
void dsv_fetch_release(struct dsv_fetch *fetch);
/** The record of a row, lent until the next call. */
int dsv_fetch_row(struct dsv_fetch *fetch, size_t row, struct dsv_record *out);

/* Rows whose key has a hash, the first one of each key only:
 *
 *	struct dsv_probe probe = DSV_PROBE_INIT;
 *	while ((row = dsv_side_probe(side, hash, &probe)) >= 0)
 */
struct dsv_probe {
	size_t slot;
	bool started;
};

#define DSV_PROBE_INIT \
	{              \
		0      \
	}

/** A row, or -1 where there are no more. Its key has yet to be compared. */
long dsv_side_probe(const struct dsv_side *side, uint64_t hash,
		    struct dsv_probe *probe);

DSV_AUTO_RELEASE(side)
DSV_AUTO_RELEASE(fetch)

#endif
