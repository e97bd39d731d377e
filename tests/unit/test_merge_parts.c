#include "dsvrepo.h"

#include <dsv/cutting.h>
#include <dsv/merge.h>

#include "base/digest.h"
#include "dataset/cut_kind.h"
#include "dataset/source.h"
#include "format/format.h"
#include "repo/blobs.h"
#include "repo/pointer.h"
#include "repo/repo.h"
#include "store/writer.h"

/*
 * A merge out of the store, where chunks that no side changed are handed on
 * unread, against the same merge of plain blobs, which reads all records.
 */
#define RECORDS 9000
#define CASES	16

struct table {
	const char *path;
	struct dsv_buf texts[3];
};

static uint32_t below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

static void add_record(struct dsv_buf *out, bool json, unsigned id, unsigned x)
{
	if (json)
		dsv_buf_addf(out, "{\"id\": \"%u\", \"x\": %u, \"t\": \"", id,
			     x);
	else
		dsv_buf_addf(out, "%u,%u,\"", id, x);
	for (unsigned i = 0; i < 4 + id % 7; i++)
		dsv_buf_addf(out, "%08x ", (id + i) * 2654435761u);
	if (!json && id % 50 == 0)
		dsv_buf_addstr(out, "\nanother line, and\nanother");
	dsv_buf_addstr(out, json ? "\"}" : "\"");
}

/* Side 0 is the base. Both sides add keys from the same numbers. */
static void make_side(struct dsv_buf *out, bool json, uint64_t seed, int side)
{
	uint64_t rng = seed * 3 + (uint64_t)side + 1;
	const char *end = seed % 5 == 4 ? "\r\n" : "\n";
	unsigned added = RECORDS;
	unsigned rare = side ? 20 + below(&rng, 1500) : 0;
	uint64_t quiet = below(&rng, RECORDS);

	if (!json)
		dsv_buf_addf(out, "id,x,t%s", end);
	for (unsigned id = 0; id < RECORDS; id++) {
		unsigned what = 9;

		if (rare && id - quiet > RECORDS / 3 && !below(&rng, rare))
			what = below(&rng, 4);
		if (what == 0)
			continue;
		add_record(out, json, id, what == 1 ? id + (unsigned)side : id);
		dsv_buf_addstr(out, end);
		for (unsigned i = 0; what == 2 && i <= below(&rng, 3); i++) {
			add_record(out, json, added++, (unsigned)side);
			dsv_buf_addstr(out, end);
		}
	}
	if (seed % 7 == 6)
		dsv_buf_truncate(out, out->len - strlen(end));
}

static void store(struct dsv_repo *repo, const struct table *table,
		  struct dsv_oid out[3])
{
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_writer_opts opts = {.previous = NULL};
	struct dsv_content content;
	struct dsv_store *into;

	opts.cutting = dsv_cutting_of_format(dsv_format_of_path(table->path));
	assert_int_equal(dsv_repo_store(repo, &into), 0);
	assert_int_equal(dsv_writer_open(&writer, into), 0);
	for (int i = 0; i < 3; i++) {
		struct dsv_stream *in DSV_AUTO(stream) = NULL;
		struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_stream_of_memory(&in, table->texts[i].data,
				     table->texts[i].len);
		assert_int_equal(dsv_writer_add(writer, in, &opts, &content),
				 0);
		dsv_pointer_format(&content, &pointer);
		assert_int_equal(dsv_blob_write(repo, pointer.data, pointer.len,
						&out[i]),
				 0);
	}
	assert_int_equal(dsv_writer_commit(writer), 0);
}

static void open_blob(struct dsv_source **out, struct dsv_repo *repo,
		      const struct table *table, const struct dsv_oid *blob)
{
	const struct dsv_entry entry = {*blob, 0100644};

	assert_int_equal(dsv_source_of_entry(out, repo, table->path, &entry),
			 0);
}

/* The list of chunks is the one that the bytes alone would have. */
static void is_cut_as_ever(struct dsv_source *source)
{
	const struct dsv_filemap *map;
	const struct dsv_format *format =
		dsv_format_of_path(dsv_source_name(source));
	const struct dsv_cutting how = dsv_cutting_of_format(format);
	const char *data;
	uint8_t state = 0;
	size_t len;

	assert_int_equal(dsv_source_filemap(source, &map), 0);
	assert_int_equal(dsv_source_map(source, &data, &len), 0);
	assert_int_equal(map->scan_kind, how.scan.kind);
	for (size_t i = 0; i < map->n; i++) {
		const struct dsv_extent *extent = &map->extents[i];
		struct dsv_id id;
		uint32_t lines = 0;

		assert_int_equal(dsv_cut_next(how.cut, data, len, true),
				 extent->len);
		dsv_id_of(data, extent->len, &id);
		assert_true(dsv_id_equal(&id, &extent->id));
		for (size_t k = 0; k < extent->len; k++)
			lines += data[k] == '\n';
		assert_int_equal(lines, extent->lines);
		assert_int_equal(state, extent->state);
		state = how.scan.step(state, data, extent->len);
		data += extent->len;
		len -= extent->len;
	}
	assert_int_equal(len, 0);
}

