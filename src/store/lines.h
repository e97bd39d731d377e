#ifndef STORE_LINES_H
#define STORE_LINES_H

#include <stddef.h>

/** Line feeds in data. */
size_t dsv_count_lines(const char *data, size_t len);

#endif
