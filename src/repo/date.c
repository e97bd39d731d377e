#include <ctype.h>
#include <dsv/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "repo/ident.h"

/* Fewer digits are a year or a day to git, never seconds. */
#define MIN_SECONDS_DIGITS 9u

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
				     "jul", "aug", "sep", "oct", "nov", "dec"};

/* What has been read of a date so far. */
struct parts {
	struct tm tm;
	bool has_date, has_time, has_zone;
	int zone_min;
};

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == ',')
		at++;
	return at;
}

static bool digits(const char *at, size_t n, int *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < n; i++) {
		if (!isdigit((unsigned char)at[i]))
			return false;
		*out = *out * 10 + (at[i] - '0');
	}
	return true;
}

/* "Z", "+0100", "-01:30", "+01" */
static const char *read_zone(const char *at, struct parts *out)
{
	const int sign = *at == '-' ? -1 : 1;
	int hours;
	int minutes = 0;

	if ((*at == 'Z' || *at == 'z') && !isalnum((unsigned char)at[1])) {
		out->has_zone = true;
		out->zone_min = 0;
		return at + 1;
	}
	if ((*at != '+' && *at != '-') || !digits(at + 1, 2, &hours))
		return NULL;
	at += 3;
	if (*at == ':')
		at++;
	if (digits(at, 2, &minutes))
		at += 2;
	if (hours > 14 || minutes > 59)
		return NULL;
	out->has_zone = true;
	out->zone_min = sign * (hours * 60 + minutes);
	return at;
}

/* "10:11", "10:11:12", "10:11:12.345" */
static const char *read_clock(const char *at, struct parts *out)
{
	int hour;
	int minute;
	int second = 0;

	if (!digits(at, 2, &hour) || at[2] != ':' ||
	    !digits(at + 3, 2, &minute))
		return NULL;
	at += 5;
	if (*at == ':' && digits(at + 1, 2, &second))
		at += 3;
	if (*at == '.' && isdigit((unsigned char)at[1])) {
		for (at++; isdigit((unsigned char)*at);)
			at++;
	}
	if (hour > 23 || minute > 59 || second > 60)
		return NULL;
	out->tm.tm_hour = hour;
	out->tm.tm_min = minute;
	out->tm.tm_sec = second;
	out->has_time = true;
	return at;
}

static bool set_day(struct parts *out, int year, int month, int day)
{
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	out->tm.tm_year = year - 1900;
	out->tm.tm_mon = month - 1;
	out->tm.tm_mday = day;
	out->has_date = true;
	return true;
}

/* "2025-02-03", "2025/02/03", "2025.02.03" */
static const char *read_iso(const char *at, struct parts *out)
{
	int year;
	int month;
	int day;

	if (!digits(at, 4, &year) || !strchr("-/.", at[4]) || !at[4] ||
	    !digits(at + 5, 2, &month) || at[7] != at[4] ||
	    !digits(at + 8, 2, &day) || isdigit((unsigned char)at[10]))
		return NULL;
	if (!set_day(out, year, month, day))
		return NULL;
	at += 10;
	return *at == 'T' && isdigit((unsigned char)at[1]) ? at + 1 : at;
}

static int month_of(const char *at)
{
	int i;

	for (i = 0; i < 12; i++) {
		if (!strncasecmp(at, months[i], 3))
			return i + 1;
	}
	return 0;
}

static const char *skip_word(const char *at)
{
	while (isalpha((unsigned char)*at))
		at++;
	return at;
}

/* "3 Feb 2025" with the day's name before it, and "Mon Feb 3 10:11:12 2025":
 * words and numbers in the two orders that git writes. */
static const char *read_words(const char *at, struct parts *out)
{
	int month = 0;
	int day = 0;
	int year = 0;
	char *end;

	while (*(at = skip_blanks(at)) && !(day && month && year)) {
		if (isalpha((unsigned char)*at)) {
			month = month ? month : month_of(at);
			at = skip_word(at);
			continue;
		}
		if (isdigit((unsigned char)at[0]) && at[1] && at[2] == ':') {
			at = read_clock(at, out);
			if (!at)
				return NULL;
			continue;
		}
		if (!isdigit((unsigned char)*at))
			return NULL;
		if (day)
			year = (int)strtol(at, &end, 10);
		else
			day = (int)strtol(at, &end, 10);
		at = end;
	}
	return month && day && set_day(out, year, month, day) ? at : NULL;
}

/* "1112911993 +0200", "@1112911993" */
static bool read_seconds(const char *text, git_time *out)
{
	const bool marked = *text == '@';
	struct parts parts = {.zone_min = 0};
	const char *at = text + marked;
	const size_t n = strspn(at, "0123456789");

	if (!n || n > 15 || (!marked && n < MIN_SECONDS_DIGITS))
		return false;
	out->time = strtoll(at, NULL, 10);
	at = skip_blanks(at + n);
	if (*at) {
		at = read_zone(at, &parts);
		if (!at || *skip_blanks(at))
			return false;
	}
	out->offset = parts.zone_min;
	out->sign = parts.zone_min < 0 ? '-' : '+';
	return true;
}

static bool read_rest(const char *at, struct parts *out)
{
	while (*(at = skip_blanks(at))) {
		const char *next = NULL;

		if (!out->has_time)
			next = read_clock(at, out);
		if (!next && !out->has_zone)
			next = read_zone(at, out);
		if (!next)
			return false;
		at = next;
	}
	return true;
}

/* A date alone has the time of now, as in git. */
static void take_clock_of_now(struct parts *parts)
{
	const git_time now = dsv_ident_now();
	const time_t at = (time_t)(now.time + now.offset * 60);
	struct tm tm;

	gmtime_r(&at, &tm);
	parts->tm.tm_hour = tm.tm_hour;
	parts->tm.tm_min = tm.tm_min;
	parts->tm.tm_sec = tm.tm_sec;
}

int dsv_date_parse(const char *text, git_time *out)
{
	struct parts parts = {.has_date = false};
	const char *at = skip_blanks(text);
	const char *rest;
	time_t utc;

	if (!strcasecmp(at, "now")) {
		*out = dsv_ident_now();
		return 0;
	}
	if (read_seconds(at, out))
		return 0;
	rest = read_iso(at, &parts);
	if (!rest)
		rest = read_words(at, &parts);
	if (!rest || !read_rest(rest, &parts)) {
		dsv_fail(DSV_EUSAGE, "'%s' is no date", text);
		return dsv_hint(DSV_EUSAGE,
				"write 2025-02-03T10:11:12+01:00 or seconds "
				"since 1970 with a zone");
	}
	if (!parts.has_time)
		take_clock_of_now(&parts);
	if (parts.has_zone) {
		utc = timegm(&parts.tm) - parts.zone_min * 60;
	} else {
		parts.tm.tm_isdst = -1;
		utc = mktime(&parts.tm);
		parts.zone_min = (int)(parts.tm.tm_gmtoff / 60);
	}
	out->time = utc;
	out->offset = parts.zone_min;
	out->sign = parts.zone_min < 0 ? '-' : '+';
	return 0;
}
