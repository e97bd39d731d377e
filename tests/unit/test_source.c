#include "dataset_repo.h"

#include "base/digest.h"
#include "dataset/source.h"

static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
static const struct dsv_version from_index = {.at = DSV_AT_INDEX};

static void has_bytes(struct dsv_source *source, const char *want, size_t len)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf streamed DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content;
	struct dsv_id id;
	const char *data;
	size_t n;
	int rc;

	assert_int_equal(dsv_source_size(source), len);
	assert_int_equal(dsv_source_stream(source, &in), 0);
	while ((rc = dsv_stream_next(in, &data, &n)) > 0)
		dsv_buf_add(&streamed, data, n);
	assert_int_equal(rc, 0);
	assert_int_equal(streamed.len, len);
	assert_memory_equal(dsv_buf_str(&streamed), want, len);
	assert_int_equal(dsv_source_map(source, &data, &n), 0);
	assert_int_equal(n, len);
	assert_memory_equal(data, want, len);
	dsv_source_pass(source, 0, len);
	assert_memory_equal(data, want, len);
	assert_int_equal(dsv_source_content(source, &content), 0);
	dsv_id_of(want, len, &id);
	assert_true(dsv_id_equal(&id, &content.id));
	assert_int_equal(content.size, len);
}

/* About a megabyte of lines. */
static void long_text(struct dsv_buf *out)
{
	for (unsigned i = 0; out->len < 1000000; i++)
		dsv_buf_addf(out, "%u,line number %u\n", i * 7919, i);
}

static void test_source__gives_the_same_bytes_from_everywhere(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	static const char *const paths[] = {"plain.csv", "stored.csv"};
	struct dsv_version head;

	(void)state;
	long_text(&text);
	put("plain.csv", text.data);
	put_stored(repo, "stored.csv", text.data, text.len);
	commit_all("both", 0);
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	for (size_t i = 0; i < 2; i++) {
		const struct dsv_version *versions[] = {&head, &from_index,
							&worktree};

		for (size_t k = 0; k < 3; k++) {
			struct dsv_source *source DSV_AUTO(source) = NULL;

			assert_int_equal(dsv_source_open(&source, repo,
							 versions[k], paths[i]),
					 0);
			has_bytes(source, text.data, text.len);
		}
	}
}

static void test_source__only_stored_content_has_a_file_map(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_source *plain DSV_AUTO(source) = NULL;
	struct dsv_source *stored DSV_AUTO(source) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf part DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_filemap *map;

	(void)state;
	long_text(&text);
	put("plain.csv", text.data);
	put_stored(repo, "stored.csv", text.data, text.len);
	assert_int_equal(dsv_source_open(&plain, repo, &worktree, "plain.csv"),
			 0);
	assert_int_equal(dsv_source_filemap(plain, &map), 0);
	assert_null(map);
	assert_int_equal(
		dsv_source_open(&stored, repo, &worktree, "stored.csv"), 0);
	assert_int_equal(dsv_source_filemap(stored, &map), 0);
	assert_true(map->n > 10);
	assert_int_equal(dsv_source_read(stored, 1, 2, &part), 0);
	assert_int_equal(part.len, map->extents[1].len + map->extents[2].len);
	assert_memory_equal(part.data, text.data + map->extents[0].len,
			    part.len);
}

static void test_source__of_no_bytes(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_source *file DSV_AUTO(source) = NULL;
	struct dsv_source *blob DSV_AUTO(source) = NULL;
	struct dsv_source *nothing DSV_AUTO(source) = NULL;
	struct dsv_source *stored DSV_AUTO(source) = NULL;

	(void)state;
	put("empty", "");
	put_stored(repo, "stored", "", 0);
	sh("git add -A");
	assert_int_equal(dsv_source_open(&file, repo, &worktree, "empty"), 0);
	has_bytes(file, "", 0);
	assert_int_equal(dsv_source_open(&blob, repo, &from_index, "empty"), 0);
	has_bytes(blob, "", 0);
	assert_int_equal(dsv_source_open(&stored, repo, &from_index, "stored"),
			 0);
	has_bytes(stored, "", 0);
	assert_int_equal(dsv_source_of_nothing(&nothing), 0);
	has_bytes(nothing, "", 0);
}

