#include "format/json_value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/scan.h"

/* A member of an object that is being written: its name as it stands in the
 * source, and where it was put. */
struct dsv_json_member {
	const char *name;
	size_t name_len;
	bool escaped;
	size_t at; /* from the object's first member */
	size_t len;
};

/* What is written is never longer than what was read, so room is made once and
 * everything here writes on at a bare pointer. */
static const char *canon(struct dsv_json_work *work, const char *p,
			 const char *end, char **to);

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

static char *put(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
	return to + len;
}

static char *put_utf8(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
		return to;
	}
	if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (code & 0x3f));
	return to;
}

static char *put_decoded(char *to, const char *p, const char *end,
			 bool *out_whole)
{
	*out_whole = true;
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *stop = slash ? slash : end;
		uint32_t code;

		to = put(to, p, (size_t)(stop - p));
		p = stop;
		if (p == end)
			break;
		code = unescape(&p, end);
		*out_whole &= !is_surrogate(code);
		to = put_utf8(to, code);
	}
	return to;
}

static char *put_hex(char *to, uint32_t code)
{
	static const char hex[] = "0123456789abcdef";

	to = put(to, "\\u", 2);
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = hex[code >> shift & 0xf];
	return to;
}

static char *put_canonical(char *to, uint32_t code)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char as[] = "\"\\bfnrt";
	const char *hit = code && code < 0x80 ? strchr(from, (int)code) : NULL;

	if (hit) {
		*to++ = '\\';
		*to++ = as[hit - from];
		return to;
	}
	if (code < 0x20 || is_surrogate(code))
		return put_hex(to, code);
	return put_utf8(to, code);
}

static char *put_requoted(char *to, const char *p, const char *end)
{
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *stop = slash ? slash : end;

		to = put(to, p, (size_t)(stop - p));
		p = stop;
		if (p < end)
			to = put_canonical(to, unescape(&p, end));
	}
	return to;
}

static void set_end(struct dsv_buf *out, const char *to)
{
	out->len = (size_t)(to - out->data);
	out->data[out->len] = 0;
}

bool dsv_json_decode(const char *p, const char *end, struct dsv_buf *out)
{
	bool whole;

	set_end(out, put_decoded(dsv_buf_reserve(out, (size_t)(end - p)), p,
				 end, &whole));
	return whole;
}

void dsv_json_requote(const char *p, const char *end, struct dsv_buf *out)
{
	set_end(out,
		put_requoted(dsv_buf_reserve(out, (size_t)(end - p)), p, end));
}

/* The closing quote of the checked string whose text begins at p. */
static const char *closing(const char *p, const char *end, bool *out_escaped)
{
	*out_escaped = false;
	while (*(p = dsv_find_json(p, end)) != '"') {
		*out_escaped = true;
		p += 2;
	}
	return p;
}

static const char *canon_string(const char *p, const char *end, char **to)
{
	bool escaped;
	const char *stop = closing(p + 1, end, &escaped);

	if (!escaped) {
		*to = put(*to, p, (size_t)(stop + 1 - p));
		return stop + 1;
	}
	*(*to)++ = '"';
	*to = put_requoted(*to, p + 1, stop);
	*(*to)++ = '"';
	return stop + 1;
}

static const char *blanks(const char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
		p++;
	return p;
}

