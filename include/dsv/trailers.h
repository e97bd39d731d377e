#ifndef DSV_TRAILERS_H
#define DSV_TRAILERS_H

#include <dsv/buf.h>
#include <dsv/repo.h>

/*
 * The Dsv-* lines of a commit message, for people: no command reads them as
 * truth.
 *
 *	Dsv-Snapshot: reviews sha256:<id>
 *	Dsv-Guideline: sentiment@2.1.0 sha256:<digest>
 *	Dsv-Change: reviews +12 -3 ~40 relabelled 25
 *
 * One group for each dataset whose snapshot differs from the first parent's,
 * in the order of datasets.yaml. The counts are those of the dataset's files
 * together, against the first parent; a dataset whose records cannot be
 * compared (a key column that is not there) has no Dsv-Change line.
 */

/**
 * Compose the lines for a commit of `to` (the index, or a commit that is
 * there) with these parents; n_parents 0: the first commit. As a by-product
 * the change list against every parent is put into the cache.
 *
 * @owner  out is appended to; nothing is added where no dataset changed. Each
 *         line ends with LF
 */
int dsv_trailers_compose(struct dsv_repo *repo,
			 const struct dsv_version *parents, size_t n_parents,
			 const struct dsv_version *to, struct dsv_buf *out);

#endif
