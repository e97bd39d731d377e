#include "base/hash.h"

#include <pthread.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* The seed is drawn once a process and constant from then on. */
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;
static uint64_t seed;

static void draw_seed(void)
{
	struct timespec now;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u ^
	       (uint64_t)now.tv_sec << 20 ^ (uint64_t)getpid() << 44;
}

static inline uint64_t process_seed(void)
{
	pthread_once(&seed_once, draw_seed);
	return seed;
}

uint64_t dsv_hash64(const void *data, size_t len)
{
	return XXH3_64bits_withSeed(data, len, process_seed());
}

struct dsv_hash128 dsv_hash128(const void *data, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits_withSeed(data, len, process_seed());

	return (struct dsv_hash128){.low = hash.low64, .high = hash.high64};
}

uint64_t dsv_hash_stable(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}
