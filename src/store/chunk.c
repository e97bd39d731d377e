#include "store/chunk.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_createDDict_byReference */
#include <zdict.h>
#include <zstd.h>

#include <dsv/error.h>
#include <dsv/version.h>

#include "base/alloc.h"
#include "store/noise.h"
#include "store/splice.h"

/* Text with a dictionary: two hashes, matches from 6 bytes on. First version of
 * the table of `make bench` (115 MB of words that follow Zipf's law), CPU of
 * dsv add, bytes of chunks and dictionary: 1.71 s, 45.2 MB; one hash, matches
 * from 7 bytes on: 1.63 s, 45.7 MB; that with 400 KiB: 1.60 s, 46.5 MB. */
#define LEVEL	       1
#define DICT_STRATEGY  ZSTD_dfast
#define DICT_HASH_LOG  19
#define DICT_MIN_MATCH 6
#define DICT_CHAIN_LOG 17

/* The chunks that it is made from become as much smaller as it takes. */
#define DICT_LEN (1000u * 1024u)

/* Nodes are lists of digests, whose matches lower levels skip over. */
#define NODE_LEVEL  7
#define DICT_LEVEL  5 /* once for many chunks */
#define DELTA_LEVEL 3

/* New bytes of a splice that are put down as they are, and that a dictionary
 * makes smaller; more of them are looked for in the whole base. */
#define SPLICE_PLAIN_MAX 32u
#define SPLICE_DICT_MAX	 1024u
/* Most bytes that say where they stand. */
#define SPLICE_PLACE_MAX 6u

/* The dictionary is searched where it lies, not copied for each chunk:
 * ZSTD_c_forceAttachDict and ZSTD_dictForceAttach. Where libzstd does not know
 * them it decides by itself, which is slower and no worse. */
#define ATTACH_PARAM  ZSTD_c_experimentalParam4
#define ATTACH_ALWAYS 1

/* A delta below this share of the raw bytes is taken without a look at the
 * plain form. */
#define DELTA_SURE 16u
/* Else it must be below so many quarters of the plain form. */
#define DELTA_SHARE 3u

struct dsv_dict {
	struct dsv_id id;
	char *data;
	size_t len;
	ZSTD_DDict *ddict;
};

/*
 * A dictionary with room for a chunk behind it. What is decoded there has the
 * dictionary as its own past, which zstd copies from a quarter faster than from
 * a place apart, the way to the caller's memory included.
 */
struct window {
	struct dsv_id id;
	unsigned asked; /* times in a row */
	char *data;
	ZSTD_DDict *ddict;
};

/* A window costs as much as decoding some chunks. */
#define WINDOW_AFTER 16u

/* Contexts are dear to make, so each thread keeps its own. */
struct contexts {
	ZSTD_CCtx *plain;
	ZSTD_CCtx *delta;
	ZSTD_CCtx *with_dict;
	struct dsv_id dict_id; /* the one that with_dict has loaded */
	bool has_dict;
	ZSTD_DCtx *decode;
	ZSTD_DCtx *decode_bare;
	struct window window;
};

static pthread_once_t contexts_once = PTHREAD_ONCE_INIT;
static pthread_key_t contexts_key;

static void free_contexts(void *kept)
{
	struct contexts *ctx = kept;

	ZSTD_freeCCtx(ctx->plain);
	ZSTD_freeCCtx(ctx->delta);
	ZSTD_freeCCtx(ctx->with_dict);
	ZSTD_freeDCtx(ctx->decode);
	ZSTD_freeDCtx(ctx->decode_bare);
	ZSTD_freeDDict(ctx->window.ddict);
	free(ctx->window.data);
	free(ctx);
}

static void make_key(void)
{
	if (pthread_key_create(&contexts_key, free_contexts) != 0)
		dsv_alloc_failed();
}

/* The frame says enough, so that dictionaries and bases go with zstd frames
 * that have no magic number. */
static ZSTD_CCtx *new_cctx(ZSTD_format_e format)
{
	ZSTD_CCtx *cctx = ZSTD_createCCtx();

	if (!cctx)
		dsv_alloc_failed();
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_contentSizeFlag, 0);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_dictIDFlag, 0);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_format, format);
	return cctx;
}

static struct contexts *contexts_of_thread(void)
{
	struct contexts *ctx;

	pthread_once(&contexts_once, make_key);
	ctx = pthread_getspecific(contexts_key);
	if (ctx)
		return ctx;
	ctx = dsv_alloc_zero(1, sizeof(*ctx));
	ctx->decode = ZSTD_createDCtx();
	ctx->decode_bare = ZSTD_createDCtx();
	if (!ctx->decode || !ctx->decode_bare ||
	    pthread_setspecific(contexts_key, ctx) != 0)
		dsv_alloc_failed();
	ZSTD_DCtx_setParameter(ctx->decode_bare, ZSTD_d_format,
			       ZSTD_f_zstd1_magicless);
	return ctx;
}

