#ifndef CMD_FAULTS_H
#define CMD_FAULTS_H

#include <dsv/auto.h>
#include <dsv/diff.h>

#include "cli/cmd.h"

/* What is wrong with the data of the newer side of a diff. */
struct dsv_fault {
	char *path;
	enum dsv_issue issue;
	uint64_t line;
	uint64_t count;
};

struct dsv_faults {
	struct dsv_fault *items;
	size_t n;
	struct dsv_buf text; /* the same for people, a line each */
};

#define DSV_FAULTS_INIT \
	{               \
		0       \
	}

/** Add those of one file. Small files of the work tree are looked at again,
 * so that each doubled key is named with both its lines. */
void dsv_faults_add(struct dsv_faults *faults, struct dsv_ctx *ctx,
		    const struct dsv_file_info *info,
		    const struct dsv_diff_summary *summary);
int dsv_faults_json(struct dsv_out *out, const struct dsv_faults *faults);
void dsv_faults_release(struct dsv_faults *faults);

DSV_AUTO_RELEASE(faults)

#endif
