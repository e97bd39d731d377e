#include "dataset/place.h"

#include "format/json_pointer.h"

void dsv_place_init(struct dsv_place *place, const struct dsv_reading *reading,
		    const char *name)
{
	place->reading = reading;
	place->name = name;
	place->rest = "";
	place->column = -1;
	place->n_columns = 0;
}

/* A column that bears the whole name wins over the pointer. */
void dsv_place_bind(struct dsv_place *place, const struct dsv_strlist *columns)
{
	const char *rest;

	if (place->n_columns == columns->n)
		return;
	place->n_columns = columns->n;
	if (place->column >= 0)
		return;
	place->column =
		dsv_reading_column(place->reading, columns, place->name);
	if (place->column >= 0 || !place->reading->format->nested)
		return;
	dsv_buf_reset(&place->head);
	rest = dsv_json_pointer_head(place->name, &place->head);
	if (!rest)
		return;
	place->rest = rest;
	place->column = dsv_reading_column(place->reading, columns,
					   dsv_buf_str(&place->head));
}

const struct dsv_field *dsv_place_field(struct dsv_place *place,
					const struct dsv_record *record)
{
	const struct dsv_field *field = dsv_record_field(record, place->column);

	if (place->rest[0] == '\0')
		return field;
	dsv_buf_reset(&place->text);
	dsv_json_pointer(field, place->rest, &place->text, &place->inner);
	return &place->inner;
}

void dsv_place_release(struct dsv_place *place)
{
	dsv_buf_release(&place->head);
	dsv_buf_release(&place->text);
	*place = (struct dsv_place)DSV_PLACE_INIT;
}
