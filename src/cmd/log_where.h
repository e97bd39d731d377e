#ifndef CMD_LOG_WHERE_H
#define CMD_LOG_WHERE_H

#include <dsv/walk.h>
#include <dsv/where.h>

#include "cli/cmd.h"

/* Which commits touched records of a kind: log --where. */
struct dsv_log_where {
	struct dsv_where from; /* both of the same words, for two sides */
	struct dsv_where to;
	struct dsv_strlist columns; /* those met so far */
	bool known;		    /* all fields were a column somewhere */
	bool compared;		    /* there was data */
};

#define DSV_LOG_WHERE_INIT \
	{                  \
		0          \
	}

int dsv_log_where_init(struct dsv_log_where *where,
		       const struct dsv_strlist *texts);
void dsv_log_where_release(struct dsv_log_where *where);
/** 1 where the commit added, removed or changed a record for which the
 * conditions hold on either side; a merge only by a record that is another one
 * than in each of its parents. 0, negative. */
int dsv_log_where_touches(struct dsv_log_where *where, struct dsv_ctx *ctx,
			  const struct dsv_commit_info *commit,
			  const struct dsv_strlist *paths);
/** A column that no version has: DSV_EUSAGE. */
int dsv_log_where_check(const struct dsv_log_where *where);

DSV_AUTO_RELEASE(log_where)

#endif
