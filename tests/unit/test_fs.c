#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "base/stream.h"
#include "scratch.h"

static char dir[4096];

static int make_dir(void **state)
{
	(void)state;
	scratch_make(dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	scratch_remove(dir);
	return 0;
}

static void expect_file(const char *path, const char *text)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(dsv_fs_read(path, 1000, &buf), 0);
	assert_string_equal(dsv_buf_str(&buf), text);
}

static void expect_names(const char *path, const char *names)
{
	struct dsv_strlist found DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(dsv_fs_list(path, &found), 0);
	for (size_t i = 0; i < found.n; i++)
		dsv_buf_addf(&buf, "%s%s", i ? " " : "", found.items[i]);
	assert_string_equal(dsv_buf_str(&buf), names);
}

static void test_fs__reads_up_to_the_limit_and_no_more(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_put(path, "12345", 5, 0666), 0);
	assert_int_equal(dsv_fs_read(path, 5, &buf), 0);
	assert_string_equal(dsv_buf_str(&buf), "12345");
	assert_int_equal(dsv_fs_read(path, 4, &buf), DSV_ERANGE);
	assert_string_equal(dsv_buf_str(&buf), "12345");
	assert_int_equal(dsv_atomic_put(path, "", 0, 0666), 0);
	assert_int_equal(dsv_fs_read(path, 0, &buf), 0);
	assert_int_equal(buf.len, 0);
}

/* Its size is told as 0. */
static void test_fs__reads_what_has_no_size(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_int_equal(dsv_fs_read("/proc/self/status", 1 << 20, &buf), 0);
	assert_true(buf.len > 100);
	assert_int_equal(dsv_fs_read("/dev/zero", 1000, &buf), DSV_ERANGE);
}

static void test_fs__failures_name_path_and_reason(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "no/such");
	char *text DSV_AUTO(str) =
		dsv_strf("cannot read '%s': no such file or directory", path);
	struct dsv_mapped mapped = DSV_MAPPED_INIT;
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_int_equal(dsv_fs_read(path, 10, &buf), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), text);
	assert_int_equal(dsv_mapped_open(&mapped, path), DSV_ENOTFOUND);
	assert_int_equal(dsv_fs_read(dir, 10, &buf), DSV_EIO);
	assert_non_null(strstr(dsv_error_message(), "is a directory"));
	assert_int_equal(dsv_fs_sync_dir(path), DSV_ENOTFOUND);
}

static void test_fs__mkdirs_makes_all_and_takes_what_is_there(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "x//y/z/");
	char *file DSV_AUTO(str) = dsv_fs_join(dir, "file");
	char *below DSV_AUTO(str) = dsv_fs_join(file, "below");

	(void)state;
	assert_int_equal(dsv_fs_mkdirs(path), 0);
	assert_true(dsv_fs_is_dir(path));
	assert_int_equal(dsv_fs_mkdirs(path), 0);
	assert_int_equal(dsv_fs_mkdirs("/"), 0);
	assert_int_equal(dsv_atomic_put(file, "", 0, 0666), 0);
	assert_int_equal(dsv_fs_mkdirs(file), DSV_EIO);
	assert_int_equal(dsv_fs_mkdirs(below), DSV_EIO);
}

static void test_fs__list_is_sorted_and_bears_no_folder(void **state)
{
	char *no DSV_AUTO(str) = dsv_fs_join(dir, "no");

	(void)state;
	expect_names(dir, "");
	for (const char *name = "cab"; *name; name++) {
		char text[2] = {*name};
		char *path DSV_AUTO(str) = dsv_fs_join(dir, text);

		assert_int_equal(dsv_atomic_put(path, "", 0, 0666), 0);
	}
	expect_names(dir, "a b c");
	expect_names(no, "");
}

static void test_fs__unlink_is_content_where_nothing_is(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");

	(void)state;
	assert_int_equal(dsv_atomic_put(path, "", 0, 0666), 0);
	assert_true(dsv_fs_exists(path));
	assert_int_equal(dsv_fs_unlink(path), 0);
	assert_false(dsv_fs_exists(path));
	assert_int_equal(dsv_fs_unlink(path), 0);
	assert_int_equal(dsv_fs_unlink(dir), DSV_EIO);
}

static void test_fs__maps_a_file_and_an_empty_one(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_mapped mapped DSV_AUTO(mapped) = DSV_MAPPED_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_put(path, "12345", 5, 0666), 0);
	assert_int_equal(dsv_mapped_open(&mapped, path), 0);
	assert_int_equal(mapped.len, 5);
	assert_memory_equal(mapped.data, "12345", 5);
	dsv_mapped_release(&mapped);
	assert_int_equal(dsv_atomic_put(path, "", 0, 0666), 0);
	assert_int_equal(dsv_mapped_open(&mapped, path), 0);
	assert_int_equal(mapped.len, 0);
	assert_string_equal(mapped.data, "");
}

