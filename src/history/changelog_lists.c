#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/changelog_names.h"

void dsv_clmoves_add(struct dsv_changelog_moves *moves, const char *from,
		     const char *to, uint64_t n)
{
	DSV_GROW(moves->items, moves->cap, moves->n + 1);
	moves->items[moves->n++] = (struct dsv_changelog_move){
		.from = dsv_strdup(from),
		.to = dsv_strdup(to),
		.n = n,
	};
}

void dsv_clmoves_release(struct dsv_changelog_moves *moves)
{
	for (size_t i = 0; i < moves->n; i++) {
		free(moves->items[i].from);
		free(moves->items[i].to);
	}
	free(moves->items);
	*moves = (struct dsv_changelog_moves){0};
}

static bool drop_name(struct dsv_strlist *list, const char *name)
{
	long at = dsv_strlist_find(list, name);

	if (at < 0)
		return false;
	free(list->items[at]);
	memmove(list->items + at, list->items + at + 1,
		(list->n - (size_t)at - 1) * sizeof(*list->items));
	list->n--;
	return true;
}

static void join_names(struct dsv_strlist *to, struct dsv_strlist *opposite,
		       const struct dsv_strlist *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!drop_name(opposite, from->items[i]) &&
		    dsv_strlist_find(to, from->items[i]) < 0)
			dsv_strlist_add(to, from->items[i]);
}

void dsv_clcolumns_join(struct dsv_changelog_group *to,
			const struct dsv_changelog_group *from)
{
	join_names(&to->columns_added, &to->columns_removed,
		   &from->columns_added);
	join_names(&to->columns_removed, &to->columns_added,
		   &from->columns_removed);
}

void dsv_clnote_release(struct dsv_changelog_note *note)
{
	free(note->what);
	free(note->id);
	free(note->from);
	free(note->to);
	*note = (struct dsv_changelog_note){0};
}

void dsv_clnotes_release(struct dsv_changelog_notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		dsv_clnote_release(&notes->items[i]);
	free(notes->items);
	*notes = (struct dsv_changelog_notes){0};
}

void dsv_clnotes_take(struct dsv_changelog_notes *notes,
		      const struct dsv_changelog_note *note)
{
	DSV_GROW(notes->items, notes->cap, notes->n + 1);
	notes->items[notes->n++] = *note;
}

static char *copy(const char *text)
{
	return text ? dsv_strdup(text) : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void drop_note(struct dsv_changelog_notes *notes, size_t at)
{
	dsv_clnote_release(&notes->items[at]);
	memmove(notes->items + at, notes->items + at + 1,
		(notes->n - at - 1) * sizeof(*notes->items));
	notes->n--;
}

/* A later change of the same thing; back to what it was is none. */
static void extend_note(struct dsv_changelog_notes *notes, size_t at,
			const struct dsv_changelog_note *later)
{
	struct dsv_changelog_note *note = &notes->items[at];

	free(note->to);
	note->to = copy(later->to);
	free(note->id);
	note->id = copy(later->id);
	note->digests[1] = later->digests[1];
	note->blobs[1] = later->blobs[1];
	note->same_version =
		later->id && note->from && same_text(note->from, note->to);
	if (same_text(note->from, note->to) &&
	    dsv_id_equal(&note->digests[0], &note->digests[1]))
		drop_note(notes, at);
}

static void add_note(struct dsv_changelog_notes *notes,
		     const struct dsv_changelog_note *note)
{
	struct dsv_changelog_note added = *note;

	added.what = dsv_strdup(note->what);
	added.id = copy(note->id);
	added.from = copy(note->from);
	added.to = copy(note->to);
	dsv_clnotes_take(notes, &added);
}

void dsv_clnotes_join(struct dsv_changelog_notes *to,
		      const struct dsv_changelog_notes *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct dsv_changelog_note *note = &from->items[i];
		size_t k = 0;

		while (k < to->n && strcmp(to->items[k].what, note->what) != 0)
			k++;
		if (k < to->n)
			extend_note(to, k, note);
		else
			add_note(to, note);
	}
}

static void label_release(struct dsv_changelog_label *label)
{
	for (size_t i = 0; i < label->n_values; i++)
		free(label->values[i].value);
	free(label->values);
	free(label->name);
	dsv_clmoves_release(&label->moves);
	dsv_clmoves_release(&label->renamed);
	dsv_strlist_release(&label->added);
	dsv_strlist_release(&label->removed);
}

void dsv_clgroup_release(struct dsv_changelog_group *group)
{
	for (size_t i = 0; i < group->n_labels; i++)
		label_release(&group->labels[i]);
	for (size_t i = 0; i < group->n_fields; i++)
		free(group->fields[i].name);
	for (size_t i = 0; i < group->n_issues; i++)
		free(group->issues[i].path);
	for (size_t i = 0; i < group->n_twins; i++)
		dsv_strlist_release(&group->twins[i]);
	free(group->labels);
	free(group->fields);
	free(group->issues);
	free(group->twins);
	free(group->name);
	dsv_clnotes_release(&group->notes);
	dsv_strlist_release(&group->columns_added);
	dsv_strlist_release(&group->columns_removed);
	*group = (struct dsv_changelog_group){0};
}
