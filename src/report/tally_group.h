#ifndef REPORT_TALLY_GROUP_H
#define REPORT_TALLY_GROUP_H

#include <dsv/labels.h>

#include "base/map.h"
#include "dataset/place.h"

/*
 * Counts values of the label columns, and of them under each value of one more
 * column, over the records of several files.
 *
 *	dsv_tally_group_init(&group, name, key, labels, by);
 *	for each file:
 *		dsv_tally_group_begin(&group, &reading);
 *		for each record: bind when the columns grew; add
 *		dsv_tally_group_end(&group);
 *	dsv_tally_group_finish(&group, &out);
 */
struct dsv_tally_value {
	uint64_t n;
	uint64_t *by; /* n_by of the time; later ones are 0 */
	size_t n_by;
};

/* Distinct values in the order they came; number 0 is null, 1 the others. */
struct dsv_tally_column {
	struct dsv_place place;
	struct dsv_map numbers;
	struct dsv_tally_value *values;
	size_t n;
	size_t cap;
	size_t limit;
};

struct dsv_tally_group {
	char *dataset;
	struct dsv_strlist files;
	struct dsv_strlist unread;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	uint64_t records;
	uint64_t records_all;
	uint64_t faulty;
	struct dsv_tally_column *columns; /* one for each label */
	struct dsv_tally_column by;
	char *by_name; /* NULL: no --by */
};

void dsv_tally_group_init(struct dsv_tally_group *group, const char *dataset,
			  const struct dsv_strlist *key,
			  const struct dsv_strlist *labels, const char *by);
void dsv_tally_group_release(struct dsv_tally_group *group);
void dsv_tally_group_begin(struct dsv_tally_group *group,
			   const struct dsv_reading *reading);
void dsv_tally_group_bind(struct dsv_tally_group *group,
			  const struct dsv_strlist *columns);
void dsv_tally_group_add(struct dsv_tally_group *group,
			 const struct dsv_record *record);
void dsv_tally_group_end(struct dsv_tally_group *group);
/** Hands over what was counted. */
void dsv_tally_group_finish(struct dsv_tally_group *group,
			    struct dsv_label_group *out);

DSV_AUTO_RELEASE(tally_group)

#endif
