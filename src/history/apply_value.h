#ifndef HISTORY_APPLY_VALUE_H
#define HISTORY_APPLY_VALUE_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/record.h>

/* What kinds of values a column of a JSON file has shown. */
struct dsv_apply_seen {
	bool text;
	bool json; /* numbers, true and false, objects, arrays */
};

void dsv_apply_see(struct dsv_apply_seen *seen, const struct dsv_field *field);

/**
 * A cell of a delivery as a field of the data file (dsv/apply.h has the
 * rules).
 *
 * @param stands  the field that it replaces, MISSING where there is none
 * @owner  out is lent from given or text
 */
void dsv_apply_value(const struct dsv_field *given, bool given_json,
		     const struct dsv_field *stands, bool stands_json,
		     const struct dsv_apply_seen *seen, struct dsv_buf *text,
		     struct dsv_field *out);

#endif
