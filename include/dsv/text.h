#ifndef DSV_TEXT_H
#define DSV_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

/* Text: encodings, numbers, time, names. */

/** Length of the strictly valid UTF-8 prefix (no surrogates, no overlong). */
size_t dsv_utf8_valid(const char *text, size_t len);

/** Decimal digits only, no sign, no blanks; false when not exactly that. */
bool dsv_parse_u64(const char *text, size_t len, uint64_t *out);

/** "12,400" */
void dsv_add_count(struct dsv_buf *out, uint64_t n);
/** "2.1 MB", powers of 1000; "17 bytes" below 1000. */
void dsv_add_size(struct dsv_buf *out, uint64_t bytes);
/** "45.9%", "<0.1%" where it is not nothing, "-" of nothing. */
void dsv_add_share(struct dsv_buf *out, uint64_t part, uint64_t whole);

/** Seconds since 1970, UTC. The one clock; DSV_NOW (seconds) sets it. */
int64_t dsv_now_s(void);
/** "2025-02-03" at the given offset from UTC in minutes. */
void dsv_add_date(struct dsv_buf *out, int64_t at_s, int offset_min);
/** "2025-02-03T10:11:12Z" */
void dsv_add_rfc3339(struct dsv_buf *out, int64_t at_s);

/** As git does with core.quotePath: plain, or "C-quoted" with \ooo. */
void dsv_add_quoted_path(struct dsv_buf *out, const char *path, size_t len);

/**
 * Text that is safe to show on a terminal: control characters, invalid UTF-8
 * and bidirectional controls become \n, \t, \x1b, \u202e.
 */
void dsv_add_shown(struct dsv_buf *out, const char *text, size_t len);
/** Columns that shown text takes on a terminal (wide characters take two). */
size_t dsv_shown_width(const char *text, size_t len);

/** A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void dsv_add_json_string(struct dsv_buf *out, const char *text, size_t len);

/** The candidate nearest to name by edit distance, or NULL if none is near. */
const char *dsv_nearest(const char *name, const struct dsv_strlist *among);

#endif
