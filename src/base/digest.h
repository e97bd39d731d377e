#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/id.h>

/*
 * SHA-256 (FIPS 180-4) by libcrypto. One context is used again and again,
 * since fetching the algorithm each time costs 270 ns. Not for two threads.
 */
struct dsv_digest {
	void *ctx;
};

void dsv_digest_init(struct dsv_digest *digest);
void dsv_digest_release(struct dsv_digest *digest);
void dsv_digest_update(struct dsv_digest *digest, const void *data, size_t len);
/** The id of what was added since init or the last final; starts anew. */
void dsv_digest_final(struct dsv_digest *digest, struct dsv_id *out);
/** One shot, with a context kept for each thread. */
void dsv_id_of(const void *data, size_t len, struct dsv_id *out);

#define DSV_SHA1_SIZE 20u
/** SHA-1, for what git's own formats ask for; never to name content. */
void dsv_sha1_of(const void *data, size_t len, uint8_t out[DSV_SHA1_SIZE]);

DSV_AUTO_RELEASE(digest)

#endif
