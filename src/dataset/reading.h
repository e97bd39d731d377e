#ifndef DATASET_READING_H
#define DATASET_READING_H

#include <dsv/dataset.h>
#include <dsv/id.h>

#include "format/format.h"

/*
 * How the records of one data file are read: the format, the columns that
 * name a record, those that label it, older names of columns. Made from a
 * dataset's definition, from --key and --label, or from both (the words on the
 * command line win). What is derived from a content is cached under the
 * content and this.
 */
struct dsv_reading {
	const struct dsv_format *format;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	const struct dsv_renamed *renamed; /* lent by the datasets */
	size_t n_renamed;
	const struct dsv_dataset *dataset; /* NULL: no definition */
};

#define DSV_READING_INIT \
	{                \
		0        \
	}

struct dsv_reading_opts {
	const struct dsv_strlist *key; /* NULL or empty: the definition's */
	const struct dsv_strlist *labels;
	const char *format;
};

/** sets are borrowed for as long as the reading lives; opts may be NULL.
 * DSV_EUSAGE for a format that does not exist, with the nearest. */
int dsv_reading_of_path(struct dsv_reading *out,
			const struct dsv_datasets *sets, const char *path,
			const struct dsv_reading_opts *opts);
void dsv_reading_release(struct dsv_reading *reading);
/** The same, borrowing what it borrows. */
void dsv_reading_copy(struct dsv_reading *out,
		      const struct dsv_reading *reading);

/** SHA-256 of format, its version, key, labels and renames. */
void dsv_reading_id(const struct dsv_reading *reading, struct dsv_id *out);

/** Index of a column by today's name or an older one; -1: not there. A value
 * inside a nested column (a JSON Pointer) is found by dataset/place.h. */
long dsv_reading_column(const struct dsv_reading *reading,
			const struct dsv_strlist *columns, const char *name);

DSV_AUTO_RELEASE(reading)

#endif
