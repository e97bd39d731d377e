#ifndef DSV_GUIDELINE_EDIT_H
#define DSV_GUIDELINE_EDIT_H

#include <dsv/guideline_diff.h>

/*
 * Write a guideline of the work tree: a new one, or the next version of one.
 */

/**
 * guidelines/ID.md as a draft 1.0.0 with a row for each label, which a person
 * fills in. The file appears whole or not at all.
 *
 * @error  DSV_EUSAGE    id is no id; a label that no cell of a table can hold
 *         DSV_EEXISTS   there is such a file
 */
int dsv_guideline_create(struct dsv_repo *repo, const char *id,
			 const struct dsv_strlist *labels);

/** The bytes that it writes. */
int dsv_guideline_template(const char *id, const struct dsv_strlist *labels,
			   struct dsv_buf *out);

struct dsv_guideline_bump_opts {
	enum dsv_bump bump;    /* DSV_BUMP_NONE: what the change needs */
	const char *effective; /* YYYY-MM-DD, or NULL: stays */
	const char *status;    /* or NULL: stays */
};

struct dsv_guideline_bumped {
	char *path;
	char *base;	     /* the version in HEAD, NULL: none */
	char *from;	     /* in the work tree before */
	char *to;	     /* and now; the same where it was enough */
	enum dsv_bump needs; /* what the change since HEAD needs */
	enum dsv_bump done;  /* what lies between base and now */
	char *why;	     /* the change that needs it, or NULL */
	bool written;
};

#define DSV_GUIDELINE_BUMPED_INIT \
	{                         \
		0                 \
	}

/**
 * Raise the version, counted from HEAD's: a second call changes nothing. Only
 * the values of the front matter's lines change, all other bytes stay.
 *
 * @error  DSV_EREFUSED      less than the change needs
 *         DSV_EUSAGE        a day or a status of another form
 *         DSV_ENOTFOUND     no such guideline
 *         DSV_EUNSUPPORTED  the front matter is not written line by line
 */
int dsv_guideline_bump(struct dsv_guideline_bumped *out, struct dsv_repo *repo,
		       const char *id,
		       const struct dsv_guideline_bump_opts *opts);
void dsv_guideline_bumped_release(struct dsv_guideline_bumped *bumped);

/** Set one value of the front matter in data, at its line; a missing one is
 * put behind `after`. DSV_EUNSUPPORTED where no line is the key's. */
int dsv_guideline_set(struct dsv_buf *data, const char *key, const char *value,
		      const char *after);

DSV_AUTO_RELEASE(guideline_bumped)

#endif
