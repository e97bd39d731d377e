#ifndef DATASET_SPOOL_H
#define DATASET_SPOOL_H

#include <dsv/auto.h>

#include "base/stream.h"

/* A stream's bytes in one run, in a file that has no name: memory stays
 * bounded, and nothing is left behind whatever happens. */
struct dsv_spool {
	const char *data;
	size_t len;
	void *base;
};

#define DSV_SPOOL_INIT \
	{              \
		0      \
	}

/** Read `in` to its end. folder is made; NULL, or where it cannot be
 * written to: $TMPDIR or /tmp. */
int dsv_spool_fill(struct dsv_spool *spool, const char *folder,
		   struct dsv_stream *in);
void dsv_spool_release(struct dsv_spool *spool);

DSV_AUTO_RELEASE(spool)

#endif
