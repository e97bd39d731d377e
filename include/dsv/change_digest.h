#ifndef DSV_CHANGE_DIGEST_H
#define DSV_CHANGE_DIGEST_H

#include <dsv/id.h>
#include <dsv/repo.h>

/**
 * What changed in one dataset between two versions, as one number: the
 * SHA-256 of the sorted lines "OP KEY OLD NEW" with LF (docs/formats/
 * statement.md). OP is added, removed or changed, KEY the record's address
 * without revision, OLD and NEW the SHA-256 of the record (its columns sorted
 * by name), "-" where there is none. Files that hold no records count as one
 * record each, named by their path.
 *
 * Costs the change where a change list is at hand.
 */
int dsv_change_digest(struct dsv_repo *repo, const struct dsv_version *from,
		      const struct dsv_version *to, const char *dataset,
		      struct dsv_id *out);

#endif
