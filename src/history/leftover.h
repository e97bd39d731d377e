#ifndef HISTORY_LEFTOVER_H
#define HISTORY_LEFTOVER_H

#include "history/align.h"

/*
 * What the join by key leaves: rows that share their key, matched as a
 * multiset by what they hold; rows of one side only, counted by label, those
 * among them that only got another key told apart.
 */
int dsv_leftover_settle(struct dsv_align *align, struct dsv_pool *pool);

#endif
