#include "govern/ratings_order.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

/* A name with its number of now, and what it is worth. */
struct named {
	const char *name;
	double value;
	uint32_t number;
};

/* A decimal number and nothing else: no blanks, no hexadecimal digits, no
 * infinity. */
static bool parse_number(const char *text, double *out)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	if (!isdigit((unsigned char)*digits) && *digits != '.')
		return false;
	if (digits[strspn(digits, "0123456789.eE+-")] != '\0')
		return false;
	*out = strtod(text, &end);
	return *end == '\0' && end != text && isfinite(*out);
}

static int by_value(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* The names in order; numbers by their value, others by their bytes. */
static struct named *sorted(const struct dsv_strlist *names,
			    const char **out_odd)
{
	struct named *list = dsv_alloc_zero(names->n + 1, sizeof(*list));
	const char *odd = NULL;
	size_t i;

	for (i = 0; i < names->n; i++) {
		list[i].name = names->items[i];
		list[i].number = (uint32_t)i;
		if (!odd && !parse_number(list[i].name, &list[i].value))
			odd = list[i].name;
	}
	for (i = 0; odd && i < names->n; i++)
		list[i].value = 0;
	qsort(list, names->n, sizeof(*list), by_value);
	*out_odd = odd;
	return list;
}

/* Put names into the order of list; *out_new says a number's new number. */
static void renumber(struct dsv_strlist *names, const struct named *list,
		     uint32_t *out_new)
{
	struct dsv_strlist ordered = DSV_STRLIST_INIT;
	size_t i;

	for (i = 0; i < names->n; i++) {
		dsv_strlist_add(&ordered, list[i].name);
		out_new[list[i].number] = (uint32_t)i;
	}
	dsv_strlist_release(names);
	*names = ordered;
}

void dsv_ratings_order_raters(struct dsv_ratings *ratings)
{
	const char *odd;
	struct named *list = sorted(&ratings->raters, &odd);
	uint32_t *now = dsv_alloc_zero(ratings->raters.n + 1, sizeof(*now));
	size_t i;

	renumber(&ratings->raters, list, now);
	for (i = 0; i < ratings->n; i++)
		ratings->items[i].rater = now[ratings->items[i].rater];
	free(now);
	free(list);
}

static void relabel(struct dsv_ratings *ratings, const uint32_t *now)
{
	size_t i;

	for (i = 0; i < ratings->n; i++)
		ratings->items[i].label = now[ratings->items[i].label];
	ratings->n_labels = (uint32_t)ratings->labels.n;
}

static int check_order(const struct dsv_strlist *order)
{
	size_t i;

	for (i = 0; i < order->n; i++)
		if (dsv_strlist_find(order, order->items[i]) != (long)i)
			return dsv_fail(DSV_EUSAGE,
					"label '%s' stands twice in the order",
					order->items[i]);
	return 0;
}

/* Labels that nobody gave keep their place. */
static int order_as_told(struct dsv_ratings *ratings,
			 const struct dsv_strlist *order)
{
	uint32_t *now;
	size_t i;
	int rc = check_order(order);

	if (rc < 0)
		return rc;
	now = dsv_alloc_zero(ratings->labels.n + 1, sizeof(*now));
	for (i = 0; i < ratings->labels.n; i++) {
		const char *label = ratings->labels.items[i];
		long at = dsv_strlist_find(order, label);

		if (at < 0) {
			free(now);
			dsv_fail(DSV_EUSAGE,
				 "label '%s' has no place in the "
				 "order",
				 label);
			return dsv_hint(DSV_EUSAGE,
					"--order names every label, the "
					"lowest first");
		}
		now[i] = (uint32_t)at;
	}
	dsv_strlist_release(&ratings->labels);
	dsv_strlist_copy(&ratings->labels, order);
	relabel(ratings, now);
	free(now);
	return 0;
}

static int no_order(enum dsv_level level, const char *odd)
{
	dsv_fail(DSV_EUSAGE, "label '%s' is no number", odd);
	if (level == DSV_LEVEL_INTERVAL)
		return dsv_hint(DSV_EUSAGE, "labels in an order without "
					    "distances are ordinal: --level "
					    "ordinal --order LOW,..,HIGH");
	return dsv_hint(DSV_EUSAGE, "say in which order the labels stand: "
				    "--order LOW,..,HIGH");
}

static void keep_values(struct dsv_ratings *ratings, const struct named *list)
{
	size_t i;

	ratings->values =
		dsv_alloc_zero(ratings->labels.n + 1, sizeof(*ratings->values));
	for (i = 0; i < ratings->labels.n; i++)
		ratings->values[i] = list[i].value;
}

int dsv_ratings_order_labels(struct dsv_ratings *ratings, enum dsv_level level,
			     const struct dsv_strlist *order)
{
	const char *odd;
	struct named *list;
	uint32_t *now;

	if (order && order->n && level != DSV_LEVEL_INTERVAL)
		return order_as_told(ratings, order);
	list = sorted(&ratings->labels, &odd);
	if (odd && level > DSV_LEVEL_NOMINAL) {
		no_order(level, odd);
		free(list);
		return DSV_EUSAGE;
	}
	now = dsv_alloc_zero(ratings->labels.n + 1, sizeof(*now));
	renumber(&ratings->labels, list, now);
	relabel(ratings, now);
	if (!odd)
		keep_values(ratings, list);
	free(now);
	free(list);
	return 0;
}
