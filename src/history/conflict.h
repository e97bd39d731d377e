#ifndef HISTORY_CONFLICT_H
#define HISTORY_CONFLICT_H

#include <dsv/conflicts.h>

#include "repo/unmerged.h"

/*
 * The content of a conflict record (repo/unmerged.h knows its head): what
 * a merge by record left to a person, with the bytes of each side, so that any
 * of them can be put into the work file later. docs/formats/conflict.md has
 * the bytes.
 *
 *	rc = dsv_conflict_record_read(&record, repo, path);
 *	record.items[i].resolved = true;
 *	rc = dsv_conflict_record_write(repo, &record);
 */
#define DSV_CONFLICT_RECORDS "records" /* kind of a merge by record */

/* Bytes of a file, which may hold NUL; data is NULL where there are none (an
 * empty run has data ""). Owned. */
struct dsv_conflict_bytes {
	char *data;
	size_t len;
};

/* What one side has of a conflict. */
struct dsv_conflict_side {
	/* the field as it stands in the source of its record
	 * (dsv_rewrite_source), NULL: no such field, or a whole record */
	struct dsv_conflict_bytes value;
	/* the records of the key as they would stand in the merged file (under
	 * its columns, without line end), in the order of the side; none where
	 * the side has none. Several only where the key is doubled. */
	struct dsv_conflict_bytes *records;
	size_t n;
};

struct dsv_conflict_item {
	enum dsv_conflict_word word; /* never FILE or GIT */
	/* a text for each key field; all "" for the records without key of
	 * a file that has one; no texts at all where the reading has no key:
	 * then sides[].records are all copies of one content */
	struct dsv_strlist key;
	char *field; /* today's name; NULL: the record as a whole */
	struct dsv_conflict_side sides[DSV_STAGES];
	bool resolved;
};

struct dsv_conflict_record {
	struct dsv_conflict_head head; /* kind: "file" or "records" */
	char *reason;		       /* of a whole file; NULL: not told */
	/* how the records are read, of kind "records" */
	char *format;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	struct dsv_conflict_item *items; /* in the order of the file */
	size_t n;
	size_t cap;
};

#define DSV_CONFLICT_RECORD_INIT \
	{                        \
		0                \
	}

void dsv_conflict_record_release(struct dsv_conflict_record *record);
/** An empty item at the end, lent until the next call. */
struct dsv_conflict_item *
dsv_conflict_record_add(struct dsv_conflict_record *record);
void dsv_conflict_bytes_set(struct dsv_conflict_bytes *bytes, const char *data,
			    size_t len);
/** One more record of a side. */
void dsv_conflict_side_add(struct dsv_conflict_side *side, const char *data,
			   size_t len);
/** How many are not resolved; of a whole file 1. */
size_t dsv_conflict_record_open(const struct dsv_conflict_record *record);

/** What follows the head, and back; DSV_ECORRUPT, DSV_EUNSUPPORTED. get sets
 * all but the head, by whose kind it reads. */
void dsv_conflict_body_put(struct dsv_buf *out,
			   const struct dsv_conflict_record *record);
int dsv_conflict_body_get(struct dsv_conflict_record *record, const char *data,
			  size_t len);

/** 1 read, 0 there is none (live or not: dsv_conflict_is_live). */
int dsv_conflict_record_read(struct dsv_conflict_record *out,
			     struct dsv_repo *repo, const char *path);
/** In place of an older one of record->head.path. */
int dsv_conflict_record_write(struct dsv_repo *repo,
			      const struct dsv_conflict_record *record);

DSV_AUTO_RELEASE(conflict_record)

#endif
