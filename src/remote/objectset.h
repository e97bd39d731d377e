#ifndef REMOTE_OBJECTSET_H
#define REMOTE_OBJECTSET_H

#include "base/map.h"
#include "store/store.h"

/* Objects by type and name, in the order in which they were added; each bears
 * a number of the caller's. */
struct dsv_objectset {
	struct dsv_map map;
};

#define DSV_OBJECTSET_INIT \
	{                  \
		0          \
	}

/** True where it was not there. */
bool dsv_objectset_add(struct dsv_objectset *set, enum dsv_object type,
		       const struct dsv_id *id);
/** NULL where it is not there; lent until the next add. */
uint64_t *dsv_objectset_find(const struct dsv_objectset *set,
			     enum dsv_object type, const struct dsv_id *id);
size_t dsv_objectset_count(const struct dsv_objectset *set);
enum dsv_object dsv_objectset_at(const struct dsv_objectset *set, size_t i,
				 struct dsv_id *out);
void dsv_objectset_release(struct dsv_objectset *set);

DSV_AUTO_RELEASE(objectset)

#endif
