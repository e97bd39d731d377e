#ifndef CMD_BLAME_VIEW_H
#define CMD_BLAME_VIEW_H

#include <dsv/blame.h>

#include "cli/out.h"

/* What stands behind the values of a record: the same for all of a commit, so
 * it is made once, on first use. */
struct dsv_blame_tails {
	struct dsv_buf text; /* one behind the other */
	struct dsv_buf ends; /* of each: size_t */
	size_t n;
};

/** What was added to tails->text is the next origin's. */
void dsv_blame_end_tail(struct dsv_blame_tails *tails);
void dsv_blame_add_tail(const struct dsv_blame_tails *tails, size_t i,
			struct dsv_buf *out);
void dsv_blame_tails_release(struct dsv_blame_tails *tails);

/* How `dsv blame` shows what it finds. */
struct dsv_blame_show {
	struct dsv_blame *blame;
	const char *rev;   /* as it was typed */
	const char *until; /* of --reverse, or NULL */
	const char *field;
	bool one; /* a record was named: no heading, the subject instead */
	uint64_t still_there;
	struct dsv_blame_tails tails;
};

int dsv_blame_human(struct dsv_out *out, struct dsv_blame_show *show);
int dsv_blame_json(struct dsv_out *out, struct dsv_blame_show *show,
		   bool summary_only);
int dsv_blame_csv(struct dsv_out *out, struct dsv_blame_show *show);
int dsv_blame_summary(struct dsv_out *out, struct dsv_blame_show *show);
/** How many records each author, or each guideline version, still holds, most
 * first: names to counts. */
struct dsv_blame_share {
	const char *name; /* "-": none */
	uint64_t n;
};
size_t dsv_blame_shares(const struct dsv_blame_info *info, bool guideline,
			struct dsv_blame_share **out);
/** What was met on the way, on standard error. */
void dsv_blame_say(const struct dsv_blame_info *info);

int dsv_life_human(struct dsv_out *out, const struct dsv_life *life,
		   const char *key);
int dsv_life_json(struct dsv_out *out, const struct dsv_life *life,
		  const char *rev, const char *key);

#endif
