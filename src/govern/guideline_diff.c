#include <dsv/guideline_diff.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

#define SHOWN 60u /* bytes of an example or a definition in a sentence */

const char *dsv_bump_word(enum dsv_bump bump)
{
	static const char *const words[] = {"none", "patch", "minor", "major"};

	return words[bump];
}

const char *dsv_guideline_part_word(enum dsv_guideline_part part)
{
	static const char *const words[] = {"label", "rule", "example", "text"};

	return words[part];
}

const char *dsv_guideline_op_word(enum dsv_guideline_op op)
{
	static const char *const words[] = {"added", "removed", "renamed",
					    "answer", "changed"};

	return words[op];
}

void dsv_guideline_fold(const char *text, struct dsv_buf *out)
{
	bool blank = false;

	for (; *text; text++) {
		if (strchr(" \t\r\n", *text)) {
			blank = true;
			continue;
		}
		if (blank && out->len)
			dsv_buf_addch(out, ' ');
		blank = false;
		dsv_buf_addch(out, *text >= 'A' && *text <= 'Z'
					   ? (char)(*text - 'A' + 'a')
					   : *text);
	}
}

bool dsv_guideline_same(const char *a, const char *b)
{
	struct dsv_buf x DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf y DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_guideline_fold(a, &x);
	dsv_guideline_fold(b, &y);
	return x.len == y.len &&
	       memcmp(dsv_buf_str(&x), dsv_buf_str(&y), x.len) == 0;
}

/* Rows of one kind of table, the same way for all kinds. */
struct rows {
	struct dsv_guideline_side *items;
	bool *paired;
	size_t n;
};

static void rows_release(struct rows *rows)
{
	free(rows->items);
	free(rows->paired);
}

static struct dsv_guideline_side row_at(const struct dsv_rules *rules,
					enum dsv_guideline_part part, size_t i)
{
	if (part == DSV_PART_LABEL)
		return (struct dsv_guideline_side){
			.name = rules->labels[i].label,
			.text = rules->labels[i].definition,
			.line = rules->labels[i].line,
		};
	if (part == DSV_PART_RULE)
		return (struct dsv_guideline_side){
			.name = rules->rules[i].rule,
			.text = rules->rules[i].when,
			.label = rules->rules[i].label,
			.line = rules->rules[i].line,
		};
	return (struct dsv_guideline_side){
		.name = rules->examples[i].example,
		.label = rules->examples[i].label,
		.rule = rules->examples[i].rule,
		.line = rules->examples[i].line,
	};
}

static void rows_of(struct rows *out, const struct dsv_rules *rules,
		    enum dsv_guideline_part part)
{
	out->n = part == DSV_PART_LABEL	 ? rules->n_labels
		 : part == DSV_PART_RULE ? rules->n_rules
					 : rules->n_examples;
	out->items = dsv_alloc_zero(out->n + 1, sizeof(*out->items));
	out->paired = dsv_alloc_zero(out->n + 1, sizeof(*out->paired));
	for (size_t i = 0; i < out->n; i++)
		out->items[i] = row_at(rules, part, i);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_answer(const struct dsv_guideline_side *a,
			const struct dsv_guideline_side *b)
{
	return !a->label || !b->label || strcmp(a->label, b->label) == 0;
}

static enum dsv_bump needed(enum dsv_guideline_part part,
			    enum dsv_guideline_op op)
{
	if (op == DSV_GUIDELINE_ANSWER)
		return DSV_BUMP_MAJOR;
	if (part == DSV_PART_LABEL &&
	    (op == DSV_GUIDELINE_REMOVED || op == DSV_GUIDELINE_RENAMED))
		return DSV_BUMP_MAJOR;
	if ((part == DSV_PART_LABEL || part == DSV_PART_RULE) &&
	    (op == DSV_GUIDELINE_ADDED || op == DSV_GUIDELINE_REMOVED))
		return DSV_BUMP_MINOR;
	return DSV_BUMP_PATCH;
}

static void add_change(struct dsv_guideline_diff *out,
		       const struct dsv_guideline_change *change)
{
	DSV_GROW(out->items, out->cap, out->n + 1);
	out->items[out->n] = *change;
	out->items[out->n].needs = needed(change->part, change->op);
	out->n++;
}

static void compare_pair(struct dsv_guideline_diff *out,
			 enum dsv_guideline_part part,
			 const struct dsv_guideline_side *from,
			 const struct dsv_guideline_side *to)
{
	struct dsv_guideline_change change = {
		.part = part, .from = *from, .to = *to};

	if (!same_answer(from, to))
		change.op = DSV_GUIDELINE_ANSWER;
	else if (!same_text(from->name, to->name) && part != DSV_PART_EXAMPLE)
		change.op = DSV_GUIDELINE_RENAMED;
	else if (!same_text(from->name, to->name) ||
		 !same_text(from->text, to->text) ||
		 !same_text(from->rule, to->rule))
		change.op = DSV_GUIDELINE_CHANGED;
	else
		return;
	add_change(out, &change);
}

/*
 * By what a row is found on the other side: its name, of an example in any
 * case and blanks; or what it says and its answer. Empty: it is not looked
 * for.
 */
static void key_of(enum dsv_guideline_part part,
		   const struct dsv_guideline_side *row, bool by_name,
		   struct dsv_buf *out)
{
	dsv_buf_reset(out);
	if (by_name && part == DSV_PART_EXAMPLE)
		dsv_guideline_fold(row->name, out);
	else if (by_name)
		dsv_buf_addstr(out, row->name);
	else if (row->text)
		dsv_guideline_fold(row->text, out);
	if (!by_name && out->len && row->label)
		dsv_buf_addf(out, "\n%s", row->label);
}

/* The free rows by key; rows of one key hang together by next, as numbers
 * from 1. */
static void index_rows(const struct rows *rows, enum dsv_guideline_part part,
		       bool by_name, struct dsv_map *map, size_t *next)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = rows->n; i > 0; i--) {
		struct dsv_map_entry *entry;

		key_of(part, &rows->items[i - 1], by_name, &key);
		if (rows->paired[i - 1] || !key.len)
			continue;
		entry = dsv_map_put(map, dsv_buf_str(&key), key.len);
		next[i] = (size_t)entry->value;
		entry->value = i;
	}
}