void dsv_dict_new(struct dsv_dict **out, const struct dsv_id *id,
		  const char *data, size_t len)
{
	struct dsv_dict *dict = dsv_alloc_zero(1, sizeof(*dict));

	dict->id = *id;
	dict->data = dsv_alloc(len);
	dict->len = len;
	memcpy(dict->data, data, len);
	/* NULL for a dictionary that is damaged: decoding says so */
	dict->ddict = ZSTD_createDDict(dict->data, len);
	*out = dict;
}

void dsv_dict_free(struct dsv_dict **dictp)
{
	struct dsv_dict *dict = dsv_take(dictp);

	if (!dict)
		return;
	ZSTD_freeDDict(dict->ddict);
	free(dict->data);
	free(dict);
}

const struct dsv_id *dsv_dict_id(const struct dsv_dict *dict)
{
	return &dict->id;
}

/* The head of each sample, as much of each as fits. */
static void gather_content(struct dsv_buf *out, const char *samples,
			   const size_t *lens, size_t n)
{
	size_t share = DICT_LEN / n > 256 ? DICT_LEN / n : 256;

	for (size_t i = 0; i < n && out->len < DICT_LEN; i++) {
		size_t len = lens[i] < share ? lens[i] : share;

		if (len > DICT_LEN - out->len)
			len = DICT_LEN - out->len;
		dsv_buf_add(out, samples, len);
		samples += lens[i];
	}
}

int dsv_dict_train(struct dsv_buf *out, const char *samples, const size_t *lens,
		   size_t n)
{
	struct dsv_buf content DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf dict DSV_AUTO(buf) = DSV_BUF_INIT;
	ZDICT_params_t params = {.compressionLevel = LEVEL};
	size_t len;

	if (n == 0)
		return 1;
	gather_content(&content, samples, lens, n);
	len = ZDICT_finalizeDictionary(dsv_buf_reserve(&dict, DICT_LEN),
				       DICT_LEN, content.data, content.len,
				       samples, lens, (unsigned)n, params);
	if (ZDICT_isError(len))
		return 1;
	dict.len = len;
	dsv_buf_swap(out, &dict);
	return 0;
}

static ZSTD_CCtx *cctx_with_dict(struct contexts *ctx,
				 const struct dsv_dict *dict)
{
	if (ctx->has_dict && dsv_id_equal(&ctx->dict_id, &dict->id))
		return ctx->with_dict;
	if (!ctx->with_dict) {
		ctx->with_dict = new_cctx(ZSTD_f_zstd1_magicless);
		ZSTD_CCtx_setParameter(ctx->with_dict, ZSTD_c_strategy,
				       DICT_STRATEGY);
		ZSTD_CCtx_setParameter(ctx->with_dict, ZSTD_c_hashLog,
				       DICT_HASH_LOG);
		ZSTD_CCtx_setParameter(ctx->with_dict, ZSTD_c_chainLog,
				       DICT_CHAIN_LOG);
		ZSTD_CCtx_setParameter(ctx->with_dict, ZSTD_c_minMatch,
				       DICT_MIN_MATCH);
		ZSTD_CCtx_setParameter(ctx->with_dict, ATTACH_PARAM,
				       ATTACH_ALWAYS);
	}
	ctx->has_dict = !ZSTD_isError(ZSTD_CCtx_loadDictionary(
		ctx->with_dict, dict->data, dict->len));
	ctx->dict_id = dict->id;
	return ctx->has_dict ? ctx->with_dict : NULL;
}

/* A form of the object in zstd; payload.len 0: none. */
struct form {
	enum dsv_encoding encoding;
	struct dsv_buf payload;
};

static void form_auto(struct form *form)
{
	dsv_buf_release(&form->payload);
}

/* False: it did not become smaller. */
static bool compress(ZSTD_CCtx *cctx, const char *raw, size_t len,
		     struct dsv_buf *out)
{
	size_t packed =
		ZSTD_compress2(cctx, dsv_buf_reserve(out, len), len, raw, len);

	/* it broke off for want of room, in the middle of a frame */
	if (ZSTD_isError(packed))
		ZSTD_CCtx_reset(cctx, ZSTD_reset_session_only);
	if (ZSTD_isError(packed) || packed >= len)
		return false;
	out->len += packed;
	return true;
}

