#ifndef GOVERN_POPULATION_H
#define GOVERN_POPULATION_H

#include <dsv/audit.h>
#include <dsv/dataset.h>
#include <dsv/record.h>

/*
 * The records that an audit is about, one after the other, in the order of
 * path and then of the file. Memory is that of one record, and of a diff
 * where it is about what changed.
 */
#define DSV_POPULATION_NULL "(null)" /* a label or value that is not there */

struct dsv_population_opts {
	struct dsv_repo *repo;
	struct dsv_version base; /* of: changed; or NOTHING: all is new */
	struct dsv_version head;
	const char *dataset;
	const struct dsv_statement_plan *plan; /* of, label, field, by */
};

/* Lent for the call. */
struct dsv_population_item {
	const char *path;
	uint64_t line;		       /* 0 where it is not known */
	const struct dsv_buf *address; /* PATH:KEY */
	const char *label;	       /* text, DSV_POPULATION_NULL for none */
	const char *stratum;	       /* "" without strata */
	const struct dsv_field *annotator; /* NULL: the dataset names none */
	const struct dsv_record *record;
	const struct dsv_strlist *columns;
};

/** A negative code stops. */
typedef int (*dsv_population_fn)(void *ctx,
				 const struct dsv_population_item *item);

/**
 * @error  DSV_EREFUSED   "<path>:<line>: ...": a record that cannot be
 *                        addressed or read; a dataset without key or label
 *         DSV_ENOTFOUND  no such dataset
 */
int dsv_population_walk(const struct dsv_population_opts *opts,
			dsv_population_fn take, void *ctx);

/** A field as text that can be shown and compared: what is no valid UTF-8 is
 * escaped. */
void dsv_population_text(struct dsv_buf *out, const struct dsv_field *field);

#endif
