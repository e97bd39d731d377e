#ifndef DSV_BUF_H
#define DSV_BUF_H

#include <stddef.h>

#include <dsv/auto.h>

/*
 * A growing run of bytes, always followed by a NUL that len does not count.
 * Memory that cannot be had ends the program, so nothing here fails.
 */
struct dsv_buf {
	char *data;
	size_t len;
	size_t cap;
};

#define DSV_BUF_INIT \
	{            \
		0    \
	}

void dsv_buf_release(struct dsv_buf *buf);
void dsv_buf_reset(struct dsv_buf *buf);
/** Make room for extra more bytes; returns where they go. Whoever fills them
 * adds to len, and ends the text with dsv_buf_truncate(buf, buf->len) where he
 * used less than he asked for. */
char *dsv_buf_reserve(struct dsv_buf *buf, size_t extra);
void dsv_buf_add(struct dsv_buf *buf, const void *data, size_t len);
void dsv_buf_addstr(struct dsv_buf *buf, const char *text);
void dsv_buf_addch(struct dsv_buf *buf, char ch);
void dsv_buf_addf(struct dsv_buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** Cut to len bytes; len is at most buf->len. */
void dsv_buf_truncate(struct dsv_buf *buf, size_t len);
void dsv_buf_swap(struct dsv_buf *a, struct dsv_buf *b);
/** The text, "" where nothing was added; lent. */
const char *dsv_buf_str(const struct dsv_buf *buf);
/** The bytes as a NUL-ended allocation of the caller's; buf is empty after. */
char *dsv_buf_detach(struct dsv_buf *buf);

DSV_AUTO_RELEASE(buf)

#endif
