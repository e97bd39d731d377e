#ifndef HISTORY_LISTCODEC_H
#define HISTORY_LISTCODEC_H

#include "base/codec.h"
#include "history/layout.h"
#include "history/summary.h"

/*
 * The parts of a change list as bytes (docs/formats/change-list.md). What is
 * got from damaged bytes marks the reader as failed.
 */

/** Cut into blocks and compress each. */
void dsv_blocks_put(struct dsv_buf *out, const char *raw, size_t len);
/** At most limit bytes; DSV_ECORRUPT. */
int dsv_blocks_get(struct dsv_buf *out, const char *data, size_t len,
		   size_t limit);

void dsv_summary_put(struct dsv_buf *out, const struct dsv_diff_summary *view);
/** out must stay where it is. */
void dsv_summary_get(struct dsv_bytes *in, struct dsv_summary *out);

void dsv_strlist_put(struct dsv_buf *out, const struct dsv_strlist *list);
void dsv_strlist_get(struct dsv_bytes *in, struct dsv_strlist *out);

/* What goes on from one change to the next, and the last one that was got. */
struct dsv_change_state {
	uint64_t from_line;
	uint64_t to_line;
	enum dsv_op op;
	bool shared;
	struct dsv_record from;
	struct dsv_record to;
	struct dsv_field *from_fields;
	size_t from_cap;
	struct dsv_field *to_fields;
	size_t to_cap;
};

void dsv_change_put(struct dsv_buf *out, struct dsv_change_state *state,
		    const struct dsv_bridge *bridge,
		    const struct dsv_change *change);
void dsv_change_get(struct dsv_bytes *in, struct dsv_change_state *state,
		    const struct dsv_bridge *bridge);
void dsv_change_state_release(struct dsv_change_state *state);

#endif
