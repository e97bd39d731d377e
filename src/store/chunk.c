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
#include "store/splice.h"

/* Text with a dictionary of 248 KiB: one hash, matches from 7 bytes on. First
 * version of the table of `make bench` (115 MB of words that follow Zipf's
 * law), CPU of the whole writing and size of the store: 1.23 s and 50.1 MB;
 * matches from 6 bytes 1.48 s, 49.9 MB; double hashing from 5 bytes 1.6 s, 48.7
 * MB. */
#define LEVEL	       1
#define DICT_STRATEGY  ZSTD_fast
#define DICT_HASH_LOG  17
#define DICT_MIN_MATCH 7

/* From 256 KiB on the window grows a bit longer, which costs an eighth. */
#define DICT_LEN (248u * 1024u)

/* Nodes are lists of digests, whose matches lower levels skip over. */
#define NODE_LEVEL 7

/* Samples that the statistics of a dictionary are taken from. */
#define DICT_SAMPLES_MAX (1024u * 1024u)

/* The dictionary is searched where it lies, not copied for each chunk:
 * ZSTD_c_forceAttachDict and ZSTD_dictForceAttach. Where libzstd does not know
 * them it decides by itself, which is slower and no worse. */
#define ATTACH_PARAM  ZSTD_c_experimentalParam4
#define ATTACH_ALWAYS 1

#define PROBE_LEN 4096u

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
	ZSTD_freeDDict(ctx->window.ddict);
	free(ctx->window.data);
	free(ctx);
}

static void make_key(void)
{
	if (pthread_key_create(&contexts_key, free_contexts) != 0)
		dsv_alloc_failed();
}

static ZSTD_CCtx *new_cctx(void)
{
	ZSTD_CCtx *cctx = ZSTD_createCCtx();

	if (!cctx)
		dsv_alloc_failed();
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_contentSizeFlag, 0);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_dictIDFlag, 0);
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
	if (!ctx->decode || pthread_setspecific(contexts_key, ctx) != 0)
		dsv_alloc_failed();
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
	size_t used = 0;
	size_t sum = 0;
	size_t len;

	if (n == 0)
		return 1;
	gather_content(&content, samples, lens, n);
	while (used < n && sum < DICT_SAMPLES_MAX)
		sum += lens[used++];
	len = ZDICT_finalizeDictionary(dsv_buf_reserve(&dict, DICT_LEN),
				       DICT_LEN, content.data, content.len,
				       samples, lens, (unsigned)used, params);
	if (ZDICT_isError(len))
		return 1;
	dict.len = len;
	dsv_buf_swap(out, &dict);
	return 0;
}

/* Random and already compressed bytes: the sum of the squared counts of a
 * run's byte values stands near its least (Pearson's chi-square). */
static bool looks_random(const char *raw, size_t len)
{
	uint32_t counts[256] = {0};
	uint64_t sum = 0;

	if (len < PROBE_LEN)
		return false;
	raw += (len - PROBE_LEN) / 2;
	for (size_t i = 0; i < PROBE_LEN; i++)
		counts[(uint8_t)raw[i]]++;
	for (unsigned i = 0; i < 256; i++)
		sum += (uint64_t)counts[i] * counts[i];
	return sum < PROBE_LEN * (PROBE_LEN / 256 + 4);
}

