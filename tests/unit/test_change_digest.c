#include "dataset_repo.h"

#include <dsv/change_digest.h>

#include "base/arena.h"
#include "base/digest.h"
#include "history_table.h"

/*
 * Against a slow reference that shares nothing but SHA-256 with the library:
 * it splits plain CSV at commas, sorts the lines of each side by key, and
 * writes the text of docs/formats/statement.md.
 */
#define LINES_MAX 4000
#define CELL_MAX  64

struct slow {
	char *items[LINES_MAX];
	size_t n;
};

static void slow_add(struct slow *slow, const char *op, const char *key,
		     const char *from, const char *to)
{
	assert_true(slow->n < LINES_MAX);
	slow->items[slow->n++] = dsv_strf("%s %s %s %s\n", op, key, from, to);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void slow_finish(struct slow *slow, struct dsv_id *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	qsort(slow->items, slow->n, sizeof(slow->items[0]), by_text);
	for (size_t i = 0; i < slow->n; i++) {
		dsv_buf_addstr(&text, slow->items[i]);
		free(slow->items[i]);
	}
	dsv_id_of(dsv_buf_str(&text), text.len, out);
	slow->n = 0;
}

/* A table of text cells "id,label,text" in any order of columns. */
struct table {
	const char *columns[3];
	char rows[200][3][CELL_MAX]; /* in the order of columns */
	int n;
	int key; /* the column of it; -1: none */
};

static void table_text(const struct table *table, struct dsv_buf *out)
{
	dsv_buf_addf(out, "%s,%s,%s\n", table->columns[0], table->columns[1],
		     table->columns[2]);
	for (int i = 0; i < table->n; i++)
		dsv_buf_addf(out, "%s,%s,%s\n", table->rows[i][0],
			     table->rows[i][1], table->rows[i][2]);
}

static void put_table(const char *path, const struct table *table)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	table_text(table, &text);
	put(path, text.data);
}

static void row_hex(const struct table *table, int row, char hex[DSV_ID_HEX])
{
	static const char *const sorted[] = {"id", "label", "text"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			if (!strcmp(table->columns[k], sorted[i]))
				dsv_buf_addf(&text, "%zu %s t %zu %s\n",
					     strlen(sorted[i]), sorted[i],
					     strlen(table->rows[row][k]),
					     table->rows[row][k]);
	dsv_id_of(text.data, text.len, &id);
	dsv_id_hex(&id, hex);
}

static const char *key_of(const struct table *table, int row)
{
	return table->key < 0 ? "" : table->rows[row][table->key];
}

static int count_key(const struct table *table, const char *key)
{
	int n = 0;

	for (int i = 0; i < table->n; i++)
		n += !strcmp(key_of(table, i), key);
	return n;
}

/* Rows of one key that have no equal on the other side; the first of equals is
 * taken away first. */
static void slow_shared(struct slow *slow, const char *path,
			const struct table *a, const struct table *b,
			const char *op)
{
	bool used[200] = {false};

	for (int i = 0; i < a->n; i++) {
		const char *key = key_of(a, i);
		char *address;
		char mine[DSV_ID_HEX];
		bool found = false;

		if (*key && count_key(a, key) <= 1 && count_key(b, key) <= 1)
			continue;
		row_hex(a, i, mine);
		for (int k = 0; !found && k < b->n; k++) {
			char other[DSV_ID_HEX];

			row_hex(b, k, other);
			found = !used[k] && !strcmp(mine, other);
			used[k] |= found;
		}
		if (found)
			continue;
		address = dsv_strf("%s:%s", path, key);
		if (!strcmp(op, "added"))
			slow_add(slow, op, address, "-", mine);
		else
			slow_add(slow, op, address, mine, "-");
		free(address);
	}
}

static void slow_single(struct slow *slow, const char *path,
			const struct table *a, const struct table *b)
{
	for (int i = 0; i < a->n; i++) {
		const char *key = key_of(a, i);
		char *address = dsv_strf("%s:%s", path, key);
		char from[DSV_ID_HEX];
		char to[DSV_ID_HEX];

		row_hex(a, i, from);
		if (*key && count_key(a, key) == 1 && count_key(b, key) == 0)
			slow_add(slow, "removed", address, from, "-");
		for (int k = 0; *key && k < b->n; k++) {
			if (count_key(a, key) != 1 || count_key(b, key) != 1 ||
			    strcmp(key_of(b, k), key))
				continue;
			row_hex(b, k, to);
			if (strcmp(from, to))
				slow_add(slow, "changed", address, from, to);
		}
		free(address);
	}
	for (int k = 0; k < b->n; k++) {
		const char *key = key_of(b, k);
		char *address = dsv_strf("%s:%s", path, key);
		char to[DSV_ID_HEX];

		row_hex(b, k, to);
		if (*key && count_key(b, key) == 1 && count_key(a, key) == 0)
			slow_add(slow, "added", address, "-", to);
		free(address);
	}
}

static void slow_table(struct slow *slow, const char *path,
		       const struct table *a, const struct table *b)
{
	slow_single(slow, path, a, b);
	slow_shared(slow, path, a, b, "removed");
	slow_shared(slow, path, b, a, "added");
}

static void fill(struct table *table, struct t_rng *rng, bool reorder)
{
	const char *const names[2][3] = {{"id", "label", "text"},
					 {"text", "id", "label"}};

	table->n = 0;
	for (int i = 0; i < 3; i++)
		table->columns[i] = names[reorder][i];
	table->key = table->key < 0 ? -1 : reorder;
	for (int i = 0; i < 30; i++) {
		char(*row)[CELL_MAX] = table->rows[table->n];
		const int at = reorder;

		if (t_chance(rng, 6))
			continue;
		snprintf(row[at], CELL_MAX, "k%u",
			 t_chance(rng, 5) ? t_below(rng, 30) : (unsigned)i);
		snprintf(row[(at + 1) % 3], CELL_MAX, "l%u", t_below(rng, 3));
		snprintf(row[(at + 2) % 3], CELL_MAX, "t%u", t_below(rng, 2));
		table->n++;
	}
}

static struct dsv_version resolve(const char *rev)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version version;

	if (dsv_repo_resolve(repo, rev, &version) < 0)
		fail_msg("%s", dsv_error_message());
	return version;
}

