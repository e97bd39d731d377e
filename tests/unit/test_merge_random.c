#include "slow_merge.h"
#include "table_read.h"

#include <dsv/merge.h>

#include "dataset/cut_kind.h"
#include "dataset/source.h"
#include "history/conflict.h"
#include "repo/blobs.h"

/*
 * Random merges by record against slow_merge.h: what the merged file holds, in
 * which order, which bytes stay, and which conflicts there are. As plain blobs
 * and out of the store, where chunks that all sides have are not read.
 */
#define CASES 150
#define LARGE 1000 /* records, more bytes than DSV_CHUNKS_MIN_BYTES */

struct merge_case {
	uint64_t seed;
	bool json;
	bool stored;
	int n_key;
	struct t_table sides[3];
	struct dsv_buf texts[3];
	struct dsv_oid stages[3];
	char path[16];
};

static void release(struct merge_case *merge)
{
	for (int i = 0; i < 3; i++) {
		t_free(&merge->sides[i]);
		dsv_buf_release(&merge->texts[i]);
	}
}

/* Copies of what is there, and some of them gone. */
static void double_rows(struct t_rng *rng, struct t_table *t)
{
	for (int i = (int)t_below(rng, 4); i > 0 && t->n > 0; i--) {
		int from = (int)t_below(rng, (uint32_t)t->n);
		int to = (int)t_below(rng, (uint32_t)t->n + 1);
		struct t_row copy = {0};

		if (from > 0 &&
		    t_same_row(&t->rows[from], &t->rows[from - 1], 0)) {
			t_delete(t, from);
			continue;
		}
		for (int k = 0; k < T_CELLS; k++)
			copy.cells[k] = t_dup(t->rows[from].cells[k]);
		*t_insert(t, t_chance(rng, 2) ? from : to) = copy;
	}
}

/* New rows here and there: some stand where a chunk begins. */
static void scatter_rows(struct t_rng *rng, struct t_table *t, unsigned *id)
{
	for (int i = 0; i < 12; i++) {
		int at = (int)t_below(rng, (uint32_t)t->n + 1);

		t_fill(rng, t, t_insert(t, at), ++*id, 0);
		*id += t_below(rng, 2);
	}
}

/* Both sides give the same new keys. */
static void make(struct merge_case *merge, uint64_t seed, bool large)
{
	struct t_rng rng = {seed};
	unsigned next_id = 0;
	bool dirty = t_chance(&rng, large ? 6 : 3);
	int n;

	*merge = (struct merge_case){.seed = seed};
	merge->json = seed % 4 == 3;
	merge->stored = large || seed % 2 == 0;
	n = large ? LARGE : (int)t_below(&rng, 12);
	t_random(&rng, &merge->sides[0], n, &next_id, large ? 240 : 0);
	merge->sides[0].json = merge->json;
	t_edit(&rng, &merge->sides[0], (int)t_below(&rng, 4), &next_id,
	       dirty ? T_DIRT_KEYS : 0, 0);
	if (dirty)
		double_rows(&rng, &merge->sides[0]);
	for (int i = 1; i < 3; i++) {
		unsigned id = next_id;
		unsigned dirt = dirty && t_chance(&rng, 2) ? T_DIRT_KEYS : 0;

		if (t_chance(&rng, large ? 20 : 5))
			dirt |= T_DIRT_COLUMNS;
		if (t_chance(&rng, large ? 20 : 10))
			dirt |= T_DIRT_SHUFFLE;
		t_copy(&merge->sides[i], &merge->sides[0]);
		t_edit(&rng, &merge->sides[i], (int)t_below(&rng, 6), &id, dirt,
		       0);
		if (large)
			scatter_rows(&rng, &merge->sides[i], &id);
		if (dirty)
			double_rows(&rng, &merge->sides[i]);
	}
	for (int i = 0; i < 3; i++)
		t_text(&merge->sides[i], &merge->texts[i], 1);
}

static void write_blobs(struct dsv_repo *repo, struct dsv_writer *writer,
			struct merge_case *merge)
{
	struct dsv_writer_opts opts = {.previous = NULL};
	struct dsv_content content;

	snprintf(merge->path, sizeof(merge->path), "k%d.%s", merge->n_key,
		 merge->json ? "jsonl" : "csv");
	opts.cutting = dsv_cutting_of_format(dsv_format_of_path(merge->path));
	for (int i = 0; i < 3; i++) {
		struct dsv_stream *in DSV_AUTO(stream) = NULL;
		struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
		const struct dsv_buf *data = &merge->texts[i];

		if (merge->stored) {
			dsv_stream_of_memory(&in, dsv_buf_str(data), data->len);
			assert_int_equal(
				dsv_writer_add(writer, in, &opts, &content), 0);
			dsv_pointer_format(&content, &pointer);
			data = &pointer;
		}
		assert_int_equal(dsv_blob_write(repo, dsv_buf_str(data),
						data->len, &merge->stages[i]),
				 0);
	}
}

