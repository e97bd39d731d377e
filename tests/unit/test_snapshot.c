#include "dataset_repo.h"

#include <dsv/snapshot.h>

#include "base/digest.h"

static const struct dsv_version from_index = {.at = DSV_AT_INDEX};

static const char guideline[] = "---\nid: sentiment\nversion: 2.1.0\n"
				"status: active\n---\n";
static const char reviews[] = "  - name: reviews\n"
			      "    files: [\"data/*.csv\"]\n"
			      "    key: [id]\n"
			      "    labels: [sentiment]\n";

static void hex_of(const char *text, char hex[DSV_ID_HEX])
{
	struct dsv_id id;

	dsv_id_of(text, strlen(text), &id);
	dsv_id_hex(&id, hex);
}

static void read_one(struct dsv_snapshot *out, struct dsv_repo *repo,
		     const struct dsv_version *version, const char *name)
{
	if (dsv_snapshot_read(out, repo, version, name) < 0)
		fail_msg("%s", dsv_error_message());
}

static void test_snapshot__text_is_as_documented(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	char definition[DSV_ID_HEX], rules[DSV_ID_HEX], a[DSV_ID_HEX];
	char b[DSV_ID_HEX], *want;
	struct dsv_id id;

	(void)state;
	sh("mkdir data guidelines");
	define("  - name: reviews\n"
	       "    files: [\"data/*.csv\"]\n"
	       "    key: [id]\n"
	       "    guideline: sentiment\n"
	       "    renamed: {id: [no]}\n");
	put("guidelines/sentiment.md", guideline);
	put("data/b.csv", "id\n1\n");
	put("data/\xc3\xa9 \"x\".csv", "id\n22\n");
	put("data/not.txt", "id\n");
	sh("git add -A");
	read_one(&snapshot, repo, &from_index, "reviews");
	hex_of("{\"files\":[\"data/*.csv\"],\"guideline\":\"sentiment\","
	       "\"key\":[\"id\"],\"name\":\"reviews\"}",
	       definition);
	hex_of(guideline, rules);
	hex_of("id\n1\n", a);
	hex_of("id\n22\n", b);
	want = dsv_strf("dsv-snapshot 1\n"
			"dataset reviews\n"
			"definition %s\n"
			"guideline sentiment 2.1.0 %s\n"
			"file %s 5 data/b.csv\n"
			"file %s 6 \"data/\\303\\251 \\\"x\\\".csv\"\n",
			definition, rules, a, b);
	assert_string_equal(snapshot.text.data, want);
	dsv_id_of(want, strlen(want), &id);
	assert_true(dsv_id_equal(&id, &snapshot.id));
	assert_int_equal(snapshot.n_files, 2);
	assert_int_equal(snapshot.size, 11);
	assert_string_equal(snapshot.guideline.version, "2.1.0");
	free(want);
}

/* The example of docs/formats/snapshot.md. */
static void test_snapshot__id_of_the_documented_example(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	char hex[DSV_ID_HEX];

	(void)state;
	sh("mkdir data guidelines");
	define("  - name: reviews\n    files: [\"data/*.csv\"]\n"
	       "    key: [id]\n    labels: [sentiment]\n"
	       "    guideline: sentiment\n");
	put("guidelines/sentiment.md", guideline);
	put("data/a.csv", "id,sentiment\n1,pos\n");
	sh("git add -A");
	read_one(&snapshot, repo, &from_index, "reviews");
	assert_string_equal(dsv_id_hex(&snapshot.id, hex),
			    "c520055c9b6acb76e3d1277449a1c80d"
			    "40ab13eeb659adfe9070180a3a3f996a");
}

static void test_snapshot__pointer_and_plain_blob_give_one_id(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot plain DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_snapshot stored DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_snapshot work DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_version head;

	(void)state;
	sh("mkdir data");
	define(reviews);
	put("data/a.csv", "id,sentiment\n1,pos\n");
	commit_all("plain", 0);
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	read_one(&plain, repo, &head, "reviews");
	put_stored(repo, "data/a.csv", "id,sentiment\n1,pos\n", 19);
	sh("git add -A");
	read_one(&stored, repo, &from_index, "reviews");
	read_one(&work, repo, &worktree, "reviews");
	assert_true(dsv_id_equal(&plain.id, &stored.id));
	assert_true(dsv_id_equal(&plain.id, &work.id));
}

static void test_snapshot__pointer_needs_no_content(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;

	(void)state;
	sh("mkdir data");
	define(reviews);
	put("data/a.csv", "dsv-pointer 1\n"
			  "sha256 000102030405060708090a0b0c0d0e0f"
			  "101112131415161718191a1b1c1d1e1f\n"
			  "size 100\n");
	sh("git add -A");
	read_one(&snapshot, repo, &from_index, "reviews");
	assert_int_equal(snapshot.size, 100);
}

