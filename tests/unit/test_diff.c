#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include <dsv/diff.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "history_check.h"

/* A folder of its own for each test. */
struct fixture {
	char dir[256];
	char *from;
	char *to;
};

static int setup(void **state)
{
	struct fixture *fx = dsv_alloc_zero(1, sizeof(*fx));
	const char *tmp = getenv("TMPDIR");

	snprintf(fx->dir, sizeof(fx->dir), "%s/dsv-diff-XXXXXX",
		 tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(fx->dir));
	fx->from = dsv_strf("%s/from.csv", fx->dir);
	fx->to = dsv_strf("%s/to.csv", fx->dir);
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	unlink(fx->from);
	unlink(fx->to);
	rmdir(fx->dir);
	free(fx->from);
	free(fx->to);
	free(fx);
	return 0;
}

static void put(const char *path, const char *data, size_t len)
{
	assert_int_equal(dsv_atomic_put(path, data, len, 0644), 0);
}

static struct dsv_diff *open_text(struct fixture *fx, const char *from,
				  const char *to, const char *key,
				  const char *label, const char *format)
{
	struct dsv_strlist keys DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist labels DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_diff_opts opts = {
		.key = &keys, .labels = &labels, .format = format};
	struct dsv_diff *diff;

	if (key)
		dsv_strlist_split(&keys, key, ',');
	if (label)
		dsv_strlist_split(&labels, label, ',');
	put(fx->from, from, strlen(from));
	put(fx->to, to, strlen(to));
	assert_int_equal(
		dsv_diff_open_files(&diff, NULL, fx->from, fx->to, &opts), 0);
	return diff;
}

static struct dsv_file_diff *only_file(struct dsv_diff *diff)
{
	struct dsv_file_diff *file;
	int rc = dsv_diff_next(diff, &file);

	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(rc, 1);
	return file;
}

static void test_diff__a_changed_field_is_told_with_both_values(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state, "id,label,text\n1,cat,x\n2,dog,y\n",
		"id,label,text\n1,cat,x\n2,fox,y\n", "id", "label", NULL);
	struct dsv_file_diff *file = only_file(diff);
	struct dsv_change change;

	assert_int_equal(dsv_file_diff_next(file, &change), 1);
	assert_int_equal(change.op, DSV_CHANGED);
	assert_true(change.relabelled && change.label_changed && change.common);
	assert_int_equal(change.n_key, 1);
	assert_memory_equal(change.key[0].text, "2", 1);
	assert_int_equal(change.n_fields, 1);
	assert_string_equal(change.fields[0].name, "label");
	assert_true(change.fields[0].is_label);
	assert_memory_equal(change.fields[0].from->text, "dog", 3);
	assert_memory_equal(change.fields[0].to->text, "fox", 3);
	assert_int_equal(change.from->line, 3);
	assert_int_equal(change.to->line, 3);
	assert_int_equal(dsv_file_diff_next(file, &change), 0);
}

static void test_diff__an_added_record_has_all_its_fields(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "id,label\n1,cat\n",
			  "id,label\n0,dog\n1,cat\n", "id", "label", NULL);
	struct dsv_file_diff *file = only_file(diff);
	struct dsv_change change;

	assert_int_equal(dsv_file_diff_next(file, &change), 1);
	assert_int_equal(change.op, DSV_ADDED);
	assert_null(change.from);
	assert_int_equal(change.n_fields, 2);
	assert_memory_equal(change.fields[1].to->text, "dog", 3);
	assert_int_equal(change.fields[1].from->kind, DSV_FIELD_MISSING);
	assert_int_equal(dsv_file_diff_next(file, &change), 0);
}

static void test_diff__order_of_columns_and_line_ends_is_no_change(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state, "id,label,text\n1,cat,x\n2,dog,y\n",
		"text,id,label\r\nx,1,cat\r\n\"y\",2,dog", "id", NULL, NULL);
	const struct dsv_diff_summary *s =
		dsv_file_diff_summary(only_file(diff));

	assert_int_equal(s->changed, 0);
	assert_int_equal(s->unchanged, 2);
	assert_int_equal(s->moved, 0);
	assert_true(s->clean);
}

