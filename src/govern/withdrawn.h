#ifndef GOVERN_WITHDRAWN_H
#define GOVERN_WITHDRAWN_H

#include <stdbool.h>

#include <dsv/evidence.h>

/** Did the person who said it take it back? Evidence must be judged. */
bool dsv_is_withdrawn(const struct dsv_evidence *evidence,
		      const struct dsv_evidence_item *item);

#endif
