#ifndef DSV_SIGNED_H
#define DSV_SIGNED_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/audit.h>
#include <dsv/auto.h>
#include <dsv/evidence.h>
#include <dsv/id.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * What was said of the data of a commit after it was made: the sign-offs that
 * stand for its snapshot, and the audits of it.
 *
 *	rc = dsv_signed_open(&said, repo);
 *	if (dsv_signed_exists(said))
 *		rc = dsv_signed_at(said, &commit, "reviews", &data);
 *	dsv_signed_free(&said);
 *
 * Keys and roles count as the people of the target's tip have them now, of
 * HEAD where there is no target. A statement counts for any target of this
 * repository, since its subject is the snapshot alone; what a merge needs is
 * for dsv_check() to say.
 *
 * Without an evidence branch nothing is read; with one, a snapshot is computed
 * once for each commit and dataset that is asked for, and of which somebody
 * said anything at all.
 */
struct dsv_signed;

/* Of one dataset in one commit. */
struct dsv_signed_data {
	bool has_snapshot; /* false: nothing was said of this dataset */
	struct dsv_id snapshot;
	/* that approve while nobody of them rejects; by name */
	struct dsv_strlist roles;
	struct dsv_strlist rejected; /* roles of which somebody rejects */
	/* approvals, rejections, overrides that nobody took back; by claimed
	 * time */
	const struct dsv_evidence_item **items;
	size_t n;
};

struct dsv_signed_audits {
	const struct dsv_audit **items; /* by number, then time */
	size_t n;
};

/** Evidence that cannot be read is no failure: see dsv_signed_fault(). */
int dsv_signed_open(struct dsv_signed **out, struct dsv_repo *repo);
void dsv_signed_free(struct dsv_signed **said);
/** There is an evidence branch that can be read. */
bool dsv_signed_exists(const struct dsv_signed *said);
/** Why nothing can be told, else NULL. */
const char *dsv_signed_fault(const struct dsv_signed *said);

/** Lent for the life of said. A commit without such a dataset, or whose
 * snapshot has no id, has no sign-offs. */
int dsv_signed_at(struct dsv_signed *said, const struct dsv_oid *commit,
		  const char *dataset, const struct dsv_signed_data **out);
/** The same of the dataset that the file belongs to in that commit. */
int dsv_signed_of_path(struct dsv_signed *said, const struct dsv_oid *commit,
		       const char *path, const struct dsv_signed_data **out);
/** Audits of that data whose plan is trusted, figures computed anew: costs a
 * reading of it where there are any. Lent. */
int dsv_signed_audits(struct dsv_signed *said,
		      const struct dsv_signed_data *data,
		      const struct dsv_signed_audits **out);

/** Roles whose sign-off the policy of the target asks for, and whether it asks
 * for an audit. Nothing where there is no policy, or it has a fault. */
int dsv_signed_asked(struct dsv_signed *said, const char *dataset,
		     struct dsv_strlist *out_roles, bool *out_audit);

DSV_AUTO_FREE(signed)

#endif
