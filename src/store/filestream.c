#include "store/filemap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "store/ahead.h"
#include "store/objects.h"

/* Bytes that are decoded as one task, and tasks under way: enough to keep the
 * workers busy while the reader looks at a block, in about 4 MiB. */
#define BLOCK_LEN    (256u * 1024u)
#define LINE_DEPTH   6u
#define AHEAD_CHUNKS 4096u
#define N_BLOCKS     (LINE_DEPTH + 2u)

/*
 * Blocks of consecutive chunks go down a line and come out in order. Of a whole
 * stream chunks are not verified one by one: its digest is taken as the blocks
 * pass, and only when that disagrees the damaged chunk is looked for. Where the
 * caller says where pieces end, it is the chunks that are verified.
 */
struct block {
	size_t first;
	size_t n;
	uint64_t offset; /* in the content */
	size_t len;
	size_t cap;
	char *data;
};

struct map_stream {
	struct dsv_stream stream;
	struct dsv_store *store;
	const struct dsv_filemap *map;
	struct dsv_filemap own_map; /* where the caller has none */
	struct dsv_digest digest;
	struct dsv_line *line;
	const size_t *ends; /* of pieces; NULL: wherever it suits */
	int copy;	    /* of pieces; -1: none */
	size_t next;	    /* extent to be pushed */
	size_t asked;	    /* extents before this were told ahead */
	uint64_t offset;    /* where it begins */
	struct block blocks[N_BLOCKS];
	struct block *idle[N_BLOCKS];
	size_t n_idle;
	struct block *ready[N_BLOCKS]; /* a ring */
	size_t n_ready;
	size_t ready_at;
	struct block *lent;
	size_t under_way;
	bool ended;
	int failed;
};

/* 1: the chunk stands in the copy. */
static int read_copy(const struct map_stream *in,
		     const struct dsv_extent *extent, uint64_t offset, char *to)
{
	struct dsv_id actual;

	if (in->copy < 0 || pread(in->copy, to, extent->len, (off_t)offset) !=
				    (ssize_t)extent->len)
		return 0;
	dsv_id_of(to, extent->len, &actual);
	return dsv_id_equal(&actual, &extent->id);
}

static int decode_one(const struct map_stream *in,
		      const struct dsv_extent *extent, uint64_t offset,
		      char *to)
{
	if (!in->ends)
		return dsv_store_get_raw(in->store, DSV_OBJECT_CHUNK,
					 &extent->id, to, extent->len);
	if (read_copy(in, extent, offset, to))
		return 0;
	return dsv_extent_read(in->store, extent, to);
}

static int decode_block(void *ctx, void *item)
{
	struct map_stream *in = ctx;
	struct block *block = item;
	size_t at = 0;

	for (size_t i = block->first; i < block->first + block->n; i++) {
		const struct dsv_extent *extent = &in->map->extents[i];
		int rc = decode_one(in, extent, block->offset + at,
				    block->data + at);

		if (rc < 0)
			return rc;
		at += extent->len;
	}
	return 0;
}

static int take_block(void *ctx, void *item, int rc)
{
	struct map_stream *in = ctx;

	in->under_way--;
	if (rc < 0) {
		in->idle[in->n_idle++] = item;
		return rc;
	}
	in->ready[(in->ready_at + in->n_ready++) % N_BLOCKS] = item;
	return 0;
}

static void fill_block(struct map_stream *in, struct block *block)
{
	block->first = in->next;
	block->n = 0;
	block->offset = in->offset;
	block->len = 0;
	while (in->next < in->map->n &&
	       (in->ends ? block->n == 0 || in->next < *in->ends
			 : block->len < BLOCK_LEN)) {
		block->len += in->map->extents[in->next++].len;
		block->n++;
	}
	if (in->ends)
		in->ends++;
	in->offset += block->len;
	if (block->cap >= block->len)
		return;
	block->cap = block->len > BLOCK_LEN + DSV_CHUNK_MAX
			     ? block->len
			     : BLOCK_LEN + DSV_CHUNK_MAX;
	free(block->data);
	block->data = dsv_alloc(block->cap);
}

/* Chunks that will be read soon, where they are not here: some MiB at once, and
 * not the whole of a large file. */
static int look_ahead(struct map_stream *in)
{
	size_t n = in->map->n - in->next;
	int rc;

	if (in->next < in->asked)
		return 0;
	if (n > AHEAD_CHUNKS)
		n = AHEAD_CHUNKS;
	rc = dsv_extents_ahead(in->store, in->map->extents + in->next, n);
	in->asked = in->next + n;
	return rc;
}

/* Keep the line full. A push into a full line waits for its oldest block, so
 * it is done only where nothing is ready. */
static int decode_ahead(struct map_stream *in)
{
	int rc = 0;

	while (rc == 0 && in->next < in->map->n && in->n_idle &&
	       (in->under_way < LINE_DEPTH || in->n_ready == 0)) {
		struct block *block;

		rc = look_ahead(in);
		if (rc < 0)
			return rc;
		block = in->idle[--in->n_idle];
		fill_block(in, block);
		in->under_way++;
		rc = dsv_line_push(in->line, block);
	}
	return rc;
}

static struct block *take_ready(struct map_stream *in)
{
	struct block *block = in->ready[in->ready_at];

	in->ready_at = (in->ready_at + 1) % N_BLOCKS;
	in->n_ready--;
	return block;
}

