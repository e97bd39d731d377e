#ifndef GOVERN_SCANNED_H
#define GOVERN_SCANNED_H

#include <dsv/scan.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/pool.h"
#include "dataset/reading.h"
#include "dataset/source.h"

/*
 * What was found in one content, part by part. A part is a group of chunks
 * that begins and ends between records (history/groups.h), so a content that
 * shares it shares what was found in it. Where chunks are not known a part is
 * just a piece, without a name.
 */
struct dsv_scan_hit {
	enum dsv_pii kind;
	uint64_t line;	 /* of its record, from the part's first: 0 */
	const char *key; /* masked; lent by the part */
	const char *field;
	uint64_t offset;
	uint64_t len;
	const char *masked;
	char id[DSV_FINDING_HEX];
};

struct dsv_scan_part {
	struct dsv_id id; /* of its chunks; zero: none */
	uint64_t line;	  /* its first, from 1 */
	uint64_t records;
	uint64_t unscanned;
	struct dsv_scan_hit *hits;
	size_t n;
	size_t cap;
	struct dsv_arena arena;
};

struct dsv_scanned {
	struct dsv_id reading; /* that it was scanned under; the caller's */
	struct dsv_id columns; /* of the header, which all parts build on */
	struct dsv_scan_part *parts;
	size_t n;
};

#define DSV_SCANNED_INIT \
	{                \
		0        \
	}

/* More findings than these in one file are not held: that is a column of
 * personal data, not a list to decide about. */
#define DSV_SCAN_HITS_MAX (2u * 1000u * 1000u)

struct dsv_scanned_opts {
	const char *dataset; /* its name, or the path: part of every id */
	const struct dsv_reading *reading;
	struct dsv_source *source;
	struct dsv_store *store; /* NULL: chunks are not looked at */
	struct dsv_pool *pool;	 /* may be NULL */
	struct dsv_progress *progress;
	/* what was scanned before under the same reading; may be NULL */
	const struct dsv_scanned *const *known;
	size_t n_known;
};

/** Scan a content; parts that are known are taken over. */
int dsv_scanned_read(struct dsv_scanned *out,
		     const struct dsv_scanned_opts *opts);
void dsv_scanned_release(struct dsv_scanned *scanned);
uint64_t dsv_scanned_hits(const struct dsv_scanned *scanned);

/* As bytes (docs/formats/cache.md). */
void dsv_scanned_put(struct dsv_buf *out, const struct dsv_scanned *scanned);
/** False: not such bytes; out is empty then. */
bool dsv_scanned_get(struct dsv_scanned *out, const char *data, size_t len);

/** Add a hit; strings are copied. */
void dsv_scan_part_add(struct dsv_scan_part *part,
		       const struct dsv_scan_hit *hit);
void dsv_scan_part_copy(struct dsv_scan_part *to,
			const struct dsv_scan_part *from);

DSV_AUTO_RELEASE(scanned)

#endif
