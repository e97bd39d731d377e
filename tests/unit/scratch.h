#ifndef SCRATCH_H
#define SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A folder of the test's own below TMPDIR, taken away with all in it. */
static inline void scratch_make(char path[4096])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, 4096, "%s/dsv-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		abort();
}

static inline int scratch_remove_one(const char *path, const struct stat *st,
				     int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void scratch_remove(const char *path)
{
	if (nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		abort();
}

#endif