static void test_fs__a_full_disk_is_an_error(void **state)
{
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(dsv_fs_write_all(fd, "x", 1, "out.csv"), DSV_EIO);
	assert_string_equal(dsv_error_message(),
			    "cannot write 'out.csv': no space left on device");
	close(fd);
}

static void ring(int sig)
{
	(void)sig;
}

/* A writer whom a timer interrupts all the time: its write(2) takes a part, or
 * nothing at all and says EINTR. */
static int write_interrupted(int fd, const char *data, size_t len)
{
	struct sigaction on_ring = {.sa_handler = ring};
	struct itimerval often = {{0, 50}, {0, 50}};

	sigaction(SIGALRM, &on_ring, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	return dsv_fs_write_all(fd, data, len, "pipe");
}

static void test_fs__short_writes_are_carried_on(void **state)
{
	static char data[2 << 20];
	bool same = true;
	size_t n_read = 0;
	int fds[2];
	int status;
	pid_t child;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 + i / 4096);
	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		close(fds[0]);
		_exit(write_interrupted(fds[1], data, sizeof(data)) ? 1 : 0);
	}
	close(fds[1]);
	while (n_read < sizeof(data)) {
		char piece[16]; /* few, so that the writer waits */
		ssize_t n = read(fds[0], piece, sizeof(piece));

		if (n <= 0)
			break;
		same = same && n_read + (size_t)n <= sizeof(data) &&
		       memcmp(piece, data + n_read, (size_t)n) == 0;
		n_read += (size_t)n;
	}
	close(fds[0]);
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(n_read, sizeof(data));
	assert_true(same);
}

static void test_atomic__nothing_is_there_before_commit(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_open(&file, path, NULL, 0666), 0);
	assert_int_equal(dsv_atomic_write(&file, "new", 3), 0);
	assert_false(dsv_fs_exists(path));
	assert_int_equal(dsv_atomic_commit(&file, NULL), 0);
	dsv_atomic_release(&file);
	expect_file(path, "new");
	expect_names(dir, "a");
}

static void test_atomic__release_leaves_the_old_file_alone(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_put(path, "old", 3, 0666), 0);
	assert_int_equal(dsv_atomic_open(&file, path, NULL, 0666), 0);
	assert_int_equal(dsv_atomic_write(&file, "new", 3), 0);
	dsv_atomic_release(&file);
	expect_file(path, "old");
	expect_names(dir, "a");
}

static void test_atomic__name_may_come_with_commit(void **state)
{
	char *tmp DSV_AUTO(str) = dsv_fs_join(dir, "t/u");
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_open(&file, NULL, tmp, 0600), 0);
	assert_int_equal(dsv_atomic_write(&file, "x", 1), 0);
	assert_int_equal(dsv_atomic_commit_fast(&file, path), 0);
	expect_file(path, "x");
	expect_names(tmp, "");
}

static void test_atomic__mode_honours_umask(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	mode_t old = umask(027);
	struct stat st;

	(void)state;
	assert_int_equal(dsv_atomic_put(path, "x", 1, 0666), 0);
	umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

static void
test_atomic__commit_onto_a_folder_fails_and_leaves_nothing(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "folder");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;

	(void)state;
	assert_int_equal(dsv_fs_mkdirs(path), 0);
	assert_int_equal(dsv_atomic_open(&file, path, NULL, 0666), 0);
	assert_int_equal(dsv_atomic_commit(&file, NULL), DSV_EIO);
	dsv_atomic_release(&file);
	expect_names(dir, "folder");
}

static void test_atomic__no_folder_no_file(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "no/a");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_open(&file, path, NULL, 0666), DSV_EIO);
	assert_int_equal(file.fd, -1);
	expect_names(dir, "");
}

static void test_atomic__a_full_disk_leaves_the_old_file(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct rlimit old;
	struct rlimit small;
	static char data[100000];

	(void)state;
	assert_int_equal(dsv_atomic_put(path, "old", 3, 0666), 0);
	assert_int_equal(dsv_atomic_open(&file, path, NULL, 0666), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 4096;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(dsv_atomic_write(&file, data, sizeof(data)), DSV_EIO);
	setrlimit(RLIMIT_FSIZE, &old);
	dsv_atomic_release(&file);
	expect_file(path, "old");
	expect_names(dir, "a");
}

static void undo_and_die(int sig)
{
	(void)sig;
	dsv_undo_all();
	_exit(7);
}

/* In a child, which a signal ends in the middle of writing. */
static void test_atomic__a_signal_takes_the_temporary_files_along(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		struct dsv_atomic files[3];

		signal(SIGTERM, undo_and_die);
		for (int i = 0; i < 3; i++) {
			if (dsv_atomic_open(&files[i], path, NULL, 0666) < 0)
				_exit(1);
			dsv_atomic_write(&files[i], "x", 1);
		}
		raise(SIGTERM);
		_exit(2);
	}
	waitpid(child, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 7);
	expect_names(dir, "");
}

