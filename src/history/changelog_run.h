#ifndef HISTORY_CHANGELOG_RUN_H
#define HISTORY_CHANGELOG_RUN_H

#include <dsv/changelog.h>
#include <dsv/where.h>

#include "history/changelog_docs.h"
#include "history/changelog_sum.h"
#include "history/step.h"

/*
 * A changelog while it is made, in three passes: from the youngest step to the
 * oldest, which files differ (names are followed back through renames); from
 * the oldest to the youngest, what their records say; the same way again, what
 * stood there before and after, for which all files have to be known.
 */

/* A file along the history, under its youngest name and one reading. */
struct dsv_cltrack {
	char *group;
	bool is_dataset;
	bool is_data;
	struct dsv_reading reading;
	struct dsv_entry last; /* the last version that could be read */
	bool has_last;
	bool is_sure;	   /* last was read, not only taken as given */
	bool lacks_key;	   /* said once; the fault waits for... */
	size_t lacks_step; /* ...the commit that brings the key */
	size_t lacks_fault;
};

/* A file that differs in a step. */
struct dsv_clfile {
	size_t track;
	char *path;
	struct dsv_entry from;
	struct dsv_entry to;
};

/* What log->steps[i] does not tell. */
struct dsv_clstep {
	struct dsv_version from;
	struct dsv_version to;
	bool has_docs; /* definitions or guidelines differ */
	struct dsv_clfile *files;
	size_t n;
	size_t cap;
	struct dsv_clsums sums;
};

struct dsv_clrun {
	struct dsv_repo *repo;
	const struct dsv_changelog_opts *opts;
	struct dsv_changelog *log;
	struct dsv_cldocs docs;
	struct dsv_datasets sets; /* of the youngest version */
	struct dsv_cltrack *tracks;
	size_t n_tracks;
	size_t cap_tracks;
	struct dsv_map paths; /* at the step that is looked at: track + 1 */
	struct dsv_clstep *steps;
	size_t cap_steps;
	size_t cap_log;
	struct dsv_step step;
	struct dsv_clsums start; /* what stood there before the oldest step */
	struct dsv_where where[2];
	bool *seen; /* columns asked for by name that some version has */
	struct dsv_strlist asked;
	struct dsv_strlist known; /* columns of some version */
	uint64_t n_read;	  /* comparisons that went well */
};

/** Pass 1. */
int dsv_clrun_collect(struct dsv_clrun *run);
/** Pass 2. */
int dsv_clrun_compare(struct dsv_clrun *run);
/** Pass 3, sections, what is unusual, and the total. */
int dsv_clrun_tell(struct dsv_clrun *run);

/** Add the records that fulfil --where. */
int dsv_clrun_take_where(struct dsv_clrun *run, struct dsv_clsum *sum,
			 const char *path, struct dsv_file_diff *file);

/** Cut log->steps into sections, without figures. */
int dsv_clrun_cut(struct dsv_clrun *run);
/** Mark steps with a share of relabels that stands out. */
void dsv_clrun_mark(struct dsv_changelog *log);

#endif
