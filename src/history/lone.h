#ifndef HISTORY_LONE_H
#define HISTORY_LONE_H

#include "history/compare.h"

/*
 * A content against nothing: its census tells all but the records themselves.
 *
 * @return  1: out has its summary, but no rows to tell changes from;
 *          0: the whole has to be compared (out is as it was); negative
 */
int dsv_compare_lone(struct dsv_compare *out,
		     const struct dsv_compare_opts *opts,
		     const struct dsv_census_name names[2]);

#endif
