#include "dataset_repo.h"

#include <dsv/labels.h>

static void list_is(const struct dsv_strlist *list, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&text, "%s%s", i ? "," : "", list->items[i]);
	assert_string_equal(dsv_buf_str(&text), want);
}

/* "pos 2,neg 1" */
static void table_is(const struct dsv_label_table *table, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < table->n_values; i++)
		dsv_buf_addf(&text, "%s%s %d", i ? "," : "",
			     table->values[i].value, (int)table->values[i].n);
	assert_string_equal(dsv_buf_str(&text), want);
}

static int count(struct dsv_labels *out, struct dsv_repo *repo,
		 struct dsv_labels_opts opts)
{
	if (opts.version.at == DSV_AT_NOTHING)
		opts.version.at = DSV_AT_WORKTREE;
	return dsv_labels_read(out, repo, &opts);
}

static void setup(void)
{
	define("  - name: reviews\n    files: [\"d/*.csv\"]\n    key: [id]\n"
	       "    labels: [mood]\n");
	sh("mkdir d");
	put("d/a.csv", "id,mood,who\n1,pos,w1\n2,neg,w2\n3,pos,w1\n");
	put("d/b.csv", "who,mood,id\nw2,,4\nw2,neg,5\nw1,pos,6\n,odd\n");
}

static void test_labels__counts_values_over_all_files(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_labels_opts opts = {0};

	(void)state;
	setup();
	assert_int_equal(count(&out, repo, opts), 0);
	assert_int_equal(out.n, 1);
	assert_string_equal(out.groups[0].dataset, "reviews");
	list_is(&out.groups[0].files, "d/a.csv,d/b.csv");
	assert_int_equal(out.groups[0].records, 7);
	assert_int_equal(out.groups[0].faulty, 1);
	table_is(&out.groups[0].tables[0], "pos 3,neg 2,odd 1,(null) 1");
	assert_int_equal(out.groups[0].tables[0].empty, 1);
	assert_true(out.groups[0].tables[0].values[3].is_null);
	assert_false(out.groups[0].tables[0].limited);
}

static void test_labels__cross_counts_sum_to_the_rows(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_labels_opts opts = {.by = "who"};
	const struct dsv_label_table *table;

	(void)state;
	setup();
	assert_int_equal(count(&out, repo, opts), 0);
	list_is(&out.groups[0].by, "w1,w2,(null)");
	assert_int_equal(out.groups[0].by_records[0], 3);
	assert_int_equal(out.groups[0].by_records[2], 1);
	table = &out.groups[0].tables[0];
	assert_int_equal(table->values[0].by[0], 3);
	assert_int_equal(table->values[0].by[1], 0);
	assert_int_equal(table->values[1].by[1], 2);
	assert_int_equal(table->values[2].by[2], 1);
	for (size_t i = 0; i < table->n_values; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < out.groups[0].by.n; k++)
			sum += table->values[i].by[k];
		assert_int_equal(sum, table->values[i].n);
	}
}

static void test_labels__where_keeps_only_what_holds(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_strlist where DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_labels_opts opts = {.where = &where};

	(void)state;
	setup();
	dsv_strlist_add(&where, "who=w2");
	assert_int_equal(count(&out, repo, opts), 0);
	assert_int_equal(out.groups[0].records, 3);
	assert_int_equal(out.groups[0].records_all, 7);
	table_is(&out.groups[0].tables[0], "neg 2,(null) 1");
}

static void test_labels__reads_any_version_and_pointers(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels_opts opts = {0};

	(void)state;
	setup();
	commit_all("first", 0);
	put_stored(repo, "d/a.csv", "id,mood\n1,sad\n", 14);
	sh("git add -A && git rm -q --cached d/b.csv");
	for (int i = 0; i < 2; i++) {
		struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;

		if (i == 0)
			assert_int_equal(dsv_repo_head(repo, &opts.version), 0);
		else
			opts.version.at = DSV_AT_INDEX;
		assert_int_equal(count(&out, repo, opts), 0);
		table_is(&out.groups[0].tables[0],
			 i == 0 ? "pos 3,neg 2,odd 1,(null) 1" : "sad 1");
	}
}

