#include "report/tally_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define NUMBER_NULL   0u
#define NUMBER_OTHERS 1u
#define NUMBER_FIRST  2u

static void column_init(struct dsv_tally_column *column, size_t limit)
{
	column->limit = limit;
	DSV_GROW(column->values, column->cap, NUMBER_FIRST);
	memset(column->values, 0, NUMBER_FIRST * sizeof(*column->values));
	column->n = NUMBER_FIRST;
}

static void column_release(struct dsv_tally_column *column)
{
	dsv_place_release(&column->place);
	dsv_map_release(&column->numbers);
	for (size_t i = 0; i < column->n; i++)
		free(column->values[i].by);
	free(column->values);
}

void dsv_tally_group_init(struct dsv_tally_group *group, const char *dataset,
			  const struct dsv_strlist *key,
			  const struct dsv_strlist *labels, const char *by)
{
	group->dataset = dataset ? dsv_strdup(dataset) : NULL;
	dsv_strlist_copy(&group->key, key);
	dsv_strlist_copy(&group->labels, labels);
	group->columns = dsv_alloc_zero(labels->n + 1, sizeof(*group->columns));
	for (size_t i = 0; i < labels->n; i++)
		column_init(&group->columns[i], DSV_LABELS_DISTINCT);
	group->by_name = by ? dsv_strdup(by) : NULL;
	column_init(&group->by, DSV_LABELS_BY);
}

void dsv_tally_group_release(struct dsv_tally_group *group)
{
	for (size_t i = 0; group->columns && i < group->labels.n; i++)
		column_release(&group->columns[i]);
	free(group->columns);
	column_release(&group->by);
	free(group->by_name);
	free(group->dataset);
	dsv_strlist_release(&group->files);
	dsv_strlist_release(&group->unread);
	dsv_strlist_release(&group->key);
	dsv_strlist_release(&group->labels);
	*group = (struct dsv_tally_group){0};
}

void dsv_tally_group_begin(struct dsv_tally_group *group,
			   const struct dsv_reading *reading)
{
	for (size_t i = 0; i < group->labels.n; i++)
		dsv_place_init(&group->columns[i].place, reading,
			       group->labels.items[i]);
	if (group->by_name)
		dsv_place_init(&group->by.place, reading, group->by_name);
}

void dsv_tally_group_bind(struct dsv_tally_group *group,
			  const struct dsv_strlist *columns)
{
	for (size_t i = 0; i < group->labels.n; i++)
		dsv_place_bind(&group->columns[i].place, columns);
	if (group->by_name)
		dsv_place_bind(&group->by.place, columns);
}

void dsv_tally_group_end(struct dsv_tally_group *group)
{
	for (size_t i = 0; i < group->labels.n; i++)
		dsv_place_release(&group->columns[i].place);
	dsv_place_release(&group->by.place);
}

/* The number of a record's value, a new one where there is room. */
static size_t number_of(struct dsv_tally_column *column,
			const struct dsv_record *record)
{
	const struct dsv_field *field = dsv_place_field(&column->place, record);
	struct dsv_map_entry *entry;

	if (dsv_field_is_empty(field))
		return NUMBER_NULL;
	entry = dsv_map_get(&column->numbers, field->text, field->len);
	if (entry)
		return entry->value;
	if (column->numbers.n >= column->limit)
		return NUMBER_OTHERS;
	entry = dsv_map_put(&column->numbers, field->text, field->len);
	entry->value = column->n;
	DSV_GROW(column->values, column->cap, column->n + 1);
	column->values[column->n] = (struct dsv_tally_value){0};
	return column->n++;
}

static void count_under(struct dsv_tally_value *value, size_t by)
{
	if (by >= value->n_by) {
		size_t n = (by | 7u) + 1;

		value->by = dsv_realloc(value->by, n, sizeof(*value->by));
		memset(value->by + value->n_by, 0,
		       (n - value->n_by) * sizeof(*value->by));
		value->n_by = n;
	}
	value->by[by]++;
}

void dsv_tally_group_add(struct dsv_tally_group *group,
			 const struct dsv_record *record)
{
	size_t by = 0;

	group->records++;
	group->faulty += record->issues != 0;
	if (group->by_name) {
		by = number_of(&group->by, record);
		group->by.values[by].n++;
	}
	for (size_t i = 0; i < group->labels.n; i++) {
		struct dsv_tally_column *column = &group->columns[i];
		size_t number = number_of(column, record);

		column->values[number].n++;
		if (group->by_name)
			count_under(&column->values[number], by);
	}
}

