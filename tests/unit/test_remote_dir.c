#include "remote_check.h"

#include <sys/stat.h>

#include "base/atomic.h"
#include "base/fs.h"
#include "remote/dir.h"
#include "scratch.h"

static int setup(void **state)
{
	struct remote_kit *kit = dsv_alloc_zero(1, sizeof(*kit));
	char *url DSV_AUTO(str) = NULL;

	scratch_make(kit->dir);
	url = dsv_strf("%s/store", kit->dir);
	assert_int_equal(dsv_remote_open(&kit->remote, NULL, url), 0);
	*state = kit;
	return 0;
}

static int teardown(void **state)
{
	struct remote_kit *kit = *state;

	dsv_remote_free(&kit->remote);
	scratch_remove(kit->dir);
	free(kit);
	return 0;
}

static char *inside(void **state, const char *name)
{
	return dsv_strf("%s/%s", ((struct remote_kit *)*state)->dir, name);
}

static void test_dir__marks_the_place(void **state)
{
	char *path DSV_AUTO(str) = inside(state, "store/dsv-store");
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	remote_put(remote_of(state), REMOTE_A, "x");
	assert_int_equal(dsv_fs_read(path, 100, &text), 0);
	assert_string_equal(text.data, "dsv-store 1\n");
}

static void test_dir__leaves_no_temporary_file(void **state)
{
	char *path DSV_AUTO(str) = inside(state, "store/tmp");
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	remote_put(remote_of(state), REMOTE_A, "x");
	assert_int_equal(dsv_fs_list(path, &names), 0);
	assert_int_equal(names.n, 0);
}

static void test_dir__another_version_is_not_touched(void **state)
{
	char *store DSV_AUTO(str) = inside(state, "store");
	char *path DSV_AUTO(str) = inside(state, "store/dsv-store");
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(mkdir(store, 0700), 0);
	assert_int_equal(dsv_atomic_put(path, "dsv-store 2\n", 12, 0600), 0);
	assert_int_equal(remote_put(remote_of(state), REMOTE_A, "x"),
			 DSV_EUNSUPPORTED);
	assert_int_equal(dsv_remote_list(remote_of(state), "packs/",
					 remote_add_name, &names),
			 DSV_EUNSUPPORTED);
}

static void test_dir__a_disk_that_is_not_mounted_is_not_made(void **state)
{
	char *url DSV_AUTO(str) = inside(state, "mnt/share/store");
	char *mnt DSV_AUTO(str) = inside(state, "mnt");
	struct dsv_remote *remote DSV_AUTO(remote) = NULL;

	(void)state;
	assert_int_equal(dsv_remote_open(&remote, NULL, url), 0);
	assert_int_equal(remote_put(remote, REMOTE_A, "x"), DSV_ENOTFOUND);
	assert_false(dsv_fs_exists(mnt));
}

static void test_dir__follows_no_link_out(void **state)
{
	char *secret DSV_AUTO(str) = inside(state, "secret");
	char *file DSV_AUTO(str) = inside(state, "store/" REMOTE_B);
	char *packs DSV_AUTO(str) = inside(state, "store/packs");
	char *moved DSV_AUTO(str) = inside(state, "moved");
	struct dsv_remote_range range = {.len = DSV_REMOTE_ALL};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_remote *remote = remote_of(state);

	assert_int_equal(dsv_atomic_put(secret, "key", 3, 0600), 0);
	remote_put(remote, REMOTE_A, "x");
	assert_int_equal(symlink(secret, file), 0);
	assert_int_equal(dsv_remote_get(remote, REMOTE_B, &range, &out),
			 DSV_EIO);
	assert_int_equal(
		dsv_remote_list(remote, "packs/", remote_add_name, &out), 0);
	assert_null(strstr(out.data, "bbbb"));

	assert_int_equal(rename(packs, moved), 0);
	assert_int_equal(symlink(moved, packs), 0);
	assert_int_equal(dsv_remote_get(remote, REMOTE_A, &range, &out),
			 DSV_EIO);
	assert_int_equal(remote_put(remote, REMOTE_B, "x"), DSV_EIO);
}

static void test_dir__names_of_others_are_passed_over(void **state)
{
	char *file DSV_AUTO(str) = inside(state, "store/packs/.nfs00");
	char *other DSV_AUTO(str) = inside(state, "store/packs/Read Me");
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	remote_put(remote_of(state), REMOTE_A, "x");
	assert_int_equal(dsv_atomic_put(file, "x", 1, 0600), 0);
	assert_int_equal(dsv_atomic_put(other, "x", 1, 0600), 0);
	assert_int_equal(dsv_remote_list(remote_of(state), "packs/",
					 remote_add_name, &out),
			 0);
	assert_string_equal(out.data, REMOTE_A " 1\n");
}

static void test_dir__a_url_may_be_escaped(void **state)
{
	char *url DSV_AUTO(str) = dsv_strf("file://%s/a%%20b",
					   ((struct remote_kit *)*state)->dir);
	char *path DSV_AUTO(str) = inside(state, "a b/dsv-store");
	struct dsv_remote *remote DSV_AUTO(remote) = NULL;

	assert_int_equal(dsv_remote_open(&remote, NULL, url), 0);
	assert_int_equal(remote_put(remote, REMOTE_A, "x"), 1);
	assert_true(dsv_fs_exists(path));
}

static void test_remote__no_store_by_http(void **state)
{
	struct dsv_remote *remote DSV_AUTO(remote) = NULL;

	(void)state;
	assert_int_equal(dsv_remote_open(&remote, NULL, "https://host/x.git"),
			 DSV_EUSAGE);
	assert_non_null(strstr(dsv_error_hint(), "--data"));
	assert_int_equal(dsv_remote_open(&remote, NULL, "gopher://host/x"),
			 DSV_EUSAGE);
}

#define dir_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		REMOTE_CHECKS(setup, teardown),
		dir_test(test_dir__marks_the_place),
		dir_test(test_dir__leaves_no_temporary_file),
		dir_test(test_dir__another_version_is_not_touched),
		dir_test(test_dir__a_disk_that_is_not_mounted_is_not_made),
		dir_test(test_dir__follows_no_link_out),
		dir_test(test_dir__names_of_others_are_passed_over),
		dir_test(test_dir__a_url_may_be_escaped),
		cmocka_unit_test(test_remote__no_store_by_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
