#ifndef CMD_AUDIT_AGREEMENT_VIEW_H
#define CMD_AUDIT_AGREEMENT_VIEW_H

#include <dsv/ratings.h>

#include "cli/out.h"

struct dsv_agreement_result {
	const char *name; /* of the table, as it was typed */
	double confidence;
	struct dsv_ratings ratings;
	struct dsv_ratings_shape shape;
	struct dsv_agreement agreement;
};

extern const struct dsv_view dsv_agreement_view;

#endif
