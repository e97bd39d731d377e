#include "gitrepo.h"

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#include "repo/batch.h"
#include "repo/blobs.h"

#define LARGE (300u * 1024u)

static char *large_text(void)
{
	char *text = dsv_alloc(LARGE + 1);

	for (size_t i = 0; i < LARGE; i++)
		text[i] = (char)('a' + (i * 7 + i / 1000) % 26);
	text[LARGE] = '\0';
	return text;
}

static void check_read(struct dsv_repo *repo)
{
	char *text DSV_AUTO(str) = large_text();
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid large;
	struct dsv_oid small;
	struct dsv_oid empty;
	struct dsv_oid none = {.bytes = {1}};
	uint64_t size;

	assert_int_equal(dsv_blob_write(repo, text, LARGE, &large), 0);
	assert_int_equal(dsv_blob_write(repo, "hi\0x", 4, &small), 0);
	assert_int_equal(dsv_blob_write(repo, "", 0, &empty), 0);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(dsv_blob_read(repo, &large, LARGE, &out), 0);
		assert_int_equal(out.len, LARGE);
		assert_memory_equal(out.data, text, LARGE);
		assert_int_equal(dsv_blob_read(repo, &small, 4, &out), 0);
		assert_int_equal(out.len, 4);
		assert_memory_equal(out.data, "hi\0x", 4);
		assert_int_equal(dsv_blob_read(repo, &large, LARGE - 1, &out),
				 DSV_ERANGE);
		assert_int_equal(dsv_blob_read(repo, &none, 10, &out),
				 DSV_EMISSING);
	}
	assert_int_equal(dsv_blob_read(repo, &empty, 0, &out), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(dsv_blob_size(repo, &large, &size), 0);
	assert_int_equal(size, LARGE);
}

static void test_blobs__read_through_the_child(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	check_read(repo);
}

static void test_blobs__read_without_a_git_program(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	char *path DSV_AUTO(str) = dsv_strdup(getenv("PATH"));

	(void)state;
	setenv("PATH", "/nowhere", 1);
	check_read(repo);
	setenv("PATH", path, 1);
}

static void test_blobs__read_with_git_forbidden(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	setenv("DSV_NO_GIT", "1", 1);
	check_read(repo);
	unsetenv("DSV_NO_GIT");
}

static void test_batch__answers_one_after_another(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_batch *batch DSV_AUTO(batch) = NULL;
	char *text DSV_AUTO(str) = large_text();
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid large;
	struct dsv_oid small;
	struct dsv_oid none = {.bytes = {1}};

	(void)state;
	assert_int_equal(dsv_blob_write(repo, text, LARGE, &large), 0);
	assert_int_equal(dsv_blob_write(repo, "x", 1, &small), 0);
	assert_int_equal(dsv_batch_open(&batch, repo), 0);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(dsv_batch_read(batch, &large, 9, &out),
				 DSV_ERANGE);
		assert_int_equal(dsv_batch_read(batch, &none, 9, &out),
				 DSV_EMISSING);
		assert_int_equal(dsv_batch_read(batch, &small, 9, &out), 0);
		assert_string_equal(out.data, "x");
		assert_int_equal(dsv_batch_read(batch, &large, LARGE, &out), 0);
		assert_memory_equal(out.data, text, LARGE);
	}
}

static void test_batch__no_blob_is_damage(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_batch *batch DSV_AUTO(batch) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version head;

	(void)state;
	put("x", "1");
	commit_all("one", 0);
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	assert_int_equal(dsv_batch_open(&batch, repo), 0);
	assert_int_equal(dsv_batch_read(batch, &head.commit, 999, &out),
			 DSV_ECORRUPT);
}

static void test_batch__child_is_gone_after_free(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	char *text DSV_AUTO(str) = large_text();
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid large;

	(void)state;
	assert_int_equal(dsv_blob_write(repo, text, LARGE, &large), 0);
	assert_int_equal(dsv_blob_read(repo, &large, LARGE, &out), 0);
	dsv_repo_free(&repo);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_blobs__pointer_is_told_by_the_blob(void **state)
{
	static const char text[] =
		"dsv-pointer 1\nsha256 "
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
		"ad\nsize 3\n";
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	char *large DSV_AUTO(str) = large_text();
	struct dsv_content content;
	struct dsv_oid oid;

	(void)state;
	assert_int_equal(dsv_blob_write(repo, text, strlen(text), &oid), 0);
	assert_int_equal(dsv_blob_pointer(repo, &oid, &content), 1);
	assert_int_equal(content.size, 3);
	assert_int_equal(dsv_blob_write(repo, text, strlen(text) - 1, &oid), 0);
	assert_int_equal(dsv_blob_pointer(repo, &oid, &content), DSV_ECORRUPT);
	assert_int_equal(dsv_blob_write(repo, large, LARGE, &oid), 0);
	assert_int_equal(dsv_blob_pointer(repo, &oid, &content), 0);
}

static void test_blobs__name_is_gits(void **state)
{
	struct dsv_oid name;
	char hex[DSV_OID_HEX];

	(void)state;
	dsv_blob_name("", 0, &name);
	assert_string_equal(dsv_oid_hex(&name, hex),
			    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_blobs__read_through_the_child),
		gitrepo_test(test_blobs__read_without_a_git_program),
		gitrepo_test(test_blobs__read_with_git_forbidden),
		gitrepo_test(test_batch__answers_one_after_another),
		gitrepo_test(test_batch__no_blob_is_damage),
		gitrepo_test(test_batch__child_is_gone_after_free),
		gitrepo_test(test_blobs__pointer_is_told_by_the_blob),
		gitrepo_test(test_blobs__name_is_gits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
