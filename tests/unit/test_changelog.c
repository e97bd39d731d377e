#include "dataset_repo.h"

#include <dsv/changelog.h>

/*
 * Histories of small tables, as plain blobs under a definition.
 */
static void start(void)
{
	define("  - name: pets\n    files: [\"*.csv\"]\n    key: [id]\n"
	       "    labels: [kind]\n");
}

static int clock_s;

static void version(const char *rows)
{
	char *text DSV_AUTO(str) = dsv_strf("id,kind\n%s", rows);

	put("a.csv", text);
	commit_all("version", clock_s += 60);
}

static struct dsv_changelog *read_with(struct dsv_changelog_opts opts,
				       const char *range)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_changelog *log = NULL;

	if (dsv_repo_range(repo, range, &opts.from, &opts.to) < 0)
		fail_msg("%s", dsv_error_message());
	if (!strstr(range, ".."))
		opts.to = opts.from, opts.from.at = DSV_AT_NOTHING;
	if (dsv_changelog_read(&log, repo, &opts) < 0)
		fail_msg("%s", dsv_error_message());
	return log;
}

static struct dsv_changelog *read_log(const char *range)
{
	return read_with((struct dsv_changelog_opts){0}, range);
}

/* "cat 2+1-0>1<0=2 dog ..." of the first label, in order of the values. */
static void values_are(const struct dsv_changelog_group *group,
		       const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_changelog_label *label = &group->labels[0];

	for (size_t i = 0; i < label->n_values; i++) {
		const struct dsv_changelog_value *at = &label->values[i];

		dsv_buf_addf(&text, "%s%s %d+%d-%d>%d<%d=%d", i ? ", " : "",
			     at->value, (int)at->before, (int)at->added,
			     (int)at->removed, (int)at->in, (int)at->out,
			     (int)at->after);
		assert_int_equal(at->after, at->before + at->added -
						    at->removed + at->in -
						    at->out);
	}
	assert_string_equal(dsv_buf_str(&text), want);
}

static void moves_are(const struct dsv_changelog_moves *moves, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < moves->n; i++)
		dsv_buf_addf(&text, "%s%s to %s %d", i ? ", " : "",
			     moves->items[i].from, moves->items[i].to,
			     (int)moves->items[i].n);
	assert_string_equal(dsv_buf_str(&text), want);
}

static void list_is(const struct dsv_strlist *list, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&text, "%s%s", i ? "," : "", list->items[i]);
	assert_string_equal(dsv_buf_str(&text), want);
}

static void test_changelog__steps_add_up_to_the_whole(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n2,dog\n3,cat\n");
	version("1,cat\n2,cat\n3,cat\n4,owl\n");
	version("1,dog\n3,cat\n4,owl\n");
	log = read_log("HEAD~2..HEAD");
	assert_int_equal(log->n_steps, 2);
	assert_true(log->complete);
	values_are(&log->steps[1].groups.items[0],
		   "cat 2+0-0>1<0=3, dog 1+0-0>0<1=0, owl 0+1-0>0<0=1");
	values_are(&log->steps[0].groups.items[0],
		   "cat 3+0-1>0<1=1, dog 0+0-0>1<0=1");
	values_are(&log->total.items[0],
		   "cat 2+0-1>1<1=1, dog 1+0-0>1<1=1, owl 0+1-0>0<0=1");
	assert_int_equal(log->total.items[0].before, 3);
	assert_int_equal(log->total.items[0].after, 3);
	list_is(&log->total.items[0].labels[0].added, "owl");
}

static void test_changelog__files_of_a_dataset_are_one_group(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	put("b.csv", "id,kind\n8,cat\n9,emu\n");
	version("1,cat\n");
	version("1,dog\n");
	put("b.csv", "id,kind\n8,cat\n9,cat\n");
	version("1,dog\n2,emu\n");
	log = read_log("HEAD~2..");
	assert_int_equal(log->total.n, 1);
	/* what b.csv holds counts before the step that touches it */
	assert_int_equal(log->steps[1].groups.items[0].before, 3);
	values_are(&log->steps[0].groups.items[0],
		   "cat 1+0-0>1<0=2, emu 1+1-0>0<1=1");
	list_is(&log->steps[0].groups.items[0].labels[0].added, "");
}

