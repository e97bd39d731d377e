#include "format/json_value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/scan.h"

/* A member of an object that is being written: where its name is decoded, and
 * where it stands in the output. */
struct dsv_json_member {
	size_t name;
	size_t name_len;
	size_t at;
	size_t len;
};

static const char *canon(struct dsv_json_work *work, const char *p,
			 struct dsv_buf *out);

static unsigned hex4(const char *p)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char ch = (unsigned char)p[i];

		value = value << 4 |
			(ch <= '9' ? ch - 0x30u : (ch | 0x20u) - 'a' + 10u);
	}
	return value;
}

static bool is_surrogate(uint32_t code)
{
	return code >= 0xd800 && code < 0xe000;
}

/* The code point of the escape whose backslash is at *p, which moves on. */
static uint32_t unescape(const char **p, const char *end)
{
	static const char from[] = "bfnrt";
	static const char to[] = "\b\f\n\r\t";
	char ch = (*p)[1];
	const char *hit;
	uint32_t code;

	if (ch != 'u') {
		*p += 2;
		hit = strchr(from, ch);
		return (unsigned char)(hit ? to[hit - from] : ch);
	}
	code = hex4(*p + 2);
	*p += 6;
	if (code >= 0xd800 && code < 0xdc00 && end - *p >= 6 &&
	    (*p)[0] == '\\' && (*p)[1] == 'u') {
		uint32_t low = hex4(*p + 2);

		if (low >= 0xdc00 && low < 0xe000) {
			*p += 6;
			return 0x10000 + ((code - 0xd800) << 10) +
			       (low - 0xdc00);
		}
	}
	return code;
}

static void add_utf8(struct dsv_buf *out, uint32_t code)
{
	char text[4];
	size_t n = 0;

	if (code < 0x80) {
		text[n++] = (char)code;
	} else if (code < 0x800) {
		text[n++] = (char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		text[n++] = (char)(0xe0 | code >> 12);
		text[n++] = (char)(0x80 | (code >> 6 & 0x3f));
	} else {
		text[n++] = (char)(0xf0 | code >> 18);
		text[n++] = (char)(0x80 | (code >> 12 & 0x3f));
		text[n++] = (char)(0x80 | (code >> 6 & 0x3f));
	}
	if (code >= 0x80)
		text[n++] = (char)(0x80 | (code & 0x3f));
	dsv_buf_add(out, text, n);
}

bool dsv_json_decode(const char *p, const char *end, struct dsv_buf *out)
{
	bool whole = true;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *stop = slash ? slash : end;
		uint32_t code;

		dsv_buf_add(out, p, (size_t)(stop - p));
		p = stop;
		if (p == end)
			break;
		code = unescape(&p, end);
		whole &= !is_surrogate(code);
		add_utf8(out, code);
	}
	return whole;
}

static void add_hex(struct dsv_buf *out, uint32_t code)
{
	static const char hex[] = "0123456789abcdef";

	dsv_buf_add(out, "\\u", 2);
	for (int shift = 12; shift >= 0; shift -= 4)
		dsv_buf_addch(out, hex[code >> shift & 0xf]);
}

static void add_canonical(struct dsv_buf *out, uint32_t code)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *hit = code && code < 0x80 ? strchr(from, (int)code) : NULL;

	if (hit) {
		dsv_buf_addch(out, '\\');
		dsv_buf_addch(out, to[hit - from]);
	} else if (code < 0x20 || is_surrogate(code)) {
		add_hex(out, code);
	} else {
		add_utf8(out, code);
	}
}

void dsv_json_requote(const char *p, const char *end, struct dsv_buf *out)
{
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *stop = slash ? slash : end;

		dsv_buf_add(out, p, (size_t)(stop - p));
		p = stop;
		if (p < end)
			add_canonical(out, unescape(&p, end));
	}
}

/* The closing quote of the checked string whose text begins at p. */
static const char *closing(const char *p, bool *out_escaped)
{
	*out_escaped = false;
	while (*p != '"') {
		if (*p == '\\') {
			*out_escaped = true;
			p++;
		}
		p++;
	}
	return p;
}

static const char *canon_string(const char *p, struct dsv_buf *out)
{
	bool escaped;
	const char *end = closing(p + 1, &escaped);

	if (!escaped) {
		dsv_buf_add(out, p, (size_t)(end + 1 - p));
		return end + 1;
	}
	dsv_buf_addch(out, '"');
	dsv_json_requote(p + 1, end, out);
	dsv_buf_addch(out, '"');
	return end + 1;
}

static const char *blanks(const char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
		p++;
	return p;
}

