#ifndef DSV_PRECOMMIT_H
#define DSV_PRECOMMIT_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/repo.h>

/*
 * What is asked of the documents of dsv that a commit changes, on top of
 * dsv_check_index(): definitions, people, policy, checklists and decisions
 * that can be read, and guidelines whose version says that they changed.
 * Costs what the index changes of them.
 *
 *	rc = dsv_precommit_check(&faults, repo);
 *	for (i = 0; i < faults.n; i++)
 *		...
 */
struct dsv_precommit_fault {
	char *text; /* ".dsv/policy.yaml:3: ..." */
	char *next; /* what to do, or NULL */
};

struct dsv_precommit_faults {
	struct dsv_precommit_fault *items; /* by path */
	size_t n;
	size_t cap;
};

#define DSV_PRECOMMIT_FAULTS_INIT \
	{                         \
		0                 \
	}

/** The index against HEAD. */
int dsv_precommit_check(struct dsv_precommit_faults *out,
			struct dsv_repo *repo);
void dsv_precommit_faults_release(struct dsv_precommit_faults *faults);

/** For dsv_commit_opts: DSV_EREFUSED with the first fault. ctx is unused. */
int dsv_precommit_refuse(void *ctx, struct dsv_repo *repo);

DSV_AUTO_RELEASE(precommit_faults)

#endif
