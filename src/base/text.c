#include <dsv/text.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool dsv_parse_u64(const char *text, size_t len, uint64_t *out)
{
	uint64_t value = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned char)text[i] - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

void dsv_add_count(struct dsv_buf *out, uint64_t n)
{
	if (n >= 1000) {
		dsv_add_count(out, n / 1000);
		dsv_buf_addf(out, ",%03u", (unsigned)(n % 1000));
	} else {
		dsv_buf_addf(out, "%u", (unsigned)n);
	}
}

void dsv_add_size(struct dsv_buf *out, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	size_t unit = 0;
	uint64_t rest = bytes;

	if (bytes < 1000) {
		dsv_buf_addf(out, "%u byte%s", (unsigned)bytes,
			     bytes == 1 ? "" : "s");
		return;
	}
	/* below 999,950 the tenths still round to less than 1000.0 */
	for (; rest >= 999950; rest /= 1000)
		unit++;
	rest = (rest + 50) / 100;
	dsv_buf_addf(out, "%u.%u %s", (unsigned)(rest / 10),
		     (unsigned)(rest % 10), units[unit]);
}

void dsv_add_share(struct dsv_buf *out, uint64_t part, uint64_t whole)
{
	double share;
	unsigned tenths;

	if (whole == 0) {
		dsv_buf_addch(out, '-');
		return;
	}
	share = (double)part / (double)whole * 1000;
	tenths = (unsigned)(share + 0.5);
	if (part > 0 && share < 1)
		dsv_buf_addstr(out, "<0.1%");
	else if (part < whole && tenths >= 1000)
		dsv_buf_addstr(out, ">99.9%");
	else
		dsv_buf_addf(out, "%u.%u%%", tenths / 10, tenths % 10);
}

int64_t dsv_now_s(void)
{
	const char *text = getenv("DSV_NOW");
	uint64_t at_s;

	if (text && dsv_parse_u64(text, strlen(text), &at_s) &&
	    at_s <= INT64_MAX)
		return (int64_t)at_s;
	return (int64_t)time(NULL);
}

/* False: a year that has not four digits. */
static bool split_time(int64_t at_s, struct tm *out)
{
	time_t at = (time_t)at_s;

	return gmtime_r(&at, out) && out->tm_year >= -1900 &&
	       out->tm_year <= 9999 - 1900;
}

static void add_day(struct dsv_buf *out, const struct tm *at)
{
	dsv_buf_addf(out, "%04d-%02d-%02d", at->tm_year + 1900, at->tm_mon + 1,
		     at->tm_mday);
}

void dsv_add_date(struct dsv_buf *out, int64_t at_s, int offset_min)
{
	int64_t local_s;
	struct tm at;

	if (__builtin_add_overflow(at_s, (int64_t)offset_min * 60, &local_s) ||
	    !split_time(local_s, &at))
		dsv_buf_addf(out, "%lld", (long long)at_s);
	else
		add_day(out, &at);
}

void dsv_add_rfc3339(struct dsv_buf *out, int64_t at_s)
{
	struct tm at;

	if (!split_time(at_s, &at)) {
		dsv_buf_addf(out, "%lld", (long long)at_s);
		return;
	}
	add_day(out, &at);
	dsv_buf_addf(out, "T%02d:%02d:%02dZ", at.tm_hour, at.tm_min, at.tm_sec);
}

/*
 * Optimal string alignment distance: insert, delete, replace, or swap two
 * neighbours. One row is kept for each of the last two characters of a.
 */
#define NAME_MAX_LEN 255u /* bytes; longer names are not compared */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_LEN + 1];
	size_t *before = rows[0];
	size_t *above = rows[1];
	size_t *row = rows[2];
	size_t len_b = strlen(b);

	for (size_t j = 0; j <= len_b; j++)
		above[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t *next = before;

		row[0] = i + 1;
		for (size_t j = 0; j < len_b; j++) {
			size_t cost = above[j] + (a[i] != b[j]);

			cost = least(cost, least(above[j + 1], row[j]) + 1);
			if (i && j && a[i] == b[j - 1] && a[i - 1] == b[j])
				cost = least(cost, before[j - 1] + 1);
			row[j + 1] = cost;
		}
		before = above;
		above = row;
		row = next;
	}
	return above[len_b];
}

const char *dsv_nearest(const char *name, const struct dsv_strlist *among)
{
	size_t len = strlen(name);
	const char *nearest = NULL;
	size_t best = 1 + len / 4;

	if (len > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < among->n; i++) {
		const char *other = among->items[i];
		size_t distance;

		if (strlen(other) > NAME_MAX_LEN)
			continue;
		if (strcasecmp(name, other) == 0)
			return other;
		distance = edit_distance(name, other);
		/* nothing in common is not near */
		if (distance >= len || distance > best ||
		    (nearest && distance == best))
			continue;
		nearest = other;
		best = distance;
	}
	return nearest;
}
