#include "store/writer.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "store/writer_private.h"

static int open_hash_line(struct dsv_writer *writer)
{
	return dsv_line_open(&writer->hash, dsv_store_pool(writer->store),
			     DSV_BLOCK_DEPTH, dsv_sorting_work,
			     dsv_sorting_sink, writer);
}

int dsv_writer_open(struct dsv_writer **out, struct dsv_store *store)
{
	struct dsv_writer *writer DSV_AUTO(writer) =
		dsv_alloc_zero(1, sizeof(*writer));
	int rc;

	writer->store = store;
	dsv_packing_init(&writer->packing, dsv_store_tmp_dir(store));
	dsv_digest_init(&writer->digest);
	/* what others add meanwhile is written twice, which does no harm */
	rc = dsv_store_hold(store);
	if (rc == 0)
		rc = dsv_store_list(store);
	if (rc < 0)
		return rc;
	rc = open_hash_line(writer);
	if (rc < 0)
		return rc;
	rc = dsv_line_open(&writer->press, dsv_store_pool(store),
			   DSV_BLOCK_DEPTH, dsv_pressing_work,
			   dsv_pressing_sink, writer);
	if (rc < 0)
		return rc;
	*out = dsv_take(&writer);
	return 0;
}

static void end_intake(struct dsv_writer *writer)
{
	struct dsv_intake *intake = &writer->intake;

	if (intake->block)
		dsv_block_give(writer, intake->block);
	dsv_filemap_release(&intake->previous);
	dsv_maproot_release(&intake->previous_root);
	free(intake->slots);
	free(intake->extents);
	*intake = (struct dsv_intake){0};
}

void dsv_writer_free(struct dsv_writer **writerp)
{
	struct dsv_writer *writer = dsv_take(writerp);

	if (!writer)
		return;
	dsv_line_free(&writer->hash);
	dsv_line_free(&writer->press);
	end_intake(writer);
	for (size_t i = 0; i < writer->n_idle; i++)
		dsv_block_free(writer->idle[i]);
	for (size_t i = 0; i < writer->n_held; i++)
		dsv_block_free(writer->held[i]);
	for (size_t i = 0; i < writer->n_dicts; i++)
		dsv_dict_free(&writer->dicts[i]);
	dsv_block_free(writer->small);
	free(writer->idle);
	free(writer->held);
	free(writer->dicts);
	dsv_digest_release(&writer->digest);
	dsv_packing_release(&writer->packing);
	free(writer);
}

void dsv_intake_cut(struct dsv_intake *intake, bool at_end)
{
	const struct dsv_cutting *cutting = &intake->opts->cutting;
	struct dsv_block *block = intake->block;

	while (intake->cut_at < block->len) {
		const char *data = block->raw + intake->cut_at;
		size_t len = dsv_cut_next(cutting->cut, data,
					  block->len - intake->cut_at, at_end);
		struct dsv_piece *piece;

		if (len == 0)
			return;
		piece = dsv_block_add(block, intake->cut_at, len);
		piece->state = intake->state;
		if (cutting->scan.step)
			intake->state =
				cutting->scan.step(intake->state, data, len);
		intake->cut_at += len;
	}
}

int dsv_intake_pass(struct dsv_writer *writer)
{
	struct dsv_intake *intake = &writer->intake;
	struct dsv_block *full = intake->block;
	struct dsv_block *next = dsv_block_take(writer);

	next->len = full->len - intake->cut_at;
	memcpy(next->raw, full->raw + intake->cut_at, next->len);
	full->len = intake->cut_at;
	full->is_text = intake->opts->cutting.cut == DSV_CUT_LINES;
	intake->block = next;
	intake->cut_at = 0;
	intake->is_split = true;
	return dsv_line_push(writer->hash, full);
}

static int pass_if_full(struct dsv_writer *writer)
{
	if (writer->intake.block->len < DSV_BLOCK_LEN)
		return 0;
	dsv_intake_cut(&writer->intake, false);
	return dsv_intake_pass(writer);
}

