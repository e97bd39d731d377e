#ifndef TESTS_HISTORY_TABLE_H
#define TESTS_HISTORY_TABLE_H

/*
 * Random tables, their text as CSV or JSONL, and a slow diff of two of them
 * that shares no code with the library: plain arrays, every record compared
 * with every other one.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/buf.h>

#define T_COLUMNS 8
#define T_CELLS	  (T_COLUMNS + 2) /* and extra ones */

struct t_rng {
	uint64_t state;
};

static inline uint32_t t_next(struct t_rng *rng)
{
	uint64_t x = rng->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((x ^ x >> 31) >> 16);
}

static inline uint32_t t_below(struct t_rng *rng, uint32_t n)
{
	return n ? t_next(rng) % n : 0;
}

static inline bool t_chance(struct t_rng *rng, uint32_t in)
{
	return t_below(rng, in) == 0;
}

/* Cells stand at their column's global number; NULL: missing. */
struct t_row {
	char *cells[T_CELLS];
	unsigned line;
};

struct t_table {
	bool json;
	int columns[T_COLUMNS]; /* global numbers, in the order of the file */
	int n_columns;
	struct t_row *rows;
	int n, cap;
};

static const char *const t_names[T_COLUMNS] = {"id",  "part", "label", "text",
					       "who", "x",    "y",     "z"};

static inline char *t_dup(const char *text)
{
	return text ? strdup(text) : NULL;
}

static inline void t_row_free(struct t_row *row)
{
	for (int i = 0; i < T_CELLS; i++)
		free(row->cells[i]);
}

static inline void t_free(struct t_table *t)
{
	for (int i = 0; i < t->n; i++)
		t_row_free(&t->rows[i]);
	free(t->rows);
	memset(t, 0, sizeof(*t));
}

static inline struct t_row *t_insert(struct t_table *t, int at)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->rows = realloc(t->rows, (size_t)t->cap * sizeof(*t->rows));
	}
	memmove(t->rows + at + 1, t->rows + at,
		(size_t)(t->n - at) * sizeof(*t->rows));
	memset(&t->rows[at], 0, sizeof(t->rows[at]));
	t->n++;
	return &t->rows[at];
}

static inline void t_delete(struct t_table *t, int at)
{
	t_row_free(&t->rows[at]);
	memmove(t->rows + at, t->rows + at + 1,
		(size_t)(t->n - at - 1) * sizeof(*t->rows));
	t->n--;
}

static inline void t_copy(struct t_table *to, const struct t_table *from)
{
	*to = *from;
	to->rows = malloc((size_t)(from->cap + 1) * sizeof(*to->rows));
	for (int i = 0; i < from->n; i++)
		for (int j = 0; j < T_CELLS; j++)
			to->rows[i].cells[j] = t_dup(from->rows[i].cells[j]);
}

static inline bool t_has(const struct t_table *t, int column)
{
	for (int i = 0; i < t->n_columns; i++)
		if (t->columns[i] == column)
			return true;
	return false;
}

static inline void t_set(struct t_row *row, int column, const char *text)
{
	free(row->cells[column]);
	row->cells[column] = t_dup(text);
}

static inline void t_random_cell(struct t_rng *rng, struct t_row *row,
				 int column, int wide)
{
	static const char *const labels[] = {"cat", "dog", "fox", "", "null"};
	static const char *const texts[] = {
		"a,b",	"say \"hi\"", "two\nlines", " ",     "",  "\xc3\xa4",
		"1.10", "r\r\nn",     "\"",	    "plain", "x", "[1]"};
	char text[256];
	int len;

	if (column == 2) {
		t_set(row, column, labels[t_below(rng, 5)]);
	} else if (column == 3 && t_chance(rng, 2)) {
		t_set(row, column, texts[t_below(rng, 12)]);
	} else {
		len = snprintf(text, sizeof(text), "v%u", t_below(rng, 50));
		while (len < wide)
			len += snprintf(text + len, sizeof(text) - (size_t)len,
					"-%08x", t_next(rng));
		t_set(row, column, text);
	}
}

/* A new row under the table's columns; wide: about so many bytes of text. */
static inline void t_fill(struct t_rng *rng, const struct t_table *t,
			  struct t_row *row, unsigned id, int wide)
{
	char text[32];

	for (int i = 0; i < t->n_columns; i++) {
		int column = t->columns[i];

		t_random_cell(rng, row, column, column == 4 ? wide : 0);
	}
	snprintf(text, sizeof(text), "%u", id);
	t_set(row, 0, text);
	if (t_has(t, 1)) {
		snprintf(text, sizeof(text), "p%u", id % 3);
		t_set(row, 1, text);
	}
}

