#include "format/plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/checks.h"
#include "format/lines.h"

struct plain {
	struct dsv_reader base;
	struct dsv_lines lines;
	struct dsv_field field;
};

static int plain_next(struct dsv_reader *reader, struct dsv_record *out)
{
	struct plain *plain = (struct plain *)reader;
	struct dsv_line line;
	int rc;

	rc = dsv_lines_next(&plain->lines, &line);
	if (rc <= 0)
		return rc;
	*out = (struct dsv_record){
		.source = line.text,
		.source_len = line.len,
		.offset = line.offset,
		.line = line.number,
	};
	if (line.too_long) {
		out->issues = DSV_ISSUE_TOO_LONG;
		return 1;
	}
	plain->field = (struct dsv_field){line.text, line.len, DSV_FIELD_TEXT};
	out->fields = &plain->field;
	out->n_fields = 1;
	out->issues = dsv_text_issues(line.text, line.len);
	return 1;
}

static void plain_free(struct dsv_reader *reader)
{
	struct plain *plain = (struct plain *)reader;

	dsv_lines_release(&plain->lines);
	free(plain);
}

static int plain_open(struct dsv_reader **out, const struct dsv_format *format,
		      struct dsv_stream *in, const struct dsv_reader_opts *opts)
{
	struct plain *plain = dsv_alloc_zero(1, sizeof(*plain));

	plain->base.format = format;
	plain->base.next = plain_next;
	plain->base.free = plain_free;
	dsv_strlist_add(&plain->base.columns, "line");
	dsv_lines_init(&plain->lines, in, opts->offset, opts->line);
	*out = &plain->base;
	return 0;
}

static const char *const extensions[] = {".txt", ".text", ".list", NULL};

const struct dsv_format dsv_format_plain = {
	.name = "plain",
	.extensions = extensions,
	.by_line = true,
	.has_fields = true,
	.scan_kind = DSV_SCAN_LINES,
	.scan_version = 1,
	.step = dsv_lines_step,
	.open = plain_open,
};
