#ifndef CMD_LABELS_VIEW_H
#define CMD_LABELS_VIEW_H

#include <dsv/labels.h>

#include "cli/out.h"

struct dsv_labels_result {
	struct dsv_labels labels;
	const char *version;
	bool all;
};

extern const struct dsv_view dsv_labels_view;

#endif
