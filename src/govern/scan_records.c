#include "govern/scan_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/error.h>

#include "base/alloc.h"

void dsv_scan_records_init(struct dsv_scan_records *records,
			   const struct dsv_scanned_opts *opts)
{
	*records = (struct dsv_scan_records){.opts = opts};
	dsv_digest_init(&records->digest);
}

void dsv_scan_records_release(struct dsv_scan_records *records)
{
	dsv_pii_finder_release(&records->finder);
	dsv_digest_release(&records->digest);
	dsv_layout_release(&records->layout);
	free(records->contexts);
	*records = (struct dsv_scan_records){0};
}

static void bind(struct dsv_scan_records *records,
		 const struct dsv_strlist *columns)
{
	size_t first = records->n_columns;

	dsv_layout_release(&records->layout);
	dsv_layout_set(&records->layout, records->opts->reading, columns);
	if (!records->is_bound || columns->n < first)
		first = 0;
	records->contexts = dsv_realloc(records->contexts, columns->n + 1,
					sizeof(*records->contexts));
	for (size_t i = first; i < columns->n; i++)
		records->contexts[i] = dsv_pii_context(columns->items[i]);
	records->n_columns = columns->n;
	records->is_bound = true;
}

/* The finder's hits in a text become stars. */
static void add_masked(struct dsv_scan_records *records, struct dsv_buf *out,
		       const struct dsv_field *field, const char *column)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t n =
		dsv_pii_find(&records->finder, field, dsv_pii_context(column));
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct dsv_pii_hit *hit = &records->finder.hits[i];

		dsv_buf_add(&text, field->text + at, hit->at - at);
		dsv_buf_addstr(&text, hit->masked);
		at = hit->at + hit->len;
	}
	dsv_buf_add(&text, field->text + at, field->len - at);
	dsv_address_add_part(out, dsv_buf_str(&text), text.len);
}

/* As it is, for names of findings; masked, for people. */
static void add_key(struct dsv_scan_records *records,
		    const struct dsv_record *record, bool masked,
		    struct dsv_buf *out)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;

	for (size_t i = 0; i < records->layout.n_key; i++) {
		const struct dsv_field *field =
			dsv_layout_key(&records->layout, i, record, &inner);

		if (i)
			dsv_buf_addch(out, ',');
		if (masked)
			add_masked(records, out, field,
				   records->opts->reading->key.items[i]);
		else
			dsv_address_add_part(out, field->text, field->len);
	}
}

static void add_text(struct dsv_digest *digest, const char *text, size_t len)
{
	uint8_t head[8];

	for (size_t i = 0; i < sizeof(head); i++)
		head[i] = (uint8_t)((uint64_t)len >> (8 * i));
	dsv_digest_update(digest, head, sizeof(head));
	dsv_digest_update(digest, text, len);
}

/* What was found in one field of a record. */
struct found {
	const struct dsv_buf *key;
	struct dsv_id text; /* of the field: a long one may have many hits */
	const char *name;
	uint64_t line;
};

/* A hit as it is kept; its name is what docs/formats/scan.md says. */
static void add_hit(struct dsv_scan_records *records, struct dsv_scan_hit *hit,
		    const struct found *found)
{
	const char *kind = dsv_pii_name(hit->kind);
	char offset[24];
	char hex[DSV_ID_HEX];
	struct dsv_id id;
	int n = snprintf(offset, sizeof(offset), "%llu",
			 (unsigned long long)hit->offset);

	add_text(&records->digest, kind, strlen(kind));
	add_text(&records->digest, records->opts->dataset,
		 strlen(records->opts->dataset));
	add_text(&records->digest, dsv_buf_str(found->key), found->key->len);
	add_text(&records->digest, hit->field, strlen(hit->field));
	add_text(&records->digest, offset, (size_t)n);
	add_text(&records->digest, (const char *)found->text.bytes,
		 sizeof(found->text.bytes));
	dsv_digest_final(&records->digest, &id);
	memcpy(hit->id, dsv_id_hex(&id, hex), DSV_FINDING_HEX - 1);
}

