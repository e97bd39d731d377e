#include "dataset_repo.h"

#include <dsv/track.h>

#include "base/fs.h"

#define ATTRIBUTES " filter=dsv diff=dsv merge=dsv -text\n"

static void list_is(const struct dsv_strlist *list, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&text, "%s%s", i ? "," : "", list->items[i]);
	assert_string_equal(dsv_buf_str(&text), want);
}

static void file_is(const char *path, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(dsv_fs_read(path, 1 << 20, &text), 0);
	assert_string_equal(dsv_buf_str(&text), want);
}

static int plan_paths(struct dsv_track_plan *out, struct dsv_repo *repo,
		      const char *paths, struct dsv_track_opts opts)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_split(&list, paths, ',');
	opts.paths = &list;
	return dsv_track_plan(out, repo, &opts);
}

#define plan(out, repo, typed, ...)  \
	plan_paths(out, repo, typed, \
		   (struct dsv_track_opts){.paths = NULL, __VA_ARGS__})

/* Plan and write; what was touched. */
static void track(struct dsv_repo *repo, const char *paths,
		  struct dsv_track_opts opts, enum dsv_track_state state,
		  const char *want_touched)
{
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;
	struct dsv_strlist touched DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	if (plan_paths(&made, repo, paths, opts) < 0 ||
	    dsv_track_write(repo, &made, &touched) < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(made.state, state);
	list_is(&touched, want_touched);
}

#define NONE ((struct dsv_track_opts){0})
#define BOTH ".dsv/datasets.yaml,.gitattributes"

static void reviews(void)
{
	put("reviews.csv", "id,text,sentiment\n1,a,pos\n2,b,neg\n");
}

static void test_track__writes_definition_and_attributes(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	reviews();
	track(repo, "reviews.csv", NONE, DSV_TRACK_NEW, BOTH);
	file_is(".dsv/datasets.yaml", "version: 1\n"
				      "datasets:\n"
				      "  - name: reviews\n"
				      "    files: [\"reviews.csv\"]\n"
				      "    key: [id]\n"
				      "    labels: [sentiment]\n");
	file_is(".gitattributes", "/reviews.csv" ATTRIBUTES);
}

static void test_track__planning_changes_nothing(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	reviews();
	assert_int_equal(plan(&made, repo, "reviews.csv"), 0);
	assert_true(made.asks);
	list_is(&made.files, "reviews.csv");
	list_is(&made.patterns, "reviews.csv");
	assert_string_equal(made.dataset.name, "reviews");
	sh("test ! -e .dsv && test ! -e .gitattributes");
}

static void test_track__a_given_key_asks_nothing(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	reviews();
	dsv_strlist_add(&key, "text");
	assert_int_equal(plan(&made, repo, "reviews.csv", .key = &key), 0);
	assert_false(made.asks);
	list_is(&made.dataset.key, "text");
	list_is(&made.dataset.labels, "");
	list_is(&made.proposal.labels, "sentiment");
}

static void test_track__annotator_is_shown_when_it_is_named(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	put("a.csv", "id,worker\n1,w\n2,w\n");
	assert_int_equal(plan(&made, repo, "a.csv"), 0);
	assert_null(made.proposal.annotator);
	list_is(&made.proposal.others, "worker");
	dsv_track_plan_release(&made);
	assert_int_equal(plan(&made, repo, "a.csv", .annotator = "worker"), 0);
	assert_string_equal(made.proposal.annotator, "worker");
	assert_string_equal(made.dataset.annotator, "worker");
}

static void test_track__same_again_touches_nothing(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	reviews();
	track(repo, "reviews.csv", NONE, DSV_TRACK_NEW, BOTH);
	track(repo, "reviews.csv", NONE, DSV_TRACK_SAME, "");
}

static void test_track__again_with_another_key_updates(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	reviews();
	track(repo, "reviews.csv", NONE, DSV_TRACK_NEW, BOTH);
	dsv_strlist_add(&key, "text");
	track(repo, "reviews.csv", (struct dsv_track_opts){.key = &key},
	      DSV_TRACK_CHANGED, ".dsv/datasets.yaml");
	file_is(".dsv/datasets.yaml", "version: 1\n"
				      "datasets:\n"
				      "  - name: reviews\n"
				      "    files: [\"reviews.csv\"]\n"
				      "    key: [text]\n"
				      "    labels: [sentiment]\n");
}

static void test_track__folder_and_glob_become_patterns(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	sh("mkdir -p data/in");
	put("data/b.csv", "id\n1\n");
	put("data/a.csv", "id\n1\n");
	put("data/in/c.csv", "id\n1\n");
	assert_int_equal(plan(&made, repo, "data/"), 0);
	list_is(&made.patterns, "data/**");
	list_is(&made.attributes, "data/**");
	list_is(&made.files, "data/a.csv,data/b.csv,data/in/c.csv");
	assert_string_equal(made.dataset.name, "data");
	dsv_track_plan_release(&made);
	assert_int_equal(chdir("data"), 0);
	assert_int_equal(plan(&made, repo, "*.csv"), 0);
	list_is(&made.patterns, "data/*.csv");
	list_is(&made.files, "data/a.csv,data/b.csv");
	assert_string_equal(made.dataset.name, "data");
}

static void test_track__leaves_ignored_files_alone(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	sh("mkdir data && echo '*.tmp' >.gitignore");
	put("data/a.csv", "id\n1\n");
	put("data/b.tmp", "id\n1\n");
	put("data/x.csv", "id\n1\n");
	sh("git add data/x.csv");
	assert_int_equal(plan(&made, repo, "data"), 0);
	list_is(&made.files, "data/a.csv,data/x.csv");
	dsv_track_plan_release(&made);
	assert_int_equal(plan(&made, repo, "data/b.tmp"), DSV_ENOTFOUND);
}

static void test_track__more_files_of_a_named_dataset(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	reviews();
	sh("cp reviews.csv more.csv");
	track(repo, "reviews.csv", NONE, DSV_TRACK_NEW, BOTH);
	sh("sed -i 's/^    files/    # all\\n    files/' .dsv/datasets.yaml");
	track(repo, "more.csv", (struct dsv_track_opts){.name = "reviews"},
	      DSV_TRACK_MORE, BOTH);
	file_is(".dsv/datasets.yaml",
		"version: 1\n"
		"datasets:\n"
		"  - name: reviews\n"
		"    # all\n"
		"    files: [\"reviews.csv\", \"more.csv\"]\n"
		"    key: [id]\n"
		"    labels: [sentiment]\n");
	file_is(".gitattributes",
		"/reviews.csv" ATTRIBUTES "/more.csv" ATTRIBUTES);
}

static void test_track__two_files_of_one_name_get_two_datasets(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	sh("mkdir -p 'A b' c/c");
	put("A b/x.csv", "id\n1\n");
	put("x.csv", "id\n1\n");
	track(repo, "x.csv", NONE, DSV_TRACK_NEW, BOTH);
	assert_int_equal(plan(&made, repo, "A b/x.csv"), 0);
	assert_string_equal(made.dataset.name, "a-b-x");
}

static void test_track__a_file_of_another_dataset_is_refused(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	reviews();
	track(repo, "reviews.csv", NONE, DSV_TRACK_NEW, BOTH);
	assert_int_equal(plan(&made, repo, "reviews.csv", .name = "other"),
			 DSV_EUSAGE);
	assert_string_equal(dsv_error_message(),
			    "'reviews.csv' is in dataset 'reviews'");
}

static void test_track__never_takes_in_files_of_git(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;

	(void)state;
	reviews();
	assert_int_equal(plan(&made, repo, "."), DSV_EUSAGE);
	assert_int_equal(plan(&made, repo, "*"), DSV_EUSAGE);
	assert_string_equal(dsv_error_message(), "'*' takes in "
						 "'.gitattributes'");
}

static void test_track__names_what_is_near(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_track_plan made DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	reviews();
	assert_int_equal(plan(&made, repo, "revews.csv"), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), "'revews.csv' not found");
	assert_string_equal(dsv_error_hint(), "did you mean 'reviews.csv'?");
	assert_int_equal(plan(&made, repo, "x/*.csv"), DSV_ENOTFOUND);
	assert_int_equal(plan(&made, repo, "../x.csv"), DSV_EUSAGE);
	dsv_strlist_add(&key, "idd");
	assert_int_equal(plan(&made, repo, "reviews.csv", .key = &key),
			 DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "did you mean 'id'?");
	assert_int_equal(plan(&made, repo, "reviews.csv", .annotator = "txt"),
			 DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "did you mean 'text'?");
	assert_int_equal(plan(&made, repo, "reviews.csv", .guideline = "no"),
			 DSV_ENOTFOUND);
	assert_int_equal(plan(&made, repo, "reviews.csv", .name = "No"),
			 DSV_EUSAGE);
	assert_int_equal(plan(&made, repo, "reviews.csv", .format = "cvs"),
			 DSV_EUSAGE);
	assert_int_equal(made.files.n, 0);
}