static struct dsv_id digest(const char *from, const char *to)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version a = {.at = DSV_AT_NOTHING};
	struct dsv_version b = resolve(to);
	struct dsv_id out;

	if (from)
		a = resolve(from);
	if (dsv_change_digest(repo, &a, &b, "reviews", &out) < 0)
		fail_msg("%s", dsv_error_message());
	return out;
}

static void same(const struct dsv_id *a, const struct dsv_id *b)
{
	char x[DSV_ID_HEX];
	char y[DSV_ID_HEX];

	assert_string_equal(dsv_id_hex(a, x), dsv_id_hex(b, y));
}

static void check_random(bool keyed)
{
	static struct table tables[2][2];
	static struct slow slow;

	define(keyed ? "  - {name: reviews, files: [\"d/*.csv\"], key: [id]}\n"
		     : "  - {name: reviews, files: [\"d/*.csv\"]}\n");
	sh("mkdir d");
	for (int round = 0; round < 12; round++) {
		struct t_rng rng = {(uint64_t)round * 77 + keyed};
		struct dsv_id expected;
		struct dsv_id got;

		for (int side = 0; side < 2; side++) {
			for (int file = 0; file < 2; file++) {
				struct table *at = &tables[side][file];

				at->key = keyed ? 0 : -1;
				fill(at, &rng, t_chance(&rng, 3));
				put_table(file ? "d/b.csv" : "d/a.csv", at);
			}
			commit_all("x", round * 2 + side);
		}
		slow_table(&slow, "d/a.csv", &tables[0][0], &tables[1][0]);
		slow_table(&slow, "d/b.csv", &tables[0][1], &tables[1][1]);
		slow_finish(&slow, &expected);
		got = digest("HEAD~1", "HEAD");
		same(&got, &expected);
		/* and once more, from the change lists */
		got = digest("HEAD~1", "HEAD");
		same(&got, &expected);
	}
}

static void test_change_digest__is_that_of_a_slow_one_by_key(void **state)
{
	(void)state;
	check_random(true);
}

static void test_change_digest__is_that_of_a_slow_one_without_key(void **state)
{
	(void)state;
	check_random(false);
}

static void id_of(const char *text, struct dsv_id *out)
{
	dsv_id_of(text, strlen(text), out);
}

