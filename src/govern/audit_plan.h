#ifndef GOVERN_AUDIT_PLAN_H
#define GOVERN_AUDIT_PLAN_H

#include "govern/audit_private.h"
#include "govern/gate.h"

/* What is known of a plan while it is made. */
struct dsv_planning {
	const struct dsv_audit_plan_opts *opts;
	struct dsv_repo *repo;
	struct dsv_check_opts check;
	struct dsv_gate gate;
	const struct dsv_gate_set *set;
	const struct dsv_requirement *asked; /* the policy's audit, or NULL */
	const struct dsv_member *member;
	const char *role;
	struct dsv_audit_at at;
	struct dsv_statement *out;
};

/* Who plans or judges. */

/** By the key; DSV_EREFUSED where the target's people do not have it. */
int dsv_auditor_find(struct dsv_gate *gate, const char *key,
		     const struct dsv_member **out);
/** In the role that the policy asks for, which must be theirs where is_judge;
 * else in any of theirs. */
int dsv_auditor_role(const struct dsv_gate *gate,
		     const struct dsv_member *member,
		     const struct dsv_requirement *asked, bool is_judge,
		     const char **out);
/** The policy's first audit of the dataset, or NULL. */
const struct dsv_requirement *dsv_audit_asked(const struct dsv_gate *gate,
					      const char *dataset);
/** DSV_EREFUSED where they are an author of base..head: by a signature, or by
 * the address of an unsigned commit. */
int dsv_auditor_check_author(const struct dsv_gate *gate,
			     const struct dsv_audit_at *at,
			     const struct dsv_member *member);
int dsv_auditor_is_annotator(const struct dsv_watch *watch);

/* What is drawn. */

/** Which records, of which field, in which strata: of, label, field and by. */
int dsv_plan_choose(struct dsv_planning *planning);
/** Count them; then how many of each are drawn: strata, population and n. */
int dsv_plan_count(struct dsv_planning *planning);

#endif
