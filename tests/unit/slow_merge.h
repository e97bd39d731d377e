#ifndef TESTS_SLOW_MERGE_H
#define TESTS_SLOW_MERGE_H

/*
 * A merge of three small tables by record, then by field: plain loops over
 * rows, nothing shared with the library.
 *
 * A key that a version has more than once, and records without key, are one
 * group: of it only contents are counted, and where both sides changed them
 * differently it is one conflict. Every other key is merged by field.
 */
#include "history_table.h"

#define M_ROWS	1200
#define M_START (-1)
#define M_STAYS (-2)

enum m_word {
	M_BOTH_CHANGED,
	M_CHANGED_REMOVED,
	M_REMOVED_CHANGED,
	M_BOTH_ADDED,
	M_DUPLICATE_KEY,
	M_NO_KEY
};

struct m_conflict {
	enum m_word word;
	const struct t_row *row; /* has the key */
	int field;		 /* -1: the record */
};

struct m_row {
	struct t_row row; /* owned */
	int ours;	  /* its number there, -1: it came from theirs */
	bool touched;	  /* has not the bytes that ours has */
};

struct m_merge {
	struct t_table *base, *ours, *theirs;
	int n_key;
	int result[T_COLUMNS]; /* columns of a table */
	int n_result;
	bool columns_change;
	bool any_group;
	bool whole_file; /* is in conflict: a column was removed and changed */
	struct m_row rows[M_ROWS];
	int n;
	struct m_conflict conflicts[M_ROWS];
	int n_conflicts;
	int anchors[M_ROWS]; /* of each row of theirs, M_STAYS: not put in */
	int pending[M_ROWS]; /* rows of theirs */
	int n_pending;
};

static inline void m_release(struct m_merge *merge)
{
	for (int i = 0; i < merge->n; i++)
		t_row_free(&merge->rows[i].row);
}

/* ------------------------------------------------------------ keys */

/* Without a key each content is one of its own. */
static inline bool m_same_key(const struct m_merge *merge,
			      const struct t_row *a, const struct t_row *b)
{
	if (merge->n_key == 0)
		return t_same_row(a, b, 0);
	return t_same_key(a, b, merge->n_key) ||
	       (t_keyless(a, merge->n_key) && t_keyless(b, merge->n_key));
}

static inline int m_find(const struct m_merge *merge, const struct t_table *t,
			 const struct t_row *row, int *count)
{
	int at = -1;

	*count = 0;
	for (int i = t->n; i-- > 0;) {
		if (!m_same_key(merge, &t->rows[i], row))
			continue;
		at = i;
		++*count;
	}
	return at;
}

static inline int m_content(const struct t_table *t, const struct t_row *row)
{
	int n = 0;

	for (int i = 0; i < t->n; i++)
		n += t_same_row(&t->rows[i], row, 0);
	return n;
}

static inline bool m_is_group(const struct m_merge *merge,
			      const struct t_row *row)
{
	const struct t_table *sides[3] = {merge->base, merge->ours,
					  merge->theirs};
	bool group = merge->n_key == 0 || t_keyless(row, merge->n_key);

	for (int i = 0; i < 3; i++) {
		int count;

		m_find(merge, sides[i], row, &count);
		group |= count > 1;
	}
	return group;
}

/* The one row that a side has of a key. */
static inline const struct t_row *m_one(const struct m_merge *merge,
					const struct t_table *t,
					const struct t_row *row)
{
	int count;
	int at = m_find(merge, t, row, &count);

	return at < 0 ? NULL : &t->rows[at];
}

/* ------------------------------------------------------------ columns */

/* In a column that both have, where a header names the columns. */
static inline bool m_differs(const struct m_merge *merge,
			     const struct t_table *a, const struct t_row *x,
			     const struct t_table *b, const struct t_row *y)
{
	if (merge->base->json)
		return !t_same_row(x, y, 0);
	for (int i = 0; i < T_COLUMNS; i++)
		if (t_has(a, i) && t_has(b, i) &&
		    !t_same(x->cells[i], y->cells[i]))
			return true;
	return false;
}

/* A record that both have is another one in this column. */
static inline bool m_column_changed(const struct m_merge *merge,
				    const struct t_table *to, int column)
{
	for (int i = 0; i < to->n; i++) {
		int here;
		int there;
		int at = m_find(merge, merge->base, &to->rows[i], &there);

		m_find(merge, to, &to->rows[i], &here);
		if (merge->n_key && at >= 0 && here == 1 && there == 1 &&
		    !t_keyless(&to->rows[i], merge->n_key) &&
		    !t_same(merge->base->rows[at].cells[column],
			    to->rows[i].cells[column]))
			return true;
	}
	return false;
}

