#ifndef HISTORY_EMIT_H
#define HISTORY_EMIT_H

#include <dsv/diff.h>

#include "base/arena.h"
#include "history/compare.h"

/* Makes a struct dsv_change of two records; holds what it points to. */
struct dsv_changer {
	const struct dsv_bridge *bridge;
	struct dsv_field_change *fields;
	size_t fields_cap;
	struct dsv_field *key;
	struct dsv_arena names; /* of cells behind the last column */
};

#define DSV_CHANGER_INIT \
	{                \
		0        \
	}

void dsv_changer_init(struct dsv_changer *changer,
		      const struct dsv_bridge *bridge);
void dsv_changer_release(struct dsv_changer *changer);
/** differs NULL: a record of one side, the other being NULL. Lent until the
 * next call. */
void dsv_changer_make(struct dsv_changer *changer,
		      const struct dsv_record *from,
		      const struct dsv_record *to,
		      const struct dsv_differs *differs, bool shared,
		      struct dsv_change *out);

/*
 * The changes of a comparison one by one: those of the newer side in its
 * order, then the removed records. Records are read again as they come.
 */
struct dsv_emit {
	struct dsv_compare *compare;
	size_t at; /* rows of `to`, then of `from` */
	struct dsv_fetch fetch_from;
	struct dsv_fetch fetch_to;
	struct dsv_record from;
	struct dsv_record to;
	struct dsv_differs differs;
	struct dsv_changer changer;
};

#define DSV_EMIT_INIT \
	{             \
		0     \
	}

/** Borrows compare. */
void dsv_emit_init(struct dsv_emit *emit, struct dsv_compare *compare);
void dsv_emit_release(struct dsv_emit *emit);
/** 1 with a change, lent until the next call; 0 at the end; negative. */
int dsv_emit_next(struct dsv_emit *emit, struct dsv_change *out);

DSV_AUTO_RELEASE(emit)
DSV_AUTO_RELEASE(changer)

#endif
