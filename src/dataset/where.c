#include <dsv/where.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

int dsv_where_parse(struct dsv_where *out, const struct dsv_strlist *texts)
{
	struct dsv_where where DSV_AUTO(where) = DSV_WHERE_INIT;

	if (texts && texts->n > 0)
		where.items = dsv_alloc_zero(texts->n, sizeof(*where.items));
	for (size_t i = 0; texts && i < texts->n; i++) {
		const char *text = texts->items[i];
		const char *equals = strchr(text, '=');
		struct dsv_where_term *term;

		if (!equals || equals == text)
			return dsv_hint(dsv_fail(DSV_EUSAGE,
						 "'%s' is no condition", text),
					"write FIELD=VALUE");
		term = &where.items[where.n++];
		term->field = dsv_strndup(text, (size_t)(equals - text));
		term->value = dsv_strdup(equals + 1);
		term->len = strlen(term->value);
		term->column = -1;
	}
	*out = where;
	where = (struct dsv_where)DSV_WHERE_INIT;
	return 0;
}

void dsv_where_release(struct dsv_where *where)
{
	for (size_t i = 0; i < where->n; i++) {
		free(where->items[i].field);
		free(where->items[i].value);
	}
	free(where->items);
	*where = (struct dsv_where)DSV_WHERE_INIT;
}

void dsv_where_bind(struct dsv_where *where, const struct dsv_strlist *columns)
{
	for (size_t i = 0; i < where->n; i++)
		where->items[i].column =
			dsv_strlist_find(columns, where->items[i].field);
}

static bool holds(const struct dsv_where_term *term,
		  const struct dsv_record *record)
{
	const struct dsv_field *field = dsv_record_field(record, term->column);

	if (term->len == 0)
		return dsv_field_is_empty(field);
	return field->len == term->len &&
	       memcmp(field->text, term->value, term->len) == 0;
}

/* Is there a condition with the same field that holds? */
static bool one_holds(const struct dsv_where *where, const char *field,
		      const struct dsv_record *record)
{
	for (size_t i = 0; i < where->n; i++) {
		if (strcmp(where->items[i].field, field) == 0 &&
		    holds(&where->items[i], record))
			return true;
	}
	return false;
}

bool dsv_where_match(const struct dsv_where *where,
		     const struct dsv_record *record)
{
	for (size_t i = 0; i < where->n; i++) {
		if (!holds(&where->items[i], record) &&
		    !one_holds(where, where->items[i].field, record))
			return false;
	}
	return true;
}
