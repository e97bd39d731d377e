#include <dsv/hooks.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "hook_text.h"
#include "repo/config.h"
#include "repo/private.h"

#define HOOK_LIMIT (1024u * 1024u) /* bytes of a hook that is looked into */
#define OUR_MARK   "\n# Installed by dsv"

struct hook {
	const char *name;
	const char *text;
	const char *line; /* for a hook that is not ours */
};

#define LINE(name) "\"$(git config dsv.program)\" hook run " name " \"$@\""

static const struct hook hooks[DSV_N_HOOKS] = {
	{"pre-commit", pre_commit_text, LINE("pre-commit") " || exit"},
	{"prepare-commit-msg", prepare_commit_msg_text,
	 LINE("prepare-commit-msg")},
	{"pre-merge-commit", pre_merge_commit_text,
	 LINE("pre-merge-commit") " || exit"},
	{"pre-push", pre_push_text, LINE("pre-push")},
};

static const struct hook server_hook = {"pre-receive", pre_receive_text,
					LINE("pre-receive") " || exit 1"};

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
		 const struct hook *hook, struct dsv_hook_result *out)
{
	int rc;

	*out = (struct dsv_hook_result){.name = hook->name};
	out->path = dsv_fs_join(dir, hook->name);
	rc = judge(out, hook);
	if (rc < 0)
		return rc;
	if (out->state == DSV_HOOK_FOREIGN ||
	    (out->state == DSV_HOOK_MISSING && !is_own_dir(repo, dir)))
		out->line = dsv_strdup(hook->line);
	return 0;
}

/* What was checked: write what is missing, where that may be done. */
static int install(const char *dir, const struct hook *hook,
		   struct dsv_hook_result *out)
{
	int rc;

	if (out->state != DSV_HOOK_MISSING || out->line)
		return 0;
	rc = dsv_fs_mkdirs(dir);
	if (rc == 0)
		rc = dsv_atomic_put(out->path, hook->text, strlen(hook->text),
				    0777);
	if (rc < 0)
		return rc;
	out->state = DSV_HOOK_OURS;
	out->installed = true;
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
	size_t i;
	int rc;

	memset(out, 0, DSV_N_HOOKS * sizeof(*out));
	rc = dsv_hooks_dir(repo, &dir);
	for (i = 0; rc == 0 && i < DSV_N_HOOKS; i++)
		rc = check(repo, dsv_buf_str(&dir), &hooks[i], &out[i]);
	return rc;
}

int dsv_hooks_install(struct dsv_repo *repo,
		      struct dsv_hook_result out[DSV_N_HOOKS])
{
	struct dsv_buf dir DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;
	int rc;

	rc = dsv_hooks_check(repo, out);
	if (rc == 0)
		rc = dsv_hooks_dir(repo, &dir);
	for (i = 0; rc == 0 && i < DSV_N_HOOKS; i++)
		rc = install(dsv_buf_str(&dir), &hooks[i], &out[i]);
	return rc;
}

int dsv_hooks_install_server(struct dsv_repo *repo, struct dsv_hook_result *out)
{
	struct dsv_buf dir DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = dsv_hooks_dir(repo, &dir);
	if (rc == 0)
		rc = check(repo, dsv_buf_str(&dir), &server_hook, out);
	return rc < 0 ? rc : install(dsv_buf_str(&dir), &server_hook, out);
}

int dsv_hooks_set_program(struct dsv_repo *repo, const char *program)
{
	char *old DSV_AUTO(str) = dsv_config_str(repo, "dsv.program");

	if (old && !strcmp(old, program))
		return 0;
	return dsv_config_set(repo, "dsv.program", program);
}
