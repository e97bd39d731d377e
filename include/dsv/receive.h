#ifndef DSV_RECEIVE_H
#define DSV_RECEIVE_H

#include <stdbool.h>

#include <dsv/auto.h>
#include <dsv/check.h>
#include <dsv/updates.h>

/*
 * A push, as the server judges it before any reference moves (pre-receive) and
 * as its sender is told beforehand (pre-push). docs/design.md, "Hooks".
 *
 *	rc = dsv_ref_updates_read(&updates, DSV_REF_LINES_RECEIVED, 0);
 *	for (i = 0; i < updates.n; i++) {
 *		rc = dsv_receive_judge(&receipt, repo, &updates.items[i]);
 *		if (receipt.refused)
 *			...
 *	}
 */
struct dsv_receipt {
	bool refused;
	char *branch; /* that was judged, "main"; NULL: nothing is asked */
	char *why;    /* of what was refused before there is a verdict */
	char *next;   /* what to do then, or NULL */
	struct dsv_verdict *verdict; /* or NULL */
};

#define DSV_RECEIPT_INIT \
	{                \
		0        \
	}

/**
 * One reference of a push to this repository.
 *
 * The evidence branch may only grow. A branch that the policy of its own tip
 * names, or else that of the default branch, both as they were before the
 * push, may neither be removed nor rewound, and passes the gate; of the
 * default branch sound data is asked without a policy too. Anything else is
 * taken unseen. What cannot be judged is refused.
 *
 * Only this repository's own branches count, never refs/remotes, which a push
 * can write.
 */
int dsv_receive_judge(struct dsv_receipt *out, struct dsv_repo *repo,
		      const struct dsv_ref_update *update);
void dsv_receipt_release(struct dsv_receipt *receipt);

enum dsv_advice_kind {
	DSV_ADVICE_NONE,
	DSV_ADVICE_REFUSED,   /* the target will refuse: see the verdict */
	DSV_ADVICE_REWIND,    /* of a branch that only grows */
	DSV_ADVICE_REMOVED,   /* such a branch */
	DSV_ADVICE_NOT_READY, /* may be pushed, not merged yet */
};

struct dsv_advice {
	enum dsv_advice_kind kind;
	char *target;		     /* "main" */
	struct dsv_verdict *verdict; /* of REFUSED and NOT_READY */
};

#define DSV_ADVICE_INIT \
	{               \
		0       \
	}

/**
 * One reference of a push from this repository. NOT_READY costs no record: the
 * statements alone are judged.
 *
 * @param remote  its name, or the address of one without
 */
int dsv_push_advise(struct dsv_advice *out, struct dsv_repo *repo,
		    const char *remote, const struct dsv_ref_update *update);
void dsv_advice_release(struct dsv_advice *advice);

DSV_AUTO_RELEASE(receipt)
DSV_AUTO_RELEASE(advice)

#endif
