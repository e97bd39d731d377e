#include "gitrepo.h"

#include "repo/blobs.h"
#include "repo/unmerged.h"

static void make_conflict(const char *file)
{
	put(file, "0\n");
	commit_all("base", 0);
	sh("git switch -qc side && echo s >'%s' && git commit -qam s && "
	   "git switch -q main && echo m >'%s' && git commit -qam m && "
	   "! git merge -q side >/dev/null",
	   file, file);
}

static void put_record(struct dsv_repo *repo, const char *path)
{
	struct dsv_conflict_head head = {.path = (char *)path,
					 .kind = (char *)"file"};
	struct dsv_entry stages[DSV_STAGES];

	assert_int_equal(dsv_unmerged_stages(repo, path, stages), 1);
	for (size_t i = 0; i < DSV_STAGES; i++)
		head.blobs[i] = stages[i].blob;
	assert_int_equal(dsv_conflict_put(repo, &head, "rest\n", 5), 0);
}

static void test_unmerged__stages_of_each_path(void **state)
{
	struct dsv_unmerged_list list DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_entry stages[DSV_STAGES];
	struct dsv_oid name;

	(void)state;
	make_conflict("a\nb");
	repo = open_here();
	assert_int_equal(dsv_unmerged_list(repo, NULL, &list), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.items[0].path, "a\nb");
	dsv_blob_name("m\n", 2, &name);
	assert_true(dsv_oid_equal(&list.items[0].stages[1].blob, &name));
	dsv_blob_name("s\n", 2, &name);
	assert_true(dsv_oid_equal(&list.items[0].stages[2].blob, &name));
	assert_int_equal(dsv_unmerged_stages(repo, "other", stages), 0);
	sh("git checkout -q --ours . && git add .");
	assert_int_equal(dsv_unmerged_list(repo, NULL, &list), 0);
	assert_int_equal(list.n, 0);
}

static void test_unmerged__deleted_side_has_no_stage(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_entry stages[DSV_STAGES];

	(void)state;
	put("a", "0\n");
	commit_all("base", 0);
	sh("git switch -qc side && git rm -q a && git commit -qm s && "
	   "git switch -q main && echo m >a && git commit -qam m && "
	   "! git merge -q side >/dev/null");
	repo = open_here();
	assert_int_equal(dsv_unmerged_stages(repo, "a", stages), 1);
	assert_int_not_equal(stages[0].mode, 0);
	assert_int_not_equal(stages[1].mode, 0);
	assert_int_equal(stages[2].mode, 0);
}

static void test_conflict__record_comes_back(void **state)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_buf rest DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	make_conflict("a\nb \"c\"");
	repo = open_here();
	assert_int_equal(dsv_conflict_get(repo, "a\nb \"c\"", &head, &rest), 0);
	put_record(repo, "a\nb \"c\"");
	assert_int_equal(dsv_conflict_get(repo, "a\nb \"c\"", &head, &rest), 1);
	assert_string_equal(head.path, "a\nb \"c\"");
	assert_string_equal(head.kind, "file");
	assert_string_equal(dsv_buf_str(&rest), "rest\n");
	assert_int_equal(dsv_conflict_drop(repo, "a\nb \"c\""), 0);
	assert_int_equal(dsv_conflict_drop(repo, "a\nb \"c\""), 0);
	assert_int_equal(dsv_conflict_get(repo, "a\nb \"c\"", &head, &rest), 0);
}

static void test_conflict__stands_in_its_own_work_tree(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *file DSV_AUTO(str) = NULL;

	(void)state;
	put("x", "1");
	commit_all("one", 0);
	sh("git worktree add -q ../side");
	assert_int_equal(chdir("../side"), 0);
	repo = open_here();
	file = dsv_conflict_file(repo, "x");
	assert_non_null(strstr(file, "/worktrees/side/dsv/conflicts/2d711642"));
}

static void test_conflict__live_while_the_index_has_its_stages(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *file DSV_AUTO(str) = NULL;

	(void)state;
	make_conflict("a");
	repo = open_here();
	assert_int_equal(dsv_conflict_is_live(repo, "a"), 0);
	put_record(repo, "a");
	assert_int_equal(dsv_conflict_is_live(repo, "a"), 1);
	file = dsv_conflict_file(repo, "a");
	put(file, "damaged");
	assert_int_equal(dsv_conflict_is_live(repo, "a"), 1);
	put_record(repo, "a");
	sh("git reset -q --hard && git merge -q side >/dev/null; "
	   "git checkout -q --theirs a && git add a");
	assert_int_equal(dsv_conflict_is_live(repo, "a"), 0);
}

