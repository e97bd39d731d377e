#ifndef CMD_CHANGELOG_GUIDES_H
#define CMD_CHANGELOG_GUIDES_H

#include <dsv/changelog.h>
#include <dsv/guideline_diff.h>

/* What changed in the guidelines that a changelog notes, by meaning; each
 * pair of versions is compared once. */
struct dsv_changelog_guide {
	struct dsv_oid blobs[2];
	struct dsv_guideline_text texts[2];
	struct dsv_guideline_diff diff; /* of nothing where one of them cannot
					 * be read */
};

struct dsv_changelog_guides {
	struct dsv_changelog_guide **items;
	size_t n;
};

#define DSV_CHANGELOG_GUIDES_INIT \
	{                         \
		0                 \
	}

int dsv_changelog_guides_read(struct dsv_changelog_guides *out,
			      struct dsv_repo *repo,
			      const struct dsv_changelog *log);
void dsv_changelog_guides_release(struct dsv_changelog_guides *guides);
/** Of a note; NULL where it is not about two versions of one guideline. */
const struct dsv_guideline_diff *
dsv_changelog_guides_find(const struct dsv_changelog_guides *guides,
			  const struct dsv_changelog_note *note);
/** ": rule R7 added (sarcasm is neg), 2 more changes", or nothing. */
void dsv_changelog_guides_say(const struct dsv_guideline_diff *diff,
			      struct dsv_buf *out);

DSV_AUTO_RELEASE(changelog_guides)

#endif
