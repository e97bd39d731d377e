#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stddef.h>

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

DSV_AUTO_FREE(json)

#endif
