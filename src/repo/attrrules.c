#include "repo/attrrules.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/glob.h"

static const char *const names[DSV_ATTR_N] = {
	"filter", "text",  "eol",  "ident", "working-tree-encoding",
	"diff",	  "merge", "crlf",
};

const char *dsv_attr_name(enum dsv_attr attr)
{
	return names[attr];
}

void dsv_attr_names_init(struct dsv_attr_names *it)
{
	*it = (struct dsv_attr_names){0};
	for (size_t i = 0; i < DSV_ATTR_N; i++)
		dsv_map_put(&it->ids, names[i], strlen(names[i]))->value =
			i + 1;
}

void dsv_attr_names_release(struct dsv_attr_names *it)
{
	dsv_map_release(&it->ids);
}

static size_t number_of(struct dsv_attr_names *it, const char *name)
{
	struct dsv_map_entry *entry = dsv_map_put(&it->ids, name, strlen(name));

	if (!entry->value)
		entry->value = it->ids.n;
	return (size_t)entry->value - 1;
}

struct parse {
	struct dsv_attr_rules *out;
	struct dsv_attr_names *names;
};

/* "text", "-text", "!text", "filter=dsv" or a macro. */
static struct dsv_attr_word read_word(const struct parse *parse, char *word)
{
	struct dsv_attr_word out = {.state = DSV_ATTR_SET};
	char *value = strchr(word, '=');

	if (*word == '-' || *word == '!') {
		out.state =
			*word == '-' ? DSV_ATTR_UNSET : DSV_ATTR_UNSPECIFIED;
		word++;
	} else if (value) {
		out.state = DSV_ATTR_VALUE;
		out.value = value + 1;
		*value = '\0';
	}
	out.attr = number_of(parse->names, word);
	return out;
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

/* Every word takes two bytes at least, with the blank before it. */
static void take_words(const struct parse *parse, struct dsv_attr_rule *rule,
		       char *at)
{
	char *word;

	rule->words =
		dsv_arena_alloc(&parse->out->texts,
				(strlen(at) / 2 + 1) * sizeof(*rule->words));
	while (*at) {
		at = cut_word(at, &word);
		rule->words[rule->n_words++] = read_word(parse, word);
	}
}

static void take_line(const struct parse *parse, char *at, unsigned number)
{
	struct dsv_attr_rules *rules = parse->out;
	struct dsv_attr_rule rule = {.line = number};
	char *word;

	at += strspn(at, " \t\r\n");
	if (!*at || *at == '#')
		return;
	word = at;
	at = *at == '"' ? unquote(at) : cut_word(at, &word);
	if (!at || *word == '!')
		return;
	if (strncmp(word, "[attr]", 6) == 0)
		rule.macro = number_of(parse->names, word + 6);
	else
		take_pattern(&rule, word);
	take_words(parse, &rule, at + strspn(at, " \t\r\n"));
	DSV_GROW(rules->items, rules->cap, rules->n + 1);
	rules->items[rules->n++] = rule;
}

void dsv_attr_rules_parse(struct dsv_attr_rules *out,
			  struct dsv_attr_names *names_, const char *name,
			  const char *data, size_t len)
{
	struct parse parse = {out, names_};
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

static const struct dsv_attr_rule *
find_macro(const struct dsv_attr_answer *answer, size_t attr)
{
	const struct dsv_attr_rules *rules;

	for (size_t i = 0; i < answer->n_macros; i++) {
		rules = answer->macros[i];
		for (size_t k = rules->n; k-- > 0;)
			if (!rules->items[k].pattern &&
			    rules->items[k].macro == attr)
				return &rules->items[k];
	}
	return NULL;
}

/* The last word counts most. What a macro says counts as said in its place,
 * and only where the macro itself was not decided before. */
static void fill(struct dsv_attr_answer *answer,
		 const struct dsv_attr_rule *rule, const char *file,
		 unsigned line)
{
	const struct dsv_attr_rule *macro;

	for (size_t i = rule->n_words; i-- > 0;) {
		const struct dsv_attr_word *word = &rule->words[i];

		if (answer->said[word->attr])
			continue;
		answer->said[word->attr] = true;
		if (word->attr < DSV_ATTR_N)
			answer->values[word->attr] = (struct dsv_attr_value){
				word->state, word->value, file, line};
		macro = word->state == DSV_ATTR_SET
				? find_macro(answer, word->attr)
				: NULL;
		if (macro)
			fill(answer, macro, file, line);
	}
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
			  struct dsv_attr_answer *answer)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	for (size_t i = rules->n; i-- > 0;)
		if (matches(&rules->items[i], path, base, answer->glob_flags))
			fill(answer, &rules->items[i], rules->name,
			     rules->items[i].line);
}
