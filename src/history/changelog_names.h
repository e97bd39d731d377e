#ifndef HISTORY_CHANGELOG_NAMES_H
#define HISTORY_CHANGELOG_NAMES_H

#include <dsv/changelog.h>

/*
 * What the figures of a group say of its labels: which are new, gone, renamed
 * or twins; and the lists that results are made of.
 */
void dsv_clmoves_add(struct dsv_changelog_moves *moves, const char *from,
		     const char *to, uint64_t n);
void dsv_clmoves_release(struct dsv_changelog_moves *moves);
/** A column that comes and goes again is no news of the whole. */
void dsv_clcolumns_join(struct dsv_changelog_group *to,
			const struct dsv_changelog_group *from);
/** Add what a later step changed: "1 to 2" and "2 to 3" are "1 to 3". */
void dsv_clnotes_join(struct dsv_changelog_notes *to,
		      const struct dsv_changelog_notes *from);
/** Takes over the strings of a note. */
void dsv_clnotes_take(struct dsv_changelog_notes *notes,
		      const struct dsv_changelog_note *note);
void dsv_clnote_release(struct dsv_changelog_note *note);
void dsv_clnotes_release(struct dsv_changelog_notes *notes);

/** Set renamed, added and removed from values and moves. */
void dsv_cllabel_name(struct dsv_changelog_label *label);
/** Without before and after: zero. */
void dsv_clgroup_forget(struct dsv_changelog_group *group);
/** Values, moves and fields in the order that is promised. */
void dsv_clgroup_sort(struct dsv_changelog_group *group);
/** Find the twins among the values that stand there after. */
void dsv_clgroup_twins(struct dsv_changelog_group *group);
void dsv_clgroup_release(struct dsv_changelog_group *group);

/** False for "(null)" and the empty text. */
bool dsv_cllabel_is_set(const char *value);

#endif
