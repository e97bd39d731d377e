#include "cmd/markdown.h"

#include <string.h>

#include <dsv/text.h>

#define TEXT_MAX 200u /* bytes of one value */

void dsv_md_text(struct dsv_buf *out, const char *text, size_t len)
{
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i, cut = len > TEXT_MAX ? TEXT_MAX : len;

	while (cut && cut < len && ((unsigned char)text[cut] & 0xc0) == 0x80)
		cut--;
	dsv_add_shown(&shown, text, cut);
	for (i = 0; i < shown.len; i++) {
		if (shown.data[i] == '<') {
			dsv_buf_addstr(out, "&lt;");
			continue;
		}
		if (shown.data[i] == '&') {
			dsv_buf_addstr(out, "&amp;");
			continue;
		}
		if (strchr("|\\`*_[]#@~", shown.data[i]))
			dsv_buf_addch(out, '\\');
		dsv_buf_addch(out, shown.data[i]);
	}
	if (cut < len)
		dsv_buf_addstr(out, "...");
}
