#include "base/digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"

/* The context that dsv_id_of keeps for each thread, freed with the thread. */
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;
static pthread_key_t kept_key;

void dsv_digest_init(struct dsv_digest *digest)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex2(ctx, EVP_sha256(), NULL))
		dsv_alloc_failed();
	digest->ctx = ctx;
}

void dsv_digest_release(struct dsv_digest *digest)
{
	EVP_MD_CTX_free(digest->ctx);
	digest->ctx = NULL;
}

void dsv_digest_update(struct dsv_digest *digest, const void *data, size_t len)
{
	if (len && !EVP_DigestUpdate(digest->ctx, data, len))
		dsv_alloc_failed();
}

void dsv_digest_final(struct dsv_digest *digest, struct dsv_id *out)
{
	if (!EVP_DigestFinal_ex(digest->ctx, out->bytes, NULL) ||
	    !EVP_DigestInit_ex2(digest->ctx, NULL, NULL))
		dsv_alloc_failed();
}

static void free_kept(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void make_key(void)
{
	if (pthread_key_create(&kept_key, free_kept) != 0)
		dsv_alloc_failed();
}

static void *kept_ctx(void)
{
	struct dsv_digest fresh;
	void *ctx;

	pthread_once(&kept_once, make_key);
	ctx = pthread_getspecific(kept_key);
	if (ctx)
		return ctx;
	dsv_digest_init(&fresh);
	if (pthread_setspecific(kept_key, fresh.ctx) != 0)
		dsv_alloc_failed();
	return fresh.ctx;
}

void dsv_id_of(const void *data, size_t len, struct dsv_id *out)
{
	struct dsv_digest kept = {.ctx = kept_ctx()};

	dsv_digest_update(&kept, data, len);
	dsv_digest_final(&kept, out);
}

void dsv_sha1_of(const void *data, size_t len, uint8_t out[DSV_SHA1_SIZE])
{
	if (!EVP_Digest(data, len, out, NULL, EVP_sha1(), NULL))
		dsv_alloc_failed();
}