static int compare_names(const struct dsv_json_member *a,
			 const struct dsv_json_member *b, const char *names)
{
	size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
	int order = memcmp(names + a->name, names + b->name, len);

	if (order != 0)
		return order;
	return (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

static int compare_members(const void *va, const void *vb, void *names)
{
	const struct dsv_json_member *a = va;
	const struct dsv_json_member *b = vb;
	int order = compare_names(a, b, names);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* Write the members from first on again, in order, behind the output's from. */
static void sort_members(struct dsv_json_work *work, size_t first, size_t from,
			 struct dsv_buf *out)
{
	struct dsv_json_member *members = work->members + first;
	size_t n = work->n - first;

	char *names = (char *)dsv_buf_str(&work->names);

	qsort_r(members, n, sizeof(*members), compare_members, names);
	dsv_buf_reset(&work->spare);
	dsv_buf_add(&work->spare, out->data + from, out->len - from);
	dsv_buf_truncate(out, from);
	for (size_t i = 0; i < n; i++) {
		const struct dsv_json_member *m = &members[i];

		if (i + 1 < n && compare_names(m, m + 1, names) == 0) {
			work->repeated = true;
			continue;
		}
		if (out->len > from)
			dsv_buf_addch(out, ',');
		dsv_buf_add(out, work->spare.data + (m->at - from), m->len);
	}
}

/* The name at p and what follows it up to the value; remembers the member. */
static const char *open_member(struct dsv_json_work *work, const char *p,
			       struct dsv_buf *out)
{
	struct dsv_json_member *m;
	bool escaped;
	const char *end = closing(p + 1, &escaped);

	DSV_GROW(work->members, work->cap, work->n + 1);
	m = &work->members[work->n++];
	m->at = out->len;
	m->name = work->names.len;
	dsv_json_decode(p + 1, end, &work->names);
	m->name_len = work->names.len - m->name;
	canon_string(p, out);
	dsv_buf_addch(out, ':');
	return blanks(blanks(end + 1) + 1);
}

static const char *canon_object(struct dsv_json_work *work, const char *p,
				struct dsv_buf *out)
{
	size_t first = work->n;
	size_t names = work->names.len;
	bool sorted = true;
	size_t from;

	dsv_buf_addch(out, '{');
	from = out->len;
	for (p = blanks(p + 1); *p != '}'; p = blanks(p)) {
		size_t i = work->n;

		if (*p == ',') {
			dsv_buf_addch(out, ',');
			p = blanks(p + 1);
		}
		p = canon(work, open_member(work, p, out), out);
		work->members[i].len = out->len - work->members[i].at;
		if (i > first &&
		    compare_names(&work->members[i - 1], &work->members[i],
				  dsv_buf_str(&work->names)) >= 0)
			sorted = false;
	}
	if (!sorted)
		sort_members(work, first, from, out);
	dsv_buf_addch(out, '}');
	work->n = first;
	dsv_buf_truncate(&work->names, names);
	return p + 1;
}

static const char *canon_array(struct dsv_json_work *work, const char *p,
			       struct dsv_buf *out)
{
	dsv_buf_addch(out, '[');
	for (p = blanks(p + 1); *p != ']'; p = blanks(p)) {
		if (*p == ',') {
			dsv_buf_addch(out, ',');
			p = blanks(p + 1);
		}
		p = canon(work, p, out);
	}
	dsv_buf_addch(out, ']');
	return p + 1;
}

static const char *canon(struct dsv_json_work *work, const char *p,
			 struct dsv_buf *out)
{
	const char *end;

	switch (*p) {
	case '"':
		return canon_string(p, out);
	case '{':
		return canon_object(work, p, out);
	case '[':
		return canon_array(work, p, out);
	}
	end = dsv_json_pass(p);
	dsv_buf_add(out, p, (size_t)(end - p));
	return end;
}

void dsv_json_work_release(struct dsv_json_work *work)
{
	free(work->members);
	dsv_buf_release(&work->names);
	dsv_buf_release(&work->spare);
}

const char *dsv_json_canon(struct dsv_json_work *work, const char *p,
			   struct dsv_buf *out)
{
	return canon(work, p, out);
}

static const char *string_field(const char *p, struct dsv_buf *text,
				struct dsv_field *out)
{
	size_t from = text->len;
	bool escaped;
	const char *end = closing(p + 1, &escaped);

	out->kind = DSV_FIELD_TEXT;
	if (!escaped) {
		out->text = p + 1;
		out->len = (size_t)(end - p - 1);
		return end + 1;
	}
	if (!dsv_json_decode(p + 1, end, text)) {
		dsv_buf_truncate(text, from);
		canon_string(p, text);
		out->kind = DSV_FIELD_JSON;
	}
	out->text = text->data + from;
	out->len = text->len - from;
	return end + 1;
}

const char *dsv_json_field(struct dsv_json_work *work, const char *p,
			   struct dsv_buf *text, struct dsv_field *out)
{
	size_t from = text->len;
	const char *end;

	if (*p == '"')
		return string_field(p, text, out);
	out->kind = DSV_FIELD_JSON;
	if (*p != '{' && *p != '[') {
		end = dsv_json_pass(p);
		out->text = p;
		out->len = (size_t)(end - p);
		return end;
	}
	end = canon(work, p, text);
	out->text = text->data + from;
	out->len = text->len - from;
	return end;
}
