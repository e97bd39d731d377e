#ifndef TESTS_DATASET_REPO_H
#define TESTS_DATASET_REPO_H

#include "gitrepo.h"

#include <dsv/id.h>

#include "base/stream.h"
#include "repo/pointer.h"
#include "repo/repo.h"
#include "store/writer.h"

/* Put text into the store of a repository and its pointer into a file. */
static inline void put_stored(struct dsv_repo *repo, const char *path,
			      const char *data, size_t len)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_writer_opts opts = {.cutting = {.cut = DSV_CUT_LINES}};
	struct dsv_content content;
	struct dsv_store *store;

	assert_int_equal(dsv_repo_store(repo, &store), 0);
	assert_int_equal(dsv_writer_open(&writer, store), 0);
	dsv_stream_of_memory(&in, data, len);
	if (dsv_writer_add(writer, in, &opts, &content) < 0 ||
	    dsv_writer_commit(writer) < 0)
		fail_msg("%s", dsv_error_message());
	dsv_pointer_format(&content, &text);
	put(path, text.data);
}

static inline void define(const char *sets)
{
	char *text = dsv_strf("version: 1\ndatasets:\n%s", sets);

	sh("mkdir -p .dsv");
	put(".dsv/datasets.yaml", text);
	free(text);
}

/* Before a test changes the folder: make the place of the real data, which
 * stands beside the project, absolute. */
static inline void find_data(void)
{
	const char *base = getenv("DSV_DATA");
	char real[4096];

	if (realpath(base ? base : "../shared/data", real))
		setenv("DSV_DATA", real, 1);
}

/* False, and said loudly, where the real data is not there. */
static inline bool has_data(const char *path, char *out, size_t size)
{
	const char *base = getenv("DSV_DATA");

	snprintf(out, size, "%s/%s", base ? base : "../shared/data", path);
	if (access(out, R_OK) == 0)
		return true;
	fprintf(stderr, "SKIPPED: no real data at '%s' (set DSV_DATA)\n", out);
	return false;
}

#endif
