#ifndef REPO_CANDIDATES_H
#define REPO_CANDIDATES_H

#include <stdbool.h>
#include <sys/stat.h>

#include <dsv/stage.h>

/* Which files a call of dsv_stage() means. */
struct dsv_candidate {
	char *path;
	uint32_t known;	     /* mode in the index, 0: not in it */
	struct dsv_oid blob; /* in the index, zero: none */
	bool unmerged;
	bool gone;     /* to be removed */
	uint32_t mode; /* of the work file */
	uint64_t size;
};

struct dsv_candidates {
	struct dsv_candidate *items; /* sorted by path */
	size_t n;
	size_t cap;
	uint64_t bytes; /* of all files */
};

#define DSV_CANDIDATES_INIT \
	{                   \
		0           \
	}

/** Errors as of dsv_stage(). */
int dsv_candidates_find(struct dsv_candidates *out, struct dsv_repo *repo,
			const struct dsv_stage_opts *opts);
void dsv_candidates_release(struct dsv_candidates *candidates);

DSV_AUTO_RELEASE(candidates)

#endif
