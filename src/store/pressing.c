#include <dsv/error.h>

#include "base/alloc.h"
#include "store/writer_private.h"

/* New text that is worth a dictionary. It takes up to 400 KB in the pack, as
 * much as it saves in these bytes alone, and saves a tenth of what follows. */
#define TRAIN_BYTES (4u * 1024u * 1024u)
/* The same for a later content of the same writer: one that the dictionary at
 * hand was not made for. */
#define RETRAIN_BYTES (16u * 1024u * 1024u)
/* Samples spread over what is at hand. */
#define SAMPLE_BYTES (2048u * 1024u)

/* A delta above this share of its chunk asks for more bases. */
#define GOOD_DELTA 16u

/* The first n bases of a piece; false: one of them does not serve. */
static bool read_bases(struct dsv_writer *writer, const struct dsv_piece *piece,
		       unsigned n, struct dsv_buf *bytes,
		       struct dsv_coding *how)
{
	struct dsv_buf one DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_reset(bytes);
	for (unsigned i = 0; i < n; i++) {
		uint8_t depth;

		if (dsv_store_base(writer->store, DSV_OBJECT_CHUNK,
				   &piece->bases[i], &one, &depth) < 0)
			return false;
		dsv_buf_add(bytes, one.data, one.len);
		if (depth > how->base_depth)
			how->base_depth = depth;
	}
	how->base_ids = piece->bases;
	how->n_bases = n;
	how->base = bytes->data;
	how->base_len = bytes->len;
	return true;
}

static void press_with(struct dsv_writer *writer, struct dsv_block *block,
		       const struct dsv_piece *piece, unsigned n_bases,
		       struct dsv_buf *out)
{
	struct dsv_buf bases DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = {.dict = block->dict,
				 .dict_number = block->dict_number};

	if (n_bases && !read_bases(writer, piece, n_bases, &bases, &how))
		how.n_bases = 0;
	dsv_chunk_encode(DSV_OBJECT_CHUNK, block->raw + piece->start,
			 piece->len, &how, out);
}

/* Where a cut has moved, the chunk has parts of two old ones. */
static void press_piece(struct dsv_writer *writer, struct dsv_block *block,
			struct dsv_piece *piece)
{
	struct dsv_buf other DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf *frames = &block->frames;
	size_t before = frames->len;

	press_with(writer, block, piece, piece->n_bases ? 1 : 0, frames);
	if (piece->n_bases > 1 &&
	    frames->len - before > piece->len / GOOD_DELTA) {
		press_with(writer, block, piece, piece->n_bases, &other);
		if (other.len < frames->len - before) {
			dsv_buf_truncate(frames, before);
			dsv_buf_add(frames, other.data, other.len);
		}
	}
	piece->frame_len = frames->len - before;
}

int dsv_pressing_work(void *ctx, void *item)
{
	struct dsv_block *block = item;

	for (size_t i = 0; i < block->n; i++)
		if (block->pieces[i].is_new)
			press_piece(ctx, block, &block->pieces[i]);
	return 0;
}

int dsv_pressing_sink(void *ctx, void *item, int rc)
{
	struct dsv_writer *writer = ctx;
	struct dsv_block *block = item;
	const char *frame = block->frames.data;

	for (size_t i = 0; rc >= 0 && i < block->n; i++) {
		const struct dsv_piece *piece = &block->pieces[i];

		if (!piece->is_new)
			continue;
		rc = dsv_packing_put(&writer->packing, piece->entry, frame,
				     piece->frame_len);
		frame += piece->frame_len;
	}
	dsv_block_give(writer, block);
	return rc;
}

static int press(struct dsv_writer *writer, struct dsv_block *block)
{
	int number = -1;

	if (block->is_text && writer->dict)
		number = dsv_packing_dict(&writer->packing,
					  dsv_dict_id(writer->dict));
	if (number >= 0) {
		block->dict = writer->dict;
		block->dict_number = (uint8_t)number;
	}
	return dsv_line_push(writer->press, block);
}

