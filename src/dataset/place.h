#ifndef DATASET_PLACE_H
#define DATASET_PLACE_H

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/record.h>

#include "dataset/reading.h"

/*
 * Where a named field stands in a record: a column, or, for a nested format, a
 * value inside one ("/tool/args/0").
 *
 *	dsv_place_init(&place, &reading, "/tool/args/0");
 *	while (dsv_reader_next(...) > 0) {
 *		dsv_place_bind(&place, dsv_reader_columns(reader));
 *		field = dsv_place_field(&place, &record);
 */
struct dsv_place {
	const struct dsv_reading *reading;
	const char *name;
	struct dsv_buf head; /* the column's name */
	const char *rest;    /* pointer below it, or "" */
	long column;	     /* -1: not there, so far */
	size_t n_columns;    /* when it was looked up */
	struct dsv_field inner;
	struct dsv_buf text;
};

#define DSV_PLACE_INIT       \
	{                    \
		.column = -1 \
	}

/** Borrows reading and name. */
void dsv_place_init(struct dsv_place *place, const struct dsv_reading *reading,
		    const char *name);
/** Look for the column, when more of them are known than before. */
void dsv_place_bind(struct dsv_place *place, const struct dsv_strlist *columns);
/** MISSING where it is not there; lent until the next call. */
const struct dsv_field *dsv_place_field(struct dsv_place *place,
					const struct dsv_record *record);
void dsv_place_release(struct dsv_place *place);

DSV_AUTO_RELEASE(place)

#endif
