#include "table_read.h"

#include <dsv/apply.h>

#include "base/fs.h"

/*
 * Random deliveries put into random tables against a slow and simple apply:
 * CSV and JSONL into each other, new keys, lists of deletions, and everything
 * that a delivery is refused for.
 */
#define CASES 1500

struct apply_case {
	uint64_t seed;
	int n_key;
	bool insert, remove, allowed;
	struct t_table target, given;
	struct dsv_buf target_text, given_text;
	bool open_end; /* the target has no line end at its end */
};

static void release(struct apply_case *at)
{
	t_free(&at->target);
	t_free(&at->given);
	dsv_buf_release(&at->target_text);
	dsv_buf_release(&at->given_text);
}

/* ------------------------------------------------------------ making */

static void pick_columns(struct t_rng *rng, struct apply_case *at)
{
	struct t_table *given = &at->given;

	for (int i = 0; i < T_COLUMNS; i++) {
		bool known = t_has(&at->target, i);

		if (i < at->n_key || (known && t_chance(rng, 2)) ||
		    (!known && t_chance(rng, 20)))
			given->columns[given->n_columns++] = i;
	}
	for (int i = 0; i < given->n_columns; i++) {
		int other = (int)t_below(rng, (uint32_t)given->n_columns);
		int column = given->columns[i];

		given->columns[i] = given->columns[other];
		given->columns[other] = column;
	}
}

static void give_row(struct t_rng *rng, struct apply_case *at,
		     const struct t_row *from, unsigned *next_id, bool dirty)
{
	struct t_table *given = &at->given;
	struct t_row *row = t_insert(given, given->n);

	t_fill(rng, given, row, ++*next_id, 0);
	for (int i = 0; from && i < given->n_columns; i++) {
		int column = given->columns[i];
		const char *text = from->cells[column];

		if (column < at->n_key || t_chance(rng, 2))
			t_set(row, column, text || given->json ? text : "");
	}
	for (int i = 0; given->json && i < given->n_columns; i++)
		if (given->columns[i] >= at->n_key && t_chance(rng, 6))
			t_set(row, given->columns[i], NULL);
	if (dirty && t_chance(rng, 8))
		t_set(row, 0, "");
	if (dirty && !given->json && t_chance(rng, 10))
		t_set(row, T_COLUMNS, "more");
}

static void make(struct apply_case *at, uint64_t seed)
{
	struct t_rng rng = {seed};
	bool dirty = t_chance(&rng, 3);
	unsigned next_id = 0;

	*at = (struct apply_case){.seed = seed, .n_key = 1 + seed % 3 / 2};
	at->insert = t_chance(&rng, 2);
	at->remove = !at->insert && t_chance(&rng, 3);
	at->allowed = t_chance(&rng, 4);
	at->open_end = t_chance(&rng, 4);
	t_random(&rng, &at->target, (int)t_below(&rng, 13), &next_id, 0);
	at->target.json = seed % 2;
	t_edit(&rng, &at->target, 4, &next_id,
	       (dirty ? T_DIRT_KEYS | T_DIRT_RAGGED : 0) | T_DIRT_COLUMNS, 0);
	at->given.json = seed % 4 / 2;
	pick_columns(&rng, at);
	for (int i = 0; i < at->target.n; i++)
		if (t_chance(&rng, 3))
			give_row(&rng, at, &at->target.rows[i], &next_id,
				 dirty);
	for (int i = 0; (at->insert || dirty) && i < 3; i++)
		if (t_chance(&rng, 2))
			give_row(&rng, at,
				 dirty && at->given.n && t_chance(&rng, 4)
					 ? &at->given.rows[0]
					 : NULL,
				 &next_id, dirty);
	t_text(&at->target, &at->target_text, 1);
	t_text(&at->given, &at->given_text, 2);
	if (at->open_end && at->target_text.len)
		dsv_buf_truncate(&at->target_text, at->target_text.len - 1);
}

/* ------------------------------------------------------------ the slow one */

