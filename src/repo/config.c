#include "repo/config.h"

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/private.h"

static git_config *snapshot(struct dsv_repo *repo)
{
	if (!repo->config &&
	    git_repository_config_snapshot(&repo->config, repo->git) < 0)
		repo->config = NULL;
	return repo->config;
}

char *dsv_config_str(struct dsv_repo *repo, const char *name)
{
	git_config *config = snapshot(repo);
	const char *value;

	if (!config || git_config_get_string(&value, config, name) < 0)
		return NULL;
	return dsv_strdup(value);
}

bool dsv_config_bool(struct dsv_repo *repo, const char *name, bool fallback)
{
	git_config *config = snapshot(repo);
	int value;

	if (!config || git_config_get_bool(&value, config, name) < 0)
		return fallback;
	return value;
}

uint64_t dsv_config_u64(struct dsv_repo *repo, const char *name,
			uint64_t fallback)
{
	git_config *config = snapshot(repo);
	int64_t value;

	if (!config || git_config_get_int64(&value, config, name) < 0 ||
	    value < 0)
		return fallback;
	return (uint64_t)value;
}

static int open_own(git_config **out, struct dsv_repo *repo)
{
	git_config *all DSV_AUTO(git_config) = NULL;
	int rc;

	git_config_free(repo->config);
	repo->config = NULL;

	rc = git_repository_config(&all, repo->git);
	if (rc == 0)
		rc = git_config_open_level(out, all, GIT_CONFIG_LEVEL_LOCAL);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot open the git configuration");
	return 0;
}

int dsv_config_set(struct dsv_repo *repo, const char *name, const char *value)
{
	git_config *own DSV_AUTO(git_config) = NULL;
	int rc;

	rc = open_own(&own, repo);
	if (rc < 0)
		return rc;
	rc = git_config_set_string(own, name, value);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot set '%s'", name);
	return 0;
}

int dsv_config_unset(struct dsv_repo *repo, const char *name)
{
	git_config *own DSV_AUTO(git_config) = NULL;
	int rc;

	rc = open_own(&own, repo);
	if (rc < 0)
		return rc;
	rc = git_config_delete_entry(own, name);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return dsv_git_fail(rc, "cannot unset '%s'", name);
	return 0;
}
