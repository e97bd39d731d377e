#include "repo/author.h"

#include "repo/ident.h"

int dsv_author_now(struct dsv_repo *repo, struct dsv_buf *out_name,
		   struct dsv_buf *out_email)
{
	git_signature *author = NULL;
	int rc = dsv_ident_signature(repo, DSV_IDENT_AUTHOR, &author);

	if (rc < 0)
		return rc;
	dsv_buf_addstr(out_name, author->name);
	dsv_buf_addstr(out_email, author->email);
	git_signature_free(author);
	return 0;
}
