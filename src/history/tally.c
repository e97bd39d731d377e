#include "history/tally.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/layout.h"

#define POLL_RECORDS 4096u /* between looks at the cancel flag */

void dsv_tally_init(struct dsv_tally *tally, const struct dsv_reading *reading,
		    unsigned flags)
{
	*tally = (struct dsv_tally){.reading = reading, .flags = flags};
	tally->labels =
		dsv_alloc_zero(reading->labels.n + 1, sizeof(*tally->labels));
}

void dsv_tally_issue(struct dsv_tally *tally, enum dsv_issue issue,
		     uint64_t line, uint64_t count)
{
	struct dsv_issue_tally *at = &tally->issues[__builtin_ctz(issue)];

	if (at->count == 0 || line < at->line)
		at->line = line;
	at->count += count;
}

static void add_issues(struct dsv_tally *tally, unsigned issues, uint64_t line)
{
	for (unsigned bit = 0; issues; bit++, issues >>= 1)
		if (issues & 1u)
			dsv_tally_issue(tally, 1u << bit, line, 1);
}

bool dsv_tally_is_sound(const struct dsv_tally *tally)
{
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++)
		if (tally->issues[bit].count > 0 &&
		    !(DSV_ISSUES_HARMLESS & 1u << bit))
			return false;
	return true;
}

const char *dsv_label_text(const struct dsv_field *field, size_t *out_len)
{
	if (dsv_field_is_absent(field)) {
		*out_len = 6;
		return "(null)";
	}
	*out_len = field->len;
	return field->text;
}

/* What goes on from run to run: small runs come by the thousand. */
struct dsv_tally_pass {
	struct dsv_layout layout;
	/* for each label the entry that counted last, most often it again */
	size_t *last;
};

struct pass {
	struct dsv_tally *tally;
	const struct dsv_tally_run *run;
	struct dsv_layout *layout;
	size_t *last;
	size_t known; /* columns of this run that have been seen */
};

static void pass_free(struct dsv_tally_pass **pass)
{
	if (!*pass)
		return;
	dsv_layout_release(&(*pass)->layout);
	free((*pass)->last);
	free(*pass);
	*pass = NULL;
}

void dsv_tally_release(struct dsv_tally *tally)
{
	for (size_t i = 0; tally->labels && i < tally->reading->labels.n; i++)
		dsv_map_release(&tally->labels[i]);
	free(tally->labels);
	free(tally->rows);
	free(tally->keys);
	pass_free(&tally->pass);
	dsv_strlist_release(&tally->columns);
	memset(tally, 0, sizeof(*tally));
}

/* A reader of JSON comes to know more columns as it goes. */
static void see_columns(struct pass *pass, const struct dsv_strlist *columns,
			uint64_t line)
{
	struct dsv_tally *tally = pass->tally;
	size_t known = pass->known;

	pass->known = columns->n;
	if (pass->layout->key &&
	    dsv_strlist_equal(&pass->layout->columns, columns))
		return;
	for (size_t i = known; i < columns->n; i++) {
		if (dsv_strlist_find(&tally->columns, columns->items[i]) >= 0)
			continue;
		dsv_strlist_add(&tally->columns, columns->items[i]);
		tally->columns_line = line;
	}
	dsv_layout_set(pass->layout, tally->reading, columns);
}

static void count_labels(struct pass *pass, const struct dsv_record *record)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;

	for (size_t i = 0; i < pass->layout->n_labels; i++) {
		struct dsv_map *map = &pass->tally->labels[i];
		struct dsv_map_entry *entry = NULL;
		size_t len;
		const char *text = dsv_label_text(
			dsv_layout_label(pass->layout, i, record, &inner),
			&len);

		if (map->n > 0)
			entry = &map->entries[pass->last[i]];
		if (!entry || entry->key_len != len ||
		    memcmp(entry->key, text, len) != 0)
			entry = dsv_map_put(map, text, len);
		pass->last[i] = (size_t)(entry - map->entries);
		entry->value++;
	}
}