static void test_changelog__all_of_a_label_became_another(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n2,cat\n3,dog\n4,dog\n");
	version("1,feline\n2,feline\n3,wolf\n4,dog\n");
	version("1,feline\n2,feline\n3,wolf\n");
	log = read_log("HEAD~2..");
	moves_are(&log->steps[1].groups.items[0].labels[0].renamed,
		  "cat to feline 2");
	list_is(&log->steps[1].groups.items[0].labels[0].added, "wolf");
	list_is(&log->steps[1].groups.items[0].labels[0].removed, "");
	/* one dog was removed, so dogs did not all become wolves */
	moves_are(&log->total.items[0].labels[0].renamed, "cat to feline 2");
	list_is(&log->total.items[0].labels[0].removed, "dog");
}

static void test_changelog__twins_differ_in_case_or_blanks(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n2,Cat \n3,dog\n4,big  cat\n5,Big cat\n6,DOG\n");
	version("1,cat\n2,Cat \n3,dog\n4,big  cat\n5,Big cat\n6,dog\n");
	log = read_log("HEAD");
	assert_int_equal(log->total.items[0].n_twins, 2);
	list_is(&log->total.items[0].twins[0], "Big cat,big  cat");
	list_is(&log->total.items[0].twins[1], "Cat ,cat");
}

static void test_changelog__a_merge_is_one_step_with_its_authors(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	const struct dsv_changelog_step *step;

	(void)state;
	start();
	version("1,cat\n2,dog\n");
	sh("git switch -q -c side");
	setenv("GIT_AUTHOR_NAME", "B Side", 1);
	version("1,cat\n2,owl\n");
	version("1,cat\n2,emu\n");
	setenv("GIT_AUTHOR_NAME", "A Author", 1);
	sh("git switch -q main && git merge -q --no-ff --no-edit side");
	log = read_log("HEAD");
	assert_int_equal(log->n_steps, 2);
	step = &log->steps[0];
	assert_int_equal(step->n_commits, 3);
	list_is(&step->authors, "B Side,A Author");
	moves_are(&step->groups.items[0].labels[0].moves, "dog to emu 1");
}

static void test_changelog__a_range_ends_where_it_meets_the_other(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n");
	sh("git switch -q -c side");
	version("1,cat\n2,dog\n");
	sh("git switch -q main");
	version("1,owl\n");
	log = read_log("main..side");
	assert_int_equal(log->n_steps, 1);
	values_are(&log->total.items[0], "cat 1+0-0>0<0=1, dog 0+1-0>0<0=1");
}

static void test_changelog__tags_part_the_first_parent_line(void **state)
{
	struct dsv_changelog_opts opts = {.by = DSV_BY_TAG};
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n");
	sh("git tag v1");
	version("1,cat\n2,dog\n");
	version("1,cat\n2,owl\n");
	sh("git tag -a -m x v2 && git tag v2.0");
	version("1,emu\n2,owl\n");
	log = read_with(opts, "HEAD");
	assert_int_equal(log->n_sections, 3);
	assert_string_equal(log->sections[0].title, "unreleased");
	assert_true(log->sections[0].unreleased);
	assert_string_equal(log->sections[1].title, "v2, v2.0");
	assert_int_equal(log->sections[1].n, 2);
	values_are(&log->sections[1].groups.items[0],
		   "cat 1+0-0>0<0=1, owl 0+0-0>1<0=1, dog 0+1-0>0<1=0");
	assert_string_equal(log->sections[2].title, "v1");
}

