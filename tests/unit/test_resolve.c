#include "dsvrepo.h"

#include <dsv/conflicts.h>

#include "base/fs.h"

/*
 * A merge that leaves four conflicts in a.csv (key 1: kind and note, key 2:
 * changed against removed, key 3: kind) and one in a file of git's own.
 */
static void define(void)
{
	sh("mkdir -p .dsv");
	put(".dsv/datasets.yaml", "version: 1\n"
				  "datasets:\n"
				  "  - name: a\n"
				  "    files: [a.csv]\n"
				  "    key: [id]\n"
				  "    labels: [kind]\n");
}

static void assert_rows(const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *whole DSV_AUTO(str) = dsv_strf("id,kind,note\n%s", want);

	assert_int_equal(dsv_fs_read("a.csv", 4096, &text), 0);
	assert_string_equal(dsv_buf_str(&text), whole);
}

static void start(void)
{
	define();
	put("a.csv", "id,kind,note\n1,cat,x\n2,dog,x\n3,owl,x\n4,bee,x\n");
	put("git.txt", "one\n");
	commit_all("base", 0);
	sh("git switch -qc side");
	put("a.csv", "id,kind,note\n1,fox,y\n3,elk,x\n4,bee,x\n5,ant,x\n");
	put("git.txt", "theirs\n");
	commit_all("side", 1);
	sh("git switch -q main");
	put("a.csv", "id,kind,note\n1,cow,z\n2,hen,x\n3,emu,x\n4,bee,x\n");
	put("git.txt", "ours\n");
	commit_all("ours", 2);
	sh("! git merge side >../said 2>&1");
	assert_rows("1,cow,z\n2,hen,x\n3,emu,x\n4,bee,x\n5,ant,x\n");
}

/* Addresses are apart by blanks; NULL: all. */
static int resolve(const char *addresses, enum dsv_resolution how,
		   const char *value, struct dsv_resolved *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_resolve_opts opts = {
		.addresses = &list, .how = how, .value = value};

	if (addresses)
		dsv_strlist_split(&list, addresses, ' ');
	return dsv_resolve(repo, &opts, out);
}

#define RESOLVE(addresses, how, value, n, left)                   \
	do {                                                      \
		struct dsv_resolved out_ DSV_AUTO(resolved) =     \
			DSV_RESOLVED_INIT;                        \
                                                                  \
		if (resolve(addresses, how, value, &out_) < 0)    \
			fail_msg("%s", dsv_error_message());      \
		assert_int_equal(out_.resolved, n);               \
		assert_int_equal(out_.open, left);                \
		assert_int_equal(out_.next != NULL, (left) == 0); \
	} while (0)

#define REFUSED(addresses, how, value, code, says)                             \
	do {                                                                   \
		struct dsv_resolved out_ DSV_AUTO(resolved) =                  \
			DSV_RESOLVED_INIT;                                     \
                                                                               \
		assert_int_equal(resolve(addresses, how, value, &out_), code); \
		assert_non_null(strstr(dsv_error_message(), says));            \
		assert_int_equal(out_.resolved, 0);                            \
	} while (0)

static const char untouched[] = "1,cow,z\n2,hen,x\n3,emu,x\n4,bee,x\n5,ant,x\n";

static void test_resolve__an_address_settles_its_field_alone(void **s)
{
	(void)s;
	start();
	RESOLVE("a.csv:1:kind", DSV_RESOLVE_THEIRS, NULL, 1, 4);
	assert_rows("1,fox,z\n2,hen,x\n3,emu,x\n4,bee,x\n5,ant,x\n");
	RESOLVE("a.csv:1:note", DSV_RESOLVE_BASE, NULL, 1, 3);
	assert_rows("1,fox,x\n2,hen,x\n3,emu,x\n4,bee,x\n5,ant,x\n");
}

static void test_resolve__a_record_settles_all_its_fields(void **s)
{
	(void)s;
	start();
	RESOLVE("a.csv:1", DSV_RESOLVE_THEIRS, NULL, 2, 3);
	assert_rows("1,fox,y\n2,hen,x\n3,emu,x\n4,bee,x\n5,ant,x\n");
}

static void test_resolve__who_removed_a_record_may_win(void **s)
{
	(void)s;
	start();
	RESOLVE("a.csv:2", DSV_RESOLVE_THEIRS, NULL, 1, 4);
	assert_rows("1,cow,z\n3,emu,x\n4,bee,x\n5,ant,x\n");
}