static int add_row(struct pass *pass, const struct dsv_record *record,
		   bool keyless)
{
	struct dsv_tally *tally = pass->tally;
	struct dsv_row *row;

	if (record->line > UINT32_MAX || tally->n_rows >= UINT32_MAX - 1)
		return dsv_fail(DSV_ERANGE,
				"more than 4,294,967,294 records or lines");
	DSV_GROW(tally->rows, tally->rows_cap, tally->n_rows + 1);
	row = &tally->rows[tally->n_rows++];
	row->key = dsv_layout_key_hash(pass->layout, record);
	row->at = pass->run->base + record->offset - pass->run->offset;
	row->line = (uint32_t)record->line;
	row->flags = (uint32_t)(record->source_len & DSV_ROW_LEN);
	if (keyless)
		row->flags |= DSV_ROW_KEYLESS | DSV_ROW_SHARED;
	if (pass->layout->n_key == 0)
		row->flags |= DSV_ROW_SHARED;
	if (record->issues)
		row->flags |= DSV_ROW_ODD;
	return 0;
}

static int add_record(struct pass *pass, const struct dsv_record *record)
{
	struct dsv_tally *tally = pass->tally;
	bool keyless = dsv_layout_keyless(pass->layout, record);

	tally->records++;
	if (record->issues)
		add_issues(tally, record->issues, record->line);
	if (keyless) {
		tally->keyless++;
		dsv_tally_issue(tally, DSV_ISSUE_NO_KEY, record->line, 1);
	}
	count_labels(pass, record);
	if (tally->flags & DSV_TALLY_KEYS) {
		DSV_GROW(tally->keys, tally->keys_cap, tally->n_keys + 1);
		tally->keys[tally->n_keys++] =
			dsv_layout_key_stable(pass->layout, record);
	}
	return tally->flags & DSV_TALLY_ROWS ? add_row(pass, record, keyless)
					     : 0;
}

static int read_records(struct pass *pass, struct dsv_reader *reader)
{
	struct dsv_record record;
	uint64_t told = pass->run->offset;
	uint64_t end = told + pass->run->len;
	unsigned since = 0;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		if (dsv_reader_columns(reader)->n != pass->known)
			see_columns(pass, dsv_reader_columns(reader),
				    record.line);
		rc = add_record(pass, &record);
		if (rc < 0)
			return rc;
		if (++since < POLL_RECORDS)
			continue;
		since = 0;
		rc = dsv_cancelled();
		if (rc < 0)
			return rc;
		dsv_progress_add(pass->run->progress, record.offset - told);
		told = record.offset;
	}
	dsv_progress_add(pass->run->progress, end - told);
	return rc;
}

/* The columns that a pass looks at. */
static void wanted_columns(const struct dsv_reading *reading,
			   struct dsv_strlist *out)
{
	for (size_t i = 0; i < reading->key.n; i++)
		dsv_strlist_add(out, reading->key.items[i]);
	for (size_t i = 0; i < reading->labels.n; i++)
		dsv_strlist_add(out, reading->labels.items[i]);
	for (size_t i = 0; i < reading->n_renamed; i++)
		for (size_t j = 0; j < reading->renamed[i].older.n; j++)
			dsv_strlist_add(out,
					reading->renamed[i].older.items[j]);
}

static void start_pass(struct pass *pass)
{
	struct dsv_tally *tally = pass->tally;

	if (!tally->pass) {
		tally->pass = dsv_alloc_zero(1, sizeof(*tally->pass));
		tally->pass->last = dsv_alloc_zero(tally->reading->labels.n + 1,
						   sizeof(size_t));
	}
	pass->layout = &tally->pass->layout;
	pass->last = tally->pass->last;
}

