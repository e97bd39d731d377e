#include "gitrepo.h"

#include "dataset/definition_edit.h"

static struct dsv_dataset make(const char *name, const char *files,
			       const char *key, const char *labels)
{
	struct dsv_dataset set = {.name = dsv_strdup(name)};

	dsv_strlist_split(&set.files, files, ',');
	if (key)
		dsv_strlist_split(&set.key, key, ',');
	if (labels)
		dsv_strlist_split(&set.labels, labels, ',');
	return set;
}

/* before, with the dataset put in, is after. */
static void puts_as(const char *before, struct dsv_dataset set,
		    const char *after)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&text, before);
	if (dsv_definition_put(&text, &set) < 0)
		fail_msg("%s", dsv_error_message());
	assert_string_equal(text.data, after);
	dsv_dataset_release(&set);
}

static void test_definition_edit__begins_a_file(void **state)
{
	(void)state;
	puts_as("", make("reviews", "data/*.csv", "id", "sentiment"),
		"version: 1\ndatasets:\n"
		"  - name: reviews\n"
		"    files: [\"data/*.csv\"]\n"
		"    key: [id]\n"
		"    labels: [sentiment]\n");
}

static void test_definition_edit__opens_an_empty_list(void **state)
{
	const char after[] = "version: 1\ndatasets: # all of them\n"
			     "  - name: a\n    files: [\"x\"]\n";

	(void)state;
	puts_as("version: 1\ndatasets: [] # all of them\n",
		make("a", "x", NULL, NULL), after);
	puts_as("version: 1\ndatasets: # all of them\n",
		make("a", "x", NULL, NULL), after);
}

static const char two[] = "# ours\n"
			  "datasets:\n"
			  "- name:  first   # the first\n"
			  "  key: ['id']\n"
			  "  # where they are\n"
			  "  files:\n"
			  "    - a.csv # old\n"
			  "    - 'b.csv'\n"
			  "\n"
			  "# the second\n"
			  "- files: [c.csv]\n"
			  "  name: second\n"
			  "\n"
			  "# the end\n"
			  "version: 1\n";

static void test_definition_edit__keeps_comments_and_order(void **state)
{
	(void)state;
	puts_as(two, make("third", "d.csv", "k", NULL),
		"# ours\n"
		"datasets:\n"
		"- name:  first   # the first\n"
		"  key: ['id']\n"
		"  # where they are\n"
		"  files:\n"
		"    - a.csv # old\n"
		"    - 'b.csv'\n"
		"\n"
		"# the second\n"
		"- files: [c.csv]\n"
		"  name: second\n"
		"- name: third\n"
		"  files: [\"d.csv\"]\n"
		"  key: [k]\n"
		"\n"
		"# the end\n"
		"version: 1\n");
}

static void test_definition_edit__changes_one_line_of_files(void **state)
{
	(void)state;
	puts_as(two, make("first", "b.csv,n/*.csv", "id", NULL),
		"# ours\n"
		"datasets:\n"
		"- name:  first   # the first\n"
		"  key: ['id']\n"
		"  # where they are\n"
		"  files:\n"
		"    - 'b.csv'\n"
		"    - \"n/*.csv\"\n"
		"\n"
		"# the second\n"
		"- files: [c.csv]\n"
		"  name: second\n"
		"\n"
		"# the end\n"
		"version: 1\n");
}

static void test_definition_edit__adds_and_replaces_members(void **state)
{
	(void)state;
	puts_as(two, make("second", "c.csv,\"q\".csv", "k", "l,no"),
		"# ours\n"
		"datasets:\n"
		"- name:  first   # the first\n"
		"  key: ['id']\n"
		"  # where they are\n"
		"  files:\n"
		"    - a.csv # old\n"
		"    - 'b.csv'\n"
		"\n"
		"# the second\n"
		"- files: [\"c.csv\", \"\\\"q\\\".csv\"]\n"
		"  key: [k]\n"
		"  labels: [l, \"no\"]\n"
		"  name: second\n"
		"\n"
		"# the end\n"
		"version: 1\n");
	puts_as("version: 1\ndatasets:\n  - name: a\n    files: [x]\n"
		"    key: [id]   # its name\n    labels:\n      - m\n      - "
		"z\n"
		"    # behind\n",
		make("a", "x", "k,l", "m"),
		"version: 1\ndatasets:\n  - name: a\n    files: [x]\n"
		"    key: [k, l]   # its name\n    labels: [m]\n"
		"    # behind\n");
}

