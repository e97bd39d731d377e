#ifndef FORMAT_REWRITE_H
#define FORMAT_REWRITE_H

#include <dsv/buf.h>

#include "format/format.h"

/*
 * Records as bytes again: an old one with some fields changed, a new one, a
 * header. What is not changed keeps its bytes: quoting, blanks, number text,
 * the order of names.
 *
 *	struct dsv_edit edit = { .column = 3, .kind = DSV_EDIT_TEXT,
 *				 .text = "neg", .len = 3 };
 *	rc = dsv_rewrite(format, columns, record, &edit, 1, &out);
 *
 * A cell is quoted when it has to be (delimiter, quote, line end, blanks at
 * its ends), or when the one it replaces was quoted.
 */
enum dsv_edit_kind {
	DSV_EDIT_TEXT,	 /* text of a CSV cell; a JSON string */
	DSV_EDIT_VALUE,	 /* JSON text, put in as it is; only of JSON formats */
	DSV_EDIT_SOURCE, /* bytes of a field as dsv_rewrite_source() gives them,
			  * of a record of the same format */
	DSV_EDIT_REMOVE, /* JSON: take name and value out. CSV: take the cell
			  * out, so that the record has one less */
};

struct dsv_edit {
	long column;	    /* of columns; -1: a new one, behind the last */
	const char *name;   /* of a new one (JSON); else not looked at */
	const char *inside; /* JSON: a pointer below the field ("/args/0"), NULL
			     * or "": the field itself */
	enum dsv_edit_kind kind;
	const char *text;
	size_t len;
};

/** True for csv, tsv and jsonl; plain and bytes have nothing to edit, and the
 * elements of a JSON array are not lines. */
bool dsv_rewrite_can(const struct dsv_format *format);

/**
 * The bytes of a field as they stand in the record's source.
 *
 * @owner  lent from the record
 * @error  DSV_ENOTFOUND  the record has no such field
 *         DSV_ECORRUPT   its source cannot be taken apart (TOO_LONG,
 *                        NOT_JSON, bad quoting)
 */
int dsv_rewrite_source(const struct dsv_format *format,
		       const struct dsv_strlist *columns,
		       const struct dsv_record *record, long column,
		       const char **out, size_t *out_len);

/**
 * Append the record with the edits made, without line end.
 *
 * The edits come in any order, each column once (a JSON field may be edited at
 * several places inside). The result is read again and must hold exactly what
 * was wanted.
 *
 * @error  DSV_ECORRUPT  a record whose source does not tell all (ragged, bad
 *                       quoting, not JSON, too long)
 *         DSV_EUSAGE    `inside` leads nowhere; a value that is no JSON; a
 *                       text that the format cannot hold
 */
int dsv_rewrite(const struct dsv_format *format,
		const struct dsv_strlist *columns,
		const struct dsv_record *record, const struct dsv_edit *edits,
		size_t n, struct dsv_buf *out);

/** Append a new record: one edit (TEXT, VALUE or SOURCE) for each field that
 * it has; a CSV cell that none names is empty, a JSON name is left out. */
int dsv_rewrite_new(const struct dsv_format *format,
		    const struct dsv_strlist *columns,
		    const struct dsv_edit *edits, size_t n,
		    struct dsv_buf *out);

#endif
