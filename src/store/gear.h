#ifndef STORE_GEAR_H
#define STORE_GEAR_H

#include <stdint.h>

/*
 * A rolling hash over the last 64 bytes: hash = (hash << 1) + dsv_gear[byte].
 * The numbers are part of the format: other numbers cut elsewhere, so that two
 * versions of dsv would share no chunks.
 */
extern const uint64_t dsv_gear[256];

#endif
