#include "repo/gitrun.h"

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/spawn.h"
#include "repo/private.h"

static int run(struct dsv_repo *repo, struct dsv_strlist *all,
	       const struct dsv_strlist *args, struct dsv_buf *out)
{
	int status = 0;
	int rc;

	dsv_strlist_add(all, "git");
	if (repo) {
		dsv_strlist_add(all, "-C");
		dsv_strlist_add(all,
				repo->workdir ? repo->workdir : repo->git_dir);
	}
	for (size_t i = 0; i < args->n; i++)
		dsv_strlist_add(all, args->items[i]);
	dsv_strlist_take(all, NULL);
	rc = dsv_spawn_shown(all->items, out, &status);
	if (rc == 0)
		rc = dsv_cancelled();
	return rc < 0 ? rc : status;
}

int dsv_git_run(struct dsv_repo *repo, const struct dsv_strlist *args,
		struct dsv_buf *out)
{
	struct dsv_strlist all DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	return run(repo, &all, args, out);
}

int dsv_git_run_quiet(struct dsv_repo *repo, const struct dsv_strlist *args,
		      struct dsv_buf *out)
{
	struct dsv_strlist all DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_add(&all, "sh");
	dsv_strlist_add(&all, "-c");
	dsv_strlist_add(&all, "exec \"$@\" 2>/dev/null");
	dsv_strlist_add(&all, "sh");
	return run(repo, &all, args, out);
}

int dsv_git_remote_url(struct dsv_repo *repo, const char *remote, bool push,
		       char **out)
{
	git_remote *found = NULL;
	const char *url;
	int rc = git_remote_lookup(&found, repo->git, remote);

	if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC) {
		*out = dsv_strdup(remote);
		return 0;
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the remote '%s'", remote);
	url = push ? git_remote_pushurl(found) : NULL;
	if (!url)
		url = git_remote_url(found);
	rc = url ? 0
		 : dsv_fail(DSV_EGIT, "the remote '%s' has no address", remote);
	if (url)
		*out = dsv_strdup(url);
	git_remote_free(found);
	return rc;
}
