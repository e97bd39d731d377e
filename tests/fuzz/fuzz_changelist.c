#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "history/census.h"
#include "history/changelist.h"
#include "history/listcodec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_list(const char *body, size_t len)
{
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_changelist *list DSV_AUTO(changelist) = NULL;
	struct dsv_cached cached = DSV_CACHED_INIT;
	struct dsv_change change;

	reading.format = dsv_format_named("csv");
	dsv_strlist_add(&reading.key, "id");
	dsv_strlist_add(&reading.labels, "label");
	cached.body = body;
	cached.len = len;
	if (dsv_changelist_open(&list, &reading, &cached) < 0)
		return;
	while (dsv_changelist_next(list, &change) > 0)
		continue;
}

static void read_raw(const char *raw, size_t len)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_blocks_put(&body, raw, len);
	read_list(body.data, body.len);
}

static void read_census(const char *data, size_t len)
{
	struct dsv_census census DSV_AUTO(census) = DSV_CENSUS_INIT;
	struct dsv_keyset keys DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_bytes in = dsv_bytes(data, len);

	dsv_census_get(&in, &census);
	if (dsv_bytes_ok(&in))
		dsv_keyset_get(&in, &keys);
}

/* The first byte says what follows: the body of a list, what its blocks hold,
 * or the body of a census. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *rest = (const char *)data + 1;

	if (size == 0)
		return 0;
	switch (data[0] % 3) {
	case 0:
		read_list(rest, size - 1);
		break;
	case 1:
		read_raw(rest, size - 1);
		break;
	default:
		read_census(rest, size - 1);
		break;
	}
	return 0;
}
