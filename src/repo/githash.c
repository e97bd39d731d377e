#include "repo/githash.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "repo/private.h"

extern char **environ;

static pid_t spawn(const struct dsv_repo *repo, const char *path, int out)
{
	char *const argv[] = {(char *)"git", (char *)"hash-object",
			      (char *)"--", (char *)path, NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addchdir_np(&actions, repo->workdir);
	rc = posix_spawnp(&pid, "git", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc == 0 ? pid : -1;
}

static size_t read_answer(int fd, char *to, size_t room)
{
	size_t len = 0;
	ssize_t n;

	while (len < room) {
		n = read(fd, to + len, room - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	return len;
}

static bool ended_well(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int dsv_git_hash(struct dsv_repo *repo, const char *path, struct dsv_oid *out)
{
	char hex[DSV_OID_HEX + 1];
	git_oid oid;
	int fds[2];
	size_t len;
	pid_t pid;

	if (getenv("DSV_NO_GIT") || pipe2(fds, O_CLOEXEC) < 0)
		return 0;
	pid = spawn(repo, path, fds[1]);
	close(fds[1]);
	len = pid > 0 ? read_answer(fds[0], hex, sizeof(hex)) : 0;
	close(fds[0]);
	if (pid <= 0 || !ended_well(pid) || len != DSV_OID_HEX ||
	    git_oid_fromstrn(&oid, hex, DSV_OID_HEX - 1) < 0)
		return 0;
	dsv_oid_of_git(out, &oid);
	return 1;
}