void dsv_tally_reserve(struct dsv_tally *tally, size_t n_rows, size_t n_keys)
{
	if (n_rows > tally->rows_cap && tally->n_rows == 0) {
		free(tally->rows);
		tally->rows = dsv_alloc_large(n_rows * sizeof(*tally->rows));
		tally->rows_cap = n_rows;
	}
	if (n_keys > tally->keys_cap && tally->n_keys == 0) {
		free(tally->keys);
		tally->keys = dsv_alloc_large(n_keys * sizeof(*tally->keys));
		tally->keys_cap = n_keys;
	}
}

/* Most records are longer. Room that is not used costs nothing, while growing
 * step by step copies. */
#define RECORD_LEN 48u
#define EXPECT_MAX (1024u * 1024u) /* bytes; one record may be all of them */

void dsv_tally_expect(struct dsv_tally *tally, size_t bytes)
{
	size_t n = (bytes < EXPECT_MAX ? bytes : EXPECT_MAX) / RECORD_LEN;

	dsv_tally_reserve(tally, tally->flags & DSV_TALLY_ROWS ? n : 0,
			  tally->flags & DSV_TALLY_KEYS ? n : 0);
}

int dsv_tally_add(struct dsv_tally *tally, const struct dsv_tally_run *run)
{
	struct dsv_strlist only DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_stream *memory DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in = run->in;
	struct dsv_reader_opts opts = {.columns = run->columns,
				       .offset = run->offset,
				       .line = run->line,
				       .only = &only};
	struct pass pass = {.tally = tally, .run = run};
	int rc;

	wanted_columns(tally->reading, &only);
	if (!in) {
		dsv_stream_of_memory(&memory, run->data, run->len);
		in = memory;
	}
	rc = dsv_reader_open(&reader, tally->reading->format, in, &opts);
	if (rc < 0)
		return rc;
	if (!run->columns)
		add_issues(tally, reader->issues, run->line);
	start_pass(&pass);
	see_columns(&pass, dsv_reader_columns(reader), run->line);
	return read_records(&pass, reader);
}

static void include_labels(struct dsv_tally *tally,
			   const struct dsv_tally *other)
{
	for (size_t i = 0; i < tally->reading->labels.n; i++) {
		const struct dsv_map *map = &other->labels[i];

		for (size_t j = 0; j < map->n; j++)
			dsv_map_put(&tally->labels[i], map->entries[j].key,
				    map->entries[j].key_len)
				->value += map->entries[j].value;
	}
}

void dsv_tally_include(struct dsv_tally *tally, const struct dsv_tally *other)
{
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++)
		if (other->issues[bit].count > 0)
			dsv_tally_issue(tally, 1u << bit,
					other->issues[bit].line,
					other->issues[bit].count);
	tally->records += other->records;
	tally->keyless += other->keyless;
	include_labels(tally, other);
	if (other->n_keys == 0)
		return;
	DSV_GROW(tally->keys, tally->keys_cap, tally->n_keys + other->n_keys);
	memcpy(tally->keys + tally->n_keys, other->keys,
	       other->n_keys * sizeof(*other->keys));
	tally->n_keys += other->n_keys;
}

static void merge_columns(struct dsv_tally *tally,
			  const struct dsv_tally *later)
{
	bool first = tally->columns.n == 0;

	for (size_t i = 0; i < later->columns.n; i++) {
		if (dsv_strlist_find(&tally->columns,
				     later->columns.items[i]) >= 0)
			continue;
		dsv_strlist_add(&tally->columns, later->columns.items[i]);
		tally->columns_line = later->columns_line;
	}
	if (first)
		tally->columns_line = later->columns_line;
}

void dsv_tally_merge(struct dsv_tally *tally, struct dsv_tally *later)
{
	merge_columns(tally, later);
	dsv_tally_include(tally, later);
	if (later->n_rows > 0) {
		DSV_GROW(tally->rows, tally->rows_cap,
			 tally->n_rows + later->n_rows);
		memcpy(tally->rows + tally->n_rows, later->rows,
		       later->n_rows * sizeof(*later->rows));
		tally->n_rows += later->n_rows;
	}
	dsv_tally_release(later);
}