static void make_plain(struct form *form, enum dsv_object type, const char *raw,
		       size_t len, const struct dsv_coding *how)
{
	struct contexts *ctx = contexts_of_thread();
	ZSTD_CCtx *cctx = how->dict ? cctx_with_dict(ctx, how->dict) : NULL;

	form->encoding = cctx ? DSV_ENCODING_DICT : DSV_ENCODING_ZSTD;
	if (!cctx && !ctx->plain)
		ctx->plain = new_cctx(ZSTD_f_zstd1);
	if (!cctx)
		ZSTD_CCtx_setParameter(ctx->plain, ZSTD_c_compressionLevel,
				       type == DSV_OBJECT_DICT ? DICT_LEVEL
							       : LEVEL);
	if ((!cctx && dsv_looks_random(raw, len)) ||
	    !compress(cctx ? cctx : ctx->plain, raw, len, &form->payload))
		form->encoding = DSV_ENCODING_RAW;
}

static bool make_delta(struct form *form, enum dsv_object type, const char *raw,
		       size_t len, const struct dsv_coding *how)
{
	struct contexts *ctx = contexts_of_thread();

	if (how->n_bases == 0)
		return false;
	if (!ctx->delta)
		ctx->delta = new_cctx(ZSTD_f_zstd1_magicless);
	ZSTD_CCtx_setParameter(ctx->delta, ZSTD_c_compressionLevel,
			       type == DSV_OBJECT_NODE ? NODE_LEVEL
						       : DELTA_LEVEL);
	form->encoding = DSV_ENCODING_DELTA;
	return !ZSTD_isError(ZSTD_CCtx_refPrefix(ctx->delta, how->base,
						 how->base_len)) &&
	       compress(ctx->delta, raw, len, &form->payload);
}

static bool compress_splice(struct form *form, const char *raw,
			    const struct dsv_splice *splice,
			    const struct dsv_dict *dict)
{
	ZSTD_CCtx *cctx = cctx_with_dict(contexts_of_thread(), dict);

	form->encoding = DSV_ENCODING_SPLICE_DICT;
	dsv_put_varint(&form->payload, splice->start);
	dsv_put_varint(&form->payload, splice->n_new);
	if (cctx &&
	    compress(cctx, raw + splice->start, splice->n_new, &form->payload))
		return true;
	dsv_buf_reset(&form->payload);
	return false;
}

/* One change in one place: by far the most chunks that have changed. */
static bool make_splice(struct form *form, const char *raw, size_t len,
			const struct dsv_coding *how)
{
	struct dsv_splice splice;

	if (how->n_bases != 1)
		return false;
	splice = dsv_splice_find(raw, len, how->base, how->base_len);
	if (splice.n_new + SPLICE_PLACE_MAX > len)
		return false;
	if (splice.n_new > SPLICE_PLAIN_MAX)
		return how->dict && splice.n_new <= SPLICE_DICT_MAX &&
		       compress_splice(form, raw, &splice, how->dict);
	form->encoding = DSV_ENCODING_SPLICE;
	dsv_put_varint(&form->payload, splice.start);
	dsv_buf_add(&form->payload, raw + splice.start, splice.n_new);
	return true;
}

static void put_frame(struct dsv_buf *out, enum dsv_object type,
		      const char *raw, size_t len, const struct form *form,
		      const struct dsv_coding *how)
{
	bool is_raw = form->encoding == DSV_ENCODING_RAW;
	struct dsv_frame frame = {
		.type = type,
		.encoding = form->encoding,
		.raw_len = len,
		.dict = how->dict_number,
		.payload = is_raw ? raw : form->payload.data,
		.payload_len = is_raw ? len : form->payload.len,
	};

	if (dsv_encoding_has_bases(form->encoding)) {
		frame.depth = (uint8_t)(how->base_depth + 1);
		frame.n_bases = (uint8_t)how->n_bases;
		for (unsigned i = 0; i < how->n_bases; i++)
			frame.bases[i] = how->base_ids[i];
	}
	dsv_frame_write(&frame, out);
}

void dsv_chunk_encode(enum dsv_object type, const char *raw, size_t len,
		      const struct dsv_coding *how, struct dsv_buf *out)
{
	struct form plain __attribute__((cleanup(form_auto))) = {0};
	struct form delta __attribute__((cleanup(form_auto))) = {0};
	bool has_delta;
	size_t delta_len;
	size_t plain_len;

	assert(len <= dsv_object_limit(type));
	assert(how->base_depth < dsv_object_depth(type));
	has_delta = make_splice(&delta, raw, len, how) ||
		    make_delta(&delta, type, raw, len, how);
	delta_len = delta.payload.len + how->n_bases * DSV_ID_SIZE;
	if (has_delta && delta_len < len / DELTA_SURE) {
		put_frame(out, type, raw, len, &delta, how);
		return;
	}
	make_plain(&plain, type, raw, len, how);
	plain_len =
		plain.encoding == DSV_ENCODING_RAW ? len : plain.payload.len;
	if (has_delta && delta_len < plain_len / 4 * DELTA_SHARE)
		put_frame(out, type, raw, len, &delta, how);
	else
		put_frame(out, type, raw, len, &plain, how);
}

