#ifndef TESTS_REMOTE_CHECK_H
#define TESTS_REMOTE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "remote/remote.h"

/*
 * What every kind of remote promises. A test of a kind gives a setup that
 * leaves a struct remote_kit with an empty remote in *state, and takes all of
 * them:
 *
 *	static const struct CMUnitTest tests[] = {
 *		REMOTE_CHECKS(dir_setup, dir_teardown),
 *	};
 */
struct remote_kit {
	struct dsv_remote *remote;
	char dir[4096]; /* of the test's own */
	void *own;
};

#define REMOTE_A                                                           \
	"packs/"                                                           \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	".pack"
#define REMOTE_B                                                           \
	"packs/"                                                           \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" \
	".idx"

static inline struct dsv_remote *remote_of(void **state)
{
	return ((struct remote_kit *)*state)->remote;
}

static inline int remote_put(struct dsv_remote *remote, const char *name,
			     const char *text)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;
	struct dsv_remote_source source = {.data = &data, .sha256 = &id};
	int rc;

	dsv_buf_addstr(&data, text);
	dsv_id_of(text, strlen(text), &id);
	source.size = data.len;
	rc = dsv_remote_put(remote, name, &source, NULL);
	if (rc < 0)
		print_message("%s\n", dsv_error_message());
	return rc;
}

static inline void remote_expect(struct dsv_remote *remote, const char *name,
				 uint64_t from, uint64_t len, const char *text)
{
	struct dsv_remote_range range = {.from = from, .len = len};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_remote_get(remote, name, &range, &out) != 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(out.len, strlen(text));
	assert_memory_equal(dsv_buf_str(&out), text, out.len);
}

static inline int remote_add_name(void *ctx, const char *name, uint64_t size)
{
	dsv_buf_addf(ctx, "%s %llu\n", name, (unsigned long long)size);
	return 0;
}

static inline void check_remote__what_is_put_is_got(void **state)
{
	struct dsv_remote *remote = remote_of(state);

	assert_int_equal(remote_put(remote, REMOTE_A, "twelve bytes"), 1);
	remote_expect(remote, REMOTE_A, 0, DSV_REMOTE_ALL, "twelve bytes");
	assert_int_equal(remote->sent, 12);
	assert_int_equal(remote->received, 12);
}

static inline void check_remote__a_name_is_written_once(void **state)
{
	struct dsv_remote *remote = remote_of(state);

	assert_int_equal(remote_put(remote, REMOTE_A, "first"), 1);
	assert_int_equal(remote_put(remote, REMOTE_A, "first"), 0);
	remote_expect(remote, REMOTE_A, 0, DSV_REMOTE_ALL, "first");
}

static inline void check_remote__ranges_are_exact(void **state)
{
	struct dsv_remote *remote = remote_of(state);

	remote_put(remote, REMOTE_A, "0123456789");
	remote_expect(remote, REMOTE_A, 3, 4, "3456");
	remote_expect(remote, REMOTE_A, 9, 1, "9");
	remote_expect(remote, REMOTE_A, 7, DSV_REMOTE_ALL, "789");
}

static inline void check_remote__a_short_file_is_an_error(void **state)
{
	struct dsv_remote *remote = remote_of(state);
	struct dsv_remote_range range = {.from = 8, .len = 3};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	remote_put(remote, REMOTE_A, "0123456789");
	assert_int_equal(dsv_remote_get(remote, REMOTE_A, &range, &out),
			 DSV_EIO);
	range = (struct dsv_remote_range){.from = 0, .len = UINT64_C(1) << 62};
	assert_int_equal(dsv_remote_get(remote, REMOTE_A, &range, &out),
			 DSV_EIO);
}

static inline void check_remote__what_is_not_there_is_said(void **state)
{
	struct dsv_remote *remote = remote_of(state);
	struct dsv_remote_range range = {.len = DSV_REMOTE_ALL};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	uint64_t size;

	assert_int_equal(dsv_remote_get(remote, REMOTE_A, &range, &out),
			 DSV_ENOTFOUND);
	assert_int_equal(dsv_remote_stat(remote, REMOTE_A, &size), 0);
	assert_int_equal(dsv_remote_drop(remote, REMOTE_A), 0);
	remote_put(remote, REMOTE_A, "123");
	assert_int_equal(dsv_remote_stat(remote, REMOTE_A, &size), 1);
	assert_int_equal(size, 3);
}

static inline void check_remote__an_empty_one_lists_nothing(void **state)
{
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(dsv_remote_list(remote_of(state), "packs/",
					 remote_add_name, &names),
			 0);
	assert_string_equal(dsv_buf_str(&names), "");
}

