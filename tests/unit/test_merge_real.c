#include "dsvrepo.h"

#include <cjson/cJSON.h>
#include <dsv/merge.h>

#include "base/fs.h"
#include "dataset/source.h"
#include "format/format.h"
#include "history/conflict.h"
#include "repo/blobs.h"

/*
 * Six merges that people made, against the numbers of an independent oracle and
 * a merge by key that is slow and simple. DSV_DATA names the folder.
 */
static char *data;

static char *data_dir(void)
{
	const char *dir = getenv("DSV_DATA");
	char cwd[4096];

	if (dir)
		return dsv_strdup(dir);
	return dsv_strf("%s/../shared/data", getcwd(cwd, sizeof(cwd)));
}

/* The records of a file, "key\x1f<all fields>" each, sorted. */
static void read_rows(const char *text, size_t len, struct dsv_strlist *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	dsv_stream_of_memory(&in, text, len);
	assert_int_equal(
		dsv_reader_open(&reader, dsv_format_named("csv"), in, NULL), 0);
	while (dsv_reader_next(reader, &record) > 0) {
		struct dsv_buf row DSV_AUTO(buf) = DSV_BUF_INIT;

		for (size_t i = 0; i < record.n_fields; i++) {
			dsv_buf_add(&row, record.fields[i].text,
				    record.fields[i].len);
			dsv_buf_addch(&row, '\x1f');
		}
		dsv_strlist_add(out, dsv_buf_str(&row));
	}
	dsv_strlist_sort(out);
}

/* All records of the key that row begins with, in one text. */
static char *rows_of(const struct dsv_strlist *rows, const char *row)
{
	const size_t len = (size_t)(strchr(row, '\x1f') - row) + 1;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < rows->n; i++)
		if (!strncmp(rows->items[i], row, len))
			dsv_buf_addf(&out, "%s\x1e", rows->items[i]);
	return dsv_strdup(dsv_buf_str(&out));
}

struct four {
	struct dsv_strlist rows[4]; /* base, ours, theirs, merged */
	const cJSON *conflicts;
};

static bool in_conflict(const struct four *four, const char *row)
{
	const size_t len = (size_t)(strchr(row, '\x1f') - row);
	const cJSON *item;

	cJSON_ArrayForEach(item, four->conflicts)
	{
		if (strlen(item->valuestring) == len &&
		    !strncmp(item->valuestring, row, len))
			return true;
	}
	return false;
}

static void check_key(const struct four *four, const char *row)
{
	char *base DSV_AUTO(str) = rows_of(&four->rows[0], row);
	char *ours DSV_AUTO(str) = rows_of(&four->rows[1], row);
	char *theirs DSV_AUTO(str) = rows_of(&four->rows[2], row);
	char *merged DSV_AUTO(str) = rows_of(&four->rows[3], row);
	const char *want = !strcmp(base, ours) ? theirs : ours;

	if (!in_conflict(four, row))
		assert_string_equal(merged, want);
}

static void same_keys(const struct dsv_conflict_record *record,
		      const cJSON *wanted)
{
	struct dsv_strlist keys DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	for (size_t i = 0; i < record->n; i++) {
		const char *key = record->items[i].key.items[0];

		if (dsv_strlist_find(&keys, key) < 0)
			dsv_strlist_add(&keys, key);
	}
	dsv_strlist_sort(&keys);
	assert_int_equal(keys.n, cJSON_GetArraySize(wanted));
	for (size_t i = 0; i < keys.n; i++)
		assert_string_equal(
			keys.items[i],
			cJSON_GetArrayItem(wanted, (int)i)->valuestring);
}

static void merge(struct dsv_repo *repo, const char *dir, struct four *four)
{
	static const char *const names[] = {"base", "ours", "theirs"};
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_entry entry = {.mode = 0100644};
	struct dsv_oid stages[3];
	const char *bytes;
	size_t len;

	for (size_t i = 0; i < 3; i++) {
		char *path DSV_AUTO(str) = dsv_strf("%s/%s.csv", dir, names[i]);
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		assert_int_equal(dsv_fs_read(path, 64u << 20, &text), 0);
		read_rows(text.data, text.len, &four->rows[i]);
		assert_int_equal(
			dsv_blob_write(repo, text.data, text.len, &stages[i]),
			0);
	}
	assert_int_equal(dsv_conflict_drop(repo, "p.csv"), 0);
	if (dsv_merge_by_record(NULL, repo, "p.csv", stages, &entry.blob) < 0)
		fail_msg("%s", dsv_error_message());
	assert_true(dsv_conflict_record_read(&record, repo, "p.csv") >= 0);
	if (record.reason)
		fail_msg("%s", record.reason);
	same_keys(&record, four->conflicts);
	assert_int_equal(dsv_source_of_entry(&source, repo, "p.csv", &entry),
			 0);
	assert_int_equal(dsv_source_map(source, &bytes, &len), 0);
	read_rows(bytes, len, &four->rows[3]);
}

static void test_merge_real__six_merges_of_prompts(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	char *path DSV_AUTO(str) =
		dsv_strf("%s/prompts-csv/expected.json", data);
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	cJSON *root;
	const cJSON *step;

	(void)state;
	if (!dsv_fs_exists(path)) {
		fprintf(stderr, "SKIPPED: no real merges at '%s' (DSV_DATA)\n",
			data);
		return;
	}
	sh("mkdir .dsv");
	put(".dsv/datasets.yaml", "version: 1\ndatasets:\n  - name: p\n"
				  "    files: [\"p.csv\"]\n    key: [act]\n");
	assert_int_equal(dsv_fs_read(path, 64u << 20, &text), 0);
	root = cJSON_Parse(dsv_buf_str(&text));
	cJSON_ArrayForEach(step,
			   cJSON_GetObjectItemCaseSensitive(root, "merges"))
	{
		char *dir DSV_AUTO(str) = dsv_strf("%s/prompts-csv/merges/%s",
						   data, step->string);
		struct four four = {.conflicts =
					    cJSON_GetObjectItemCaseSensitive(
						    step, "conflict_keys")};

		merge(repo, dir, &four);
		for (size_t side = 0; side < 4; side++)
			for (size_t i = 0; i < four.rows[side].n; i++)
				check_key(&four, four.rows[side].items[i]);
		for (size_t side = 0; side < 4; side++)
			dsv_strlist_release(&four.rows[side]);
	}
	cJSON_Delete(root);
}

static const struct CMUnitTest tests[] = {
	dsvrepo_test(test_merge_real__six_merges_of_prompts),
};

/* The tests go to a folder of their own, so the data is found first. */
int main(int argc, char **argv)
{
	int rc;

	if (argc > 1)
		return serve(argc, argv);
	data = data_dir();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	free(data);
	return rc;
}
