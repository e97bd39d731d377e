#ifndef REPO_AUTHOR_H
#define REPO_AUTHOR_H

#include <dsv/buf.h>
#include <dsv/repo.h>

/** Name and address that a commit made now would bear. DSV_EUSAGE with git's
 * advice where nothing says who it is. */
int dsv_author_now(struct dsv_repo *repo, struct dsv_buf *out_name,
		   struct dsv_buf *out_email);

#endif