struct slow {
	struct t_table out;
	int from[64]; /* row of the target, -1: new */
	bool touched[64];
	int inserted, updated, deleted, unchanged, relabelled;
	struct dsv_strlist faults; /* "line kind" */
};

static void fault(struct slow *slow, unsigned line,
		  enum dsv_apply_fault_kind kind)
{
	dsv_strlist_take(&slow->faults, dsv_strf("%u %d", line, (int)kind));
}

static const char *text_of(const char *cell)
{
	return cell ? cell : "";
}

static bool same_key(const struct t_row *a, const struct t_row *b, int n_key)
{
	for (int i = 0; i < n_key; i++)
		if (strcmp(text_of(a->cells[i]), text_of(b->cells[i])) != 0)
			return false;
	return true;
}

static bool is_ragged(const struct t_table *t, const struct t_row *row)
{
	return !t->json && (row->cells[T_COLUMNS] ||
			    !row->cells[t->columns[t->n_columns - 1]]);
}

static bool is_refused_label(const struct apply_case *at,
			     const struct t_row *row)
{
	const char *label = text_of(row->cells[2]);

	return at->allowed && !at->remove && *label &&
	       strcmp(label, "cat") != 0 && strcmp(label, "dog") != 0 &&
	       strcmp(label, "fox") != 0;
}

static bool has_values(const struct t_table *t, int column)
{
	bool any = !t->json && t_has(t, column);

	for (int i = 0; i < t->n; i++)
		any |= t->rows[i].cells[column] != NULL;
	return any;
}

static void check_columns(const struct apply_case *at, struct slow *slow)
{
	const struct t_table *given = &at->given;

	if (at->remove || (at->target.json && at->target.n == 0))
		return;
	for (int i = 0; i < T_COLUMNS; i++) {
		unsigned line = 1;

		if (!has_values(given, i) || has_values(&at->target, i))
			continue;
		for (int k = 0; given->json && !given->rows[k].cells[i]; k++)
			line = given->rows[k + 1].line;
		fault(slow, line, DSV_APPLY_UNKNOWN_COLUMN);
	}
}

/* 1: a row that counts; 0: none, or the second one of its key. */
static int check_given(const struct apply_case *at, int number,
		       struct slow *slow)
{
	const struct t_row *row = &at->given.rows[number];

	if (is_ragged(&at->given, row)) {
		fault(slow, row->line, DSV_APPLY_RECORD);
		return 0;
	}
	if (t_keyless(row, at->n_key)) {
		fault(slow, row->line, DSV_APPLY_NO_KEY);
		return 0;
	}
	if (is_refused_label(at, row))
		fault(slow, row->line, DSV_APPLY_UNKNOWN_LABEL);
	for (int i = 0; i < number; i++) {
		if (is_ragged(&at->given, &at->given.rows[i]) ||
		    !same_key(&at->given.rows[i], row, at->n_key))
			continue;
		fault(slow, row->line, DSV_APPLY_DOUBLED);
		return 0;
	}
	return 1;
}

/* The fields that are given, by their text. True where one is another. */
static bool set_fields(const struct apply_case *at, const struct t_row *given,
		       bool is_new, struct t_row *row)
{
	bool any = false;

	for (int i = is_new ? 0 : at->n_key; i < T_COLUMNS; i++) {
		const char *text = given->cells[i];

		/* an empty cell does not say that there is a field */
		if (!text || t_same(text, row->cells[i]) ||
		    (!is_new && !row->cells[i] && !*text && at->target.json &&
		     !at->given.json))
			continue;
		t_set(row, i, text);
		any = true;
	}
	return any;
}

static void update(const struct apply_case *at, const struct t_row *given,
		   struct slow *slow, int to)
{
	struct t_row *row = &slow->out.rows[to];
	char *label DSV_AUTO(str) = dsv_strdup(text_of(row->cells[2]));

