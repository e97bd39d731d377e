#include <dsv/record.h>

#include <string.h>

static const struct {
	enum dsv_issue issue;
	const char *word;
} words[] = {
	{DSV_ISSUE_RAGGED, "ragged_row"},
	{DSV_ISSUE_BAD_QUOTING, "bad_quoting"},
	{DSV_ISSUE_NOT_JSON, "not_json"},
	{DSV_ISSUE_REPEATED_FIELD, "repeated_field"},
	{DSV_ISSUE_BAD_UTF8, "bad_utf8"},
	{DSV_ISSUE_NUL, "nul_byte"},
	{DSV_ISSUE_TOO_LONG, "too_long"},
	{DSV_ISSUE_DUPLICATE_KEY, "duplicate_key"},
	{DSV_ISSUE_NO_KEY, "no_key"},
	{DSV_ISSUE_REPEATED_COLUMN, "repeated_column"},
};

static const struct dsv_field missing = {"", 0, DSV_FIELD_MISSING};

const char *dsv_issue_word(enum dsv_issue issue)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].issue == issue)
			return words[i].word;
	return "unknown";
}

const struct dsv_field *dsv_record_field(const struct dsv_record *record,
					 long column)
{
	if (column < 0 || (size_t)column >= record->n_fields)
		return &missing;
	return &record->fields[column];
}

bool dsv_field_equal(const struct dsv_field *a, const struct dsv_field *b)
{
	return a->kind == b->kind && a->len == b->len &&
	       memcmp(a->text, b->text, a->len) == 0;
}

bool dsv_field_is_empty(const struct dsv_field *field)
{
	switch (field->kind) {
	case DSV_FIELD_MISSING:
		return true;
	case DSV_FIELD_TEXT:
		return field->len == 0;
	case DSV_FIELD_JSON:
		return field->len == 4 && memcmp(field->text, "null", 4) == 0;
	}
	return false;
}
