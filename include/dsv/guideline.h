#ifndef DSV_GUIDELINE_H
#define DSV_GUIDELINE_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/repo.h>

/*
 * An annotation guideline: guidelines/ID.md, Markdown below YAML front matter
 * (docs/formats/guideline.md). Only the front matter is read here.
 *
 *	---
 *	id: sentiment
 *	version: 2.1.0
 *	status: active
 *	effective: 2025-03-01
 *	---
 */
struct dsv_guideline {
	char *id;
	char *path;	      /* "guidelines/ID.md" */
	char *version;	      /* MAJOR.MINOR.PATCH */
	char *status;	      /* "draft", "active" or "retired" */
	char *effective;      /* YYYY-MM-DD, or NULL */
	struct dsv_id digest; /* of the whole file's bytes */
};

#define DSV_GUIDELINE_INIT \
	{                  \
		0          \
	}
#define DSV_GUIDELINE_MAX (8u * 1024u * 1024u) /* bytes of one file */

/**
 * name stands in messages.
 *
 * @error   DSV_ESYNTAX  no front matter, an unknown, repeated or missing key,
 *                       a version or date of another form:
 *                       "<name>:<line>: ..."
 */
int dsv_guideline_parse(struct dsv_guideline *out, const char *data, size_t len,
			const char *name);

/**
 * The guideline as it stands in a version.
 *
 * @error   DSV_ENOTFOUND  no such file in that version, with the nearest
 *          DSV_ESYNTAX    also where the front matter names another id than
 *                         the file does
 */
int dsv_guideline_read(struct dsv_repo *repo, const struct dsv_version *version,
		       const char *id, struct dsv_guideline *out);
void dsv_guideline_release(struct dsv_guideline *guideline);

/** The ids of all guidelines of a version, sorted; another file of the folder,
 * such as README.md, is none. */
int dsv_guideline_ids(struct dsv_repo *repo, const struct dsv_version *version,
		      struct dsv_strlist *out);

DSV_AUTO_RELEASE(guideline)

#endif