static void
test_change_digest__files_of_one_side_count_as_one_line(void **state)
{
	static struct slow slow;
	struct dsv_id expected;
	struct dsv_id got;
	struct dsv_id id;
	char hex[DSV_ID_HEX];

	(void)state;
	define("  - {name: reviews, files: [\"d/*\"], key: [id]}\n");
	sh("mkdir d");
	put("d/a.csv", "id\n1\n");
	put("d/old name.csv", "id\n2\n");
	put("d/p.png", "one");
	commit_all("one", 0);
	sh("git mv 'd/old name.csv' d/new.csv");
	put("d/p.png", "two");
	put("d/b.csv", "id\n3\n");
	commit_all("two", 1);
	id_of("id\n2\n", &id);
	slow_add(&slow, "removed", "d/old name.csv", dsv_id_hex(&id, hex), "-");
	slow_add(&slow, "added", "d/new.csv", "-", hex);
	id_of("id\n3\n", &id);
	slow_add(&slow, "added", "d/b.csv", "-", dsv_id_hex(&id, hex));
	{
		char other[DSV_ID_HEX];

		id_of("one", &id);
		dsv_id_hex(&id, hex);
		id_of("two", &id);
		slow_add(&slow, "changed", "d/p.png", hex,
			 dsv_id_hex(&id, other));
	}
	slow_finish(&slow, &expected);
	got = digest("HEAD~1", "HEAD");
	same(&got, &expected);
}

static void test_change_digest__of_no_change_is_that_of_no_line(void **state)
{
	struct dsv_id expected;
	struct dsv_id got;

	(void)state;
	define("  - {name: reviews, files: [a.csv], key: [id]}\n");
	put("a.csv", "id,label\n1,x\n2,y\n");
	commit_all("one", 0);
	put("other.txt", "x\n");
	/* another order and another quoting are no change of a record */
	put("a.csv", "label,id\n\"y\",2\nx,1\n");
	commit_all("two", 1);
	id_of("", &expected);
	got = digest("HEAD~1", "HEAD");
	same(&got, &expected);
}

static void
test_change_digest__a_dataset_that_is_new_has_all_its_files(void **s)
{
	static struct slow slow;
	struct dsv_id expected;
	struct dsv_id got;
	struct dsv_id id;
	char hex[DSV_ID_HEX];

	(void)s;
	define("  - {name: reviews, files: [a.csv], key: [id]}\n");
	put("a.csv", "id\n1\n");
	commit_all("one", 0);
	id_of("id\n1\n", &id);
	slow_add(&slow, "added", "a.csv", "-", dsv_id_hex(&id, hex));
	slow_finish(&slow, &expected);
	got = digest(NULL, "HEAD");
	same(&got, &expected);
}

static void test_change_digest__values_do_not_run_into_each_other(void **state)
{
	struct dsv_id one;
	struct dsv_id two;

	(void)state;
	define("  - {name: reviews, files: [a.jsonl], key: [id]}\n");
	put("a.jsonl", "{\"id\":\"1\",\"a\":\"x\"}\n");
	commit_all("one", 0);
	put("a.jsonl", "{\"id\":\"1\",\"a\":\"null\"}\n");
	commit_all("two", 1);
	one = digest("HEAD~1", "HEAD");
	put("a.jsonl", "{\"id\":\"1\",\"a\":null}\n");
	commit_all("three", 2);
	two = digest("HEAD~2", "HEAD");
	assert_false(dsv_id_equal(&one, &two));
}

static void test_change_digest__an_unknown_dataset_is_told(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version version;
	struct dsv_id out;

	(void)state;
	define("  - {name: reviews, files: [a.csv], key: [id]}\n");
	commit_all("one", 0);
	version = resolve("HEAD");
	repo = open_here();
	assert_int_equal(
		dsv_change_digest(repo, &version, &version, "other", &out),
		DSV_ENOTFOUND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_change_digest__is_that_of_a_slow_one_by_key),
		gitrepo_test(
			test_change_digest__is_that_of_a_slow_one_without_key),
		gitrepo_test(
			test_change_digest__files_of_one_side_count_as_one_line),
		gitrepo_test(
			test_change_digest__of_no_change_is_that_of_no_line),
		gitrepo_test(
			test_change_digest__a_dataset_that_is_new_has_all_its_files),
		gitrepo_test(
			test_change_digest__values_do_not_run_into_each_other),
		gitrepo_test(test_change_digest__an_unknown_dataset_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
