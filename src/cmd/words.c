#include "cmd/words.h"

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

void dsv_words_key(struct dsv_buf *out, const struct dsv_field *key, size_t n)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (i)
			dsv_buf_addch(&text, ',');
		for (k = 0; k < key[i].len; k++) {
			char ch = key[i].text[k];

			if (ch == '%' || ch == ',' || ch == ':')
				dsv_buf_addf(&text, "%%%02X", (unsigned)ch);
			else
				dsv_buf_addch(&text, ch);
		}
	}
	dsv_add_shown(out, dsv_buf_str(&text), text.len);
}

void dsv_words_path(struct dsv_buf *out, const char *path)
{
	struct dsv_buf quoted DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_quoted_path(&quoted, path, strlen(path));
	dsv_add_shown(out, dsv_buf_str(&quoted), quoted.len);
}

static void add_records(struct dsv_buf *out, uint64_t count)
{
	dsv_add_count(out, count);
	dsv_buf_addstr(out, count == 1 ? " record" : " records");
}

void dsv_words_issue(struct dsv_buf *out, enum dsv_issue issue,
		     uint64_t count)
{
	static const struct {
		enum dsv_issue issue;
		const char *text;
	} words[] = {
		{ DSV_ISSUE_RAGGED, "with more or fewer fields than columns" },
		{ DSV_ISSUE_BAD_QUOTING, "with broken quoting" },
		{ DSV_ISSUE_NOT_JSON, "that are not a JSON object" },
		{ DSV_ISSUE_REPEATED_FIELD, "with a field named twice" },
		{ DSV_ISSUE_BAD_UTF8, "with invalid UTF-8" },
		{ DSV_ISSUE_NUL, "with a NUL byte" },
		{ DSV_ISSUE_TOO_LONG, "too long to be compared" },
		{ DSV_ISSUE_DUPLICATE_KEY, "with a key that others share" },
		{ DSV_ISSUE_NO_KEY, "without key" },
	};
	size_t i;

	if (issue == DSV_ISSUE_REPEATED_COLUMN) {
		dsv_buf_addstr(out, "a column name stands twice");
		return;
	}
	add_records(out, count);
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].issue == issue)
			dsv_buf_addf(out, " %s", words[i].text);
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
		[DSV_PROBLEM_NO_HOOKS] = "a hook does not call dsv",
	};

	dsv_buf_addstr(out, texts[problem->kind]);
	if (problem->detail) {
		dsv_buf_addstr(out, " (");
		dsv_add_shown(out, problem->detail, strlen(problem->detail));
		dsv_buf_addch(out, ')');
	}
}

void dsv_words_short(struct dsv_buf *out, const struct dsv_oid *oid)
{
	char hex[DSV_OID_HEX];

	dsv_buf_add(out, dsv_oid_hex(oid, hex), 7);
}
