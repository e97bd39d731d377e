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
	struct dsv_strlist files;  /* git pathspecs */
	char *format;		   /* NULL: by extension */
	struct dsv_strlist key;
	struct dsv_strlist labels;
	char *annotator;	   /* NULL where none */
	char *guideline;	   /* NULL where none */
	struct dsv_renamed *renamed;
	size_t n_renamed;
	unsigned line;		   /* in datasets.yaml */
};

struct dsv_datasets {
	struct dsv_dataset *items; /* in the order of the file */
	size_t n;
};

#define DSV_DATASETS_INIT { 0 }
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
const struct dsv_dataset *dsv_datasets_named(const struct dsv_datasets *sets,
					     const char *name);

DSV_AUTO_RELEASE(datasets)

#endif
