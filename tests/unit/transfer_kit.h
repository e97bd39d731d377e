#ifndef TESTS_TRANSFER_KIT_H
#define TESTS_TRANSFER_KIT_H

#include "gitrepo.h"

#include <dsv/error.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "remote/transfer.h"
#include "repo/repo.h"
#include "store/filemap.h"
#include "store/packidx.h"
#include "store/writer.h"

/* Two repositories, a in the current folder and b beside it, and a folder
 * between them. */
struct pair {
	struct dsv_repo *a, *b;
	struct dsv_remote *from_a, *from_b;
	char *dir;
};

static inline void pair_open(struct pair *pair)
{
	pair->a = open_here();
	sh("git init -q ../b");
	assert_int_equal(dsv_repo_open(&pair->b, "../b"), 0);
	pair->dir = dsv_strf("%s/../store", dsv_repo_workdir(pair->a));
	assert_int_equal(dsv_remote_open(&pair->from_a, pair->a, pair->dir), 0);
	assert_int_equal(dsv_remote_open(&pair->from_b, pair->b, pair->dir), 0);
}

static inline void pair_release(struct pair *pair)
{
	dsv_remote_free(&pair->from_a);
	dsv_remote_free(&pair->from_b);
	dsv_repo_free(&pair->a);
	dsv_repo_free(&pair->b);
	free(pair->dir);
}

#define PAIR __attribute__((cleanup(pair_release)))

/* Rows that differ in the label of every 500th up to `changed`. */
static inline void table(struct dsv_buf *out, size_t rows, size_t changed,
			 const char *word)
{
	for (size_t i = 0; i < rows; i++)
		dsv_buf_addf(out, "%zu,%s %zu and %zu,%s\n", i, word,
			     i * 7919 % 100003, i * 104729 % 100019,
			     i % 500 == 0 && i < changed ? "fox" : "cat");
}

static inline struct dsv_content add(struct dsv_writer *writer,
				     const struct dsv_buf *data,
				     const struct dsv_content *previous)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_writer_opts opts = {.cutting = {.cut = DSV_CUT_LINES},
				       .previous = previous};
	struct dsv_content content = {0};

	dsv_stream_of_memory(&in, data->data, data->len);
	if (dsv_writer_add(writer, in, &opts, &content) < 0)
		fail_msg("%s", dsv_error_message());
	return content;
}

/* n contents in one pack of repo. */
static inline void store(struct dsv_repo *repo, const struct dsv_buf *data,
			 size_t n, const struct dsv_content *previous,
			 struct dsv_content *out)
{
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_store *s;

	assert_int_equal(dsv_repo_store(repo, &s), 0);
	assert_int_equal(dsv_writer_open(&writer, s), 0);
	for (size_t i = 0; i < n; i++)
		out[i] = add(writer, &data[i], previous);
	if (dsv_writer_commit(writer) < 0)
		fail_msg("%s", dsv_error_message());
}

static inline int send(struct pair *pair, const struct dsv_content *contents,
		       size_t n, struct dsv_transfer_stats *out)
{
	const struct dsv_outgoing outgoing = {contents, n, n};

	*out = (struct dsv_transfer_stats)DSV_TRANSFER_STATS_INIT;
	return dsv_transfer_push(pair->a, pair->from_a, &outgoing, out);
}

static inline int fetch(struct pair *pair, const struct dsv_content *contents,
			size_t n, struct dsv_transfer_stats *out)
{
	*out = (struct dsv_transfer_stats)DSV_TRANSFER_STATS_INIT;
	return dsv_transfer_fetch(pair->b, pair->from_b, contents, n, out);
}

static inline void expect(struct dsv_repo *repo,
			  const struct dsv_content *content,
			  const struct dsv_buf *data)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_store *s;
	const char *piece;
	size_t len;
	int rc;

	assert_int_equal(dsv_repo_store(repo, &s), 0);
	rc = dsv_content_stream(&in, s, content);
	while (rc >= 0 && (rc = dsv_stream_next(in, &piece, &len)) > 0)
		dsv_buf_add(&got, piece, len);
	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(got.len, data->len);
	assert_memory_equal(got.data, data->data, data->len);
}

#define assert_ok(call)                                      \
	do {                                                 \
		if ((call) < 0)                              \
			fail_msg("%s", dsv_error_message()); \
	} while (0)

/* Paths of the only pack there: .pack or .idx. */
static inline char *file_there(const struct pair *pair, const char *suffix)
{
	char *packs DSV_AUTO(str) = dsv_strf("%s/packs", pair->dir);
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	assert_int_equal(dsv_fs_list(packs, &names), 0);
	for (size_t i = 0; i < names.n; i++)
		if (strstr(names.items[i], suffix))
			return dsv_fs_join(packs, names.items[i]);
	fail();
	return NULL;
}

static inline void flip(const char *path, long at)
{
	FILE *file;
	int byte;

	chmod(path, 0600);
	file = fopen(path, "r+b");
	assert_non_null(file);
	fseek(file, at, at < 0 ? SEEK_END : SEEK_SET);
	byte = fgetc(file);
	fseek(file, -1, SEEK_CUR);
	fputc(byte ^ 1, file);
	fclose(file);
}

static inline size_t packs_in(const char *folder)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	assert_int_equal(dsv_fs_list(folder, &names), 0);
	return names.n;
}

#endif
