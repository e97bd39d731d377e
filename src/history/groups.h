#ifndef HISTORY_GROUPS_H
#define HISTORY_GROUPS_H

#include <stdbool.h>

#include "format/format.h"
#include "store/cutter.h"
#include "store/filemap.h"

/*
 * The chunks of a content, put into groups that begin and end between records:
 * a record that is spread over chunks keeps these together. A group is what
 * its chunks are, so two contents that share a group share its records.
 */
struct dsv_group {
	uint32_t first; /* extent */
	uint32_t n;
	uint64_t offset;
	uint64_t line; /* of its first byte, from 1 */
	uint64_t len;  /* bytes */
	uint32_t twin; /* the group of the other side that is the same + 1, or
			* 0 */
};

struct dsv_groups {
	struct dsv_group *items;
	size_t n;
	size_t cap;
};

#define DSV_GROUPS_INIT \
	{               \
		0       \
	}

/** False where the list does not tell at which chunks records begin. */
bool dsv_groups_of_map(struct dsv_groups *out, const struct dsv_filemap *map,
		       const struct dsv_format *format);
void dsv_groups_release(struct dsv_groups *groups);
/** Find twins, each with one of its kind, in order. Returns shared bytes. */
uint64_t dsv_groups_match(struct dsv_groups *from,
			  const struct dsv_filemap *from_map,
			  struct dsv_groups *to,
			  const struct dsv_filemap *to_map);

DSV_AUTO_RELEASE(groups)

#endif
