#ifndef TESTS_GITREPO_H
#define TESTS_GITREPO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <dsv/error.h>
#include <dsv/repo.h>

#include "base/alloc.h"

/*
 * A git repository in a folder of its own, made with the git program; fixed
 * people and dates, no settings of the machine. The current folder is its
 * top while the test runs.
 *
 *	cmocka_unit_test_setup_teardown(test_x, gitrepo_open, gitrepo_close)
 */
struct gitrepo {
	char *base; /* holds home/ and w/ */
	char *top;  /* the work tree: base/w */
};

static inline void gitrepo_env(const struct gitrepo *git)
{
	char *home = dsv_strf("%s/home", git->base);

	setenv("HOME", home, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_ATTR_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "A Author", 1);
	setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
	setenv("GIT_AUTHOR_DATE", "1740000000 +0100", 1);
	setenv("GIT_COMMITTER_NAME", "C Committer", 1);
	setenv("GIT_COMMITTER_EMAIL", "c@example.org", 1);
	setenv("GIT_COMMITTER_DATE", "1740000000 +0000", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	unsetenv("DSV_NO_GIT");
	free(home);
}

/* A shell line in the current folder, which must succeed. */
static inline void sh(const char *fmt, ...)
{
	char line[4096];
	va_list args;
	int rc;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	rc = system(line);
	if (rc != 0)
		fail_msg("'%s' ended with %d", line, rc);
}

static inline void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* A commit of everything, "date" seconds after the first day. */
static inline void commit_all(const char *message, int date)
{
	char *text = dsv_strf("%d +0100", 1740000000 + date);

	setenv("GIT_AUTHOR_DATE", text, 1);
	setenv("GIT_COMMITTER_DATE", text, 1);
	free(text);
	sh("git add -A && git commit -qm '%s'", message);
}

static inline int gitrepo_open(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct gitrepo *git = dsv_alloc_zero(1, sizeof(*git));
	char real[4096];

	git->base = dsv_strf("%s/dsv-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(git->base));
	assert_non_null(realpath(git->base, real));
	free(git->base);
	git->base = dsv_strdup(real);
	git->top = dsv_strf("%s/w", git->base);
	gitrepo_env(git);
	sh("mkdir %s/home && git init -q -b main %s", git->base, git->top);
	assert_int_equal(chdir(git->top), 0);
	*state = git;
	return 0;
}

static inline int gitrepo_close(void **state)
{
	struct gitrepo *git = *state;

	assert_int_equal(chdir("/"), 0);
	sh("rm -rf %s", git->base);
	free(git->base);
	free(git->top);
	free(git);
	return 0;
}

#define gitrepo_test(test) \
	cmocka_unit_test_setup_teardown(test, gitrepo_open, gitrepo_close)

static inline struct dsv_repo *open_here(void)
{
	struct dsv_repo *repo = NULL;

	if (dsv_repo_open(&repo, ".") < 0)
		fail_msg("%s", dsv_error_message());
	return repo;
}

#endif
