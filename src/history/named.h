#ifndef HISTORY_NAMED_H
#define HISTORY_NAMED_H

#include "history/conflict.h"

/*
 * The addresses of conflicts: how they are written and what they name. Those
 * of struct dsv_conflict, which have no revision.
 */
struct dsv_named {
	const char *typed;
	const struct dsv_unmerged *at; /* NULL: no path in conflict */
	const char *rest; /* KEY, KEY:FIELD or #N; NULL: the whole path */
	bool used;
};

/** Append the address of an item. */
void dsv_named_add(struct dsv_buf *out,
		   const struct dsv_conflict_record *record, size_t item);

/** What a person typed; the path from the current folder, or else from the
 * top, may hold ':' itself. Borrows the list and the text. */
void dsv_named_read(struct dsv_named *out, struct dsv_repo *repo,
		    const struct dsv_unmerged_list *list, const char *typed);

/** Is an item of the record of named->at meant? */
bool dsv_named_has(const struct dsv_named *named,
		   const struct dsv_conflict_record *record, size_t item);

/** DSV_ENOTFOUND, with the nearest open address as the hint. */
int dsv_named_unknown(struct dsv_repo *repo, const struct dsv_named *named);

#endif