static inline void check_remote__lists_by_prefix(void **state)
{
	struct dsv_remote *remote = remote_of(state);
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;

	remote_put(remote, REMOTE_A, "a");
	remote_put(remote, "tombstones/x.json", "{}");
	assert_int_equal(
		dsv_remote_list(remote, "packs/", remote_add_name, &names), 0);
	assert_string_equal(dsv_buf_str(&names), REMOTE_A " 1\n");
	dsv_buf_reset(&names);
	assert_int_equal(
		dsv_remote_list(remote, "tombstones/", remote_add_name, &names),
		0);
	assert_string_equal(dsv_buf_str(&names), "tombstones/x.json 2\n");
}

static inline void check_remote__what_is_dropped_is_gone(void **state)
{
	struct dsv_remote *remote = remote_of(state);
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;
	uint64_t size;

	remote_put(remote, REMOTE_B, "b");
	assert_int_equal(dsv_remote_drop(remote, REMOTE_B), 0);
	assert_int_equal(dsv_remote_stat(remote, REMOTE_B, &size), 0);
	assert_int_equal(dsv_remote_list(remote, "", remote_add_name, &names),
			 0);
	assert_null(strstr(dsv_buf_str(&names), "bbbb"));
}

static inline void check_remote__other_names_are_refused(void **state)
{
	static const char *const names[] = {
		"",    "..",	   "../x",  "packs/../x", "/etc/x", "packs/",
		"/x",  "a/b/c",	   ".git",  "packs/.x",	  "a\nb",   "A",
		"a b", "packs//x", "a/%2e", "packs/\\x",
	};
	struct dsv_remote *remote = remote_of(state);
	struct dsv_remote_range range = {.len = DSV_REMOTE_ALL};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(remote_put(remote, names[i], "x"), DSV_EUSAGE);
		assert_int_equal(dsv_remote_get(remote, names[i], &range, &out),
				 DSV_EUSAGE);
		assert_int_equal(dsv_remote_drop(remote, names[i]), DSV_EUSAGE);
	}
}

static inline void check_remote__wrong_bytes_get_no_name(void **state)
{
	struct dsv_remote *remote = remote_of(state);
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;
	struct dsv_remote_source source = {
		.data = &data, .sha256 = &id, .size = 5};
	uint64_t size;

	dsv_buf_addstr(&data, "wrong");
	dsv_id_of("right", 5, &id);
	assert_true(dsv_remote_put(remote, REMOTE_A, &source, NULL) < 0);
	assert_int_equal(dsv_remote_stat(remote, REMOTE_A, &size), 0);
}

/* A file of several MiB, which the kinds send in pieces. */
static inline void remote_fill(struct dsv_buf *data)
{
	dsv_buf_reserve(data, 3u << 20);
	for (size_t i = 0; i < 3u << 20; i++)
		dsv_buf_addch(data, (char)(i * 7 + i / 251));
}

static inline int remote_temp(const struct remote_kit *kit)
{
	char *path DSV_AUTO(str) = dsv_strf("%s/part.XXXXXX", kit->dir);
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	return fd;
}

static inline void check_remote__a_file_goes_on_where_it_stopped(void **state)
{
	struct remote_kit *kit = *state;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;
	struct dsv_remote_source source = {.data = &data, .sha256 = &id};
	const size_t half = (3u << 19) + 11;
	int fd = remote_temp(kit);

	remote_fill(&data);
	dsv_id_of(data.data, data.len, &id);
	source.size = data.len;
	assert_int_equal(dsv_remote_put(kit->remote, REMOTE_A, &source, NULL),
			 1);
	assert_int_equal(write(fd, data.data, half), half);
	kit->remote->received = 0;
	assert_int_equal(
		dsv_remote_get_file(kit->remote, REMOTE_A, half, fd, NULL), 0);
	assert_int_equal(kit->remote->received, data.len - half);
	dsv_buf_reserve(&got, data.len + 1);
	assert_int_equal(pread(fd, got.data, data.len + 1, 0), data.len);
	assert_memory_equal(got.data, data.data, data.len);
	close(fd);
}

#define REMOTE_CHECK_(name, setup, teardown) \
	cmocka_unit_test_setup_teardown(check_remote__##name, setup, teardown)
#define REMOTE_CHECKS(setup, teardown)                                      \
	REMOTE_CHECK_(what_is_put_is_got, setup, teardown),                 \
		REMOTE_CHECK_(a_name_is_written_once, setup, teardown),     \
		REMOTE_CHECK_(ranges_are_exact, setup, teardown),           \
		REMOTE_CHECK_(a_short_file_is_an_error, setup, teardown),   \
		REMOTE_CHECK_(what_is_not_there_is_said, setup, teardown),  \
		REMOTE_CHECK_(an_empty_one_lists_nothing, setup, teardown), \
		REMOTE_CHECK_(lists_by_prefix, setup, teardown),            \
		REMOTE_CHECK_(what_is_dropped_is_gone, setup, teardown),    \
		REMOTE_CHECK_(other_names_are_refused, setup, teardown),    \
		REMOTE_CHECK_(wrong_bytes_get_no_name, setup, teardown),    \
		REMOTE_CHECK_(a_file_goes_on_where_it_stopped, setup,       \
			      teardown)

#endif
