#include "repo/batch.h"

#include <dsv/error.h>
#include <dsv/text.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "repo/private.h"

/* A header is "<oid> <type> <size>\n" or "<oid> missing\n". */
#define HEADER_MAX 256u

struct dsv_batch {
	pid_t pid;
	int to; /* a socket, so that a dead child raises no signal */
	int from;
	char *buf; /* what was read beyond the last answer */
	size_t at;
	size_t end;
};

#define BUF_SIZE (64u * 1024u)

/* The child sees the repository as we do: the same folder and objects, and no
 * replacements, which libgit2 does not know. */
static void child_env(struct dsv_strlist *env, const struct dsv_repo *repo)
{
	extern char **environ;
	char *git_dir DSV_AUTO(str) = dsv_strf("GIT_DIR=%s", repo->git_dir);

	for (char **at = environ; *at; at++)
		if (strncmp(*at, "GIT_DIR=", 8) != 0 &&
		    strncmp(*at, "GIT_WORK_TREE=", 14) != 0 &&
		    strncmp(*at, "GIT_TRACE", 9) != 0)
			dsv_strlist_add(env, *at);
	dsv_strlist_add(env, git_dir);
	dsv_strlist_add(env, "GIT_NO_REPLACE_OBJECTS=1");
	dsv_strlist_take(env, NULL);
}

static int spawn(pid_t *pid, const struct dsv_repo *repo, int in, int out)
{
	char *const argv[] = {(char *)"git", (char *)"cat-file",
			      (char *)"--batch", NULL};
	struct dsv_strlist env DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t pipes;
	int rc;

	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipes);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	child_env(&env, repo);
	rc = posix_spawnp(pid, "git", &actions, &attr, argv, env.items);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return rc;
}

