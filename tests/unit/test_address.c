#include "dataset_repo.h"

#include <dsv/address.h>

/*
 * Addresses as "rev|path|key|field": "-" where a part was not named, the
 * fields of the key joined by '+'.
 */
static int parse_at(const char *text, const char *deflt, struct dsv_buf *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_address address DSV_AUTO(address) = DSV_ADDRESS_INIT;
	struct dsv_version version = {.at = DSV_AT_WORKTREE};
	int rc;

	if (deflt)
		assert_int_equal(dsv_repo_resolve(repo, deflt, &version), 0);
	rc = dsv_address_parse(&address, repo, text, &version);
	if (rc < 0)
		return rc;
	dsv_buf_addf(out, "%s|%s|", address.rev ? address.rev : "-",
		     address.path);
	for (size_t i = 0; i < address.key.n; i++)
		dsv_buf_addf(out, "%s%s", i ? "+" : "", address.key.items[i]);
	dsv_buf_addf(out, "%s|%s", address.has_key ? "" : "-",
		     address.field ? address.field : "-");
	return 0;
}

#define IS(text, want)                                            \
	do {                                                      \
		struct dsv_buf out_ DSV_AUTO(buf) = DSV_BUF_INIT; \
                                                                  \
		if (parse_at(text, NULL, &out_) < 0)              \
			fail_msg("%s", dsv_error_message());      \
		assert_string_equal(dsv_buf_str(&out_), want);    \
	} while (0)

#define REFUSED(text, code, message)                                   \
	do {                                                           \
		struct dsv_buf out_ DSV_AUTO(buf) = DSV_BUF_INIT;      \
                                                                       \
		assert_int_equal(parse_at(text, NULL, &out_), code);   \
		assert_non_null(strstr(dsv_error_message(), message)); \
	} while (0)

static void start(void)
{
	define("  - name: one\n    files: [\"**/x.csv\", \"HEAD\"]\n"
	       "    format: csv\n    key: [id]\n"
	       "  - name: two\n    files: [\"two.csv\"]\n"
	       "    key: [id, part]\n");
	put("x.csv", "id,label\n1,cat\n1,dog\n2,\"a, b\"\n\"a,b:%\",owl\n");
	put("two.csv", "id,part,label\n1,a,cat\n1,b,dog\n,c,fox\n");
	put("loose.csv", "id,label\n1,cat\n");
	sh("mkdir -p sub && cp x.csv sub/x.csv");
	commit_all("one", 1);
}

static void test_address__parts_by_colon(void **state)
{
	(void)state;
	start();
	IS("x.csv", "-|x.csv|-|-");
	IS("x.csv:7", "-|x.csv|7|-");
	IS("x.csv:7:label", "-|x.csv|7|label");
	IS("HEAD:x.csv", "HEAD|x.csv|-|-");
	IS("HEAD~0:x.csv:7", "HEAD~0|x.csv|7|-");
	IS("HEAD:x.csv:7:label", "HEAD|x.csv|7|label");
	IS(":x.csv:7", "|x.csv|7|-");
	IS("two.csv:1,b", "-|two.csv|1+b|-");
	IS("two.csv:,c", "-|two.csv|+c|-");
}

static void test_address__escapes_are_three_and_no_more(void **state)
{
	(void)state;
	start();
	IS("x.csv:a%2Cb%3A%25", "-|x.csv|a,b:%|-");
	IS("x.csv:a%2cb%3a", "-|x.csv|a,b:|-");
	IS("x.csv:%253A:l%3A%2C", "-|x.csv|%3A|l:,");
	IS("x.csv:%41%2:%", "-|x.csv|%41%2|%");
}

static void test_address__what_is_written_is_read_again(void **state)
{
	const char *const keys[] = {"a,b:%", "%3A", ",", "", ":%%", "%2", "\n"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	start();
	for (size_t i = 0; i + 1 < sizeof(keys) / sizeof(*keys); i++) {
		char *want DSV_AUTO(str) =
			dsv_strf("-|two.csv|%s+%s|-", keys[i], keys[i + 1]);

		dsv_strlist_release(&key);
		dsv_strlist_add(&key, keys[i]);
		dsv_strlist_add(&key, keys[i + 1]);
		dsv_buf_reset(&text);
		dsv_buf_addstr(&text, "two.csv:");
		dsv_address_add_key(&text, &key);
		IS(dsv_buf_str(&text), want);
	}
}

static void test_address__a_file_is_no_revision(void **state)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	start();
	sh("git branch x.csv");
	IS("x.csv:2", "-|x.csv|2|-");
	put("HEAD", "id,label\n1,cat\n");
	IS("HEAD:1", "-|HEAD|1|-");
	/* in the version that is meant, though not in the work tree */
	sh("rm HEAD x.csv");
	assert_int_equal(parse_at("x.csv:2", "HEAD", &out), 0);
	assert_string_equal(dsv_buf_str(&out), "-|x.csv|2|-");
	IS("x.csv:2", "x.csv|2|-|-");
}

static void test_address__a_path_may_hold_colons(void **state)
{
	(void)state;
	start();
	put("a:b.csv", "id\n1\n");
	IS("a:b.csv", "-|a:b.csv|-|-");
}

static void test_address__paths_are_of_the_current_folder(void **state)
{
	(void)state;
	start();
	assert_int_equal(chdir("sub"), 0);
	IS("x.csv:7", "-|sub/x.csv|7|-");
	IS("../x.csv:7", "-|x.csv|7|-");
	IS("HEAD:../x.csv:7", "HEAD|x.csv|7|-");
	assert_int_equal(chdir(".."), 0);
}

