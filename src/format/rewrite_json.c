#include "format/rewrite_parts.h"

#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "format/json_value.h"

/* A member of an object, or an element of an array, in the text. */
struct member {
	const char *begin; /* the quote of its name, or the value */
	const char *value;
	const char *end;
};

/* What is to be changed: where, and into what. */
struct change {
	const struct dsv_edit *edit;
	const char *path; /* what is left of the pointer */
};

static const char *end_of(const struct dsv_buf *text)
{
	return text->data + text->len;
}

/* The member at p, just behind '{', ',' or blanks; p is behind its value
 * then. NULL: the object ends here. */
static bool next_member(const char **p, const char *end, struct member *out)
{
	const char *at = dsv_json_blanks(*p, end);

	if (at < end && *at == ',')
		at = dsv_json_blanks(at + 1, end);
	if (at == end || *at != '"')
		return false;
	out->begin = at;
	at = dsv_json_string(at + 1, end);
	out->value = at ? dsv_json_colon(at, end) : NULL;
	if (!out->value)
		return false;
	out->end = *p = dsv_json_pass(out->value, end);
	return true;
}

static bool has_name(const struct member *member, const char *end,
		     const char *name, size_t len)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *open = member->begin + 1;
	const char *close = dsv_json_string(open, end) - 1;

	/* as the reader makes columns of names */
	if (!dsv_json_decode(open, close, &text) ||
	    (text.len && memchr(text.data, 0, text.len))) {
		dsv_buf_reset(&text);
		dsv_json_requote(open, close, &text);
	}
	return text.len == len && memcmp(dsv_buf_str(&text), name, len) == 0;
}

/* How many have the name; out is the first of them. */
static int find_member(const char *object, const char *end, const char *name,
		       size_t len, struct member *out)
{
	const char *p = object + 1;
	struct member member;
	int n = 0;

	while (n < 2 && next_member(&p, end, &member)) {
		if (has_name(&member, end, name, len) && n++ == 0)
			*out = member;
	}
	return n;
}

static bool find_element(const char *array, const char *end, size_t index,
			 struct member *out)
{
	const char *p = dsv_json_blanks(array + 1, end);

	for (size_t i = 0; p < end && *p != ']'; i++) {
		out->begin = out->value = p;
		out->end = p = dsv_json_pass(p, end);
		if (i == index)
			return true;
		p = dsv_json_blanks(p, end);
		if (p < end && *p == ',')
			p = dsv_json_blanks(p + 1, end);
	}
	return false;
}

/* The first token of a pointer, unescaped; returns the rest. */
static const char *first_token(const char *path, struct dsv_buf *out)
{
	for (path++; *path && *path != '/'; path++) {
		if (path[0] == '~' && (path[1] == '0' || path[1] == '1'))
			dsv_buf_addch(out, *++path == '0' ? '~' : '/');
		else
			dsv_buf_addch(out, *path);
	}
	return path;
}

static bool read_index(const struct dsv_buf *token, size_t *out)
{
	size_t n = 0;

	if (token->len == 0 || token->len > 9 ||
	    (token->len > 1 && token->data[0] == '0'))
		return false;
	for (size_t i = 0; i < token->len; i++) {
		if (token->data[i] < '0' || token->data[i] > '9')
			return false;
		n = n * 10 + (size_t)(token->data[i] - '0');
	}
	*out = n;
	return true;
}

static int put_value(struct dsv_buf *out, const struct dsv_edit *edit)
{
	const char *end = edit->text + edit->len;
	const char *p;

	if (edit->kind == DSV_EDIT_TEXT) {
		if (dsv_utf8_valid(edit->text, edit->len) != edit->len)
			return dsv_fail(DSV_EUSAGE, "JSON holds UTF-8 only");
		dsv_add_json_string(out, edit->text, edit->len);
		return 0;
	}
	p = dsv_json_blanks(edit->text, end);
	p = p < end ? dsv_json_value(p, end) : NULL;
	if (!p || dsv_json_blanks(p, end) != end ||
	    memchr(edit->text, '\n', edit->len) ||
	    memchr(edit->text, '\r', edit->len))
		return dsv_fail(DSV_EUSAGE, "'%.*s' is no JSON value",
				(int)(edit->len < 80 ? edit->len : 80),
				edit->text);
	dsv_buf_add(out, edit->text, edit->len);
	return 0;
}

/* Replace [from, to) of text. */
static void splice(struct dsv_buf *text, const char *from, const char *to,
		   const struct dsv_buf *with)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&out, text->data, (size_t)(from - text->data));
	dsv_buf_add(&out, dsv_buf_str(with), with->len);
	dsv_buf_add(&out, to, (size_t)(end_of(text) - to));
	dsv_buf_swap(text, &out);
}

static void take_out(struct dsv_buf *text, const char *object,
		     const struct member *member)
{
	struct dsv_buf nothing DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *end = end_of(text);
	const char *behind = dsv_json_blanks(member->end, end);
	const char *from = member->begin;

	if (*behind == ',') {
		splice(text, from, dsv_json_blanks(behind + 1, end), &nothing);
		return;
	}
	/* the last one: the comma in front goes as well */
	while (from > object + 1 && from[-1] != ',' &&
	       dsv_json_blanks(from - 1, end) != from - 1)
		from--;
	if (from[-1] == ',')
		from--;
	splice(text, from, member->end, &nothing);
}

