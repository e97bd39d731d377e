#ifndef CMD_STATUS_READ_H
#define CMD_STATUS_READ_H

#include <dsv/status.h>

#include "cli/cmd.h"
#include "cmd/faults.h"

/* What status shows: the state of the files, and of those that hold records
 * what changed in them. */
struct dsv_status_counts {
	char *path;
	bool is_new;	  /* no record before */
	uint64_t records; /* now */
	uint64_t added, removed, changed, relabelled;
};

struct dsv_status_side {
	struct dsv_status_counts *items;
	size_t n;
	/* guidelines whose version does not follow their content */
	struct dsv_strlist guidelines; /* paths... */
	struct dsv_strlist notes;      /* ...and what to say of each */
};

struct dsv_status_read {
	struct dsv_status status;
	struct dsv_status_side staged;
	struct dsv_status_side unstaged;
	struct dsv_faults faults;
	struct dsv_strlist messages; /* why records could not be compared */
};

#define DSV_STATUS_READ_INIT              \
	{                                 \
		.status = DSV_STATUS_INIT \
	}

int dsv_status_read_all(struct dsv_status_read *out, struct dsv_ctx *ctx,
			const struct dsv_strlist *paths, bool no_untracked);
void dsv_status_read_release(struct dsv_status_read *read);
/** NULL: nothing is known of its records. */
const struct dsv_status_counts *
dsv_status_counts_of(const struct dsv_status_side *side, const char *path);

/** Compare guidelines of `version` with those of head. */
int dsv_status_read_guides(struct dsv_status_side *side, struct dsv_ctx *ctx,
			   const struct dsv_status_files *files,
			   const struct dsv_version *head,
			   const struct dsv_version *version);
/** What is to be said of a guideline, or NULL. */
const char *dsv_status_note_of(const struct dsv_status_side *side,
			       const char *path);

extern const struct dsv_view dsv_status_view;

DSV_AUTO_RELEASE(status_read)

#endif
