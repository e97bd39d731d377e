#include "base/spawn.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUT_MAX	  (16u * 1024u * 1024u)
#define WORDS_MAX (64u * 1024u) /* bytes that are kept; the rest is dropped */

extern char **environ;

/* out -1: dropped; said -1: our own. */
static int start(pid_t *pid, char *const argv[], int out, int said)
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
	if (out < 0)
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
						 "/dev/null", O_WRONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (said >= 0)
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

static int fail_start(int rc, const char *name)
{
	if (rc == ENOENT)
		return dsv_fail(DSV_ENOTFOUND, "'%s' is not installed", name);
	return dsv_fail(DSV_EIO, "cannot run '%s': %s", name, strerror(rc));
}

int dsv_spawn(char *const argv[], const char *show, struct dsv_buf *words,
	      int *out_status)
{
	int ends[2];
	pid_t pid;
	int rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot make a pipe");
	rc = start(&pid, argv, -1, ends[1]);
	close(ends[1]);
	if (rc == 0)
		listen(ends[0], show, words);
	close(ends[0]);
	if (rc != 0)
		return fail_start(rc, argv[0]);
	return wait_for(pid, argv[0], out_status);
}

static void collect(int from, struct dsv_buf *out)
{
	char piece[4096];

	for (;;) {
		const ssize_t n = read(from, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		if (out->len + (size_t)n <= OUT_MAX)
			dsv_buf_add(out, piece, (size_t)n);
	}
}

int dsv_spawn_shown(char *const argv[], struct dsv_buf *out, int *out_status)
{
	int ends[2] = {-1, STDERR_FILENO};
	pid_t pid;
	int rc;

	if (out && pipe2(ends, O_CLOEXEC) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot make a pipe");
	rc = start(&pid, argv, ends[1], -1);
	if (out) {
		close(ends[1]);
		if (rc == 0)
			collect(ends[0], out);
		close(ends[0]);
	}
	if (rc != 0)
		return fail_start(rc, argv[0]);
	return wait_for(pid, argv[0], out_status);
}
