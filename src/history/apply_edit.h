#ifndef HISTORY_APPLY_EDIT_H
#define HISTORY_APPLY_EDIT_H

#include "dataset/place.h"
#include "format/rewrite.h"
#include "history/apply_rows.h"
#include "history/apply_value.h"

/* A column of the delivery and where it goes. */
struct dsv_apply_target {
	char *name; /* of today */
	struct dsv_place place;
	struct dsv_apply_seen seen;
	bool is_key;
	bool is_label;
};

/* What a row of the delivery makes of a record. */
struct dsv_apply_edits {
	const struct dsv_reading *reading; /* of the data file; borrowed */
	bool given_json;
	struct dsv_apply_target *targets; /* for each column of the delivery */
	size_t n_targets;
	size_t n_columns;	/* of the data file, when last looked at */
	struct dsv_edit *items; /* the answer */
	struct dsv_buf *texts;	/* theirs */
	size_t n;
	bool relabelled; /* a label that was not empty becomes another one */
};

#define DSV_APPLY_EDITS_INIT \
	{                    \
		0            \
	}

void dsv_apply_edits_init(struct dsv_apply_edits *edits,
			  const struct dsv_reading *reading,
			  const struct dsv_apply_rows *rows);
void dsv_apply_edits_release(struct dsv_apply_edits *edits);
/** Find the columns, where the data file has shown more of them. */
void dsv_apply_edits_bind(struct dsv_apply_edits *edits,
			  const struct dsv_strlist *columns);
/** Note of what kinds the values of a record are. */
void dsv_apply_edits_see(struct dsv_apply_edits *edits,
			 const struct dsv_record *record);
/** Set items, n and relabelled; lent until the next row. record NULL: a new
 * one. */
void dsv_apply_edits_make(struct dsv_apply_edits *edits,
			  const struct dsv_apply_row *row,
			  const struct dsv_record *record);

DSV_AUTO_RELEASE(apply_edits)

#endif
