#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "govern/decisions.h"
#include "govern/pii.h"
#include "govern/scanned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hits lie in the text, in order, apart from each other, and say nothing that
 * stands there in full. */
static void find(const char *text, size_t len, enum dsv_field_kind kind,
		 unsigned context)
{
	struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};
	struct dsv_field field = {text, len, kind};
	size_t n = dsv_pii_find(&finder, &field, context);
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct dsv_pii_hit *hit = &finder.hits[i];

		if (hit->at < at || hit->len == 0 || hit->len > len ||
		    hit->at > len - hit->len)
			abort();
		if (strlen(hit->masked) == hit->len &&
		    memcmp(hit->masked, text + hit->at, hit->len) == 0)
			abort();
		at = hit->at + hit->len;
	}
}

/* What was read from bytes is written as the same bytes. */
static void decode(const char *data, size_t len)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!dsv_scanned_get(&scanned, data, len))
		return;
	dsv_scanned_put(&again, &scanned);
	if (again.len != len || memcmp(again.data, data, len) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct dsv_decisions decisions DSV_AUTO(decisions) = DSV_DECISIONS_INIT;

	find(text, size, DSV_FIELD_TEXT, 0);
	find(text, size, DSV_FIELD_JSON, 0);
	find(text, size, DSV_FIELD_TEXT, 7);
	decode(text, size);
	dsv_decisions_parse(&decisions, text, size, "scan.yaml");
	return 0;
}
