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
/** "2.1 MB", powers of 1000 (kB, MB, GB...); "17 bytes" below 1000. */
void dsv_add_size(struct dsv_buf *out, uint64_t bytes);
/** "45.9%"; "<0.1%" where it is not nothing, ">99.9%" where it is not all, "-"
 * of nothing. */
void dsv_add_share(struct dsv_buf *out, uint64_t part, uint64_t whole);

/** Seconds since 1970, UTC. The one clock; DSV_NOW (seconds) sets it. */
int64_t dsv_now_s(void);
/** "2025-02-03" at the given offset from UTC in minutes. */
void dsv_add_date(struct dsv_buf *out, int64_t at_s, int offset_min);
/** "2025-02-03T10:11:12Z" (RFC 3339). Of a year without four digits, here and
 * above, the bare number. */
void dsv_add_rfc3339(struct dsv_buf *out, int64_t at_s);

/** As git does with core.quotePath: plain, or "C-quoted" with \ooo. */
void dsv_add_quoted_path(struct dsv_buf *out, const char *path, size_t len);

/**
 * Text that is safe to show on a terminal: control characters, invalid UTF-8,
 * bidirectional controls and what is invisible become \n, \t, \x1b, \u202e. A
 * backslash stays as it is, so showing shown text changes nothing.
 */
void dsv_add_shown(struct dsv_buf *out, const char *text, size_t len);
/** Columns that text takes on a terminal when it is shown as above; wide
 * characters take two, combining ones none (Unicode 14.0). */
size_t dsv_shown_width(const char *text, size_t len);

/** A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void dsv_add_json_string(struct dsv_buf *out, const char *text, size_t len);

/** The candidate nearest to name by edit distance (one slip, and one more for
 * every four bytes; case alone is none), the first of several, or NULL if none
 * is near. */
const char *dsv_nearest(const char *name, const struct dsv_strlist *among);

#endif
