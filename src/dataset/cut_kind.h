#ifndef DATASET_CUT_KIND_H
#define DATASET_CUT_KIND_H

#include "format/format.h"
#include "store/cutter.h"

/* What the store must be told of a format: formats with records are cut by
 * lines and scanned, others by bytes. */
struct dsv_cutting dsv_cutting_of_format(const struct dsv_format *format);

#endif
