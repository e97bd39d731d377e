#ifndef STORE_WRITER_PRIVATE_H
#define STORE_WRITER_PRIVATE_H

#include "base/digest.h"
#include "base/pool.h"
#include "store/filemap_private.h"
#include "store/objects.h"
#include "store/packing.h"
#include "store/writer.h"

/*
 * The inside of a writer. Bytes are read and cut by the caller (writer.c) into
 * blocks of many chunks, which then take two lines:
 *
 *	hash	workers name the chunks and look which are here already; in
 *		order again, the new ones get a place in the pack and a base
 *		(sorting.c)
 *	press	workers compress the new ones; in order again, they are written
 *		(pressing.c)
 *
 * The first new text is held back between the two until there is enough of it
 * to make a dictionary from.
 */
struct dsv_piece {
	size_t start; /* in the block */
	size_t len;
	struct dsv_id id;
	uint32_t lines;
	uint8_t state;
	bool known;   /* here before this writer */
	bool named;   /* as a stream knows it: no bytes are in the block */
	bool is_new;  /* this block brings it */
	size_t entry; /* of the pack, where it is new */
	/* what it may replace, then the neighbours of that */
	unsigned n_bases;
	struct dsv_id bases[DSV_DELTA_BASES_MAX];
	size_t frame_len;
};

struct dsv_block {
	char *raw;
	size_t len; /* bytes in raw; at most DSV_BLOCK_LEN */
	struct dsv_piece *pieces;
	size_t n;
	size_t cap;
	bool is_text; /* a dictionary may serve */
	size_t new_bytes;
	const struct dsv_dict *dict;
	uint8_t dict_number;
	struct dsv_buf frames;
};

#define DSV_BLOCK_LEN	(1024u * 1024u)
#define DSV_BLOCK_DEPTH 4u /* blocks under way in each line */

/* The content that is being added. */
struct dsv_intake {
	const struct dsv_writer_opts *opts;
	struct dsv_filemap previous;
	struct dsv_maproot previous_root;
	uint32_t *slots; /* by chunk name: number in previous + 1 */
	size_t n_slots;
	size_t cursor; /* in previous: what the next chunk may replace */
	struct dsv_content content;
	struct dsv_extent *extents;
	size_t n;
	size_t cap;
	struct dsv_block *block; /* being filled */
	size_t cut_at;		 /* bytes of it that are cut */
	uint8_t state;
	bool is_split; /* it has blocks in the hash line */
	bool has_own_dict;
	size_t new_text; /* bytes that had to be stored without a base */
};

struct dsv_writer {
	struct dsv_store *store;
	struct dsv_packing packing;
	struct dsv_line *hash;
	struct dsv_line *press;
	struct dsv_digest digest;
	struct dsv_intake intake;
	struct dsv_block *small; /* gathers contents of one chunk */
	struct dsv_block **idle;
	size_t n_idle;
	size_t idle_cap;
	struct dsv_block **held;
	size_t n_held;
	size_t held_cap;
	size_t held_bytes;
	const struct dsv_dict *dict; /* for text that comes now */
	struct dsv_dict **dicts;
	size_t n_dicts;
	size_t dicts_cap;
	int failed;
};

/* blocks.c */
struct dsv_block *dsv_block_take(struct dsv_writer *writer);
void dsv_block_give(struct dsv_writer *writer, struct dsv_block *block);
void dsv_block_free(struct dsv_block *block);
struct dsv_piece *dsv_block_add(struct dsv_block *block, size_t start,
				size_t len);

/* writer.c */
/** Cut what the block holds as far as it can be told. */
void dsv_intake_cut(struct dsv_intake *intake, bool at_end);
/** The block goes down the line; what is not cut yet begins the next. */
int dsv_intake_pass(struct dsv_writer *writer);
/** Bytes into blocks. */
int dsv_intake_take(struct dsv_writer *writer, const char *data, size_t len);

/* known.c: the same for bytes whose chunks are known */
int dsv_known_take(struct dsv_writer *writer, const char *data,
		   const struct dsv_extent *extents, size_t n);

/* sorting.c: work and sink of the hash line */
int dsv_sorting_work(void *ctx, void *item);
int dsv_sorting_sink(void *ctx, void *item, int rc);
void dsv_intake_find_bases(struct dsv_intake *intake, struct dsv_store *store);
/** Where the previous version has a chunk; SIZE_MAX: nowhere. There must be a
 * previous version. */
size_t dsv_intake_find(const struct dsv_intake *intake,
		       const struct dsv_id *id);
/** The content is one chunk, at the end of the block `small`. */
int dsv_sorting_single(struct dsv_writer *writer, struct dsv_piece *piece);

/* pressing.c */
int dsv_pressing_work(void *ctx, void *item);
int dsv_pressing_sink(void *ctx, void *item, int rc);
/** A sorted block with new chunks: into the press, or held for a dictionary. */
int dsv_pressing_take(struct dsv_writer *writer, struct dsv_block *block);
/** Nothing more will come. */
int dsv_pressing_finish(struct dsv_writer *writer);

/* mapping.c: the file map of a content whose chunks are all sorted */
int dsv_mapping_write(struct dsv_writer *writer);

#endif