/* ------------------------------------------------------------ text */

/* How a record is written, where there is a choice, goes by what it holds and
 * by salt; so an edit leaves the bytes of other records alone. */
static inline struct t_rng t_manner(const struct t_row *row, uint64_t salt)
{
	struct t_rng rng = {salt};

	for (int i = 0; i < T_CELLS; i++)
		for (const char *p = row->cells[i]; p && *p; p++)
			rng.state = rng.state * 31 + (unsigned char)*p;
	return rng;
}

static inline void t_csv_cell(struct dsv_buf *out, struct t_rng *rng,
			      const char *text)
{
	bool quote = strpbrk(text, ",\"\r\n") || t_chance(rng, 8);

	if (!quote) {
		dsv_buf_addstr(out, text);
		return;
	}
	dsv_buf_addch(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			dsv_buf_addch(out, '"');
		dsv_buf_addch(out, *text);
	}
	dsv_buf_addch(out, '"');
}

static inline unsigned t_line_feeds(const char *data, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += data[i] == '\n';
	return n;
}

static inline void t_csv(struct t_table *t, struct dsv_buf *out, uint64_t salt)
{
	unsigned line = 1;
	size_t told = 0;

	for (int i = 0; i < t->n_columns; i++)
		dsv_buf_addf(out, "%s%s", i ? "," : "", t_names[t->columns[i]]);
	dsv_buf_addch(out, '\n');
	for (int r = 0; r < t->n; r++) {
		struct t_row *row = &t->rows[r];
		struct t_rng rng = t_manner(row, salt);
		int last = t->n_columns;

		line += t_line_feeds(out->data + told, out->len - told);
		told = out->len;
		row->line = line;
		while (last > 1 && !row->cells[t->columns[last - 1]])
			last--;
		for (int i = 0; i < last; i++) {
			const char *text = row->cells[t->columns[i]];

			if (i > 0)
				dsv_buf_addch(out, ',');
			/* a lone empty cell would be a blank line */
			if (last == 1 && (!text || !*text))
				dsv_buf_addstr(out, "\"\"");
			else
				t_csv_cell(out, &rng, text ? text : "");
		}
		for (int i = T_COLUMNS; i < T_CELLS && row->cells[i]; i++) {
			dsv_buf_addch(out, ',');
			t_csv_cell(out, &rng, row->cells[i]);
		}
		dsv_buf_addch(out, '\n');
	}
}

static inline void t_json_text(struct dsv_buf *out, const char *text)
{
	dsv_buf_addch(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			dsv_buf_addf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			dsv_buf_addf(out, "\\u%04x", *text);
		else
			dsv_buf_addch(out, *text);
	}
	dsv_buf_addch(out, '"');
}

/* Names in a random order, blanks here and there: the same record. */
static inline void t_jsonl(struct t_table *t, struct dsv_buf *out,
			   uint64_t salt)
{
	for (int r = 0; r < t->n; r++) {
		struct t_rng rng = t_manner(&t->rows[r], salt);
		int from = (int)t_below(&rng, (uint32_t)t->n_columns);
		const char *sep = "";

		t->rows[r].line = (unsigned)r + 1;
		dsv_buf_addch(out, '{');
		for (int i = 0; i < t->n_columns; i++) {
			int column = t->columns[(i + from) % t->n_columns];

			if (!t->rows[r].cells[column])
				continue;
			dsv_buf_addf(out, "%s\"%s\":%s", sep, t_names[column],
				     t_chance(&rng, 9) ? " " : "");
			t_json_text(out, t->rows[r].cells[column]);
			sep = ",";
		}
		dsv_buf_addstr(out, "}\n");
	}
}

static inline void t_text(struct t_table *t, struct dsv_buf *out, uint64_t salt)
{
	if (t->json)
		t_jsonl(t, out, salt);
	else
		t_csv(t, out, salt);
}

/* ------------------------------------------------------------ slow diff */

struct t_op {
	char op; /* '+', '-', '~' */
	int from, to;
	bool shared;
};

struct t_diff {
	int added, removed, changed, changed_common, unchanged;
	int relabelled, label_changed, rekeyed, moved;
	struct t_op *ops;
	int n_ops;
};

static inline bool t_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static inline bool t_same_key(const struct t_row *a, const struct t_row *b,
			      int n_key)
{
	for (int i = 0; i < n_key; i++)
		if (!t_same(a->cells[i], b->cells[i]))
			return false;
	return true;
}

static inline bool t_same_row(const struct t_row *a, const struct t_row *b,
			      int first)
{
	for (int i = first; i < T_CELLS; i++)
		if (!t_same(a->cells[i], b->cells[i]))
			return false;
	return true;
}

