#ifndef CMD_PROPOSE_VIEW_H
#define CMD_PROPOSE_VIEW_H

#include <dsv/propose.h>

#include "cli/out.h"

/** The look at a file that track shows before it asks. */
int dsv_propose_view(struct dsv_out *out, const struct dsv_proposal *look);
/** "x.csv:118  key '4711' stands on line 97 too": the first few of each kind,
 * then how many more. */
void dsv_propose_view_issues(struct dsv_buf *out,
			     const struct dsv_proposal *look,
			     const char *indent);

#endif