static inline void m_columns(struct m_merge *merge)
{
	const struct t_table *base = merge->base;
	const struct t_table *ours = merge->ours;
	const struct t_table *theirs = merge->theirs;

	for (int i = 0; i < ours->n_columns; i++) {
		int column = ours->columns[i];

		if (!t_has(base, column) || t_has(theirs, column)) {
			merge->result[merge->n_result++] = column;
			continue;
		}
		merge->columns_change = true;
		merge->whole_file |= m_column_changed(merge, ours, column);
	}
	for (int i = 0; i < theirs->n_columns; i++) {
		int column = theirs->columns[i];

		if (t_has(ours, column))
			continue;
		if (t_has(base, column)) {
			merge->whole_file |=
				m_column_changed(merge, theirs, column);
			continue;
		}
		merge->columns_change = true;
		merge->result[merge->n_result++] = column;
	}
}

/* ------------------------------------------------------------ records */

static inline void m_conflict(struct m_merge *merge, enum m_word word,
			      const struct t_row *row, int field)
{
	merge->conflicts[merge->n_conflicts++] =
		(struct m_conflict){word, row, field};
}

/* The cells of a row in the columns of the result. */
static inline struct m_row *m_put(struct m_merge *merge,
				  const struct t_row *row, int ours)
{
	struct m_row *out = &merge->rows[merge->n++];

	*out = (struct m_row){.ours = ours,
			      .touched = ours < 0 || merge->columns_change};
	for (int i = 0; merge->base->json && i < T_COLUMNS; i++)
		t_set(&out->row, i, row->cells[i]);
	for (int i = 0; !merge->base->json && i < merge->n_result; i++) {
		const char *text = row->cells[merge->result[i]];

		t_set(&out->row, merge->result[i], text ? text : "");
	}
	return out;
}

static inline void m_take(struct m_row *row, int field, const char *text)
{
	t_set(&row->row, field, text);
	row->touched = true;
}

static inline void m_field(struct m_merge *merge, struct m_row *out, int field,
			   const struct t_row *base, const struct t_row *ours,
			   const struct t_row *theirs)
{
	const char *b = base ? base->cells[field] : NULL;
	const char *o = ours->cells[field];
	const char *t = theirs->cells[field];

	if (t_same(o, t) || t_same(b, t))
		return;
	if (t_same(b, o))
		m_take(out, field, t);
	else
		m_conflict(merge, base ? M_BOTH_CHANGED : M_BOTH_ADDED, ours,
			   field);
}

static inline void m_fields(struct m_merge *merge, struct m_row *out,
			    const struct t_row *base, const struct t_row *ours,
			    const struct t_row *theirs)
{
	bool json = merge->base->json;

	for (int i = 0; i < T_COLUMNS; i++) {
		bool in_ours = t_has(merge->ours, i);
		bool in_theirs = t_has(merge->theirs, i);

		if (json || (in_ours && in_theirs))
			m_field(merge, out, i, base, ours, theirs);
		else if (in_theirs && !t_has(merge->base, i))
			m_take(out, i, theirs->cells[i]);
	}
}

/* A record of ours whose key no side has twice. */
static inline void m_single(struct m_merge *merge, int at)
{
	const struct t_row *ours = &merge->ours->rows[at];
	const struct t_row *base = m_one(merge, merge->base, ours);
	const struct t_row *theirs = m_one(merge, merge->theirs, ours);

	if (base && !theirs) {
		if (!m_differs(merge, merge->base, base, merge->ours, ours))
			return;
		m_conflict(merge, M_CHANGED_REMOVED, ours, -1);
	}
	if (theirs)
		m_fields(merge, m_put(merge, ours, at), base, ours, theirs);
	else
		m_put(merge, ours, at);
}

/* What a group comes to: 0 ours stays, 1 as theirs has it, 2 a conflict. */
static inline int m_judge(const struct m_merge *merge, const struct t_row *key)
{
	const struct t_table *sides[3] = {merge->base, merge->ours,
					  merge->theirs};
	bool ours = false;
	bool theirs = false;
	bool apart = false;

	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < sides[i]->n; k++) {
			const struct t_row *row = &sides[i]->rows[k];
			int b;
			int o;
			int t;

			if (!m_same_key(merge, row, key))
				continue;
			b = m_content(merge->base, row);
			o = m_content(merge->ours, row);
			t = m_content(merge->theirs, row);
			ours |= o != b;
			theirs |= t != b;
			apart |= o != t;
		}
	}
	if (!theirs || !apart)
		return 0;
	return ours ? 2 : 1;
}