static void test_resolve__a_file_is_staged_with_its_last_conflict(void **s)
{
	struct dsv_resolved out DSV_AUTO(resolved) = DSV_RESOLVED_INIT;

	(void)s;
	start();
	RESOLVE("a.csv:1 a.csv:2", DSV_RESOLVE_OURS, NULL, 3, 2);
	sh("git ls-files -u a.csv | grep -q .");
	assert_int_equal(
		resolve("a.csv:3:kind", DSV_RESOLVE_SET, "yak, wild", &out), 0);
	assert_int_equal(out.settled.n, 1);
	assert_string_equal(out.settled.items[0], "a.csv");
	assert_int_equal(out.open, 1);
	assert_rows("1,cow,z\n2,hen,x\n3,\"yak, wild\",x\n4,bee,x\n5,ant,x\n");
	sh("test -z \"$(git ls-files -u a.csv)\"");
}

static void test_resolve__without_addresses_all_is_settled(void **s)
{
	(void)s;
	start();
	RESOLVE(NULL, DSV_RESOLVE_THEIRS, NULL, 5, 0);
	assert_rows("1,fox,y\n3,elk,x\n4,bee,x\n5,ant,x\n");
	sh("grep -qx theirs git.txt && test -z \"$(git ls-files -u)\"");
}

static void test_resolve__edits_by_hand_elsewhere_stay(void **s)
{
	(void)s;
	start();
	sh("sed -i 's/4,bee,x/4,bee,mine/' a.csv");
	RESOLVE("a.csv:3", DSV_RESOLVE_BASE, NULL, 1, 4);
	assert_rows("1,cow,z\n2,hen,x\n3,owl,x\n4,bee,mine\n5,ant,x\n");
}

static void test_resolve__the_work_file_counts_as_it_is(void **s)
{
	(void)s;
	start();
	put("a.csv", "id,kind,note\n1,yak,z\n");
	RESOLVE("a.csv", DSV_RESOLVE_WORK, NULL, 4, 1);
	assert_rows("1,yak,z\n");
	sh("test -z \"$(git ls-files -u a.csv)\"");
}

static void test_resolve__what_the_work_file_has_of_a_record_may_stay(void **s)
{
	(void)s;
	start();
	sh("sed -i s/cow/yak/ a.csv");
	RESOLVE("a.csv:1", DSV_RESOLVE_WORK, NULL, 2, 3);
	RESOLVE("a.csv:3", DSV_RESOLVE_THEIRS, NULL, 1, 2);
	assert_rows("1,yak,z\n2,hen,x\n3,elk,x\n4,bee,x\n5,ant,x\n");
}

static void test_resolve__an_address_without_conflict_is_refused(void **s)
{
	(void)s;
	start();
	REFUSED("a.csv:4", DSV_RESOLVE_OURS, NULL, DSV_ENOTFOUND, "a.csv:4");
	REFUSED("b.csv", DSV_RESOLVE_OURS, NULL, DSV_ENOTFOUND, "b.csv");
	assert_rows(untouched);
	/* what is settled is no conflict any more */
	RESOLVE("a.csv:1:kind", DSV_RESOLVE_OURS, NULL, 1, 4);
	REFUSED("a.csv:1:kind", DSV_RESOLVE_THEIRS, NULL, DSV_ENOTFOUND,
		"a.csv:1:kind");
	assert_rows(untouched);
}

static void test_resolve__one_wrong_address_and_nothing_is_done(void **s)
{
	(void)s;
	start();
	REFUSED("a.csv:1:kind a.csv:9", DSV_RESOLVE_THEIRS, NULL, DSV_ENOTFOUND,
		"a.csv:9");
	assert_rows(untouched);
	RESOLVE("a.csv:1:kind", DSV_RESOLVE_OURS, NULL, 1, 4);
}

static void test_resolve__a_value_is_for_one_field(void **s)
{
	(void)s;
	start();
	REFUSED("a.csv:1", DSV_RESOLVE_SET, "x", DSV_EUSAGE, "one field");
	REFUSED("a.csv:2", DSV_RESOLVE_SET, "x", DSV_EUSAGE, "one field");
	REFUSED("git.txt", DSV_RESOLVE_SET, "x", DSV_EUSAGE, "as a whole");
	assert_rows(untouched);
}

static const struct CMUnitTest tests[] = {
	dsvrepo_test(test_resolve__an_address_settles_its_field_alone),
	dsvrepo_test(test_resolve__a_record_settles_all_its_fields),
	dsvrepo_test(test_resolve__who_removed_a_record_may_win),
	dsvrepo_test(test_resolve__a_file_is_staged_with_its_last_conflict),
	dsvrepo_test(test_resolve__without_addresses_all_is_settled),
	dsvrepo_test(test_resolve__edits_by_hand_elsewhere_stay),
	dsvrepo_test(test_resolve__the_work_file_counts_as_it_is),
	dsvrepo_test(test_resolve__what_the_work_file_has_of_a_record_may_stay),
	dsvrepo_test(test_resolve__an_address_without_conflict_is_refused),
	dsvrepo_test(test_resolve__one_wrong_address_and_nothing_is_done),
	dsvrepo_test(test_resolve__a_value_is_for_one_field),
};

DSVREPO_MAIN(tests)