/* The digest of the whole is wrong: one of the chunks is, or the map. */
static int name_damage(struct map_stream *in)
{
	struct dsv_buf chunk DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < in->map->n; i++) {
		int rc = dsv_store_get(in->store, DSV_OBJECT_CHUNK,
				       &in->map->extents[i].id, &chunk);

		if (rc < 0)
			return rc;
	}
	return dsv_fail(DSV_ECORRUPT,
			"its chunks are sound but do not make up this content");
}

static int end_stream(struct map_stream *in)
{
	struct dsv_id actual;

	in->ended = true;
	if (in->ends)
		return 0;
	dsv_digest_final(&in->digest, &actual);
	if (dsv_id_equal(&actual, &in->map->content.id))
		return 0;
	return name_damage(in);
}

static int next_block(struct map_stream *in, const char **out, size_t *out_len)
{
	int rc;

	if (in->lent)
		in->idle[in->n_idle++] = dsv_take(&in->lent);
	rc = decode_ahead(in);
	if (rc == 0 && in->n_ready == 0)
		rc = dsv_line_finish(in->line);
	if (rc < 0)
		return rc;
	if (in->n_ready == 0)
		return end_stream(in);
	in->lent = take_ready(in);
	if (!in->ends)
		dsv_digest_update(&in->digest, in->lent->data, in->lent->len);
	*out = in->lent->data;
	*out_len = in->lent->len;
	return 1;
}

static int map_next(struct dsv_stream *stream, const char **out,
		    size_t *out_len)
{
	struct map_stream *in = (struct map_stream *)stream;
	char hex[DSV_ID_HEX];
	int rc;

	if (in->ended || in->failed)
		return in->failed;
	rc = next_block(in, out, out_len);
	if (rc >= 0)
		return rc;
	in->failed = rc;
	return dsv_fail_prefix(rc, "content '%s'",
			       dsv_id_hex(&in->map->content.id, hex));
}

static void map_free(struct dsv_stream *stream)
{
	struct map_stream *in = (struct map_stream *)stream;

	dsv_line_free(&in->line);
	for (size_t i = 0; i < N_BLOCKS; i++)
		free(in->blocks[i].data);
	dsv_digest_release(&in->digest);
	dsv_filemap_release(&in->own_map);
	free(in);
}

static int open_stream(struct map_stream **out, struct dsv_store *store)
{
	struct map_stream *in = dsv_alloc_zero(1, sizeof(*in));

	in->stream.next = map_next;
	in->stream.free = map_free;
	in->store = store;
	dsv_digest_init(&in->digest);
	for (size_t i = 0; i < N_BLOCKS; i++)
		in->idle[in->n_idle++] = &in->blocks[i];
	*out = in;
	return dsv_line_open(&in->line, dsv_store_pool(store), LINE_DEPTH,
			     decode_block, take_block, in);
}

int dsv_filemap_stream(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_filemap *map)
{
	struct map_stream *in;
	int rc = open_stream(&in, store);

	if (rc < 0) {
		map_free(&in->stream);
		return rc;
	}
	in->map = map;
	*out = &in->stream;
	return 0;
}

int dsv_filemap_pieces(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_filemap *map,
		       const struct dsv_pieces_opts *opts)
{
	int rc = dsv_filemap_stream(out, store, map);
	struct map_stream *in;

	if (rc < 0)
		return rc;
	in = (struct map_stream *)*out;
	in->ends = opts->ends;
	in->copy = opts->copy;
	return 0;
}

/* A content of one chunk: decoded and verified before the first byte. */
struct single_stream {
	struct dsv_stream stream;
	struct dsv_buf body;
	bool given;
};

static int single_next(struct dsv_stream *stream, const char **out,
		       size_t *out_len)
{
	struct single_stream *in = (struct single_stream *)stream;

	if (in->given)
		return 0;
	in->given = true;
	*out = in->body.data;
	*out_len = in->body.len;
	return 1;
}

static void single_free(struct dsv_stream *stream)
{
	struct single_stream *in = (struct single_stream *)stream;

	dsv_buf_release(&in->body);
	free(in);
}

/* 1 with the stream, 0 where the content is not one chunk that is here. */
static int open_single(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_content *content)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct single_stream *in;
	int rc;

	if (content->size == 0 || content->size > DSV_CHUNK_MAX)
		return 0;
	rc = dsv_store_has(store, DSV_OBJECT_CHUNK, &content->id);
	if (rc <= 0)
		return rc;
	rc = dsv_store_get(store, DSV_OBJECT_CHUNK, &content->id, &body);
	if (rc < 0 || body.len != content->size)
		return 0; /* the file map may know better, or says why */
	in = dsv_alloc_zero(1, sizeof(*in));
	in->stream.next = single_next;
	in->stream.free = single_free;
	dsv_buf_swap(&in->body, &body);
	*out = &in->stream;
	return 1;
}

int dsv_content_stream(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_content *content)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct dsv_stream *stream DSV_AUTO(stream) = NULL;
	struct map_stream *in;
	int rc;

	rc = open_single(out, store, content);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dsv_filemap_load(&map, store, content);
	if (rc < 0)
		return rc;
	rc = dsv_filemap_stream(&stream, store, &map);
	if (rc < 0)
		return rc;
	in = (struct map_stream *)stream;
	in->own_map = map;
	map = (struct dsv_filemap)DSV_FILEMAP_INIT;
	in->map = &in->own_map;
	*out = dsv_take(&stream);
	return 0;
}
