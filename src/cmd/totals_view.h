#ifndef CMD_TOTALS_VIEW_H
#define CMD_TOTALS_VIEW_H

#include <dsv/totals.h>

#include "cli/out.h"

/** "+412 -12 ~338  relabelled 301", with `detail` "(neutral -> neg 1)"; of the
 * first records of all "+12,000   45% pos, 34% neg, 21% neutral". */
void dsv_total_words(struct dsv_buf *out, const struct dsv_total *total,
		     bool detail);
/** {"type":"dataset",...} */
int dsv_total_json(struct dsv_out *out, const struct dsv_total *total,
		   const char *commit);

#endif
