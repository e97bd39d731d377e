#include "dataset_repo.h"

#include <dsv/apply.h>

#include "base/fs.h"

static void setup(const char *path, const char *content)
{
	define("  - name: d\n    files: [\"d.*\"]\n    key: [id]\n"
	       "    labels: [label]\n");
	put(path, content);
}

static void holds(const char *path, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(dsv_fs_read(path, 1u << 20, &text), 0);
	assert_string_equal(dsv_buf_str(&text), want);
}

/* "2 unknown_key,3 ...": line and kind of each fault */
static void faults_are(const struct dsv_apply_result *result, const char *want)
{
	static const char *const words[] = {
		"record",      "unknown_column", "no_key_column",
		"no_key",      "doubled",	 "doubled_target",
		"unknown_key", "unknown_label",	 "broken_target"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < result->n_faults; i++)
		dsv_buf_addf(&text, "%s%d %s", i ? "," : "",
			     (int)result->faults[i].line,
			     words[result->faults[i].kind]);
	assert_string_equal(dsv_buf_str(&text), want);
}

static void counts_are(const struct dsv_apply_result *result, int inserted,
		       int updated, int deleted, int unchanged)
{
	assert_int_equal(result->n_faults, 0);
	assert_int_equal(result->inserted, inserted);
	assert_int_equal(result->updated, updated);
	assert_int_equal(result->deleted, deleted);
	assert_int_equal(result->unchanged, unchanged);
}

/* Apply what stands in file, and commit where nothing is wrong. */
static struct dsv_apply *apply(struct dsv_repo *repo,
			       const struct dsv_apply_opts *opts)
{
	struct dsv_apply *out = NULL;

	if (dsv_apply_open(&out, repo, opts) < 0)
		fail_msg("%s", dsv_error_message());
	if (!dsv_apply_result(out)->n_faults && !opts->preview)
		assert_int_equal(dsv_apply_commit(out), 0);
	return out;
}

static void test_apply__changes_given_fields_and_no_other_byte(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,text,label\r\n"
		       "1,\"a, \"\"b\"\"\",\"pos\"\r\n"
		       "\"2\",plain, neg \r\n"
		       "3,\"two\nlines\",pos");
	put("f.csv", "label,id\nneg,1\nmixed,3\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 2, 0, 0);
	assert_int_equal(dsv_apply_result(done)->relabelled, 2);
	holds("d.csv", "id,text,label\r\n"
		       "1,\"a, \"\"b\"\"\",\"neg\"\r\n"
		       "\"2\",plain, neg \r\n"
		       "3,\"two\nlines\",mixed");
}

static void test_apply__equal_values_do_not_touch_the_file(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;
	struct stat before, after;

	(void)state;
	setup("d.csv", "id,label\n1,\"pos\"\n");
	put("f.csv", "id,label\n1,pos\n");
	assert_int_equal(stat("d.csv", &before), 0);
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 0, 0, 1);
	assert_int_equal(stat("d.csv", &after), 0);
	assert_true(before.st_ino == after.st_ino);
}

