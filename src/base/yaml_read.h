#ifndef BASE_YAML_READ_H
#define BASE_YAML_READ_H

#include <stdbool.h>
#include <stdint.h>

#include <dsv/strlist.h>

#include "base/yaml.h"

/*
 * The values of a YAML map by their names, for documents of ours. A name that
 * is not there leaves what *out was. Faults are dsv_yaml_fail()'s.
 */

/** Text that is not empty and holds no NUL. */
int dsv_yaml_need_text(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *node);
/** 1 with the entry, which is such a text; 0 where the map has none. */
int dsv_yaml_find_text(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key,
		       const struct dsv_yaml **out);
/** *out is the caller's; what it was is not released. */
int dsv_yaml_read_text(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key, char **out);
/** A list of texts, each once. */
int dsv_yaml_read_list(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key,
		       struct dsv_strlist *out);
int dsv_yaml_read_items(const struct dsv_yaml_doc *doc,
			const struct dsv_yaml *node, struct dsv_strlist *out);
/** "true" or "false". */
int dsv_yaml_read_bool(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key, bool *out);
/** A whole number in [min, max]. */
struct dsv_yaml_range {
	uint64_t min, max;
};
int dsv_yaml_read_u64(const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *map, const char *key,
		      const struct dsv_yaml_range *range, uint64_t *out);
/** `version: 1`; an empty document needs none. */
int dsv_yaml_version_1(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *root);

#endif