static void test_address__a_key_of_another_length_names_the_columns(void **s)
{
	(void)s;
	start();
	REFUSED("x.csv:1,2", DSV_EUSAGE, "the key of 'x.csv' is id, not 2");
	REFUSED("two.csv:1", DSV_EUSAGE, "is id,part, not 1");
	REFUSED("loose.csv:1", DSV_EUSAGE, "has no key");
	REFUSED("x.csv:1:a:b", DSV_EUSAGE, "is no address");
	REFUSED("nosuch:x.csv:1", DSV_ENOTFOUND, "nosuch");
}

static int tell(void *ctx, const struct dsv_found *found)
{
	const struct dsv_record *record = found->record;
	struct dsv_buf *out = ctx;

	assert_true(found->columns->n > 0);
	dsv_buf_addf(out, "%d:", (int)record->line);
	dsv_buf_add(out, record->source, record->source_len);
	if (found->field && found->field->kind != DSV_FIELD_MISSING) {
		dsv_buf_addch(out, '=');
		dsv_buf_add(out, found->field->text, found->field->len);
	}
	dsv_buf_addch(out, ';');
	return 0;
}

static int find(const char *text, struct dsv_buf *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_address address DSV_AUTO(address) = DSV_ADDRESS_INIT;
	const struct dsv_version version = {.at = DSV_AT_WORKTREE};

	if (dsv_address_parse(&address, repo, text, &version) < 0)
		fail_msg("%s", dsv_error_message());
	return dsv_record_find(repo, &address, tell, out);
}

#define FINDS(text, want)                                         \
	do {                                                      \
		struct dsv_buf out_ DSV_AUTO(buf) = DSV_BUF_INIT; \
                                                                  \
		if (find(text, &out_) < 0)                        \
			fail_msg("%s", dsv_error_message());      \
		assert_string_equal(dsv_buf_str(&out_), want);    \
	} while (0)

static void test_address__finds_all_records_of_a_key(void **state)
{
	struct dsv_buf none DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	start();
	FINDS("x.csv:1", "2:1,cat;3:1,dog;");
	FINDS("x.csv:a%2Cb%3A%25", "5:\"a,b:%\",owl;");
	FINDS("two.csv:1,b", "3:1,b,dog;");
	FINDS("two.csv:,c", "4:,c,fox;");
	put("x.csv", "label,id\nnew,1\n");
	FINDS("x.csv:1", "2:new,1;");
	FINDS("HEAD:x.csv:2", "4:2,\"a, b\";");
	assert_int_equal(find("x.csv:2", &none), DSV_ENOTFOUND);
	assert_non_null(strstr(dsv_error_message(), "no record '2'"));
}

static void test_address__a_field_has_the_name_of_today(void **state)
{
	(void)state;
	start();
	FINDS("two.csv:1,b:label", "3:1,b,dog=dog;");
	FINDS("two.csv:1,b:nosuch", "3:1,b,dog;");
	define("  - name: two\n    files: [\"two.csv\"]\n"
	       "    key: [id, part]\n    renamed: {animal: [label]}\n");
	FINDS("HEAD:two.csv:1,b:animal", "3:1,b,dog=dog;");
	FINDS("two.csv:1,b:animal", "3:1,b,dog=dog;");
	/* a definition with a fault knows no names */
	put(".dsv/datasets.yaml", "version: 9\n");
	FINDS("HEAD:two.csv:1,b:label", "3:1,b,dog=dog;");
	FINDS("HEAD:two.csv:1,b:animal", "3:1,b,dog;");
}

static void test_address__a_field_may_be_a_pointer(void **state)
{
	(void)state;
	define("  - name: n\n    files: [n.jsonl]\n    key: [id]\n");
	put("n.jsonl", "{\"id\":1,\"t\":{\"a\":[1.0,\"x\"]}}\n");
	FINDS("n.jsonl:1:/t/a/0",
	      "1:{\"id\":1,\"t\":{\"a\":[1.0,\"x\"]}}=1.0;");
	FINDS("n.jsonl:1:/t/a/2", "1:{\"id\":1,\"t\":{\"a\":[1.0,\"x\"]}};");
}

static void test_address__a_key_of_ones_own_has_its_own_length(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_address one DSV_AUTO(address) = DSV_ADDRESS_INIT;
	struct dsv_address two DSV_AUTO(address) = DSV_ADDRESS_INIT;
	const struct dsv_version here = {.at = DSV_AT_WORKTREE};
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	start();
	repo = open_here();
	dsv_strlist_add(&key, "id");
	dsv_strlist_add(&key, "label");
	assert_int_equal(
		dsv_address_parse_by(&one, repo, "x.csv:1,cat", &here, &key),
		0);
	assert_int_equal(one.key.n, 2);
	assert_int_equal(
		dsv_address_parse_by(&two, repo, "x.csv:1", &here, &key),
		DSV_EUSAGE);
	assert_non_null(strstr(dsv_error_message(), "is id,label, not 1"));
}

static const struct CMUnitTest tests[] = {
	gitrepo_test(test_address__parts_by_colon),
	gitrepo_test(test_address__escapes_are_three_and_no_more),
	gitrepo_test(test_address__what_is_written_is_read_again),
	gitrepo_test(test_address__a_file_is_no_revision),
	gitrepo_test(test_address__a_path_may_hold_colons),
	gitrepo_test(test_address__paths_are_of_the_current_folder),
	gitrepo_test(test_address__a_key_of_another_length_names_the_columns),
	gitrepo_test(test_address__finds_all_records_of_a_key),
	gitrepo_test(test_address__a_field_has_the_name_of_today),
	gitrepo_test(test_address__a_field_may_be_a_pointer),
	gitrepo_test(test_address__a_key_of_ones_own_has_its_own_length),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
