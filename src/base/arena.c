#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define BLOCK_SIZE (64u * 1024u) /* bytes; a larger wish gets its own block */

struct dsv_arena_block {
	struct dsv_arena_block *next;
	size_t size; /* bytes behind this header */
	_Alignas(8) char data[];
};

void dsv_arena_release(struct dsv_arena *arena)
{
	struct dsv_arena_block *block = arena->head;

	while (block) {
		struct dsv_arena_block *next = block->next;

		free(block);
		block = next;
	}
	*arena = (struct dsv_arena)DSV_ARENA_INIT;
}

static struct dsv_arena_block *block_new(struct dsv_arena *arena, size_t size)
{
	struct dsv_arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		dsv_alloc_failed();
	block = dsv_alloc(sizeof(*block) + size);
	block->size = size;
	block->next = NULL;
	arena->held += size;
	return block;
}

/* A block of its own goes behind the head, whose rest stays in use. */
static void *alloc_alone(struct dsv_arena *arena, size_t size)
{
	struct dsv_arena_block *block = block_new(arena, size);

	if (arena->head) {
		block->next = arena->head->next;
		arena->head->next = block;
	} else {
		arena->head = block;
	}
	return block->data;
}

static void start_block(struct dsv_arena *arena)
{
	struct dsv_arena_block *block = block_new(arena, BLOCK_SIZE);

	block->next = arena->head;
	arena->head = block;
	arena->next = block->data;
	arena->left = BLOCK_SIZE;
}

void dsv_arena_reset(struct dsv_arena *arena)
{
	struct dsv_arena_block *block = arena->head;

	if (!block || !arena->next || block->size != BLOCK_SIZE) {
		dsv_arena_release(arena);
		return;
	}
	arena->head = block->next;
	dsv_arena_release(arena);
	block->next = NULL;
	arena->head = block;
	arena->next = block->data;
	arena->left = block->size;
	arena->held = block->size;
}

void *dsv_arena_alloc(struct dsv_arena *arena, size_t size)
{
	void *memory;

	if (size > SIZE_MAX - 8)
		dsv_alloc_failed();
	size = size ? (size + 7) & ~(size_t)7 : 8;
	if (size > arena->left) {
		if (size > BLOCK_SIZE / 4)
			return alloc_alone(arena, size);
		start_block(arena);
	}
	memory = arena->next;
	arena->next += size;
	arena->left -= size;
	return memory;
}

char *dsv_arena_copy(struct dsv_arena *arena, const void *data, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		dsv_alloc_failed();
	copy = dsv_arena_alloc(arena, len + 1);
	if (len)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return copy;
}