/* A value of a column with its number, to be sorted. */
struct ranked {
	const char *text;
	size_t number;
	uint64_t n;
};

static int by_count(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->text, y->text);
}

/* By count falling, null behind them, the others last. Of the caller's. */
static struct ranked *rank(const struct dsv_tally_column *column, size_t *out_n)
{
	struct ranked *all = dsv_alloc_zero(column->n + 1, sizeof(*all));
	size_t n = column->numbers.n;

	for (size_t i = 0; i < n; i++) {
		const struct dsv_map_entry *entry = &column->numbers.entries[i];

		all[i].text = entry->key;
		all[i].number = entry->value;
		all[i].n = column->values[entry->value].n;
	}
	qsort(all, n, sizeof(*all), by_count);
	for (size_t number = 0; number < NUMBER_FIRST; number++) {
		uint64_t count = column->values[number].n;

		if (count == 0)
			continue;
		all[n].text = number == NUMBER_NULL ? "(null)" : "(others)";
		all[n].number = number;
		all[n++].n = count;
	}
	*out_n = n;
	return all;
}

static uint64_t *in_order(const struct dsv_tally_value *value,
			  const struct ranked *order, size_t n)
{
	uint64_t *out = dsv_alloc_zero(n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++) {
		if (order[i].number < value->n_by)
			out[i] = value->by[order[i].number];
	}
	return out;
}

static void give_table(const struct dsv_tally_column *column, const char *name,
		       const struct ranked *by, size_t n_by,
		       struct dsv_label_table *out)
{
	size_t n;
	struct ranked *order = rank(column, &n);

	out->name = dsv_strdup(name);
	out->empty = column->values[NUMBER_NULL].n;
	out->others = column->values[NUMBER_OTHERS].n;
	out->limited = out->others > 0;
	out->values = dsv_alloc_zero(n + 1, sizeof(*out->values));
	for (size_t i = 0; i < n; i++) {
		const struct dsv_tally_value *value;
		struct dsv_label_value *to = &out->values[out->n_values];

		value = &column->values[order[i].number];
		if (order[i].number == NUMBER_OTHERS) {
			out->others_by = by ? in_order(value, by, n_by) : NULL;
			continue;
		}
		to->value = dsv_strdup(order[i].text);
		to->is_null = order[i].number == NUMBER_NULL;
		to->n = order[i].n;
		to->by = by ? in_order(value, by, n_by) : NULL;
		out->n_values++;
	}
	free(order);
}

static void give_by(const struct dsv_tally_group *group,
		    const struct ranked *by, size_t n_by,
		    struct dsv_label_group *out)
{
	out->by_records = dsv_alloc_zero(n_by + 1, sizeof(*out->by_records));
	out->by_limited = group->by.values[NUMBER_OTHERS].n > 0;
	for (size_t i = 0; i < n_by; i++) {
		dsv_strlist_add(&out->by, by[i].text);
		out->by_records[i] = by[i].n;
	}
}

static void take_list(struct dsv_strlist *from, struct dsv_strlist *to)
{
	*to = *from;
	*from = (struct dsv_strlist)DSV_STRLIST_INIT;
}

void dsv_tally_group_finish(struct dsv_tally_group *group,
			    struct dsv_label_group *out)
{
	struct ranked *by = NULL;
	size_t n_by = 0;

	*out = (struct dsv_label_group){0};
	if (group->by_name) {
		by = rank(&group->by, &n_by);
		give_by(group, by, n_by, out);
	}
	out->tables = dsv_alloc_zero(group->labels.n + 1, sizeof(*out->tables));
	out->n_tables = group->labels.n;
	for (size_t i = 0; i < group->labels.n; i++)
		give_table(&group->columns[i], group->labels.items[i], by, n_by,
			   &out->tables[i]);
	free(by);
	out->records = group->records;
	out->records_all = group->records_all;
	out->faulty = group->faulty;
	out->dataset = dsv_take(&group->dataset);
	take_list(&group->files, &out->files);
	take_list(&group->unread, &out->unread);
	take_list(&group->key, &out->key);
	dsv_strlist_copy(&out->labels, &group->labels);
}
