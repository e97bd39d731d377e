#include <dsv/rules.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <dsv/buf.h>
#include <dsv/error.h>
#include <dsv/guideline.h>

#include "base/alloc.h"
#include "dataset/document.h"

/* Columns of a table that dsv reads; a row has one text for each. */
#define COLUMNS 3u

struct kind {
	const char *columns[COLUMNS]; /* NULL: no more */
	void (*add)(struct dsv_rules *out, char **cells, unsigned line);
};

static void add_label(struct dsv_rules *out, char **cells, unsigned line)
{
	size_t n = out->n_labels++;

	out->labels = dsv_realloc(out->labels, n + 1, sizeof(out->labels[0]));
	out->labels[n] = (struct dsv_rules_label){cells[0], cells[1], line};
}

static void add_rule(struct dsv_rules *out, char **cells, unsigned line)
{
	size_t n = out->n_rules++;

	out->rules = dsv_realloc(out->rules, n + 1, sizeof(out->rules[0]));
	out->rules[n] =
		(struct dsv_rules_rule){cells[0], cells[1], cells[2], line};
}

static void add_example(struct dsv_rules *out, char **cells, unsigned line)
{
	size_t n = out->n_examples++;

	out->examples =
		dsv_realloc(out->examples, n + 1, sizeof(out->examples[0]));
	out->examples[n] =
		(struct dsv_rules_example){cells[0], cells[1], cells[2], line};
}

/* A table is of the first kind all of whose columns it has. */
static const struct kind kinds[] = {
	{{"rule", "when", "label"}, add_rule},
	{{"example", "label", "rule"}, add_example},
	{{"label", "definition", NULL}, add_label},
};

/* The text below a node as a reader sees it, without blanks at its ends. */
static char *text_of(cmark_node *node)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	cmark_iter *it = cmark_iter_new(node);
	cmark_event_type event;
	const char *from;

	while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(at);

		if (event != CMARK_EVENT_ENTER)
			continue;
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			dsv_buf_addstr(&text, cmark_node_get_literal(at));
		else if (type == CMARK_NODE_SOFTBREAK ||
			 type == CMARK_NODE_LINEBREAK)
			dsv_buf_addch(&text, ' ');
	}
	cmark_iter_free(it);
	while (text.len > 0 && isspace((unsigned char)text.data[text.len - 1]))
		dsv_buf_truncate(&text, text.len - 1);
	from = dsv_buf_str(&text);
	while (isspace((unsigned char)*from))
		from++;
	return dsv_strdup(from);
}

static bool is_a(cmark_node *node, const char *type)
{
	return strcmp(cmark_node_get_type_string(node), type) == 0;
}

static void cells_of(cmark_node *row, struct dsv_strlist *out)
{
	cmark_node *cell;

	for (cell = cmark_node_first_child(row); cell;
	     cell = cmark_node_next(cell))
		dsv_strlist_take(out, text_of(cell));
}

/* True where the header has all columns of the kind; at[] is where. */
static bool has_columns(const struct dsv_strlist *header,
			const struct kind *kind, size_t at[COLUMNS])
{
	size_t i, j;

	for (i = 0; i < COLUMNS && kind->columns[i]; i++) {
		for (j = 0; j < header->n; j++)
			if (strcasecmp(header->items[j], kind->columns[i]) == 0)
				break;
		if (j == header->n)
			return false;
		at[i] = j;
	}
	return true;
}

/* A row without text in its first column says nothing. */
static void read_row(struct dsv_rules *out, const struct kind *kind,
		     const size_t at[COLUMNS], cmark_node *row,
		     unsigned skipped)
{
	struct dsv_strlist cells DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *texts[COLUMNS] = {NULL};
	size_t i;

	cells_of(row, &cells);
	if (at[0] >= cells.n || !*cells.items[at[0]])
		return;
	for (i = 0; i < COLUMNS && kind->columns[i]; i++)
		texts[i] =
			dsv_strdup(at[i] < cells.n ? cells.items[at[i]] : "");
	kind->add(out, texts,
		  (unsigned)cmark_node_get_start_line(row) + skipped);
}

static void read_table(struct dsv_rules *out, cmark_node *table,
		       unsigned skipped)
{
	struct dsv_strlist header DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	cmark_node *row = cmark_node_first_child(table);
	size_t at[COLUMNS] = {0};
	size_t i, n = sizeof(kinds) / sizeof(kinds[0]);

	if (!row || !is_a(row, "table_header"))
		return;
	cells_of(row, &header);
	for (i = 0; i < n && !has_columns(&header, &kinds[i], at); i++)
		;
	for (row = cmark_node_next(row); row && i < n;
	     row = cmark_node_next(row))
		read_row(out, &kinds[i], at, row, skipped);
}

/* Bytes of the front matter with both its fences, and its lines. */
static size_t front_matter(const char *data, size_t len, unsigned *out_lines)
{
	const char *end = data + len;
	const char *at = data;
	unsigned lines = 0;

	*out_lines = 0;
	if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *next = feed ? feed + 1 : end;
		bool fence = next - at >= 3 && memcmp(at, "---", 3) == 0 &&
			     (at + 3 == end || at[3] == '\n' || at[3] == '\r');

		if (lines == 0 && !fence)
			return 0;
		at = next;
		if (lines++ > 0 && fence) {
			*out_lines = lines;
			return (size_t)(at - data);
		}
	}
	return 0;
}

void dsv_rules_parse(struct dsv_rules *out, const char *data, size_t len)
{
	cmark_syntax_extension *tables;
	cmark_parser *parser;
	cmark_node *doc, *node;
	unsigned lines;
	size_t skip = front_matter(data, len, &lines);

	cmark_gfm_core_extensions_ensure_registered();
	parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	tables = cmark_find_syntax_extension("table");
	if (tables)
		cmark_parser_attach_syntax_extension(parser, tables);
	cmark_parser_feed(parser, data + skip, len - skip);
	doc = cmark_parser_finish(parser);
	for (node = cmark_node_first_child(doc); node;
	     node = cmark_node_next(node))
		if (is_a(node, "table"))
			read_table(out, node, lines);
	cmark_node_free(doc);
	cmark_parser_free(parser);
}

int dsv_rules_read(struct dsv_rules *out, struct dsv_repo *repo,
		   const struct dsv_version *version, const char *id)
{
	struct dsv_guideline known DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_guideline_read(repo, version, id, &known);
	if (rc < 0)
		return rc;
	rc = dsv_document_read(repo, version, known.path, DSV_GUIDELINE_MAX,
			       &text);
	if (rc < 0)
		return rc;
	dsv_rules_parse(out, dsv_buf_str(&text), text.len);
	return 0;
}

void dsv_rules_release(struct dsv_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->n_labels; i++) {
		free(rules->labels[i].label);
		free(rules->labels[i].definition);
	}
	for (i = 0; i < rules->n_rules; i++) {
		free(rules->rules[i].rule);
		free(rules->rules[i].when);
		free(rules->rules[i].label);
	}
	for (i = 0; i < rules->n_examples; i++) {
		free(rules->examples[i].example);
		free(rules->examples[i].label);
		free(rules->examples[i].rule);
	}
	free(rules->labels);
	free(rules->rules);
	free(rules->examples);
	*rules = (struct dsv_rules)DSV_RULES_INIT;
}
