#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "govern/evidence_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A place that is read is written as it was. */
static void check_place(const char *text)
{
	struct dsv_evidence_place place;
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!dsv_evidence_place_parse(&place, text))
		return;
	dsv_evidence_place_format(&place, &again);
	if (strcmp(again.data, text) != 0)
		abort();
}

/* Any bytes as a path of the branch, and as the cache's file with a checksum
 * that fits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_evidence_cache cache = {.changed = false};
	struct dsv_buf file DSV_AUTO(buf) = DSV_BUF_INIT;
	char *text DSV_AUTO(str) = dsv_strndup((const char *)data, size);
	struct dsv_id id;

	check_place(text);
	dsv_buf_add(&file, data, size);
	dsv_id_of(dsv_buf_str(&file), file.len, &id);
	dsv_buf_add(&file, id.bytes, sizeof(id.bytes));
	dsv_evidence_cache_decode(&cache, file.data, file.len,
				  "refs/heads/dsv-evidence");
	dsv_evidence_cache_release(&cache);
	return 0;
}
