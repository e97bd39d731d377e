#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>

/*
 * JSON documents of ours (definitions, statements, test tables), read with
 * cJSON behind strict checks: exact case, no repeated names, no bytes after
 * the value, no NUL. Records never come here: cJSON holds numbers as doubles.
 */
struct cJSON;
struct dsv_json;

/** Errors are "<name>:<line>: <fault>", DSV_ESYNTAX. */
int dsv_json_parse(struct dsv_json **out, const char *data, size_t len,
		   const char *name);
void dsv_json_free(struct dsv_json **doc);
const struct cJSON *dsv_json_root(const struct dsv_json *doc);

/*
 * What stands in a document; all of it is lent. Every function takes NULL, and
 * answers as for a value of another type.
 */
enum dsv_json_type {
	DSV_JSON_NULL,
	DSV_JSON_BOOL,
	DSV_JSON_NUMBER,
	DSV_JSON_STRING,
	DSV_JSON_LIST,
	DSV_JSON_OBJECT,
	DSV_JSON_NONE, /* of NULL */
};

enum dsv_json_type dsv_json_type(const struct cJSON *node);
/** The member of that name, in exact case, or NULL. */
const struct cJSON *dsv_json_get(const struct cJSON *object, const char *name);
/** The first member or item, the one behind it, NULL at the end. */
const struct cJSON *dsv_json_first(const struct cJSON *node);
const struct cJSON *dsv_json_next(const struct cJSON *item);
size_t dsv_json_count(const struct cJSON *node);
/** Of a member of an object. */
const char *dsv_json_name(const struct cJSON *member);
/** The text, or NULL. */
const char *dsv_json_str(const struct cJSON *node);
/** False: not a whole number from 0 to 2^53 - 1. 1.0 and 1e0 are 1. */
bool dsv_json_u64(const struct cJSON *node, uint64_t *out);
bool dsv_json_bool(const struct cJSON *node, bool *out);

DSV_AUTO_FREE(json)

#endif
