#ifndef DSV_DATASET_H
#define DSV_DATASET_H

#include <dsv/auto.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * .dsv/datasets.yaml: which files hold records, and what names and labels
 * them. Read from a version of the repository; the work tree's by default.
 */
struct dsv_renamed {
	char *name;		  /* today's field name */
	struct dsv_strlist older; /* names it had in history */
};

struct dsv_dataset {
	char *name;
	struct dsv_strlist files; /* git pathspecs */
	char *format;		  /* NULL: by extension */
	struct dsv_strlist key;
	struct dsv_strlist labels;
	char *annotator; /* NULL where none */
	char *guideline; /* NULL where none */
	struct dsv_renamed *renamed;
	size_t n_renamed;
	unsigned line; /* in datasets.yaml */
};

struct dsv_datasets {
	struct dsv_dataset *items; /* in the order of the file */
	size_t n;
};

#define DSV_DATASETS_INIT \
	{                 \
		0         \
	}
#define DSV_DATASETS_PATH ".dsv/datasets.yaml"

/** name stands in messages. Faults: DSV_ESYNTAX "<name>:<line>: ..." */
int dsv_datasets_parse(struct dsv_datasets *out, const char *data, size_t len,
		       const char *name);
/** None where the version has no such file. */
int dsv_datasets_read(struct dsv_datasets *out, struct dsv_repo *repo,
		      const struct dsv_version *version);
void dsv_datasets_release(struct dsv_datasets *sets);
/** The dataset whose files match path, or NULL. The first one wins; a path in
 * two datasets is a fault that status and check name. */
const struct dsv_dataset *dsv_datasets_of_path(const struct dsv_datasets *sets,
					       const char *path);
/** The same, where two datasets match: DSV_ESYNTAX. NULL for none. */
int dsv_datasets_owner(const struct dsv_datasets *sets, const char *path,
		       const struct dsv_dataset **out);
/** What is wrong with definitions that can be read, a message each: a guideline
 * that is not there or not well formed, the first path that is in two
 * datasets. */
int dsv_datasets_check(const struct dsv_datasets *sets, struct dsv_repo *repo,
		       const struct dsv_version *version,
		       struct dsv_strlist *out);
const struct dsv_dataset *dsv_datasets_named(const struct dsv_datasets *sets,
					     const char *name);

/** True when one of the dataset's `files` matches path, by the rules of git's
 * ":(glob)" pathspecs: '*' and '?' stop at '/', a double star does not, and a
 * pattern that is a folder matches what lies below. */
bool dsv_dataset_matches(const struct dsv_dataset *set, const char *path);

/**
 * The definition in canonical JSON, the text whose SHA-256 a snapshot holds:
 * one object with the members annotator, files, format, guideline, key,
 * labels, name, in this order (sorted by name), without blanks. `files`, `key`
 * and `labels` are arrays of strings in the order of the file; the others are
 * strings. A member that is not written, or an empty list, is left out;
 * `renamed` never is part of it. Strings are UTF-8 with only '"', '\' and
 * bytes below 0x20 escaped (\b \t \n \f \r, else \u00xx in lower
 * case), as RFC 8785 writes them.
 */
void dsv_dataset_canonical(const struct dsv_dataset *set, struct dsv_buf *out);

void dsv_dataset_release(struct dsv_dataset *set);
/** [a-z0-9][a-z0-9._-]{0,63} */
bool dsv_dataset_name_ok(const char *name);

DSV_AUTO_RELEASE(datasets)
DSV_AUTO_RELEASE(dataset)

#endif
