#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include <dsv/auto.h>

/* Many small allocations that live and die together. */
struct dsv_arena {
	struct dsv_arena_block *head;
	char *next;
	size_t left;
	size_t held; /* bytes held in all */
};

#define DSV_ARENA_INIT \
	{              \
		0      \
	}

void dsv_arena_release(struct dsv_arena *arena);
/** Forget everything, keep one block for use again. */
void dsv_arena_reset(struct dsv_arena *arena);
/** Aligned to 8; lent until reset or release. */
void *dsv_arena_alloc(struct dsv_arena *arena, size_t size);
/** A copy followed by a NUL. */
char *dsv_arena_copy(struct dsv_arena *arena, const void *data, size_t len);

DSV_AUTO_RELEASE(arena)

#endif
