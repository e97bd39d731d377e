#include "gitrepo.h"

#include "repo/blobs.h"
#include "repo/tree.h"

static const struct dsv_version nothing = {.at = DSV_AT_NOTHING};
static const struct dsv_version in_index = {.at = DSV_AT_INDEX};
static const struct dsv_version in_tree = {.at = DSV_AT_WORKTREE};

static struct dsv_version at(struct dsv_repo *repo, const char *rev)
{
	struct dsv_version version;

	if (dsv_repo_resolve(repo, rev, &version) < 0)
		fail_msg("%s", dsv_error_message());
	return version;
}

static char *listed(struct dsv_repo *repo, const struct dsv_version *version,
		    const char *spec)
{
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	struct dsv_strlist specs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (spec)
		dsv_strlist_add(&specs, spec);
	assert_int_equal(dsv_tree_list(repo, version, &specs, &files), 0);
	for (size_t i = 0; i < files.n; i++)
		dsv_buf_addf(&out, "%s ", files.items[i].path);
	return dsv_strdup(dsv_buf_str(&out));
}

/* "+a -b ~c old>new " */
static char *changed(struct dsv_repo *repo, const struct dsv_version *from,
		     const struct dsv_version *to, const char *spec)
{
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	struct dsv_strlist specs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (spec)
		dsv_strlist_add(&specs, spec);
	if (dsv_tree_diff(repo, from, to, &specs, &deltas) < 0)
		fail_msg("%s", dsv_error_message());
	for (size_t i = 0; i < deltas.n; i++) {
		const struct dsv_delta *delta = &deltas.items[i];

		if (delta->old_path)
			dsv_buf_addf(&out, "%s>%s ", delta->old_path,
				     delta->path);
		else
			dsv_buf_addf(&out, "%c%s ",
				     !delta->from.mode ? '+'
				     : !delta->to.mode ? '-'
						       : '~',
				     delta->path);
	}
	return dsv_strdup(dsv_buf_str(&out));
}

#define assert_text(call, text)                    \
	do {                                       \
		char *got_ DSV_AUTO(str) = (call); \
		assert_string_equal(got_, (text)); \
	} while (0)

static void test_tree__listed_in_order_of_path_bytes(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;

	(void)state;
	sh("mkdir -p a/b a-b && touch a/x a/b/y a.c a-b/z a0 'n\nl' 'q\"' "
	   "\"$(printf '\\377')\"");
	commit_all("one", 0);
	repo = open_here();
	head = at(repo, "HEAD");
	assert_text(listed(repo, &head, NULL),
		    "a-b/z a.c a/b/y a/x a0 n\nl q\" \xff ");
	assert_text(listed(repo, &in_index, NULL),
		    "a-b/z a.c a/b/y a/x a0 n\nl q\" \xff ");
	assert_text(listed(repo, &in_tree, NULL),
		    "a-b/z a.c a/b/y a/x a0 n\nl q\" \xff ");
	assert_text(listed(repo, &head, "a/**"), "a/b/y a/x ");
	assert_text(listed(repo, &nothing, NULL), "");
}

static void test_tree__commits_differ(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version a;
	struct dsv_version b;

	(void)state;
	sh("mkdir d e && echo 1 >d/x && echo 2 >e/y && echo 3 >z && echo 4 >f");
	commit_all("one", 0);
	sh("echo 9 >d/x && git mv e/y e2 && rm z && mkdir z && echo 5 >z/in &&"
	   " chmod +x f && echo 7 >new");
	commit_all("two", 1);
	repo = open_here();
	a = at(repo, "HEAD~");
	b = at(repo, "HEAD");
	assert_text(changed(repo, &a, &b, NULL),
		    "~d/x e/y>e2 ~f +new -z +z/in ");
	assert_text(changed(repo, &b, &a, "z"), "+z -z/in ");
	assert_text(changed(repo, &a, &a, NULL), "");
	assert_text(changed(repo, &nothing, &a, NULL), "+d/x +e/y +f +z ");
}