static void test_source__never_takes_a_damaged_pointer_as_data(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_source *source = NULL;

	(void)state;
	put("bad.csv", "dsv-pointer 1\nsha256 12\nsize 3\n");
	sh("git add -A");
	assert_int_equal(dsv_source_open(&source, repo, &worktree, "bad.csv"),
			 DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "bad.csv"));
	assert_int_equal(dsv_source_open(&source, repo, &from_index, "bad.csv"),
			 DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "bad.csv"));
	assert_int_equal(dsv_source_of_file(&source, "bad.csv"), DSV_ECORRUPT);
	assert_null(source);
}

static void test_source__says_that_content_is_not_here(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_source *source DSV_AUTO(source) = NULL;
	const char *data;
	size_t len;

	(void)state;
	put("gone.csv", "dsv-pointer 1\n"
			"sha256 000102030405060708090a0b0c0d0e0f"
			"101112131415161718191a1b1c1d1e1f\n"
			"size 100\n");
	assert_int_equal(dsv_source_open(&source, repo, &worktree, "gone.csv"),
			 0);
	assert_int_equal(dsv_source_map(source, &data, &len), DSV_EMISSING);
	assert_non_null(strstr(dsv_error_message(), "gone.csv"));
}

static void test_source__names_the_key_of_the_blob_limit(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_source *source DSV_AUTO(source) = NULL;
	const char *data;
	size_t len;

	(void)state;
	put("a.csv", "0123456789");
	sh("git add -A && git config dsv.blobLimit 9");
	repo = open_here();
	assert_int_equal(dsv_source_open(&source, repo, &from_index, "a.csv"),
			 0);
	assert_int_equal(dsv_source_map(source, &data, &len), DSV_ERANGE);
	assert_non_null(strstr(dsv_error_message(), "dsv.blobLimit"));
	assert_non_null(strstr(dsv_error_hint(), "dsv.blobLimit 10"));
}

static void test_source__refuses_what_is_no_file(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_source *source = NULL;

	(void)state;
	put("a.csv", "1");
	sh("ln -s a.csv link && mkdir dir && git add -A");
	assert_int_equal(dsv_source_open(&source, repo, &from_index, "link"),
			 DSV_EUNSUPPORTED);
	assert_int_equal(dsv_source_open(&source, repo, &worktree, "link"),
			 DSV_EUNSUPPORTED);
	assert_int_equal(dsv_source_open(&source, repo, &worktree, "dir"),
			 DSV_EUSAGE);
	assert_int_equal(dsv_source_open(&source, repo, &worktree, "none"),
			 DSV_ENOTFOUND);
	assert_int_equal(dsv_source_open(&source, repo, &from_index, "none"),
			 DSV_ENOTFOUND);
	assert_null(source);
}

static void test_source__reads_a_pipe_once_and_keeps_it(void **state)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	long_text(&text);
	put("a.csv", text.data);
	sh("mkfifo pipe && (cat a.csv >pipe &)");
	assert_int_equal(dsv_source_of_file(&source, "pipe"), 0);
	has_bytes(source, text.data, text.len);
}

static void test_source__stored_above_memory_leaves_no_file(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (unsigned i = 0; text.len <= DSV_SOURCE_IN_MEMORY; i++)
		dsv_buf_addf(&text, "%u%0150u\n", i, i & 7u);
	put_stored(repo, "big.csv", text.data, text.len);
	assert_int_equal(dsv_source_open(&source, repo, &worktree, "big.csv"),
			 0);
	has_bytes(source, text.data, text.len);
	sh("test -d .git/dsv/tmp && test -z \"$(ls -A .git/dsv/tmp)\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_source__gives_the_same_bytes_from_everywhere),
		gitrepo_test(test_source__only_stored_content_has_a_file_map),
		gitrepo_test(test_source__of_no_bytes),
		gitrepo_test(
			test_source__never_takes_a_damaged_pointer_as_data),
		gitrepo_test(test_source__says_that_content_is_not_here),
		gitrepo_test(test_source__names_the_key_of_the_blob_limit),
		gitrepo_test(test_source__refuses_what_is_no_file),
		gitrepo_test(test_source__reads_a_pipe_once_and_keeps_it),
		gitrepo_test(test_source__stored_above_memory_leaves_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