static inline bool t_keyless(const struct t_row *row, int n_key)
{
	for (int i = 0; i < n_key; i++)
		if (row->cells[i] && row->cells[i][0])
			return false;
	return true;
}

/* Rows of t with this key: their number and the last one. */
static inline int t_count_key(const struct t_table *t, const struct t_row *row,
			      int n_key, int *at)
{
	int n = 0;

	for (int i = 0; i < t->n; i++) {
		if (!t_same_key(&t->rows[i], row, n_key))
			continue;
		n++;
		if (at)
			*at = i;
	}
	return n;
}

static inline int t_lis(const int *order, int n)
{
	int *best = calloc((size_t)n + 1, sizeof(*best));
	int longest = 0;

	for (int i = 0; i < n; i++) {
		best[i] = 1;
		for (int j = 0; j < i; j++)
			if (order[j] < order[i] && best[j] + 1 > best[i])
				best[i] = best[j] + 1;
		if (best[i] > longest)
			longest = best[i];
	}
	free(best);
	return longest;
}

static inline void t_pair(struct t_diff *d, const struct t_table *a,
			  const struct t_table *b, int f, int t)
{
	const char *fl = a->rows[f].cells[2];
	const char *tl = b->rows[t].cells[2];
	bool common = false;

	if (t_same_row(&a->rows[f], &b->rows[t], 0)) {
		d->unchanged++;
		return;
	}
	for (int i = 0; i < T_CELLS; i++)
		if (!t_same(a->rows[f].cells[i], b->rows[t].cells[i]) &&
		    (i >= T_COLUMNS || (t_has(a, i) && t_has(b, i))))
			common = true;
	d->changed++;
	d->changed_common += common;
	if (!t_same(fl, tl)) {
		d->label_changed++;
		d->relabelled += fl && *fl && tl && *tl;
	}
	d->ops[d->n_ops++] = (struct t_op){'~', f, t, false};
}

/* How many rows of the list equal rows[i] but for the key. */
static inline int t_twins(const struct t_table *t, const int *list, int n,
			  const struct t_row *row, int n_key)
{
	int twins = 0;

	for (int i = 0; i < n; i++)
		twins += t_same_row(&t->rows[list[i]], row, n_key);
	return twins;
}

static inline void t_slow_diff(struct t_diff *d, const struct t_table *a,
			       const struct t_table *b, int n_key)
{
	size_t all = (size_t)(a->n + b->n + 1);
	int *match = malloc(all * sizeof(int));
	char *used = calloc(all, 1);
	int *order = calloc(all, sizeof(int));
	int *gone = calloc(all, sizeof(int));
	int *come = calloc(all, sizeof(int));
	int n_order = 0, n_gone = 0, n_come = 0;

	memset(d, 0, sizeof(*d));
	d->ops = calloc(all, sizeof(*d->ops));
	for (int t = 0; t < b->n; t++) {
		const struct t_row *row = &b->rows[t];
		int f = -1;
		int in_a = n_key ? t_count_key(a, row, n_key, &f) : 0;
		bool shared = !n_key || t_keyless(row, n_key) || in_a > 1 ||
			      t_count_key(b, row, n_key, NULL) > 1;

		if (!shared && in_a == 1) {
			used[f] = 1;
			order[n_order++] = f;
			t_pair(d, a, b, f, t);
			continue;
		}
		f = -1;
		for (int i = 0; shared && i < a->n && f < 0; i++)
			if (!used[i] && t_same_row(&a->rows[i], row, 0))
				f = i;
		if (f >= 0) {
			used[f] = 1;
			d->unchanged++;
			continue;
		}
		d->added++;
		if (!shared)
			come[n_come++] = t;
		d->ops[d->n_ops++] = (struct t_op){'+', -1, t, shared};
	}
	for (int f = 0; f < a->n; f++) {
		const struct t_row *row = &a->rows[f];
		bool shared = !n_key || t_keyless(row, n_key) ||
			      t_count_key(a, row, n_key, NULL) > 1 ||
			      t_count_key(b, row, n_key, NULL) > 1;

		if (used[f])
			continue;
		d->removed++;
		if (!shared)
			gone[n_gone++] = f;
		d->ops[d->n_ops++] = (struct t_op){'-', f, -1, shared};
	}
	for (int i = 0; i < n_gone && n_key; i++) {
		const struct t_row *row = &a->rows[gone[i]];

		d->rekeyed += t_twins(a, gone, n_gone, row, n_key) == 1 &&
			      t_twins(b, come, n_come, row, n_key) == 1;
	}
	d->moved = n_order - t_lis(order, n_order);
	free(match);
	free(used);
	free(order);
	free(gone);
	free(come);
}