/* 2025-12-29 is the Monday of 2026-W01. */
static void test_changelog__weeks_are_those_of_iso_8601(void **state)
{
	struct dsv_changelog_opts opts = {.by = DSV_BY_WEEK};
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	put("a.csv", "id,kind\n1,cat\n");
	setenv("GIT_COMMITTER_DATE", "2025-12-28T12:00:00 +0000", 1);
	setenv("GIT_AUTHOR_DATE", "2025-12-28T23:30:00 +0000", 1);
	sh("git add -A && git commit -qm one");
	put("a.csv", "id,kind\n1,dog\n");
	setenv("GIT_AUTHOR_DATE", "2025-12-29T00:30:00 +0200", 1);
	sh("git commit -qam two");
	put("a.csv", "id,kind\n1,owl\n");
	setenv("GIT_AUTHOR_DATE", "2026-01-04T00:30:00 -0200", 1);
	sh("git commit -qam three");
	log = read_with(opts, "HEAD");
	assert_int_equal(log->n_sections, 2);
	assert_string_equal(log->sections[0].title, "2026-W01");
	assert_int_equal(log->sections[0].n, 2);
	assert_string_equal(log->sections[1].title, "2025-W52");
}

static void guideline(const char *number, const char *text)
{
	char *body DSV_AUTO(str) =
		dsv_strf("---\nid: pets\nversion: %s\nstatus: active\n---\n%s",
			 number, text);

	put("guidelines/pets.md", body);
}

static void test_changelog__guideline_and_definition_changes(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	const struct dsv_changelog_note *note;

	(void)state;
	sh("mkdir guidelines");
	define("  - name: pets\n    files: [\"*.csv\"]\n    key: [id]\n"
	       "    labels: [kind]\n    guideline: pets\n");
	guideline("1.0.0", "a\n");
	version("1,cat\n");
	guideline("1.1.0", "b\n");
	version("1,dog\n");
	guideline("1.1.0", "c\n");
	define("  - name: pets\n    files: [\"*.csv\"]\n    key: [id]\n"
	       "    format: csv\n    labels: [kind]\n    guideline: pets\n");
	commit_all("edit", clock_s += 60);
	log = read_log("HEAD~2..");
	note = &log->steps[1].groups.items[0].notes.items[0];
	assert_string_equal(note->from, "1.0.0");
	assert_string_equal(note->to, "1.1.0");
	assert_false(note->same_version);
	assert_false(log->steps[0].groups.items[0].touched);
	assert_int_equal(log->steps[0].groups.items[0].notes.n, 2);
	assert_string_equal(log->steps[0].groups.items[0].notes.items[0].to,
			    "csv");
	assert_true(log->steps[0].groups.items[0].notes.items[1].same_version);
	/* over both steps it is one change of version */
	assert_int_equal(log->total.items[0].notes.n, 2);
	assert_string_equal(log->total.items[0].notes.items[0].from, "1.0.0");
	assert_false(log->total.items[0].notes.items[0].same_version);
}

static void test_changelog__what_came_back_is_no_news(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	sh("mkdir guidelines");
	define("  - name: pets\n    files: [\"*.csv\"]\n    key: [id]\n"
	       "    labels: [kind]\n    guideline: pets\n");
	guideline("1.0.0", "a\n");
	version("1,cat\n");
	guideline("1.1.0", "b\n");
	put("a.csv", "id,kind,note\n1,cat,x\n");
	commit_all("there", clock_s += 60);
	guideline("1.0.0", "a\n");
	version("1,cat\n");
	log = read_log("HEAD~2..");
	list_is(&log->steps[1].groups.items[0].columns_added, "note");
	assert_int_equal(log->steps[1].groups.items[0].notes.n, 1);
	assert_int_equal(log->total.items[0].notes.n, 0);
	list_is(&log->total.items[0].columns_added, "");
	list_is(&log->total.items[0].columns_removed, "");
}

