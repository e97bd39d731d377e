#ifndef STORE_NOISE_H
#define STORE_NOISE_H

#include <stdbool.h>
#include <stddef.h>

/** Random and already compressed bytes: the sum of the squared counts of a
 * run's byte values stands near its least (Pearson's chi-square). */
bool dsv_looks_random(const char *data, size_t len);

#endif