	if (is_refused_label(at, given))
		return;
	if (is_ragged(&at->target, row)) {
		fault(slow, given->line, DSV_APPLY_BROKEN_TARGET);
		return;
	}
	slow->touched[to] = set_fields(at, given, false, row);
	slow->updated += slow->touched[to];
	slow->unchanged += !slow->touched[to];
	slow->relabelled += *label && *text_of(row->cells[2]) &&
			    strcmp(label, text_of(row->cells[2])) != 0;
}

static void insert(const struct apply_case *at, const struct t_row *given,
		   struct slow *slow)
{
	struct t_row *row = t_insert(&slow->out, slow->out.n);

	set_fields(at, given, true, row);
	for (int i = 0; !at->target.json && i < at->target.n_columns; i++)
		if (!row->cells[at->target.columns[i]])
			t_set(row, at->target.columns[i], "");
	slow->from[slow->out.n - 1] = -1;
	slow->inserted++;
}

static void apply_row(const struct apply_case *at, int number,
		      struct slow *slow, bool *gone)
{
	const struct t_row *given = &at->given.rows[number];
	int matches = 0;
	int first = -1;

	for (int i = at->target.n; i-- > 0;) {
		if (!same_key(&at->target.rows[i], given, at->n_key))
			continue;
		first = i;
		matches++;
	}
	if (matches > 1)
		fault(slow, given->line, DSV_APPLY_DOUBLED_TARGET);
	if (matches == 0 && !at->insert)
		fault(slow, given->line, DSV_APPLY_UNKNOWN_KEY);
	else if (matches == 0)
		insert(at, given, slow);
	else if (at->remove)
		gone[first] = true;
	else
		update(at, given, slow, first);
}

static void slow_apply(const struct apply_case *at, struct slow *slow)
{
	bool gone[64] = {false};

	t_copy(&slow->out, &at->target);
	for (int i = 0; i < at->target.n; i++)
		slow->from[i] = i;
	check_columns(at, slow);
	for (int i = 0; i < at->given.n; i++)
		if (check_given(at, i, slow))
			apply_row(at, i, slow, gone);
	for (int i = at->target.n; i-- > 0;) {
		if (!gone[i])
			continue;
		t_delete(&slow->out, i);
		for (int k = i; k < slow->out.n; k++)
			slow->from[k] = slow->from[k + 1];
		slow->deleted++;
	}
}

/* ------------------------------------------------------------ comparing */

#define WRONG(at, preview, ...)                                            \
	do {                                                               \
		fprintf(stderr, "--- target\n%s\n--- given\n%s\n--- %s\n", \
			dsv_buf_str(&(at)->target_text),                   \
			dsv_buf_str(&(at)->given_text), preview);          \
		fail_msg(__VA_ARGS__);                                     \
	} while (0)

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(struct dsv_strlist *list)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), by_text);
	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&out, "%s, ", list->items[i]);
	return dsv_strdup(dsv_buf_str(&out));
}

static void faults_are(const struct apply_case *at,
		       const struct dsv_apply_result *result, struct slow *slow)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *want DSV_AUTO(str) = join(&slow->faults);
	char *got DSV_AUTO(str) = NULL;

	for (size_t i = 0; i < result->n_faults; i++)
		dsv_strlist_take(&list,
				 dsv_strf("%d %d", (int)result->faults[i].line,
					  (int)result->faults[i].kind));
	got = join(&list);
	if (strcmp(got, want) != 0)
		WRONG(at, "", "seed %d: faults '%s', not '%s'", (int)at->seed,
		      got, want);
}

static const char *compare(const struct slow *slow, const struct t_read *got,
			   const struct t_read *before)
{
	if (got->table.n != slow->out.n)
		return "the number of records is another";
	for (int i = 0; i < slow->out.n; i++) {
		if (!t_same_row(&slow->out.rows[i], &got->table.rows[i], 0))
			return "a record is another";
		if (slow->from[i] >= 0 && !slow->touched[slow->from[i]] &&
		    strcmp(got->sources[i], before->sources[slow->from[i]]) !=
			    0)
			return "bytes of an untouched record are others";
	}
	return NULL;
}