int dsv_intake_take(struct dsv_writer *writer, const char *data, size_t len)
{
	while (len) {
		struct dsv_block *block = writer->intake.block;
		size_t room = DSV_BLOCK_LEN - block->len;
		size_t part = len < room ? len : room;
		int rc;

		memcpy(block->raw + block->len, data, part);
		block->len += part;
		data += part;
		len -= part;
		rc = pass_if_full(writer);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The next bytes into blocks: 1, 0 at the end, negative. */
static int read_some(struct dsv_writer *writer, struct dsv_stream *in)
{
	struct dsv_intake *intake = &writer->intake;
	struct dsv_block *block = intake->block;
	const char *piece = block->raw + block->len;
	const struct dsv_extent *known;
	size_t n_known = 0;
	size_t len;
	int rc;

	rc = in->fill ? in->fill(in, block->raw + block->len,
				 DSV_BLOCK_LEN - block->len, &len)
		      : dsv_stream_next(in, &piece, &len);
	if (rc <= 0)
		return rc;
	dsv_digest_update(&writer->digest, piece, len);
	intake->content.size += len;
	if (intake->opts->known)
		n_known = intake->opts->known(in, &known);
	if (in->fill) {
		block->len += len;
		rc = pass_if_full(writer);
	} else if (n_known) {
		rc = dsv_known_take(writer, piece, known, n_known);
	} else {
		rc = dsv_intake_take(writer, piece, len);
	}
	if (rc < 0)
		return writer->failed = rc;
	dsv_progress_add(intake->opts->progress, len);
	return 1;
}

static int read_all(struct dsv_writer *writer, struct dsv_stream *in)
{
	int rc;

	do {
		rc = read_some(writer, in);
	} while (rc > 0);
	return rc;
}

static int pass_small(struct dsv_writer *writer)
{
	struct dsv_block *small = dsv_take(&writer->small);

	return small ? dsv_pressing_take(writer, small) : 0;
}

/* Contents of one chunk bear its name; they gather until a block is full. */
static int add_single(struct dsv_writer *writer)
{
	struct dsv_intake *intake = &writer->intake;
	bool is_text = intake->opts->cutting.cut == DSV_CUT_LINES;
	const struct dsv_block *block = intake->block;
	struct dsv_block *small = writer->small;
	struct dsv_piece *piece;
	int rc;

	if (small && (small->is_text != is_text ||
		      block->len > DSV_BLOCK_LEN - small->len)) {
		rc = pass_small(writer);
		if (rc < 0)
			return rc;
	}
	if (!writer->small)
		writer->small = dsv_block_take(writer);
	small = writer->small;
	small->is_text = is_text;
	piece = dsv_block_add(small, small->len, block->len);
	memcpy(small->raw + small->len, block->raw, block->len);
	small->len += block->len;
	piece->id = intake->content.id;
	return dsv_sorting_single(writer, piece);
}

static int add_split(struct dsv_writer *writer)
{
	int rc;

	if (writer->intake.block->n) {
		rc = dsv_intake_pass(writer);
		if (rc < 0)
			return rc;
	}
	rc = dsv_line_finish(writer->hash);
	if (rc < 0)
		return rc;
	return dsv_mapping_write(writer);
}

/* The dictionary that the previous version was packed with serves again. */
static void use_previous_dict(struct dsv_writer *writer)
{
	struct dsv_intake *intake = &writer->intake;
	const struct dsv_maproot *root = &intake->previous_root;
	const struct dsv_dict *dict;

	if (!root->has_dict ||
	    !dsv_store_knows(writer->store, DSV_OBJECT_DICT, &root->dict) ||
	    dsv_store_dict(writer->store, &root->dict, &dict) < 0)
		return;
	writer->dict = dict;
	intake->has_own_dict = true;
}

static int add(struct dsv_writer *writer, struct dsv_stream *in)
{
	struct dsv_intake *intake = &writer->intake;
	int rc;

	dsv_intake_find_bases(intake, writer->store);
	use_previous_dict(writer);
	intake->block = dsv_block_take(writer);
	rc = read_all(writer, in);
	dsv_digest_final(&writer->digest, &intake->content.id);
	if (rc < 0)
		return rc;
	if (intake->content.size == 0)
		return 0;
	dsv_intake_cut(intake, true);
	if (!intake->is_split && intake->block->n == 1)
		rc = add_single(writer);
	else
		rc = add_split(writer);
	if (rc < 0)
		writer->failed = rc;
	return rc;
}

/* Blocks that are not sorted yet are dropped; the error stays as it is. */
static void drop_unsorted(struct dsv_writer *writer)
{
	int rc;

	dsv_line_free(&writer->hash);
	rc = open_hash_line(writer);
	if (rc < 0)
		writer->failed = rc;
}

/* A stream that fails leaves the writer fit for further contents; what had
 * been taken of it stays in the pack, where nothing refers to it. */
int dsv_writer_add(struct dsv_writer *writer, struct dsv_stream *in,
		   const struct dsv_writer_opts *opts, struct dsv_content *out)
{
	int rc;

	if (writer->failed)
		return writer->failed;
	writer->intake.opts = opts;
	rc = add(writer, in);
	if (rc == 0)
		*out = writer->intake.content;
	else
		drop_unsorted(writer);
	end_intake(writer);
	return rc;
}

int dsv_writer_commit(struct dsv_writer *writer)
{
	struct dsv_id pack;
	int rc;

	if (writer->failed)
		return writer->failed;
	writer->failed = DSV_EUSAGE; /* nothing more after this */
	rc = pass_small(writer);
	if (rc == 0)
		rc = dsv_pressing_finish(writer);
	/* the store may not have been there before */
	if (rc == 0)
		rc = dsv_store_hold(writer->store);
	if (rc == 0)
		rc = dsv_packing_commit(&writer->packing,
					dsv_store_packs_dir(writer->store),
					&pack);
	if (rc < 0 || writer->packing.n == 0)
		return rc;
	return dsv_store_adopt(writer->store, &pack);
}

int dsv_content_of_stream(struct dsv_stream *in, struct dsv_content *out)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};
	struct dsv_content content = {0};
	const char *piece;
	size_t len;
	int rc;

	dsv_digest_init(&digest);
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		dsv_digest_update(&digest, piece, len);
		content.size += len;
	}
	if (rc < 0)
		return rc;
	dsv_digest_final(&digest, &content.id);
	*out = content;
	return 0;
}
