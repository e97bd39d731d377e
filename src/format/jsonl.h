#ifndef FORMAT_JSONL_H
#define FORMAT_JSONL_H

#include "format/format.h"

/* One JSON object a line; docs/formats/records.md has the rules. */
extern const struct dsv_format dsv_format_jsonl;

#endif
