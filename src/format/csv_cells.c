#include "format/csv_cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/csv_scan.h"
#include "format/scan.h"

#define BLOCK 64

void dsv_cells_init(struct dsv_cells *cells, char delimiter)
{
	*cells = (struct dsv_cells){.delimiter = delimiter};
	DSV_GROW(cells->fields, cells->cap, 64);
}

void dsv_cells_release(struct dsv_cells *cells)
{
	free(cells->fields);
	free(cells->escaped);
	dsv_buf_release(&cells->text);
}

#if defined(__SSE2__)
static uint64_t mask_block(struct dsv_cells *cells, const char *block)
{
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i delimiter = _mm_set1_epi8(cells->delimiter);
	const __m128i lf = _mm_set1_epi8('\n');
	const __m128i cr = _mm_set1_epi8('\r');
	__m128i high = _mm_setzero_si128();
	__m128i least = _mm_set1_epi8(1);
	uint64_t bits = 0;

	for (int i = 0; i < BLOCK / 16; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)block + i);
		__m128i hit =
			_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote),
						  _mm_cmpeq_epi8(v, delimiter)),
				     _mm_or_si128(_mm_cmpeq_epi8(v, lf),
						  _mm_cmpeq_epi8(v, cr)));

		high = _mm_or_si128(high, v);
		least = _mm_min_epu8(least, v);
		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (16 * i);
	}
	cells->block_high = _mm_movemask_epi8(high) != 0;
	cells->block_nul =
		_mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128())) !=
		0;
	return bits;
}
#else
static uint64_t mask_block(struct dsv_cells *cells, const char *block)
{
	uint64_t bits = 0;

	cells->block_high = cells->block_nul = false;
	for (int i = 0; i < BLOCK; i++) {
		char ch = block[i];

		cells->block_high |= (unsigned char)ch >= 0x80;
		cells->block_nul |= ch == 0;
		if (ch == '"' || ch == cells->delimiter || ch == '\n' ||
		    ch == '\r')
			bits |= (uint64_t)1 << i;
	}
	return bits;
}
#endif

/* Nothing is read behind the end: the last bytes are copied first. */
static void load_block(struct dsv_cells *cells)
{
	size_t left = (size_t)(cells->end - cells->block);

	if (left >= BLOCK) {
		cells->bits = mask_block(cells, cells->block);
	} else {
		char tail[BLOCK];

		memset(tail, 'x', sizeof(tail));
		memcpy(tail, cells->block, left);
		cells->bits = mask_block(cells, tail);
	}
	cells->high |= cells->block_high;
	cells->nul |= cells->block_nul;
}

/* The next quote, delimiter or line end, or NULL at the end of the bytes. */
static inline const char *next_mark(struct dsv_cells *cells)
{
	const char *mark;

	while (!cells->bits) {
		if (cells->end - cells->block <= BLOCK)
			return NULL;
		cells->block += BLOCK;
		load_block(cells);
	}
	mark = cells->block + __builtin_ctzll(cells->bits);
	cells->bits &= cells->bits - 1;
	return mark;
}

static __attribute__((noinline)) void grow_fields(struct dsv_cells *cells)
{
	if (cells->cap < DSV_CELLS_MAX) {
		DSV_GROW(cells->fields, cells->cap, cells->cap + 1);
		return;
	}
	cells->issues |= DSV_ISSUE_TOO_LONG;
	cells->n = cells->n_escaped = 0;
}

static inline void add_field(struct dsv_cells *cells, const char *text,
			     size_t len)
{
	if (cells->n == cells->cap)
		grow_fields(cells);
	cells->fields[cells->n++] =
		(struct dsv_field){text, len, DSV_FIELD_TEXT};
}

/* The bytes as they stand, to be unquoted when the record is whole. */
static void add_escaped(struct dsv_cells *cells, const char *text, size_t len)
{
	add_field(cells, text, len);
	DSV_GROW(cells->escaped, cells->cap_escaped, cells->n_escaped + 1);
	cells->escaped[cells->n_escaped++] = (uint32_t)(cells->n - 1);
}

/* The quote that closes, or NULL. The byte behind it must be in sight. */
static const char *closing_quote(struct dsv_cells *cells, bool *out_doubled)
{
	const char *mark;

	while ((mark = next_mark(cells)) != NULL) {
		if (*mark == '"') {
			if (mark + 1 == cells->end)
				return NULL;
			if (mark[1] != '"')
				return mark;
			next_mark(cells);
			*out_doubled = true;
		}
		cells->lf += *mark == '\n';
		cells->cr += *mark == '\r';
	}
	return NULL;
}