int dsv_batch_open(struct dsv_batch **out, const struct dsv_repo *repo)
{
	struct dsv_batch *batch;
	int in[2];
	int from[2];
	pid_t pid;
	int rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot make a socket");
	if (pipe2(from, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return dsv_fail_errno(DSV_EIO, "cannot make a pipe");
	}
	/* fewer turns for large blobs; the default does as well */
	fcntl(from[0], F_SETPIPE_SZ, 1 << 20);

	rc = spawn(&pid, repo, in[1], from[1]);
	close(in[1]);
	close(from[1]);
	if (rc != 0) {
		close(in[0]);
		close(from[0]);
		return dsv_fail(DSV_EGIT, "cannot run git: %s", strerror(rc));
	}

	batch = dsv_alloc_zero(1, sizeof(*batch));
	batch->pid = pid;
	batch->to = in[0];
	batch->from = from[0];
	batch->buf = dsv_alloc(BUF_SIZE);
	*out = batch;
	return 0;
}

void dsv_batch_free(struct dsv_batch **batch)
{
	struct dsv_batch *it = *batch;

	if (!it)
		return;
	close(it->to);
	close(it->from);
	while (waitpid(it->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(it->buf);
	free(it);
	*batch = NULL;
}

static int child_fail(void)
{
	return dsv_fail(DSV_EGIT, "git cat-file has ended unexpectedly");
}

static int ask(struct dsv_batch *batch, const struct dsv_oid *oid)
{
	char line[DSV_OID_HEX];
	size_t done = 0;
	ssize_t n;

	dsv_oid_hex(oid, line);
	line[DSV_OID_HEX - 1] = '\n';
	while (done < sizeof(line)) {
		n = send(batch->to, line + done, sizeof(line) - done,
			 MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return child_fail();
		done += (size_t)n;
	}
	return 0;
}

static ssize_t read_some(int fd, void *data, size_t len)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n;
}

/* The line up to the next line feed, without it; lent until the next read. */
static int read_header(struct dsv_batch *batch, const char **out, size_t *len)
{
	char *start;
	char *end;
	ssize_t n;

	for (;;) {
		start = batch->buf + batch->at;
		end = memchr(start, '\n', batch->end - batch->at);
		if (end)
			break;
		if (batch->end - batch->at > HEADER_MAX)
			return child_fail();
		memmove(batch->buf, start, batch->end - batch->at);
		batch->end -= batch->at;
		batch->at = 0;
		n = read_some(batch->from, batch->buf + batch->end,
			      BUF_SIZE - batch->end);
		if (n <= 0)
			return child_fail();
		batch->end += (size_t)n;
	}
	*out = start;
	*len = (size_t)(end - start);
	batch->at += *len + 1;
	return 0;
}

static size_t take_buffered(struct dsv_batch *batch, char *to, size_t want)
{
	size_t n = batch->end - batch->at;

	if (n > want)
		n = want;
	if (to)
		memcpy(to, batch->buf + batch->at, n);
	batch->at += n;
	return n;
}

/* to NULL: drop the bytes. */
static int read_exact(struct dsv_batch *batch, char *to, uint64_t len)
{
	uint64_t done = 0;
	size_t want;
	ssize_t n;

	while (done < len) {
		want = len - done > SIZE_MAX / 2 ? SIZE_MAX / 2
						 : (size_t)(len - done);
		n = (ssize_t)take_buffered(batch, to ? to + done : NULL, want);
		if (n == 0 && to && want >= BUF_SIZE) {
			n = read_some(batch->from, to + done, want);
			if (n <= 0)
				return child_fail();
		} else if (n == 0) {
			n = read_some(batch->from, batch->buf, BUF_SIZE);
			if (n <= 0)
				return child_fail();
			batch->at = 0;
			batch->end = (size_t)n;
			continue;
		}
		done += (uint64_t)n;
	}
	return 0;
}

/* "<oid> blob <size>" -> 1 and the size; "<oid> missing" -> 0. */
static int parse_header(const char *line, size_t len, char type[16],
			uint64_t *size)
{
	const char *at = memchr(line, ' ', len);
	const char *end = line + len;
	const char *blank;

	if (!at)
		return child_fail();
	at++;
	blank = memchr(at, ' ', (size_t)(end - at));
	if (!blank)
		return 0;
	if (blank - at >= 16 ||
	    !dsv_parse_u64(blank + 1, (size_t)(end - blank - 1), size))
		return child_fail();
	memcpy(type, at, (size_t)(blank - at));
	type[blank - at] = '\0';
	return 1;
}

/* The answer is read to its end also when it is of no use, so that the next
 * question meets its own. */
static int read_body(struct dsv_batch *batch, const char *type, uint64_t size,
		     size_t limit, struct dsv_buf *out)
{
	bool blob = strcmp(type, "blob") == 0;
	bool keep = blob && size <= limit;
	int rc;

	dsv_buf_reset(out);
	rc = read_exact(batch, keep ? dsv_buf_reserve(out, (size_t)size) : NULL,
			size);
	if (rc == 0)
		rc = read_exact(batch, NULL, 1);
	if (rc < 0)
		return rc;
	if (!blob)
		return dsv_fail(DSV_ECORRUPT, "a %s where a blob is meant",
				type);
	if (!keep)
		return dsv_fail(DSV_ERANGE,
				"blob of %llu bytes is larger than %zu",
				(unsigned long long)size, limit);
	out->len = (size_t)size;
	out->data[out->len] = '\0';
	return 0;
}

int dsv_batch_read(struct dsv_batch *batch, const struct dsv_oid *oid,
		   size_t limit, struct dsv_buf *out)
{
	char hex[DSV_OID_HEX];
	char type[16];
	uint64_t size = 0;
	const char *line = NULL;
	size_t len = 0;
	int rc;

	rc = ask(batch, oid);
	if (rc < 0)
		return rc;
	rc = read_header(batch, &line, &len);
	if (rc < 0)
		return rc;
	rc = parse_header(line, len, type, &size);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return dsv_fail(DSV_EMISSING, "git object '%s' is not here",
				dsv_oid_hex(oid, hex));
	return read_body(batch, type, size, limit, out);
}
