#include "base/spawn.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX (64u * 1024u) /* bytes that are kept; the rest is dropped */

extern char **environ;

static int start(pid_t *pid, char *const argv[], int said)
{
	const char *in = isatty(STDIN_FILENO) ? NULL : "/dev/tty";
	posix_spawn_file_actions_t actions;
	int fd;
	int rc;

	fd = in ? open(in, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	if (in && fd < 0)
		in = "/dev/null";
	if (fd >= 0)
		close(fd);
	posix_spawn_file_actions_init(&actions);
	if (in)
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in,
						 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
	rc = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* Show the lines of words from *shown on that are whole and wanted. */
static void show_lines(const char *show, const struct dsv_buf *words,
		       size_t *shown)
{
	const char *end;

	while ((end = memchr(words->data + *shown, '\n',
			     words->len - *shown))) {
		const char *line = words->data + *shown;
		const size_t len = (size_t)(end + 1 - line);

		if (show && !strncmp(line, show, strlen(show)) &&
		    write(STDERR_FILENO, line, len) < 0)
			return;
		*shown += len;
	}
}

static void listen(int from, const char *show, struct dsv_buf *words)
{
	char piece[1024];
	size_t shown = words->len;

	for (;;) {
		const ssize_t n = read(from, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		if (words->len + (size_t)n > WORDS_MAX)
			continue;
		dsv_buf_add(words, piece, (size_t)n);
		show_lines(show, words, &shown);
	}
}

static int wait_for(pid_t pid, const char *name, int *out_status)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return dsv_fail_errno(DSV_EIO, "'%s'", name);
	}
	*out_status = WIFEXITED(status) ? WEXITSTATUS(status)
					: 128 + WTERMSIG(status);
	return 0;
}

int dsv_spawn(char *const argv[], const char *show, struct dsv_buf *words,
	      int *out_status)
{
	int ends[2];
	pid_t pid;
	int rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot make a pipe");
	rc = start(&pid, argv, ends[1]);
	close(ends[1]);
	if (rc == 0)
		listen(ends[0], show, words);
	close(ends[0]);
	if (rc == ENOENT)
		return dsv_fail(DSV_ENOTFOUND, "'%s' is not installed",
				argv[0]);
	if (rc != 0)
		return dsv_fail(DSV_EIO, "cannot run '%s': %s", argv[0],
				strerror(rc));
	return wait_for(pid, argv[0], out_status);
}