static int merge(struct dsv_repo *repo, const struct table *table,
		 const struct dsv_oid stages[3], struct dsv_content *out)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_oid blob;
	int rc = dsv_merge_by_record(NULL, repo, table->path, stages, &blob);

	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	open_blob(&source, repo, table, &blob);
	assert_int_equal(dsv_source_content(source, out), 0);
	is_cut_as_ever(source);
	return rc;
}

static void make_table(struct table *table, uint64_t seed, bool json)
{
	*table = (struct table){.path = json ? "x.jsonl" : "x.csv"};
	for (int i = 0; i < 3; i++)
		make_side(&table->texts[i], json, seed, i);
}

static void release(struct table *table)
{
	for (int i = 0; i < 3; i++)
		dsv_buf_release(&table->texts[i]);
}

static void define(void)
{
	sh("mkdir -p .dsv");
	put(".dsv/datasets.yaml",
	    "version: 1\ndatasets:\n  - name: x\n    files: [\"x.*\"]\n"
	    "    key: [id]\n");
}

/* The merge out of the store first: what it writes is its own. */
static void merge_both(const struct table *table, const struct dsv_buf *file)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_cutting_rules *rules DSV_AUTO(cutting_rules) = NULL;
	struct dsv_oid stages[3];
	struct dsv_content stored;
	struct dsv_content plain;
	int rc;

	dsv_cutting_install(&rules, repo);
	if (file)
		put(table->path, dsv_buf_str(file));
	store(repo, table, stages);
	rc = merge(repo, table, stages, &stored);
	sh("rm -rf .git/dsv/conflicts x.csv x.jsonl");
	for (int i = 0; i < 3; i++)
		assert_int_equal(dsv_blob_write(repo, table->texts[i].data,
						table->texts[i].len,
						&stages[i]),
				 0);
	assert_int_equal(merge(repo, table, stages, &plain), rc);
	assert_int_equal(plain.size, stored.size);
	assert_true(dsv_id_equal(&plain.id, &stored.id));
}

static void run(uint64_t first, bool json)
{
	define();
	for (uint64_t seed = first; seed < first + CASES; seed++) {
		struct table table;

		make_table(&table, seed, json);
		merge_both(&table, seed % 3 ? &table.texts[seed % 3] : NULL);
		release(&table);
	}
}

static void test_merge_parts__tables_as_if_all_were_read(void **state)
{
	(void)state;
	run(1, false);
}

static void test_merge_parts__json_lines_as_if_all_were_read(void **state)
{
	(void)state;
	run(100, true);
}

/* What stands in the work file is taken only where its digest is right. */
static void test_merge_parts__another_work_file_is_not_believed(void **state)
{
	struct dsv_buf other DSV_AUTO(buf) = DSV_BUF_INIT;
	struct table table;

	(void)state;
	define();
	make_table(&table, 3, false);
	dsv_buf_add(&other, table.texts[1].data, table.texts[1].len);
	for (size_t i = 0; i < other.len; i += 50000)
		other.data[i] ^= 1;
	merge_both(&table, &other);
	dsv_buf_truncate(&other, other.len / 2);
	merge_both(&table, &other);
	release(&table);
}

/* New records that each stand first in a chunk, or behind one that did not
 * change: their anchor is the last record of a chunk that is not looked at. */
static void add_behind_chunks(struct dsv_buf *out, const struct dsv_buf *base)
{
	const struct dsv_cutting how =
		dsv_cutting_of_format(dsv_format_named("csv"));
	const char *data = base->data;
	size_t len = base->len;
	uint8_t state = 0;

	for (unsigned n = 0; len; n++) {
		size_t cut = dsv_cut_next(how.cut, data, len, true);

		dsv_buf_add(out, data, cut);
		state = how.scan.step(state, data, cut);
		data += cut;
		len -= cut;
		if (n % 3 || state || !len)
			continue;
		add_record(out, false, RECORDS + n, 2);
		dsv_buf_addstr(out, "\n");
	}
}

static void test_merge_parts__new_records_behind_unread_chunks(void **state)
{
	struct table table = {.path = "x.csv"};
	const char *at;

	(void)state;
	define();
	make_side(&table.texts[0], false, 1, 0);
	at = strstr(dsv_buf_str(&table.texts[0]), "\n7000,7000,");
	assert_non_null(at);
	dsv_buf_add(&table.texts[1], table.texts[0].data, table.texts[0].len);
	table.texts[1].data[at - table.texts[0].data + 6] = '8';
	add_behind_chunks(&table.texts[2], &table.texts[0]);
	merge_both(&table, NULL);
	release(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		dsvrepo_test(test_merge_parts__tables_as_if_all_were_read),
		dsvrepo_test(test_merge_parts__json_lines_as_if_all_were_read),
		dsvrepo_test(
			test_merge_parts__new_records_behind_unread_chunks),
		dsvrepo_test(
			test_merge_parts__another_work_file_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
