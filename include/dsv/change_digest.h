#ifndef DSV_CHANGE_DIGEST_H
#define DSV_CHANGE_DIGEST_H

#include <dsv/id.h>
#include <dsv/repo.h>

/**
 * What changed in one dataset between two versions, as one number: the
 * SHA-256 of the sorted lines "OP KEY OLD NEW" with LF (docs/formats/
 * statement.md). OP is added, removed or changed, KEY the record's address
 * without revision, OLD and NEW the SHA-256 of the record (its columns sorted
 * by name), "-" where there is none. A file that holds no records, or that
 * one side lacks, counts as one record, named by its path. A version without
 * the dataset has none of its files.
 *
 * Costs the change where a change list is at hand.
 *
 * @error  DSV_ENOTFOUND  neither version has such a dataset
 */
int dsv_change_digest(struct dsv_repo *repo, const struct dsv_version *from,
		      const struct dsv_version *to, const char *dataset,
		      struct dsv_id *out);

#endif
