#include <dsv/trailers.h>

#include "base/fs.h"
#include "dataset_repo.h"

static const char sets[] = "  - name: pets\n"
			   "    files: [\"data/*.csv\"]\n"
			   "    key: [id]\n"
			   "    labels: [label]\n"
			   "    guideline: pets\n"
			   "  - name: other\n"
			   "    files: [\"other/*.csv\"]\n"
			   "    key: [id]\n"
			   "    labels: [label]\n";

static void put_guideline(void)
{
	sh("mkdir -p guidelines data other");
	put("guidelines/pets.md",
	    "---\nid: pets\nversion: 2.1.0\nstatus: active\n---\n# Pets\n");
}

static struct dsv_version rev(struct dsv_repo *repo, const char *name)
{
	struct dsv_version version = {0};

	if (dsv_repo_resolve(repo, name, &version) < 0)
		fail_msg("%s", dsv_error_message());
	return version;
}

static void compose(struct dsv_repo *repo, const char *parent,
		    struct dsv_buf *out)
{
	struct dsv_version to = {.at = DSV_AT_INDEX};
	struct dsv_version from = {0};

	if (parent)
		from = rev(repo, parent);
	if (dsv_trailers_compose(repo, &from, parent ? 1 : 0, &to, out) < 0)
		fail_msg("%s", dsv_error_message());
}

static void two_versions(void)
{
	define(sets);
	put_guideline();
	put("data/a.csv", "id,label\n1,cat\n2,dog\n3,fox\n");
	put("other/b.csv", "id,label\n1,x\n");
	commit_all("one", 0);
	put("data/a.csv", "id,label\n1,cat\n2,fox\n4,dog\n5,dog\n");
	sh("git add -A");
}

static void test_trailers__tell_the_changed_dataset_only(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	two_versions();
	repo = open_here();
	compose(repo, "HEAD", &out);
	assert_non_null(
		strstr(dsv_buf_str(&out), "Dsv-Snapshot: pets sha256:"));
	assert_non_null(strstr(out.data, "Dsv-Guideline: pets@2.1.0 sha256:"));
	assert_non_null(
		strstr(out.data, "Dsv-Change: pets +2 -1 ~1 relabelled 1\n"));
	assert_null(strstr(out.data, "other"));
}

static void test_trailers__nothing_changed_is_nothing_told(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	two_versions();
	commit_all("two", 1);
	repo = open_here();
	compose(repo, "HEAD", &out);
	assert_int_equal(out.len, 0);
}

static void test_trailers__the_first_commit_adds_all_records(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	two_versions();
	repo = open_here();
	compose(repo, NULL, &out);
	assert_non_null(strstr(dsv_buf_str(&out),
			       "Dsv-Change: pets +4 -0 ~0 relabelled 0\n"));
	assert_non_null(
		strstr(out.data, "Dsv-Change: other +1 -0 ~0 relabelled 0\n"));
}

static void test_trailers__a_missing_key_column_is_no_failure(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	two_versions();
	put("other/b.csv", "ident,label\n1,x\n");
	commit_all("two", 1);
	put("other/b.csv", "ident,label\n1,y\n");
	sh("git add -A");
	repo = open_here();
	compose(repo, "HEAD", &out);
	assert_non_null(strstr(dsv_buf_str(&out), "Dsv-Snapshot: other "));
	assert_null(strstr(out.data, "Dsv-Change"));
}

static void test_trailers__leave_a_change_list_for_each_parent(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_strlist lists DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_version to = {.at = DSV_AT_INDEX};
	struct dsv_version parents[2];

	(void)state;
	two_versions();
	sh("git branch side && git commit -qm two && git checkout -q side");
	put("data/a.csv", "id,label\n1,cow\n2,dog\n3,fox\n");
	commit_all("three", 2);
	put("data/a.csv", "id,label\n1,cow\n2,fox\n4,dog\n5,dog\n");
	sh("git add -A");
	repo = open_here();
	parents[0] = rev(repo, "main");
	parents[1] = rev(repo, "side");
	assert_int_equal(dsv_trailers_compose(repo, parents, 2, &to, &out), 0);
	assert_non_null(strstr(dsv_buf_str(&out),
			       "Dsv-Change: pets +0 -0 ~1 relabelled 1\n"));
	assert_int_equal(dsv_fs_list(".git/dsv/cache/changes", &lists), 0);
	assert_int_equal(lists.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_trailers__tell_the_changed_dataset_only),
		gitrepo_test(test_trailers__nothing_changed_is_nothing_told),
		gitrepo_test(test_trailers__the_first_commit_adds_all_records),
		gitrepo_test(test_trailers__a_missing_key_column_is_no_failure),
		gitrepo_test(
			test_trailers__leave_a_change_list_for_each_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
