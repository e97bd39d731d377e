#include "repo/commitsig.h"

#include <dsv/error.h>
#include <stdbool.h>
#include <string.h>

#include "repo/private.h"

/* Where a header line goes. The signature over the SHA-256 form of the commit
 * is no part of what is signed either. */
enum part { PAYLOAD, SIGNATURE, NOTHING };

static bool begins(const char *at, size_t left, const char *word)
{
	const size_t len = strlen(word);

	return left >= len && !memcmp(at, word, len);
}

static enum part part_of(const char **at, size_t left, enum part last)
{
	if (begins(*at, left, "gpgsig ")) {
		*at += strlen("gpgsig ");
		return SIGNATURE;
	}
	if (begins(*at, left, "gpgsig-sha256 "))
		return NOTHING;
	if (!begins(*at, left, " "))
		return PAYLOAD;
	if (last == SIGNATURE)
		(*at)++;
	return last;
}

int dsv_commitsig_split(const char *raw, size_t len, struct dsv_buf *payload,
			struct dsv_buf *signature)
{
	const char *end = raw + len;
	enum part part = PAYLOAD;
	unsigned n = 0;

	while (raw < end && *raw != '\n') {
		const char *at = raw;
		const char *stop = memchr(raw, '\n', (size_t)(end - raw));
		const bool more = *raw == ' ';

		stop = stop ? stop + 1 : end;
		part = part_of(&at, (size_t)(stop - raw), part);
		if (part == SIGNATURE && !more)
			n++;
		if (part != NOTHING)
			dsv_buf_add(part == SIGNATURE ? signature : payload, at,
				    (size_t)(stop - at));
		raw = stop;
	}
	dsv_buf_add(payload, raw, (size_t)(end - raw));
	if (n > 1)
		return dsv_fail(DSV_ECORRUPT, "a commit with %u signatures", n);
	return (int)n;
}

int dsv_commitsig_read(struct dsv_repo *repo, const struct dsv_oid *commit,
		       struct dsv_buf *payload, struct dsv_buf *signature)
{
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	git_odb_object *object DSV_AUTO(git_odb_object) = NULL;
	char hex[DSV_OID_HEX];
	git_oid oid;
	int rc;

	dsv_oid_to_git(&oid, commit);
	rc = git_repository_odb(&odb, repo->git);
	if (rc == 0)
		rc = git_odb_read(&object, odb, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read commit '%.10s'",
				    dsv_oid_hex(commit, hex));
	if (git_odb_object_type(object) != GIT_OBJECT_COMMIT)
		return dsv_fail(DSV_ENOTFOUND, "'%.10s' is no commit",
				dsv_oid_hex(commit, hex));
	return dsv_commitsig_split(git_odb_object_data(object),
				   git_odb_object_size(object), payload,
				   signature);
}