static void test_labels__a_file_without_definition_needs_labels(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist labels DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_labels_opts opts = {.paths = &paths};

	(void)state;
	put("x.jsonl", "{\"a\":\"u\"}\n{\"a\":\"v\",\"t\":{\"k\":[1]}}\n"
		       "{\"a\":\"u\",\"t\":{\"k\":[2]}}\n");
	dsv_strlist_add(&paths, "x.jsonl");
	assert_int_equal(count(&out, repo, opts), DSV_EUSAGE);
	dsv_strlist_split(&labels, "a,/t/k/0", ',');
	opts.labels = &labels;
	assert_int_equal(count(&out, repo, opts), 0);
	assert_null(out.groups[0].dataset);
	table_is(&out.groups[0].tables[0], "u 2,v 1");
	table_is(&out.groups[0].tables[1], "1 1,2 1,(null) 1");
}

static void test_labels__names_the_nearest_column(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_labels_opts opts = {.by = "whom"};

	(void)state;
	setup();
	assert_int_equal(count(&out, repo, opts), DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "did you mean 'who'?");
	opts.by = NULL;
	dsv_strlist_add(&names, "moods");
	opts.labels = &names;
	assert_int_equal(count(&out, repo, opts), DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "did you mean 'mood'?");
	assert_int_equal(out.n, 0);
}

static void test_labels__nothing_to_count_is_said(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_labels_opts opts = {0};

	(void)state;
	assert_int_equal(count(&out, repo, opts), DSV_ENOTFOUND);
	dsv_strlist_add(&paths, "no.csv");
	opts.paths = &paths;
	assert_int_equal(count(&out, repo, opts), DSV_ENOTFOUND);
}

static void test_labels__many_values_are_limited_and_said(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_labels_opts opts = {.by = "id"};
	const struct dsv_label_group *group;
	uint64_t sum = 0;

	(void)state;
	define("  - name: a\n    files: [a.csv]\n    labels: [l]\n");
	dsv_buf_addstr(&text, "id,l\n");
	for (unsigned i = 0; i < DSV_LABELS_DISTINCT + 50; i++)
		dsv_buf_addf(&text, "%u,v%u\n", i, i);
	dsv_buf_addstr(&text, "1,v0\n");
	put("a.csv", text.data);
	assert_int_equal(count(&out, repo, opts), 0);
	group = &out.groups[0];
	assert_true(group->tables[0].limited);
	assert_int_equal(group->tables[0].others, 50);
	assert_int_equal(group->tables[0].n_values, DSV_LABELS_DISTINCT);
	assert_string_equal(group->tables[0].values[0].value, "v0");
	assert_true(group->by_limited);
	assert_int_equal(group->by.n, DSV_LABELS_BY + 1);
	assert_string_equal(group->by.items[DSV_LABELS_BY], "(others)");
	for (size_t i = 0; i < group->by.n; i++)
		sum += group->tables[0].others_by[i];
	assert_int_equal(sum, 50);
}

static void test_labels__counts_real_data_as_its_readme_says(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_labels out DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_labels_opts opts = {0};
	char path[4096];

	(void)state;
	if (!has_data("raters-csv/v02.csv", path, sizeof(path)))
		return;
	sh("cp '%s' a.csv", path);
	define("  - name: a\n    files: [a.csv]\n"
	       "    key: [rater, file, class]\n    labels: [vote]\n");
	assert_int_equal(count(&out, repo, opts), 0);
	assert_int_equal(out.groups[0].records, 5675);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_labels__counts_values_over_all_files),
		gitrepo_test(test_labels__cross_counts_sum_to_the_rows),
		gitrepo_test(test_labels__where_keeps_only_what_holds),
		gitrepo_test(test_labels__reads_any_version_and_pointers),
		gitrepo_test(
			test_labels__a_file_without_definition_needs_labels),
		gitrepo_test(test_labels__names_the_nearest_column),
		gitrepo_test(test_labels__nothing_to_count_is_said),
		gitrepo_test(test_labels__many_values_are_limited_and_said),
		gitrepo_test(test_labels__counts_real_data_as_its_readme_says),
	};

	find_data();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
