#ifndef HISTORY_CHANGELOG_DOCS_H
#define HISTORY_CHANGELOG_DOCS_H

#include <dsv/changelog.h>
#include <dsv/dataset.h>

#include "base/map.h"

/*
 * Definitions and guidelines along a history. Each blob is read once, however
 * many commits have it.
 */
struct dsv_cldocs {
	struct dsv_repo *repo;
	struct dsv_map datasets;   /* blob -> struct dsv_datasets * */
	struct dsv_map guidelines; /* blob -> struct dsv_guideline * */
};

void dsv_cldocs_init(struct dsv_cldocs *docs, struct dsv_repo *repo);
void dsv_cldocs_release(struct dsv_cldocs *docs);

/** The definitions of a version, none where they cannot be read; live as long
 * as docs. */
int dsv_cldocs_datasets(struct dsv_cldocs *docs,
			const struct dsv_version *version,
			const struct dsv_datasets **out);
/** True for a path that definitions or guidelines stand at. */
bool dsv_cldocs_is_one(const char *path);
/** What became of the definition and the guideline of a dataset between two
 * versions. */
int dsv_cldocs_notes(struct dsv_cldocs *docs, const struct dsv_version *from,
		     const struct dsv_version *to, const char *dataset,
		     struct dsv_changelog_notes *out);

DSV_AUTO_RELEASE(cldocs)

#endif