/* As the members before are parted: what stands behind a comma and a colon. */
static void add_member(struct dsv_buf *text, const char *object,
		       const char *name, size_t len,
		       const struct dsv_buf *value)
{
	struct dsv_buf with DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *end = end_of(text);
	struct member first, last;
	const char *p = object + 1;
	const char *after_name;
	bool any = next_member(&p, end, &first);
	bool more = false;

	last = first;
	if (any && next_member(&p, end, &last)) {
		more = true;
		dsv_buf_add(&with, first.end, (size_t)(last.begin - first.end));
		while (next_member(&p, end, &last))
			;
	}
	after_name = any ? dsv_json_string(first.begin + 1, end) : NULL;
	if (any && !more)
		dsv_buf_addstr(&with,
			       after_name + 1 < first.value ? ", " : ",");
	dsv_add_json_string(&with, name, len);
	if (any)
		dsv_buf_add(&with, after_name,
			    (size_t)(first.value - after_name));
	else
		dsv_buf_addstr(&with, ": ");
	dsv_buf_add(&with, dsv_buf_str(value), value->len);
	p = any ? last.end : object + 1;
	splice(text, p, p, &with);
}

static int no_place(const struct change *change)
{
	return dsv_fail(DSV_EUSAGE, "the record has no place '%s'",
			change->edit->inside ? change->edit->inside : "");
}

static int change_at(struct dsv_buf *text, const char *at,
		     const struct change *change);

/* The member is the place, or on the way to it. */
static int change_member(struct dsv_buf *text, const char *object,
			 const struct member *member,
			 const struct change *change)
{
	struct dsv_buf value DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (*change->path)
		return change_at(text, member->value, change);
	if (change->edit->kind == DSV_EDIT_REMOVE) {
		if (*object != '{')
			return no_place(change);
		take_out(text, object, member);
		return 0;
	}
	rc = put_value(&value, change->edit);
	if (rc == 0)
		splice(text, member->value, member->end, &value);
	return rc;
}

static int change_named(struct dsv_buf *text, const char *object,
			const char *name, size_t len,
			const struct change *change)
{
	struct dsv_buf value DSV_AUTO(buf) = DSV_BUF_INIT;
	struct member member;
	int rc = find_member(object, end_of(text), name, len, &member);

	if (rc > 1)
		return dsv_fail(DSV_ECORRUPT, "the name '%s' stands twice",
				name);
	if (rc == 1)
		return change_member(text, object, &member, change);
	if (*change->path)
		return no_place(change);
	if (change->edit->kind == DSV_EDIT_REMOVE)
		return 0;
	if (dsv_utf8_valid(name, len) != len)
		return dsv_fail(DSV_EUSAGE, "a name in JSON is UTF-8");
	rc = put_value(&value, change->edit);
	if (rc == 0)
		add_member(text, object, name, len, &value);
	return rc;
}

/* change->path begins with '/': one step down from the value at `at`. */
static int change_at(struct dsv_buf *text, const char *at,
		     const struct change *change)
{
	struct dsv_buf token DSV_AUTO(buf) = DSV_BUF_INIT;
	struct change below = *change;
	struct member member;
	size_t index;

	if (*change->path != '/')
		return no_place(change);
	below.path = first_token(change->path, &token);
	if (*at == '{')
		return change_named(text, at, dsv_buf_str(&token), token.len,
				    &below);
	if (*at == '[' && read_index(&token, &index) &&
	    find_element(at, end_of(text), index, &member))
		return change_member(text, at, &member, &below);
	return no_place(change);
}

static int make_edit(struct dsv_buf *text, const struct dsv_strlist *columns,
		     const struct dsv_edit *edit)
{
	const char *name =
		edit->column >= 0 ? columns->items[edit->column] : edit->name;
	struct change change = {edit, edit->inside ? edit->inside : ""};
	const char *object = dsv_json_blanks(text->data, end_of(text));

	return change_named(text, object, name, strlen(name), &change);
}

static bool is_object(const struct dsv_buf *text)
{
	const char *end = end_of(text);
	const char *p = dsv_json_blanks(dsv_buf_str(text), end);

	if (p == end || *p != '{')
		return false;
	p = dsv_json_value(p, end);
	return p && dsv_json_blanks(p, end) == end;
}

int dsv_rewrite_json_source(const struct dsv_record *record, const char *name,
			    struct dsv_bytes_at *out)
{
	const char *end = record->source + record->source_len;
	const char *object = dsv_json_blanks(record->source, end);
	struct member member;

	if (find_member(object, end, name, strlen(name), &member) == 0)
		return dsv_fail(DSV_ENOTFOUND, "the record has no field '%s'",
				name);
	*out = (struct dsv_bytes_at){member.value,
				     (size_t)(member.end - member.value)};
	return 0;
}

int dsv_rewrite_json(const struct dsv_strlist *columns,
		     const struct dsv_record *record,
		     const struct dsv_edit *edits, size_t n,
		     struct dsv_buf *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	if (record)
		dsv_buf_add(&text, record->source, record->source_len);
	else
		dsv_buf_addstr(&text, "{}");
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = make_edit(&text, columns, &edits[i]);
	if (rc < 0)
		return rc;
	if (!is_object(&text))
		return dsv_fail(DSV_ECORRUPT, "the record cannot be edited");
	dsv_buf_add(out, text.data, text.len);
	return 0;
}
