#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "cli/term.h"

#define OUT_ENOUGH (64u * 1024u) /* bytes that make a write worth it */

void dsv_out_init(struct dsv_out *out)
{
	memset(out, 0, sizeof(*out));
	out->fd = STDOUT_FILENO;
	out->tty = isatty(STDOUT_FILENO);
	out->colour = dsv_term_has_colour(STDOUT_FILENO);
	out->utf8 = dsv_term_is_utf8();
	out->width = dsv_term_width(STDOUT_FILENO);
}

int dsv_out_show(struct dsv_out *out, const struct dsv_view *view, void *result)
{
	if (out->json)
		return view->json(out, result);
	return view->human(out, result);
}

static int out_fail(struct dsv_out *out)
{
	errno = out->fault;
	if (out->fd != STDOUT_FILENO)
		return dsv_fail_errno(DSV_EIO, "cannot write the file");
	return dsv_fail_errno(DSV_EIO, "cannot write to standard output");
}

static int write_some(struct dsv_out *out, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(out->fd, data, len);
		if (n < 0 && errno == EINTR) {
			if (dsv_cancelled() < 0)
				return DSV_ECANCELLED;
			continue;
		}
		if (n < 0) {
			out->fault = errno;
			return out_fail(out);
		}
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int dsv_out_flush(struct dsv_out *out)
{
	int rc;

	if (out->fault)
		return out_fail(out);
	if (!out->buf.len)
		return 0;
	if (out->fd == STDOUT_FILENO)
		dsv_term_progress_clear();
	if (out->page) {
		out->page = false;
		out->pager = dsv_term_start_pager();
	}
	rc = write_some(out, out->buf.data, out->buf.len);
	dsv_buf_reset(&out->buf);
	return rc;
}

int dsv_out_line(struct dsv_out *out)
{
	if (out->fault)
		return out_fail(out);
	return out->buf.len < OUT_ENOUGH ? 0 : dsv_out_flush(out);
}

/* A full disk may show only when the file is closed. */
static int check_close(struct dsv_out *out)
{
	struct stat st;
	int copy;

	if (fstat(STDOUT_FILENO, &st) || !S_ISREG(st.st_mode))
		return 0;
	copy = dup(STDOUT_FILENO);
	if (copy >= 0 && !close(copy))
		return 0;
	out->fault = errno;
	return out_fail(out);
}

int dsv_out_end(struct dsv_out *out)
{
	int rc = dsv_out_flush(out);

	if (rc == 0)
		rc = check_close(out);
	if (out->pager)
		dsv_term_wait_pager(out->pager);
	out->pager = 0;
	dsv_buf_release(&out->buf);
	return rc;
}

void dsv_out_style(struct dsv_out *out, enum dsv_style style)
{
	static const char *const codes[] = {
		[DSV_PLAIN] = "\033[m",	 [DSV_BOLD] = "\033[1m",
		[DSV_DIM] = "\033[2m",	 [DSV_GREEN] = "\033[32m",
		[DSV_RED] = "\033[31m",	 [DSV_YELLOW] = "\033[33m",
		[DSV_CYAN] = "\033[36m",
	};

	if (out->colour)
		dsv_buf_addstr(&out->buf, codes[style]);
}

void dsv_out_styled(struct dsv_out *out, enum dsv_style style, const char *fmt,
		    ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (style != DSV_PLAIN)
		dsv_out_style(out, style);
	va_start(ap, fmt);
	vsnprintf(dsv_buf_reserve(&out->buf, (size_t)len + 1), (size_t)len + 1,
		  fmt, ap);
	va_end(ap);
	out->buf.len += (size_t)len;
	if (style != DSV_PLAIN)
		dsv_out_style(out, DSV_PLAIN);
}

void dsv_out_shown(struct dsv_out *out, const char *text)
{
	dsv_add_shown(&out->buf, text, strlen(text));
}

static void begin_value(struct dsv_out *out, const char *name)
{
	char last = out->buf.len ? out->buf.data[out->buf.len - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		dsv_buf_addch(&out->buf, ',');
	if (!name)
		return;
	dsv_add_json_string(&out->buf, name, strlen(name));
	dsv_buf_addch(&out->buf, ':');
}

void dsv_jline_open(struct dsv_out *out, const char *type)
{
	dsv_buf_addstr(&out->buf, "{\"type\":");
	dsv_add_json_string(&out->buf, type, strlen(type));
}

int dsv_jline_close(struct dsv_out *out)
{
	dsv_buf_addstr(&out->buf, "}\n");
	return dsv_out_line(out);
}

void dsv_jline_text(struct dsv_out *out, const char *name, const char *text)
{
	begin_value(out, name);
	if (text)
		dsv_add_json_string(&out->buf, text, strlen(text));
	else
		dsv_buf_addstr(&out->buf, "null");
}

void dsv_jline_count(struct dsv_out *out, const char *name, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	begin_value(out, name);
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	dsv_buf_add(&out->buf, digits + at, sizeof(digits) - at);
}

void dsv_jline_flag(struct dsv_out *out, const char *name, bool on)
{
	begin_value(out, name);
	dsv_buf_addstr(&out->buf, on ? "true" : "false");
}

void dsv_jline_list(struct dsv_out *out, const char *name,
		    const struct dsv_strlist *list)
{
	size_t i;

	dsv_jline_array(out, name);
	for (i = 0; list && i < list->n; i++)
		dsv_jline_text(out, NULL, list->items[i]);
	dsv_jline_end(out, ']');
}

void dsv_jline_field(struct dsv_out *out, const char *name,
		     const struct dsv_field *field)
{
	begin_value(out, name);
	if (field->kind == DSV_FIELD_MISSING)
		dsv_buf_addstr(&out->buf, "null");
	else if (field->kind == DSV_FIELD_JSON &&
		 dsv_utf8_valid(field->text, field->len) == field->len)
		dsv_buf_add(&out->buf, field->text, field->len);
	else
		dsv_add_json_string(&out->buf, field->text, field->len);
}

void dsv_jline_name(struct dsv_out *out, const char *name)
{
	begin_value(out, name);
}

void dsv_jline_object(struct dsv_out *out, const char *name)
{
	begin_value(out, name);
	dsv_buf_addch(&out->buf, '{');
}

void dsv_jline_array(struct dsv_out *out, const char *name)
{
	begin_value(out, name);
	dsv_buf_addch(&out->buf, '[');
}

void dsv_jline_end(struct dsv_out *out, char close)
{
	dsv_buf_addch(&out->buf, close);
}

void dsv_out_wrapped(struct dsv_out *out, const char *text, size_t indent)
{
	size_t room = out->width > indent + 20 ? out->width - indent : 20;
	size_t used = 0;

	while (*text) {
		size_t len = strcspn(text, " ");
		size_t width = dsv_shown_width(text, len);

		if (used && used + 1 + width > room) {
			dsv_buf_addf(&out->buf, "\n%*s", (int)indent, "");
			used = 0;
		} else if (used) {
			dsv_buf_addch(&out->buf, ' ');
			used++;
		}
		dsv_add_shown(&out->buf, text, len);
		used += width;
		text += len + (text[len] == ' ');
	}
}
