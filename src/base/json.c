#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/map.h"

/*
 * cJSON takes more than JSON: control characters as blanks, numbers like 01,
 * invalid UTF-8, a NUL that ends the text. So the grammar of RFC 8259 is
 * checked here first, and cJSON only builds the tree.
 */
#define DEPTH_MAX 64u

struct dsv_json {
	struct cJSON *root;
};

struct scan {
	const char *start;
	const char *at;
	const char *end;
	const char *name;
	unsigned depth;
};

static int fail_at(const struct scan *scan, const char *fault)
{
	unsigned line = 1;

	for (const char *at = scan->start; at < scan->at; at++)
		line += *at == '\n';
	return dsv_fail(DSV_ESYNTAX, "%s:%u: %s", scan->name, line, fault);
}

/* The next byte, -1 at the end. */
static int peek(const struct scan *scan)
{
	return scan->at < scan->end ? (unsigned char)*scan->at : -1;
}

static bool accept(struct scan *scan, char ch)
{
	if (peek(scan) != ch)
		return false;
	scan->at++;
	return true;
}

static void skip_blanks(struct scan *scan)
{
	while (accept(scan, ' ') || accept(scan, '\t') || accept(scan, '\n') ||
	       accept(scan, '\r'))
		;
}

static bool skip_digits(struct scan *scan)
{
	const char *from = scan->at;

	while (peek(scan) >= '0' && peek(scan) <= '9')
		scan->at++;
	return scan->at > from;
}

static int scan_number(struct scan *scan)
{
	bool good;

	accept(scan, '-');
	good = accept(scan, '0') || skip_digits(scan);
	if (good && accept(scan, '.'))
		good = skip_digits(scan);
	if (good && (accept(scan, 'e') || accept(scan, 'E'))) {
		if (!accept(scan, '-'))
			accept(scan, '+');
		good = skip_digits(scan);
	}
	return good ? 0 : fail_at(scan, "not a number");
}

/* Four digits behind \u; -1 where they are not there. */
static long scan_hex4(struct scan *scan)
{
	long code = 0;

	for (int i = 0; i < 4; i++) {
		int ch = peek(scan);

		if (ch >= '0' && ch <= '9')
			code = code * 16 + (ch - '0');
		else if (ch >= 'a' && ch <= 'f')
			code = code * 16 + (ch - 'a' + 10);
		else if (ch >= 'A' && ch <= 'F')
			code = code * 16 + (ch - 'A' + 10);
		else
			return -1;
		scan->at++;
	}
	return code;
}

static int scan_unicode(struct scan *scan)
{
	long code = scan_hex4(scan);

	if (code == 0)
		return fail_at(scan, "NUL in a string");
	if (code >= 0xd800 && code <= 0xdbff) {
		long low = -1;

		if (accept(scan, '\\') && accept(scan, 'u'))
			low = scan_hex4(scan);
		if (low < 0xdc00 || low > 0xdfff)
			return fail_at(scan, "half a surrogate pair");
		return 0;
	}
	if (code >= 0xdc00 && code <= 0xdfff)
		return fail_at(scan, "half a surrogate pair");
	return code < 0 ? fail_at(scan, "bad \\u escape") : 0;
}

static int scan_escape(struct scan *scan)
{
	int ch = peek(scan);

	if (ch < 0 || !strchr("\"\\/bfnrtu", ch) || ch == 0)
		return fail_at(scan, "bad escape in a string");
	scan->at++;
	return ch == 'u' ? scan_unicode(scan) : 0;
}

static int scan_string(struct scan *scan)
{
	if (!accept(scan, '"'))
		return fail_at(scan, "a string is missing");
	while (!accept(scan, '"')) {
		int ch = peek(scan);
		int rc = 0;

		if (ch < 0)
			return fail_at(scan, "unterminated string");
		if (ch < 0x20)
			return fail_at(scan, "control character in a string");
		scan->at++;
		if (ch == '\\')
			rc = scan_escape(scan);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int scan_value(struct scan *scan);

static int scan_member(struct scan *scan)
{
	int rc;

	skip_blanks(scan);
	rc = scan_string(scan);
	if (rc < 0)
		return rc;
	skip_blanks(scan);
	if (!accept(scan, ':'))
		return fail_at(scan, "':' is missing");
	return scan_value(scan);
}

/* What stands between brackets, which are open already. */
static int scan_items(struct scan *scan, char close,
		      int (*scan_item)(struct scan *))
{
	skip_blanks(scan);
	if (accept(scan, close))
		return 0;
	for (;;) {
		int rc = scan_item(scan);

		if (rc < 0)
			return rc;
		if (accept(scan, close))
			return 0;
		if (!accept(scan, ','))
			return fail_at(scan, close == ']'
						     ? "',' or ']' is missing"
						     : "',' or '}' is missing");
	}
}

static int scan_nested(struct scan *scan)
{
	bool is_list = accept(scan, '[');
	int rc;

	if (!is_list)
		accept(scan, '{');
	if (++scan->depth > DEPTH_MAX)
		return fail_at(scan, "nested too deeply");
	rc = is_list ? scan_items(scan, ']', scan_value)
		     : scan_items(scan, '}', scan_member);
	scan->depth--;
	return rc;
}

static int scan_word(struct scan *scan)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(scan->end - scan->at) >= len &&
		    memcmp(scan->at, words[i], len) == 0) {
			scan->at += len;
			return 0;
		}
	}
	return fail_at(scan, "not a value");
}

