#include "gitrepo.h"

#include "base/fs.h"
#include "repo/indexview.h"
#include "repo/private.h"

/* Entry by entry what libgit2 reads. */
static void check_against_libgit2(void)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	const git_index_entry *theirs;
	const git_index_entry *ours;
	git_index *index;

	assert_int_equal(dsv_fs_read(".git/index", 1 << 20, &bytes), 0);
	assert_true(dsv_index_view_parse(&view, bytes.data, bytes.len));
	assert_int_equal(dsv_repo_index(repo, &index), 0);
	assert_int_equal(view.n, git_index_entrycount(index));
	for (size_t i = 0; i < view.n; i++) {
		ours = &view.items[i];
		theirs = git_index_get_byindex(index, i);
		assert_string_equal(ours->path, theirs->path);
		assert_memory_equal(ours, theirs,
				    offsetof(git_index_entry, flags));
		assert_int_equal(GIT_INDEX_ENTRY_STAGE(ours),
				 GIT_INDEX_ENTRY_STAGE(theirs));
		assert_int_equal(ours->flags & GIT_INDEX_ENTRY_VALID,
				 theirs->flags & GIT_INDEX_ENTRY_VALID);
		assert_int_equal(ours->flags_extended & 0x6000,
				 theirs->flags_extended & 0x6000);
	}
}

static void fill(void)
{
	sh("mkdir -p a/b && for i in 1 2 3 4 5 6 7 8 9; do "
	   "echo $i >a/f$i && echo $i >a/b/longer-name-$i; done && "
	   "touch \"$(printf 'n\\nl\\377')\" a/$(printf %0200d 7) && git add . "
	   "&& "
	   "git update-index --assume-unchanged a/f2");
}

static void test_indexview__every_version_reads_as_libgit2_does(void **state)
{
	(void)state;
	fill();
	check_against_libgit2();
	sh("git update-index --skip-worktree a/f3 && touch ita && "
	   "git add -N ita");
	check_against_libgit2();
	sh("git update-index --index-version 4");
	check_against_libgit2();
}

static void test_indexview__stages_are_kept(void **state)
{
	(void)state;
	fill();
	commit_all("base", 0);
	sh("git switch -qc side && echo s >a/f4 && git commit -qam s && "
	   "git switch -q main && echo m >a/f4 && git commit -qam m && "
	   "! git merge -q side >/dev/null");
	check_against_libgit2();
}

static void test_indexview__tree_is_known_after_a_commit(void **state)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char hex[DSV_OID_HEX];

	(void)state;
	fill();
	commit_all("one", 0);
	repo = open_here();
	assert_int_equal(dsv_index_view_open(&view, repo), 0);
	assert_true(view.has_tree);
	sh("test $(git rev-parse HEAD^{tree}) = %s",
	   dsv_oid_hex(&view.tree, hex));
	dsv_index_view_release(&view);
	sh("echo x >a/f1 && git add a/f1");
	assert_int_equal(dsv_index_view_open(&view, repo), 0);
	assert_false(view.has_tree);
}

static void test_indexview__none_is_empty(void **state)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)state;
	assert_int_equal(dsv_index_view_open(&view, repo), 0);
	assert_int_equal(view.n, 0);
	assert_false(dsv_index_view_parse(&view, "", 0));
}

static void test_indexview__truncated_is_not_read(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	fill();
	sh("git update-index --index-version 4");
	assert_int_equal(dsv_fs_read(".git/index", 1 << 20, &bytes), 0);
	for (size_t n = 0; n < bytes.len - 20; n++) {
		struct dsv_index_view view DSV_AUTO(index_view) =
			DSV_INDEX_VIEW_INIT;
		char *copy = dsv_alloc(n + 1);

		memcpy(copy, bytes.data, n);
		/* without the checksum, which nobody verifies, the last
		 * extensions may be missing, but no entry */
		if (dsv_index_view_parse(&view, copy, n))
			assert_int_equal(view.n, 20);
		free(copy);
	}
}

static void test_indexview__flipped_bits_stay_inside(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_index_path at;

	(void)state;
	fill();
	assert_int_equal(dsv_fs_read(".git/index", 1 << 20, &bytes), 0);
	for (size_t bit = 0; bit < 8 * bytes.len; bit += 3) {
		struct dsv_index_view view DSV_AUTO(index_view) =
			DSV_INDEX_VIEW_INIT;

		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		if (dsv_index_view_parse(&view, bytes.data, bytes.len))
			for (size_t i = 0; i < view.n;)
				i = dsv_index_path_at(&view, i, &at);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_indexview__every_version_reads_as_libgit2_does),
		gitrepo_test(test_indexview__stages_are_kept),
		gitrepo_test(test_indexview__tree_is_known_after_a_commit),
		gitrepo_test(test_indexview__none_is_empty),
		gitrepo_test(test_indexview__truncated_is_not_read),
		gitrepo_test(test_indexview__flipped_bits_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