static void pair_rows(struct dsv_guideline_diff *out,
		      enum dsv_guideline_part part, struct rows *from,
		      struct rows *to, bool by_name)
{
	struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t *next = dsv_alloc_zero(to->n + 1, sizeof(*next));

	index_rows(to, part, by_name, &map, next);
	for (size_t i = 0; i < from->n; i++) {
		struct dsv_map_entry *entry;
		size_t at;

		if (from->paired[i])
			continue;
		key_of(part, &from->items[i], by_name, &key);
		entry = dsv_map_get(&map, dsv_buf_str(&key), key.len);
		if (!entry || !entry->value)
			continue;
		at = (size_t)entry->value - 1;
		entry->value = next[at + 1];
		from->paired[i] = to->paired[at] = true;
		compare_pair(out, part, &from->items[i], &to->items[at]);
	}
	free(next);
}

static void add_lone(struct dsv_guideline_diff *out,
		     enum dsv_guideline_part part, const struct rows *from,
		     const struct rows *to)
{
	struct dsv_guideline_change change = {.part = part};

	change.op = DSV_GUIDELINE_REMOVED;
	for (size_t i = 0; i < from->n; i++) {
		change.from = from->items[i];
		if (!from->paired[i])
			add_change(out, &change);
	}
	change.from = (struct dsv_guideline_side){0};
	change.op = DSV_GUIDELINE_ADDED;
	for (size_t i = 0; i < to->n; i++) {
		change.to = to->items[i];
		if (!to->paired[i])
			add_change(out, &change);
	}
}

static void diff_part(struct dsv_guideline_diff *out,
		      const struct dsv_rules *from, const struct dsv_rules *to,
		      enum dsv_guideline_part part)
{
	struct rows rows[2];

	rows_of(&rows[0], from, part);
	rows_of(&rows[1], to, part);
	pair_rows(out, part, &rows[0], &rows[1], true);
	if (part != DSV_PART_EXAMPLE)
		pair_rows(out, part, &rows[0], &rows[1], false);
	add_lone(out, part, &rows[0], &rows[1]);
	rows_release(&rows[0]);
	rows_release(&rows[1]);
}

static bool same_body(const struct dsv_guideline_text *a,
		      const struct dsv_guideline_text *b)
{
	size_t len = a->bytes.len - a->body;

	return len == b->bytes.len - b->body &&
	       (len == 0 || memcmp(a->bytes.data + a->body,
				   b->bytes.data + b->body, len) == 0);
}

