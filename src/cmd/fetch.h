#ifndef CMD_FETCH_H
#define CMD_FETCH_H

#include <dsv/sharing.h>

#include "cli/cmd.h"

/* What fetch, pull and clone have in common. */
struct dsv_fetched {
	const char *remote;
	struct dsv_sharing_stats data;
	uint64_t refs;	  /* branches of the remote that have moved */
	bool evidence;	  /* new statements came */
	bool left_out;	  /* data was not asked for */
	uint64_t written; /* files that were pointers */
	uint64_t missing; /* files that still are */
};

/** remote is set. References, evidence, data, in this order; what came is put
 * in place also where some content is missing (DSV_EMISSING). */
int dsv_fetch(struct dsv_ctx *ctx, const struct dsv_git_args *git,
	      const struct dsv_fetch_opts *opts, bool no_data,
	      struct dsv_fetched *out);
void dsv_fetch_words(struct dsv_out *out, const struct dsv_fetched *fetched);
/** Its members, into an object that is open. */
void dsv_fetch_json(struct dsv_out *out, const struct dsv_fetched *fetched);

#endif