static void test_diff__an_added_column_is_not_a_common_change(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state, "id,label\n1,cat\n2,dog\n",
		"id,label,who\n1,cat,me\n2,fox,me\n", "id", "label", NULL);
	const struct dsv_diff_summary *s =
		dsv_file_diff_summary(only_file(diff));

	assert_int_equal(s->changed, 2);
	assert_int_equal(s->changed_common, 1);
	assert_int_equal(s->columns_added->n, 1);
	assert_string_equal(s->columns_added->items[0], "who");
	assert_int_equal(s->n_fields, 1);
	assert_string_equal(s->fields[0].name, "label");
}

/* Stretches of changed records, and single ones between. */
static bool is_changed(unsigned i)
{
	return i / 90 % 3 == 0 || i % 13 == 0;
}

static void add_numbered(struct dsv_buf *out, unsigned i, char kind)
{
	dsv_buf_addf(out, i % 7 ? "%u,%c%u\n" : "%u,\"%c%u\n\"\n\n", i, kind,
		     i);
}

static void
test_diff__changes_that_follow_each_other_keep_their_records(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_buf from DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_file_diff *file;
	struct dsv_change change;

	dsv_buf_addstr(&from, "id,text\n");
	dsv_buf_addstr(&to, "id,text\n");
	for (unsigned i = 0; i < 1000; i++) {
		add_numbered(&from, i, 'v');
		add_numbered(&to, i, is_changed(i) ? 'w' : 'v');
	}
	diff = open_text(*state, from.data, to.data, "id", NULL, NULL);
	file = only_file(diff);
	for (unsigned i = 0; i < 1000; i++) {
		char want[16];
		int len = snprintf(want, sizeof(want), "w%u%s", i,
				   i % 7 ? "" : "\n");

		if (!is_changed(i))
			continue;
		assert_int_equal(dsv_file_diff_next(file, &change), 1);
		assert_int_equal(change.fields[0].to->len, len);
		assert_memory_equal(change.fields[0].to->text, want, len);
		want[0] = 'v';
		assert_int_equal(change.fields[0].from->len, len);
		assert_memory_equal(change.fields[0].from->text, want, len);
	}
	assert_int_equal(dsv_file_diff_next(file, &change), 0);
}

static void test_diff__counts_of_a_label_add_up(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state, "id,label\n1,cat\n2,dog\n3,cat\n4,\n",
		"id,label\n1,dog\n2,dog\n5,cat\n4,cat\n", "id", "label", NULL);
	const struct dsv_diff_summary *s =
		dsv_file_diff_summary(only_file(diff));
	const struct dsv_label_diff *label = &s->labels[0];

	assert_int_equal(s->label_changed, 2);
	assert_int_equal(s->relabelled, 1);
	assert_int_equal(label->n_values, 3);
	for (size_t i = 0; i < label->n_values; i++) {
		const struct dsv_label_count *v = &label->values[i];

		assert_int_equal(v->after, v->before + v->added - v->removed +
						   v->in - v->out);
	}
	assert_string_equal(label->values[0].value, "cat");
	assert_int_equal(label->values[0].before, 2);
	assert_int_equal(label->values[0].after, 2);
	assert_int_equal(label->values[0].added, 1);
	assert_int_equal(label->values[0].removed, 1);
	assert_int_equal(label->values[0].in, 1);
	assert_int_equal(label->values[0].out, 1);
	assert_int_equal(label->n_transitions, 2);
}

static void test_diff__doubled_keys_are_never_changed(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "id,label\n1,cat\n1,dog\n2,x\n",
			  "id,label\n1,dog\n1,fox\n2,x\n", "id", "label", NULL);
	struct dsv_file_diff *file = only_file(diff);
	const struct dsv_diff_summary *s = dsv_file_diff_summary(file);
	struct dsv_change change;

	assert_int_equal(s->added, 1);
	assert_int_equal(s->removed, 1);
	assert_int_equal(s->changed, 0);
	assert_int_equal(s->unchanged, 2);
	assert_false(s->clean);
	assert_int_equal(s->duplicate_keys[0], 1);
	assert_int_equal(s->n_issues, 2);
	assert_int_equal(s->issues[0].issue, DSV_ISSUE_DUPLICATE_KEY);
	assert_int_equal(s->issues[0].line, 2);
	assert_int_equal(s->issues[0].count, 2);
	assert_int_equal(dsv_file_diff_next(file, &change), 1);
	assert_true(change.shared_key);
	assert_int_equal(change.to->line, 3);
}