/* ------------------------------------------------------------ conflicts */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One text of many, in an order of their own. */
static char *join(struct dsv_strlist *list)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), by_text);
	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&out, "%s; ", list->items[i]);
	dsv_buf_addstr(&out, "");
	return dsv_strdup(dsv_buf_str(&out));
}

static char *found_conflicts(struct dsv_repo *repo, const char *path)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_conflict_record_read(&record, repo, path);

	assert_true(rc >= 0);
	if (rc && record.reason)
		return dsv_strdup(strstr(record.reason, "column")
					  ? "column"
					  : record.reason);
	for (size_t i = 0; i < record.n; i++) {
		const struct dsv_conflict_item *item = &record.items[i];
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addstr(&text, dsv_conflict_word_name(item->word));
		for (size_t k = 0;
		     item->word != DSV_CONFLICT_NO_KEY && k < item->key.n; k++)
			dsv_buf_addf(&text, " %s", item->key.items[k]);
		if (item->field)
			dsv_buf_addf(&text, " .%s", item->field);
		dsv_strlist_add(&list, dsv_buf_str(&text));
	}
	return join(&list);
}

static char *wanted_conflicts(const struct m_merge *slow)
{
	static const char *const words[] = {
		"both_changed", "changed_removed", "removed_changed",
		"both_added",	"duplicate_key",   "no_key"};
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	if (slow->whole_file)
		return dsv_strdup("column");
	for (int i = 0; i < slow->n_conflicts; i++) {
		const struct m_conflict *at = &slow->conflicts[i];
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addstr(&text, words[at->word]);
		for (int k = 0; at->word != M_NO_KEY && k < slow->n_key; k++)
			dsv_buf_addf(&text, " %s",
				     at->row->cells[k] ? at->row->cells[k]
						       : "");
		if (at->field >= 0)
			dsv_buf_addf(&text, " .%s", t_names[at->field]);
		dsv_strlist_add(&list, dsv_buf_str(&text));
	}
	return join(&list);
}

/* ------------------------------------------------------------ content */

static void show(const struct merge_case *merge, const char *merged)
{
	static const char *const names[] = {"base", "ours", "theirs"};

	for (int i = 0; i < 3; i++)
		fprintf(stderr, "--- %s\n%s", names[i],
			dsv_buf_str(&merge->texts[i]));
	fprintf(stderr, "--- merged\n%s", merged);
}

#define WRONG(merge, merged, ...)      \
	do {                           \
		show((merge), merged); \
		fail_msg(__VA_ARGS__); \
	} while (0)

/* Each wanted row is there once; where the order is promised, in its place,
 * else those of ours in their own order. */
static const char *compare_rows(const struct m_merge *slow,
				const struct t_read *got,
				const struct t_read *ours)
{
	bool in_order = !slow->any_group;
	int last = -1;

	if (got->table.n != slow->n)
		return "the number of records is another";
	for (int i = 0; i < slow->n; i++) {
		const struct m_row *want = &slow->rows[i];
		int n_want = 0;
		int n_got = 0;
		int at = i;

		for (int k = 0; k < slow->n; k++) {
			n_want += t_same_row(&slow->rows[k].row, &want->row, 0);
			n_got += t_same_row(&got->table.rows[k], &want->row, 0);
		}
		if (n_want != n_got)
			return "a record is not there as often";
		if (in_order && !t_same_row(&got->table.rows[i], &want->row, 0))
			return "a record is not in its place";
		if (!in_order && want->ours < 0)
			continue;
		for (at = in_order ? i : last + 1;
		     at < got->table.n &&
		     !t_same_row(&got->table.rows[at], &want->row, 0);)
			at++;
		if (at == got->table.n)
			return "the order of ours is another";
		last = at;
		if (!want->touched && n_want == 1 &&
		    strcmp(got->sources[at], ours->sources[want->ours]) != 0)
			return "bytes of an untouched record are others";
	}
	return NULL;
}

static const char *compare_columns(const struct m_merge *slow,
				   const struct t_table *got)
{
	if (got->json)
		return NULL;
	if (got->n_columns != slow->n_result ||
	    memcmp(got->columns, slow->result,
		   (size_t)slow->n_result * sizeof(int)) != 0)
		return "columns are others";
	return NULL;
}

static void merged_is(struct dsv_repo *repo, struct merge_case *merge,
		      const struct dsv_oid *blob, const struct m_merge *slow)
{
	const struct dsv_entry entry = {*blob, 0100644};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct t_read got;
	struct t_read ours;
	const char *wrong;
	const char *data;
	char *text DSV_AUTO(str) = NULL;
	size_t len;

	assert_int_equal(
		dsv_source_of_entry(&source, repo, merge->path, &entry), 0);
	assert_int_equal(dsv_source_map(source, &data, &len), 0);
	text = dsv_strndup(data, len);
	t_read(&got, data, len, merge->json);
	t_read(&ours, dsv_buf_str(&merge->texts[1]), merge->texts[1].len,
	       merge->json);
	wrong = compare_columns(slow, &got.table);
	if (!wrong)
		wrong = compare_rows(slow, &got, &ours);
	if (wrong)
		WRONG(merge, text, "seed %d %s: %s", (int)merge->seed,
		      merge->path, wrong);
	t_read_release(&got);
	t_read_release(&ours);
}

