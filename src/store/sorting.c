#include <string.h>

#include "base/alloc.h"
#include "store/lines.h"
#include "store/writer_private.h"

int dsv_sorting_work(void *ctx, void *item)
{
	struct dsv_writer *writer = ctx;
	struct dsv_block *block = item;

	for (size_t i = 0; i < block->n; i++) {
		struct dsv_piece *piece = &block->pieces[i];
		const char *data = block->raw + piece->start;

		if (piece->named)
			continue;
		dsv_id_of(data, piece->len, &piece->id);
		piece->lines = (uint32_t)dsv_count_lines(data, piece->len);
		piece->known = dsv_store_knows(writer->store, DSV_OBJECT_CHUNK,
					       &piece->id);
	}
	return 0;
}

/* The slot of a chunk of the previous version, or a free one. */
static uint32_t *slot_of(const struct dsv_intake *intake,
			 const struct dsv_id *id)
{
	size_t i;

	memcpy(&i, id->bytes, sizeof(i));
	for (;; i++) {
		uint32_t *slot = &intake->slots[i & (intake->n_slots - 1)];

		if (*slot == 0 ||
		    dsv_id_equal(&intake->previous.extents[*slot - 1].id, id))
			return slot;
	}
}

size_t dsv_intake_find(const struct dsv_intake *intake, const struct dsv_id *id)
{
	uint32_t found = *slot_of(intake, id);

	return found ? found - 1u : SIZE_MAX;
}

static void index_previous(struct dsv_intake *intake)
{
	const struct dsv_filemap *previous = &intake->previous;

	intake->n_slots = 16;
	while (intake->n_slots < previous->n * 2)
		intake->n_slots *= 2;
	intake->slots = dsv_alloc_zero(intake->n_slots, sizeof(*intake->slots));
	for (size_t i = 0; i < previous->n; i++) {
		uint32_t *slot = slot_of(intake, &previous->extents[i].id);

		if (*slot == 0)
			*slot = (uint32_t)i + 1;
	}
}

/* Whatever is wrong with the previous version must not keep the new one from
 * being stored: then there are no bases. */
void dsv_intake_find_bases(struct dsv_intake *intake, struct dsv_store *store)
{
	const struct dsv_content *content = intake->opts->previous;
	struct dsv_filemap *previous = &intake->previous;
	int rc;

	if (!content || content->size == 0)
		return;
	rc = dsv_filemap_load_here(previous, &intake->previous_root, store,
				   content);
	if (rc < 0) {
		dsv_filemap_release(previous);
		dsv_maproot_release(&intake->previous_root);
		return;
	}
	if (rc == 0 && dsv_store_knows(store, DSV_OBJECT_CHUNK, &content->id)) {
		previous->extents =
			dsv_alloc_zero(1, sizeof(struct dsv_extent));
		previous->extents[0].id = content->id;
		previous->n = 1;
	}
	if (previous->n)
		index_previous(intake);
}

/*
 * Old and new list run side by side: a chunk that both have brings them into
 * step, and a new chunk is taken to replace the old one at which the cursor
 * stands.
 */
static void find_base(struct dsv_intake *intake, struct dsv_piece *piece)
{
	const struct dsv_filemap *previous = &intake->previous;
	size_t at = intake->cursor;
	size_t found;

	if (previous->n == 0)
		return;
	found = dsv_intake_find(intake, &piece->id);
	if (found != SIZE_MAX) {
		intake->cursor = found + 1;
		return;
	}
	if (at >= previous->n)
		return;
	piece->bases[piece->n_bases++] = previous->extents[at].id;
	if (at > 0)
		piece->bases[piece->n_bases++] = previous->extents[at - 1].id;
	if (at + 1 < previous->n)
		piece->bases[piece->n_bases++] = previous->extents[at + 1].id;
	intake->cursor++;
}

static void sort_piece(struct dsv_writer *writer, struct dsv_block *block,
		       struct dsv_piece *piece)
{
	struct dsv_intake *intake = &writer->intake;

	find_base(intake, piece);
	if (piece->known ||
	    dsv_packing_has(&writer->packing, DSV_OBJECT_CHUNK, &piece->id))
		return;
	piece->is_new = true;
	piece->entry = dsv_packing_reserve(&writer->packing, DSV_OBJECT_CHUNK,
					   &piece->id);
	block->new_bytes += piece->len;
	if (piece->n_bases == 0)
		intake->new_text += piece->len;
}

static void add_extent(struct dsv_intake *intake, const struct dsv_piece *piece)
{
	DSV_GROW(intake->extents, intake->cap, intake->n + 1);
	intake->extents[intake->n++] =
		(struct dsv_extent){.id = piece->id,
				    .len = (uint32_t)piece->len,
				    .lines = piece->lines,
				    .state = piece->state};
}

int dsv_sorting_sink(void *ctx, void *item, int rc)
{
	struct dsv_writer *writer = ctx;
	struct dsv_block *block = item;

	if (rc < 0) {
		dsv_block_give(writer, block);
		return rc;
	}
	for (size_t i = 0; i < block->n; i++) {
		sort_piece(writer, block, &block->pieces[i]);
		add_extent(&writer->intake, &block->pieces[i]);
	}
	return dsv_pressing_take(writer, block);
}

int dsv_sorting_single(struct dsv_writer *writer, struct dsv_piece *piece)
{
	struct dsv_block *small = writer->small;

	piece->known =
		dsv_store_knows(writer->store, DSV_OBJECT_CHUNK, &piece->id);
	sort_piece(writer, small, piece);
	if (!piece->is_new) {
		small->len = piece->start;
		small->n--;
	}
	return 0;
}
