#ifndef CMD_REVS_H
#define CMD_REVS_H

#include "cli/cmd.h"

/* Operands as git reads them: revisions, then paths. */
struct dsv_revs {
	struct dsv_version from, to;
	char *from_name; /* as it was typed, or "index", "worktree" */
	char *to_name;
	size_t n;		  /* revisions that were written: 0, 1 or 2 */
	struct dsv_strlist paths; /* of the repository */
};

#define DSV_REVS_INIT \
	{             \
		0     \
	}

/**
 * Part operands into at most max revisions and paths. Without `--` a word is
 * a revision when git knows it, and the rest are paths that exist. A range
 * counts as two; its open ends are HEAD. What is not written stays
 * DSV_AT_NOTHING and unnamed.
 *
 * @error  DSV_EUSAGE     a word that is both; more than max revisions
 *         DSV_ENOTFOUND  a word that is neither
 */
int dsv_revs_read(struct dsv_ctx *ctx, const struct dsv_operands *operands,
		  size_t max, struct dsv_revs *out);
/** The same parting where any number of revisions may stand ("A..B", "^A"):
 * words as they were typed, and paths. */
int dsv_revs_words(struct dsv_ctx *ctx, const struct dsv_operands *operands,
		   struct dsv_strlist *out_words,
		   struct dsv_strlist *out_paths);
void dsv_revs_release(struct dsv_revs *revs);
/** Set one side that was not written. */
void dsv_revs_from(struct dsv_revs *revs, struct dsv_version at,
		   const char *name);
void dsv_revs_to(struct dsv_revs *revs, struct dsv_version at,
		 const char *name);

DSV_AUTO_RELEASE(revs)

#endif
