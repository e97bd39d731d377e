#ifndef REPO_COMMITSIG_H
#define REPO_COMMITSIG_H

#include <stddef.h>

#include <dsv/buf.h>
#include <dsv/repo.h>

/* The signature that stands in a commit, as git writes it: a header "gpgsig",
 * its further lines set in by a blank. What is signed is the commit without
 * it. */

/** 1 with both, 0 where there is no signature, DSV_ECORRUPT where there are
 * several. */
int dsv_commitsig_split(const char *raw, size_t len, struct dsv_buf *payload,
			struct dsv_buf *signature);
/** The same of a commit that is here. */
int dsv_commitsig_read(struct dsv_repo *repo, const struct dsv_oid *commit,
		       struct dsv_buf *payload, struct dsv_buf *signature);

#endif
