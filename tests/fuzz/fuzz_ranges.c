#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "remote/ranges.h"

/* A remote whose one pack is the input. */
struct memory {
	struct dsv_remote remote;
	const char *data;
	size_t len;
};

static int get(struct dsv_remote *remote, const char *name,
	       const struct dsv_remote_range *range, struct dsv_buf *out)
{
	const struct memory *memory = (const struct memory *)remote;

	(void)name;
	if (range->from > memory->len || range->len > memory->len - range->from)
		return dsv_fail(DSV_EIO, "too short");
	dsv_buf_add(out, memory->data + range->from, (size_t)range->len);
	return 0;
}

static const struct dsv_remote_ops ops = {.get = get};

static int take(void *ctx, const struct dsv_foreign_frame *frame)
{
	const struct memory *memory = ctx;
	volatile char last = 0;

	if (frame->len == 0 || frame->len > memory->len)
		abort();
	for (size_t i = 0; i < frame->len; i++)
		last = frame->data[i];
	(void)last;
	return 0;
}

/* The first byte is the number of entries; each has a type and an offset. What
 * follows them is the pack. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char url[] = "memory";
	struct dsv_packidx_entry entries[32];
	struct dsv_range_item items[32];
	struct dsv_holding holding = {.pack = "x"};
	struct dsv_holdings holdings = {.items = &holding, .n = 1};
	struct memory memory = {.remote = {.ops = &ops, .url = url}};
	struct dsv_ranges ranges = {.holdings = &holdings, .items = items};
	struct dsv_buf idx DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id pack = {{0}};
	size_t n = size ? data[0] % 32 : 0;

	if (size < 1 + 3 * n)
		return 0;
	memory.data = (const char *)data + 1 + 3 * n;
	memory.len = size - 1 - 3 * n;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *at = data + 1 + 3 * i;

		memset(&entries[i], 0, sizeof(entries[i]));
		entries[i].id.bytes[0] = (uint8_t)i;
		entries[i].type = (enum dsv_object)(1 + at[0] % 4);
		entries[i].offset = at[1] | (uint64_t)at[2] << 8;
		items[i] = (struct dsv_range_item){.type = entries[i].type,
						   .id = entries[i].id,
						   .offset = entries[i].offset};
	}
	ranges.n = n;
	holdings.remote = &memory.remote;
	dsv_packidx_write(entries, n, &pack, memory.len, &idx);
	if (dsv_packidx_read(&holding.idx, idx.data, idx.len) == 0)
		dsv_ranges_get(&ranges, take, &memory);
	free(holding.starts);
	dsv_buf_release(&holding.dicts);
	return 0;
}
