#ifndef DATASET_FIND_H
#define DATASET_FIND_H

#include <dsv/address.h>

#include "dataset/place.h"

/* The key of an address, held against records of one content. */
struct dsv_finder {
	const struct dsv_address *address;
	struct dsv_place *places; /* one a key field */
};

/** Borrows both; the reading has as many key fields as the address. */
void dsv_finder_init(struct dsv_finder *finder,
		     const struct dsv_address *address,
		     const struct dsv_reading *reading);
void dsv_finder_release(struct dsv_finder *finder);
bool dsv_finder_match(struct dsv_finder *finder,
		      const struct dsv_record *record,
		      const struct dsv_strlist *columns);

DSV_AUTO_RELEASE(finder)

#endif
