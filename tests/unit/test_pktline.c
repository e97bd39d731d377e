#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <dsv/error.h>

#include "repo/pktline.h"

/* A reader over these bytes; the descriptor closes with the test. */
static int feed(const char *bytes, size_t len)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, len), len);
	close(ends[1]);
	return ends[0];
}

static int first(const char *bytes, const char **out, size_t *len,
		 struct dsv_pkt_reader *in)
{
	dsv_pkt_reader_init(in, feed(bytes, strlen(bytes)));
	return dsv_pkt_next(in, out, len);
}

static void test_pktline__reads_data_flush_and_end(void **state)
{
	struct dsv_pkt_reader in DSV_AUTO(pkt_reader) = {0};
	const char *data;
	size_t len;

	(void)state;
	assert_int_equal(first("0006a\n0004"
			       "0000",
			       &data, &len, &in),
			 DSV_PKT_DATA);
	assert_int_equal(len, 2);
	assert_memory_equal(data, "a\n", 2);
	assert_int_equal(dsv_pkt_next(&in, &data, &len), DSV_PKT_DATA);
	assert_int_equal(len, 0);
	assert_int_equal(dsv_pkt_next(&in, &data, &len), DSV_PKT_FLUSH);
	assert_int_equal(dsv_pkt_next(&in, &data, &len), DSV_PKT_END);
	close(in.fd);
}

static void test_pktline__empty_input_is_the_end(void **state)
{
	struct dsv_pkt_reader in DSV_AUTO(pkt_reader) = {0};
	const char *data;
	size_t len;

	(void)state;
	assert_int_equal(first("", &data, &len, &in), DSV_PKT_END);
	close(in.fd);
}

static void test_pktline__refuses_what_is_no_packet(void **state)
{
	static const char *const bad[] = {"00",	  "0006a", "0001", "0003",
					  "zzzz", "fff1",  "000 ", "-006aa"};
	const char *data;
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dsv_pkt_reader in DSV_AUTO(pkt_reader) = {0};

		assert_int_equal(first(bad[i], &data, &len, &in), DSV_ESYNTAX);
		close(in.fd);
	}
}

static void test_pktline__long_bytes_become_several_packets(void **state)
{
	struct dsv_pkt_reader in DSV_AUTO(pkt_reader) = {0};
	char *bytes = calloc(1, DSV_PKT_MAX + 1);
	const char *data;
	size_t len;
	char name[] = "/tmp/dsv-pkt-XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	unlink(name);
	bytes[DSV_PKT_MAX] = 'z';
	assert_int_equal(dsv_pkt_write(fd, bytes, DSV_PKT_MAX + 1), 0);
	assert_int_equal(dsv_pkt_flush(fd), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	dsv_pkt_reader_init(&in, fd);
	assert_int_equal(dsv_pkt_next(&in, &data, &len), DSV_PKT_DATA);
	assert_int_equal(len, DSV_PKT_MAX);
	assert_int_equal(dsv_pkt_next(&in, &data, &len), DSV_PKT_DATA);
	assert_int_equal(len, 1);
	assert_int_equal(data[0], 'z');
	assert_int_equal(dsv_pkt_next(&in, &data, &len), DSV_PKT_FLUSH);
	close(fd);
	free(bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pktline__reads_data_flush_and_end),
		cmocka_unit_test(test_pktline__empty_input_is_the_end),
		cmocka_unit_test(test_pktline__refuses_what_is_no_packet),
		cmocka_unit_test(
			test_pktline__long_bytes_become_several_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
