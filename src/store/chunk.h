#ifndef STORE_CHUNK_H
#define STORE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>

#include "base/codec.h"
#include "store/cutter.h"
#include "store/store.h"

/*
 * The frame: how the bytes of one object are put down, plain, compressed,
 * compressed with a dictionary, or as what differs from other objects (its
 * bases). docs/formats/chunk.md has it to the byte.
 *
 * A frame bears no name. Whoever decodes compares the digest.
 */
enum dsv_encoding {
	DSV_ENCODING_RAW = 0,
	DSV_ENCODING_ZSTD = 1,
	DSV_ENCODING_DICT = 2,
	DSV_ENCODING_DELTA = 3,
	DSV_ENCODING_SPLICE = 4,
	DSV_ENCODING_SPLICE_DICT = 5,
};

/* Deltas in a row: 8 saves a quarter of the store against 1, 16 no more than
 * that, and decoding slows down by a sixth. Every node changes with every
 * version, so all of them reach the end of their chains at once, which costs as
 * much as one version; the frame has room for 15. */
#define DSV_DELTA_DEPTH_MAX 8u
#define DSV_NODE_DEPTH_MAX  15u

/* A chunk may be made up of pieces of neighbours. */
#define DSV_DELTA_BASES_MAX 3u

/* Dictionaries that one pack can refer to. */
#define DSV_FRAME_DICTS_MAX 255u

/* The root of a file map grows with the file: 40 bytes for each 2 MB. */
#define DSV_MAP_BYTES_MAX  (64u * 1024u * 1024u)
#define DSV_NODE_BYTES_MAX (256u * 1024u)
#define DSV_DICT_BYTES_MAX (1024u * 1024u)

/** Most bytes that an object of this type may have; 0: no such type. */
size_t dsv_object_limit(enum dsv_object type);
/** Most deltas in a row. */
unsigned dsv_object_depth(enum dsv_object type);
/** "chunk", "file map"...: for messages. */
const char *dsv_object_name(enum dsv_object type);

struct dsv_frame {
	enum dsv_object type;
	enum dsv_encoding encoding;
	size_t raw_len;
	uint8_t dict;	 /* its number in the pack's table, where one serves */
	uint8_t depth;	 /* 1 and more where there are bases; else 0 */
	uint8_t n_bases; /* DELTA; splices: 1 */
	struct dsv_id bases[DSV_DELTA_BASES_MAX];
	const char *payload; /* lent by what was read */
	size_t payload_len;
};

/** Does it take a dictionary to decode this? */
static inline bool dsv_encoding_has_dict(enum dsv_encoding encoding)
{
	return encoding == DSV_ENCODING_DICT ||
	       encoding == DSV_ENCODING_SPLICE_DICT;
}

/** Does it take bases? */
static inline bool dsv_encoding_has_bases(enum dsv_encoding encoding)
{
	return encoding >= DSV_ENCODING_DELTA;
}

/** Read one frame. A frame that breaks a rule marks the reader as failed. */
void dsv_frame_read(struct dsv_frame *out, struct dsv_bytes *in);
/** Append it; every field as reading gives it. */
void dsv_frame_write(const struct dsv_frame *frame, struct dsv_buf *out);

/* A dictionary: what chunks of one kind of content have in common. */
struct dsv_dict;

/** Copies data. */
void dsv_dict_new(struct dsv_dict **out, const struct dsv_id *id,
		  const char *data, size_t len);
void dsv_dict_free(struct dsv_dict **dict);
const struct dsv_id *dsv_dict_id(const struct dsv_dict *dict);

/**
 * Make a dictionary from samples that lie one behind the other.
 *
 * @shape   lens[n], bytes each
 * @return  0 with a dictionary in out, or 1 where these samples give none
 */
int dsv_dict_train(struct dsv_buf *out, const char *samples, const size_t *lens,
		   size_t n);

/* What may help to put an object down in few bytes. */
struct dsv_coding {
	const struct dsv_dict *dict; /* NULL: none */
	uint8_t dict_number;
	const struct dsv_id *base_ids;
	unsigned n_bases; /* 0: none */
	const char *base; /* the bytes of all of them in this order */
	size_t base_len;
	uint8_t base_depth; /* below dsv_object_depth() */
};

#define DSV_CODING_INIT \
	{               \
		0       \
	}

/** Append the smallest frame that can be had cheaply. */
void dsv_chunk_encode(enum dsv_object type, const char *raw, size_t len,
		      const struct dsv_coding *how, struct dsv_buf *out);

/**
 * Decode into to[frame->raw_len]. dict and base as the frame asks for.
 *
 * @error   DSV_ECORRUPT  the payload is damaged
 */
int dsv_chunk_decode(const struct dsv_frame *frame, const struct dsv_dict *dict,
		     const char *base, size_t base_len, char *to);

DSV_AUTO_FREE(dict)

#endif
