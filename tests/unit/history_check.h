#ifndef TESTS_HISTORY_CHECK_H
#define TESTS_HISTORY_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dsv/diff.h>

#include "history_table.h"

/* A diff of the library against the slow one: the same numbers, and the same
 * changes in the same order. */
static inline void same_ops(struct dsv_file_diff *file,
			    const struct t_diff *slow, const struct t_table *a,
			    const struct t_table *b, uint64_t seed)
{
	struct dsv_change change;

	for (int i = 0; i < slow->n_ops; i++) {
		const struct t_op *op = &slow->ops[i];
		int rc = dsv_file_diff_next(file, &change);

		if (rc != 1 ||
		    change.op != (op->op == '+'	  ? DSV_ADDED
				  : op->op == '-' ? DSV_REMOVED
						  : DSV_CHANGED) ||
		    change.shared_key != op->shared ||
		    (op->from >= 0 &&
		     change.from->line != a->rows[op->from].line) ||
		    (op->to >= 0 && change.to->line != b->rows[op->to].line))
			fail_msg("seed %llu: change %d is not as it should be",
				 (unsigned long long)seed, i);
	}
	assert_int_equal(dsv_file_diff_next(file, &change), 0);
}

static inline void same_counts(const struct dsv_diff_summary *s,
			       const struct t_diff *slow, uint64_t seed)
{
	if ((int)s->added != slow->added || (int)s->removed != slow->removed ||
	    (int)s->changed != slow->changed ||
	    (int)s->changed_common != slow->changed_common ||
	    (int)s->unchanged != slow->unchanged ||
	    (int)s->label_changed != slow->label_changed ||
	    (int)s->relabelled != slow->relabelled ||
	    (int)s->rekeyed != slow->rekeyed || (int)s->moved != slow->moved)
		fail_msg("seed %llu: +%d/%d -%d/%d ~%d/%d common %d/%d "
			 "same %d/%d label %d/%d re %d/%d rekeyed %d/%d "
			 "moved %d/%d",
			 (unsigned long long)seed, (int)s->added, slow->added,
			 (int)s->removed, slow->removed, (int)s->changed,
			 slow->changed, (int)s->changed_common,
			 slow->changed_common, (int)s->unchanged,
			 slow->unchanged, (int)s->label_changed,
			 slow->label_changed, (int)s->relabelled,
			 slow->relabelled, (int)s->rekeyed, slow->rekeyed,
			 (int)s->moved, slow->moved);
}

#endif