static void test_apply__inserts_at_the_end_in_order(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {
		.file = "f.csv", .path = "d.csv", .insert = true};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,text,label\n1,a,pos\n");
	put("f.csv", "label,id\nx,9\nneg,1\ny,7\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 2, 1, 0, 0);
	holds("d.csv", "id,text,label\n1,a,neg\n9,,x\n7,,y\n");
}

static void test_apply__takes_out_what_a_list_names(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {
		.file = "f.csv", .path = "d.csv", .remove = true};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,label\n1,a\n2,b\n3,c\n");
	put("f.csv", "id,why\n3,old\n1,old\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 0, 2, 0);
	holds("d.csv", "id,label\n2,b\n");
}

static void test_apply__cells_become_json_of_the_kind_that_stood(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.jsonl"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.jsonl", "{\"id\": 1, \"n\": 1.10, \"label\": \"5\"}\n"
			 "{\"n\":true,\"id\":2,\"label\":null,\"x\":[ 1 ]}\n"
			 "{\"id\":3,\"n\":2,\"label\":\"a\"}\n");
	put("f.csv", "id,n,label\n1,1.20,6\n2,,pos\n3,two,a\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 3, 0, 0);
	holds("d.jsonl", "{\"id\": 1, \"n\": 1.20, \"label\": \"6\"}\n"
			 "{\"n\":null,\"id\":2,\"label\":\"pos\",\"x\":[ 1 ]}\n"
			 "{\"id\":3,\"n\":\"two\",\"label\":\"a\"}\n");
}

static void test_apply__values_inside_nested_json(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.jsonl"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.jsonl", "{\"id\":\"a\",\"t\":{ \"k\": [1, \"x\"] }}\n");
	put("f.csv", "id,/t/k/1\na,y\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 1, 0, 0);
	holds("d.jsonl", "{\"id\":\"a\",\"t\":{ \"k\": [1, \"y\"] }}\n");
}

static void test_apply__json_becomes_cells(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.jsonl", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,text,label\n1,a,pos\n2,b,pos\n3,c,pos\n");
	put("f.jsonl", "{\"id\":1,\"label\":null}\n"
		       "{\"id\":\"2\",\"text\":{\"b\":1, \"a\":2.0}}\n"
		       "{\"label\":1.10,\"id\":3}\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 3, 0, 0);
	holds("d.csv", "id,text,label\n1,a,\n"
		       "2,\"{\"\"a\"\":2.0,\"\"b\"\":1}\",pos\n3,c,1.10\n");
}

static void test_apply__lists_every_fault_and_applies_nothing(void **state)
{
	static const char content[] = "id,text,label\n1,a,pos\n2,b,pos\n"
				      "2,c,neg\n3,d,neg\n4,e\n";
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist allowed DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_apply_opts opts = {
		.file = "f.csv", .path = "d.csv", .allowed = &allowed};
	const struct dsv_apply_result *result;
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	dsv_strlist_split(&allowed, "pos,neg", ',');
	setup("d.csv", content);
	put("f.csv", "id,label,txt\n"
		     "1,neg,x\n"
		     "9,pos,x\n"
		     "1,pos,x\n"
		     "2,neg,x\n"
		     ",neg,x\n"
		     "3,nag,x\n"
		     "3\n"
		     "4,pos,x\n");
	done = apply(repo, &opts);
	result = dsv_apply_result(done);
	faults_are(result, "1 unknown_column,3 unknown_key,4 doubled,"
			   "5 doubled_target,6 no_key,7 unknown_label,"
			   "8 record,9 broken_target");
	assert_string_equal(result->faults[0].column, "txt");
	assert_string_equal(result->faults[0].near, "text");
	assert_string_equal(result->faults[1].key, "9");
	assert_int_equal(result->faults[2].other_line, 2);
	assert_int_equal(result->faults[3].other_line, 3);
	assert_int_equal(result->faults[3].last_line, 4);
	assert_string_equal(result->faults[5].value, "nag");
	assert_string_equal(result->faults[5].near, "neg");
	assert_int_equal(result->faults[6].issue, DSV_ISSUE_RAGGED);
	assert_int_equal(dsv_apply_commit(done), DSV_EREFUSED);
	holds("d.csv", content);
}

static void test_apply__jsonl_faults(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.jsonl", .path = "d.jsonl"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.jsonl", "{\"id\":1,\"label\":\"a\"}\n");
	put("f.jsonl", "{\"id\":1,\"label\":\"b\"}\n[]\n{\"id\":5}\n"
		       "{\"label\":\"b\"}\n{\"id\":1,\"lable\":1}\n");
	done = apply(repo, &opts);
	faults_are(dsv_apply_result(done), "2 record,3 unknown_key,4 no_key,"
					   "5 unknown_column,5 doubled");
	holds("d.jsonl", "{\"id\":1,\"label\":\"a\"}\n");
}

static void test_apply__key_column_that_is_not_there(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,label\n1,a\n");
	put("f.csv", "idd,label\n1,b\n");
	done = apply(repo, &opts);
	faults_are(dsv_apply_result(done), "1 unknown_column,1 no_key_column");
	holds("d.csv", "id,label\n1,a\n");
}

static void test_apply__composite_keys_do_not_run_together(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_apply_opts opts = {
		.file = "f.csv", .path = "d.csv", .key = &key};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	dsv_strlist_split(&key, "id,b", ',');
	setup("d.csv", "id,b,label\n\"x,y\",z,1\nx,\"y,z\",2\n");
	put("f.csv", "id,b,label\nx,\"y,z\",3\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 1, 0, 0);
	holds("d.csv", "id,b,label\n\"x,y\",z,1\nx,\"y,z\",3\n");
}

static void test_apply__preview_leaves_the_file_and_goes_away(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {
		.file = "f.csv", .path = "d.csv", .preview = true};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;
	char *preview;

	(void)state;
	setup("d.csv", "id,label\n1,a\n");
	put("f.csv", "id,label\n1,b\n");
	done = apply(repo, &opts);
	preview = dsv_strdup(dsv_apply_preview(done));
	holds(preview, "id,label\n1,b\n");
	dsv_apply_free(&done);
	assert_false(dsv_fs_exists(preview));
	free(preview);
	holds("d.csv", "id,label\n1,a\n");
}

static void test_apply__what_was_not_committed_leaves_nothing(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,label\n1,a\n");
	put("f.csv", "id,label\n1,b\n");
	assert_int_equal(dsv_apply_open(&done, repo, &opts), 0);
	dsv_undo_all();
	dsv_apply_free(&done);
	assert_int_equal(dsv_fs_list(".", &names), 0);
	assert_int_equal(names.n, 4); /* .dsv .git d.csv f.csv */
	holds("d.csv", "id,label\n1,a\n");
}

static void test_apply__a_file_that_was_changed_meanwhile_stays(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,label\n1,a\n");
	put("f.csv", "id,label\n1,b\n");
	assert_int_equal(dsv_apply_open(&done, repo, &opts), 0);
	put("d.csv", "id,label\n1,a\n2,new\n");
	assert_int_equal(dsv_apply_commit(done), DSV_EIO);
	holds("d.csv", "id,label\n1,a\n2,new\n");
}

static void test_apply__keeps_the_mode(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;
	struct stat st;

	(void)state;
	setup("d.csv", "id,label\n1,a\n");
	assert_int_equal(chmod("d.csv", 0662), 0);
	put("f.csv", "id,label\n1,b\n");
	done = apply(repo, &opts);
	assert_int_equal(stat("d.csv", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0662);
}

static void test_apply__of_nothing_changes_nothing(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_apply_opts opts = {.file = "f.csv", .path = "d.csv"};
	struct dsv_apply *done DSV_AUTO(apply) = NULL;

	(void)state;
	setup("d.csv", "id,label\n1,a\n");
	put("f.csv", "id,label\n");
	done = apply(repo, &opts);
	counts_are(dsv_apply_result(done), 0, 0, 0, 0);
	holds("d.csv", "id,label\n1,a\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_apply__changes_given_fields_and_no_other_byte),
		gitrepo_test(test_apply__equal_values_do_not_touch_the_file),
		gitrepo_test(test_apply__inserts_at_the_end_in_order),
		gitrepo_test(test_apply__takes_out_what_a_list_names),
		gitrepo_test(
			test_apply__cells_become_json_of_the_kind_that_stood),
		gitrepo_test(test_apply__values_inside_nested_json),
		gitrepo_test(test_apply__json_becomes_cells),
		gitrepo_test(test_apply__lists_every_fault_and_applies_nothing),
		gitrepo_test(test_apply__jsonl_faults),
		gitrepo_test(test_apply__key_column_that_is_not_there),
		gitrepo_test(test_apply__composite_keys_do_not_run_together),
		gitrepo_test(test_apply__preview_leaves_the_file_and_goes_away),
		gitrepo_test(test_apply__what_was_not_committed_leaves_nothing),
		gitrepo_test(
			test_apply__a_file_that_was_changed_meanwhile_stays),
		gitrepo_test(test_apply__keeps_the_mode),
		gitrepo_test(test_apply__of_nothing_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
