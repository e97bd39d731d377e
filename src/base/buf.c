#include <dsv/buf.h>

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_CAP 64u /* bytes: most lines of output fit */

void dsv_buf_release(struct dsv_buf *buf)
{
	free(buf->data);
	*buf = (struct dsv_buf)DSV_BUF_INIT;
}

void dsv_buf_reset(struct dsv_buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

char *dsv_buf_reserve(struct dsv_buf *buf, size_t extra)
{
	size_t need = buf->len + extra;
	size_t cap = buf->cap ? buf->cap : FIRST_CAP;

	if (need < extra || need > SIZE_MAX / 4)
		dsv_alloc_failed();
	if (need >= buf->cap) {
		while (cap <= need)
			cap *= 2;
		buf->data = dsv_realloc(buf->data, cap, 1);
		buf->cap = cap;
		buf->data[buf->len] = '\0';
	}
	buf->data[need] = '\0';
	return buf->data + buf->len;
}

void dsv_buf_add(struct dsv_buf *buf, const void *data, size_t len)
{
	char *to = buf->data + buf->len;

	if (len == 0 || len >= buf->cap - buf->len)
		to = dsv_buf_reserve(buf, len);
	if (len == 0)
		return;
	memcpy(to, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void dsv_buf_addstr(struct dsv_buf *buf, const char *text)
{
	dsv_buf_add(buf, text, strlen(text));
}

void dsv_buf_addch(struct dsv_buf *buf, char ch)
{
	if (buf->len + 1 >= buf->cap)
		dsv_buf_reserve(buf, 1);
	buf->data[buf->len++] = ch;
	buf->data[buf->len] = '\0';
}

void dsv_buf_addf(struct dsv_buf *buf, const char *fmt, ...)
{
	size_t room = buf->cap - buf->len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(room ? buf->data + buf->len : NULL, room, fmt, args);
	va_end(args);
	if (len < 0)
		dsv_alloc_failed();
	if ((size_t)len >= room) {
		char *to = dsv_buf_reserve(buf, (size_t)len);

		va_start(args, fmt);
		vsnprintf(to, (size_t)len + 1, fmt, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

void dsv_buf_truncate(struct dsv_buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len = len;
	if (buf->data)
		buf->data[len] = '\0';
}

void dsv_buf_swap(struct dsv_buf *a, struct dsv_buf *b)
{
	struct dsv_buf kept = *a;

	*a = *b;
	*b = kept;
}

const char *dsv_buf_str(const struct dsv_buf *buf)
{
	if (!buf->data)
		return "";
	/* whoever filled reserved room by hand may have left the NUL out */
	if (buf->data[buf->len])
		buf->data[buf->len] = '\0';
	return buf->data;
}

char *dsv_buf_detach(struct dsv_buf *buf)
{
	char *data;

	dsv_buf_reserve(buf, 0);
	data = buf->data;
	data[buf->len] = '\0';
	*buf = (struct dsv_buf)DSV_BUF_INIT;
	return data;
}
