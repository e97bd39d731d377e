#include "repo/attrrules.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/glob.h"

static const char *const names[DSV_ATTR_N] = {
	"filter", "text",  "eol", "ident", "working-tree-encoding",
	"diff",	  "merge",
};

const char *dsv_attr_name(enum dsv_attr attr)
{
	return names[attr];
}

struct parse {
	struct dsv_attr_rules *out;
	const struct dsv_attr_rules *const *more;
	size_t n_more;
};

static void say(struct dsv_attr_rule *rule, enum dsv_attr attr,
		enum dsv_attr_state state, const char *value)
{
	rule->said[attr] = true;
	rule->values[attr].state = state;
	rule->values[attr].value = value;
}

static const struct dsv_attr_rule *
find_macro(const struct dsv_attr_rules *rules, const char *name)
{
	for (size_t i = rules->n; i-- > 0;)
		if (rules->items[i].macro &&
		    strcmp(rules->items[i].macro, name) == 0)
			return &rules->items[i];
	return NULL;
}

static void take_macro(struct dsv_attr_rule *rule,
		       const struct dsv_attr_rule *macro)
{
	for (size_t i = 0; i < DSV_ATTR_N; i++)
		if (macro->said[i])
			say(rule, (enum dsv_attr)i, macro->values[i].state,
			    macro->values[i].value);
}

/* A macro counts only where it is set: "-binary" says nothing of text. */
static void expand(const struct parse *parse, struct dsv_attr_rule *rule,
		   const char *name)
{
	const struct dsv_attr_rule *macro = find_macro(parse->out, name);

	for (size_t i = 0; !macro && i < parse->n_more; i++)
		macro = find_macro(parse->more[i], name);
	if (macro) {
		take_macro(rule, macro);
	} else if (strcmp(name, "binary") == 0) {
		say(rule, DSV_ATTR_DIFF, DSV_ATTR_UNSET, NULL);
		say(rule, DSV_ATTR_MERGE, DSV_ATTR_UNSET, NULL);
		say(rule, DSV_ATTR_TEXT, DSV_ATTR_UNSET, NULL);
	}
}

/* "crlf" is the old word for text, "crlf=input" for eol=lf. */
static void say_crlf(struct dsv_attr_rule *rule, enum dsv_attr_state state,
		     const char *value)
{
	if (state != DSV_ATTR_VALUE)
		say(rule, DSV_ATTR_TEXT, state, value);
	else if (strcmp(value, "input") == 0)
		say(rule, DSV_ATTR_EOL, state, "lf");
}

/* "text", "-text", "!text", "filter=dsv" or a macro. */
static void take_word(const struct parse *parse, struct dsv_attr_rule *rule,
		      char *word)
{
	enum dsv_attr_state state = DSV_ATTR_SET;
	char *value = strchr(word, '=');

	if (*word == '-' || *word == '!') {
		state = *word == '-' ? DSV_ATTR_UNSET : DSV_ATTR_UNSPECIFIED;
		word++;
	} else if (value) {
		state = DSV_ATTR_VALUE;
		*value++ = '\0';
	}
	if (strcmp(word, "crlf") == 0) {
		say_crlf(rule, state, value);
		return;
	}
	for (size_t i = 0; i < DSV_ATTR_N; i++) {
		if (strcmp(word, names[i]) == 0) {
			say(rule, (enum dsv_attr)i, state,
			    state == DSV_ATTR_VALUE ? value : NULL);
			return;
		}
	}
	if (state == DSV_ATTR_SET)
		expand(parse, rule, word);
}

static char octal(const char *at)
{
	return (char)((at[0] - '0') * 64 + (at[1] - '0') * 8 + (at[2] - '0'));
}

