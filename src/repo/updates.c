#include <dsv/updates.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"

#define WORDS_MAX 4u /* of a line */

struct word {
	const char *at;
	size_t len;
};

/* Where a form has what. */
static const struct form {
	size_t n, tip, ref, old;
} forms[] = {
	[DSV_REF_LINES_RECEIVED] = {.n = 3, .old = 0, .tip = 1, .ref = 2},
	[DSV_REF_LINES_PUSHED] = {.n = 4, .tip = 1, .ref = 2, .old = 3},
};

/* The last words of a line; what is left is the first, blanks and all, since
 * a local reference may be "HEAD@{1 day ago}". False: there are not as many. */
static bool split(const char *line, const char *end, size_t n, struct word *out)
{
	while (--n > 0) {
		const char *at = end;

		while (at > line && at[-1] != ' ')
			at--;
		if (at == line)
			return false;
		out[n] = (struct word){at, (size_t)(end - at)};
		end = at - 1;
	}
	out[0] = (struct word){line, (size_t)(end - line)};
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_oid(struct dsv_oid *out, const struct word *word)
{
	if (word->len != 2 * DSV_OID_SIZE)
		return false;
	for (size_t i = 0; i < DSV_OID_SIZE; i++) {
		int high = digit(word->at[2 * i]);
		int low = digit(word->at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out->bytes[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

static bool parse_line(struct dsv_ref_updates *out, const struct form *form,
		       const char *line, const char *end)
{
	struct dsv_ref_update update = {.ref = NULL};
	struct word words[WORDS_MAX];

	if (!split(line, end, form->n, words) ||
	    !parse_oid(&update.old, &words[form->old]) ||
	    !parse_oid(&update.tip, &words[form->tip]) ||
	    words[form->ref].len == 0)
		return false;
	update.ref = dsv_strndup(words[form->ref].at, words[form->ref].len);
	DSV_GROW(out->items, out->cap, out->n + 1);
	out->items[out->n++] = update;
	return true;
}

int dsv_ref_updates_parse(struct dsv_ref_updates *out, enum dsv_ref_lines form,
			  const char *text, size_t len)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	const char *end = text + len;

	for (size_t line = 1; text < end; line++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (!stop || memchr(text, '\0', (size_t)(stop - text)) ||
		    !parse_line(&updates, &forms[form], text, stop))
			return dsv_fail(DSV_ESYNTAX,
					"line %zu of the references is not as "
					"git writes it",
					line);
		text = stop + 1;
	}
	*out = updates;
	updates = (struct dsv_ref_updates)DSV_REF_UPDATES_INIT;
	return 0;
}

int dsv_ref_updates_read(struct dsv_ref_updates *out, enum dsv_ref_lines form,
			 int fd)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char piece[4096];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR && dsv_cancelled() == 0)
			continue;
		if (n < 0)
			return dsv_cancelled() < 0
				       ? DSV_ECANCELLED
				       : dsv_fail_errno(DSV_EIO,
							"standard input");
		if (text.len + (size_t)n > DSV_REF_LINES_MAX)
			return dsv_fail(DSV_ERANGE,
					"a push of more than %u bytes of "
					"references",
					DSV_REF_LINES_MAX);
		dsv_buf_add(&text, piece, (size_t)n);
	}
	return dsv_ref_updates_parse(out, form, dsv_buf_str(&text), text.len);
}

void dsv_ref_updates_release(struct dsv_ref_updates *updates)
{
	for (size_t i = 0; i < updates->n; i++)
		free(updates->items[i].ref);
	free(updates->items);
	*updates = (struct dsv_ref_updates)DSV_REF_UPDATES_INIT;
}
