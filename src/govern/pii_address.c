#include "govern/pii_rules.h"

#include <string.h>

/* Mail: RFC 5321 section 4.1.2, as people write addresses in running text, and
 * RFC 6531 for what is not ASCII. */

#define LOCAL_MAX  64u
#define DOMAIN_MAX 255u
#define LABEL_MAX  63u

static bool is_high(char ch)
{
	return (unsigned char)ch >= 0x80;
}

/* Without what as often stands around an address as in it ("=", "/", "{"): the
 * rest of it is found all the same. */
static bool is_local(char ch)
{
	return dsv_pii_word(ch) || is_high(ch) ||
	       (ch && strchr(".+-%&'!#$*^~?", ch));
}

static size_t local_begin(const struct dsv_pii_text *in, size_t at)
{
	size_t begin = at;

	if (dsv_pii_before(in, at) == '"') { /* "john doe"@example.org */
		for (begin = at - 1; begin > 0 && at - begin < LOCAL_MAX;)
			if (in->text[--begin] == '"')
				return at - begin > 2 ? begin : at;
		return at;
	}
	while (begin > 0 && at - begin < LOCAL_MAX &&
	       is_local(in->text[begin - 1]))
		begin--;
	while (begin < at && !dsv_pii_word(in->text[begin]) &&
	       !is_high(in->text[begin]))
		begin++;
	return begin;
}

/* The end of a label, or its begin where there is none. */
static size_t label_end(const struct dsv_pii_text *in, size_t at)
{
	size_t end = at;

	while (end - at < LABEL_MAX && end < in->len &&
	       (dsv_pii_digit(in->text[end]) || dsv_pii_letter(in->text[end]) ||
		is_high(in->text[end]) || (in->text[end] == '-' && end > at)))
		end++;
	while (end > at && in->text[end - 1] == '-')
		end--;
	return end;
}

/* A top-level domain has no digits, but for its form in Punycode. */
static bool is_top(const struct dsv_pii_text *in, size_t at, size_t end)
{
	if (end - at > 4 && strncmp(in->text + at, "xn--", 4) == 0)
		return true;
	for (size_t i = at; i < end; i++)
		if (!dsv_pii_letter(in->text[i]) && !is_high(in->text[i]))
			return false;
	return end - at >= 2;
}

/* icon@2x.png */
static bool is_picture(const struct dsv_pii_text *in, size_t at, size_t end)
{
	return end - at > 2 && dsv_pii_digit(in->text[at]) &&
	       in->text[at + 1] == 'x' && in->text[at + 2] == '.';
}

/* 0 where there is none. */
static size_t domain_end(const struct dsv_pii_text *in, size_t at)
{
	size_t best = 0;
	size_t n_labels = 0;
	size_t i = at;

	while (i - at < DOMAIN_MAX) {
		size_t end = label_end(in, i);

		if (end == i)
			break;
		if (++n_labels > 1 && is_top(in, i, end))
			best = end;
		if (dsv_pii_at(in, end) != '.')
			break;
		i = end + 1;
	}
	return best && !is_picture(in, at, best) ? best : 0;
}

static size_t octets_end(const struct dsv_pii_text *in, size_t at);

/* user@[192.0.2.1] */
static size_t literal_end(const struct dsv_pii_text *in, size_t at)
{
	size_t end = octets_end(in, at + 1);

	return end && dsv_pii_at(in, end) == ']' ? end + 1 : 0;
}

bool dsv_pii_email(const struct dsv_pii_text *in, size_t at,
		   struct dsv_pii_span *out)
{
	size_t begin = local_begin(in, at);
	size_t end = dsv_pii_at(in, at + 1) == '[' ? literal_end(in, at + 1)
						   : domain_end(in, at + 1);

	if (begin == at || end == 0)
		return false;
	*out = (struct dsv_pii_span){DSV_PII_EMAIL, begin, end};
	return true;
}

/* Internet addresses. */