/* Cells behind the columns of a ragged row have a number for a name. */
static const char *name_of(const struct dsv_strlist *columns, size_t i,
			   char number[32])
{
	if (i < columns->n)
		return columns->items[i];
	snprintf(number, 32, "#%zu", i + 1);
	return number;
}

static void take_hits(struct dsv_scan_records *records, size_t n,
		      const struct found *found, struct dsv_scan_part *part)
{
	for (size_t i = 0; i < n; i++) {
		const struct dsv_pii_hit *from = &records->finder.hits[i];
		struct dsv_scan_hit hit = {
			.kind = from->kind,
			.line = found->line,
			.key = "",
			.field = found->name,
			.offset = from->at,
			.len = from->len,
			.masked = from->masked,
		};

		add_hit(records, &hit, found);
		dsv_scan_part_add(part, &hit);
	}
}

/* A record that is not well formed has its source for a field. */
static void scan_record(struct dsv_scan_records *records,
			const struct dsv_record *record,
			const struct dsv_strlist *columns,
			struct dsv_scan_part *part)
{
	struct dsv_field source = {record->source, record->source_len,
				   DSV_FIELD_TEXT};
	const struct dsv_field *fields = record->fields;
	size_t n_fields = record->n_fields;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t first = part->n;
	char number[32];

	if (n_fields == 0) {
		fields = &source;
		n_fields = 1;
	}
	for (size_t i = 0; i < n_fields; i++) {
		bool named = record->n_fields > 0;
		unsigned context = named && i < records->n_columns
					   ? records->contexts[i]
					   : 0;
		size_t n = dsv_pii_find(&records->finder, &fields[i], context);
		struct found found = {
			.key = &key,
			.name = named ? name_of(columns, i, number) : "",
			.line = record->line - part->line,
		};

		if (n == 0)
			continue;
		if (part->n == first && named)
			add_key(records, record, false, &key);
		dsv_id_of(fields[i].text, fields[i].len, &found.text);
		take_hits(records, n, &found, part);
	}
	if (part->n == first || record->n_fields == 0)
		return;
	add_key(records, record, true, &shown);
	for (size_t i = first; i < part->n; i++)
		part->hits[i].key = dsv_arena_copy(
			&part->arena, dsv_buf_str(&shown), shown.len);
}

static int too_many(const struct dsv_scan_records *records)
{
	dsv_fail(DSV_ERANGE, "'%s' has more than %u findings",
		 records->opts->dataset, DSV_SCAN_HITS_MAX);
	return dsv_hint(DSV_ERANGE,
			"so many are a column of personal data: take it out");
}

static int scan_all(struct dsv_scan_records *records, struct dsv_reader *reader,
		    struct dsv_scan_part *part)
{
	const struct dsv_strlist *columns = dsv_reader_columns(reader);
	struct dsv_record record;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		if (!records->is_bound || columns->n != records->n_columns)
			bind(records, columns);
		part->records++;
		if (record.issues & DSV_ISSUE_TOO_LONG)
			part->unscanned++;
		else
			scan_record(records, &record, columns, part);
		if (part->n > DSV_SCAN_HITS_MAX)
			return too_many(records);
		if (part->records % 1024 == 0 && (rc = dsv_cancelled()) < 0)
			return rc;
	}
	return rc;
}

int dsv_scan_records_add(struct dsv_scan_records *records,
			 const struct dsv_scan_run *run,
			 struct dsv_scan_part *part)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_reader_opts opts = {.columns = run->columns,
				       .offset = run->offset,
				       .line = run->line};
	bool same_columns =
		run->columns && records->is_bound &&
		dsv_strlist_equal(&records->layout.columns, run->columns);
	int rc = dsv_reader_open(&reader, records->opts->reading->format,
				 run->in, &opts);

	records->is_bound = same_columns;
	part->line = run->line;
	return rc < 0 ? rc : scan_all(records, reader, part);
}
