#include "cmd/checkout_view.h"

#include <dsv/text.h>

#include "cli/term.h"
#include "cmd/words.h"

#define BLOCKED_SHOWN 10u

static void add_files(struct dsv_buf *out, uint64_t n, const char *what)
{
	if (!n)
		return;
	dsv_buf_addstr(out, ", ");
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s %s", n == 1 ? "file" : "files", what);
}

void dsv_checkout_view_counts(struct dsv_buf *out,
			      const struct dsv_checkout *done)
{
	add_files(out, done->updated.n, "written");
	add_files(out, done->removed.n, "removed");
	add_files(out, done->kept.n, "kept with local changes");
	add_files(out, done->missing,
		  done->missing == 1
			  ? "left as a pointer: its content is not here"
			  : "left as pointers: their content is not here");
}

void dsv_checkout_view_blocked(const struct dsv_checkout *done)
{
	size_t i;

	for (i = 0; i < done->blocked.n && i < BLOCKED_SHOWN; i++) {
		struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_words_path(&path, done->blocked.items[i]);
		dsv_term_say("  %s", dsv_buf_str(&path));
	}
	if (done->blocked.n > BLOCKED_SHOWN)
		dsv_term_say("  and %zu more", done->blocked.n - BLOCKED_SHOWN);
}
