#ifndef HISTORY_CENSUS_H
#define HISTORY_CENSUS_H

#include "history/keyset.h"
#include "history/side.h"

/*
 * What is true of all records of one content under one reading: how many, under
 * which columns, how often each label, what is wrong with them. A diff of two
 * contents reads only the chunks that one of them lacks; the census is what
 * lets it still say how many records there are. With the set of keys it can
 * also tell that an added key is not one that an unread chunk has.
 */
struct dsv_census {
	uint64_t records;
	uint64_t duplicate_keys;
	uint64_t keyless;
	bool clean; /* unique keys, no issue that blurs a count */
	struct dsv_strlist columns;
	uint64_t columns_line; /* all columns are known from this line on */
	struct dsv_issue_tally issues[DSV_ISSUE_KINDS];
	struct dsv_map *labels; /* for each label column: text to count */
	size_t n_labels;
};

#define DSV_CENSUS_INIT \
	{               \
		0       \
	}

/** Take over what a tally counted; duplicate_keys as the index found them. */
void dsv_census_take(struct dsv_census *out, struct dsv_tally *tally,
		     uint64_t duplicate_keys);
/** The same, leaving the tally as it is. */
void dsv_census_copy(struct dsv_census *out, const struct dsv_tally *tally,
		     uint64_t duplicate_keys);
void dsv_census_release(struct dsv_census *census);

/* The figures as bytes (docs/formats/cache.md). */
void dsv_census_put(struct dsv_buf *out, const struct dsv_census *census);
void dsv_census_get(struct dsv_bytes *in, struct dsv_census *out);

/* What a census is kept under. */
struct dsv_census_name {
	const struct dsv_cache *cache; /* NULL: it is not kept */
	struct dsv_identity content;
	struct dsv_id reading;
};

/** 1 and both, or 0. keys stays empty where the census is not clean. */
int dsv_census_load(struct dsv_census *out, struct dsv_keyset *keys,
		    const struct dsv_census_name *name);
/** keys NULL: none. */
void dsv_census_keep(const struct dsv_census *census,
		     const struct dsv_keyset *keys,
		     const struct dsv_census_name *name);

/* The records by which a content differs from one whose census is known. */
struct dsv_census_step {
	const struct dsv_census *base;
	const struct dsv_tally *gone; /* only the base has these */
	const struct dsv_tally *come;
	/* what stands before this line is the same in both */
	uint64_t same_before;
};

/** False: it cannot be told without reading more. */
bool dsv_census_derive(struct dsv_census *out,
		       const struct dsv_census_step *step);

DSV_AUTO_RELEASE(census)

#endif