/* ------------------------------------------------------------ edits */

/* What an edited table may get, beside clean changes. */
enum t_dirt {
	T_DIRT_KEYS = 1 << 0,	 /* doubled and missing keys */
	T_DIRT_RAGGED = 1 << 1,	 /* short and long rows (CSV) */
	T_DIRT_COLUMNS = 1 << 2, /* columns come, go and change places */
	T_DIRT_SHUFFLE = 1 << 3,
};

static inline void t_edit_row(struct t_rng *rng, struct t_table *t, int r,
			      unsigned *next_id, unsigned dirt, int wide)
{
	struct t_row *row = &t->rows[r];
	char text[32];

	switch (t_below(rng, 10)) {
	case 0:
		t_delete(t, r);
		break;
	case 1:
		row = t_insert(t, r);
		t_fill(rng, t, row, ++*next_id, wide);
		break;
	case 2:
		if (dirt & T_DIRT_KEYS)
			t_set(row, 0, t_chance(rng, 2) ? "" : "7");
		break;
	case 3:
		if ((dirt & T_DIRT_RAGGED) && !t->json &&
		    !row->cells[T_COLUMNS])
			t_set(row, t->columns[t->n_columns - 1], NULL);
		break;
	case 4:
		if ((dirt & T_DIRT_RAGGED) && !t->json &&
		    row->cells[t->columns[t->n_columns - 1]])
			t_set(row, T_COLUMNS, t_chance(rng, 2) ? "" : "more");
		break;
	case 5: /* the same under another key */
		snprintf(text, sizeof(text), "%u", ++*next_id);
		t_set(row, 0, text);
		break;
	case 6:
		if (t->json)
			t_set(row, 3, NULL);
		break;
	default:
		t_random_cell(rng, row,
			      t->columns[t_below(rng, (uint32_t)t->n_columns)],
			      0);
		if (!(dirt & T_DIRT_KEYS) &&
		    (!row->cells[0] || !row->cells[0][0] ||
		     row->cells[0][0] == 'v')) {
			snprintf(text, sizeof(text), "%u", ++*next_id);
			t_set(row, 0, text);
		}
		break;
	}
}

static inline void t_edit_columns(struct t_rng *rng, struct t_table *t)
{
	int a = (int)t_below(rng, (uint32_t)t->n_columns);
	int b = (int)t_below(rng, (uint32_t)t->n_columns);
	int column = t->columns[a];

	t->columns[a] = t->columns[b];
	t->columns[b] = column;
	if (t_chance(rng, 2) && !t_has(t, 6)) {
		t->columns[t->n_columns++] = 6;
		for (int r = 0; r < t->n; r++)
			t_set(&t->rows[r], 6, t_chance(rng, 2) ? "" : "new");
	} else if (t_chance(rng, 2) && t_has(t, 5)) {
		for (int i = 0; i < t->n_columns; i++)
			if (t->columns[i] == 5)
				t->columns[i] = t->columns[--t->n_columns];
		for (int r = 0; r < t->n; r++)
			t_set(&t->rows[r], 5, NULL);
	}
	/* a short row is short at its end only */
	for (int r = 0; !t->json && r < t->n; r++)
		for (int i = 0; i < t->n_columns; i++)
			if (!t->rows[r].cells[t->columns[i]])
				t_set(&t->rows[r], t->columns[i], "");
}

static inline void t_edit(struct t_rng *rng, struct t_table *t, int edits,
			  unsigned *next_id, unsigned dirt, int wide)
{
	if ((dirt & T_DIRT_COLUMNS) && t_chance(rng, 2))
		t_edit_columns(rng, t);
	for (int i = 0; i < edits && t->n > 0; i++)
		t_edit_row(rng, t, (int)t_below(rng, (uint32_t)t->n), next_id,
			   dirt, wide);
	if ((dirt & T_DIRT_SHUFFLE) && t->n > 1 && t_chance(rng, 2)) {
		for (int i = 0; i < t->n; i++) {
			int j = (int)t_below(rng, (uint32_t)t->n);
			struct t_row row = t->rows[i];

			t->rows[i] = t->rows[j];
			t->rows[j] = row;
		}
	}
}

static inline void t_random(struct t_rng *rng, struct t_table *t, int n,
			    unsigned *next_id, int wide)
{
	static const int start[] = {0, 1, 2, 3, 4, 5};

	memset(t, 0, sizeof(*t));
	memcpy(t->columns, start, sizeof(start));
	t->n_columns = 6;
	for (int i = 0; i < n; i++)
		t_fill(rng, t, t_insert(t, t->n), ++*next_id, wide);
}

#endif
