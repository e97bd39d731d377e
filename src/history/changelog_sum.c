#include "history/changelog_sum.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/changelog_names.h"

static void sum_release(struct dsv_clsum *sum)
{
	for (size_t i = 0; i < sum->n_labels; i++) {
		struct dsv_clsum_label *label = &sum->labels[i];

		for (size_t k = 0; k < label->n; k++)
			free(label->values[k].value);
		free(label->values);
		free(label->name);
		dsv_map_release(&label->at);
		dsv_map_release(&label->moves_at);
		dsv_clmoves_release(&label->moves);
	}
	free(sum->labels);
	dsv_map_release(&sum->fields);
	dsv_clgroup_release(&sum->group);
}

void dsv_clsums_release(struct dsv_clsums *sums)
{
	for (size_t i = 0; i < sums->n; i++)
		sum_release(&sums->items[i]);
	free(sums->items);
	dsv_map_release(&sums->at);
	*sums = (struct dsv_clsums)DSV_CLSUMS_INIT;
}

struct dsv_clsum *dsv_clsums_of(struct dsv_clsums *sums, const char *name,
				bool is_dataset)
{
	char *key DSV_AUTO(str) =
		dsv_strf("%c%s", is_dataset ? 'd' : 'p', name);
	struct dsv_map_entry *entry = dsv_map_put(&sums->at, key, strlen(key));
	struct dsv_clsum *sum;

	if (entry->value)
		return &sums->items[entry->value - 1];
	DSV_GROW(sums->items, sums->cap, sums->n + 1);
	sum = &sums->items[sums->n++];
	entry->value = sums->n;
	*sum = (struct dsv_clsum){0};
	sum->group.name = dsv_strdup(name);
	sum->group.is_dataset = is_dataset;
	return sum;
}

struct dsv_clsum_label *dsv_clsum_label(struct dsv_clsum *sum, const char *name)
{
	for (size_t i = 0; i < sum->n_labels; i++)
		if (strcmp(sum->labels[i].name, name) == 0)
			return &sum->labels[i];
	sum->labels = dsv_realloc(sum->labels, sum->n_labels + 1,
				  sizeof(*sum->labels));
	sum->labels[sum->n_labels] =
		(struct dsv_clsum_label){.name = dsv_strdup(name)};
	return &sum->labels[sum->n_labels++];
}

struct dsv_changelog_value *dsv_clsum_value(struct dsv_clsum_label *label,
					    const char *value)
{
	struct dsv_map_entry *entry =
		dsv_map_put(&label->at, value, strlen(value));

	if (!entry->value) {
		DSV_GROW(label->values, label->cap, label->n + 1);
		label->values[label->n++] = (struct dsv_changelog_value){
			.value = dsv_strdup(value)};
		entry->value = label->n;
	}
	return &label->values[entry->value - 1];
}

void dsv_clsum_move(struct dsv_clsum_label *label, const char *from,
		    const char *to, uint64_t n)
{
	struct dsv_changelog_moves *moves = &label->moves;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_map_entry *entry;

	dsv_buf_add(&key, from, strlen(from) + 1);
	dsv_buf_addstr(&key, to);
	entry = dsv_map_put(&label->moves_at, key.data, key.len);
	if (!entry->value) {
		dsv_clmoves_add(moves, from, to, 0);
		entry->value = moves->n;
	}
	moves->items[entry->value - 1].n += n;
}

static void add_names(struct dsv_strlist *all, const struct dsv_strlist *more)
{
	for (size_t i = 0; more && i < more->n; i++)
		if (dsv_strlist_find(all, more->items[i]) < 0)
			dsv_strlist_add(all, more->items[i]);
}

