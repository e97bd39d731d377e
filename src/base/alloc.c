#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Without memory nothing can be handed up; this is the one place that ends
 * the program. */
void dsv_alloc_failed(void)
{
	static const char text[] = "dsv: out of memory\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)n;
	_exit(3);
}

void *dsv_alloc(size_t size)
{
	void *memory = malloc(size ? size : 1);

	if (!memory)
		dsv_alloc_failed();
	return memory;
}

#define LARGE_PAGE (2u * 1024u * 1024u)

void *dsv_alloc_large(size_t size)
{
	void *memory;

	if (size < 4 * LARGE_PAGE || size > SIZE_MAX - LARGE_PAGE)
		return dsv_alloc(size);
	size = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
	memory = aligned_alloc(LARGE_PAGE, size);
	if (!memory)
		dsv_alloc_failed();
	madvise(memory, size, MADV_HUGEPAGE);
	return memory;
}

void *dsv_alloc_zero(size_t n, size_t size)
{
	void *memory;

	if (n == 0 || size == 0)
		n = size = 1;
	memory = calloc(n, size);
	if (!memory)
		dsv_alloc_failed();
	return memory;
}

void *dsv_realloc(void *old, size_t n, size_t size)
{
	void *memory;

	if (n == 0 || size == 0)
		n = size = 1;
	memory = reallocarray(old, n, size);
	if (!memory)
		dsv_alloc_failed();
	return memory;
}

char *dsv_strdup(const char *text)
{
	return dsv_strndup(text, strlen(text));
}

char *dsv_strndup(const char *text, size_t len)
{
	char *copy = dsv_alloc(len + 1);

	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *dsv_strf(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		dsv_alloc_failed();
	return text;
}

void *dsv_grow(void *items, size_t *cap, size_t need, size_t size)
{
	size_t next = *cap ? *cap : 8;

	if (need <= *cap)
		return items;
	while (next < need) {
		if (next > SIZE_MAX / 2)
			dsv_alloc_failed();
		next *= 2;
	}
	items = dsv_realloc(items, next, size);
	*cap = next;
	return items;
}
