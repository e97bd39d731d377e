#ifndef DSV_DIFF_H
#define DSV_DIFF_H

#include <dsv/record.h>
#include <dsv/repo.h>

/*
 * What changed between two versions, record by record.
 *
 *	rc = dsv_diff_open(&diff, repo, &opts);
 *	while ((rc = dsv_diff_next(diff, &file)) > 0) {
 *		summary = dsv_file_diff_summary(file);
 *		while ((rc = dsv_file_diff_next(file, &change)) > 0)
 *			...
 *	}
 *
 * The counts go by key, where a key names one record on each side. Records
 * without key, or with a key that others share, are matched as a multiset by
 * whole content within their key; what is left of them is added and removed
 * (shared_key), never changed. So always
 *
 *	records_from = removed + changed + unchanged
 *	records_to = added + changed + unchanged
 *
 * Records are equal when they have the same columns with the same values; the
 * order of columns never matters, a column that one side lacks is a difference
 * (but not in changed_common). Labels and keys compare by their text, JSON
 * null and a missing field are the same there.
 */
enum dsv_op { DSV_ADDED, DSV_REMOVED, DSV_CHANGED };

struct dsv_field_change {
	const char *name;
	const struct dsv_field *from; /* MISSING where it is not there */
	const struct dsv_field *to;
	bool is_label;
};

struct dsv_change {
	enum dsv_op op;
	bool relabelled;
	bool label_changed;
	bool common;	 /* differs in a column that both versions have */
	bool shared_key; /* no key, or one that other records share */
	/* all columns of each side (columns_from, columns_to of the summary);
	 * NULL on the side that is not there. source is NULL and offset 0 where
	 * the change was read from a change list. */
	const struct dsv_record *from;
	const struct dsv_record *to;
	/* in the order of the definition; n_key 0 where none is defined */
	const struct dsv_field *key;
	size_t n_key;
	/* those that differ; of an added or removed record all that it has */
	const struct dsv_field_change *fields;
	size_t n_fields;
};

/* after = before + added - removed + in - out */
struct dsv_label_count {
	const char *value; /* "(null)" for missing and null; lent */
	uint64_t before, after;
	uint64_t added, removed, in, out;
};

struct dsv_transition {
	const char *from;
	const char *to;
	uint64_t n;
};

/* One label column. */
struct dsv_label_diff {
	const char *name;
	const struct dsv_label_count *values; /* by before + after, falling */
	size_t n_values;
	const struct dsv_transition *transitions; /* by n, falling */
	size_t n_transitions;
};

struct dsv_field_count {
	const char *name;
	uint64_t n;
};

/* One line for each issue and side. Of DUPLICATE_KEY all records that share
 * their key count, but not those without key. */
struct dsv_issue_line {
	bool to; /* which side */
	enum dsv_issue issue;
	uint64_t line;	/* the first one */
	uint64_t count; /* records */
};

/*
 * label_changed: keys on both sides whose label differs, relabelled: those of
 * them where neither side is null or empty, rekeyed: removed keys that came
 * back under another one with all other columns equal (and unique), moved:
 * keys on both sides whose order among these changed.
 */
struct dsv_diff_summary {
	uint64_t records_from, records_to;
	uint64_t added, removed, changed, changed_common;
	uint64_t relabelled, label_changed, rekeyed, moved, unchanged;
	/* per side: 0 from, 1 to */
	uint64_t duplicate_keys[2], ragged_rows[2], rows_without_key[2];
	const struct dsv_strlist *columns_from, *columns_to;
	const struct dsv_strlist *columns_added, *columns_removed;
	bool clean; /* the counts have one reading only */
	const struct dsv_label_diff *labels;
	size_t n_labels;
	const struct dsv_field_count *fields; /* changed common, falling */
	size_t n_fields;
	const struct dsv_issue_line *issues;
	size_t n_issues;
};

struct dsv_file_diff;

enum dsv_file_change {
	DSV_FILE_ADDED,
	DSV_FILE_REMOVED,
	DSV_FILE_MODIFIED,
	DSV_FILE_RENAMED, /* same content at another path */
};

/* What is known of a file before its records are compared. */
struct dsv_file_info {
	const char *path;
	const char *old_path; /* NULL unless renamed, or two files given */
	const char *dataset;  /* NULL without definition */
	const char *format;
	enum dsv_file_change change;
	bool has_records; /* false: compared as bytes */
	uint64_t size_from, size_to;
	const struct dsv_strlist *key;
	const struct dsv_strlist *labels;
};

const struct dsv_file_info *dsv_file_diff_info(const struct dsv_file_diff *);
/** NULL where has_records is false. Lent. */
const struct dsv_diff_summary *
dsv_file_diff_summary(const struct dsv_file_diff *file);
/** Changes in the order of the newer file, removed ones after them in the
 * order of the older. 1, 0 at the end, negative. Lent until the next call. */
int dsv_file_diff_next(struct dsv_file_diff *file, struct dsv_change *out);

struct dsv_diff_opts {
	struct dsv_version from, to;
	const struct dsv_strlist *paths; /* pathspecs; NULL: all */
	const struct dsv_strlist *key;	 /* over the definition */
	const struct dsv_strlist *labels;
	const char *format;
	bool no_cache; /* neither read nor written */
};

struct dsv_diff;

/**
 * Compare two versions of the repository: the data files that differ, in
 * order of path. A data file is one that a dataset matches, one behind a
 * pointer, or one of a record format that a path or --key names.
 *
 * @error  DSV_EUSAGE  a key or label column that neither side has, with the
 *                     nearest names
 */
int dsv_diff_open(struct dsv_diff **out, struct dsv_repo *repo,
		  const struct dsv_diff_opts *opts);
/** Two files of the system; repo may be NULL. */
int dsv_diff_open_files(struct dsv_diff **out, struct dsv_repo *repo,
			const char *from, const char *to,
			const struct dsv_diff_opts *opts);
/** Two blobs at one path, as git's diff driver hands them on; NULL oid: the
 * work tree file (file_from, file_to), or nothing where that is NULL too. */
struct dsv_blob_pair {
	const char *path;
	const struct dsv_oid *from, *to;
	const char *file_from, *file_to;
};
int dsv_diff_open_pair(struct dsv_diff **out, struct dsv_repo *repo,
		       const struct dsv_blob_pair *pair,
		       const struct dsv_diff_opts *opts);
/** The next file that differs: 1, 0 at the end, negative. Lent until the next
 * call. */
int dsv_diff_next(struct dsv_diff *diff, struct dsv_file_diff **out);
void dsv_diff_free(struct dsv_diff **diff);

DSV_AUTO_FREE(diff)

#endif
