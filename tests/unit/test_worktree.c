#include "gitrepo.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "base/digest.h"
#include "repo/pointer.h"
#include "repo/worktree.h"

static const char letters[] = "=~-TU";

/* "~a -b": what is not unchanged; "*" behind what is stale. */
static char *compared(struct dsv_repo *repo, unsigned flags)
{
	struct dsv_worktree tree DSV_AUTO(worktree) = DSV_WORKTREE_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_worktree_compare(repo, NULL, flags, &tree) < 0)
		fail_msg("%s", dsv_error_message());
	for (size_t i = 0; i < tree.n; i++) {
		const struct dsv_work_file *file = &tree.items[i];

		if (file->state != DSV_WORK_UNCHANGED || file->stale)
			dsv_buf_addf(&out, "%c%s%s ", letters[file->state],
				     file->path, file->stale ? "*" : "");
	}
	return dsv_strdup(dsv_buf_str(&out));
}

static char *untracked(struct dsv_repo *repo, const char *spec)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist specs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (spec)
		dsv_strlist_add(&specs, spec);
	if (dsv_worktree_untracked(repo, &specs, &list) < 0)
		fail_msg("%s", dsv_error_message());
	for (size_t i = 0; i < list.n; i++)
		dsv_buf_addf(&out, "%s ", list.items[i]);
	return dsv_strdup(dsv_buf_str(&out));
}

#define assert_text(call, text)                    \
	do {                                       \
		char *got_ DSV_AUTO(str) = (call); \
		assert_string_equal(got_, (text)); \
	} while (0)

/* Another time than the index has, long enough ago to be trusted. */
static void touch(const char *path, time_t at)
{
	struct timeval times[2] = {{.tv_sec = at}, {.tv_sec = at}};

	assert_int_equal(utimes(path, times), 0);
}

static void put_pointer(const char *path, const char *content)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content name = {.size = strlen(content)};

	dsv_id_of(content, strlen(content), &name.id);
	dsv_pointer_format(&name, &text);
	put(path, text.data);
}

static void test_worktree__states(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("echo 1 >same && echo 2 >mod && echo 3 >del && echo 4 >type && "
	   "echo 5 >mode && mkdir d && echo 6 >d/in && ln -s x link");
	commit_all("one", 0);
	sh("echo 9 >mod && rm del && rm type && ln -s y type && chmod +x mode "
	   "&&"
	   " mv d e && ln -s e d && rm link && ln -s z link");
	repo = open_here();
	assert_text(compared(repo, 0), "-d/in -del ~link ~mod ~mode Ttype ");
}

static void test_worktree__behind_a_link_nothing_is_there(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("mkdir -p d/e && echo 6 >d/e/in");
	commit_all("one", 0);
	sh("mv d f && ln -s f d");
	repo = open_here();
	assert_text(compared(repo, 0), "-d/e/in ");
}

static void test_worktree__touched_file_is_told_by_content(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	put("a", "1\n");
	put("b", "2\n");
	commit_all("one", 0);
	touch("a", 1500000000);
	put("b", "3\n");
	touch("b", 1500000000);
	repo = open_here();
	assert_text(compared(repo, 0), "=a* ~b ");
	assert_text(compared(repo, DSV_WORKTREE_STAT_ONLY), "~a ~b ");
}

static void test_worktree__refresh_makes_stat_tell(void **state)
{
	struct dsv_worktree tree DSV_AUTO(worktree) = DSV_WORKTREE_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	put("a", "1\n");
	commit_all("one", 0);
	touch("a", 1500000000);
	repo = open_here();
	assert_int_equal(dsv_worktree_compare(repo, NULL, 0, &tree), 0);
	assert_int_equal(tree.n_stale, 1);
	sh(": >.git/index.lock");
	assert_int_equal(dsv_worktree_refresh(repo, &tree), 0);
	assert_text(compared(repo, DSV_WORKTREE_STAT_ONLY), "~a ");
	sh("rm .git/index.lock");
	assert_int_equal(dsv_worktree_refresh(repo, &tree), 0);
	assert_text(compared(repo, DSV_WORKTREE_STAT_ONLY), "");
	sh("git diff-files --quiet");
}

static void test_worktree__content_behind_a_pointer_is_compared(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	static const char *const names[] = {"same", "size", "bytes", "self",
					    "other"};

	(void)state;
	put(".gitattributes", "*.csv filter=dsv -text\n");
	for (size_t i = 0; i < 5; i++) {
		char *path DSV_AUTO(str) = dsv_strf("%s.csv", names[i]);

		put_pointer(path, "id,label\n1,cat\n");
	}
	commit_all("one", 0);
	put("same.csv", "id,label\n1,cat\n");
	put("size.csv", "id,label\n1,cats\n");
	put("bytes.csv", "id,label\n1,dog\n");
	touch("self.csv", 1500000000);
	put_pointer("other.csv", "id,label\n1,cow\n");
	repo = open_here();
	touch("same.csv", 1500000000);
	assert_text(compared(repo, 0),
		    "~bytes.csv ~other.csv =same.csv* =self.csv* ~size.csv ");
}

