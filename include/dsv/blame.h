#ifndef DSV_BLAME_H
#define DSV_BLAME_H

#include <dsv/record.h>
#include <dsv/repo.h>
#include <dsv/walk.h>

/*
 * Which commit last changed each record of a data file, or one field of it.
 *
 *	rc = dsv_blame_open(&blame, repo, &opts);
 *	while ((rc = dsv_blame_next(blame, &line)) > 0)
 *		use(line.key, line.origin->commit);
 *	info = dsv_blame_info(blame);
 *
 * A record passes to the first parent, in parent order, that holds an equal
 * one under the same key; where none does, the commit gets it. Of k equal
 * copies of a key as many pass as the parent has, in file order. Records are
 * equal as a diff has it; with a field, where that field is equal: a label by
 * its text (null and missing are the same), any other by kind and text, a
 * missing column being a difference. Key, label and definition are those of
 * the version that is blamed.
 *
 * A version that cannot be read is passed through: its children are compared
 * with its parents. It is named among the problems then.
 *
 * Cost: the changes of each commit, and one reading of the records.
 */
struct dsv_blame_opts {
	struct dsv_version rev;	       /* a commit */
	const char *path;	       /* of the repository */
	const char *field;	       /* NULL: the whole record */
	const struct dsv_strlist *key; /* over the definition */
	const struct dsv_strlist *labels;
	const char *format;
	const struct dsv_strlist *where; /* FIELD=VALUE, of the record now */
	/* only these, each as in an address ("a,b"); NULL: all */
	const struct dsv_strlist *keys;
	/* what reaches this commit or its ancestors is not followed further;
	 * DSV_AT_NOTHING: follow to the roots */
	struct dsv_version since;
	/*
	 * The other way: from rev on to this commit, its descendant, which
	 * commit took the key away, or changed the field. DSV_AT_NOTHING: not
	 * so.
	 */
	struct dsv_version until;
	bool no_cache;
};

enum dsv_blame_end {
	DSV_BLAME_CHANGED, /* this commit made it what it is */
	DSV_BLAME_SINCE,   /* it stood there before `since` or at it */
	DSV_BLAME_SHALLOW, /* the clone's history ends here */
};

/* A commit that records are blamed on. */
struct dsv_blame_origin {
	size_t number; /* from 0, in the order of first use */
	enum dsv_blame_end end;
	struct dsv_commit_info commit;
	char *path;	 /* of the file in it */
	char *guideline; /* "sentiment@2.1.0" as of then; NULL: none */
	uint64_t records;
};

struct dsv_blame_line {
	const struct dsv_field *key;
	size_t n_key;
	const struct dsv_field *labels;
	size_t n_labels;
	const struct dsv_field *field; /* NULL without one */
	uint64_t line;		       /* in the file, from 1 */
	/* NULL where opts.until is set and nothing happened until then */
	const struct dsv_blame_origin *origin;
};

/* What was wrong with a version. */
struct dsv_blame_problem {
	struct dsv_oid commit;
	char *path;
	char *message; /* NULL: it was read as it is, but has an issue */
	char *hint;    /* may be NULL */
	enum dsv_issue issue;
	uint64_t count;
};

struct dsv_blame_info {
	const char *path;
	const char *dataset; /* NULL without definition */
	const struct dsv_strlist *key;
	const struct dsv_strlist *labels;
	/* the rest is known at the end */
	uint64_t records;
	const struct dsv_blame_origin *const *origins;
	size_t n_origins;
	const struct dsv_blame_problem *problems;
	size_t n_problems;
	bool complete; /* no problems */
	bool shallow;  /* a record is blamed on the end of a shallow clone */
	/* older versions lack a key column: the first commit that has it and
	 * the column's name; else NULL */
	const char *key_name;
	struct dsv_oid key_since;
};

struct dsv_blame;

/**
 * @error  DSV_ENOTFOUND  no such file in rev
 *         DSV_EUSAGE     no key and no definition; a key, label, field or
 *                        where column that the file does not have
 *         DSV_EREFUSED   `until` does not descend from rev
 */
int dsv_blame_open(struct dsv_blame **out, struct dsv_repo *repo,
		   const struct dsv_blame_opts *opts);
/** Records in the order of the file: 1, 0 at the end, negative. Lent until the
 * next call; origins until the end. */
int dsv_blame_next(struct dsv_blame *blame, struct dsv_blame_line *out);
const struct dsv_blame_info *dsv_blame_info(const struct dsv_blame *blame);
void dsv_blame_free(struct dsv_blame **blame);

/* One thing that happened to a record. */
enum dsv_life_op {
	DSV_LIFE_ADDED,
	DSV_LIFE_CHANGED,
	DSV_LIFE_REMOVED,
	DSV_LIFE_BACK, /* added again */
};

struct dsv_life_field {
	char *name;
	/* NULL: missing or null; else the value's text */
	char *from;
	char *to;
	bool is_label;
};

struct dsv_life_event {
	enum dsv_life_op op;
	const struct dsv_blame_origin *origin;
	struct dsv_life_field *fields; /* labels first */
	size_t n_fields;
};

struct dsv_life {
	struct dsv_life_event *events; /* the oldest first */
	size_t n;
	size_t cap;
	struct dsv_blame *blame; /* what was met on the way */
};

#define DSV_LIFE_INIT \
	{             \
		0     \
	}

/**
 * The whole life of the one record that opts->keys names, in rev and before;
 * it need not be in rev. At a merge the first parent with an equal record is
 * followed, else the first that has the file.
 *
 * @error  DSV_ENOTFOUND  no version has such a record
 */
int dsv_life_read(struct dsv_life *out, struct dsv_repo *repo,
		  const struct dsv_blame_opts *opts);
void dsv_life_release(struct dsv_life *life);

DSV_AUTO_FREE(blame)
DSV_AUTO_RELEASE(life)

#endif
