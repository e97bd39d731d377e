#ifndef DSV_STRLIST_H
#define DSV_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/auto.h>

/* A list of owned strings, in the order they were added. */
struct dsv_strlist {
	char **items;
	size_t n;
	size_t cap;
};

#define DSV_STRLIST_INIT \
	{                \
		0        \
	}

void dsv_strlist_release(struct dsv_strlist *list);
void dsv_strlist_add(struct dsv_strlist *list, const char *text);
void dsv_strlist_addn(struct dsv_strlist *list, const char *text, size_t len);
/** Take over text, which was allocated. */
void dsv_strlist_take(struct dsv_strlist *list, char *text);
void dsv_strlist_copy(struct dsv_strlist *to, const struct dsv_strlist *from);
/** Split "a,b,c" at commas; empty parts are kept. */
void dsv_strlist_split(struct dsv_strlist *list, const char *text, char at);
/** Index of text, or -1. */
long dsv_strlist_find(const struct dsv_strlist *list, const char *text);
void dsv_strlist_sort(struct dsv_strlist *list);
bool dsv_strlist_equal(const struct dsv_strlist *a,
		       const struct dsv_strlist *b);

DSV_AUTO_RELEASE(strlist)

#endif