static const char *pass_quotes(struct dsv_cells *cells, const char *mark)
{
	while (mark && *mark == '"')
		mark = next_mark(cells);
	return mark;
}

static bool opens(const struct dsv_cells *cells, const char *start,
		  const char *mark)
{
	return mark == start || (start == cells->begin && mark == start + 3 &&
				 memcmp(start, DSV_CSV_BOM, 3) == 0);
}

/* A field with a quote in it, the first at mark. Returns what ends it. */
static const char *read_quoted(struct dsv_cells *cells, const char *start,
			       const char *mark)
{
	bool doubled = false;
	const char *stop;

	if (!opens(cells, start, mark)) {
		stop = pass_quotes(cells, mark);
		if (stop)
			add_field(cells, start, (size_t)(stop - start));
		return stop;
	}
	mark = closing_quote(cells, &doubled);
	if (!mark) {
		add_escaped(cells, start, (size_t)(cells->end - start));
		return NULL;
	}
	stop = pass_quotes(cells, next_mark(cells));
	if (!stop)
		return NULL;
	if (stop != mark + 1)
		cells->issues |= DSV_ISSUE_BAD_QUOTING;
	if (stop != mark + 1 || doubled || *start != '"')
		add_escaped(cells, start, (size_t)(stop - start));
	else
		add_field(cells, start + 1, (size_t)(mark - start - 1));
	return stop;
}

static bool read_fields(struct dsv_cells *cells)
{
	const char *start = cells->begin;

	for (;;) {
		const char *mark = next_mark(cells);

		if (mark && *mark == '"')
			mark = read_quoted(cells, start, mark);
		else if (mark)
			add_field(cells, start, (size_t)(mark - start));
		cells->stop = mark;
		if (!mark)
			return false;
		if (*mark != cells->delimiter)
			return true;
		start = mark + 1;
	}
}

/* text has room for the whole record: what it holds does not move. */
static void unquote(struct dsv_buf *text, struct dsv_field *field)
{
	const char *p = field->text;
	const char *end = p + field->len;
	size_t from = text->len;

	if (*p != '"') {
		dsv_buf_add(text, p, 3);
		p += 3;
	}
	for (p++; p < end; p++) {
		const char *quote = memchr(p, '"', (size_t)(end - p));
		const char *stop = quote ? quote : end;

		dsv_buf_add(text, p, (size_t)(stop - p));
		p = stop + 1;
		if (p >= end || *p != '"') {
			if (p < end)
				dsv_buf_add(text, p, (size_t)(end - p));
			break;
		}
		dsv_buf_addch(text, '"');
	}
	field->text = text->data + from;
	field->len = text->len - from;
}

static void unquote_all(struct dsv_cells *cells, const char *end)
{
	if (cells->issues & DSV_ISSUE_TOO_LONG)
		return;
	dsv_buf_reset(&cells->text);
	dsv_buf_reserve(&cells->text, (size_t)(end - cells->begin) + 1);
	for (size_t i = 0; i < cells->n_escaped; i++)
		unquote(&cells->text, &cells->fields[cells->escaped[i]]);
}

void dsv_cells_feed(struct dsv_cells *cells, const char *data, size_t len)
{
	cells->end = data + len;
	cells->block = data;
	load_block(cells);
}

bool dsv_cells_read(struct dsv_cells *cells, const char *begin)
{
	cells->begin = begin;
	cells->n = cells->n_escaped = 0;
	cells->issues = 0;
	cells->lf = cells->cr = 0;
	cells->high = cells->block_high;
	cells->nul = cells->block_nul;
	if (!read_fields(cells))
		return false;
	if (cells->n_escaped > 0)
		unquote_all(cells, cells->stop);
	return true;
}

const char *dsv_cells_pass_end(struct dsv_cells *cells, const char *p)
{
	if (*p == '\r' && p + 1 < cells->end && p[1] == '\n') {
		next_mark(cells);
		p++;
	}
	return p + 1;
}

void dsv_cells_close(struct dsv_cells *cells, const char *end)
{
	struct dsv_field *last = &cells->fields[cells->n - 1];

	last->len = (size_t)(end - last->text);
	cells->issues |= DSV_ISSUE_BAD_QUOTING;
	unquote_all(cells, end);
}