static bool is_in_window(struct window *window, const struct dsv_dict *dict)
{
	if (!dsv_id_equal(&window->id, &dict->id)) {
		ZSTD_freeDDict(window->ddict);
		window->ddict = NULL;
		window->id = dict->id;
		window->asked = 0;
	}
	if (window->ddict)
		return true;
	if (++window->asked < WINDOW_AFTER)
		return false;
	window->data = dsv_realloc(window->data, dict->len + DSV_CHUNK_MAX, 1);
	memcpy(window->data, dict->data, dict->len);
	window->ddict = ZSTD_createDDict_byReference(window->data, dict->len);
	return window->ddict != NULL;
}

static size_t decode_with_dict(const char *payload, size_t payload_len,
			       const struct dsv_dict *dict, char *to,
			       size_t len)
{
	struct contexts *ctx = contexts_of_thread();
	char *behind;
	size_t n;

	if (len > DSV_CHUNK_MAX || !is_in_window(&ctx->window, dict))
		return ZSTD_decompress_usingDDict(ctx->decode_bare, to, len,
						  payload, payload_len,
						  dict->ddict);
	behind = ctx->window.data + dict->len;
	n = ZSTD_decompress_usingDDict(ctx->decode_bare, behind, len, payload,
				       payload_len, ctx->window.ddict);
	if (!ZSTD_isError(n))
		memcpy(to, behind, n);
	return n;
}

/* Bytes written, or an error of zstd. */
static size_t decode(const struct dsv_frame *frame, const struct dsv_dict *dict,
		     const char *base, size_t base_len, char *to)
{
	struct contexts *ctx = contexts_of_thread();
	size_t failed;

	if (frame->encoding == DSV_ENCODING_ZSTD)
		return ZSTD_decompressDCtx(ctx->decode, to, frame->raw_len,
					   frame->payload, frame->payload_len);
	if (frame->encoding == DSV_ENCODING_DICT)
		return decode_with_dict(frame->payload, frame->payload_len,
					dict, to, frame->raw_len);
	failed = ZSTD_DCtx_refPrefix(ctx->decode_bare, base, base_len);
	if (ZSTD_isError(failed))
		return failed;
	return ZSTD_decompressDCtx(ctx->decode_bare, to, frame->raw_len,
				   frame->payload, frame->payload_len);
}

static int check_decoded(size_t n, size_t len)
{
	if (ZSTD_isError(n))
		return dsv_fail(DSV_ECORRUPT, "damaged bytes (%s)",
				ZSTD_getErrorName(n));
	if (n != len)
		return dsv_fail(DSV_ECORRUPT, "%zu bytes in place of %zu", n,
				len);
	return 0;
}

static int decode_splice(const struct dsv_frame *frame,
			 const struct dsv_dict *dict, const char *base,
			 size_t base_len, char *to)
{
	struct dsv_bytes in = dsv_bytes(frame->payload, frame->payload_len);
	bool is_packed = frame->encoding == DSV_ENCODING_SPLICE_DICT;
	struct dsv_splice splice;
	size_t left;
	int rc;

	rc = dsv_splice_read(&splice, &in, is_packed);
	if (rc < 0)
		return rc;
	left = dsv_bytes_left(&in);
	rc = dsv_splice_join(&splice, base, base_len, to, frame->raw_len);
	if (rc < 0)
		return rc;
	if (is_packed)
		return check_decoded(
			decode_with_dict(dsv_get_run(&in, left), left, dict,
					 to + splice.start, splice.n_new),
			splice.n_new);
	if (left)
		memcpy(to + splice.start, dsv_get_run(&in, left), left);
	return 0;
}

int dsv_chunk_decode(const struct dsv_frame *frame, const struct dsv_dict *dict,
		     const char *base, size_t base_len, char *to)
{
	if (frame->encoding == DSV_ENCODING_RAW) {
		memcpy(to, frame->payload, frame->raw_len);
		return 0;
	}
	if (dsv_encoding_has_dict(frame->encoding) && !dict->ddict)
		return dsv_fail(DSV_ECORRUPT, "damaged dictionary");
	if (frame->encoding >= DSV_ENCODING_SPLICE)
		return decode_splice(frame, dict, base, base_len, to);
	return check_decoded(decode(frame, dict, base, base_len, to),
			     frame->raw_len);
}

const char *dsv_version_zstd(void)
{
	return ZSTD_versionString();
}
