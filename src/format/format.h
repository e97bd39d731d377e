#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H

#include <stdbool.h>

#include <dsv/auto.h>
#include <dsv/record.h>
#include <dsv/strlist.h>

#include "base/stream.h"

/*
 * Bytes to records. A format is a row of a table; a reader takes a stream and
 * knows neither paths nor chunks.
 *
 *	rc = dsv_reader_open(&reader, format, in, NULL);
 *	while ((rc = dsv_reader_next(reader, &record)) > 0)
 *		...
 */
struct dsv_reader;

struct dsv_reader_opts {
	/* start in the middle: the columns that the header gave; NULL: the
	 * stream begins with the header (where the format has one) */
	const struct dsv_strlist *columns;
	uint64_t offset; /* of the first byte, for records and messages */
	uint64_t line;	 /* of the first byte, from 1; 0 means 1 */
	/* only these columns are wanted; the others may be left MISSING. NULL:
	 * all. Saves the work on wide records. A JSON Pointer stands for the
	 * column it begins with (format/json_pointer.h). Issues are the same
	 * either way. Borrowed until the reader is freed. */
	const struct dsv_strlist *only;
};

/*
 * What scan_kind says in a file map: whose states are kept with its chunks. The
 * numbers are stored and never change their meaning.
 */
enum dsv_scan_kind {
	DSV_SCAN_NONE = 0,
	DSV_SCAN_LINES = 1, /* jsonl, plain: 0 at the start of a line, else 1 */
	DSV_SCAN_CSV = 2,   /* the states of csv_scan.h, comma */
	DSV_SCAN_TSV = 3,   /* the same, tabulator */
};

struct dsv_format {
	const char *name;	       /* "csv", as in datasets.yaml */
	const char *const *extensions; /* ".csv", NULL-ended */
	bool by_line; /* records end with lines: chunks can be read apart */
	bool has_header;
	bool has_fields;   /* columns can be named (false: bytes) */
	bool nested;	   /* a field may be JSON; names may be JSON Pointers */
	uint8_t scan_kind; /* for struct dsv_states; 0 where not by_line */
	uint8_t scan_version; /* grows when the reading of bytes changes */
	/* the reader's state after len more bytes; 0: a record may begin */
	uint8_t (*step)(uint8_t state, const char *data, size_t len);
	int (*open)(struct dsv_reader **out, const struct dsv_format *format,
		    struct dsv_stream *in, const struct dsv_reader_opts *opts);
};

/* A reader begins with this; the format's own state follows. */
struct dsv_reader {
	const struct dsv_format *format;
	struct dsv_strlist columns; /* grows as new ones are seen (JSON) */
	unsigned issues;	    /* of the header */
	int (*next)(struct dsv_reader *reader, struct dsv_record *out);
	void (*free)(struct dsv_reader *reader);
};

/** csv tsv jsonl json plain bytes, in that order; NULL-ended. */
const struct dsv_format *const *dsv_formats(void);
/** By name, or NULL. */
const struct dsv_format *dsv_format_named(const char *name);
/** By the extension of a path; "bytes" where none fits. */
const struct dsv_format *dsv_format_of_path(const char *path);

/** Borrows in until freed. columns are known when it returns (header). */
int dsv_reader_open(struct dsv_reader **out, const struct dsv_format *format,
		    struct dsv_stream *in, const struct dsv_reader_opts *opts);
void dsv_reader_free(struct dsv_reader **reader);
/** 1 with a record, lent until the next call; 0 at the end; negative. Faults
 * of the data are issues of the record, never failures. */
int dsv_reader_next(struct dsv_reader *reader, struct dsv_record *out);
/** Columns so far; for JSON complete only at the end. */
const struct dsv_strlist *dsv_reader_columns(const struct dsv_reader *reader);

DSV_AUTO_FREE(reader)

#endif
