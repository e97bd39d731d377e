#include <string.h>

#include "base/alloc.h"
#include "history/changelog_run.h"
#include "history/layout.h"
#include "history/tally.h"

/* Both sides of a comparison whose changes are looked at one by one. */
struct sides {
	struct dsv_layout from;
	struct dsv_layout to;
	const struct dsv_reading *reading;
	struct dsv_clsum *sum;
};

static char *label_of(const struct dsv_layout *layout, size_t i,
		      const struct dsv_record *record)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;
	size_t len;
	const char *text = dsv_label_text(
		dsv_layout_label(layout, i, record, &inner), &len);

	return dsv_strndup(text, len);
}

static void count_label(struct sides *sides, size_t i,
			const struct dsv_change *change)
{
	struct dsv_clsum_label *label =
		dsv_clsum_label(sides->sum, sides->reading->labels.items[i]);
	char *from DSV_AUTO(str) =
		change->from ? label_of(&sides->from, i, change->from) : NULL;
	char *to DSV_AUTO(str) =
		change->to ? label_of(&sides->to, i, change->to) : NULL;

	if (!from)
		dsv_clsum_value(label, to)->added++;
	else if (!to)
		dsv_clsum_value(label, from)->removed++;
	else if (strcmp(from, to) != 0) {
		dsv_clsum_value(label, from)->out++;
		dsv_clsum_value(label, to)->in++;
		dsv_clsum_move(label, from, to, 1);
	}
}

static void count(struct sides *sides, const struct dsv_change *change)
{
	struct dsv_changelog_group *group = &sides->sum->group;

	group->added += change->op == DSV_ADDED;
	group->removed += change->op == DSV_REMOVED;
	group->changed += change->op == DSV_CHANGED;
	group->relabelled += change->relabelled;
	group->label_changed += change->label_changed;
	for (size_t i = 0; change->op == DSV_CHANGED && i < change->n_fields;
	     i++) {
		const struct dsv_field_change *field = &change->fields[i];

		if (!dsv_field_is_absent(field->from) ||
		    !dsv_field_is_absent(field->to))
			dsv_map_put(&sides->sum->fields, field->name,
				    strlen(field->name))
				->value++;
	}
	for (size_t i = 0; i < sides->reading->labels.n; i++)
		count_label(sides, i, change);
}

static bool is_kept(const struct dsv_clrun *run,
		    const struct dsv_change *change)
{
	return (change->from &&
		dsv_where_match(&run->where[0], change->from)) ||
	       (change->to && dsv_where_match(&run->where[1], change->to));
}

int dsv_clrun_take_where(struct dsv_clrun *run, struct dsv_clsum *sum,
			 const char *path, struct dsv_file_diff *file)
{
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	struct sides sides = {.reading = &file->reading, .sum = sum};
	struct dsv_change change;
	int rc;

	dsv_where_bind(&run->where[0], summary->columns_from);
	dsv_where_bind(&run->where[1], summary->columns_to);
	dsv_layout_set(&sides.from, &file->reading, summary->columns_from);
	dsv_layout_set(&sides.to, &file->reading, summary->columns_to);
	while ((rc = dsv_file_diff_next(file, &change)) > 0)
		if (is_kept(run, &change))
			count(&sides, &change);
	dsv_layout_release(&sides.from);
	dsv_layout_release(&sides.to);
	dsv_clsum_add_issues(sum, path, summary);
	/* what none of these records did is no news */
	sum->group.touched =
		sum->group.added || sum->group.removed || sum->group.changed;
	return rc;
}
