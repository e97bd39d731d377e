#ifndef DSV_LABELS_H
#define DSV_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * How often each label stands in the data of a version.
 *
 * One group for each dataset that has files among those asked for, and one for
 * each file without a dataset. Records are read once, in order; memory is
 * bounded by DSV_LABELS_DISTINCT.
 */
/* Different values of one label column (and of --by) that are counted one by
 * one. Values first seen after that many are counted together as "others". */
#define DSV_LABELS_DISTINCT 10000u
#define DSV_LABELS_BY	    256u

struct dsv_label_value {
	char *value; /* "(null)" where missing, empty or null */
	bool is_null;
	uint64_t n;
	uint64_t *by; /* n_by numbers in the order of dsv_label_table.by, NULL
		       * without --by */
};

struct dsv_label_table {
	char *name;			/* of the label column */
	struct dsv_label_value *values; /* by n falling, then by value; the
					 * null one last */
	size_t n_values;
	uint64_t empty;	     /* records: missing, empty or null */
	uint64_t others;     /* records whose value is beyond the limit */
	bool limited;	     /* there are such */
	uint64_t *others_by; /* the same for each value of --by */
};

struct dsv_label_group {
	char *dataset; /* NULL: a file without definition */
	struct dsv_strlist files;
	struct dsv_strlist unread; /* files without records, such as images */
	struct dsv_strlist key;
	struct dsv_strlist labels;
	uint64_t records; /* that were kept by `where` */
	uint64_t records_all;
	uint64_t faulty; /* records with an issue; they are counted too */
	struct dsv_label_table *tables; /* one for each label column */
	size_t n_tables;
	struct dsv_strlist by; /* values of the --by column by count falling;
				* the last one "(others)" where limited */
	uint64_t *by_records;  /* records under each */
	bool by_limited;
};

struct dsv_labels {
	struct dsv_label_group *groups; /* in order of dataset, then path */
	size_t n;
};

#define DSV_LABELS_INIT \
	{               \
		0       \
	}

struct dsv_labels_opts {
	struct dsv_version version;
	const struct dsv_strlist *paths;  /* pathspecs; NULL or empty: all */
	const struct dsv_strlist *labels; /* over the definition */
	const char *format;
	const char *by;			 /* a column, or NULL */
	const struct dsv_strlist *where; /* "FIELD=VALUE" */
};

/**
 * @error   DSV_EUSAGE     a label, --by or --where column that no record has,
 *                         with the nearest; a file without definition and
 *                         without labels in opts
 *          DSV_ENOTFOUND  no data file matches
 */
int dsv_labels_read(struct dsv_labels *out, struct dsv_repo *repo,
		    const struct dsv_labels_opts *opts);
void dsv_labels_release(struct dsv_labels *labels);

DSV_AUTO_RELEASE(labels)

#endif