/* A pattern in double quotes, in place; where the rest begins, or NULL. */
static char *unquote(char *at)
{
	static const char from[] = "abfnrtv\\\"";
	static const char to[] = "\a\b\f\n\r\t\v\\\"";
	char *out = at;
	const char *found;

	for (at++; *at && *at != '"'; at++) {
		if (*at != '\\') {
			*out++ = *at;
			continue;
		}
		at++;
		found = *at ? strchr(from, *at) : NULL;
		if (found) {
			*out++ = to[found - from];
		} else if (strspn(at, "01234567") >= 3) {
			*out++ = octal(at);
			at += 2;
		} else {
			return NULL;
		}
	}
	if (!*at)
		return NULL;
	at++;
	/* the text moved forward by the quotes, so there is room */
	*out = '\0';
	return at;
}

static void take_pattern(struct dsv_attr_rule *rule, char *pattern)
{
	rule->base = !strchr(pattern, '/');
	rule->pattern = *pattern == '/' ? pattern + 1 : pattern;
}

/* Cut off the first word; the rest. */
static char *cut_word(char *at, char **word)
{
	*word = at;
	at += strcspn(at, " \t\r\n");
	if (*at)
		*at++ = '\0';
	return at + strspn(at, " \t\r\n");
}

static void take_line(const struct parse *parse, char *at, unsigned number)
{
	struct dsv_attr_rules *rules = parse->out;
	struct dsv_attr_rule rule = {.line = number};
	bool of_use = false;
	char *word;

	at += strspn(at, " \t\r\n");
	if (!*at || *at == '#')
		return;
	word = at;
	at = *at == '"' ? unquote(at) : cut_word(at, &word);
	if (!at || *word == '!')
		return;
	at += strspn(at, " \t\r\n");
	if (strncmp(word, "[attr]", 6) == 0)
		rule.macro = word + 6;
	else
		take_pattern(&rule, word);

	while (*at) {
		at = cut_word(at, &word);
		take_word(parse, &rule, word);
	}
	for (size_t i = 0; i < DSV_ATTR_N; i++) {
		of_use = of_use || rule.said[i];
		rule.values[i].file = rules->name;
		rule.values[i].line = number;
	}
	if (!of_use && !rule.macro)
		return;
	DSV_GROW(rules->items, rules->cap, rules->n + 1);
	rules->items[rules->n++] = rule;
}

void dsv_attr_rules_parse(struct dsv_attr_rules *out, const char *name,
			  const char *data, size_t len,
			  const struct dsv_attr_rules *const *more,
			  size_t n_more)
{
	struct parse parse = {out, more, n_more};
	const char *end = data + len;
	const char *lf;
	unsigned number = 0;

	out->name = dsv_arena_copy(&out->texts, name, strlen(name));
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		data += 3;
	while (data < end) {
		lf = memchr(data, '\n', (size_t)(end - data));
		if (!lf)
			lf = end;
		take_line(
			&parse,
			dsv_arena_copy(&out->texts, data, (size_t)(lf - data)),
			++number);
		data = lf + 1;
	}
}

void dsv_attr_rules_release(struct dsv_attr_rules *rules)
{
	free(rules->items);
	dsv_arena_release(&rules->texts);
	*rules = (struct dsv_attr_rules)DSV_ATTR_RULES_INIT;
}

static bool matches(const struct dsv_attr_rule *rule, const char *path,
		    const char *base, unsigned flags)
{
	if (!rule->pattern)
		return false;
	return dsv_glob_match(rule->pattern, rule->base ? base : path,
			      flags | DSV_GLOB_PATH);
}

void dsv_attr_rules_apply(const struct dsv_attr_rules *rules, const char *path,
			  unsigned glob_flags, bool said[DSV_ATTR_N],
			  struct dsv_attr_value out[DSV_ATTR_N])
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	for (size_t i = rules->n; i-- > 0;) {
		const struct dsv_attr_rule *rule = &rules->items[i];

		if (!matches(rule, path, base, glob_flags))
			continue;
		for (size_t k = 0; k < DSV_ATTR_N; k++) {
			if (!rule->said[k] || said[k])
				continue;
			said[k] = true;
			out[k] = rule->values[k];
		}
	}
}