static void test_atomic__a_child_leaves_its_parents_files(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(dsv_atomic_open(&file, path, NULL, 0666), 0);
	child = fork();
	if (child == 0) {
		dsv_undo_all();
		_exit(0);
	}
	waitpid(child, &status, 0);
	assert_int_equal(dsv_atomic_commit(&file, NULL), 0);
	expect_names(dir, "a");
}

static void test_atomic__many_open_at_once(void **state)
{
	struct dsv_atomic files[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(dsv_atomic_open(&files[i], NULL, dir, 0666),
				 0);
	dsv_undo_all();
	for (int i = 0; i < 100; i++)
		dsv_atomic_release(&files[i]);
	expect_names(dir, "");
}

static void test_atomic__lock_is_held_once(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "index");
	struct dsv_atomic first DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_atomic second DSV_AUTO(atomic) = DSV_ATOMIC_INIT;

	(void)state;
	assert_int_equal(dsv_atomic_lock(&first, path, 0666), 0);
	expect_names(dir, "index.lock");
	assert_int_equal(dsv_atomic_lock(&second, path, 0666), DSV_EEXISTS);
	expect_names(dir, "index.lock");
	assert_int_equal(dsv_atomic_commit(&first, NULL), 0);
	expect_names(dir, "index");
	assert_int_equal(dsv_atomic_lock(&second, path, 0666), 0);
	dsv_atomic_release(&second);
	expect_names(dir, "index");
}

static void test_stream__memory_comes_in_one_piece(void **state)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const char *piece;
	size_t len;

	(void)state;
	dsv_stream_of_memory(&in, "abc", 3);
	assert_int_equal(dsv_stream_next(in, &piece, &len), 1);
	assert_int_equal(len, 3);
	assert_memory_equal(piece, "abc", 3);
	assert_int_equal(dsv_stream_next(in, &piece, &len), 0);
	assert_int_equal(dsv_stream_next(in, &piece, &len), 0);
	dsv_stream_free(&in);
	dsv_stream_of_memory(&in, "", 0);
	assert_int_equal(dsv_stream_next(in, &piece, &len), 0);
}

static void test_stream__descriptor_gives_all_bytes(void **state)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, "a");
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf read DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const char *piece;
	size_t len;
	int fd;
	int rc;

	(void)state;
	for (unsigned i = 0; i < 500000; i++)
		dsv_buf_addf(&data, "%u,", i);
	assert_int_equal(dsv_atomic_put(path, data.data, data.len, 0666), 0);
	fd = open(path, O_RDONLY);
	dsv_stream_of_fd(&in, fd, path);
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0)
		dsv_buf_add(&read, piece, len);
	assert_int_equal(rc, 0);
	assert_int_equal(read.len, data.len);
	assert_memory_equal(read.data, data.data, data.len);
	close(fd);
}

static void test_stream__unreadable_descriptor_is_an_error(void **state)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int fd = open(dir, O_RDONLY);
	const char *piece;
	size_t len;

	(void)state;
	dsv_stream_of_fd(&in, fd, "a.csv");
	assert_int_equal(dsv_stream_next(in, &piece, &len), DSV_EIO);
	assert_string_equal(dsv_error_message(),
			    "cannot read 'a.csv': is a directory");
	close(fd);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(test_fs__reads_up_to_the_limit_and_no_more),
		IN_DIR(test_fs__reads_what_has_no_size),
		IN_DIR(test_fs__failures_name_path_and_reason),
		IN_DIR(test_fs__mkdirs_makes_all_and_takes_what_is_there),
		IN_DIR(test_fs__list_is_sorted_and_bears_no_folder),
		IN_DIR(test_fs__unlink_is_content_where_nothing_is),
		IN_DIR(test_fs__maps_a_file_and_an_empty_one),
		IN_DIR(test_fs__a_full_disk_is_an_error),
		IN_DIR(test_fs__short_writes_are_carried_on),
		IN_DIR(test_atomic__nothing_is_there_before_commit),
		IN_DIR(test_atomic__release_leaves_the_old_file_alone),
		IN_DIR(test_atomic__name_may_come_with_commit),
		IN_DIR(test_atomic__mode_honours_umask),
		IN_DIR(test_atomic__commit_onto_a_folder_fails_and_leaves_nothing),
		IN_DIR(test_atomic__no_folder_no_file),
		IN_DIR(test_atomic__a_full_disk_leaves_the_old_file),
		IN_DIR(test_atomic__a_signal_takes_the_temporary_files_along),
		IN_DIR(test_atomic__a_child_leaves_its_parents_files),
		IN_DIR(test_atomic__many_open_at_once),
		IN_DIR(test_atomic__lock_is_held_once),
		IN_DIR(test_stream__memory_comes_in_one_piece),
		IN_DIR(test_stream__descriptor_gives_all_bytes),
		IN_DIR(test_stream__unreadable_descriptor_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
