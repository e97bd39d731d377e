#include "repo/hookrun.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/private.h"

extern char **environ;

/* Between fork and exec only what is safe in a program with threads. */
struct child {
	const char *dir;
	char **argv;
	char **env;
	bool is_hook;
};

static void run_child(const struct child *child)
{
	int null;

	if (chdir(child->dir) < 0)
		_exit(127);
	if (child->is_hook) {
		null = open("/dev/null", O_RDONLY);
		if (null >= 0)
			dup2(null, STDIN_FILENO);
		dup2(STDERR_FILENO, STDOUT_FILENO);
	}
	execvpe(child->argv[0], child->argv, child->env);
	_exit(127);
}

/* The status that the child ended with, 128 + n for a signal. */
static int run(const struct child *child, int *out_status)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return dsv_fail_errno(DSV_EIO, "cannot start '%s'",
				      child->argv[0]);
	if (pid == 0)
		run_child(child);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return dsv_fail_errno(DSV_EIO, "'%s'", child->argv[0]);
	}
	*out_status = WIFEXITED(status) ? WEXITSTATUS(status)
					: 128 + WTERMSIG(status);
	return 0;
}

static bool overrides(const char *entry, const struct dsv_strlist *more)
{
	const size_t len = strcspn(entry, "=") + 1;
	size_t i;

	for (i = 0; more && i < more->n; i++) {
		if (!strncmp(entry, more->items[i], len))
			return true;
	}
	return false;
}

/* An array of lent strings, NULL at the end; the array is the caller's. */
static char **make_env(const struct dsv_strlist *more)
{
	size_t n = 0;
	size_t used = 0;
	char **out;
	size_t i;

	while (environ[n])
		n++;
	out = dsv_alloc_zero(n + (more ? more->n : 0) + 1, sizeof(*out));
	for (i = 0; i < n; i++) {
		if (!overrides(environ[i], more))
			out[used++] = environ[i];
	}
	for (i = 0; more && i < more->n; i++)
		out[used++] = more->items[i];
	return out;
}

static const char *top_of(const struct dsv_repo *repo)
{
	return repo->workdir ? repo->workdir : repo->git_dir;
}

int dsv_hook_run(struct dsv_repo *repo, const struct dsv_hook_call *call)
{
	struct dsv_buf dir DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = NULL;
	char **env;
	char *argv[5] = {NULL};
	struct child child = {.dir = top_of(repo), .is_hook = true};
	int status = 0;
	size_t i;
	int rc;

	rc = dsv_hooks_dir(repo, &dir);
	if (rc < 0)
		return rc;
	path = dsv_fs_join(dsv_buf_str(&dir), call->name);
	if (access(path, X_OK) < 0)
		return 0;

	argv[0] = path;
	for (i = 0; i < 3 && call->args[i]; i++)
		argv[i + 1] = (char *)call->args[i];
	env = make_env(call->env);
	child.argv = argv;
	child.env = env;
	rc = run(&child, &status);
	free(env);
	if (rc < 0)
		return rc;
	if (status)
		return dsv_fail(DSV_EREFUSED, "the hook '%s' refused",
				call->name);
	return 1;
}

int dsv_shell_run(struct dsv_repo *repo, const char *command, const char *arg)
{
	char *script DSV_AUTO(str) = dsv_strf("%s \"$@\"", command);
	char *argv[] = {(char *)"/bin/sh", (char *)"-c", script,
			(char *)command,   (char *)arg,	 NULL};
	struct child child = {
		.dir = top_of(repo), .argv = argv, .env = environ};
	int status = 0;
	int rc;

	rc = run(&child, &status);
	if (rc < 0)
		return rc;
	if (status)
		return dsv_fail(DSV_EREFUSED, "'%s' ended with status %d",
				command, status);
	return 0;
}
