#ifndef HISTORY_TALLY_H
#define HISTORY_TALLY_H

#include <dsv/progress.h>
#include <dsv/record.h>

#include "base/map.h"
#include "base/stream.h"
#include "dataset/reading.h"

/*
 * One pass over a run of records: what they are, counted. Tallies of runs that
 * follow each other are put together with dsv_tally_merge().
 */
enum dsv_row_flags {
	DSV_ROW_SHARED = 1u << 26, /* no key, or one that others share */
	DSV_ROW_KEYLESS = 1u << 27,
	DSV_ROW_ODD = 1u << 28, /* has issues: its source does not tell all */
	DSV_ROW_PAIRED = 1u << 29, /* has its match on the other side */
	DSV_ROW_DONE = 1u << 30,   /* ... and equals it */
};

#define DSV_ROW_LEN 0x1ffffffu /* bytes of the source; DSV_RECORD_MAX fits */

/* A record that is not held: where it stands and the hash of its key. */
struct dsv_row {
	uint64_t key;
	uint64_t at; /* in the bytes of the side */
	uint32_t line;
	uint32_t flags; /* with the length of its source */
};

#define DSV_ISSUE_KINDS 10u

struct dsv_issue_tally {
	uint64_t line; /* the first one */
	uint64_t count;
};

enum dsv_tally_flags {
	DSV_TALLY_ROWS = 1u << 0,
	DSV_TALLY_KEYS = 1u << 1,
};

struct dsv_tally {
	const struct dsv_reading *reading;
	unsigned flags;
	uint64_t records;
	uint64_t keyless;
	struct dsv_strlist columns;
	uint64_t columns_line; /* the last new column was first seen here */
	struct dsv_issue_tally issues[DSV_ISSUE_KINDS]; /* by bit */
	struct dsv_map *labels; /* one for each label column: text to count */
	struct dsv_row *rows;
	size_t n_rows;
	size_t rows_cap;
	uint64_t *keys; /* stable hashes, one for each record */
	size_t n_keys;
	size_t keys_cap;
	struct dsv_tally_pass *pass; /* what goes on from run to run */
};

/** Borrows reading. flags: enum dsv_tally_flags. */
void dsv_tally_init(struct dsv_tally *tally, const struct dsv_reading *reading,
		    unsigned flags);
void dsv_tally_release(struct dsv_tally *tally);

struct dsv_tally_run {
	const char *data;
	size_t len;
	struct dsv_stream *in; /* borrowed; read in place of data if not NULL */
	size_t base;	       /* where data stands in the bytes of the side */
	uint64_t offset;       /* of its first byte in the content */
	uint64_t line;	       /* of its first byte, from 1 */
	/* NULL: the run begins with the header */
	const struct dsv_strlist *columns;
	struct dsv_progress *progress;
};

/** Add the records of a run behind those that were added before. */
int dsv_tally_add(struct dsv_tally *tally, const struct dsv_tally_run *run);
/** Make room for so many in all. */
void dsv_tally_reserve(struct dsv_tally *tally, size_t n_rows, size_t n_keys);
/** So many bytes of records are about to come. */
void dsv_tally_expect(struct dsv_tally *tally, size_t bytes);
/** Count what `other` counted as well, its columns and rows left aside. */
void dsv_tally_include(struct dsv_tally *tally, const struct dsv_tally *other);
/** Take over what `later` has, which counted the runs that follow. */
void dsv_tally_merge(struct dsv_tally *tally, struct dsv_tally *later);
void dsv_tally_issue(struct dsv_tally *tally, enum dsv_issue issue,
		     uint64_t line, uint64_t count);
/** No issue so far makes a count have two readings. Doubled keys are another
 * matter. */
bool dsv_tally_is_sound(const struct dsv_tally *tally);

/* Issues that leave every count with one reading only. */
#define DSV_ISSUES_HARMLESS \
	(DSV_ISSUE_BAD_UTF8 | DSV_ISSUE_NUL | DSV_ISSUE_REPEATED_COLUMN)

/** How a label is counted: "(null)" where it is missing or null. */
const char *dsv_label_text(const struct dsv_field *field, size_t *out_len);

DSV_AUTO_RELEASE(tally)

#endif
