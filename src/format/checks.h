#ifndef FORMAT_CHECKS_H
#define FORMAT_CHECKS_H

#include <string.h>

#include <dsv/record.h>
#include <dsv/text.h>

#include "format/scan.h"

/** BAD_UTF8 and NUL of a record's bytes. */
static inline unsigned dsv_text_issues(const char *text, size_t len)
{
	unsigned issues = 0;

	if (!dsv_is_ascii(text, len) && dsv_utf8_valid(text, len) < len)
		issues |= DSV_ISSUE_BAD_UTF8;
	if (len > 0 && memchr(text, 0, len))
		issues |= DSV_ISSUE_NUL;
	return issues;
}

#endif
