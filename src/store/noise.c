#include "store/noise.h"

#include <stdint.h>

#define PROBE_LEN 4096u

bool dsv_looks_random(const char *raw, size_t len)
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
