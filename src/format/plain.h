#ifndef FORMAT_PLAIN_H
#define FORMAT_PLAIN_H

#include "format/format.h"

/* Text by lines: each line is a record with one field, "line". */
extern const struct dsv_format dsv_format_plain;

#endif