static void test_definition_edit__removes_a_member(void **state)
{
	(void)state;
	puts_as("version: 1\ndatasets:\n  - name: a\n    files: [x]\n"
		"    key:\n      - id\n    labels: [y]\n",
		make("a", "x", NULL, "y"),
		"version: 1\ndatasets:\n  - name: a\n    files: [x]\n"
		"    labels: [y]\n");
}

static void test_definition_edit__writes_names_that_need_care(void **state)
{
	(void)state;
	puts_as("",
		make("a", "x",
		     "GICS Sector,a: b,#c, d ,007,\xef\xbb\xbf"
		     "e,~",
		     "\n,\xc3\xa9,\x7f"),
		"version: 1\ndatasets:\n  - name: a\n    files: [\"x\"]\n"
		"    key: [GICS Sector, \"a: b\", \"#c\", \" d \", \"007\", "
		"\"\\uFEFFe\", \"~\"]\n"
		"    labels: [\"\\n\", \"\xc3\xa9\", \"\\u007F\"]\n");
}

static void test_definition_edit__same_definition_changes_no_byte(void **state)
{
	(void)state;
	puts_as(two, make("first", "a.csv,b.csv", "id", NULL), two);
}

static void test_definition_edit__adds_behind_a_missing_line_end(void **state)
{
	(void)state;
	puts_as("version: 1\ndatasets:\n  - name: a\n    files: [x]",
		make("b", "y", NULL, NULL),
		"version: 1\ndatasets:\n  - name: a\n    files: [x]\n"
		"  - name: b\n    files: [\"y\"]\n");
}

static void test_definition_edit__refuses_what_it_cannot_keep(void **state)
{
	const char flow[] = "version: 1\n"
			    "datasets: [{name: a, files: [x]}]\n";
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_dataset set = make("b", "y", NULL, NULL);

	(void)state;
	dsv_buf_addstr(&text, flow);
	assert_int_equal(dsv_definition_put(&text, &set), DSV_EUNSUPPORTED);
	assert_non_null(dsv_error_hint());
	assert_string_equal(text.data, flow);
	assert_int_equal(dsv_definition_drop(&text, "a"), DSV_EUNSUPPORTED);
	assert_string_equal(text.data, flow);
	dsv_dataset_release(&set);
}

/* Cutting out these lines would leave a sound file without any dataset. */
static void test_definition_edit__never_drops_a_neighbour(void **state)
{
	const char flow[] = "version: 1\n"
			    "datasets: [{name: a, files: [x]}, "
			    "{name: b, files: [y]}]\n";
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&text, flow);
	assert_int_equal(dsv_definition_drop(&text, "b"), DSV_EUNSUPPORTED);
	assert_string_equal(text.data, flow);
}

static void test_definition_edit__refuses_bytes_that_are_not_utf8(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_dataset set = make("b", "y", "\xff", NULL);

	(void)state;
	assert_int_equal(dsv_definition_put(&text, &set), DSV_EUSAGE);
	assert_int_equal(text.len, 0);
	dsv_dataset_release(&set);
}

static void test_definition_edit__drops_one_and_the_last(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&text, two);
	assert_int_equal(dsv_definition_drop(&text, "first"), 0);
	assert_string_equal(text.data, "# ours\n"
				       "datasets:\n"
				       "\n"
				       "# the second\n"
				       "- files: [c.csv]\n"
				       "  name: second\n"
				       "\n"
				       "# the end\n"
				       "version: 1\n");
	assert_int_equal(dsv_definition_drop(&text, "second"), 0);
	assert_string_equal(text.data, "# ours\n"
				       "datasets: []\n"
				       "\n"
				       "# the second\n"
				       "\n"
				       "# the end\n"
				       "version: 1\n");
	assert_int_equal(dsv_definition_drop(&text, "second"), DSV_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definition_edit__begins_a_file),
		cmocka_unit_test(test_definition_edit__opens_an_empty_list),
		cmocka_unit_test(
			test_definition_edit__keeps_comments_and_order),
		cmocka_unit_test(
			test_definition_edit__changes_one_line_of_files),
		cmocka_unit_test(
			test_definition_edit__adds_and_replaces_members),
		cmocka_unit_test(test_definition_edit__removes_a_member),
		cmocka_unit_test(
			test_definition_edit__writes_names_that_need_care),
		cmocka_unit_test(
			test_definition_edit__same_definition_changes_no_byte),
		cmocka_unit_test(
			test_definition_edit__adds_behind_a_missing_line_end),
		cmocka_unit_test(
			test_definition_edit__refuses_what_it_cannot_keep),
		cmocka_unit_test(test_definition_edit__never_drops_a_neighbour),
		cmocka_unit_test(
			test_definition_edit__refuses_bytes_that_are_not_utf8),
		cmocka_unit_test(test_definition_edit__drops_one_and_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
