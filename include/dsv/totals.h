#ifndef DSV_TOTALS_H
#define DSV_TOTALS_H

#include <dsv/diff.h>

/*
 * A diff as a few numbers: what changed in each dataset, all its files
 * together. Files without definition stand for themselves, but those that are
 * compared as bytes are one, DSV_TOTAL_FILES.
 */
#define DSV_TOTAL_FILES "(no dataset)"

struct dsv_total_count {
	char *text; /* a label, or "neutral -> pos" */
	uint64_t n;
};

struct dsv_total {
	char *name; /* of the dataset, the path, or DSV_TOTAL_FILES */
	bool is_dataset;
	bool has_records;	/* false: compared as bytes; files counts */
	uint64_t files;		/* that differ */
	uint64_t before, after; /* records */
	uint64_t added, removed, changed, relabelled;
	/* of the first label, by n falling */
	struct dsv_total_count *labels; /* records that bear it, after */
	size_t n_labels;
	struct dsv_total_count *transitions;
	size_t n_transitions;
};

struct dsv_totals {
	struct dsv_total *items; /* in the order of their first file */
	size_t n;
	size_t cap;
};

#define DSV_TOTALS_INIT \
	{               \
		0       \
	}

int dsv_totals_read(struct dsv_totals *out, struct dsv_repo *repo,
		    const struct dsv_diff_opts *opts);
void dsv_totals_release(struct dsv_totals *totals);

DSV_AUTO_RELEASE(totals)

#endif
