#include "repo/glob.h"

#include <ctype.h>
#include <string.h>

/*
 * Matching goes forward and, where it fails, back to the last star only: a
 * later star that has been reached leaves an earlier one nothing to gain. With
 * DSV_GLOB_PATH a star cannot pass a '/', so there is a second place to go
 * back to, the last "**" part, which moves on by whole parts.
 */
struct retry {
	const char *pattern; /* NULL: there is none */
	const char *text;
};

struct match {
	const char *start;
	const char *p;
	const char *t;
	unsigned flags;
	struct retry star;
	struct retry deep;
};

static unsigned char fold(char ch, unsigned flags)
{
	unsigned char c = (unsigned char)ch;

	return flags & DSV_GLOB_NOCASE && c < 0x80 ? (unsigned char)tolower(c)
						   : c;
}

static bool in_class(const char *name, size_t len, unsigned char c)
{
	static const struct {
		const char *name;
		int (*is)(int);
	} classes[] = {
		{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank},
		{"cntrl", iscntrl}, {"digit", isdigit}, {"graph", isgraph},
		{"lower", islower}, {"print", isprint}, {"punct", ispunct},
		{"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i].name) == len &&
		    memcmp(classes[i].name, name, len) == 0)
			return classes[i].is(c);
	return false;
}

/* One byte, class or range of a set; NULL where the set never ends. */
static const char *set_part(const char *p, unsigned char c, unsigned flags,
			    bool *in)
{
	const char *end;
	unsigned char low;
	unsigned char high;

	if (p[0] == '[' && p[1] == ':') {
		end = strstr(p + 2, ":]");
		if (end) {
			*in = *in || in_class(p + 2, (size_t)(end - p - 2), c);
			return end + 2;
		}
	}
	if (*p == '\\')
		p++;
	if (!*p)
		return NULL;
	low = high = fold(*p++, flags);
	if (p[0] == '-' && p[1] && p[1] != ']') {
		p++;
		if (*p == '\\')
			p++;
		if (!*p)
			return NULL;
		high = fold(*p++, flags);
	}
	*in = *in || (low <= c && c <= high);
	return p;
}

/* p behind '['; NULL: no match. */
static const char *match_set(const char *p, char ch, unsigned flags)
{
	unsigned char c = fold(ch, flags);
	bool negated = *p == '!' || *p == '^';
	bool in = false;

	if (flags & DSV_GLOB_PATH && ch == '/')
		return NULL;
	if (negated)
		p++;
	do
		p = set_part(p, c, flags, &in);
	while (p && *p && *p != ']');
	if (!p || !*p || in == negated)
		return NULL;
	return p + 1;
}

/* One byte of text against what stands at p; false: mismatch. */
static bool match_one(struct match *m)
{
	const char *p = m->p;

	if (!*m->t || !*p)
		return false;
	if (*p == '?') {
		if (m->flags & DSV_GLOB_PATH && *m->t == '/')
			return false;
		p++;
	} else if (*p == '[') {
		p = match_set(p + 1, *m->t, m->flags);
		if (!p)
			return false;
	} else {
		if (*p == '\\' && p[1])
			p++;
		if (fold(*p, m->flags) != fold(*m->t, m->flags))
			return false;
		p++;
	}
	m->p = p;
	m->t++;
	return true;
}

/* True: the rest matches, whatever it is. */
static bool take_stars(struct match *m)
{
	const char *first = m->p;
	bool part_start = first == m->start || first[-1] == '/';

	while (*m->p == '*')
		m->p++;
	if (m->flags & DSV_GLOB_PATH && m->p - first == 2 && part_start) {
		if (!*m->p)
			return true;
		if (*m->p == '/') {
			m->p++;
			m->deep = (struct retry){m->p, m->t};
			m->star.pattern = NULL;
			return false;
		}
	}
	m->star = (struct retry){m->p, m->t};
	return false;
}

static bool go_back(struct match *m)
{
	bool stops = m->flags & DSV_GLOB_PATH;
	const char *slash;

	if (m->star.pattern && *m->star.text &&
	    !(stops && *m->star.text == '/')) {
		m->t = ++m->star.text;
		m->p = m->star.pattern;
		return true;
	}
	if (!m->deep.pattern)
		return false;
	slash = strchr(m->deep.text, '/');
	if (!slash)
		return false;
	m->deep.text = m->t = slash + 1;
	m->p = m->deep.pattern;
	m->star.pattern = NULL;
	return true;
}

bool dsv_glob_match(const char *pattern, const char *text, unsigned flags)
{
	struct match m = {
		.start = pattern, .p = pattern, .t = text, .flags = flags};

	for (;;) {
		if (*m.p == '*') {
			if (take_stars(&m))
				return true;
			continue;
		}
		if (!*m.p && !*m.t)
			return true;
		if (!match_one(&m) && !go_back(&m))
			return false;
	}
}

unsigned long dsv_glob_literal(const char *pattern)
{
	return strcspn(pattern, "*?[\\");
}
