#include "format/rewrite.h"

#include <dsv/error.h>

#include "format/rewrite_parts.h"

#define UNREADABLE \
	(DSV_ISSUE_BAD_QUOTING | DSV_ISSUE_NOT_JSON | DSV_ISSUE_TOO_LONG)

static bool is_json(const struct dsv_format *format)
{
	return format->scan_kind == DSV_SCAN_LINES && format->nested;
}

static char delimiter_of(const struct dsv_format *format)
{
	return format->scan_kind == DSV_SCAN_TSV ? '\t' : ',';
}

bool dsv_rewrite_can(const struct dsv_format *format)
{
	return format->scan_kind == DSV_SCAN_CSV ||
	       format->scan_kind == DSV_SCAN_TSV || is_json(format);
}

static int refuse(const struct dsv_format *format,
		  const struct dsv_record *record, unsigned issues)
{
	enum dsv_issue first;

	if (!dsv_rewrite_can(format))
		return dsv_fail(DSV_EUNSUPPORTED,
				"the records of a %s file cannot be edited",
				format->name);
	if (!record || !(record->issues & issues))
		return 0;
	/* the lowest bit set */
	first = (record->issues & issues) & -(record->issues & issues);
	return dsv_fail(DSV_ECORRUPT, "line %llu cannot be edited: %s",
			(unsigned long long)record->line,
			dsv_issue_word(first));
}

int dsv_rewrite_source(const struct dsv_format *format,
		       const struct dsv_strlist *columns,
		       const struct dsv_record *record, long column,
		       const char **out, size_t *out_len)
{
	struct dsv_bytes_at at = {NULL, 0};
	int rc = refuse(format, record, UNREADABLE);

	if (rc == 0 && (column < 0 || (size_t)column >= columns->n))
		rc = dsv_fail(DSV_ENOTFOUND, "the record has no such field");
	if (rc < 0)
		return rc;
	rc = is_json(format)
		     ? dsv_rewrite_json_source(record, columns->items[column],
					       &at)
		     : dsv_rewrite_csv_source(record, delimiter_of(format),
					      column, &at);
	if (rc < 0)
		return rc;
	*out = at.data;
	*out_len = at.len;
	return 0;
}

/* What came out behind `from`, unless it would be too long to be read. */
static int settle(int rc, size_t from, struct dsv_buf *out)
{
	if (rc == 0 && out->len - from > DSV_RECORD_MAX)
		rc = dsv_fail(DSV_EUSAGE, "the record would be too long");
	if (rc < 0)
		dsv_buf_truncate(out, from);
	return rc;
}

int dsv_rewrite(const struct dsv_format *format,
		const struct dsv_strlist *columns,
		const struct dsv_record *record, const struct dsv_edit *edits,
		size_t n, struct dsv_buf *out)
{
	size_t from = out->len;
	int rc = refuse(format, record,
			UNREADABLE | DSV_ISSUE_RAGGED |
				DSV_ISSUE_REPEATED_FIELD);

	if (rc < 0)
		return rc;
	rc = is_json(format) ? dsv_rewrite_json(columns, record, edits, n, out)
			     : dsv_rewrite_csv(columns, delimiter_of(format),
					       record, edits, n, out);
	return settle(rc, from, out);
}

int dsv_rewrite_new(const struct dsv_format *format,
		    const struct dsv_strlist *columns,
		    const struct dsv_edit *edits, size_t n, struct dsv_buf *out)
{
	size_t from = out->len;
	int rc = refuse(format, NULL, 0);

	if (rc < 0)
		return rc;
	rc = is_json(format) ? dsv_rewrite_json(columns, NULL, edits, n, out)
			     : dsv_rewrite_csv(columns, delimiter_of(format),
					       NULL, edits, n, out);
	return settle(rc, from, out);
}
