#include "format/bytes.h"

#include <stdlib.h>

#include "base/alloc.h"

static int bytes_next(struct dsv_reader *reader, struct dsv_record *out)
{
	(void)reader;
	(void)out;
	return 0;
}

static void bytes_free(struct dsv_reader *reader)
{
	free(reader);
}

static int bytes_open(struct dsv_reader **out, const struct dsv_format *format,
		      struct dsv_stream *in, const struct dsv_reader_opts *opts)
{
	struct dsv_reader *reader = dsv_alloc_zero(1, sizeof(*reader));

	(void)in;
	(void)opts;
	reader->format = format;
	reader->next = bytes_next;
	reader->free = bytes_free;
	*out = reader;
	return 0;
}

static const char *const extensions[] = {NULL};

const struct dsv_format dsv_format_bytes = {
	.name = "bytes",
	.extensions = extensions,
	.scan_version = 1,
	.open = bytes_open,
};
