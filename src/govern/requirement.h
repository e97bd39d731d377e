#ifndef GOVERN_REQUIREMENT_H
#define GOVERN_REQUIREMENT_H

#include <dsv/policy.h>

#include "base/yaml.h"

/* One requirement of a policy: its words, their form, their defaults. */

/** node is the map behind the name: "audit: {...}". */
int dsv_requirement_read(const struct dsv_yaml_doc *doc,
			 const struct dsv_yaml *node,
			 struct dsv_requirement *out);
void dsv_requirement_release(struct dsv_requirement *requirement);
/** Does it mean this dataset? */
bool dsv_requirement_means(const struct dsv_requirement *requirement,
			   const char *dataset);

#endif