static void test_diff__records_without_key_go_by_content(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "id,label\n,cat\n,dog\n",
			  "id,label\n,dog\n,cat\n,dog\n", "id", NULL, NULL);
	const struct dsv_diff_summary *s =
		dsv_file_diff_summary(only_file(diff));

	assert_int_equal(s->added, 1);
	assert_int_equal(s->removed, 0);
	assert_int_equal(s->unchanged, 2);
	assert_int_equal(s->rows_without_key[1], 3);
	assert_int_equal(s->issues[0].issue, DSV_ISSUE_NO_KEY);
}

static void test_diff__without_a_key_all_records_go_by_content(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "a,b\n1,2\n3,4\n1,2\n",
			  "b,a\n2,1\n9,9\n4,3\n", NULL, NULL, NULL);
	const struct dsv_diff_summary *s =
		dsv_file_diff_summary(only_file(diff));

	assert_int_equal(s->unchanged, 2);
	assert_int_equal(s->added, 1);
	assert_int_equal(s->removed, 1);
	assert_int_equal(s->n_issues, 0);
}

static void test_diff__an_unknown_key_names_the_nearest(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "index,label\n1,cat\n",
			  "index,label\n1,dog\n", "indx", NULL, NULL);
	struct dsv_file_diff *file;

	assert_int_equal(dsv_diff_next(diff, &file), DSV_EUSAGE);
	assert_non_null(strstr(dsv_error_message(), "'indx'"));
	assert_non_null(strstr(dsv_error_hint(), "'index'"));
}

static void test_diff__a_label_given_by_hand_must_be_there(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "id,label\n1,cat\n", "id,label\n1,dog\n",
			  "id", "lable", NULL);
	struct dsv_file_diff *file;

	assert_int_equal(dsv_diff_next(diff, &file), DSV_EUSAGE);
	assert_non_null(strstr(dsv_error_hint(), "'label'"));
}

static void test_diff__nothing_against_records_adds_them_all(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state, "", "id,label\n1,cat\n2,dog\n", "id", "label", NULL);
	struct dsv_file_diff *file = only_file(diff);
	const struct dsv_diff_summary *s = dsv_file_diff_summary(file);
	struct dsv_change change;
	int n = 0;

	assert_int_equal(s->records_from, 0);
	assert_int_equal(s->added, 2);
	assert_int_equal(s->labels[0].values[0].added, 1);
	while (dsv_file_diff_next(file, &change) > 0)
		n++;
	assert_int_equal(n, 2);
}

static void test_diff__two_empty_files_are_equal(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) =
		open_text(*state, "", "", "id", NULL, NULL);
	const struct dsv_diff_summary *s =
		dsv_file_diff_summary(only_file(diff));

	assert_int_equal(s->records_to, 0);
	assert_true(s->clean);
}

static void test_diff__elements_of_a_json_array_are_records(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state, "[{\"id\":1,\"v\":{\"a\":1,\"b\":2}},\n {\"id\":2}]",
		"[{\"v\":{\"b\":2,\"a\":1},\n\"id\":1},{\"id\":2,\n\"v\":null},"
		"{\"id\":\"x\"}]",
		"id", NULL, "json");
	struct dsv_file_diff *file = only_file(diff);
	const struct dsv_diff_summary *s = dsv_file_diff_summary(file);
	struct dsv_change change;

	assert_int_equal(s->unchanged, 1);
	assert_int_equal(s->changed, 1);
	assert_int_equal(s->added, 1);
	assert_int_equal(s->n_fields, 0); /* null and missing count as one */
	assert_int_equal(dsv_file_diff_next(file, &change), 1);
	assert_int_equal(change.op, DSV_CHANGED);
	assert_int_equal(change.n_fields, 1);
	assert_string_equal(change.fields[0].name, "v");
}