static void test_changelog__all_versions_are_read_as_the_last(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	define("  - name: pets\n    files: [\"*.csv\"]\n    key: [kind]\n");
	version("1,cat\n2,cat\n");
	start();
	version("1,cat\n2,dog\n");
	log = read_log("HEAD");
	values_are(&log->total.items[0], "cat 0+2-0>0<1=1, dog 0+0-0>1<0=1");
	assert_int_equal(log->total.items[0].relabelled, 1);
}

static void test_changelog__an_unreadable_version_is_passed_over(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n2,cat\n");
	put("a.csv", "dsv-pointer 1\nbroken\n");
	commit_all("broken", clock_s += 60);
	version("1,cat\n2,dog\n");
	log = read_log("HEAD");
	assert_false(log->complete);
	assert_int_equal(log->steps[1].n_faults, 1);
	assert_string_equal(log->steps[1].faults[0].path, "a.csv");
	moves_are(&log->steps[0].groups.items[0].labels[0].moves,
		  "cat to dog 1");
	values_are(&log->total.items[0], "cat 0+2-0>0<1=1, dog 0+0-0>1<0=1");
	dsv_changelog_free(&log);
	/* where the range begins with it, so does what is known */
	log = read_log("HEAD~1..");
	assert_false(log->complete);
	assert_int_equal(log->steps[0].n_faults, 1);
}

static void test_changelog__a_key_that_comes_later_is_said_once(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	char hex[DSV_OID_HEX];

	(void)state;
	put("a.csv", "nr,kind\n1,cat\n");
	commit_all("old", clock_s += 60);
	put("a.csv", "nr,kind\n1,dog\n");
	commit_all("old too", clock_s += 60);
	start();
	version("1,dog\n");
	log = read_log("HEAD");
	assert_false(log->complete);
	assert_int_equal(log->steps[2].n_faults, 1);
	assert_true(log->steps[2].faults[0].no_key);
	assert_int_equal(log->steps[1].n_faults, 0);
	assert_string_equal(log->steps[2].faults[0].key_since,
			    dsv_oid_hex(&log->steps[0].commit.oid, hex));
	values_are(&log->total.items[0], "dog 0+1-0>0<0=1");
}

static void test_changelog__a_renamed_file_is_followed(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	struct dsv_changelog_opts opts = {0};
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	start();
	version("1,cat\n2,cat\n3,cat\n4,cat\n");
	sh("git mv a.csv b.csv");
	commit_all("moved", clock_s += 60);
	sh("git mv b.csv c.csv");
	put("c.csv", "id,kind\n1,cat\n2,cat\n3,cat\n4,dog\n");
	commit_all("moved and changed", clock_s += 60);
	dsv_strlist_add(&paths, "c.csv");
	opts.paths = &paths;
	log = read_with(opts, "HEAD");
	values_are(&log->total.items[0], "cat 0+4-0>0<1=3, dog 0+0-0>1<0=1");
	assert_int_equal(log->total.items[0].removed, 0);
}

static void test_changelog__where_keeps_either_side(void **state)
{
	struct dsv_strlist where DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_changelog_opts opts = {.where = &where};
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n2,dog\n3,owl\n");
	version("1,dog\n2,cat\n3,emu\n");
	version("1,dog\n3,emu\n");
	dsv_strlist_add(&where, "kind=cat");
	log = read_with(opts, "HEAD~2..");
	assert_true(log->no_counts);
	assert_int_equal(log->steps[1].groups.items[0].changed, 2);
	moves_are(&log->steps[1].groups.items[0].labels[0].moves,
		  "cat to dog 1, dog to cat 1");
	assert_int_equal(log->total.items[0].removed, 1);
	assert_int_equal(log->total.items[0].relabelled, 2);
}

static void test_changelog__a_step_that_relabels_far_more(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	for (int step = 0; step < 8; step++) {
		struct dsv_buf rows DSV_AUTO(buf) = DSV_BUF_INIT;
		int turned = step == 6 ? 60 : step;

		for (int i = 0; i < 100; i++)
			dsv_buf_addf(&rows, "%d,%s\n", i,
				     i < turned && step != 7 ? "dog" : "cat");
		if (step < 7)
			version(dsv_buf_str(&rows));
	}
	log = read_log("HEAD");
	assert_int_equal(log->n_steps, 7);
	assert_true(log->steps[0].groups.items[0].unusual);
	for (size_t i = 1; i < log->n_steps; i++)
		assert_false(log->steps[i].groups.items[0].unusual);
}

