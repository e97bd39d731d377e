#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "history/conflict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written back as a record that reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct dsv_conflict_head again DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *bytes = (const char *)data;
	int head;

	head = dsv_conflict_head_parse(bytes, size, &record.head);
	if (head < 0)
		return 0;
	dsv_conflict_head_format(&record.head, &text);
	if (dsv_conflict_head_parse(text.data, text.len, &again) !=
		    (int)text.len ||
	    strcmp(record.head.path, again.path) != 0)
		abort();
	if (dsv_conflict_body_get(&record, bytes + head, size - (size_t)head) <
	    0)
		return 0;
	dsv_conflict_body_put(&body, &record);
	if (body.len != size - (size_t)head ||
	    memcmp(dsv_buf_str(&body), bytes + head, body.len) != 0)
		abort();
	return 0;
}
