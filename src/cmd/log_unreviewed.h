#ifndef CMD_LOG_UNREVIEWED_H
#define CMD_LOG_UNREVIEWED_H

#include <dsv/check.h>
#include <dsv/walk.h>

#include "cli/cmd.h"

/* Steps of a branch that its own policy did not let through: log
 * --unreviewed. */
struct dsv_unreviewed {
	struct dsv_evidence *evidence;
	struct dsv_buf target;
};

#define DSV_UNREVIEWED_INIT \
	{                   \
		0           \
	}

/** Where no revision is named, *words becomes the branch that is judged. */
int dsv_unreviewed_init(struct dsv_unreviewed *it, struct dsv_ctx *ctx,
			struct dsv_strlist *words);
void dsv_unreviewed_release(struct dsv_unreviewed *it);
/** 1 with the verdict, where the policy of the first parent refuses the
 * commit; 0 where it does not, or there was none. */
int dsv_unreviewed_step(struct dsv_unreviewed *it, struct dsv_ctx *ctx,
			const struct dsv_commit_info *commit,
			struct dsv_verdict **out);
/** What is missing, a line each under the commit. */
int dsv_unreviewed_show(struct dsv_out *out, const struct dsv_verdict *verdict,
			const struct dsv_commit_info *commit);

DSV_AUTO_RELEASE(unreviewed)

#endif