static void content_is(const struct apply_case *at, const char *path,
		       const struct slow *slow)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct t_read before;
	struct t_read got;
	const char *wrong;

	assert_int_equal(dsv_fs_read(path, 1u << 20, &text), 0);
	t_read(&got, dsv_buf_str(&text), text.len, at->target.json);
	t_read(&before, dsv_buf_str(&at->target_text), at->target_text.len,
	       at->target.json);
	wrong = compare(slow, &got, &before);
	if (!wrong && at->open_end && text.len > 0 && at->target_text.len > 0 &&
	    got.table.n > 0 && text.data[text.len - 1] == '\n')
		wrong = "a line end has come to the end";
	if (wrong)
		WRONG(at, dsv_buf_str(&text), "seed %d: %s", (int)at->seed,
		      wrong);
	t_read_release(&got);
	t_read_release(&before);
}

static void counts_are(const struct apply_case *at,
		       const struct dsv_apply_result *result,
		       const struct slow *slow)
{
	if ((int)result->inserted != slow->inserted ||
	    (int)result->updated != slow->updated ||
	    (int)result->deleted != slow->deleted ||
	    (int)result->unchanged != slow->unchanged ||
	    (int)result->relabelled != slow->relabelled ||
	    (int)result->records != at->target.n)
		WRONG(at, "", "seed %d: +%d ~%d -%d =%d re %d of %d",
		      (int)at->seed, (int)result->inserted,
		      (int)result->updated, (int)result->deleted,
		      (int)result->unchanged, (int)result->relabelled,
		      (int)result->records);
}

static void write_text(const char *path, const struct dsv_buf *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(dsv_buf_str(text), 1, text->len, file),
			 text->len);
	assert_int_equal(fclose(file), 0);
}

/* Each tenth for good. */
static void apply_one(struct dsv_repo *repo, struct apply_case *at,
		      const struct dsv_strlist *allowed)
{
	char *path DSV_AUTO(str) = dsv_strf("k%d.%s", at->n_key,
					    at->target.json ? "jsonl" : "csv");
	struct dsv_apply_opts opts = {
		.file = at->given.json ? "../given.jsonl" : "../given.csv",
		.path = path,
		.insert = at->insert,
		.remove = at->remove,
		.allowed = at->allowed ? allowed : NULL,
		.preview = at->seed % 10 != 0,
	};
	struct dsv_apply *apply DSV_AUTO(apply) = NULL;
	struct slow slow = {0};

	write_text(path, &at->target_text);
	write_text(opts.file, &at->given_text);
	slow_apply(at, &slow);
	if (dsv_apply_open(&apply, repo, &opts) < 0)
		WRONG(at, "", "seed %d: %s", (int)at->seed,
		      dsv_error_message());
	faults_are(at, dsv_apply_result(apply), &slow);
	if (slow.faults.n == 0)
		counts_are(at, dsv_apply_result(apply), &slow);
	if (!opts.preview)
		assert_int_equal(dsv_apply_commit(apply),
				 slow.faults.n ? DSV_EREFUSED : 0);
	if (slow.faults.n == 0)
		content_is(at, opts.preview ? dsv_apply_preview(apply) : path,
			   &slow);
	dsv_strlist_release(&slow.faults);
	t_free(&slow.out);
}

static void test_apply__random_deliveries(void **state)
{
	struct dsv_strlist allowed DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	dsv_strlist_split(&allowed, "cat,dog,fox", ',');
	define("  - name: k1\n    files: [\"k1.*\"]\n    key: [id]\n"
	       "    labels: [label]\n"
	       "  - name: k2\n    files: [\"k2.*\"]\n    key: [id, part]\n"
	       "    labels: [label]\n");
	repo = open_here();
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		struct apply_case at;

		make(&at, seed);
		apply_one(repo, &at, &allowed);
		release(&at);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_apply__random_deliveries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
