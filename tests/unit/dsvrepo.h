#ifndef TESTS_DSVREPO_H
#define TESTS_DSVREPO_H

#include "gitrepo.h"

#include <dsv/commit.h>
#include <dsv/filter.h>
#include <dsv/merge_driver.h>
#include <dsv/setup.h>
#include <dsv/stage.h>
#include <dsv/status.h>

/*
 * A git repository that dsv was set up in. The test program itself is the
 * program that git calls for filter and merge.
 *
 *	static const struct CMUnitTest tests[] = { dsvrepo_test(test_x) };
 *	DSVREPO_MAIN(tests)
 */
static inline void say_filter(void *ctx, const char *message, const char *hint)
{
	(void)ctx;
	fprintf(stderr, "dsv: %s\n", message);
	if (hint)
		fprintf(stderr, "hint: %s\n", hint);
}

static inline int serve(int argc, char **argv)
{
	struct dsv_filter_opts filter = {.in = 0, .out = 1, .say = say_filter};
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	if (dsv_repo_open(&repo, ".") < 0)
		return 3;
	if (!strcmp(argv[1], "filter-process"))
		return dsv_filter_process(repo, &filter) < 0 ? 3 : 0;
	if (!strcmp(argv[1], "merge-driver") && argc == 7) {
		const struct dsv_merge_driver_opts opts = {.base = argv[2],
							   .ours = argv[3],
							   .theirs = argv[4],
							   .path = argv[6]};

		return dsv_merge_driver(repo, &opts) < 0;
	}
	return 0;
}

static inline char *self(void)
{
	char path[4096];
	const ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	assert_true(len > 0);
	return dsv_strndup(path, (size_t)len);
}

static inline void set_up_here(void)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;
	char *program DSV_AUTO(str) = self();

	if (dsv_setup(repo, program, &setup) < 0)
		fail_msg("%s", dsv_error_message());
}

static inline int dsvrepo_open(void **state)
{
	gitrepo_open(state);
	set_up_here();
	put(".gitattributes", "*.csv filter=dsv diff=dsv merge=dsv -text\n");
	return 0;
}

#define dsvrepo_test(test) \
	cmocka_unit_test_setup_teardown(test, dsvrepo_open, gitrepo_close)

#define DSVREPO_MAIN(tests)                                       \
	int main(int argc, char **argv)                           \
	{                                                         \
		if (argc > 1)                                     \
			return serve(argc, argv);                 \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}

/* Stage "a b" (blanks apart) or everything; what changed as "A:a M:b ". */
static inline int stage_with(const char *paths, struct dsv_stage_opts opts,
			     struct dsv_buf *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	size_t i;
	int rc;

	if (paths)
		dsv_strlist_split(&list, paths, ' ');
	opts.paths = &list;
	rc = dsv_stage(repo, &opts, &staged);
	for (i = 0; i < staged.n; i++)
		dsv_buf_addf(out, "%c:%s ", staged.items[i].change,
			     staged.items[i].path);
	return rc;
}

static inline void stage_all(void)
{
	struct dsv_stage_opts opts = {.all = true};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (stage_with(NULL, opts, &out) < 0)
		fail_msg("%s", dsv_error_message());
}

static inline struct dsv_oid commit_index(const char *message)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_commit_opts opts = DSV_COMMIT_OPTS_INIT;
	struct dsv_oid oid = {{0}};

	opts.message = message;
	if (dsv_commit(repo, &opts, &oid) < 0)
		fail_msg("%s", dsv_error_message());
	return oid;
}

static inline void commit_here(const char *message)
{
	stage_all();
	commit_index(message);
}

/* What a shell line prints, of the caller's. */
static inline char *output(const char *line)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	FILE *pipe = popen(line, "r");
	char piece[4096];
	size_t len;

	assert_non_null(pipe);
	while ((len = fread(piece, 1, sizeof(piece), pipe)) > 0)
		dsv_buf_add(&out, piece, len);
	pclose(pipe);
	dsv_buf_addstr(&out, "");
	return dsv_strdup(dsv_buf_str(&out));
}

#define assert_output(line, text)                        \
	do {                                             \
		char *got_ DSV_AUTO(str) = output(line); \
		assert_string_equal(got_, (text));       \
	} while (0)

#define assert_clean() assert_output("git status --porcelain", "")

#endif
