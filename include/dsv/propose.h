#ifndef DSV_PROPOSE_H
#define DSV_PROPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/record.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * A look at the records of one file of the work tree: what its columns hold,
 * what is wrong with it, and which of them could be its key and its labels.
 * One pass for the columns, more only to prove a key; memory is bounded by the
 * named limits below, whatever the size of the file.
 */
#define DSV_PROPOSE_COLUMNS 1024u /* later columns are not looked at */
#define DSV_PROPOSE_VALUES  64u	  /* distinct values that are listed */
/* Distinct values of a column that are counted exactly; above that by
 * HyperLogLog (Flajolet et al. 2007) with 2^12 registers, off by 1.6 %. */
#define DSV_PROPOSE_EXACT  (1u << 16)
#define DSV_PROPOSE_ISSUES 100u /* lines that are kept for each issue */
/* Keys that are looked at one by one to prove that none stands twice. */
#define DSV_PROPOSE_PROVED (1u << 24)

struct dsv_value_count {
	char *value; /* missing, empty and null are counted apart */
	uint64_t n;
};

struct dsv_column {
	char *name;
	uint64_t empty;	   /* records in which it is missing, empty or null */
	uint64_t numeric;  /* records in which it is a number */
	uint64_t distinct; /* different values, empty apart */
	bool distinct_exact;
	uint64_t max_len; /* bytes of the longest value */
	bool unique;	  /* never empty and, proved, no value twice */
	/* where there are at most DSV_PROPOSE_VALUES: all, by n falling */
	struct dsv_value_count *values;
	size_t n_values;
};

/* One fault of the data. */
struct dsv_data_issue {
	enum dsv_issue issue;
	uint64_t line;
	uint64_t other_line; /* a duplicate's first line, else 0 */
	char *key;	     /* of a duplicate, else NULL */
};

struct dsv_issue_total {
	enum dsv_issue issue;
	uint64_t count; /* records */
};

struct dsv_proposal {
	char *path;
	char *format;	  /* "csv" */
	bool has_records; /* false: kept and compared as bytes */
	uint64_t size;
	uint64_t records;
	struct dsv_column *columns;
	size_t n_columns;
	/* What is proposed; empty where nothing fits. */
	struct dsv_strlist key;
	struct dsv_strlist labels;
	char *annotator; /* a column by its name, or NULL */
	struct dsv_strlist others;
	/* All records were looked at for doubles of `key`; false: about
	 * DSV_PROPOSE_PROVED of them. */
	bool key_proved;
	/* At most DSV_PROPOSE_ISSUES lines of each kind, in file order;
	 * duplicates are those of the proposed or given key. */
	struct dsv_data_issue *issues;
	size_t n_issues;
	struct dsv_issue_total *totals;
	size_t n_totals;
};

#define DSV_PROPOSAL_INIT \
	{                 \
		0         \
	}

struct dsv_propose_opts {
	const char *format;		  /* NULL: by extension */
	const struct dsv_strlist *key;	  /* NULL or empty: to be proposed */
	const struct dsv_strlist *labels; /* the same */
};

/**
 * Look at a work tree file (its content may lie in the store). opts may be
 * NULL.
 *
 * @error   DSV_EUSAGE     a key or label column that no record has, with the
 *                         nearest; a format that does not exist
 *          DSV_ENOTFOUND  no such file, with the nearest of its folder
 */
int dsv_propose(struct dsv_proposal *out, struct dsv_repo *repo,
		const char *path, const struct dsv_propose_opts *opts);
void dsv_proposal_release(struct dsv_proposal *proposal);
const struct dsv_column *dsv_proposal_column(const struct dsv_proposal *p,
					     const char *name);

DSV_AUTO_RELEASE(proposal)

#endif