/* Every so many new chunks of these blocks, one behind the other. */
static size_t gather_samples(struct dsv_block **blocks, size_t n_blocks,
			     struct dsv_buf *samples, struct dsv_buf *lens)
{
	size_t sum = 0;
	size_t due = 0;
	size_t n = 0;

	for (size_t i = 0; i < n_blocks; i++)
		sum += blocks[i]->new_bytes;
	for (size_t i = 0; i < n_blocks; i++) {
		for (size_t k = 0; k < blocks[i]->n; k++) {
			struct dsv_piece *piece = &blocks[i]->pieces[k];

			due += piece->is_new ? piece->len : 0;
			if (!piece->is_new || samples->len >= SAMPLE_BYTES ||
			    samples->len > due / (sum / SAMPLE_BYTES + 1))
				continue;
			dsv_buf_add(samples, blocks[i]->raw + piece->start,
				    piece->len);
			dsv_buf_add(lens, &piece->len, sizeof(piece->len));
			n++;
		}
	}
	return n;
}

static int store_dict(struct dsv_writer *writer, const struct dsv_id *id,
		      const struct dsv_buf *dict)
{
	struct dsv_buf frame DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	size_t entry;

	if (dsv_store_knows(writer->store, DSV_OBJECT_DICT, id) ||
	    dsv_packing_has(&writer->packing, DSV_OBJECT_DICT, id))
		return 0;
	dsv_chunk_encode(DSV_OBJECT_DICT, dict->data, dict->len, &how, &frame);
	entry = dsv_packing_reserve(&writer->packing, DSV_OBJECT_DICT, id);
	return dsv_packing_put(&writer->packing, entry, frame.data, frame.len);
}

static int train(struct dsv_writer *writer, struct dsv_block **blocks,
		 size_t n_blocks)
{
	struct dsv_buf samples DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf lens DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_dict *dict;
	struct dsv_id id;
	size_t n = gather_samples(blocks, n_blocks, &samples, &lens);

	writer->intake.has_own_dict = true;
	if (dsv_dict_train(&data, samples.data,
			   (const size_t *)(void *)lens.data, n) != 0)
		return 0;
	dsv_id_of(data.data, data.len, &id);
	dsv_dict_new(&dict, &id, data.data, data.len);
	DSV_GROW(writer->dicts, writer->dicts_cap, writer->n_dicts + 1);
	writer->dicts[writer->n_dicts++] = dict;
	writer->dict = dict;
	return store_dict(writer, &id, &data);
}

static int release_held(struct dsv_writer *writer)
{
	int rc = 0;

	for (size_t i = 0; i < writer->n_held; i++) {
		if (rc == 0)
			rc = press(writer, writer->held[i]);
		else
			dsv_block_give(writer, writer->held[i]);
	}
	writer->n_held = 0;
	writer->held_bytes = 0;
	return rc;
}

static int hold(struct dsv_writer *writer, struct dsv_block *block)
{
	int rc;

	DSV_GROW(writer->held, writer->held_cap, writer->n_held + 1);
	writer->held[writer->n_held++] = block;
	writer->held_bytes += block->new_bytes;
	if (writer->held_bytes < TRAIN_BYTES)
		return 0;
	rc = train(writer, writer->held, writer->n_held);
	if (rc < 0)
		return rc;
	return release_held(writer);
}

int dsv_pressing_take(struct dsv_writer *writer, struct dsv_block *block)
{
	struct dsv_intake *intake = &writer->intake;
	int rc;

	if (block->new_bytes == 0) {
		dsv_block_give(writer, block);
		return 0;
	}
	if (block->is_text && !writer->dict && !intake->has_own_dict)
		return hold(writer, block);
	if (block->is_text && !intake->has_own_dict &&
	    intake->new_text >= RETRAIN_BYTES) {
		rc = train(writer, &block, 1);
		if (rc < 0) {
			dsv_block_give(writer, block);
			return rc;
		}
	}
	return press(writer, block);
}

int dsv_pressing_finish(struct dsv_writer *writer)
{
	int rc = release_held(writer);

	if (rc < 0)
		return rc;
	return dsv_line_finish(writer->press);
}
