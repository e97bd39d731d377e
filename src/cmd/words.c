#include "cmd/words.h"

#include <ctype.h>
#include <string.h>

#include <dsv/text.h>

static void add_signed(struct dsv_buf *out, char sign, uint64_t n)
{
	if (!n)
		return;
	if (out->len && out->data[out->len - 1] != ' ')
		dsv_buf_addch(out, ' ');
	dsv_buf_addch(out, sign);
	dsv_add_count(out, n);
}

void dsv_words_counts(struct dsv_buf *out, uint64_t added, uint64_t removed,
		      uint64_t changed)
{
	add_signed(out, '+', added);
	add_signed(out, '-', removed);
	add_signed(out, '~', changed);
}

/* Bytes of a key that stand in an address as they are. */
static size_t key_run(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] != '%' && text[n] != ',' && text[n] != ':')
		n++;
	return n;
}

void dsv_words_key(struct dsv_buf *out, const struct dsv_field *key, size_t n)
{
	size_t i, k, run;

	for (i = 0; i < n; i++) {
		if (i)
			dsv_buf_addch(out, ',');
		for (k = 0; k < key[i].len; k++) {
			run = key_run(key[i].text + k, key[i].len - k);
			dsv_add_shown(out, key[i].text + k, run);
			k += run;
			if (k < key[i].len)
				dsv_buf_addf(out, "%%%02X",
					     (unsigned)key[i].text[k]);
		}
	}
}

/* Quoted as git does it, nothing is left that a terminal must not see. */
void dsv_words_path(struct dsv_buf *out, const char *path)
{
	dsv_add_quoted_path(out, path, strlen(path));
}

static bool is_plain_word(const char *text)
{
	static const char plain[] = "-_./:,%@+=#";

	for (const char *p = text; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(plain, *p) &&
		    (unsigned char)*p < 0x80)
			return false;
	return *text && *text != '#' && *text != '=';
}

void dsv_words_typed(struct dsv_buf *out, const char *text)
{
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	bool same;

	dsv_add_shown(&shown, text, strlen(text));
	same = strcmp(dsv_buf_str(&shown), text) == 0;
	if (same && is_plain_word(text)) {
		dsv_buf_addstr(out, text);
		return;
	}
	dsv_buf_addstr(out, same ? "'" : "$'");
	while (*text) {
		size_t run = strcspn(text, same ? "'" : "'\\");

		dsv_add_shown(out, text, run);
		text += run;
		if (*text)
			dsv_buf_addf(out, same ? "'\\%c'" : "\\%c", *text++);
	}
	dsv_buf_addch(out, '\'');
}

/* What is wrong with one record, and with several. */
static const struct issue_words {
	enum dsv_issue issue;
	const char *one;
	const char *many;
} issue_words[] = {
	{DSV_ISSUE_RAGGED, "more or fewer fields than columns",
	 "with more or fewer fields than columns"},
	{DSV_ISSUE_BAD_QUOTING, "broken quoting", "with broken quoting"},
	{DSV_ISSUE_NOT_JSON, "not a JSON object", "that are not a JSON object"},
	{DSV_ISSUE_REPEATED_FIELD, "a field named twice",
	 "with a field named twice"},
	{DSV_ISSUE_BAD_UTF8, "invalid UTF-8", "with invalid UTF-8"},
	{DSV_ISSUE_NUL, "a NUL byte", "with a NUL byte"},
	{DSV_ISSUE_TOO_LONG, "too long to be compared",
	 "too long to be compared"},
	{DSV_ISSUE_DUPLICATE_KEY, "a key that others share",
	 "with a key that others share"},
	{DSV_ISSUE_NO_KEY, "no key", "without key"},
	{DSV_ISSUE_REPEATED_COLUMN, "a column name stands twice",
	 "with a column name that stands twice"},
};

static const struct issue_words *words_of(enum dsv_issue issue)
{
	size_t i = 0;

	while (issue_words[i].issue != issue &&
	       i + 1 < sizeof(issue_words) / sizeof(*issue_words))
		i++;
	return &issue_words[i];
}

const char *dsv_words_fault(enum dsv_issue issue)
{
	return words_of(issue)->one;
}

void dsv_words_issue(struct dsv_buf *out, enum dsv_issue issue, uint64_t count)
{
	if (issue == DSV_ISSUE_REPEATED_COLUMN) {
		dsv_buf_addstr(out, words_of(issue)->one);
		return;
	}
	dsv_add_count(out, count);
	dsv_buf_addf(out, " %s %s", count == 1 ? "record" : "records",
		     words_of(issue)->many);
}

const char *dsv_words_path_change(enum dsv_path_change change)
{
	switch (change) {
	case DSV_PATH_ADDED:
		return "added";
	case DSV_PATH_DELETED:
		return "removed";
	case DSV_PATH_RENAMED:
		return "renamed";
	case DSV_PATH_TYPE:
		return "type changed";
	case DSV_PATH_MODIFIED:
		break;
	}
	return "modified";
}

const char *dsv_words_file_change(enum dsv_file_change change)
{
	switch (change) {
	case DSV_FILE_ADDED:
		return "added";
	case DSV_FILE_REMOVED:
		return "removed";
	case DSV_FILE_RENAMED:
		return "renamed";
	case DSV_FILE_MODIFIED:
		break;
	}
	return "modified";
}

void dsv_words_problem(struct dsv_buf *out, const struct dsv_problem *problem)
{
	static const char *const texts[] = {
		[DSV_PROBLEM_RAW] = "plain bytes in git where a pointer "
				    "belongs: dsv add --renormalize",
		[DSV_PROBLEM_DAMAGED] = "damaged pointer: dsv restore --staged "
					"or add the file again",
		[DSV_PROBLEM_DAMAGED_WORK] = "damaged pointer in the work "
					     "tree: dsv restore",
		[DSV_PROBLEM_MISSING] = "its content is not here",
		[DSV_PROBLEM_POINTER_WORK] = "not checked out: dsv init",
		[DSV_PROBLEM_OVERRIDDEN] = "attributes are overridden",
		[DSV_PROBLEM_NO_FILTER] = "no filter=dsv in .gitattributes: "
					  "dsv track",
		[DSV_PROBLEM_CONFLICT] = "not merged: settle it and dsv add",
		[DSV_PROBLEM_NO_SETUP] = "this clone is not set up: dsv init",
		[DSV_PROBLEM_NO_HOOKS] = "a hook does not call dsv: dsv init",
	};

	dsv_buf_addstr(out, texts[problem->kind]);
	if (problem->detail) {
		dsv_buf_addstr(out, " (");
		dsv_add_shown(out, problem->detail, strlen(problem->detail));
		dsv_buf_addch(out, ')');
	}
}

void dsv_words_literal(struct dsv_strlist *out, const char *path)
{
	struct dsv_buf spec DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&spec, ":(top,literal)%s", path);
	dsv_strlist_add(out, dsv_buf_str(&spec));
}

const char *dsv_words_label(const char *value)
{
	return *value ? value : "(null)";
}

bool dsv_words_is_label(const char *value)
{
	return *value && strcmp(value, "(null)") != 0;
}

void dsv_words_short(struct dsv_buf *out, const struct dsv_oid *oid)
{
	char hex[DSV_OID_HEX];

	dsv_buf_add(out, dsv_oid_hex(oid, hex), 7);
}