static void test_conflict__other_stages_make_it_stale(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	make_conflict("a");
	repo = open_here();
	put_record(repo, "a");
	sh("git reset -q --hard && echo m2 >a && git commit -qam m2 && "
	   "! git merge -q side >/dev/null");
	assert_int_equal(dsv_conflict_is_live(repo, "a"), 0);
}

static void test_conflict__refused_only_while_somebody_stages(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_oid mixed;
	struct dsv_oid ours;
	struct dsv_oid theirs;

	(void)state;
	make_conflict("a");
	repo = open_here();
	put_record(repo, "a");
	dsv_blob_name("<<<<<<<", 7, &mixed);
	dsv_blob_name("m\n", 2, &ours);
	dsv_blob_name("s\n", 2, &theirs);
	assert_int_equal(dsv_conflict_refuses(repo, "a", &mixed), 0);
	put(".git/index.lock", "");
	assert_int_equal(dsv_conflict_refuses(repo, "a", &mixed), 1);
	assert_int_equal(dsv_conflict_refuses(repo, "a", &ours), 0);
	assert_int_equal(dsv_conflict_refuses(repo, "a", &theirs), 0);
	assert_int_equal(dsv_conflict_refuses(repo, "b", &mixed), 0);
}

#define HEAD_TEXT                                           \
	"dsv-conflict 1\nkind file\n"                       \
	"base 0000000000000000000000000000000000000000\n"   \
	"ours e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n"   \
	"theirs 1111111111111111111111111111111111111111\n" \
	"path 8 data/a\nb\n\n"

/* docs/formats/conflict.md shows these bytes. */
static void test_conflict_head__documented_example(void **state)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_int_equal(dsv_conflict_head_parse(HEAD_TEXT "rest",
						 strlen(HEAD_TEXT) + 4, &head),
			 strlen(HEAD_TEXT));
	assert_string_equal(head.path, "data/a\nb");
	assert_true(dsv_oid_is_zero(&head.blobs[0]));
	dsv_conflict_head_format(&head, &text);
	assert_string_equal(text.data, HEAD_TEXT);
}

static void test_conflict_head__truncated_is_damage(void **state)
{
	struct dsv_conflict_head head = DSV_CONFLICT_HEAD_INIT;

	(void)state;
	for (size_t n = 0; n < strlen(HEAD_TEXT); n++)
		assert_true(dsv_conflict_head_parse(HEAD_TEXT, n, &head) < 0);
	assert_null(head.path);
}

static void test_conflict_head__flipped_bit_is_damage_or_other(void **state)
{
	char text[] = HEAD_TEXT;

	(void)state;
	for (size_t bit = 0; bit < 8 * strlen(HEAD_TEXT); bit++) {
		struct dsv_conflict_head head DSV_AUTO(conflict_head) =
			DSV_CONFLICT_HEAD_INIT;
		struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;

		text[bit / 8] ^= (char)(1 << bit % 8);
		if (dsv_conflict_head_parse(text, strlen(HEAD_TEXT), &head) >=
		    0) {
			dsv_conflict_head_format(&head, &again);
			assert_memory_equal(again.data, text, again.len);
		}
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_conflict_head__unknown_version_is_said(void **state)
{
	static const char text[] = "dsv-conflict 2\nwhatever\n";
	struct dsv_conflict_head head = DSV_CONFLICT_HEAD_INIT;

	(void)state;
	assert_int_equal(dsv_conflict_head_parse(text, strlen(text), &head),
			 DSV_EUNSUPPORTED);
	assert_int_equal(dsv_conflict_head_parse("", 0, &head), DSV_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_unmerged__stages_of_each_path),
		gitrepo_test(test_unmerged__deleted_side_has_no_stage),
		gitrepo_test(test_conflict__record_comes_back),
		gitrepo_test(test_conflict__stands_in_its_own_work_tree),
		gitrepo_test(
			test_conflict__live_while_the_index_has_its_stages),
		gitrepo_test(test_conflict__other_stages_make_it_stale),
		gitrepo_test(test_conflict__refused_only_while_somebody_stages),
		cmocka_unit_test(test_conflict_head__documented_example),
		cmocka_unit_test(test_conflict_head__truncated_is_damage),
		cmocka_unit_test(
			test_conflict_head__flipped_bit_is_damage_or_other),
		cmocka_unit_test(test_conflict_head__unknown_version_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
