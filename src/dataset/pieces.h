#ifndef DATASET_PIECES_H
#define DATASET_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/stream.h"

/*
 * Bytes that lie in one run, handed out in pieces. Where they are a file's, the
 * pages of what lies behind are let go: they come back from the file if they
 * are asked for again, so memory stays small however long the file is.
 */

/** Borrows data until freed. is_mapped: data is the start of a file mapping. */
void dsv_pieces_open(struct dsv_stream **out, const char *data, size_t len,
		     bool is_mapped);

/** Let go of the pages within [at, at + len) of a file mapping. */
void dsv_pieces_pass(const char *data, size_t at, size_t len);

#endif
