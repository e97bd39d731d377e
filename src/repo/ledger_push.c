#include "repo/ledger.h"

#include <string.h>
#include <time.h>

#include <dsv/error.h>

#include "repo/private.h"
#include "repo/transport.h"

#define ROUNDS_MAX 8
#define PAUSE_NS   (50L * 1000 * 1000) /* and so much more each round */

static int read_local(struct dsv_repo *repo, const char *ref,
		      struct dsv_oid *out)
{
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, repo->git, ref);

	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read '%s'", ref);
	dsv_oid_of_git(out, &oid);
	return 1;
}

/* What was fetched is united first, so that a remote that was set back takes
 * nothing along. */
int dsv_ledger_fetch(struct dsv_repo *repo, const char *ref, const char *remote)
{
	int before = dsv_ledger_unite(repo, ref);
	int after;
	int rc;

	if (before < 0)
		return before;
	rc = dsv_transport_fetch(repo, remote, ref);
	if (rc <= 0)
		return rc < 0 ? rc : before;
	after = dsv_ledger_unite(repo, ref);
	return after < 0 ? after : before || after;
}

/* 1: the remote has moved since it was fetched; 0 it stands where it was, and
 * the refusal has another reason. */
static int has_moved(struct dsv_repo *repo, const char *ref, const char *remote,
		     const struct dsv_oid *before)
{
	struct dsv_oid after = {{0}};
	int rc = dsv_ledger_fetch(repo, ref, remote);

	if (rc >= 0)
		rc = dsv_transport_fetched(repo, remote, ref, &after);
	return rc < 0 ? rc : !dsv_oid_equal(before, &after);
}

/* 1 pushed, 0 nothing to do, DSV_EREFUSED with what the remote had. */
static int push_once(struct dsv_repo *repo, const char *ref, const char *remote,
		     struct dsv_oid *out_theirs)
{
	struct dsv_oid ours;
	int rc = read_local(repo, ref, &ours);

	if (rc <= 0)
		return rc;
	memset(out_theirs, 0, sizeof(*out_theirs));
	rc = dsv_transport_fetched(repo, remote, ref, out_theirs);
	if (rc < 0)
		return rc;
	if (rc == 1 && dsv_oid_equal(&ours, out_theirs))
		return 0;
	rc = dsv_transport_push(repo, remote, ref);
	return rc < 0 ? rc : 1;
}

int dsv_ledger_push(struct dsv_repo *repo, const char *ref, const char *remote)
{
	struct dsv_oid theirs;
	int rc = dsv_ledger_fetch(repo, ref, remote);

	for (int round = 0; rc >= 0 && round < ROUNDS_MAX; round++) {
		const struct timespec pause = {0, PAUSE_NS * (round + 1)};
		struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;

		rc = push_once(repo, ref, remote, &theirs);
		if (rc != DSV_EREFUSED)
			return rc;
		dsv_buf_addstr(&words, dsv_error_message());
		rc = has_moved(repo, ref, remote, &theirs);
		if (rc == 0)
			return dsv_fail(DSV_EREFUSED, "%s", words.data);
		nanosleep(&pause, NULL);
	}
	if (rc < 0)
		return rc;
	dsv_fail(DSV_EGIT, "'%s' of '%s' is moved by others all the time", ref,
		 remote);
	return dsv_hint(DSV_EGIT, "nothing is lost; push again: dsv evidence "
				  "push");
}
