#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "repo/unmerged.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written back as a head that reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_conflict_head again DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_conflict_head_parse((const char *)data, size, &head) < 0)
		return 0;
	dsv_conflict_head_format(&head, &text);
	if (dsv_conflict_head_parse(text.data, text.len, &again) !=
		    (int)text.len ||
	    strcmp(head.path, again.path) != 0)
		abort();
	return 0;
}
