#ifndef FORMAT_BYTES_H
#define FORMAT_BYTES_H

#include "format/format.h"

/* Content that is kept by its bytes: no records, no fields. */
extern const struct dsv_format dsv_format_bytes;

#endif
