#include "govern/guideline_findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

const char *dsv_finding_word(enum dsv_finding_level level)
{
	return level == DSV_FINDING_ERROR ? "error" : "warning";
}

__attribute__((format(printf, 1, 0))) static char *printed(const char *fmt,
							   va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		dsv_alloc_failed();
	return text;
}

static struct dsv_guideline_finding *add(struct dsv_guideline_lint *out,
					 const char *check, unsigned line)
{
	struct dsv_guideline_finding *finding;

	DSV_GROW(out->items, out->cap, out->n + 1);
	finding = &out->items[out->n++];
	*finding = (struct dsv_guideline_finding){.check = check, .line = line};
	return finding;
}

void dsv_finding_error(struct dsv_guideline_lint *out, const char *check,
		       unsigned line, const char *fmt, ...)
{
	struct dsv_guideline_finding *finding = add(out, check, line);
	va_list args;

	va_start(args, fmt);
	finding->message = printed(fmt, args);
	va_end(args);
	finding->level = DSV_FINDING_ERROR;
	out->errors++;
}

void dsv_finding_warn(struct dsv_guideline_lint *out, const char *check,
		      unsigned line, const char *fmt, ...)
{
	struct dsv_guideline_finding *finding = add(out, check, line);
	va_list args;

	va_start(args, fmt);
	finding->message = printed(fmt, args);
	va_end(args);
	finding->level = DSV_FINDING_WARNING;
	out->warnings++;
}

void dsv_finding_hint(struct dsv_guideline_lint *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	out->items[out->n - 1].hint = printed(fmt, args);
	va_end(args);
}

unsigned dsv_guideline_line_of(const struct dsv_guideline_text *text,
			       const char *key)
{
	const char *at = dsv_buf_str(&text->bytes);
	const char *end = at + text->body;
	size_t len = strlen(key);

	for (unsigned line = 1; at && at < end; line++) {
		if (!strncmp(at, key, len) && at[len] == ':')
			return line;
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return 1;
}

static int by_line(const void *a, const void *b)
{
	const struct dsv_guideline_finding *x = a;
	const struct dsv_guideline_finding *y = b;
	int order;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	order = strcmp(x->check, y->check);
	return order ? order : strcmp(x->message, y->message);
}

void dsv_findings_sort(struct dsv_guideline_lint *lint)
{
	if (lint->n)
		qsort(lint->items, lint->n, sizeof(*lint->items), by_line);
}

void dsv_guideline_lint_release(struct dsv_guideline_lint *lint)
{
	for (size_t i = 0; i < lint->n; i++) {
		free(lint->items[i].message);
		free(lint->items[i].hint);
	}
	free(lint->items);
	free(lint->version);
	free(lint->base_version);
	*lint = (struct dsv_guideline_lint)DSV_GUIDELINE_LINT_INIT;
}