/* The end of four numbers up to 255 without leading zeros; 0. */
static size_t octets_end(const struct dsv_pii_text *in, size_t at)
{
	for (size_t part = 0; part < 4; part++) {
		size_t begin = at;
		unsigned value = 0;

		while (at - begin < 3 && dsv_pii_digit(dsv_pii_at(in, at)))
			value = value * 10 + (unsigned)(in->text[at++] - '0');
		if (at == begin || value > 255 ||
		    (at - begin > 1 && in->text[begin] == '0'))
			return 0;
		if (part < 3 && dsv_pii_at(in, at++) != '.')
			return 0;
	}
	return at;
}

/* Of nobody: this host, this network, all, and masks of networks. */
static bool is_nobody(const struct dsv_pii_text *in, size_t at)
{
	return strncmp(in->text + at, "127.", 4) == 0 ||
	       strncmp(in->text + at, "0.", 2) == 0 ||
	       strncmp(in->text + at, "255.", 4) == 0;
}

bool dsv_pii_ipv4(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		  struct dsv_pii_span *out)
{
	static const char *const versions[] = {
		"version", "ver", "release", "build", "firmware", "v", NULL};
	size_t end;
	char ch;

	if (n_digits > 3 || dsv_pii_at(in, at + n_digits) != '.' ||
	    in->len - at < 7)
		return false;
	ch = dsv_pii_before(in, at);
	end = octets_end(in, at);
	if (!end || dsv_pii_word(ch) || ch == '.' || is_nobody(in, at))
		return false;
	ch = dsv_pii_at(in, end);
	if (dsv_pii_word(ch) || ch == '@' || ch == '-' ||
	    (ch == '.' && dsv_pii_word(dsv_pii_at(in, end + 1))) ||
	    dsv_pii_word_before(in, at, versions))
		return false;
	*out = (struct dsv_pii_span){DSV_PII_IP, at, end};
	return true;
}

/* What is counted of an address of version 6 (RFC 4291, section 2.2). */
struct groups {
	size_t n;
	size_t longest;
	size_t first; /* digits of the first one */
	bool gap;     /* "::" */
	size_t end;
};

/* False: not well formed. */
static bool read_groups(const struct dsv_pii_text *in, size_t at,
			struct groups *out)
{
	size_t i = at;

	*out = (struct groups){0};
	for (;;) {
		size_t v4 = octets_end(in, i);
		size_t n = 0;

		if (v4 && out->n > 0) { /* ::ffff:192.0.2.1 */
			out->n += 2;
			out->longest = 4;
			out->end = v4;
			return true;
		}
		while (dsv_pii_hex(dsv_pii_at(in, i + n)))
			n++;
		if (n > 4)
			return false;
		if (n > 0) {
			out->n++;
			out->longest = n > out->longest ? n : out->longest;
			out->end = i + n;
		}
		if (i == at)
			out->first = n;
		i += n;
		if (dsv_pii_at(in, i) != ':')
			return true;
		if (dsv_pii_at(in, i + 1) == ':') {
			if (out->gap)
				return false;
			out->gap = true;
			out->end = i + 2;
			i++;
		} else if (!dsv_pii_hex(dsv_pii_at(in, i + 1)) || n == 0) {
			return n > 0;
		}
		i++;
	}
}

/* Shorter ones than this are times, names of C++, addresses of nobody. */
static bool is_told(const struct groups *groups)
{
	if (groups->longest < 3)
		return false;
	if (!groups->gap)
		return groups->n == 8;
	return groups->n < 8 &&
	       (groups->first >= 3 || (groups->first == 0 && groups->n >= 3));
}

bool dsv_pii_ipv6(const struct dsv_pii_text *in, size_t at,
		  struct dsv_pii_span *out)
{
	struct groups groups;
	size_t begin = at;

	while (begin > 0 && at - begin < 5 && dsv_pii_hex(in->text[begin - 1]))
		begin--;
	if (at - begin > 4 || dsv_pii_word(dsv_pii_before(in, begin)) ||
	    !read_groups(in, begin, &groups) || !is_told(&groups) ||
	    dsv_pii_word(dsv_pii_at(in, groups.end)) ||
	    dsv_pii_at(in, groups.end) == ':')
		return false;
	*out = (struct dsv_pii_span){DSV_PII_IP, begin, groups.end};
	return true;
}
