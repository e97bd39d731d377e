#include "history/changelog_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

bool dsv_cllabel_is_set(const char *value)
{
	return *value && strcmp(value, "(null)") != 0;
}

/* A value by its text. */
static int by_text(const void *a, const void *b)
{
	const struct dsv_changelog_value *const *x = a;
	const struct dsv_changelog_value *const *y = b;

	return strcmp((*x)->value, (*y)->value);
}

static struct dsv_changelog_value **
sorted_values(const struct dsv_changelog_label *label)
{
	struct dsv_changelog_value **all = dsv_alloc_zero(
		label->n_values + 1, sizeof(struct dsv_changelog_value *));

	for (size_t i = 0; i < label->n_values; i++)
		all[i] = &label->values[i];
	qsort(all, label->n_values, sizeof(*all), by_text);
	return all;
}

static const struct dsv_changelog_value *
find_value(struct dsv_changelog_value *const *all, size_t n, char *text)
{
	const struct dsv_changelog_value wanted = {.value = text};
	const struct dsv_changelog_value *key = &wanted;
	struct dsv_changelog_value *const *found =
		bsearch(&key, all, n, sizeof(*all), by_text);

	return found ? *found : NULL;
}

static bool is_renaming(const struct dsv_changelog_value *from,
			const struct dsv_changelog_move *move)
{
	return from && from->before > 0 && from->after == 0 &&
	       from->removed == 0 && from->out == move->n &&
	       dsv_cllabel_is_set(move->from) && dsv_cllabel_is_set(move->to);
}

static bool is_renamed(const struct dsv_changelog_label *label,
		       const char *value, bool to)
{
	for (size_t i = 0; i < label->renamed.n; i++)
		if (strcmp(to ? label->renamed.items[i].to
			      : label->renamed.items[i].from,
			   value) == 0)
			return true;
	return false;
}

void dsv_cllabel_name(struct dsv_changelog_label *label)
{
	struct dsv_changelog_value **all = sorted_values(label);

	for (size_t i = 0; i < label->moves.n; i++) {
		const struct dsv_changelog_move *move = &label->moves.items[i];

		if (is_renaming(find_value(all, label->n_values, move->from),
				move))
			dsv_clmoves_add(&label->renamed, move->from, move->to,
					move->n);
	}
	for (size_t i = 0; i < label->n_values; i++) {
		const struct dsv_changelog_value *value = all[i];
		bool comes = value->before == 0 && value->after > 0;
		bool goes = value->before > 0 && value->after == 0;

		if (!dsv_cllabel_is_set(value->value) || comes == goes ||
		    is_renamed(label, value->value, comes))
			continue;
		dsv_strlist_add(comes ? &label->added : &label->removed,
				value->value);
	}
	free(all);
}

void dsv_clgroup_forget(struct dsv_changelog_group *group)
{
	group->before = group->after = 0;
	for (size_t i = 0; i < group->n_labels; i++)
		for (size_t k = 0; k < group->labels[i].n_values; k++)
			group->labels[i].values[k].before =
				group->labels[i].values[k].after = 0;
}

static int by_stock(const void *ap, const void *bp)
{
	const struct dsv_changelog_value *a = ap;
	const struct dsv_changelog_value *b = bp;
	uint64_t x = a->before + a->after;
	uint64_t y = b->before + b->after;

	if (x != y)
		return x < y ? 1 : -1;
	return strcmp(a->value, b->value);
}

static int by_move(const void *ap, const void *bp)
{
	const struct dsv_changelog_move *a = ap;
	const struct dsv_changelog_move *b = bp;
	int order;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	order = strcmp(a->from, b->from);
	return order ? order : strcmp(a->to, b->to);
}

static int by_field(const void *ap, const void *bp)
{
	const struct dsv_changelog_field *a = ap;
	const struct dsv_changelog_field *b = bp;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void sort(void *items, size_t n, size_t size,
		 int (*order)(const void *, const void *))
{
	if (n > 1)
		qsort(items, n, size, order);
}

void dsv_clgroup_sort(struct dsv_changelog_group *group)
{
	for (size_t i = 0; i < group->n_labels; i++) {
		struct dsv_changelog_label *label = &group->labels[i];

		sort(label->values, label->n_values, sizeof(*label->values),
		     by_stock);
		sort(label->moves.items, label->moves.n,
		     sizeof(*label->moves.items), by_move);
		sort(label->renamed.items, label->renamed.n,
		     sizeof(*label->renamed.items), by_move);
	}
	sort(group->fields, group->n_fields, sizeof(*group->fields), by_field);
}

/* ASCII in lower case, no blanks at the ends, one for each run inside. */
static char *plain_form(const char *value)
{
	char *out = dsv_strdup(value);
	size_t n = 0;

	for (const char *at = value; *at; at++) {
		bool blank = strchr(" \t\r\n", *at);

		if (blank && (n == 0 || out[n - 1] == ' '))
			continue;
		out[n++] = blank ? ' ' : (char)tolower((unsigned char)*at);
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

struct formed {
	char *form;
	const char *value;
};

static int by_form(const void *ap, const void *bp)
{
	const struct formed *a = ap;
	const struct formed *b = bp;
	int order = strcmp(a->form, b->form);

	return order ? order : strcmp(a->value, b->value);
}

static void add_twins(struct dsv_changelog_group *group,
		      const struct formed *all, size_t n)
{
	struct dsv_strlist *list;

	if (n < 2)
		return;
	group->twins = dsv_realloc(group->twins, group->n_twins + 1,
				   sizeof(*group->twins));
	list = &group->twins[group->n_twins++];
	*list = (struct dsv_strlist)DSV_STRLIST_INIT;
	for (size_t i = 0; i < n; i++)
		dsv_strlist_add(list, all[i].value);
}

static void find_twins(struct dsv_changelog_group *group,
		       const struct dsv_changelog_label *label)
{
	struct formed *all = dsv_alloc_zero(label->n_values + 1, sizeof(*all));
	size_t n = 0;
	size_t start = 0;

	for (size_t i = 0; i < label->n_values; i++)
		if (label->values[i].after > 0 &&
		    dsv_cllabel_is_set(label->values[i].value))
			all[n++] = (struct formed){
				plain_form(label->values[i].value),
				label->values[i].value};
	qsort(all, n, sizeof(*all), by_form);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && strcmp(all[i].form, all[start].form) == 0)
			continue;
		add_twins(group, all + start, i - start);
		start = i;
	}
	for (size_t i = 0; i < n; i++)
		free(all[i].form);
	free(all);
}

void dsv_clgroup_twins(struct dsv_changelog_group *group)
{
	for (size_t i = 0; i < group->n_labels; i++)
		find_twins(group, &group->labels[i]);
}
