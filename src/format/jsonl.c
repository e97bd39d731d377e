#include "format/jsonl.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "format/json_object.h"
#include "format/lines.h"

struct jsonl {
	struct dsv_reader base;
	struct dsv_lines lines;
	struct dsv_json_object object;
};

static bool is_blank(const struct dsv_line *line)
{
	const char *end = line->text + line->len;

	return dsv_json_blanks(line->text, end) == end;
}

static int jsonl_next(struct dsv_reader *reader, struct dsv_record *out)
{
	struct jsonl *jsonl = (struct jsonl *)reader;
	struct dsv_line line;
	int rc;

	do {
		rc = dsv_lines_next(&jsonl->lines, &line);
		if (rc <= 0)
			return rc;
	} while (is_blank(&line));

	*out = (struct dsv_record){
		.source = line.text,
		.source_len = line.len,
		.offset = line.offset,
		.line = line.number,
	};
	if (line.too_long)
		out->issues = DSV_ISSUE_TOO_LONG;
	else
		dsv_json_object_read(&jsonl->object, line.text, line.len, out);
	return 1;
}

static void jsonl_free(struct dsv_reader *reader)
{
	struct jsonl *jsonl = (struct jsonl *)reader;

	dsv_lines_release(&jsonl->lines);
	dsv_json_object_release(&jsonl->object);
	free(jsonl);
}

static int jsonl_open(struct dsv_reader **out, const struct dsv_format *format,
		      struct dsv_stream *in, const struct dsv_reader_opts *opts)
{
	struct jsonl *jsonl = dsv_alloc_zero(1, sizeof(*jsonl));

	jsonl->base.format = format;
	jsonl->base.next = jsonl_next;
	jsonl->base.free = jsonl_free;
	if (opts->columns)
		dsv_strlist_copy(&jsonl->base.columns, opts->columns);
	dsv_lines_init(&jsonl->lines, in, opts->offset, opts->line);
	dsv_json_object_init(&jsonl->object, &jsonl->base.columns, opts->only);
	*out = &jsonl->base;
	return 0;
}

static const char *const extensions[] = {".jsonl", ".ndjson", NULL};

const struct dsv_format dsv_format_jsonl = {
	.name = "jsonl",
	.extensions = extensions,
	.by_line = true,
	.has_fields = true,
	.nested = true,
	.scan_kind = DSV_SCAN_LINES,
	.scan_version = 1,
	.step = dsv_lines_step,
	.open = jsonl_open,
};