static void test_snapshot__every_part_changes_the_id(void **state)
{
	static const char *const changes[] = {
		"printf 'id,sentiment\\n1,neg\\n' >data/a.csv",
		"git mv -f data/a.csv data/b.csv",
		"printf 'id\\n' >data/c.csv",
		"sed -i 's/key: .id./key: [no]/' .dsv/datasets.yaml",
		"sed -i s/2.1.0/2.1.1/ guidelines/sentiment.md",
		"rm data/a.csv",
	};
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot before DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;

	(void)state;
	sh("mkdir data guidelines");
	define("  - name: reviews\n    files: [\"data/*.csv\"]\n"
	       "    key: [id]\n    guideline: sentiment\n");
	put("guidelines/sentiment.md", guideline);
	put("data/a.csv", "id,sentiment\n1,pos\n");
	commit_all("first", 0);
	read_one(&before, repo, &from_index, "reviews");
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct dsv_snapshot after DSV_AUTO(snapshot) =
			DSV_SNAPSHOT_INIT;

		sh("%s && git add -A", changes[i]);
		read_one(&after, repo, &from_index, "reviews");
		if (dsv_id_equal(&before.id, &after.id))
			fail_msg("'%s' left the id", changes[i]);
		sh("git reset -q --hard && git clean -qfd");
	}
}

static void test_snapshot__style_and_renames_keep_the_id(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot before DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_snapshot after DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;

	(void)state;
	sh("mkdir data");
	define(reviews);
	put("data/a.csv", "id,sentiment\n1,pos\n");
	sh("git add -A");
	read_one(&before, repo, &from_index, "reviews");
	define("  # mine\n  - labels: ['sentiment']\n    key:\n      - id\n"
	       "    files: [data/*.csv]\n    name: reviews\n"
	       "    renamed: {sentiment: [mood]}\n"
	       "  - name: other\n    files: [x/*]\n");
	sh("git add -A");
	read_one(&after, repo, &from_index, "reviews");
	assert_true(dsv_id_equal(&before.id, &after.id));
}

static void test_snapshot__a_path_in_two_datasets_is_an_error(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;

	(void)state;
	sh("mkdir data");
	define("  - name: a\n    files: [data/*]\n"
	       "  - name: b\n    files: [\"**/x.csv\"]\n");
	put("data/x.csv", "id\n");
	sh("git add -A");
	assert_int_equal(dsv_snapshots_read(&all, repo, &from_index),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "'data/x.csv' is in two datasets, 'a' and 'b'");
	assert_int_equal(all.n, 0);
}

static void test_snapshot__a_symlink_is_an_error(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;

	(void)state;
	sh("mkdir data && ln -s /x data/x.csv");
	define(reviews);
	sh("git add -A");
	assert_int_equal(dsv_snapshots_read(&all, repo, &from_index),
			 DSV_EUNSUPPORTED);
	assert_non_null(strstr(dsv_error_message(), "data/x.csv"));
}

static void test_snapshot__a_damaged_pointer_is_an_error(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;

	(void)state;
	sh("mkdir data");
	define(reviews);
	put("data/x.csv", "dsv-pointer 1\nsha\n");
	sh("git add -A");
	assert_int_equal(dsv_snapshots_read(&all, repo, &from_index),
			 DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "data/x.csv"));
}

static void test_snapshot__of_no_datasets_is_none(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	struct dsv_snapshot one DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;

	(void)state;
	assert_int_equal(dsv_snapshots_read(&all, repo, &from_index), 0);
	assert_int_equal(all.n, 0);
	dsv_snapshots_release(&all);
	define(reviews);
	sh("git add -A");
	assert_int_equal(dsv_snapshots_read(&all, repo, &from_index), 0);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.items[0].n_files, 0);
	assert_ptr_equal(dsv_snapshots_named(&all, "reviews"), &all.items[0]);
	assert_int_equal(dsv_snapshot_read(&one, repo, &from_index, "review"),
			 DSV_ENOTFOUND);
	assert_string_equal(dsv_error_hint(), "did you mean 'reviews'?");
}

/* The cache may be there, gone, cut off or flipped: the id stays. */
static void test_snapshot__a_damaged_cache_changes_nothing(void **state)
{
	static const char *const harm[] = {
		":", "rm .git/dsv/cache/blob-ids",
		"truncate -s 60 .git/dsv/cache/blob-ids",
		"printf X | dd of=.git/dsv/cache/blob-ids bs=1 seek=40 "
		"conv=notrunc status=none",
		": >.git/dsv/cache/blob-ids"};
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_snapshot first DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;

	(void)state;
	sh("mkdir data");
	define(reviews);
	put("data/a.csv", "id,sentiment\n1,pos\n");
	put_stored(repo, "data/b.csv", "id,sentiment\n2,pos\n", 19);
	sh("git add -A");
	read_one(&first, repo, &from_index, "reviews");
	for (size_t i = 0; i < sizeof(harm) / sizeof(harm[0]); i++) {
		struct dsv_snapshot again DSV_AUTO(snapshot) =
			DSV_SNAPSHOT_INIT;

		sh("%s", harm[i]);
		read_one(&again, repo, &from_index, "reviews");
		assert_true(dsv_id_equal(&first.id, &again.id));
		sh("test -s .git/dsv/cache/blob-ids");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_snapshot__text_is_as_documented),
		gitrepo_test(test_snapshot__id_of_the_documented_example),
		gitrepo_test(test_snapshot__pointer_and_plain_blob_give_one_id),
		gitrepo_test(test_snapshot__pointer_needs_no_content),
		gitrepo_test(test_snapshot__every_part_changes_the_id),
		gitrepo_test(test_snapshot__style_and_renames_keep_the_id),
		gitrepo_test(test_snapshot__a_path_in_two_datasets_is_an_error),
		gitrepo_test(test_snapshot__a_symlink_is_an_error),
		gitrepo_test(test_snapshot__a_damaged_pointer_is_an_error),
		gitrepo_test(test_snapshot__of_no_datasets_is_none),
		gitrepo_test(test_snapshot__a_damaged_cache_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