static ZSTD_CCtx *cctx_with_dict(struct contexts *ctx,
				 const struct dsv_dict *dict)
{
	if (ctx->has_dict && dsv_id_equal(&ctx->dict_id, &dict->id))
		return ctx->with_dict;
	if (!ctx->with_dict) {
		ctx->with_dict = new_cctx();
		ZSTD_CCtx_setParameter(ctx->with_dict, ZSTD_c_strategy,
				       DICT_STRATEGY);
		ZSTD_CCtx_setParameter(ctx->with_dict, ZSTD_c_hashLog,
				       DICT_HASH_LOG);
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

	if (ZSTD_isError(packed)) {
		/* it broke off for want of room, in the middle of a frame */
		ZSTD_CCtx_reset(cctx, ZSTD_reset_session_only);
		return false;
	}
	if (packed >= len)
		return false;
	out->len = packed;
	return true;
}

static void make_plain(struct form *form, const char *raw, size_t len,
		       const struct dsv_coding *how)
{
	struct contexts *ctx = contexts_of_thread();
	ZSTD_CCtx *cctx = how->dict ? cctx_with_dict(ctx, how->dict) : NULL;

	form->encoding = cctx ? DSV_ENCODING_DICT : DSV_ENCODING_ZSTD;
	if (!cctx && !ctx->plain)
		ctx->plain = new_cctx();
	if (looks_random(raw, len) ||
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
		ctx->delta = new_cctx();
	ZSTD_CCtx_setParameter(ctx->delta, ZSTD_c_compressionLevel,
			       type == DSV_OBJECT_NODE ? NODE_LEVEL : LEVEL);
	form->encoding = DSV_ENCODING_DELTA;
	return !ZSTD_isError(ZSTD_CCtx_refPrefix(ctx->delta, how->base,
						 how->base_len)) &&
	       compress(ctx->delta, raw, len, &form->payload);
}

/* One change in one place: by far the most chunks that have changed. */
static bool make_splice(struct form *form, const char *raw, size_t len,
			const struct dsv_coding *how)
{
	form->encoding = DSV_ENCODING_SPLICE;
	return how->n_bases == 1 &&
	       dsv_splice_encode(raw, len, how->base, how->base_len,
				 &form->payload);
}

static void put_frame(struct dsv_buf *out, enum dsv_object type,
		      const char *raw, size_t len, const struct form *form,
		      const struct dsv_coding *how)
{
	dsv_put_u8(out, (uint8_t)((unsigned)type << 4 | form->encoding));
	dsv_put_varint(out, len);
	if (form->encoding == DSV_ENCODING_RAW) {
		dsv_buf_add(out, raw, len);
		return;
	}
	dsv_put_varint(out, form->payload.len);
	if (form->encoding == DSV_ENCODING_DICT)
		dsv_put_u8(out, how->dict_number);
	if (form->encoding >= DSV_ENCODING_DELTA) {
		dsv_put_u8(out, (uint8_t)(how->n_bases << 4 |
					  (how->base_depth + 1)));
		for (unsigned i = 0; i < how->n_bases; i++)
			dsv_put_id(out, &how->base_ids[i]);
	}
	dsv_buf_add(out, form->payload.data, form->payload.len);
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
	make_plain(&plain, raw, len, how);
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

static size_t decode_with_dict(struct contexts *ctx,
			       const struct dsv_frame *frame,
			       const struct dsv_dict *dict, char *to)
{
	char *behind;
	size_t n;

	if (frame->raw_len > DSV_CHUNK_MAX || !is_in_window(&ctx->window, dict))
		return ZSTD_decompress_usingDDict(
			ctx->decode, to, frame->raw_len, frame->payload,
			frame->payload_len, dict->ddict);
	behind = ctx->window.data + dict->len;
	n = ZSTD_decompress_usingDDict(ctx->decode, behind, frame->raw_len,
				       frame->payload, frame->payload_len,
				       ctx->window.ddict);
	if (!ZSTD_isError(n))
		memcpy(to, behind, n);
	return n;
}

/* Bytes written, or an error of zstd. */
static size_t decode(const struct dsv_frame *frame, const struct dsv_dict *dict,
		     const char *base, size_t base_len, char *to)
{
	struct contexts *ctx = contexts_of_thread();
	ZSTD_DCtx *dctx = ctx->decode;
	size_t failed = 0;

	if (frame->encoding == DSV_ENCODING_DICT)
		return decode_with_dict(ctx, frame, dict, to);
	if (frame->encoding == DSV_ENCODING_DELTA)
		failed = ZSTD_DCtx_refPrefix(dctx, base, base_len);
	if (ZSTD_isError(failed))
		return failed;
	return ZSTD_decompressDCtx(dctx, to, frame->raw_len, frame->payload,
				   frame->payload_len);
}

int dsv_chunk_decode(const struct dsv_frame *frame, const struct dsv_dict *dict,
		     const char *base, size_t base_len, char *to)
{
	size_t n;

	if (frame->encoding == DSV_ENCODING_RAW) {
		memcpy(to, frame->payload, frame->raw_len);
		return 0;
	}
	if (frame->encoding == DSV_ENCODING_SPLICE)
		return dsv_splice_decode(frame->payload, frame->payload_len,
					 base, base_len, to, frame->raw_len);
	if (frame->encoding == DSV_ENCODING_DICT && !dict->ddict)
		return dsv_fail(DSV_ECORRUPT, "damaged dictionary");
	n = decode(frame, dict, base, base_len, to);
	if (ZSTD_isError(n))
		return dsv_fail(DSV_ECORRUPT, "damaged bytes (%s)",
				ZSTD_getErrorName(n));
	if (n != frame->raw_len)
		return dsv_fail(DSV_ECORRUPT, "%zu bytes in place of %zu", n,
				frame->raw_len);
	return 0;
}

const char *dsv_version_zstd(void)
{
	return ZSTD_versionString();
}