static void take_label(struct dsv_clsum_label *sum,
		       const struct dsv_label_diff *label)
{
	for (size_t i = 0; i < label->n_values; i++) {
		const struct dsv_label_count *from = &label->values[i];
		struct dsv_changelog_value *to;

		if (!from->added && !from->removed && !from->in && !from->out)
			continue;
		to = dsv_clsum_value(sum, from->value);
		to->added += from->added;
		to->removed += from->removed;
		to->in += from->in;
		to->out += from->out;
	}
	for (size_t i = 0; i < label->n_transitions; i++)
		dsv_clsum_move(sum, label->transitions[i].from,
			       label->transitions[i].to,
			       label->transitions[i].n);
}

void dsv_clsum_take(struct dsv_clsum *sum, const char *path,
		    const struct dsv_diff_summary *summary)
{
	struct dsv_changelog_group *group = &sum->group;

	group->added += summary->added;
	group->removed += summary->removed;
	group->changed += summary->changed;
	group->relabelled += summary->relabelled;
	group->label_changed += summary->label_changed;
	group->rekeyed += summary->rekeyed;
	/* of a file that comes or goes all columns do */
	if (summary->columns_from->n > 0 && summary->columns_to->n > 0) {
		add_names(&group->columns_added, summary->columns_added);
		add_names(&group->columns_removed, summary->columns_removed);
	}
	for (size_t i = 0; i < summary->n_fields; i++)
		dsv_map_put(&sum->fields, summary->fields[i].name,
			    strlen(summary->fields[i].name))
			->value += summary->fields[i].n;
	for (size_t i = 0; i < summary->n_labels; i++)
		take_label(dsv_clsum_label(sum, summary->labels[i].name),
			   &summary->labels[i]);
	dsv_clsum_add_issues(sum, path, summary);
}

static uint64_t count_before(const struct dsv_diff_summary *summary,
			     enum dsv_issue issue)
{
	for (size_t i = 0; i < summary->n_issues; i++)
		if (!summary->issues[i].to && summary->issues[i].issue == issue)
			return summary->issues[i].count;
	return 0;
}

void dsv_clsum_add_issues(struct dsv_clsum *sum, const char *path,
			  const struct dsv_diff_summary *summary)
{
	struct dsv_changelog_group *group = &sum->group;

	for (size_t i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *line = &summary->issues[i];

		if (!line->to)
			continue;
		DSV_GROW(group->issues, group->cap_issues, group->n_issues + 1);
		group->issues[group->n_issues++] = (struct dsv_changelog_issue){
			.path = dsv_strdup(path),
			.issue = line->issue,
			.line = line->line,
			.count = line->count,
			.is_news = count_before(summary, line->issue) !=
				   line->count,
		};
	}
}

void dsv_clsum_hold(struct dsv_clsum *state,
		    const struct dsv_diff_summary *summary, bool newer)
{
	state->group.after +=
		newer ? summary->records_to : summary->records_from;
	for (size_t i = 0; i < summary->n_labels; i++) {
		const struct dsv_label_diff *from = &summary->labels[i];
		struct dsv_clsum_label *label =
			dsv_clsum_label(state, from->name);

		for (size_t k = 0; k < from->n_values; k++)
			dsv_clsum_value(label, from->values[k].value)->after +=
				newer ? from->values[k].after
				      : from->values[k].before;
	}
}

static void settle_value(struct dsv_changelog_value *value)
{
	value->after = value->before + value->added - value->removed +
		       value->in - value->out;
}

void dsv_clsum_pass(struct dsv_clsum *step, struct dsv_clsum *state)
{
	struct dsv_changelog_group *group = &step->group;

	group->before = state->group.after;
	group->after = group->before + group->added - group->removed;
	state->group.after = group->after;
	for (size_t i = 0; i < step->n_labels; i++) {
		struct dsv_clsum_label *label = &step->labels[i];
		struct dsv_clsum_label *held =
			dsv_clsum_label(state, label->name);

		for (size_t k = 0; k < label->n; k++) {
			struct dsv_changelog_value *value = &label->values[k];
			struct dsv_changelog_value *at =
				dsv_clsum_value(held, value->value);

			value->before = at->after;
			settle_value(value);
			at->after = value->after;
		}
	}
}

