#ifndef DSV_WHERE_H
#define DSV_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/record.h>
#include <dsv/strlist.h>

/*
 * --where FIELD=VALUE, repeatable: keeps the records for which all conditions
 * hold; of several with one field, one of them has to. An empty value means
 * missing, empty or null.
 */
struct dsv_where_term {
	char *field;
	char *value;
	size_t len;
	long column; /* set by dsv_where_bind; -1: not there */
};

struct dsv_where {
	struct dsv_where_term *items;
	size_t n;
};

#define DSV_WHERE_INIT \
	{              \
		0      \
	}

/** texts may be NULL. DSV_EUSAGE for one without '='. */
int dsv_where_parse(struct dsv_where *out, const struct dsv_strlist *texts);
void dsv_where_release(struct dsv_where *where);
/** Find the columns anew, since a reader may come to know more of them. */
void dsv_where_bind(struct dsv_where *where, const struct dsv_strlist *columns);
bool dsv_where_match(const struct dsv_where *where,
		     const struct dsv_record *record);

DSV_AUTO_RELEASE(where)

#endif
