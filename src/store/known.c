#include "store/writer_private.h"

/*
 * Chunks of which the names are known go into the list as they are, in step
 * with the cuts that would be made: where the last cut stands at the beginning
 * of one, and what the next cut depends on is known too. Elsewhere bytes are
 * cut as any others until that is so.
 */

/* Pieces of a block; it may hold no bytes of them. */
#define BLOCK_PIECES 512u

struct run {
	struct dsv_writer *writer;
	const struct dsv_extent *extents;
	size_t n;
	const char *data; /* of extents[next]... */
	size_t next;
	size_t left; /* ...and of what follows */
};

static bool can_name(const struct run *run, size_t i, size_t left)
{
	const struct dsv_intake *intake = &run->writer->intake;

	return i + 1 < run->n &&
	       left >= dsv_cut_reach(intake->opts->cutting.cut) &&
	       run->extents[i].state == intake->state &&
	       dsv_store_knows(run->writer->store, DSV_OBJECT_CHUNK,
			       &run->extents[i].id);
}

static int name_one(struct run *run)
{
	struct dsv_intake *intake = &run->writer->intake;
	struct dsv_block *block = intake->block;
	const struct dsv_extent *extent = &run->extents[run->next++];
	struct dsv_piece *piece =
		dsv_block_add(block, intake->cut_at, extent->len);

	piece->id = extent->id;
	piece->lines = extent->lines;
	piece->state = extent->state;
	piece->known = true;
	piece->named = true;
	intake->state = extent[1].state;
	run->data += extent->len;
	run->left -= extent->len;
	return block->n < BLOCK_PIECES ? 0 : dsv_intake_pass(run->writer);
}

/* The last cut stands where one of the extents begins: what was taken
 * behind it is given back. */
static void step_back(struct run *run)
{
	struct dsv_intake *intake = &run->writer->intake;
	size_t uncut = intake->block->len - intake->cut_at;
	size_t len = 0;
	size_t i = run->next;

	while (i > 0 && len < uncut)
		len += run->extents[--i].len;
	if (len != uncut || !can_name(run, i, run->left + len))
		return;
	intake->block->len = intake->cut_at;
	run->next = i;
	run->data -= len;
	run->left += len;
}

static int take_one(struct run *run)
{
	size_t len = run->extents[run->next++].len;
	int rc = dsv_intake_take(run->writer, run->data, len);

	run->data += len;
	run->left -= len;
	if (rc == 0)
		dsv_intake_cut(&run->writer->intake, false);
	return rc;
}

int dsv_known_take(struct dsv_writer *writer, const char *data,
		   const struct dsv_extent *extents, size_t n)
{
	const struct dsv_intake *intake = &writer->intake;
	struct run run = {
		.writer = writer, .extents = extents, .n = n, .data = data};
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		run.left += extents[i].len;
	while (run.next < n && rc == 0) {
		if (intake->cut_at == intake->block->len &&
		    can_name(&run, run.next, run.left)) {
			rc = name_one(&run);
			continue;
		}
		rc = take_one(&run);
		if (rc == 0)
			step_back(&run);
	}
	return rc;
}
