#ifndef HISTORY_CHUNKS_H
#define HISTORY_CHUNKS_H

#include "history/compare.h"

/*
 * The comparison of two contents of the store by what their lists of chunks do
 * not share: groups of chunks that both have cancel each other, the records of
 * all others are joined as usual.
 *
 * That is exact as long as no key stands twice. Of one side the census says
 * so; of the other it follows when no key that comes anew is among the keys of
 * the first. Where that cannot be told, or records changed places, or too
 * little is shared, the caller has to compare the whole.
 */
/* Below this the whole is read sooner than the lists are compared. */
#define DSV_CHUNKS_MIN_BYTES (256u * 1024u)

/**
 * @return  1 done, 0 the whole has to be compared (out is as it was), negative
 */
int dsv_compare_chunks(struct dsv_compare *out,
		       const struct dsv_compare_opts *opts,
		       const struct dsv_census_name names[2]);

#endif
