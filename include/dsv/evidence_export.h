#ifndef DSV_EVIDENCE_EXPORT_H
#define DSV_EVIDENCE_EXPORT_H

#include <stddef.h>

#include <dsv/repo.h>

/*
 * The statements about a commit as a folder that anybody can check with
 * ssh-keygen and sha256sum, without dsv and without git: README.md says how,
 * verify.sh does it (docs/formats/evidence.md).
 */
struct dsv_evidence_export_opts {
	struct dsv_version version;
	const char *target;  /* branch whose people are trusted; NULL: as the
			      * gate */
	const char *dataset; /* this one alone; NULL: all */
	const char *dir;     /* made; may be there where it is empty */
};

struct dsv_evidence_export {
	size_t datasets, statements, files;
	/* about the same data, and not exported: their signer is not trusted */
	size_t untrusted;
};

/**
 * The folder appears whole or not at all.
 *
 * @error  DSV_EEXISTS    it is there, and not empty
 *         DSV_ENOTFOUND  no such dataset, no branch to be the target
 */
int dsv_evidence_export(struct dsv_repo *repo,
			const struct dsv_evidence_export_opts *opts,
			struct dsv_evidence_export *out);

#endif