void dsv_guideline_diff(struct dsv_guideline_diff *out,
			const struct dsv_guideline_text *from,
			const struct dsv_guideline_text *to)
{
	static const struct dsv_guideline_change text = {
		.part = DSV_PART_TEXT, .op = DSV_GUIDELINE_CHANGED};

	diff_part(out, &from->rules, &to->rules, DSV_PART_LABEL);
	diff_part(out, &from->rules, &to->rules, DSV_PART_RULE);
	diff_part(out, &from->rules, &to->rules, DSV_PART_EXAMPLE);
	if (!out->n && !same_body(from, to))
		add_change(out, &text);
	out->front = strcmp(from->front.status, to->front.status) != 0 ||
		     !same_text(from->front.effective, to->front.effective);
	for (size_t i = 0; i < out->n; i++) {
		if (out->items[i].needs <= out->needs)
			continue;
		out->needs = out->items[i].needs;
		out->why = &out->items[i];
	}
}

void dsv_guideline_diff_release(struct dsv_guideline_diff *diff)
{
	free(diff->items);
	*diff = (struct dsv_guideline_diff)DSV_GUIDELINE_DIFF_INIT;
}

static void add_short(struct dsv_buf *out, const char *text)
{
	size_t len = strlen(text);

	if (len > SHOWN)
		for (len = SHOWN - 3; len && (text[len] & 0xc0) == 0x80; len--)
			;
	dsv_buf_add(out, text, len);
	if (text[len])
		dsv_buf_addstr(out, "...");
}

static void say_name(const struct dsv_guideline_change *change,
		     const char *name, struct dsv_buf *out)
{
	if (change->part == DSV_PART_EXAMPLE)
		dsv_buf_addch(out, '\'');
	add_short(out, name);
	if (change->part == DSV_PART_EXAMPLE)
		dsv_buf_addch(out, '\'');
}

static const char *or_none(const char *label)
{
	return label && *label ? label : "none";
}

/* "(sarcasm is neg)" */
static void say_rule(const struct dsv_guideline_side *rule, struct dsv_buf *out)
{
	if (!*rule->text)
		return;
	dsv_buf_addstr(out, " (");
	add_short(out, rule->text);
	if (*rule->label)
		dsv_buf_addf(out, " is %s", rule->label);
	dsv_buf_addch(out, ')');
}

void dsv_guideline_change_say(const struct dsv_guideline_change *change,
			      struct dsv_buf *out)
{
	bool gone = change->op == DSV_GUIDELINE_REMOVED;
	const struct dsv_guideline_side *side =
		gone ? &change->from : &change->to;

	if (change->part == DSV_PART_TEXT) {
		dsv_buf_addstr(out, "text around the tables changed");
		return;
	}
	dsv_buf_addf(out, "%s ", dsv_guideline_part_word(change->part));
	if (change->op == DSV_GUIDELINE_RENAMED) {
		say_name(change, change->from.name, out);
		dsv_buf_addstr(out, " renamed ");
		say_name(change, change->to.name, out);
		return;
	}
	say_name(change, side->name, out);
	if (change->op == DSV_GUIDELINE_ANSWER)
		dsv_buf_addf(out, " is %s, was %s", or_none(change->to.label),
			     or_none(change->from.label));
	else
		dsv_buf_addf(out, " %s", dsv_guideline_op_word(change->op));
	if (change->op == DSV_GUIDELINE_ADDED && change->part == DSV_PART_RULE)
		say_rule(side, out);
	else if (change->op == DSV_GUIDELINE_ADDED &&
		 change->part == DSV_PART_EXAMPLE)
		dsv_buf_addf(out, " (%s)", or_none(change->to.label));
}

static void numbers_of(const char *version, unsigned long out[3])
{
	char *end;

	for (int i = 0; i < 3; i++) {
		out[i] = strtoul(version, &end, 10);
		version = *end ? end + 1 : end;
	}
}

enum dsv_bump dsv_bump_between(const char *from, const char *to, bool *out_back)
{
	unsigned long a[3], b[3];

	numbers_of(from, a);
	numbers_of(to, b);
	*out_back = false;
	for (int i = 0; i < 3; i++) {
		if (a[i] == b[i])
			continue;
		*out_back = a[i] > b[i];
		return *out_back ? DSV_BUMP_NONE
				 : (enum dsv_bump)(DSV_BUMP_MAJOR - i);
	}
	return DSV_BUMP_NONE;
}

void dsv_bump_next(const char *version, enum dsv_bump bump, struct dsv_buf *out)
{
	unsigned long n[3];

	numbers_of(version, n);
	if (bump == DSV_BUMP_MAJOR)
		dsv_buf_addf(out, "%lu.0.0", n[0] + 1);
	else if (bump == DSV_BUMP_MINOR)
		dsv_buf_addf(out, "%lu.%lu.0", n[0], n[1] + 1);
	else if (bump == DSV_BUMP_PATCH)
		dsv_buf_addf(out, "%lu.%lu.%lu", n[0], n[1], n[2] + 1);
	else
		dsv_buf_addstr(out, version);
}
