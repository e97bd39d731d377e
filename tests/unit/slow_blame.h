#ifndef TESTS_SLOW_BLAME_H
#define TESTS_SLOW_BLAME_H

/*
 * Blame by comparing whole versions, commit after commit: no change lists, no
 * graph of states, nothing shared with the library.
 */
#include "random_history.h"

#define R_RECORD (-1) /* in place of a field: the whole record */

struct r_blame {
	int commits[64]; /* by row of the blamed version; -1: nothing */
	bool since[64];	 /* the history is not followed further */
};

static inline bool r_same(const struct t_row *a, const struct t_row *b,
			  int n_key, int field)
{
	if (!t_same_key(a, b, n_key))
		return false;
	return field == R_RECORD ? t_same_row(a, b, 0)
				 : t_same(a->cells[field], b->cells[field]);
}

static inline int r_count(const struct t_table *t, const struct t_row *row,
			  int n_key, int field)
{
	int n = 0;

	for (int i = 0; i < t->n; i++)
		n += r_same(&t->rows[i], row, n_key, field);
	return n;
}

/* Copies of one record on their way, by row of the blamed version. */
struct r_herd {
	const struct r_history *history;
	const struct t_row *row;
	int field;
	int rows[64];
	int at[64];
	int nth[64]; /* of the equal records there: two copies that came by two
		      * ways can be one of them, and go on together */
	int n;
};

/* As many as a parent has of them pass to it, in the order of the file, the
 * others are offered to the next. */
static inline void r_pass(struct r_herd *herd, int i)
{
	const struct r_history *history = herd->history;
	const struct r_commit *from = &history->commits[herd->at[i]];

	for (int p = 0; p < from->n_parents; p++) {
		const struct r_commit *to = &history->commits[from->parents[p]];
		int there;

		if (!r_follows(to, from))
			continue;
		there = r_count(&to->table, herd->row, history->n_key,
				herd->field);
		if (herd->nth[i] < there) {
			herd->at[i] = from->parents[p];
			return;
		}
		herd->nth[i] -= there;
	}
}

static inline void r_blame_herd(struct r_herd *herd, int rev, const bool *stop,
				struct r_blame *out)
{
	for (int at = rev; at >= 0; at--)
		for (int i = 0; i < herd->n && !stop[at]; i++)
			if (herd->at[i] == at)
				r_pass(herd, i);
	for (int i = 0; i < herd->n; i++) {
		out->commits[herd->rows[i]] = herd->at[i];
		out->since[herd->rows[i]] = stop[herd->at[i]];
	}
}

/* since: a commit, or -1. */
static inline void r_slow_blame(const struct r_history *history, int rev,
				int field, int since, struct r_blame *out)
{
	const struct t_table *t = &history->commits[rev].table;
	bool stop[R_COMMITS] = {false};
	bool done[64] = {false};

	memset(out, 0, sizeof(*out));
	if (since >= 0)
		r_reach(history, since, stop);
	for (int i = 0; i < t->n; i++) {
		struct r_herd herd = {
			.history = history, .row = &t->rows[i], .field = field};

		for (int k = i; k < t->n; k++) {
			if (done[k] || !r_same(&t->rows[i], &t->rows[k],
					       history->n_key, field))
				continue;
			done[k] = true;
			herd.rows[herd.n] = k;
			herd.nth[herd.n] = herd.n;
			herd.at[herd.n++] = rev;
		}
		r_blame_herd(&herd, rev, stop, out);
	}
}

/* The first parent that descends from a commit; -1: none does. */
static inline int r_heir(const struct r_history *history, int rev, int at)
{
	const struct r_commit *commit = &history->commits[at];

	for (int i = 0; i < commit->n_parents; i++) {
		bool reached[R_COMMITS] = {false};

		r_reach(history, commit->parents[i], reached);
		if (reached[rev])
			return commit->parents[i];
	}
	return -1;
}

/* The commits from rev on to until, both included; 0: it is no descendant. */
static inline int r_onward(const struct r_history *history, int rev, int until,
			   int out[R_COMMITS])
{
	int n = 0;

	for (int at = until; at != rev; at = r_heir(history, rev, at)) {
		if (at < 0)
			return 0;
		out[n++] = at;
	}
	out[n++] = rev;
	for (int i = 0; i < n / 2; i++) {
		int other = out[i];

		out[i] = out[n - 1 - i];
		out[n - 1 - i] = other;
	}
	return n;
}

/* Equal enough to be there still: of a record its key alone. */
static inline int r_stands(const struct r_history *history,
			   const struct t_table *t, const struct t_row *row,
			   int field)
{
	if (field != R_RECORD)
		return r_count(t, row, history->n_key, field);
	return history->n_key ? t_count_key(t, row, history->n_key, NULL)
			      : t->n;
}

/* The commit that took each record away, or changed the field. */
static inline void r_slow_gone(const struct r_history *history, const int *line,
			       int n_line, int field, struct r_blame *out)
{
	const struct t_table *t = &history->commits[line[0]].table;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < t->n; i++) {
		int number = 0; /* of the copies */
		int at = 0;

		for (int k = 0; k < i; k++)
			number += field == R_RECORD
					  ? t_same_key(&t->rows[k], &t->rows[i],
						       history->n_key)
					  : r_same(&t->rows[k], &t->rows[i],
						   history->n_key, field);
		while (at + 1 < n_line &&
		       r_follows(&history->commits[line[at]],
				 &history->commits[line[at + 1]]) &&
		       r_stands(history, &history->commits[line[at + 1]].table,
				&t->rows[i], field) > number)
			at++;
		out->commits[i] = at + 1 < n_line ? line[at + 1] : -1;
	}
}

#endif
