#ifndef FORMAT_REWRITE_PARTS_H
#define FORMAT_REWRITE_PARTS_H

#include "format/rewrite.h"

/* What the formats do for rewrite.c. record NULL: a new one. */
struct dsv_bytes_at {
	const char *data;
	size_t len;
};

int dsv_rewrite_csv_source(const struct dsv_record *record, char delimiter,
			   long column, struct dsv_bytes_at *out);
int dsv_rewrite_csv(const struct dsv_strlist *columns, char delimiter,
		    const struct dsv_record *record,
		    const struct dsv_edit *edits, size_t n,
		    struct dsv_buf *out);

int dsv_rewrite_json_source(const struct dsv_record *record, const char *name,
			    struct dsv_bytes_at *out);
int dsv_rewrite_json(const struct dsv_strlist *columns,
		     const struct dsv_record *record,
		     const struct dsv_edit *edits, size_t n,
		     struct dsv_buf *out);

#endif
