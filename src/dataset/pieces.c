#include "dataset/pieces.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"

#define PIECE_LEN (4u * 1024u * 1024u)

struct pieces {
	struct dsv_stream stream;
	const char *data;
	size_t len;
	bool is_mapped;
	size_t at;
	size_t lent; /* bytes before at */
};

static int pieces_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct pieces *pieces = (struct pieces *)in;
	size_t left = pieces->len - pieces->at;

	if (pieces->is_mapped && pieces->lent > 0)
		dsv_pieces_pass(pieces->data, pieces->at - pieces->lent,
				pieces->lent);
	if (left == 0)
		return 0;
	pieces->lent = left < PIECE_LEN ? left : PIECE_LEN;
	*out = pieces->data + pieces->at;
	*out_len = pieces->lent;
	pieces->at += pieces->lent;
	return 1;
}

static void pieces_free(struct dsv_stream *in)
{
	free(in);
}

void dsv_pieces_open(struct dsv_stream **out, const char *data, size_t len,
		     bool is_mapped)
{
	struct pieces *pieces = dsv_alloc_zero(1, sizeof(*pieces));

	pieces->stream.next = pieces_next;
	pieces->stream.free = pieces_free;
	pieces->data = data;
	pieces->len = len;
	pieces->is_mapped = is_mapped;
	*out = &pieces->stream;
}

void dsv_pieces_pass(const char *data, size_t at, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t first = (at + page - 1) / page * page;
	size_t end = (at + len) / page * page;

	if (first < end)
		madvise((char *)data + first, end - first, MADV_DONTNEED);
}
