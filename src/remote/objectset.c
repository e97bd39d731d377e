#include "remote/objectset.h"

#include <string.h>

#define KEY_LEN (1 + DSV_ID_SIZE)

static void make_key(char key[KEY_LEN], enum dsv_object type,
		     const struct dsv_id *id)
{
	key[0] = (char)type;
	memcpy(key + 1, id->bytes, DSV_ID_SIZE);
}

bool dsv_objectset_add(struct dsv_objectset *set, enum dsv_object type,
		       const struct dsv_id *id)
{
	size_t before = set->map.n;
	char key[KEY_LEN];

	make_key(key, type, id);
	dsv_map_put(&set->map, key, KEY_LEN);
	return set->map.n > before;
}

uint64_t *dsv_objectset_find(const struct dsv_objectset *set,
			     enum dsv_object type, const struct dsv_id *id)
{
	struct dsv_map_entry *entry;
	char key[KEY_LEN];

	make_key(key, type, id);
	entry = dsv_map_get(&set->map, key, KEY_LEN);
	return entry ? &entry->value : NULL;
}

size_t dsv_objectset_count(const struct dsv_objectset *set)
{
	return set->map.n;
}

enum dsv_object dsv_objectset_at(const struct dsv_objectset *set, size_t i,
				 struct dsv_id *out)
{
	const char *key = set->map.entries[i].key;

	memcpy(out->bytes, key + 1, DSV_ID_SIZE);
	return (enum dsv_object)key[0];
}

void dsv_objectset_release(struct dsv_objectset *set)
{
	dsv_map_release(&set->map);
}
