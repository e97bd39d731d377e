#ifndef HISTORY_MERGEWORK_H
#define HISTORY_MERGEWORK_H

#include "dataset/patch.h"
#include "history/compare.h"
#include "history/conflict.h"
#include "store/writer.h"

/*
 * What the parts of a merge by record share.
 *
 * Both sides are compared with the base. What theirs did is planned first, by
 * key; then one pass over ours makes the merged content and finds the
 * conflicts. Memory follows what theirs changed, and what was compared.
 *
 * A unit is a key that theirs changed: one record, or a group where a side has
 * the key more than once. Records without key are one group; without a key in
 * the reading each content is one. Of a group only contents are counted: how
 * many of each came and went.
 */
enum dsv_merge_verdict {
	DSV_MERGE_OURS,	  /* nothing to do */
	DSV_MERGE_THEIRS, /* what theirs dropped goes, what it added comes */
	DSV_MERGE_OPEN,	  /* a conflict, ours stays */
};

struct dsv_merge_unit {
	bool group;
	bool told; /* the conflict of a group is recorded */
	long base; /* rows of the comparison with theirs; -1: none */
	long theirs;
	enum dsv_merge_verdict verdict; /* of a group */
};

/* Of one content in a group: records more (or less) than the base has. */
struct dsv_merge_delta {
	uint64_t unit;
	int64_t ours;
	int64_t theirs;
	int64_t to_drop;
};

/* A record of theirs that comes behind its anchor, one of ours. */
struct dsv_merge_insert {
	size_t row;
	uint64_t next; /* insert + 1 */
};

struct dsv_merge_chain {
	uint64_t first; /* insert + 1 */
	uint64_t last;
	bool done;
};

/* One column of the merged file; -1: that side has none of this name. */
struct dsv_merge_column {
	char *text;   /* in the header */
	bool dropped; /* ours has it, the merged file does not */
	long base, ours, theirs;
};

/* The rows of a side that belong to groups in conflict: those of unit i are
 * rows[starts[i]] to rows[starts[i + 1]]. */
struct dsv_merge_members {
	size_t *starts;
	size_t *rows;
};

struct dsv_mergework {
	struct dsv_repo *repo;
	const char *path;
	const struct dsv_reading *reading;
	struct dsv_source *sources[DSV_STAGES]; /* of all three stages */
	struct dsv_compare ours;		/* base to ours */
	struct dsv_compare theirs;		/* base to theirs */
	struct dsv_fetch base_fetch;		/* of theirs.from */
	struct dsv_fetch theirs_fetch;
	struct dsv_map units; /* key text to unit + 1 */
	struct dsv_merge_unit *unit_items;
	size_t n_units, cap_units;
	size_t n_groups;
	struct dsv_merge_members members[DSV_STAGES];
	const struct dsv_side *member_sides[DSV_STAGES]; /* NULL: not yet */
	struct dsv_map deltas; /* unit and content to delta + 1 */
	struct dsv_merge_delta *delta_items;
	size_t n_deltas, cap_deltas;
	struct dsv_map anchors; /* key text (or row) to chain + 1 */
	struct dsv_merge_chain *chains;
	size_t n_chains, cap_chains;
	struct dsv_merge_insert *inserts;
	size_t n_inserts, cap_inserts;
	uint64_t *hashes; /* of the keys of units and anchors */
	size_t n_hashes, cap_hashes;
	uint64_t *filter; /* bits by key hash: worth a look */
	uint64_t filter_mask;
	/* columns of a format with a header */
	struct dsv_merge_column *columns;
	size_t n_columns, cap_columns;
	struct dsv_strlist result; /* their texts */
	bool columns_change;	   /* each record of ours gets other cells */
	bool convert_theirs;	   /* records of theirs have other cells */
	bool both_added;	   /* a column that the base does not have */
	/* the pass over ours */
	struct dsv_layout layout; /* of its columns so far */
	size_t next_row;	  /* of ours.to */
	struct dsv_map seen;	  /* contents, where they are anchors */
	struct dsv_map contents;  /* how many ours has in all */
	bool by_chunks;		  /* both comparisons read leftovers alone */
	/* chunks of theirs, before any leftover, that hold an anchor */
	size_t *anchor_chunks;
	size_t n_anchor_chunks, cap_anchor_chunks;
	bool content_anchors;
	struct dsv_put_in pending;
	bool started;
	struct dsv_conflict_record *record;
	struct dsv_buf text; /* key texts */
	struct dsv_buf scratch;
};

