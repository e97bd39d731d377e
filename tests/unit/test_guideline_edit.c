#include "guideline_made.h"

#include <dsv/guideline_edit.h>

static void set(const char *front, const char *key, const char *value,
		const char *want)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&data, front);
	assert_int_equal(dsv_guideline_set(&data, key, value, "status"), 0);
	assert_string_equal(dsv_buf_str(&data), want);
}

static void test_set__only_the_value_changes(void **s)
{
	(void)s;
	set("---\nversion: 1.0.0\nstatus: draft\n---\nversion: 1.0.0\n",
	    "version", "1.1.0",
	    "---\nversion: 1.1.0\nstatus: draft\n---\nversion: 1.0.0\n");
	set("---\r\n  version:  '1.0.0' # x\r\n---\r\n", "version", "2.0.0",
	    "---\r\n  version:  '2.0.0' # x\r\n---\r\n");
	set("---\nversion:\n---\n", "version", "2.0.0",
	    "---\nversion:2.0.0\n---\n");
}

static void test_set__what_is_not_there_comes_behind_its_neighbour(void **s)
{
	(void)s;
	set("---\nstatus: draft\nid: a\n---\n", "effective", "2025-01-01",
	    "---\nstatus: draft\neffective: 2025-01-01\nid: a\n---\n");
	set("---\r\nstatus: draft\r\n---\r\n", "effective", "2025-01-01",
	    "---\r\nstatus: draft\r\neffective: 2025-01-01\r\n---\r\n");
}

static void test_set__refuses_what_has_no_line(void **s)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	dsv_buf_addstr(&data, "---\n{version: 1.0.0}\n---\nversion: 1.0.0\n");
	assert_int_equal(dsv_guideline_set(&data, "version", "1.1.0", NULL),
			 DSV_EUNSUPPORTED);
	dsv_buf_reset(&data);
	assert_int_equal(dsv_guideline_set(&data, "version", "1.1.0", NULL),
			 DSV_EUNSUPPORTED);
}

static void test_template__is_read_back_with_its_labels(void **s)
{
	static const char *const odd[] = {"a|b",   "*c*", "`d`",
					  "e_f_",  "<g>", "[h](i)",
					  "&amp;", "\\",  "# j"};
	struct dsv_strlist labels DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_buf made DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		dsv_strlist_add(&labels, odd[i]);
	assert_int_equal(dsv_guideline_template("mail", &labels, &made), 0);
	made_parse(&text, dsv_buf_str(&made));
	assert_int_equal(text.rules.n_labels, labels.n);
	for (size_t i = 0; i < labels.n; i++)
		assert_string_equal(text.rules.labels[i].label, odd[i]);
	assert_string_equal(text.front.version, "1.0.0");
}

static void test_template__refuses_a_label_that_no_cell_can_hold(void **s)
{
	static const char *const odd[] = {" a", "a\nb", ""};

	(void)s;
	for (size_t i = 0; i < 3; i++) {
		struct dsv_strlist labels DSV_AUTO(strlist) = DSV_STRLIST_INIT;
		struct dsv_buf made DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_strlist_add(&labels, odd[i]);
		assert_int_equal(dsv_guideline_template("mail", &labels, &made),
				 DSV_EUSAGE);
		assert_int_equal(made.len, 0);
	}
}

static void write_change(const char *old, const char *with)
{
	char *text = made_with(old, with);

	put("guidelines/mail.md", text);
	free(text);
}

static int bump(struct dsv_guideline_bumped *out, enum dsv_bump step)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_guideline_bump_opts opts = {.bump = step};

	return dsv_guideline_bump(out, repo, "mail", &opts);
}

static void test_bump__counts_from_head_so_that_once_is_enough(void **s)
{
	(void)s;
	sh("mkdir guidelines");
	put("guidelines/mail.md", made_base);
	commit_all("first", 0);
	write_change("Buy now | spam", "Buy now | ham");
	for (int i = 0; i < 2; i++) {
		struct dsv_guideline_bumped got DSV_AUTO(guideline_bumped) =
			DSV_GUIDELINE_BUMPED_INIT;

		assert_int_equal(bump(&got, DSV_BUMP_NONE), 0);
		assert_string_equal(got.to, "3.0.0");
		assert_int_equal(got.needs, DSV_BUMP_MAJOR);
		assert_int_equal(got.written, i == 0);
	}
}

static void test_bump__never_takes_less_than_the_change_needs(void **s)
{
	struct dsv_guideline_bumped got DSV_AUTO(guideline_bumped) =
		DSV_GUIDELINE_BUMPED_INIT;

	(void)s;
	sh("mkdir guidelines");
	put("guidelines/mail.md", made_base);
	commit_all("first", 0);
	write_change("Buy now | spam", "Buy now | ham");
	assert_int_equal(bump(&got, DSV_BUMP_MINOR), DSV_EREFUSED);
	sh("grep -q '^version: 2.1.0' guidelines/mail.md");
	assert_null(got.to);
}

static void test_bump__mends_a_version_that_went_back(void **s)
{
	struct dsv_guideline_bumped got DSV_AUTO(guideline_bumped) =
		DSV_GUIDELINE_BUMPED_INIT;

	(void)s;
	sh("mkdir guidelines");
	put("guidelines/mail.md", made_base);
	commit_all("first", 0);
	write_change("version: 2.1.0", "version: 1.0.0");
	assert_int_equal(bump(&got, DSV_BUMP_PATCH), 0);
	assert_string_equal(got.to, "2.1.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set__only_the_value_changes),
		cmocka_unit_test(
			test_set__what_is_not_there_comes_behind_its_neighbour),
		cmocka_unit_test(test_set__refuses_what_has_no_line),
		cmocka_unit_test(test_template__is_read_back_with_its_labels),
		cmocka_unit_test(
			test_template__refuses_a_label_that_no_cell_can_hold),
		gitrepo_test(
			test_bump__counts_from_head_so_that_once_is_enough),
		gitrepo_test(test_bump__never_takes_less_than_the_change_needs),
		gitrepo_test(test_bump__mends_a_version_that_went_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
