#include "format/format.h"

#include <string.h>
#include <strings.h>

#include "format/bytes.h"
#include "format/csv.h"
#include "format/json_array.h"
#include "format/jsonl.h"
#include "format/plain.h"

static const struct dsv_format *const formats[] = {
	&dsv_format_csv,
	&dsv_format_tsv,
	&dsv_format_jsonl,
	&dsv_format_json,
	&dsv_format_plain,
	&dsv_format_bytes,
	NULL,
};

const struct dsv_format *const *dsv_formats(void)
{
	return formats;
}

const struct dsv_format *dsv_format_named(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

static bool has_extension(const struct dsv_format *format, const char *base)
{
	size_t len = strlen(base);

	for (const char *const *ext = format->extensions; *ext; ext++) {
		size_t n = strlen(*ext);

		if (len > n && strcasecmp(base + len - n, *ext) == 0)
			return true;
	}
	return false;
}

const struct dsv_format *dsv_format_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	for (size_t i = 0; formats[i]; i++)
		if (has_extension(formats[i], base))
			return formats[i];
	return &dsv_format_bytes;
}

int dsv_reader_open(struct dsv_reader **out, const struct dsv_format *format,
		    struct dsv_stream *in, const struct dsv_reader_opts *opts)
{
	struct dsv_reader_opts effective = {0};

	if (opts)
		effective = *opts;
	if (effective.line == 0)
		effective.line = 1;
	return format->open(out, format, in, &effective);
}

void dsv_reader_free(struct dsv_reader **reader)
{
	if (!*reader)
		return;
	dsv_strlist_release(&(*reader)->columns);
	(*reader)->free(*reader);
	*reader = NULL;
}

int dsv_reader_next(struct dsv_reader *reader, struct dsv_record *out)
{
	return reader->next(reader, out);
}

const struct dsv_strlist *dsv_reader_columns(const struct dsv_reader *reader)
{
	return &reader->columns;
}
