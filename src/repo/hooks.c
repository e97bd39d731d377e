#include <dsv/hooks.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "hook_text.h"
#include "repo/private.h"

#define HOOK_LIMIT (1024u * 1024u) /* bytes of a hook that is looked into */
#define OUR_MARK   "\n# Installed by dsv init: "

struct hook {
	const char *name;
	const char *text;
	const char *line; /* for a hook that is not ours */
};

static const struct hook hooks[DSV_N_HOOKS] = {
	{"pre-commit", pre_commit_text,
	 "\"$(git config dsv.program)\" hook run pre-commit \"$@\" || exit"},
	{"prepare-commit-msg", prepare_commit_msg_text,
	 "\"$(git config dsv.program)\" hook run prepare-commit-msg \"$@\""},
};

static bool lies_in(const char *path, const char *dir)
{
	const size_t len = dir ? strlen(dir) : 0;

	return len && !strncmp(path, dir, len) &&
	       (path[len] == '/' || !path[len]);
}

/* A folder shared with other repositories is not ours to write into. */
static bool is_own_dir(const struct dsv_repo *repo, const char *dir)
{
	return lies_in(dir, repo->common_dir) || lies_in(dir, repo->workdir);
}

int dsv_hooks_dir(struct dsv_repo *repo, struct dsv_buf *out)
{
	git_config *config DSV_AUTO(git_config) = NULL;
	git_buf path = GIT_BUF_INIT;
	int rc;

	rc = git_repository_config_snapshot(&config, repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the git configuration");

	rc = git_config_get_path(&path, config, "core.hooksPath");
	if (rc < 0 || !path.size)
		dsv_buf_addf(out, "%s/hooks", repo->common_dir);
	else if (path.ptr[0] == '/')
		dsv_buf_addstr(out, path.ptr);
	else
		dsv_buf_addf(out, "%s/%s",
			     repo->workdir ? repo->workdir : repo->git_dir,
			     path.ptr);
	git_buf_dispose(&path);
	return 0;
}

static bool calls_dsv(const struct dsv_buf *text, const char *name)
{
	char *call DSV_AUTO(str) = dsv_strf("hook run %s", name);

	return strstr(dsv_buf_str(text), call) != NULL;
}

/* An empty or earlier script of ours counts as missing: it is replaced. */
static int judge(struct dsv_hook_result *result, const struct hook *hook)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	result->state = DSV_HOOK_MISSING;
	if (!dsv_fs_exists(result->path))
		return 0;
	rc = dsv_fs_read(result->path, HOOK_LIMIT, &text);
	if (rc < 0)
		return rc;

	if (!strcmp(dsv_buf_str(&text), hook->text))
		result->state = DSV_HOOK_OURS;
	else if (strstr(dsv_buf_str(&text), OUR_MARK))
		result->state = DSV_HOOK_MISSING;
	else if (calls_dsv(&text, hook->name))
		result->state = DSV_HOOK_CALLS;
	else
		result->state = DSV_HOOK_FOREIGN;
	return 0;
}

static int check(struct dsv_repo *repo, const char *dir,
		 struct dsv_hook_result out[DSV_N_HOOKS])
{
	size_t i;
	int rc;

	for (i = 0; i < DSV_N_HOOKS; i++) {
		struct dsv_hook_result *result = &out[i];

		*result = (struct dsv_hook_result){.name = hooks[i].name};
		result->path = dsv_fs_join(dir, hooks[i].name);
		rc = judge(result, &hooks[i]);
		if (rc < 0)
			return rc;
		if (result->state == DSV_HOOK_FOREIGN ||
		    (result->state == DSV_HOOK_MISSING &&
		     !is_own_dir(repo, dir)))
			result->line = dsv_strdup(hooks[i].line);
	}
	return 0;
}

void dsv_hook_result_release(struct dsv_hook_result *result)
{
	free(result->path);
	free(result->line);
	*result = (struct dsv_hook_result){0};
}

int dsv_hooks_check(struct dsv_repo *repo,
		    struct dsv_hook_result out[DSV_N_HOOKS])
{
	struct dsv_buf dir DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	memset(out, 0, DSV_N_HOOKS * sizeof(*out));
	rc = dsv_hooks_dir(repo, &dir);
	if (rc < 0)
		return rc;
	return check(repo, dsv_buf_str(&dir), out);
}

int dsv_hooks_install(struct dsv_repo *repo,
		      struct dsv_hook_result out[DSV_N_HOOKS])
{
	struct dsv_buf dir DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;
	int rc;

	memset(out, 0, DSV_N_HOOKS * sizeof(*out));
	rc = dsv_hooks_dir(repo, &dir);
	if (rc < 0)
		return rc;
	rc = check(repo, dsv_buf_str(&dir), out);
	if (rc < 0)
		return rc;

	for (i = 0; i < DSV_N_HOOKS; i++) {
		if (out[i].state != DSV_HOOK_MISSING || out[i].line)
			continue;
		rc = dsv_fs_mkdirs(dsv_buf_str(&dir));
		if (rc == 0)
			rc = dsv_atomic_put(out[i].path, hooks[i].text,
					    strlen(hooks[i].text), 0777);
		if (rc < 0)
			return rc;
		out[i].state = DSV_HOOK_OURS;
		out[i].installed = true;
	}
	return 0;
}
