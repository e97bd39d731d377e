#include "repo/pktline.h"

#include <dsv/error.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"

#define HEAD 4u
#define CAP  (256u * 1024u) /* several packets at one read */

void dsv_pkt_reader_init(struct dsv_pkt_reader *in, int fd)
{
	*in = (struct dsv_pkt_reader){.fd = fd, .data = dsv_alloc(CAP)};
}

void dsv_pkt_reader_release(struct dsv_pkt_reader *in)
{
	free(in->data);
	in->data = NULL;
}

/* Have need bytes at hand: 1, 0 at a clean end, negative. */
static int fill(struct dsv_pkt_reader *in, size_t need)
{
	ssize_t got;

	if (in->end - in->at >= need)
		return 1;
	memmove(in->data, in->data + in->at, in->end - in->at);
	in->end -= in->at;
	in->at = 0;
	while (in->end < need) {
		got = read(in->fd, in->data + in->end, CAP - in->end);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return dsv_fail_errno(DSV_EIO, "cannot read from git");
		if (got == 0 && !in->end)
			return 0;
		if (got == 0)
			return dsv_fail(DSV_ESYNTAX,
					"a packet from git is cut short");
		in->end += (size_t)got;
	}
	return 1;
}

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

/* 0 is a flush packet; a length below HEAD otherwise is none. */
static int read_length(const char *head, size_t *out)
{
	size_t len = 0;
	size_t i;

	for (i = 0; i < HEAD; i++) {
		const int digit = hex_digit(head[i]);

		if (digit < 0)
			return dsv_fail(DSV_ESYNTAX, "not a packet of git");
		len = len << 4 | (size_t)digit;
	}
	if ((len && len < HEAD) || len > HEAD + DSV_PKT_MAX)
		return dsv_fail(DSV_ESYNTAX, "not a packet of git");
	*out = len;
	return 0;
}

int dsv_pkt_next(struct dsv_pkt_reader *in, const char **out, size_t *out_len)
{
	size_t len = 0;
	int rc;

	rc = fill(in, HEAD);
	if (rc <= 0)
		return rc < 0 ? rc : DSV_PKT_END;
	rc = read_length(in->data + in->at, &len);
	if (rc < 0)
		return rc;
	if (!len) {
		in->at += HEAD;
		return DSV_PKT_FLUSH;
	}
	rc = fill(in, len);
	if (rc < 0)
		return rc;
	*out = in->data + in->at + HEAD;
	*out_len = len - HEAD;
	in->at += len;
	return DSV_PKT_DATA;
}

static int write_all(int fd, struct iovec *parts, int n)
{
	while (n) {
		ssize_t wrote = writev(fd, parts, n);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return dsv_fail_errno(DSV_EIO, "cannot write to git");
		while (n && (size_t)wrote >= parts->iov_len) {
			wrote -= (ssize_t)parts->iov_len;
			parts++;
			n--;
		}
		if (n) {
			parts->iov_base = (char *)parts->iov_base + wrote;
			parts->iov_len -= (size_t)wrote;
		}
	}
	return 0;
}

static int write_packet(int fd, const char *data, size_t len)
{
	char head[HEAD + 1];
	struct iovec parts[2] = {{head, HEAD}, {(void *)data, len}};

	snprintf(head, sizeof(head), "%04x", (unsigned)((len + HEAD) & 0xffff));
	return write_all(fd, parts, len ? 2 : 1);
}

int dsv_pkt_write(int fd, const void *data, size_t len)
{
	const char *at = data;
	int rc;

	while (len) {
		const size_t n = len < DSV_PKT_MAX ? len : DSV_PKT_MAX;

		rc = write_packet(fd, at, n);
		if (rc < 0)
			return rc;
		at += n;
		len -= n;
	}
	return 0;
}

int dsv_pkt_text(int fd, const char *text)
{
	char *line DSV_AUTO(str) = dsv_strf("%s\n", text);

	return write_packet(fd, line, strlen(line));
}

int dsv_pkt_flush(int fd)
{
	struct iovec part = {(void *)"0000", HEAD};

	return write_all(fd, &part, 1);
}