/* Of equal records the last ones go. */
static inline void m_grouped(struct m_merge *merge, int at)
{
	const struct t_row *row = &merge->ours->rows[at];
	int gone = m_content(merge->base, row) - m_content(merge->theirs, row);
	int behind = 0;

	for (int i = at; i < merge->ours->n; i++)
		behind += t_same_row(&merge->ours->rows[i], row, 0);
	if (m_judge(merge, row) == 1 && behind <= gone)
		return;
	m_put(merge, row, at);
}

/* ------------------------------------------------------------ places */

/* The row is not in the base: of a group, more of its content is here. */
static inline bool m_is_put_in(const struct m_merge *merge, int at)
{
	const struct t_row *row = &merge->theirs->rows[at];
	int before = 0;

	if (!m_is_group(merge, row))
		return !m_one(merge, merge->base, row) &&
		       !m_one(merge, merge->ours, row);
	for (int i = 0; i < at; i++)
		before += t_same_row(&merge->theirs->rows[i], row, 0);
	return m_judge(merge, row) == 1 &&
	       before >= m_content(merge->base, row);
}

/* The row of ours behind which a row of theirs comes. */
static inline int m_anchor(const struct m_merge *merge, int at)
{
	int count;

	for (int i = at; i-- > 0;) {
		const struct t_row *row = &merge->theirs->rows[i];
		int found = m_find(merge, merge->ours, row, &count);

		if (found >= 0 && !m_is_group(merge, row))
			return found;
	}
	return M_START;
}

static inline void m_flush(struct m_merge *merge)
{
	for (int i = 0; i < merge->n_pending; i++)
		m_put(merge, &merge->theirs->rows[merge->pending[i]], -1);
	merge->n_pending = 0;
}

static inline void m_await(struct m_merge *merge, int anchor)
{
	for (int i = 0; i < merge->theirs->n; i++)
		if (merge->anchors[i] == anchor)
			merge->pending[merge->n_pending++] = i;
}

/* What ours added, and theirs knows nothing of. */
static inline bool m_is_own(const struct m_merge *merge,
			    const struct t_row *row)
{
	return !m_one(merge, merge->base, row) &&
	       !m_one(merge, merge->theirs, row);
}

static inline void m_conflicts(struct m_merge *merge)
{
	const struct t_table *sides[3] = {merge->base, merge->ours,
					  merge->theirs};

	for (int i = 0; i < merge->base->n; i++) {
		const struct t_row *base = &merge->base->rows[i];
		const struct t_row *theirs = m_one(merge, merge->theirs, base);

		if (!m_is_group(merge, base) && theirs &&
		    !m_one(merge, merge->ours, base) &&
		    m_differs(merge, merge->base, base, merge->theirs, theirs))
			m_conflict(merge, M_REMOVED_CHANGED, base, -1);
	}
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < sides[i]->n; k++) {
			const struct t_row *row = &sides[i]->rows[k];
			bool keyless = merge->n_key == 0 ||
				       t_keyless(row, merge->n_key);
			bool first = m_one(merge, sides[i], row) == row;

			for (int before = 0; before < i; before++)
				first &= !m_one(merge, sides[before], row);
			if (first && m_is_group(merge, row) &&
			    m_judge(merge, row) == 2)
				m_conflict(merge,
					   keyless ? M_NO_KEY : M_DUPLICATE_KEY,
					   row, -1);
		}
	}
}

static inline void m_run(struct m_merge *merge)
{
	if (!merge->base->json)
		m_columns(merge);
	if (merge->whole_file)
		return;
	for (int i = 0; i < merge->theirs->n; i++)
		merge->anchors[i] =
			m_is_put_in(merge, i) ? m_anchor(merge, i) : M_STAYS;
	m_await(merge, M_START);
	for (int i = 0; i < merge->ours->n; i++) {
		const struct t_row *row = &merge->ours->rows[i];
		bool group = m_is_group(merge, row);

		merge->any_group |= group;
		if (!m_is_own(merge, row))
			m_flush(merge);
		if (group)
			m_grouped(merge, i);
		else
			m_single(merge, i);
		m_await(merge, i);
	}
	m_flush(merge);
	for (int i = 0; i < merge->theirs->n; i++)
		merge->any_group |= m_is_group(merge, &merge->theirs->rows[i]);
	m_conflicts(merge);
}

#endif
