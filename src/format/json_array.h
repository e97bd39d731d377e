#ifndef FORMAT_JSON_ARRAY_H
#define FORMAT_JSON_ARRAY_H

#include "format/format.h"

/* One JSON array of objects, read by streaming; docs/formats/records.md has
 * the rules. */
extern const struct dsv_format dsv_format_json;

#endif