static void test_tree__renames_prefer_the_same_name(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version a;
	struct dsv_version b;

	(void)state;
	sh("mkdir p && echo same >p/one && echo same >p/two && echo same "
	   ">p/three");
	commit_all("one", 0);
	sh("git mv p q && git mv q/one q/zzz");
	commit_all("two", 1);
	repo = open_here();
	a = at(repo, "HEAD~");
	b = at(repo, "HEAD");
	assert_text(changed(repo, &a, &b, NULL),
		    "p/three>q/three p/two>q/two p/one>q/zzz ");
}

static void test_tree__index_and_work_tree_differ(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;

	(void)state;
	sh("echo 1 >a && echo 2 >b && echo 3 >c && echo 4 >d && ln -s a l");
	commit_all("one", 0);
	sh("echo 11 >a && git add a && echo 22 >b && rm c && git rm -q d && "
	   "echo 5 >e && git add -N e && touch untracked && rm l && cp a l");
	repo = open_here();
	head = at(repo, "HEAD");
	assert_text(changed(repo, &head, &in_index, NULL), "~a -d ");
	assert_text(changed(repo, &in_index, &in_tree, NULL), "~b -c +e ~l ");
	assert_text(changed(repo, &head, &in_tree, NULL), "~a ~b -c -d +e ~l ");
	assert_text(changed(repo, &in_tree, &in_index, NULL), "~b +c -e ~l ");
}

static void test_tree__work_file_equal_to_the_commit_is_no_change(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;

	(void)state;
	put("a", "first\n");
	commit_all("one", 0);
	put("a", "second\n");
	sh("git add a");
	put("a", "first\n");
	repo = open_here();
	head = at(repo, "HEAD");
	assert_text(changed(repo, &head, &in_tree, NULL), "");
	assert_text(changed(repo, &head, &in_index, NULL), "~a ");
	assert_text(changed(repo, &in_index, &in_tree, NULL), "~a ");
}

static void test_tree__conflict_counts_with_our_side(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;

	(void)state;
	put("a", "0\n");
	commit_all("base", 0);
	sh("git switch -qc side && echo s >a && git commit -qam s && "
	   "git switch -q main && echo m >a && git commit -qam m && "
	   "! git merge -q side >/dev/null");
	repo = open_here();
	head = at(repo, "HEAD");
	assert_text(changed(repo, &head, &in_index, NULL), "");
	assert_text(listed(repo, &in_index, NULL), "a ");
}

static void test_tree__one_entry(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;
	struct dsv_entry entry;
	struct dsv_oid name;

	(void)state;
	sh("mkdir d && printf hi >d/x");
	commit_all("one", 0);
	repo = open_here();
	head = at(repo, "HEAD");
	dsv_blob_name("hi", 2, &name);
	assert_int_equal(dsv_tree_entry(repo, &head, "d/x", &entry), 0);
	assert_int_equal(entry.mode, 0100644);
	assert_true(dsv_oid_equal(&entry.blob, &name));
	assert_int_equal(dsv_tree_entry(repo, &in_index, "d/x", &entry), 0);
	assert_true(dsv_oid_equal(&entry.blob, &name));
	put("d/x", "other");
	assert_int_equal(dsv_tree_entry(repo, &in_tree, "d/x", &entry), 0);
	assert_int_equal(entry.mode, 0100644);
	assert_true(dsv_oid_is_zero(&entry.blob));
	assert_int_equal(dsv_tree_entry(repo, &head, "d", &entry), 0);
	assert_int_equal(entry.mode, 0);
	assert_int_equal(dsv_tree_entry(repo, &in_index, "n", &entry), 0);
	assert_int_equal(entry.mode, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_tree__listed_in_order_of_path_bytes),
		gitrepo_test(test_tree__commits_differ),
		gitrepo_test(test_tree__renames_prefer_the_same_name),
		gitrepo_test(test_tree__index_and_work_tree_differ),
		gitrepo_test(
			test_tree__work_file_equal_to_the_commit_is_no_change),
		gitrepo_test(test_tree__conflict_counts_with_our_side),
		gitrepo_test(test_tree__one_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
