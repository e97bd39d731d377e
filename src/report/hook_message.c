#include <dsv/hook_message.h>

#include <string.h>

#include <dsv/commit.h>
#include <dsv/message.h>
#include <dsv/trailers.h>

#include "base/atomic.h"
#include "base/fs.h"

#define MESSAGE_MAX (64u * 1024u * 1024u) /* bytes; `commit -v` adds a diff */

static int compose(struct dsv_repo *repo, bool amend, struct dsv_buf *out)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_version parents[DSV_PARENTS_MAX];
	int n = dsv_commit_parents(repo, amend, parents);

	if (n < 0)
		return n;
	return dsv_trailers_compose(repo, parents, (size_t)n, &index, out);
}

int dsv_hook_message(struct dsv_repo *repo, const char *path, bool amend)
{
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf before DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf lines DSV_AUTO(buf) = DSV_BUF_INIT;
	char comment = dsv_commit_comment(repo);
	int rc;

	rc = dsv_fs_read(path, MESSAGE_MAX, &message);
	if (rc < 0)
		return rc;
	if (dsv_message_is_empty(message.data, message.len, comment))
		return 0;
	rc = compose(repo, amend, &lines);
	if (rc < 0)
		return rc;
	dsv_buf_add(&before, message.data, message.len);
	dsv_message_set_trailers(&message, dsv_buf_str(&lines), comment);
	if (message.len == before.len &&
	    !memcmp(message.data, before.data, message.len))
		return 0;
	return dsv_atomic_put(path, message.data, message.len, 0666);
}
