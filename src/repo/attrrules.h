#ifndef REPO_ATTRRULES_H
#define REPO_ATTRRULES_H

#include <dsv/buf.h>

#include "base/arena.h"
#include "base/map.h"
#include "repo/attributes.h"

/* Attributes by number: ours first (enum dsv_attr), then all others that were
 * met, for each may be a macro. */
struct dsv_attr_names {
	struct dsv_map ids; /* name -> number + 1 */
};

void dsv_attr_names_init(struct dsv_attr_names *names);
void dsv_attr_names_release(struct dsv_attr_names *names);

struct dsv_attr_word {
	size_t attr;
	enum dsv_attr_state state;
	const char *value;
};

/* One line. */
struct dsv_attr_rule {
	const char *pattern; /* NULL: the line defines the macro */
	bool base;	     /* the pattern has no '/': of the last part */
	size_t macro;
	unsigned line;
	struct dsv_attr_word *words;
	size_t n_words;
};

/* The lines of one file. */
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

/** Lines that git would not take are passed over. */
void dsv_attr_rules_parse(struct dsv_attr_rules *out,
			  struct dsv_attr_names *names, const char *name,
			  const char *data, size_t len);
void dsv_attr_rules_release(struct dsv_attr_rules *rules);

/* What is known of one path while the files are asked, the one that counts
 * most first. */
struct dsv_attr_answer {
	/* whose macros hold, the first one most */
	const struct dsv_attr_rules *const *macros;
	size_t n_macros;
	unsigned glob_flags;
	bool *said;		       /* of each name */
	struct dsv_attr_value *values; /* of ours */
};

/** path is relative to the file's folder. */
void dsv_attr_rules_apply(const struct dsv_attr_rules *rules, const char *path,
			  struct dsv_attr_answer *answer);

DSV_AUTO_RELEASE(attr_names)
DSV_AUTO_RELEASE(attr_rules)

#endif
