#ifndef GOVERN_SIGNOFF_PRIVATE_H
#define GOVERN_SIGNOFF_PRIVATE_H

#include <dsv/signoff.h>

#include "govern/gate.h"

/* What the parts of the sign-off share. */
struct dsv_signoff_work {
	const struct dsv_signoff_opts *opts;
	struct dsv_gate gate;
	const struct dsv_member *member;
	struct dsv_signoff *out;
};

/** Who signs, by the key. */
int dsv_signoff_find_member(struct dsv_signoff_work *work);
/** In which role. */
int dsv_signoff_find_role(struct dsv_signoff_work *work);
/** Does the policy ask this role for a word on the dataset? True of every role
 * where it asks nothing of the target. */
bool dsv_signoff_concerns(const struct dsv_signoff_work *work,
			  const char *dataset);

/** What is signed: a statement for each dataset, and for the rules. */
int dsv_signoff_fill(struct dsv_signoff_work *work);
/** What is withdrawn. */
int dsv_signoff_fill_withdrawn(struct dsv_signoff_work *work);

struct dsv_signoff_item *dsv_signoff_add_item(struct dsv_signoff *signoff);

#endif
