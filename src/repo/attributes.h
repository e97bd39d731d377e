#ifndef REPO_ATTRIBUTES_H
#define REPO_ATTRIBUTES_H

#include <stdbool.h>

#include <dsv/repo.h>

/*
 * What the .gitattributes files say of a path: those of its folders (from the
 * work tree, else the index), .git/info/attributes, the user's and the
 * system's, with git's order and macros. Each file is read once, so asking for
 * many paths is cheap; after one was changed, dsv_attributes_forget().
 */
enum dsv_attr {
	DSV_ATTR_FILTER,
	DSV_ATTR_TEXT,
	DSV_ATTR_EOL,
	DSV_ATTR_IDENT,
	DSV_ATTR_ENCODING, /* working-tree-encoding */
	DSV_ATTR_DIFF,
	DSV_ATTR_MERGE,
	DSV_ATTR_CRLF, /* the old word for text, where text says nothing */
	DSV_ATTR_N
};

enum dsv_attr_state {
	DSV_ATTR_UNSPECIFIED,
	DSV_ATTR_SET,
	DSV_ATTR_UNSET,
	DSV_ATTR_VALUE,
};

struct dsv_attr_value {
	enum dsv_attr_state state;
	const char *value; /* DSV_ATTR_VALUE */
	const char *file;  /* which says so: "a/.gitattributes"; NULL: none */
	unsigned line;
};

/** All of path; the text is lent until dsv_attributes_forget(). */
int dsv_attributes_of_path(struct dsv_repo *repo, const char *path,
			   struct dsv_attr_value out[DSV_ATTR_N]);
const char *dsv_attr_name(enum dsv_attr attr);

/** True when git sends the file through dsv. */
bool dsv_path_is_filtered(struct dsv_repo *repo, const char *path);

/**
 * What keeps a path, which is meant to be stored through dsv, from being so
 * byte for byte.
 *
 * @return  0 nothing; 1 out holds one line: "a/.gitattributes:3 sets text"
 */
int dsv_attributes_fault(struct dsv_repo *repo, const char *path,
			 struct dsv_buf *out);

/** From now on as a commit has the files, not the work tree; NULL: the work
 * tree again. The user's and the system's files count in both. */
void dsv_attributes_at(struct dsv_repo *repo, const struct dsv_oid *commit);

/** Read the files anew when next asked. */
void dsv_attributes_forget(struct dsv_repo *repo);

#endif
