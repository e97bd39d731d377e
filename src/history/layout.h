#ifndef HISTORY_LAYOUT_H
#define HISTORY_LAYOUT_H

#include <dsv/record.h>

#include "base/hash.h"
#include "dataset/reading.h"

/*
 * The columns of one side of a comparison, and how they meet those of the
 * other side. Columns meet by name, a renamed one under its name of today.
 */
struct dsv_layout {
	struct dsv_strlist columns; /* as the content names them */
	struct dsv_strlist names;   /* under today's names */
	size_t *order;		    /* columns sorted by name */
	long *key;		    /* column of each key field, -1: none */
	long *labels;
	/* a JSON Pointer into the column's value, NULL: the value itself */
	const char **key_rest;
	const char **labels_rest;
	size_t n_key;
	size_t n_labels;
};

#define DSV_LAYOUT_INIT \
	{               \
		0       \
	}

/** Find the key and label columns anew. */
void dsv_layout_set(struct dsv_layout *layout,
		    const struct dsv_reading *reading,
		    const struct dsv_strlist *columns);
void dsv_layout_release(struct dsv_layout *layout);

/* Where a value inside a nested one is put. */
struct dsv_inner {
	struct dsv_field field;
	struct dsv_buf text;
};

#define DSV_INNER_INIT \
	{              \
		0      \
	}

void dsv_inner_release(struct dsv_inner *inner);
/** The i-th key field or label of a record, MISSING where it is not there;
 * lent from the record or from inner, until inner is used again. */
const struct dsv_field *dsv_layout_key(const struct dsv_layout *layout,
				       size_t i,
				       const struct dsv_record *record,
				       struct dsv_inner *inner);
const struct dsv_field *dsv_layout_label(const struct dsv_layout *layout,
					 size_t i,
					 const struct dsv_record *record,
					 struct dsv_inner *inner);
/** Column of a name, of the first part of it where it is a JSON Pointer; -1.
 * *out_rest is the rest of a pointer, or NULL. */
long dsv_column_of(const struct dsv_reading *reading,
		   const struct dsv_strlist *columns, const char *name,
		   const char **out_rest);

/** A column is a key field (one that only has it inside is not). */
bool dsv_layout_is_key(const struct dsv_layout *layout, size_t column);
bool dsv_layout_is_label(const struct dsv_layout *layout, size_t column);

/* JSON null and a missing field: the same in keys, labels and field counts. */
bool dsv_field_is_absent(const struct dsv_field *field);
/** Equal as a key or label: by text, absent ones are equal. */
bool dsv_field_same_text(const struct dsv_field *a, const struct dsv_field *b);

/** All key fields are empty (false where no key is defined). */
bool dsv_layout_keyless(const struct dsv_layout *layout,
			const struct dsv_record *record);
/** Of the key of a record; 0 where no key is defined. */
uint64_t dsv_layout_key_hash(const struct dsv_layout *layout,
			     const struct dsv_record *record);
/** The same on every machine and in every run. */
uint64_t dsv_layout_key_stable(const struct dsv_layout *layout,
			       const struct dsv_record *record);
bool dsv_layout_same_key(const struct dsv_layout *a,
			 const struct dsv_record *a_record,
			 const struct dsv_layout *b,
			 const struct dsv_record *b_record);
/** Of all a record holds, whatever the order of columns and the quoting.
 * Equal records have equal ones under any two layouts of one reading. */
struct dsv_hash128 dsv_layout_content(const struct dsv_layout *layout,
				      const struct dsv_record *record,
				      bool without_key,
				      struct dsv_buf *scratch);

/* Which column of one side is which of the other. */
struct dsv_bridge {
	const struct dsv_layout *from, *to;
	long *to_from; /* for each column of `to`: that of `from`, or -1 */
	long *from_to;
	bool same; /* equal names in equal order: equal bytes are equal */
};

#define DSV_BRIDGE_INIT \
	{               \
		0       \
	}

/** Borrows both. */
void dsv_bridge_set(struct dsv_bridge *bridge, const struct dsv_layout *from,
		    const struct dsv_layout *to);
void dsv_bridge_release(struct dsv_bridge *bridge);

/* One difference of two records; -1: that side has no such column. */
struct dsv_differ {
	long from;
	long to;
};

struct dsv_differs {
	struct dsv_differ *items; /* columns of `to`, then those only in from */
	size_t n;
	size_t cap;
	bool common; /* one of them is a column of both sides */
};

#define DSV_DIFFERS_INIT \
	{                \
		0        \
	}

/** Fill out with what differs; returns true where anything does. */
bool dsv_bridge_compare(const struct dsv_bridge *bridge,
			const struct dsv_record *from,
			const struct dsv_record *to, struct dsv_differs *out);
void dsv_differs_release(struct dsv_differs *differs);

DSV_AUTO_RELEASE(layout)
DSV_AUTO_RELEASE(inner)
DSV_AUTO_RELEASE(bridge)
DSV_AUTO_RELEASE(differs)

#endif