static void test_track__difficult_names_stand_behind_the_filter(void **state)
{
	static const char *const names[] = {"a b.csv",	     "q\"uo'te.csv",
					    "new\nline.csv", "\xff\xfe.csv",
					    "[x]*.csv",	     "#!hash.csv"};
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put(names[i], "id\n1\n");
		track(repo, names[i], NONE, DSV_TRACK_NEW, BOTH);
		put("../name", names[i]);
		sh("printf '\\0' >>../name && git check-attr -z --stdin "
		   "filter <../name | tr '\\0' '|' | grep -q '|filter|dsv|'");
		track(repo, names[i], NONE, DSV_TRACK_SAME, "");
	}
}

static void untrack(struct dsv_untracked *out, struct dsv_repo *repo,
		    const char *path)
{
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_add(&paths, path);
	if (dsv_untrack(out, repo, &paths) < 0)
		fail_msg("%s", dsv_error_message());
}

static void test_untrack__takes_out_what_track_put_in(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_untracked out DSV_AUTO(untracked) = DSV_UNTRACKED_INIT;

	(void)state;
	reviews();
	sh("mkdir data && cp reviews.csv data/x.csv");
	track(repo, "reviews.csv", NONE, DSV_TRACK_NEW, BOTH);
	track(repo, "data", (struct dsv_track_opts){.name = "reviews"},
	      DSV_TRACK_MORE, BOTH);
	sh("git -c filter.dsv.clean=cat add -A");
	untrack(&out, repo, "data/");
	list_is(&out.patterns, "data/**");
	list_is(&out.datasets, "");
	list_is(&out.files, "data/x.csv");
	list_is(&out.touched, BOTH);
	file_is(".gitattributes", "/reviews.csv" ATTRIBUTES);
	dsv_untracked_release(&out);
	untrack(&out, repo, "reviews.csv");
	list_is(&out.datasets, "reviews");
	file_is(".dsv/datasets.yaml", "version: 1\ndatasets: []\n");
	file_is(".gitattributes", "");
}