static void test_worktree__pointer_without_filter_is_bytes(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	put_pointer("a.csv", "x\n");
	commit_all("one", 0);
	put("a.csv", "x\n");
	repo = open_here();
	assert_text(compared(repo, 0), "~a.csv ");
}

static void test_worktree__line_ends_as_git_converts_them(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	put(".gitattributes", "*.txt text\n");
	put("a.txt", "1\n2\n");
	put("b.bin", "1\n2\n");
	commit_all("one", 0);
	put("a.txt", "1\r\n2\r\n");
	put("b.bin", "1\r\n2\r\n");
	repo = open_here();
	touch("a.txt", 1500000000);
	assert_text(compared(repo, 0), "=a.txt* ~b.bin ");
}

static void test_worktree__filter_programs_of_others_are_run(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("git config filter.up.clean 'tr a-z A-Z'");
	put(".gitattributes", "*.up filter=up\n");
	put("a.up", "abc\n");
	put("-b\n.up", "abc\n");
	commit_all("one", 0);
	touch("a.up", 1500000000);
	put("-b\n.up", "abd\n");
	repo = open_here();
	assert_text(compared(repo, 0), "~-b\n.up =a.up* ");
}

static void test_worktree__same_size_change_in_the_same_tick(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct stat st;
	struct timespec times[2];

	(void)state;
	put("a", "1\n");
	commit_all("one", 0);
	/* as young as the index, as after a quick second write */
	assert_int_equal(stat("a", &st), 0);
	times[0] = times[1] = st.st_mtim;
	put("a", "2\n");
	assert_int_equal(utimensat(AT_FDCWD, ".git/index", times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, "a", times, 0), 0);
	repo = open_here();
	assert_text(compared(repo, 0), "~a ");
}

static void test_worktree__kept_aside_entries_are_not_looked_at(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("echo 1 >a && echo 2 >b");
	commit_all("one", 0);
	sh("git update-index --skip-worktree a && rm a && "
	   "git update-index --assume-unchanged b && echo 3 >b");
	repo = open_here();
	assert_text(compared(repo, 0), "");
}

static void test_worktree__conflicts_are_told(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	put("a", "0\n");
	commit_all("base", 0);
	sh("git switch -qc side && echo s >a && git commit -qam s && "
	   "git switch -q main && echo m >a && git commit -qam m && "
	   "! git merge -q side >/dev/null");
	repo = open_here();
	assert_text(compared(repo, 0), "Ua ");
}

static void test_worktree__submodule_is_told_by_its_head(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("git init -q -b main sub && cd sub && git commit -q --allow-empty "
	   "-m x && cd .. && git add sub 2>/dev/null && git commit -qm one");
	repo = open_here();
	assert_text(compared(repo, 0), "");
	sh("cd sub && git commit -q --allow-empty -m y");
	assert_text(compared(repo, 0), "~sub ");
	sh("rm -rf sub/.git");
	assert_text(compared(repo, 0), "");
}

static void test_untracked__as_git_shows_them(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("mkdir -p a/b new/deep empty/er ign/x onlyign nest a.d && "
	   "touch a/t a/b/t a/b/u a.d/u new/deep/f ign/x/f onlyign/x.o top u.o "
	   "'q\"\n' && git init -q nest && mkfifo pipe && ln -s a lnk");
	put(".gitignore", "*.o\n/ign/\n");
	sh("git add .gitignore a/t a/b/t");
	repo = open_here();
	assert_text(untracked(repo, NULL),
		    "a.d/ a/b/u lnk nest/ new/ q\"\n top ");
	assert_text(untracked(repo, "new"), "new/ ");
	assert_text(untracked(repo, "new/deep/f"), "new/deep/f ");
	assert_text(untracked(repo, "a"), "a/b/u ");
}

static void test_untracked__index_and_folder_orders_agree(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("mkdir -p a a-b a0 && touch a/1 a-b/1 a0/1 a.c a- && git add . && "
	   "touch a/2 a-b/2 a0/2 a.d a+");
	repo = open_here();
	assert_text(untracked(repo, NULL), "a+ a-b/2 a.d a/2 a0/2 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_worktree__states),
		gitrepo_test(test_worktree__behind_a_link_nothing_is_there),
		gitrepo_test(test_worktree__touched_file_is_told_by_content),
		gitrepo_test(test_worktree__refresh_makes_stat_tell),
		gitrepo_test(
			test_worktree__content_behind_a_pointer_is_compared),
		gitrepo_test(test_worktree__pointer_without_filter_is_bytes),
		gitrepo_test(test_worktree__line_ends_as_git_converts_them),
		gitrepo_test(test_worktree__filter_programs_of_others_are_run),
		gitrepo_test(test_worktree__same_size_change_in_the_same_tick),
		gitrepo_test(
			test_worktree__kept_aside_entries_are_not_looked_at),
		gitrepo_test(test_worktree__conflicts_are_told),
		gitrepo_test(test_worktree__submodule_is_told_by_its_head),
		gitrepo_test(test_untracked__as_git_shows_them),
		gitrepo_test(test_untracked__index_and_folder_orders_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
