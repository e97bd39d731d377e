#include "repo/pathspec.h"

#include <dsv/error.h>
#include <string.h>

#include "repo/glob.h"

enum magic {
	MAGIC_TOP = 1u << 0,
	MAGIC_EXCLUDE = 1u << 1,
	MAGIC_LITERAL = 1u << 2,
	MAGIC_GLOB = 1u << 3,
	MAGIC_ICASE = 1u << 4,
	MAGIC_PLAIN = 1u << 5, /* none was written: glob */
};

struct spec {
	unsigned magic;
	const char *pattern;
};

static const struct {
	const char *name;
	unsigned magic;
} words[] = {
	{"top", MAGIC_TOP},	    {"exclude", MAGIC_EXCLUDE},
	{"literal", MAGIC_LITERAL}, {"glob", MAGIC_GLOB},
	{"icase", MAGIC_ICASE},
};

#define N_WORDS (sizeof(words) / sizeof(*words))

static unsigned word_magic(const char *word, size_t len)
{
	for (size_t i = 0; i < N_WORDS; i++)
		if (strlen(words[i].name) == len &&
		    memcmp(words[i].name, word, len) == 0)
			return words[i].magic;
	return 0;
}

static bool parse_long(const char *text, struct spec *out)
{
	const char *end = strchr(text, ')');
	size_t len;
	unsigned magic;

	if (!end)
		return false;
	for (; text < end; text += len + 1) {
		len = strcspn(text, ",)");
		magic = word_magic(text, len);
		if (len && !magic)
			return false;
		out->magic |= magic;
	}
	out->pattern = end + 1;
	return true;
}

static bool parse(const char *text, struct spec *out)
{
	*out = (struct spec){.magic = MAGIC_PLAIN, .pattern = text};
	if (*text != ':')
		return true;
	out->magic = 0;
	if (text[1] == '(')
		return parse_long(text + 2, out);

	for (text++; *text; text++) {
		if (*text == '/')
			out->magic |= MAGIC_TOP;
		else if (*text == '!' || *text == '^')
			out->magic |= MAGIC_EXCLUDE;
		else
			break;
	}
	out->pattern = *text == ':' ? text + 1 : text;
	return out->magic || *text == ':';
}

int dsv_pathspec_check(const char *pathspec)
{
	struct spec spec;

	if (parse(pathspec, &spec))
		return 0;
	dsv_fail(DSV_EUSAGE, "unknown pathspec magic in '%s'", pathspec);
	return dsv_hint(DSV_EUSAGE,
			"a path that begins with ':' is written "
			"':(literal)%s'",
			pathspec);
}

static unsigned glob_flags(unsigned magic)
{
	return (magic & (MAGIC_GLOB | MAGIC_PLAIN) ? DSV_GLOB_PATH : 0u) |
	       (magic & MAGIC_ICASE ? DSV_GLOB_NOCASE : 0u);
}

static int compare(const char *a, const char *b, size_t len, unsigned magic)
{
	return magic & MAGIC_ICASE ? strncasecmp(a, b, len)
				   : strncmp(a, b, len);
}

static bool is_all(const char *pattern)
{
	return !*pattern || strcmp(pattern, ".") == 0;
}

static bool spec_match(const struct spec *spec, const char *path)
{
	size_t len = strlen(spec->pattern);
	size_t literal;

	if (is_all(spec->pattern))
		return true;
	if (compare(spec->pattern, path, len, spec->magic) == 0 &&
	    (!path[len] || path[len] == '/' || spec->pattern[len - 1] == '/'))
		return true;
	literal = dsv_glob_literal(spec->pattern);
	if (literal == len || spec->magic & MAGIC_LITERAL)
		return false;
	return compare(spec->pattern, path, literal, spec->magic) == 0 &&
	       dsv_glob_match(spec->pattern, path, glob_flags(spec->magic));
}

static bool spec_below(const struct spec *spec, const char *dir)
{
	size_t len = strlen(dir);
	size_t literal;

	if (spec_match(spec, dir))
		return true;
	literal = spec->magic & MAGIC_LITERAL ? strlen(spec->pattern)
					      : dsv_glob_literal(spec->pattern);
	if (literal <= len)
		return spec->pattern[literal] &&
		       compare(spec->pattern, dir, literal, spec->magic) == 0;
	return compare(spec->pattern, dir, len, spec->magic) == 0 &&
	       spec->pattern[len] == '/';
}

typedef bool (*spec_fn)(const struct spec *spec, const char *path);

/* Included by one, or by none where there are only exclusions. */
static bool any(const struct dsv_strlist *pathspecs, const char *path,
		spec_fn included, bool exclusions)
{
	bool found = false;
	bool wanted = false;
	struct spec spec;

	if (!pathspecs || !pathspecs->n)
		return true;
	for (size_t i = 0; i < pathspecs->n; i++) {
		if (!parse(pathspecs->items[i], &spec))
			continue;
		if (spec.magic & MAGIC_EXCLUDE) {
			if (exclusions && spec_match(&spec, path))
				return false;
			continue;
		}
		wanted = true;
		found = found || included(&spec, path);
	}
	return found || !wanted;
}

bool dsv_pathspec_match(const struct dsv_strlist *pathspecs, const char *path)
{
	return any(pathspecs, path, spec_match, true);
}

bool dsv_pathspec_below(const struct dsv_strlist *pathspecs, const char *dir)
{
	return any(pathspecs, dir, spec_below, false);
}

static void add_magic(struct dsv_buf *out, unsigned magic)
{
	dsv_buf_addstr(out, ":(top");
	for (size_t i = 0; i < N_WORDS; i++)
		if (words[i].magic & magic & ~(unsigned)MAGIC_TOP)
			dsv_buf_addf(out, ",%s", words[i].name);
	dsv_buf_addch(out, ')');
}

/* A folder's own name is no pattern. */
static void add_escaped(struct dsv_buf *out, const char *prefix)
{
	for (; *prefix; prefix++) {
		if (strchr("*?[\\", *prefix))
			dsv_buf_addch(out, '\\');
		dsv_buf_addch(out, *prefix);
	}
}

int dsv_pathspec_typed(const char *typed, const char *prefix,
		       struct dsv_buf *out)
{
	struct spec spec;
	int rc;

	rc = dsv_pathspec_check(typed);
	if (rc < 0)
		return rc;
	parse(typed, &spec);
	add_magic(out, spec.magic & ~(unsigned)MAGIC_PLAIN);
	if (!(spec.magic & MAGIC_TOP)) {
		if (spec.magic & MAGIC_LITERAL)
			dsv_buf_addstr(out, prefix);
		else
			add_escaped(out, prefix);
	}
	dsv_buf_addstr(out, spec.pattern);
	return 0;
}