/* With the blanks on both sides. */
static int scan_value(struct scan *scan)
{
	int ch;
	int rc;

	skip_blanks(scan);
	ch = peek(scan);
	if (ch == '{' || ch == '[')
		rc = scan_nested(scan);
	else if (ch == '"')
		rc = scan_string(scan);
	else if (ch == '-' || (ch >= '0' && ch <= '9'))
		rc = scan_number(scan);
	else
		rc = scan_word(scan);
	skip_blanks(scan);
	return rc;
}

static int check_form(struct scan *scan)
{
	size_t len = (size_t)(scan->end - scan->start);
	size_t valid = dsv_utf8_valid(scan->start, len);
	int rc;

	if (valid < len) {
		scan->at += valid;
		return fail_at(scan, "invalid UTF-8");
	}
	rc = scan_value(scan);
	if (rc < 0)
		return rc;
	if (scan->at != scan->end)
		return fail_at(scan, "more behind the value");
	return 0;
}

/* The depth is bounded by check_form. */
static int check_names(const struct cJSON *node, const char *name)
{
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;
	const struct cJSON *item;

	cJSON_ArrayForEach(item, node)
	{
		struct dsv_map_entry *entry;
		int rc = check_names(item, name);

		if (rc < 0)
			return rc;
		if (!cJSON_IsObject(node))
			continue;
		entry = dsv_map_put(&seen, item->string, strlen(item->string));
		if (entry->value++)
			return dsv_fail(DSV_ESYNTAX,
					"%s: name '%s' stands there twice",
					name, item->string);
	}
	return 0;
}

int dsv_json_parse(struct dsv_json **out, const char *data, size_t len,
		   const char *name)
{
	struct dsv_json *doc DSV_AUTO(json) = dsv_alloc_zero(1, sizeof(*doc));
	struct scan scan = {.name = name};
	int rc;

	scan.start = scan.at = len ? data : "";
	scan.end = scan.start + len;
	rc = check_form(&scan);
	if (rc < 0)
		return rc;
	doc->root = cJSON_ParseWithLength(data, len);
	if (!doc->root)
		return dsv_fail(DSV_ESYNTAX, "%s: not read by cJSON", name);
	rc = check_names(doc->root, name);
	if (rc < 0)
		return rc;
	*out = dsv_take(&doc);
	return 0;
}

void dsv_json_free(struct dsv_json **docp)
{
	struct dsv_json *doc = dsv_take(docp);

	if (!doc)
		return;
	cJSON_Delete(doc->root);
	free(doc);
}

const struct cJSON *dsv_json_root(const struct dsv_json *doc)
{
	return doc->root;
}

enum dsv_json_type dsv_json_type(const struct cJSON *node)
{
	if (!node)
		return DSV_JSON_NONE;
	if (cJSON_IsBool(node))
		return DSV_JSON_BOOL;
	if (cJSON_IsNumber(node))
		return DSV_JSON_NUMBER;
	if (cJSON_IsString(node))
		return DSV_JSON_STRING;
	if (cJSON_IsArray(node))
		return DSV_JSON_LIST;
	return cJSON_IsObject(node) ? DSV_JSON_OBJECT : DSV_JSON_NULL;
}

const struct cJSON *dsv_json_get(const struct cJSON *object, const char *name)
{
	if (!cJSON_IsObject(object))
		return NULL;
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const struct cJSON *dsv_json_first(const struct cJSON *node)
{
	return node ? node->child : NULL;
}

const struct cJSON *dsv_json_next(const struct cJSON *item)
{
	return item->next;
}

size_t dsv_json_count(const struct cJSON *node)
{
	return node ? (size_t)cJSON_GetArraySize(node) : 0;
}

const char *dsv_json_name(const struct cJSON *member)
{
	return member->string;
}

const char *dsv_json_str(const struct cJSON *node)
{
	return cJSON_IsString(node) ? node->valuestring : NULL;
}

/* Above it neighbours share one double. */
#define WHOLE_MAX 9007199254740991.0

bool dsv_json_u64(const struct cJSON *node, uint64_t *out)
{
	double value;

	if (!cJSON_IsNumber(node))
		return false;
	value = node->valuedouble;
	if (!(value >= 0 && value <= WHOLE_MAX) ||
	    (double)(uint64_t)value != value)
		return false;
	*out = (uint64_t)value;
	return true;
}

bool dsv_json_bool(const struct cJSON *node, bool *out)
{
	if (!cJSON_IsBool(node))
		return false;
	*out = cJSON_IsTrue(node);
	return true;
}
