#ifndef DSV_APPLY_H
#define DSV_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/record.h>
#include <dsv/repo.h>

/*
 * What somebody delivered, put into a data file of the work tree by key.
 *
 *	rc = dsv_apply_open(&apply, repo, &opts);
 *	result = dsv_apply_result(apply);
 *	if (result->n_faults)
 *		... nothing can be applied
 *	rc = dsv_apply_commit(apply);
 *
 * Opening reads both files once, the delivery into memory, and writes the
 * content as it shall be into a temporary file. Given fields change; every
 * other field, record and byte stays. New records stand at the end, in the
 * order of the delivery. A field equal to the one that stands changes nothing.
 *
 * Between CSV and JSON a value goes by its text: null is an empty cell, any
 * other JSON value that is no string its canonical text. A cell becomes a
 * JSON string, but a value of the kind it replaces where that is no string
 * and the cell is such JSON; an empty cell there becomes null. A field that a
 * record does not have, and new records, go by the kinds that the column has
 * shown so far.
 */
enum dsv_apply_fault_kind {
	DSV_APPLY_RECORD,	  /* an issue of a row of the delivery */
	DSV_APPLY_UNKNOWN_COLUMN, /* the data file has no such column */
	DSV_APPLY_NO_KEY_COLUMN,  /* the delivery has no such column */
	DSV_APPLY_NO_KEY,	  /* a row whose key is empty */
	DSV_APPLY_DOUBLED,	  /* a key that an earlier row has */
	DSV_APPLY_DOUBLED_TARGET, /* several records of the data file have it */
	DSV_APPLY_UNKNOWN_KEY,	  /* no record of the data file has it */
	DSV_APPLY_UNKNOWN_LABEL,  /* not a label of the guideline */
	DSV_APPLY_BROKEN_TARGET,  /* the record cannot be rewritten */
};

/* What is wrong with one row of the delivery. */
struct dsv_apply_fault {
	enum dsv_apply_fault_kind kind;
	enum dsv_issue issue; /* DSV_APPLY_RECORD, DSV_APPLY_BROKEN_TARGET */
	uint64_t line;	      /* of the delivery */
	uint64_t other_line;  /* the earlier row (DOUBLED), the first record of
			       * the data file (.._TARGET), or 0 */
	uint64_t last_line;   /* DOUBLED_TARGET: the last such record */
	const char *key;      /* as in an address, or NULL */
	const char *column;   /* or NULL */
	const char *value;    /* or NULL */
	const char *near;     /* a column or label near to it, or NULL */
};

struct dsv_apply_result {
	const char *path;
	uint64_t records; /* that the data file had */
	uint64_t inserted, updated, deleted, unchanged;
	uint64_t relabelled; /* of those updated: a label that was not empty
			      * became another one */
	const struct dsv_apply_fault *faults; /* all there are, by line */
	size_t n_faults;
	const struct dsv_strlist *key, *labels;
	const char *format; /* of the data file */
};

struct dsv_apply_opts {
	const char *file;   /* of the system; "-": standard input */
	const char *format; /* of file: csv, tsv or jsonl; NULL: by extension */
	const char *path;   /* the data file, in the repository's words */
	const struct dsv_strlist *key;	   /* over the definition */
	const struct dsv_strlist *allowed; /* labels; NULL: any */
	bool insert;			   /* unknown keys are new records */
	bool remove;  /* the delivery lists keys of records to take out */
	bool preview; /* will not be committed: the temporary file stands in
		       * the repository's own folder */
};

struct dsv_apply;

/**
 * Borrows repo and opts until freed.
 *
 * @error  DSV_EUSAGE        no key; a format that cannot be written
 *         DSV_ENOTFOUND     one of the two files is not there
 *         DSV_EUNSUPPORTED  the data file is not a regular file
 */
int dsv_apply_open(struct dsv_apply **out, struct dsv_repo *repo,
		   const struct dsv_apply_opts *opts);
const struct dsv_apply_result *dsv_apply_result(const struct dsv_apply *apply);
/** A file with the content as it shall be, there until `apply` is freed. */
const char *dsv_apply_preview(const struct dsv_apply *apply);
/**
 * Put the content in place, whole or not at all. Where nothing changes the
 * file is not touched.
 *
 * @error  DSV_EREFUSED  there are faults
 *         DSV_EIO       the data file was changed since it was read
 */
int dsv_apply_commit(struct dsv_apply *apply);
void dsv_apply_free(struct dsv_apply **apply);

DSV_AUTO_FREE(apply)

#endif