static void test_diff__key_and_label_may_stand_inside_a_value(void **state)
{
	struct dsv_diff *diff DSV_AUTO(diff) = open_text(
		*state,
		"{\"m\":{\"id\":\"a\",\"n\":1},\"l\":[{\"c\":\"cat\"}]}\n"
		"{\"m\":{\"id\":\"b\",\"n\":1},\"l\":[{\"c\":\"dog\"}]}\n",
		"{\"m\":{\"n\":2,\"id\":\"b\"},\"l\":[{\"c\":\"fox\"}]}\n"
		"{\"m\":{\"n\":1,\"id\":\"a\"},\"l\":[{\"c\":\"cat\"}]}\n",
		"/m/id", "/l/0/c", "jsonl");
	struct dsv_file_diff *file = only_file(diff);
	const struct dsv_diff_summary *s = dsv_file_diff_summary(file);
	struct dsv_change change;

	assert_int_equal(s->unchanged, 1);
	assert_int_equal(s->changed, 1);
	assert_int_equal(s->relabelled, 1);
	assert_int_equal(s->moved, 1);
	assert_string_equal(s->labels[0].transitions[0].from, "dog");
	assert_int_equal(dsv_file_diff_next(file, &change), 1);
	assert_memory_equal(change.key[0].text, "b", 1);
}

/* ------------------------------------------------------------ random */

static void random_case(struct fixture *fx, uint64_t seed)
{
	struct t_rng rng = {seed};
	unsigned next_id = 0;
	int n_key = (int)(seed % 3);
	const char *key = n_key == 0 ? NULL : n_key == 1 ? "id" : "id,part";
	bool json = seed % 5 == 0;
	struct t_table a, b;
	struct t_diff slow;
	struct dsv_buf from DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_file_diff *file;

	t_random(&rng, &a, (int)t_below(&rng, 30), &next_id, 0);
	a.json = json;
	t_edit(&rng, &a, (int)t_below(&rng, 8), &next_id,
	       t_chance(&rng, 2) ? T_DIRT_KEYS | T_DIRT_RAGGED : 0, 0);
	t_copy(&b, &a);
	t_edit(&rng, &b, (int)t_below(&rng, 12), &next_id, t_below(&rng, 16),
	       0);
	t_text(&a, &from, 1);
	t_text(&b, &to, seed % 2 + 1);
	t_slow_diff(&slow, &a, &b, n_key);
	diff = open_text(fx, dsv_buf_str(&from), dsv_buf_str(&to), key,
			 json && (a.n == 0 || b.n == 0) ? NULL : "label",
			 json ? "jsonl" : "csv");
	file = only_file(diff);
	if (dsv_file_diff_summary(file)->n_labels > 0)
		same_counts(dsv_file_diff_summary(file), &slow, seed);
	same_ops(file, &slow, &a, &b, seed);
	free(slow.ops);
	t_free(&a);
	t_free(&b);
}

static void test_diff__agrees_with_the_slow_one_on_random_tables(void **state)
{
	for (uint64_t seed = 1; seed <= 4000; seed++)
		random_case(*state, seed);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_diff__a_changed_field_is_told_with_both_values),
		T(test_diff__an_added_record_has_all_its_fields),
		T(test_diff__order_of_columns_and_line_ends_is_no_change),
		T(test_diff__an_added_column_is_not_a_common_change),
		T(test_diff__changes_that_follow_each_other_keep_their_records),
		T(test_diff__counts_of_a_label_add_up),
		T(test_diff__doubled_keys_are_never_changed),
		T(test_diff__records_without_key_go_by_content),
		T(test_diff__without_a_key_all_records_go_by_content),
		T(test_diff__an_unknown_key_names_the_nearest),
		T(test_diff__a_label_given_by_hand_must_be_there),
		T(test_diff__nothing_against_records_adds_them_all),
		T(test_diff__two_empty_files_are_equal),
		T(test_diff__elements_of_a_json_array_are_records),
		T(test_diff__key_and_label_may_stand_inside_a_value),
		T(test_diff__agrees_with_the_slow_one_on_random_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