/* The text of a record's key in units and anchors. */
void dsv_merge_key(struct dsv_mergework *work, const struct dsv_layout *layout,
		   const struct dsv_record *record, struct dsv_buf *out);
/** The same by all that the record holds. */
void dsv_merge_content(struct dsv_mergework *work,
		       const struct dsv_layout *layout,
		       const struct dsv_record *record, struct dsv_buf *out);
struct dsv_merge_unit *dsv_merge_unit_of(struct dsv_mergework *work,
					 const struct dsv_buf *key);
/** The delta of a content, NULL where there is none. */
struct dsv_merge_delta *dsv_merge_delta_of(struct dsv_mergework *work,
					   const struct dsv_merge_unit *unit,
					   const struct dsv_layout *layout,
					   const struct dsv_record *record);
void dsv_merge_note(struct dsv_mergework *work, uint64_t hash);
bool dsv_merge_worth(const struct dsv_mergework *work, uint64_t hash);
/** Both comparisons are there: find units and groups, then the places of what
 * comes anew. */
int dsv_merge_plan(struct dsv_mergework *work);
int dsv_merge_place(struct dsv_mergework *work);
/** 1 where ours took the key out. */
int dsv_merge_ours_removed(struct dsv_mergework *work,
			   const struct dsv_layout *layout,
			   const struct dsv_record *record);
int dsv_merge_ours_has(struct dsv_mergework *work,
		       const struct dsv_layout *layout,
		       const struct dsv_record *record);

/** The columns of the merged file; DSV_ECONFLICT where one side removed a
 * column that the other changed. */
int dsv_merge_columns(struct dsv_mergework *work);
int dsv_merge_header(void *ctx, const struct dsv_record *first,
		     const struct dsv_strlist *columns, struct dsv_buf *out);
/** A record of theirs as it stands in the merged file. */
int dsv_merge_theirs(struct dsv_mergework *work, const struct dsv_layout *from,
		     const struct dsv_record *record, struct dsv_buf *out);
/** Records differ (in the columns that both have, where a header names them).
 */
bool dsv_merge_differs(const struct dsv_mergework *work,
		       const struct dsv_layout *a, const struct dsv_record *x,
		       const struct dsv_layout *b, const struct dsv_record *y);

/* The three versions of one record; NULL: not there. */
struct dsv_merge_trio {
	const struct dsv_record *base, *ours, *theirs;
};

/** Merge by field, conflicts into the record. 1: out holds other bytes than
 * ours, 0: ours stays as it is. */
int dsv_merge_fields(struct dsv_mergework *work,
		     const struct dsv_merge_trio *trio, struct dsv_buf *out);
/** A conflict about the whole record. */
int dsv_merge_whole(struct dsv_mergework *work, enum dsv_conflict_word word,
		    const struct dsv_merge_trio *trio);
int dsv_merge_group_conflict(struct dsv_mergework *work,
			     struct dsv_merge_unit *unit);
void dsv_merge_members_release(struct dsv_mergework *work);

/** The merged content as a stream; known as dsv_writer_opts has it. */
int dsv_merge_stream(struct dsv_mergework *work, struct dsv_stream **out,
		     dsv_known_fn *known);
/** The same without a look at chunks that both sides left as they were: 1, or
 * 0 where all of ours has to be read. */
int dsv_merge_parts(struct dsv_mergework *work,
		    const struct dsv_patch_opts *opts, struct dsv_stream **out,
		    dsv_known_fn *known);
/** What ours removed and theirs changed; after the stream. */
int dsv_merge_removed(struct dsv_mergework *work);

#endif
