#ifndef CMD_CHANGELOG_VIEW_H
#define CMD_CHANGELOG_VIEW_H

#include <dsv/changelog.h>
#include <dsv/signed.h>

#include "cli/out.h"
#include "cmd/changelog_guides.h"

/* A changelog and what it was asked for. */
struct dsv_changelog_show {
	const struct dsv_changelog *log;
	struct dsv_changelog_guides guides;
	enum dsv_changelog_by by;
	const char *from_name; /* NULL: from the beginning */
	const char *to_name;
	struct dsv_oid to;
	struct dsv_signed *said;
};

int dsv_changelog_text(struct dsv_out *out,
		       const struct dsv_changelog_show *show);
int dsv_changelog_md(struct dsv_out *out,
		     const struct dsv_changelog_show *show);
int dsv_changelog_json(struct dsv_out *out,
		       const struct dsv_changelog_show *show);

/* Sentences that text and Markdown share, raw: a view makes them safe. */

/** Guideline, definition, columns, labels that are new, gone or renamed, what
 * is unusual or wrong. */
void dsv_changelog_lines(const struct dsv_changelog_show *show,
			 const struct dsv_changelog_group *group,
			 struct dsv_strlist *out);
/** "labels that differ only in case or blanks: 'cat', 'Cat'" */
void dsv_changelog_twins(const struct dsv_changelog_group *group,
			 struct dsv_strlist *out);
/** Audits and sign-offs of a dataset as it is in the commit `at`; none where
 * that is the data of the commit `end` (may be NULL), where they are told. */
int dsv_changelog_signed(const struct dsv_changelog_show *show,
			 const struct dsv_changelog_group *group,
			 const struct dsv_oid *at, const struct dsv_oid *end,
			 struct dsv_strlist *out);
/** The same of all datasets of a commit, as JSON. */
int dsv_changelog_json_signed(struct dsv_out *out,
			      const struct dsv_changelog_show *show,
			      const struct dsv_changelog_groups *groups,
			      const struct dsv_oid *at);
/** "data.csv cannot be read: why" */
char *dsv_changelog_fault(const struct dsv_changelog_fault *fault);
/** "next: dsv fetch --data data.csv", where something helps. */
void dsv_changelog_next(const struct dsv_changelog_fault *fault,
			struct dsv_strlist *out);
/** "3 commits by A, B" of a merge, else NULL. Of the caller's. */
char *dsv_changelog_brought(const struct dsv_changelog_step *step);

#endif
