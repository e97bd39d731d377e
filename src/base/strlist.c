#include <dsv/strlist.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void dsv_strlist_release(struct dsv_strlist *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct dsv_strlist)DSV_STRLIST_INIT;
}

void dsv_strlist_take(struct dsv_strlist *list, char *text)
{
	DSV_GROW(list->items, list->cap, list->n + 1);
	list->items[list->n++] = text;
}

void dsv_strlist_add(struct dsv_strlist *list, const char *text)
{
	dsv_strlist_take(list, dsv_strdup(text));
}

void dsv_strlist_addn(struct dsv_strlist *list, const char *text, size_t len)
{
	dsv_strlist_take(list, dsv_strndup(text, len));
}

void dsv_strlist_copy(struct dsv_strlist *to, const struct dsv_strlist *from)
{
	struct dsv_strlist copy = DSV_STRLIST_INIT;

	for (size_t i = 0; i < from->n; i++)
		dsv_strlist_add(&copy, from->items[i]);
	dsv_strlist_release(to);
	*to = copy;
}

void dsv_strlist_split(struct dsv_strlist *list, const char *text, char at)
{
	const char *end;

	while ((end = strchr(text, at))) {
		dsv_strlist_addn(list, text, (size_t)(end - text));
		text = end + 1;
	}
	dsv_strlist_add(list, text);
}

long dsv_strlist_find(const struct dsv_strlist *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->items[i], text) == 0)
			return (long)i;
	}
	return -1;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void dsv_strlist_sort(struct dsv_strlist *list)
{
	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), by_bytes);
}

bool dsv_strlist_equal(const struct dsv_strlist *a, const struct dsv_strlist *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	}
	return true;
}
