#include <stdlib.h>

#include "base/alloc.h"
#include "store/writer_private.h"

struct dsv_block *dsv_block_take(struct dsv_writer *writer)
{
	struct dsv_block *block;

	if (writer->n_idle)
		return writer->idle[--writer->n_idle];
	block = dsv_alloc_zero(1, sizeof(*block));
	block->raw = dsv_alloc(DSV_BLOCK_LEN);
	return block;
}

void dsv_block_give(struct dsv_writer *writer, struct dsv_block *block)
{
	block->len = 0;
	block->n = 0;
	block->new_bytes = 0;
	block->dict = NULL;
	block->is_text = false;
	dsv_buf_reset(&block->frames);
	DSV_GROW(writer->idle, writer->idle_cap, writer->n_idle + 1);
	writer->idle[writer->n_idle++] = block;
}

void dsv_block_free(struct dsv_block *block)
{
	if (!block)
		return;
	free(block->raw);
	free(block->pieces);
	dsv_buf_release(&block->frames);
	free(block);
}

struct dsv_piece *dsv_block_add(struct dsv_block *block, size_t start,
				size_t len)
{
	struct dsv_piece *piece;

	DSV_GROW(block->pieces, block->cap, block->n + 1);
	piece = &block->pieces[block->n++];
	*piece = (struct dsv_piece){.start = start, .len = len};
	return piece;
}
