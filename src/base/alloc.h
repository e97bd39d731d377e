#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* Memory. Where there is none the program ends with a message, exit 3. */
__attribute__((noreturn)) void dsv_alloc_failed(void);
void *dsv_alloc(size_t size);
/** The same for what is filled from start to end: pages of 2 MiB, where the
 * system has them, spare a fault for every 4 KiB. */
void *dsv_alloc_large(size_t size);
/** n * size zeroed bytes; an overflow ends the program too. */
void *dsv_alloc_zero(size_t n, size_t size);
void *dsv_realloc(void *old, size_t n, size_t size);
char *dsv_strdup(const char *text);
char *dsv_strndup(const char *text, size_t len);
/** printf into an allocation of the caller's. */
char *dsv_strf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Grow *items (of *cap items) to hold at least need; doubling. */
#define DSV_GROW(items, cap, need) \
	((items) = dsv_grow((items), &(cap), (need), sizeof(*(items))))
void *dsv_grow(void *items, size_t *cap, size_t need, size_t size);

static inline void dsv_str_auto(char **text)
{
	extern void free(void *);
	free(*text);
}

#endif
