#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/** Columns that a code point takes on a terminal: 0, 1 or 2. Not for control
 * characters. */
unsigned dsv_code_width(uint32_t code);

#endif
