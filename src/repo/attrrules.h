#ifndef REPO_ATTRRULES_H
#define REPO_ATTRRULES_H

#include <dsv/buf.h>

#include "base/arena.h"
#include "repo/attributes.h"

/* The lines of one attributes file that say something of our attributes. */
struct dsv_attr_rule {
	const char *pattern; /* NULL: a macro */
	bool base;	     /* the pattern has no '/': of the last part */
	const char *macro;
	unsigned line;
	bool said[DSV_ATTR_N];
	struct dsv_attr_value values[DSV_ATTR_N];
};

struct dsv_attr_rules {
	const char *name; /* of the file, for people */
	struct dsv_attr_rule *items;
	size_t n;
	size_t cap;
	struct dsv_arena texts;
};

#define DSV_ATTR_RULES_INIT \
	{                   \
		0           \
	}

/** Macros may be defined in this file and are looked up in it, then in more
 * (may be NULL). Lines that git would not take are passed over. */
void dsv_attr_rules_parse(struct dsv_attr_rules *out, const char *name,
			  const char *data, size_t len,
			  const struct dsv_attr_rules *const *more,
			  size_t n_more);
void dsv_attr_rules_release(struct dsv_attr_rules *rules);

/** Fill in what is not yet said[] of path, which is relative to the file's
 * folder. */
void dsv_attr_rules_apply(const struct dsv_attr_rules *rules, const char *path,
			  unsigned glob_flags, bool said[DSV_ATTR_N],
			  struct dsv_attr_value out[DSV_ATTR_N]);

DSV_AUTO_RELEASE(attr_rules)

#endif