static void test_untrack__keeps_files_that_another_pattern_has(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_untracked out DSV_AUTO(untracked) = DSV_UNTRACKED_INIT;

	(void)state;
	sh("mkdir data");
	put("data/x.csv", "id\n1\n");
	put("data/y.csv", "id\n1\n");
	track(repo, "data/x.csv", (struct dsv_track_opts){.name = "d"},
	      DSV_TRACK_NEW, BOTH);
	track(repo, "data/*.csv", (struct dsv_track_opts){.name = "d"},
	      DSV_TRACK_MORE, BOTH);
	sh("git -c filter.dsv.clean=cat add -A");
	untrack(&out, repo, "data/*.csv");
	list_is(&out.files, "data/y.csv");
}

static void test_untrack__names_the_pattern_that_holds_a_file(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_untracked out DSV_AUTO(untracked) = DSV_UNTRACKED_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	sh("mkdir data");
	put("data/x.csv", "id\n1\n");
	track(repo, "data/*.csv", NONE, DSV_TRACK_NEW, BOTH);
	dsv_strlist_add(&paths, "data/x.csv");
	assert_int_equal(dsv_untrack(&out, repo, &paths), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_hint(), "dsv untrack 'data/*.csv'");
	paths.items[0][0] = 'e';
	assert_int_equal(dsv_untrack(&out, repo, &paths), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), "'eata/x.csv' is not tracked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_track__writes_definition_and_attributes),
		gitrepo_test(test_track__planning_changes_nothing),
		gitrepo_test(test_track__a_given_key_asks_nothing),
		gitrepo_test(test_track__annotator_is_shown_when_it_is_named),
		gitrepo_test(test_track__same_again_touches_nothing),
		gitrepo_test(test_track__again_with_another_key_updates),
		gitrepo_test(test_track__folder_and_glob_become_patterns),
		gitrepo_test(test_track__leaves_ignored_files_alone),
		gitrepo_test(test_track__more_files_of_a_named_dataset),
		gitrepo_test(
			test_track__two_files_of_one_name_get_two_datasets),
		gitrepo_test(test_track__a_file_of_another_dataset_is_refused),
		gitrepo_test(test_track__never_takes_in_files_of_git),
		gitrepo_test(test_track__names_what_is_near),
		gitrepo_test(
			test_track__difficult_names_stand_behind_the_filter),
		gitrepo_test(test_untrack__takes_out_what_track_put_in),
		gitrepo_test(
			test_untrack__keeps_files_that_another_pattern_has),
		gitrepo_test(test_untrack__names_the_pattern_that_holds_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
