#ifndef FORMAT_JSON_VALUE_H
#define FORMAT_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/buf.h>
#include <dsv/record.h>

/*
 * JSON text, checked and brought into one form, without ever becoming numbers
 * or C strings: a number keeps its digits, a string its NULs.
 *
 * The grammar is RFC 8259's, strictly: no comments, no NaN, no trailing comma,
 * no blank but the four. Bytes that are not UTF-8 pass; who reads records
 * reports them.
 *
 * Canonical form: no blanks; numbers and literals as written; the names of an
 * object sorted by the bytes of their text, of a repeated name the last; in
 * strings only the escapes that must be (", \, control characters as \b \t \n
 * \f \r or \u00xx, surrogates without partner as \udxxx in lower case). So two
 * values are the same when their bytes are.
 */

/* RFC 8259 leaves the limit to us; recursion takes about 200 bytes a level. */
#define DSV_JSON_DEPTH_MAX 512

/** Behind the blanks at p. */
const char *dsv_json_blanks(const char *p, const char *end);
/** Behind the value at p, checked in full; NULL: it is none. */
const char *dsv_json_value(const char *p, const char *end);
/** Behind the string whose opening quote is before p; NULL: it is none. */
const char *dsv_json_string(const char *p, const char *end);
/** Behind the colon at p and the blanks around it; NULL: there is none. */
const char *dsv_json_colon(const char *p, const char *end);
/** Behind the value at p, which dsv_json_value has passed; end is that of the
 * text it stands in. */
const char *dsv_json_pass(const char *p, const char *end);

/** Append the text of a checked string, [p, end) being what stands between its
 * quotes. False: it has a surrogate without partner, which text cannot hold
 * (it is appended as the three bytes that UTF-8 forbids). */
bool dsv_json_decode(const char *p, const char *end, struct dsv_buf *out);
/** Append the canonical form of what stands between quotes. */
void dsv_json_requote(const char *p, const char *end, struct dsv_buf *out);

/* What canonicalising works with; kept from value to value. */
struct dsv_json_work {
	struct dsv_json_member *members; /* of the objects that are open */
	size_t n;
	size_t cap;
	struct dsv_buf spare;
	bool repeated; /* set when an object has a name twice */
};

#define DSV_JSON_WORK_INIT \
	{                  \
		0          \
	}

void dsv_json_work_release(struct dsv_json_work *work);
/** Append the canonical form of the checked value at p, never longer than the
 * value; returns what is behind the value. */
const char *dsv_json_canon(struct dsv_json_work *work, const char *p,
			   const char *end, struct dsv_buf *out);
/** A checked value, [p, end), as a field. What cannot be lent from there is
 * appended to text, which does not move if it has room for end - p. */
void dsv_json_field(struct dsv_json_work *work, const char *p, const char *end,
		    struct dsv_buf *text, struct dsv_field *out);

DSV_AUTO_RELEASE(json_work)

#endif