/* 0.6745 (x - median) / MAD; worked by hand: median 3, deviations 2 1 0 1 97,
 * MAD 1. */
static void test_changelog__score_is_the_modified_z(void **state)
{
	const double shares[] = {1, 2, 3, 4, 100};
	const double equal[] = {5, 5, 5, 5, 7};
	const double same[] = {1, 1, 1};

	(void)state;
	assert_true(dsv_changelog_score(shares, 5, 100) > 65.42 &&
		    dsv_changelog_score(shares, 5, 100) < 65.43);
	/* MAD 0: mean deviation 0.4, (7 - 5) / (1.253314 * 0.4) */
	assert_true(dsv_changelog_score(equal, 5, 7) > 3.98 &&
		    dsv_changelog_score(equal, 5, 7) < 3.99);
	assert_true(dsv_changelog_score(same, 3, 1) < 0.001);
	assert_true(dsv_changelog_score(same, 0, 1) < 0.001);
}

static void test_changelog__a_shallow_end_is_no_step(void **state)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

	(void)state;
	start();
	version("1,cat\n");
	version("1,dog\n");
	version("1,owl\n");
	sh("git clone -q --depth 2 \"file://$PWD\" ../clone");
	assert_int_equal(chdir("../clone"), 0);
	log = read_log("HEAD");
	assert_true(log->shallow);
	assert_int_equal(log->n_steps, 1);
	values_are(&log->total.items[0], "dog 1+0-0>0<1=0, owl 0+0-0>1<0=1");
}

static void test_changelog__the_cache_changes_nothing(void **state)
{
	struct dsv_changelog_opts opts = {0};

	(void)state;
	start();
	version("1,cat\n2,dog\n");
	version("1,dog\n2,dog\n3,emu\n");
	for (int i = 0; i < 3; i++) {
		struct dsv_changelog *log DSV_AUTO(changelog) = NULL;

		opts.no_cache = i == 2;
		log = read_with(opts, "HEAD");
		values_are(&log->total.items[0], "dog 0+1-0>1<0=2, "
						 "emu 0+1-0>0<0=1, "
						 "cat 0+1-0>0<1=0");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_changelog__steps_add_up_to_the_whole),
		gitrepo_test(test_changelog__files_of_a_dataset_are_one_group),
		gitrepo_test(test_changelog__all_of_a_label_became_another),
		gitrepo_test(test_changelog__twins_differ_in_case_or_blanks),
		gitrepo_test(
			test_changelog__a_merge_is_one_step_with_its_authors),
		gitrepo_test(
			test_changelog__a_range_ends_where_it_meets_the_other),
		gitrepo_test(test_changelog__tags_part_the_first_parent_line),
		gitrepo_test(test_changelog__weeks_are_those_of_iso_8601),
		gitrepo_test(test_changelog__guideline_and_definition_changes),
		gitrepo_test(test_changelog__what_came_back_is_no_news),
		gitrepo_test(test_changelog__all_versions_are_read_as_the_last),
		gitrepo_test(
			test_changelog__an_unreadable_version_is_passed_over),
		gitrepo_test(
			test_changelog__a_key_that_comes_later_is_said_once),
		gitrepo_test(test_changelog__a_renamed_file_is_followed),
		gitrepo_test(test_changelog__where_keeps_either_side),
		gitrepo_test(test_changelog__a_step_that_relabels_far_more),
		cmocka_unit_test(test_changelog__score_is_the_modified_z),
		gitrepo_test(test_changelog__a_shallow_end_is_no_step),
		gitrepo_test(test_changelog__the_cache_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
