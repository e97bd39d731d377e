#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>

#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_key(struct dsv_strlist *out, const char *escaped)
{
	struct dsv_strlist parts DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_split(&parts, escaped, ',');
	for (size_t i = 0; i < parts.n; i++) {
		struct dsv_buf part DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_address_decode(&part, parts.items[i],
				   strlen(parts.items[i]));
		dsv_strlist_add(out, dsv_buf_str(&part));
	}
}

/* What is read from any text is written so that the same is read from it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text DSV_AUTO(str) = dsv_strndup((const char *)data, size);
	struct dsv_strlist keys[2] = {DSV_STRLIST_INIT, DSV_STRLIST_INIT};
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf field DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf key2 DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf field2 DSV_AUTO(buf) = DSV_BUF_INIT;
	bool has_field = dsv_address_split(text, &key, &field);

	read_key(&keys[0], dsv_buf_str(&key));
	dsv_address_add_key(&again, &keys[0]);
	if (has_field) {
		dsv_buf_addch(&again, ':');
		dsv_address_add_part(&again, dsv_buf_str(&field), field.len);
	}
	if (dsv_address_split(dsv_buf_str(&again), &key2, &field2) != has_field)
		abort();
	read_key(&keys[1], dsv_buf_str(&key2));
	if (!dsv_strlist_equal(&keys[0], &keys[1]) ||
	    strcmp(dsv_buf_str(&field), dsv_buf_str(&field2)) != 0)
		abort();
	dsv_strlist_release(&keys[0]);
	dsv_strlist_release(&keys[1]);
	return 0;
}
