#include "dataset/track_name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/buf.h>

#include "base/alloc.h"
#include "dataset/pattern.h"

#define STEM_MAX 56u /* leaves room for a number */

/* The last part of a path, and where it begins. */
static size_t last_part(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len;
}

/* What a name may hold; runs of anything else become one '-'. */
static void add_plain(struct dsv_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len && out->len < STEM_MAX; i++) {
		unsigned char ch = (unsigned char)text[i];

		if (ch < 0x80 && isalnum(ch))
			dsv_buf_addch(out, (char)tolower(ch));
		else if (out->len == 0)
			continue;
		else if (strchr("._", ch))
			dsv_buf_addch(out, (char)ch);
		else if (out->data[out->len - 1] != '-')
			dsv_buf_addch(out, '-');
	}
	while (out->len > 0 && strchr("-._", out->data[out->len - 1]))
		dsv_buf_truncate(out, out->len - 1);
}

/* The path that names the dataset: the file, or the folder of a glob. */
static void naming_path(const char *pattern, struct dsv_buf *out)
{
	if (!dsv_pattern_is_glob(pattern)) {
		size_t start = last_part(pattern, strlen(pattern));
		const char *dot = strrchr(pattern + start, '.');

		dsv_buf_add(out, pattern,
			    dot && dot > pattern + start
				    ? (size_t)(dot - pattern)
				    : strlen(pattern));
		return;
	}
	dsv_pattern_folder(pattern, out);
}

char *dsv_track_name(const struct dsv_datasets *sets, const char *pattern)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t start, stem;

	naming_path(pattern, &path);
	start = last_part(dsv_buf_str(&path), path.len);
	add_plain(&name, dsv_buf_str(&path) + start, path.len - start);
	if (name.len == 0)
		dsv_buf_addstr(&name, "data");
	if (dsv_datasets_named(sets, name.data) && start > 0) {
		dsv_buf_reset(&name);
		start = last_part(path.data, start - 1);
		add_plain(&name, path.data + start, path.len - start);
	}
	stem = name.len;
	for (unsigned n = 2; dsv_datasets_named(sets, dsv_buf_str(&name));
	     n++) {
		dsv_buf_truncate(&name, stem);
		dsv_buf_addf(&name, "-%u", n);
	}
	return dsv_buf_detach(&name);
}