void dsv_clsum_start(struct dsv_clsum *sum, const struct dsv_clsum *state)
{
	sum->group.before = sum->group.after = state->group.after;
	for (size_t i = 0; i < state->n_labels; i++) {
		const struct dsv_clsum_label *from = &state->labels[i];
		struct dsv_clsum_label *label =
			dsv_clsum_label(sum, from->name);

		for (size_t k = 0; k < from->n; k++) {
			struct dsv_changelog_value *value;

			if (from->values[k].after == 0)
				continue;
			value = dsv_clsum_value(label, from->values[k].value);
			value->before = value->after = from->values[k].after;
		}
	}
}

static void add_label(struct dsv_clsum_label *sum,
		      const struct dsv_clsum_label *step)
{
	for (size_t i = 0; i < step->n; i++) {
		const struct dsv_changelog_value *from = &step->values[i];
		struct dsv_changelog_value *to =
			dsv_clsum_value(sum, from->value);

		to->added += from->added;
		to->removed += from->removed;
		to->in += from->in;
		to->out += from->out;
		settle_value(to);
	}
	for (size_t i = 0; i < step->moves.n; i++)
		dsv_clsum_move(sum, step->moves.items[i].from,
			       step->moves.items[i].to, step->moves.items[i].n);
}

void dsv_clsum_add(struct dsv_clsum *sum, const struct dsv_clsum *step)
{
	struct dsv_changelog_group *to = &sum->group;
	const struct dsv_changelog_group *from = &step->group;

	to->touched = to->touched || from->touched;
	to->added += from->added;
	to->removed += from->removed;
	to->changed += from->changed;
	to->relabelled += from->relabelled;
	to->label_changed += from->label_changed;
	to->rekeyed += from->rekeyed;
	to->after = to->before + to->added - to->removed;
	dsv_clcolumns_join(to, from);
	dsv_clnotes_join(&to->notes, &from->notes);
	for (size_t i = 0; i < step->fields.n; i++)
		dsv_map_put(&sum->fields, step->fields.entries[i].key,
			    step->fields.entries[i].key_len)
			->value += step->fields.entries[i].value;
	for (size_t i = 0; i < step->n_labels; i++)
		add_label(dsv_clsum_label(sum, step->labels[i].name),
			  &step->labels[i]);
}

static void give_fields(const struct dsv_map *map,
			struct dsv_changelog_group *out)
{
	for (size_t i = 0; i < map->n; i++) {
		DSV_GROW(out->fields, out->cap_fields, out->n_fields + 1);
		out->fields[out->n_fields++] = (struct dsv_changelog_field){
			.name = dsv_strndup(map->entries[i].key,
					    map->entries[i].key_len),
			.n = map->entries[i].value,
		};
	}
}

void dsv_clsum_give(struct dsv_clsum *sum, bool no_counts,
		    struct dsv_changelog_group *out)
{
	*out = sum->group;
	sum->group = (struct dsv_changelog_group){0};
	give_fields(&sum->fields, out);
	out->labels = dsv_alloc_zero(sum->n_labels + 1, sizeof(*out->labels));
	out->n_labels = sum->n_labels;
	for (size_t i = 0; i < sum->n_labels; i++) {
		struct dsv_clsum_label *from = &sum->labels[i];
		struct dsv_changelog_label *to = &out->labels[i];

		to->name = dsv_take(&from->name);
		to->values = dsv_take(&from->values);
		to->n_values = from->n;
		from->n = 0;
		to->moves = from->moves;
		from->moves = (struct dsv_changelog_moves){0};
		if (!no_counts)
			dsv_cllabel_name(to);
	}
	if (no_counts)
		dsv_clgroup_forget(out);
	dsv_clgroup_sort(out);
}