/* Where one side did nothing, the other one is taken as it is. */
static const struct dsv_buf *winner(const struct merge_case *merge)
{
	const struct dsv_buf *texts = merge->texts;
	const bool same[3] = {
		strcmp(dsv_buf_str(&texts[1]), dsv_buf_str(&texts[2])) == 0,
		strcmp(dsv_buf_str(&texts[0]), dsv_buf_str(&texts[2])) == 0,
		strcmp(dsv_buf_str(&texts[0]), dsv_buf_str(&texts[1])) == 0};

	if (same[0] || same[1])
		return &texts[1];
	return same[2] ? &texts[2] : NULL;
}

static void content_is(struct dsv_repo *repo, const struct merge_case *merge,
		       const struct dsv_oid *blob, const struct dsv_buf *want)
{
	const struct dsv_entry entry = {*blob, 0100644};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	const char *data;
	size_t len;

	assert_int_equal(
		dsv_source_of_entry(&source, repo, merge->path, &entry), 0);
	assert_int_equal(dsv_source_map(source, &data, &len), 0);
	if (len != want->len || memcmp(data, dsv_buf_str(want), len) != 0)
		fail_msg("seed %d: not one of the sides", (int)merge->seed);
}

static void merge_one(struct dsv_repo *repo, struct merge_case *merge)
{
	struct m_merge slow = {.base = &merge->sides[0],
			       .ours = &merge->sides[1],
			       .theirs = &merge->sides[2],
			       .n_key = merge->n_key};
	const struct dsv_buf *taken = winner(merge);
	char *found DSV_AUTO(str) = NULL;
	char *wanted DSV_AUTO(str) = NULL;
	struct dsv_oid blob;
	int rc;

	assert_int_equal(dsv_conflict_drop(repo, merge->path), 0);
	rc = dsv_merge_by_record(NULL, repo, merge->path, merge->stages, &blob);
	if (rc < 0)
		fail_msg("seed %d: %s", (int)merge->seed, dsv_error_message());
	if (taken) {
		assert_int_equal(rc, 1);
		content_is(repo, merge, &blob, taken);
		return;
	}
	m_run(&slow);
	found = found_conflicts(repo, merge->path);
	wanted = wanted_conflicts(&slow);
	if (strcmp(found, wanted) != 0 || rc != !*wanted)
		WRONG(merge, "", "seed %d %s: found '%s', wanted '%s'",
		      (int)merge->seed, merge->path, found, wanted);
	if (slow.whole_file)
		content_is(repo, merge, &blob, &merge->texts[1]);
	else
		merged_is(repo, merge, &blob, &slow);
	m_release(&slow);
}

static void run(uint64_t first, int n_key, int n, bool large)
{
	struct merge_case *cases = dsv_alloc_zero((size_t)n, sizeof(*cases));
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_store *store;

	define("  - name: k0\n    files: [\"k0.*\"]\n"
	       "  - name: k1\n    files: [\"k1.*\"]\n    key: [id]\n"
	       "  - name: k2\n    files: [\"k2.*\"]\n    key: [id, part]\n");
	repo = open_here();
	assert_int_equal(dsv_repo_store(repo, &store), 0);
	assert_int_equal(dsv_writer_open(&writer, store), 0);
	for (int i = 0; i < n; i++) {
		make(&cases[i], first + (uint64_t)i, large);
		cases[i].n_key = n_key;
		write_blobs(repo, writer, &cases[i]);
	}
	assert_int_equal(dsv_writer_commit(writer), 0);
	for (int i = 0; i < n; i++) {
		merge_one(repo, &cases[i]);
		release(&cases[i]);
	}
	free(cases);
}

static void test_merge__random_tables_by_one_key(void **state)
{
	(void)state;
	run(1, 1, CASES, false);
}

static void test_merge__more_random_tables_by_one_key(void **state)
{
	(void)state;
	run(10001, 1, CASES, false);
}

static void test_merge__random_tables_by_two_keys(void **state)
{
	(void)state;
	run(20001, 2, CASES, false);
}

static void test_merge__random_tables_by_content(void **state)
{
	(void)state;
	run(30001, 0, CASES, false);
}

static void test_merge__random_tables_of_many_chunks(void **state)
{
	(void)state;
	run(40001, 1, 20, true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_merge__random_tables_by_one_key),
		gitrepo_test(test_merge__more_random_tables_by_one_key),
		gitrepo_test(test_merge__random_tables_by_two_keys),
		gitrepo_test(test_merge__random_tables_by_content),
		gitrepo_test(test_merge__random_tables_of_many_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
