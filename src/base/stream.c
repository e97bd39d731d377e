#include "base/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"

#define PIECE_SIZE (1024u * 1024u) /* bytes of one read(2) */

int dsv_stream_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	return in->next(in, out, out_len);
}

void dsv_stream_free(struct dsv_stream **in)
{
	if (*in)
		(*in)->free(*in);
	*in = NULL;
}

struct memory_stream {
	struct dsv_stream stream;
	const char *data;
	size_t len;
};

static int memory_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct memory_stream *memory = (struct memory_stream *)in;

	if (memory->len == 0)
		return 0;
	*out = memory->data;
	*out_len = memory->len;
	memory->len = 0;
	return 1;
}

static void memory_free(struct dsv_stream *in)
{
	free(in);
}

void dsv_stream_of_memory(struct dsv_stream **out, const char *data, size_t len)
{
	struct memory_stream *memory = dsv_alloc_zero(1, sizeof(*memory));

	memory->stream.next = memory_next;
	memory->stream.free = memory_free;
	memory->data = data;
	memory->len = len;
	*out = &memory->stream;
}

struct fd_stream {
	struct dsv_stream stream;
	int fd;
	char *name;
	char *piece;
};

static int fd_fill(struct dsv_stream *in, char *to, size_t room,
		   size_t *out_len)
{
	struct fd_stream *file = (struct fd_stream *)in;
	ssize_t n;
	int rc;

	rc = dsv_cancelled();
	if (rc < 0)
		return rc;
	do {
		n = read(file->fd, to, room);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", file->name);
	*out_len = (size_t)n;
	return n > 0;
}

static int fd_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct fd_stream *file = (struct fd_stream *)in;

	if (!file->piece)
		file->piece = dsv_alloc(PIECE_SIZE);
	*out = file->piece;
	return fd_fill(in, file->piece, PIECE_SIZE, out_len);
}

static void fd_free(struct dsv_stream *in)
{
	struct fd_stream *file = (struct fd_stream *)in;

	free(file->name);
	free(file->piece);
	free(file);
}

void dsv_stream_of_fd(struct dsv_stream **out, int fd, const char *name)
{
	struct fd_stream *file = dsv_alloc_zero(1, sizeof(*file));

	file->stream.next = fd_next;
	file->stream.fill = fd_fill;
	file->stream.free = fd_free;
	file->fd = fd;
	file->name = dsv_strdup(name);
	*out = &file->stream;
}
