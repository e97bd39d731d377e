/* Memory stays small while a long file is read through its mapping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fs.h"
#include "dataset/pieces.h"

#define FILE_LEN (64u * 1024u * 1024u)
#define PAGE	 4096u

/* Pages of files that this process holds, in KiB. */
static long file_pages_kb(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long kb = -1;

	assert_non_null(status);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "RssFile: %ld kB", &kb) == 1)
			break;
	fclose(status);
	return kb;
}

/* Read all of a mapping in pieces; how far the pages held grew, in KiB. */
static long growth_kb(const struct dsv_mapped *file, bool is_mapped,
		      size_t *out_len)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	volatile char sum = 0;
	long before = file_pages_kb();
	long most = 0;
	const char *piece;
	size_t len;

	*out_len = 0;
	dsv_pieces_open(&in, file->data, file->len, is_mapped);
	while (dsv_stream_next(in, &piece, &len) > 0) {
		for (size_t i = 0; i < len; i += PAGE)
			sum += piece[i];
		*out_len += len;
		if (file_pages_kb() - before > most)
			most = file_pages_kb() - before;
	}
	return most;
}

static void test_pieces__pages_behind_are_let_go(void **state)
{
	struct dsv_mapped file DSV_AUTO(mapped) = DSV_MAPPED_INIT;
	const char *folder = getenv("TMPDIR");
	char path[4096];
	size_t len;
	int fd;

	(void)state;
	if (file_pages_kb() < 0) {
		fprintf(stderr, "SKIPPED: no RssFile in /proc/self/status\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/dsv-pieces-XXXXXX",
		 folder ? folder : "/tmp");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, FILE_LEN), 0);
	close(fd);
	assert_int_equal(dsv_mapped_open(&file, path), 0);
	unlink(path);

	assert_true(growth_kb(&file, true, &len) < FILE_LEN / 1024 / 4);
	assert_int_equal(len, FILE_LEN);
	/* the measure itself: without letting go it is all of the file */
	assert_true(growth_kb(&file, false, &len) > FILE_LEN / 1024 * 3 / 4);
	assert_int_equal(len, FILE_LEN);
}

static void test_pieces__nothing_gives_no_piece(void **state)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const char *piece;
	size_t len;

	(void)state;
	dsv_pieces_open(&in, "", 0, false);
	assert_int_equal(dsv_stream_next(in, &piece, &len), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces__pages_behind_are_let_go),
		cmocka_unit_test(test_pieces__nothing_gives_no_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
