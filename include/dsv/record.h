#ifndef DSV_RECORD_H
#define DSV_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/strlist.h>

/*
 * A record and its fields, as a reader lends them.
 *
 * Fields stand at the index of their column. A CSV field is its text after
 * unquoting. A JSON field is its value: a string as its text, anything else as
 * canonical JSON (object keys sorted, numbers as written, no blanks).
 */
enum dsv_field_kind {
	DSV_FIELD_MISSING, /* the record has no such field */
	DSV_FIELD_TEXT,	   /* text (CSV field, JSON string) */
	DSV_FIELD_JSON,	   /* canonical JSON that is not a string; null too */
};

struct dsv_field {
	const char *text; /* not NUL-ended; "" for MISSING */
	size_t len;
	enum dsv_field_kind kind;
};

enum dsv_issue {
	DSV_ISSUE_RAGGED = 1u << 0,	 /* more or fewer fields than columns */
	DSV_ISSUE_BAD_QUOTING = 1u << 1, /* text behind a closing quote, or
					  * no closing quote */
	DSV_ISSUE_NOT_JSON = 1u << 2,	 /* not a JSON object */
	DSV_ISSUE_REPEATED_FIELD = 1u << 3, /* a name twice in one object */
	DSV_ISSUE_BAD_UTF8 = 1u << 4,
	DSV_ISSUE_NUL = 1u << 5,
	DSV_ISSUE_TOO_LONG = 1u << 6, /* above DSV_RECORD_MAX; not read */
	DSV_ISSUE_DUPLICATE_KEY = 1u << 7,
	DSV_ISSUE_NO_KEY = 1u << 8,
	DSV_ISSUE_REPEATED_COLUMN = 1u << 9, /* in a header */
};

/* A record with one of these does not tell what belongs to which column... */
#define DSV_ISSUES_FORM                                                  \
	(DSV_ISSUE_RAGGED | DSV_ISSUE_BAD_QUOTING | DSV_ISSUE_NOT_JSON | \
	 DSV_ISSUE_REPEATED_FIELD | DSV_ISSUE_TOO_LONG)
/* ...and with one of these no name of its own. */
#define DSV_ISSUES_KEY (DSV_ISSUE_DUPLICATE_KEY | DSV_ISSUE_NO_KEY)

/* "ragged_row", "bad_quoting", ...: the words of the JSON output. */
const char *dsv_issue_word(enum dsv_issue issue);

struct dsv_record {
	/* the bytes it was read from, without line end; where issues has
	 * TOO_LONG a stand-in, "too long: <bytes> <sha256>", so that equal
	 * records still have equal sources */
	const char *source;
	size_t source_len;
	uint64_t offset; /* bytes from the start of the content */
	uint64_t line;	 /* its first line, from 1 */
	unsigned issues; /* enum dsv_issue */
	/* by column; a ragged record has its extra cells behind the columns */
	const struct dsv_field *fields;
	size_t n_fields; /* later ones are missing; 0: nothing could be read */
};

/** The field at a column, MISSING where the record has none. */
const struct dsv_field *dsv_record_field(const struct dsv_record *record,
					 long column);
bool dsv_field_equal(const struct dsv_field *a, const struct dsv_field *b);
/** Missing, empty text or JSON null. */
bool dsv_field_is_empty(const struct dsv_field *field);

/* Limits of what a reader holds. What is beyond is TOO_LONG, never cut. */
#define DSV_RECORD_MAX (16u * 1024u * 1024u) /* bytes of one record */
#define DSV_CELLS_MAX  (256u * 1024u)	     /* cells of one CSV record */
/* Names that the objects of one JSON file may have together. An object with
 * more has its whole source as one field behind the columns: ragged. */
#define DSV_NAMES_MAX (16u * 1024u)

#endif
