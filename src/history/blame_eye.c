#include "history/blame_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

static void set_up(const struct dsv_blame *blame, struct dsv_blame_eye *eye)
{
	const struct dsv_reading *reading = &blame->reading;
	const struct dsv_strlist *lists[2] = {&reading->key, &reading->labels};
	const struct dsv_where *where = &blame->where;
	size_t n = 0;

	eye->places = dsv_alloc_zero(blame->n_places + 1, sizeof(*eye->places));
	eye->cells = dsv_alloc_zero(blame->n_places + 1, sizeof(*eye->cells));
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			dsv_place_init(&eye->places[n++], reading,
				       lists[k]->items[i]);
	if (blame->field)
		dsv_place_init(&eye->places[n], reading, blame->field);
	eye->where.n = where->n;
	eye->where.items =
		dsv_alloc_zero(where->n + 1, sizeof(*eye->where.items));
	for (size_t i = 0; i < where->n; i++)
		eye->where.items[i] = where->items[i];
	eye->n_bound = 0;
}

static void tear_down(const struct dsv_blame *blame, struct dsv_blame_eye *eye)
{
	dsv_reader_free(&eye->reader);
	dsv_stream_free(&eye->stream);
	if (!eye->places)
		return;
	for (size_t i = 0; i < blame->n_places; i++)
		dsv_place_release(&eye->places[i]);
	free(eye->where.items);
	free(eye->places);
	free(eye->cells);
	eye->places = NULL;
}

void dsv_blame_eye_release(const struct dsv_blame *blame,
			   struct dsv_blame_eye *eye)
{
	tear_down(blame, eye);
	dsv_layout_release(&eye->layout);
	dsv_buf_release(&eye->words.key);
	dsv_buf_release(&eye->words.scratch);
}

static void bind(const struct dsv_blame *blame, struct dsv_blame_eye *eye)
{
	const struct dsv_strlist *columns = dsv_reader_columns(eye->reader);

	if (eye->n_bound == columns->n)
		return;
	eye->n_bound = columns->n;
	for (size_t i = 0; i < blame->n_places; i++)
		dsv_place_bind(&eye->places[i], columns);
	dsv_where_bind(&eye->where, columns);
	if (blame->any_shared && !blame->field)
		dsv_layout_set(&eye->layout, &blame->reading, columns);
}

int dsv_blame_eye_open(const struct dsv_blame *blame, struct dsv_blame_eye *eye,
		       struct dsv_stream *stream,
		       const struct dsv_reader_opts *opts)
{
	int rc;

	tear_down(blame, eye);
	set_up(blame, eye);
	eye->stream = stream;
	rc = dsv_reader_open(&eye->reader, blame->reading.format, stream, opts);
	if (rc == 0)
		bind(blame, eye);
	return rc;
}

void dsv_blame_eye_look(const struct dsv_blame *blame,
			struct dsv_blame_eye *eye,
			const struct dsv_record *record)
{
	bind(blame, eye);
	for (size_t i = 0; i < blame->n_places; i++)
		eye->cells[i] = *dsv_place_field(&eye->places[i], record);
}

const struct dsv_field *dsv_blame_field(const struct dsv_blame *blame,
					const struct dsv_field *cells)
{
	return blame->field ? &cells[blame->n_places - 1] : NULL;
}

static void add_only(struct dsv_blame *blame, const char *name)
{
	const struct dsv_reading *reading = &blame->reading;

	dsv_strlist_add(&blame->only, name);
	for (size_t i = 0; i < reading->n_renamed; i++) {
		const struct dsv_renamed *renamed = &reading->renamed[i];

		if (strcmp(renamed->name, name) != 0)
			continue;
		for (size_t k = 0; k < renamed->older.n; k++)
			dsv_strlist_add(&blame->only, renamed->older.items[k]);
	}
}

const struct dsv_strlist *dsv_blame_only(struct dsv_blame *blame)
{
	const struct dsv_reading *reading = &blame->reading;

	if (blame->any_shared && !blame->field)
		return NULL;
	if (blame->only.n > 0)
		return &blame->only;
	for (size_t i = 0; i < reading->key.n; i++)
		add_only(blame, reading->key.items[i]);
	for (size_t i = 0; i < reading->labels.n; i++)
		add_only(blame, reading->labels.items[i]);
	if (blame->field)
		add_only(blame, blame->field);
	for (size_t i = 0; i < blame->where.n; i++)
		dsv_strlist_add(&blame->only, blame->where.items[i].field);
	return &blame->only;
}

static int no_column(const char *role, const char *name,
		     const struct dsv_strlist *columns)
{
	const char *near = dsv_nearest(name, columns);

	dsv_fail(DSV_EUSAGE, "there is no %s '%s'", role, name);
	return near ? dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near)
		    : DSV_EUSAGE;
}

int dsv_blame_check_columns(struct dsv_blame *blame)
{
	const struct dsv_strlist *columns = &blame->columns;
	struct dsv_blame_eye *eye = &blame->eye;
	size_t n_key = blame->reading.key.n;

	if (columns->n == 0)
		return 0;
	for (size_t i = 0; i < blame->n_places; i++) {
		struct dsv_place *place = &eye->places[i];
		bool label = i >= n_key && i < n_key + blame->reading.labels.n;

		dsv_place_bind(place, columns);
		if (place->column < 0 && (!label || blame->strict_labels))
			return no_column(i < n_key ? "key column"
					 : label   ? "label column"
						   : "field",
					 place->name, columns);
	}
	dsv_where_bind(&eye->where, columns);
	for (size_t i = 0; i < eye->where.n; i++)
		if (eye->where.items[i].column < 0)
			return no_column("field", eye->where.items[i].field,
					 columns);
	return 0;
}
