#ifndef DSV_CHANGELOG_H
#define DSV_CHANGELOG_H

#include <dsv/diff.h>
#include <dsv/id.h>
#include <dsv/walk.h>

/*
 * What a range of history did to each label.
 *
 *	opts.from = A, opts.to = B;
 *	rc = dsv_changelog_read(&log, repo, &opts);
 *	for each log->steps, log->sections, and log->total: groups, figures
 *	dsv_changelog_free(&log);
 *
 * The steps are the commits of B's first-parent line that A's history lacks; a
 * merge is one step against its first parent. All of them are read by the
 * definition of B, so that figures of steps can be added up; a file that no
 * dataset of B matches is read by the youngest definition that did. A version
 * that cannot be read is passed over: the next one is compared with the last
 * one that could be read, and the changelog is not complete.
 *
 * The files of a dataset are one group, a file without dataset stands for
 * itself. A group counts the files that the range touches. In each set of
 * figures
 *
 *	after = before + added - removed, of records, and for each label
 *	after = before + added - removed + in - out
 *
 * and what is after one step is before the next. With `where` only records
 * that fulfil it on either side of a step count, and there is no before and
 * after.
 */
struct dsv_changelog_value {
	char *value; /* "(null)" for missing and null */
	uint64_t before, after;
	uint64_t added, removed, in, out;
};

struct dsv_changelog_move {
	char *from;
	char *to;
	uint64_t n;
};

struct dsv_changelog_moves {
	struct dsv_changelog_move *items;
	size_t n;
	size_t cap;
};

/* One label column. */
struct dsv_changelog_label {
	char *name;
	/* by before + after falling; those of a step only where something
	 * changed, else all that stand there before, after or between */
	struct dsv_changelog_value *values;
	size_t n_values;
	size_t cap_values;
	struct dsv_changelog_moves moves; /* transitions, by n falling */
	/* all of `from` became `to`, and `from` is gone */
	struct dsv_changelog_moves renamed;
	struct dsv_strlist
		added; /* values that were not there before, and... */
	struct dsv_strlist removed; /* ...that are gone; not by a renaming */
};

struct dsv_changelog_field {
	char *name;
	uint64_t n; /* records that changed in it */
};

/* A guideline or a part of a definition that is another one. */
struct dsv_changelog_note {
	/* "guideline", "key", "labels", "format" */
	char *what;
	char *id;   /* of a guideline: where there is one; else NULL */
	char *from; /* version or value; NULL: none */
	char *to;
	bool same_version; /* a guideline's content under one version */
	struct dsv_id digests[2];
	struct dsv_oid blobs[2]; /* of a guideline; zero: there is none */
};

struct dsv_changelog_notes {
	struct dsv_changelog_note *items;
	size_t n;
	size_t cap;
};

/* What is wrong with the data of the newer side. */
struct dsv_changelog_issue {
	char *path;
	enum dsv_issue issue;
	uint64_t line, count;
	bool is_news; /* the version before has another count */
};

struct dsv_changelog_group {
	char *name; /* of the dataset, or the path */
	bool is_dataset;
	bool touched;		/* a data file differs, else only notes */
	uint64_t before, after; /* records */
	uint64_t added, removed, changed, relabelled, label_changed, rekeyed;
	struct dsv_changelog_label *labels;
	size_t n_labels;
	struct dsv_changelog_field *fields; /* by n, falling */
	size_t n_fields;
	size_t cap_fields;
	struct dsv_strlist columns_added, columns_removed;
	struct dsv_changelog_notes notes;
	/* of steps only */
	struct dsv_changelog_issue *issues;
	size_t n_issues;
	size_t cap_issues;
	bool unusual; /* relabels far more than other steps do */
	double share; /* relabelled / records before */
	double score; /* modified z-score of it */
	/* of the total only: values that differ in case and blanks alone, a
	 * list "cat", "Cat" for each */
	struct dsv_strlist *twins;
	size_t n_twins;
};

struct dsv_changelog_groups {
	struct dsv_changelog_group *items; /* in order of name */
	size_t n;
	size_t cap;
};

/* A version that could not be read. */
struct dsv_changelog_fault {
	char *path;
	char *message;
	char *hint;	 /* or NULL */
	bool is_missing; /* the content is not here, and could be brought */
	/* the key columns are not there; the first commit of the range that
	 * has them, "" where none does */
	bool no_key;
	char key_since[DSV_OID_HEX];
};

struct dsv_changelog_step {
	struct dsv_commit_info commit;
	struct dsv_strlist authors; /* of what a merge brought, its own last */
	size_t n_commits;	    /* that it brought, itself included */
	struct dsv_changelog_groups groups; /* none: nothing of ours changed */
	struct dsv_changelog_fault *faults;
	size_t n_faults;
	size_t cap_faults;
};

/* Steps together: those of a tag, of a week. */
struct dsv_changelog_section {
	char *title; /* the tag, "unreleased", "2025-W06" */
	bool unreleased;
	int64_t at_s; /* of the youngest step, by its author */
	int offset_min;
	size_t first, n; /* places in steps */
	struct dsv_changelog_groups groups;
};

struct dsv_changelog {
	struct dsv_changelog_step *steps; /* youngest first */
	size_t n_steps;
	struct dsv_changelog_section *sections; /* youngest first; none by
						 * commit */
	size_t n_sections;
	struct dsv_changelog_groups total;
	bool complete; /* false: a version could not be read */
	bool shallow;  /* the history is cut off inside the range... */
	char cut_at[DSV_OID_HEX]; /* ...behind this commit, which is no step */
	bool no_counts;		  /* `where` was given: no before and after */
};

enum dsv_changelog_by {
	DSV_BY_COMMIT,
	DSV_BY_TAG,  /* up to each tag of the first-parent line */
	DSV_BY_WEEK, /* ISO 8601 week of the author's date, on his clock; a week
		      * that comes back after another has a section again */
};

struct dsv_changelog_opts {
	struct dsv_version from; /* DSV_AT_NOTHING: from the beginning */
	struct dsv_version to;
	const struct dsv_strlist *paths; /* pathspecs; NULL or empty: all */
	const struct dsv_strlist *key;	 /* over the definition */
	const struct dsv_strlist *labels;
	const struct dsv_strlist *where; /* "FIELD=VALUE" */
	enum dsv_changelog_by by;
	bool no_cache;
};

/**
 * @error  DSV_EUSAGE  a key, label or --where column that no version has
 */
int dsv_changelog_read(struct dsv_changelog **out, struct dsv_repo *repo,
		       const struct dsv_changelog_opts *opts);
void dsv_changelog_free(struct dsv_changelog **log);

/** The group of that name, or NULL. */
struct dsv_changelog_group *
dsv_changelog_group(const struct dsv_changelog_groups *groups, const char *name,
		    bool is_dataset);

/** The modified z-score of x among n shares (0.6745 (x - median) / MAD; the
 * mean absolute deviation where MAD is 0; 0 where all are equal).
 *
 * @source  Iglewicz and Hoaglin 1993, "How to Detect and Handle Outliers";
 *          above 3.5 is far out. With the mean deviation the factor is
 *          1 / 1.253314, as IBM SPSS has it.
 */
double dsv_changelog_score(const double *shares, size_t n, double x);

DSV_AUTO_FREE(changelog)

#endif