static int compare_text(const char *a, size_t a_len, const char *b,
			size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_escaped(const struct dsv_json_member *a,
			   const struct dsv_json_member *b)
{
	struct dsv_buf left DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf right DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_json_decode(a->name, a->name + a->name_len, &left);
	dsv_json_decode(b->name, b->name + b->name_len, &right);
	return compare_text(left.data, left.len, right.data, right.len);
}

static int compare_names(const struct dsv_json_member *a,
			 const struct dsv_json_member *b)
{
	if (a->escaped || b->escaped)
		return compare_escaped(a, b);
	return compare_text(a->name, a->name_len, b->name, b->name_len);
}

static int compare_members(const void *va, const void *vb)
{
	const struct dsv_json_member *a = va;
	const struct dsv_json_member *b = vb;
	int order = compare_names(a, b);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* Most objects have few members, often in order but for one. */
static void sort_few(struct dsv_json_member *members, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct dsv_json_member m = members[i];
		size_t j = i;

		for (; j > 0 && compare_names(&members[j - 1], &m) > 0; j--)
			members[j] = members[j - 1];
		members[j] = m;
	}
}

/* Put the members from first on, which stand at from, in order. */
static char *sort_members(struct dsv_json_work *work, size_t first, char *from,
			  const char *to)
{
	struct dsv_json_member *members = work->members + first;
	size_t n = work->n - first;
	char *at = from;

	if (n <= 16)
		sort_few(members, n);
	else
		qsort(members, n, sizeof(*members), compare_members);
	dsv_buf_reset(&work->spare);
	dsv_buf_add(&work->spare, from, (size_t)(to - from));
	for (size_t i = 0; i < n; i++) {
		const struct dsv_json_member *m = &members[i];

		if (i + 1 < n && compare_names(m, m + 1) == 0) {
			work->repeated = true;
			continue;
		}
		if (at > from)
			*at++ = ',';
		at = put(at, work->spare.data + m->at, m->len);
	}
	return at;
}

/* The member at p, put at *to; from is where the first one stands. */
static const char *canon_member(struct dsv_json_work *work, const char *p,
				const char *end, char *from, char **to)
{
	struct dsv_json_member m = {.name = p + 1, .at = (size_t)(*to - from)};
	const char *stop = closing(m.name, end, &m.escaped);
	size_t i = work->n++;

	m.name_len = (size_t)(stop - m.name);
	DSV_GROW(work->members, work->cap, work->n);
	canon_string(p, end, to);
	*(*to)++ = ':';
	p = canon(work, blanks(blanks(stop + 1) + 1), end, to);
	m.len = (size_t)(*to - from) - m.at;
	work->members[i] = m;
	return p;
}

static const char *canon_object(struct dsv_json_work *work, const char *p,
				const char *end, char **to)
{
	size_t first = work->n;
	bool sorted = true;
	char *from;

	*(*to)++ = '{';
	from = *to;
	for (p = blanks(p + 1); *p != '}'; p = blanks(p)) {
		if (*p == ',') {
			*(*to)++ = ',';
			p = blanks(p + 1);
		}
		p = canon_member(work, p, end, from, to);
		if (work->n - first > 1 &&
		    compare_names(&work->members[work->n - 2],
				  &work->members[work->n - 1]) >= 0)
			sorted = false;
	}
	if (!sorted)
		*to = sort_members(work, first, from, *to);
	*(*to)++ = '}';
	work->n = first;
	return p + 1;
}

static const char *canon_array(struct dsv_json_work *work, const char *p,
			       const char *end, char **to)
{
	*(*to)++ = '[';
	for (p = blanks(p + 1); *p != ']'; p = blanks(p)) {
		if (*p == ',') {
			*(*to)++ = ',';
			p = blanks(p + 1);
		}
		p = canon(work, p, end, to);
	}
	*(*to)++ = ']';
	return p + 1;
}

static const char *canon(struct dsv_json_work *work, const char *p,
			 const char *end, char **to)
{
	const char *behind;

	switch (*p) {
	case '"':
		return canon_string(p, end, to);
	case '{':
		return canon_object(work, p, end, to);
	case '[':
		return canon_array(work, p, end, to);
	}
	behind = dsv_json_pass(p, end);
	*to = put(*to, p, (size_t)(behind - p));
	return behind;
}

void dsv_json_work_release(struct dsv_json_work *work)
{
	free(work->members);
	dsv_buf_release(&work->spare);
}

const char *dsv_json_canon(struct dsv_json_work *work, const char *p,
			   const char *end, struct dsv_buf *out)
{
	char *to = dsv_buf_reserve(out, (size_t)(end - p));

	p = canon(work, p, end, &to);
	set_end(out, to);
	return p;
}

void dsv_json_field(struct dsv_json_work *work, const char *p, const char *end,
		    struct dsv_buf *text, struct dsv_field *out)
{
	bool is_text = *p == '"';
	size_t from = text->len;

	out->kind = is_text ? DSV_FIELD_TEXT : DSV_FIELD_JSON;
	out->text = p + is_text;
	out->len = (size_t)(end - p) - 2 * is_text;
	if (is_text && !memchr(out->text, '\\', out->len))
		return;
	if (!is_text && *p != '{' && *p != '[')
		return;
	if (!is_text || !dsv_json_decode(p + 1, end - 1, text)) {
		out->kind = DSV_FIELD_JSON;
		dsv_buf_truncate(text, from);
		dsv_json_canon(work, p, end, text);
	}
	out->text = text->data + from;
	out->len = text->len - from;
}
