#ifndef GOVERN_RATINGS_ORDER_H
#define GOVERN_RATINGS_ORDER_H

#include <dsv/agreement.h>

/* Numbers that do not depend on what the file happens to name first. */
void dsv_ratings_order_raters(struct dsv_ratings *ratings);
/** By order, else by value or bytes, with values where the labels are numbers.
 * DSV_EUSAGE where the level asks for an order that there is not. */
int dsv_ratings_order_labels(struct dsv_ratings *ratings, enum dsv_level level,
			     const struct dsv_strlist *order);

#endif
