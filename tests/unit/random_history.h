#ifndef TESTS_RANDOM_HISTORY_H
#define TESTS_RANDOM_HISTORY_H

/*
 * Random histories of one small table: branches, merges of two and three,
 * several roots, commits that only rewrite bytes, files that go, come back and
 * get another name, columns that come and go, doubled and missing keys. Many
 * of them stand in one repository, imported at once.
 *
 * Parents have lower numbers than their children, so that going down the
 * numbers is an order of the graph.
 */
#include "dataset_repo.h"
#include "history_table.h"

#define R_COMMITS 11
#define R_PARENTS 3

struct r_commit {
	int parents[R_PARENTS];
	int n_parents;
	struct t_table table; /* no rows where there is no file */
	bool has_file;
	const char *path;
	uint64_t salt; /* how the same records are written */
	struct dsv_buf text;
	struct dsv_oid oid;
};

struct r_history {
	uint64_t seed;
	int n_key;
	bool stored;
	struct r_commit commits[R_COMMITS];
	int n;
};

static const char *const r_paths[2][3] = {{"a.csv", "b.csv", "c.csv"},
					  {"a.jsonl", "b.jsonl", "c.jsonl"}};

static inline void r_release(struct r_history *history)
{
	for (int i = 0; i < history->n; i++) {
		t_free(&history->commits[i].table);
		dsv_buf_release(&history->commits[i].text);
	}
}

/* ------------------------------------------------------------ making */

static inline void r_pick_parents(struct t_rng *rng, struct r_history *history,
				  int at)
{
	struct r_commit *commit = &history->commits[at];
	int wanted = t_chance(rng, 3) ? (t_chance(rng, 5) ? 3 : 2) : 1;

	if (at == 0 || t_chance(rng, 16))
		return;
	for (int tries = 0; tries < 9 && commit->n_parents < wanted; tries++) {
		int parent = t_chance(rng, 2) ? at - 1
					      : (int)t_below(rng, (uint32_t)at);
		bool known = false;

		for (int i = 0; i < commit->n_parents; i++)
			known |= commit->parents[i] == parent;
		if (!known)
			commit->parents[commit->n_parents++] = parent;
	}
}

static inline void r_row_copy(struct t_row *to, const struct t_row *from)
{
	for (int i = 0; i < T_CELLS; i++)
		t_set(to, i, from->cells[i]);
}

/* A cell for each column, and none for another. */
static inline void r_fit(const struct t_table *t, struct t_row *row)
{
	for (int i = 0; i < T_CELLS; i++) {
		bool own = i < T_COLUMNS && t_has(t, i);

		if (!own && (i < T_COLUMNS || t->json))
			t_set(row, i, NULL);
		else if (own && !row->cells[i] && !t->json)
			t_set(row, i, "");
	}
}

/* Take some of what the other parent has, as a merge would or would not. */
static inline void r_mix(struct t_rng *rng, struct t_table *t,
			 const struct t_table *other, int n_key)
{
	for (int i = 0; i < other->n; i++) {
		const struct t_row *row = &other->rows[i];
		int at = -1;

		if (t_chance(rng, 3))
			continue;
		for (int k = 0; k < t->n && at < 0; k++)
			if (t_same_key(&t->rows[k], row, n_key ? n_key : 1))
				at = k;
		if (at < 0 || t_chance(rng, 12)) {
			at = (int)t_below(rng, (uint32_t)t->n + 1);
			t_insert(t, at);
		}
		r_row_copy(&t->rows[at], row);
		r_fit(t, &t->rows[at]);
	}
	for (int i = t->n; i-- > 0 && t->n > 2;)
		if (t_chance(rng, 12))
			t_delete(t, i);
}

static inline void r_double_row(struct t_rng *rng, struct t_table *t)
{
	int from = (int)t_below(rng, (uint32_t)t->n);
	int to = (int)t_below(rng, (uint32_t)t->n + 1);
	struct t_row copy = {0};

	r_row_copy(&copy, &t->rows[from]);
	*t_insert(t, to) = copy;
}

static inline void r_make_table(struct t_rng *rng, struct r_history *history,
				int at, unsigned *next_id, bool json)
{
	struct r_commit *commit = &history->commits[at];
	unsigned dirt = t_chance(rng, 4) ? T_DIRT_KEYS : 0;
	int edits = t_chance(rng, 5) ? 0 : (int)t_below(rng, 5);

	if (t_chance(rng, 6))
		dirt |= T_DIRT_COLUMNS;
	if (t_chance(rng, 12))
		dirt |= T_DIRT_SHUFFLE;
	if (t_chance(rng, 12))
		dirt |= T_DIRT_RAGGED;
	if (commit->n_parents == 0 ||
	    history->commits[commit->parents[0]].table.n == 0)
		t_random(rng, &commit->table, 3 + (int)t_below(rng, 10),
			 next_id, 0);
	else
		t_copy(&commit->table,
		       &history->commits[commit->parents[0]].table);
	commit->table.json = json;
	for (int i = 1; i < commit->n_parents; i++)
		r_mix(rng, &commit->table,
		      &history->commits[commit->parents[i]].table,
		      history->n_key);
	t_edit(rng, &commit->table, edits, next_id, dirt, 0);
	if (commit->table.n == 0)
		t_fill(rng, &commit->table, t_insert(&commit->table, 0),
		       ++*next_id, 0);
	if (t_chance(rng, 8))
		r_double_row(rng, &commit->table);
}

static inline void r_make_commit(struct t_rng *rng, struct r_history *history,
				 int at, unsigned *next_id, bool json)
{
	struct r_commit *commit = &history->commits[at];
	const struct r_commit *first;

	r_pick_parents(rng, history, at);
	first = commit->n_parents ? &history->commits[commit->parents[0]]
				  : NULL;
	commit->salt = first ? first->salt : 1;
	commit->path = first ? first->path : r_paths[json][0];
	if (t_chance(rng, 15))
		commit->salt++;
	if (t_chance(rng, 7))
		commit->path = r_paths[json][t_below(rng, 3)];
	if (t_chance(rng, 20) && at < history->n - 1)
		return;
	commit->has_file = true;
	r_make_table(rng, history, at, next_id, json);
	t_text(&commit->table, &commit->text, commit->salt);
}

static inline void r_make(struct r_history *history, uint64_t seed)
{
	struct t_rng rng = {seed};
	unsigned next_id = 0;
	bool json = seed % 5 == 0;

	*history = (struct r_history){.seed = seed};
	history->n_key = seed % 11 == 0 ? 0 : 1 + (seed % 3 == 0);
	history->stored = seed % 2 == 0;
	history->n = 4 + (int)t_below(&rng, R_COMMITS - 3);
	for (int i = 0; i < history->n; i++)
		r_make_commit(&rng, history, i, &next_id, json);
}

/* ------------------------------------------------------------ importing */

static inline const char *r_definition(const struct r_history *history)
{
	static const char *const keys[] = {"", "    key: [id]\n",
					   "    key: [id, part]\n"};
	static char text[256];

	snprintf(text, sizeof(text),
		 "version: 1\ndatasets:\n  - name: d\n"
		 "    files: [\"*.csv\", \"*.jsonl\"]\n%s    labels: [label]\n",
		 keys[history->n_key]);
	return text;
}

static inline void r_add_file(struct dsv_buf *out, const char *path,
			      const char *data, size_t len)
{
	dsv_buf_addf(out, "M 100644 inline %s\ndata %zu\n", path, len);
	dsv_buf_add(out, data, len);
	dsv_buf_addch(out, '\n');
}

/* Clocks go backwards as often as not. */
static inline void r_add_commit(struct dsv_buf *out,
				const struct r_history *history, int at,
				int mark, const char *data, size_t len)
{
	const struct r_commit *commit = &history->commits[at];
	const char *definition = r_definition(history);
	struct t_rng rng = {history->seed * 31 + (uint64_t)at};

	dsv_buf_addf(out,
		     "reset refs/heads/r\n\ncommit refs/heads/r\nmark :%d\n"
		     "committer C <c@example.org> %u +0000\ndata 0\n",
		     mark + at, 1740000000u + t_below(&rng, 100000));
	for (int i = 0; i < commit->n_parents; i++)
		dsv_buf_addf(out, "%s :%d\n", i ? "merge" : "from",
			     mark + commit->parents[i]);
	dsv_buf_addstr(out, "deleteall\n");
	r_add_file(out, ".dsv/datasets.yaml", definition, strlen(definition));
	if (commit->has_file)
		r_add_file(out, commit->path, data, len);
}

static inline void r_store(struct dsv_writer *writer,
			   const struct r_commit *commit, struct dsv_buf *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_writer_opts opts = {.cutting = {.cut = DSV_CUT_LINES}};
	struct dsv_content content;

	dsv_buf_reset(out);
	dsv_stream_of_memory(&in, dsv_buf_str(&commit->text), commit->text.len);
	assert_int_equal(dsv_writer_add(writer, in, &opts, &content), 0);
	dsv_pointer_format(&content, out);
}

static inline void r_read_marks(struct r_history *histories, int n)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	FILE *file = fopen("../marks", "r");
	struct dsv_version version;
	char hex[128];
	int mark;

	assert_non_null(file);
	while (fscanf(file, ":%d %100s\n", &mark, hex) == 2) {
		assert_true((mark - 1) / R_COMMITS < n);
		assert_int_equal(dsv_repo_resolve(repo, hex, &version), 0);
		histories[(mark - 1) / R_COMMITS]
			.commits[(mark - 1) % R_COMMITS]
			.oid = version.commit;
	}
	fclose(file);
}

/* All histories into the repository of the current folder. */
static inline void r_import(struct r_history *histories, int n)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_store *store;
	FILE *file = fopen("../import", "w");

	assert_int_equal(dsv_repo_store(repo, &store), 0);
	assert_int_equal(dsv_writer_open(&writer, store), 0);
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < histories[i].n; k++) {
			const struct r_commit *commit =
				&histories[i].commits[k];
			const struct dsv_buf *data = &commit->text;

			if (histories[i].stored && commit->has_file) {
				r_store(writer, commit, &pointer);
				data = &pointer;
			}
			r_add_commit(&out, &histories[i], k, i * R_COMMITS + 1,
				     dsv_buf_str(data), data->len);
		}
	}
	assert_int_equal(dsv_writer_commit(writer), 0);
	assert_non_null(file);
	assert_int_equal(fwrite(out.data, 1, out.len, file), out.len);
	assert_int_equal(fclose(file), 0);
	sh("git fast-import --quiet --force --export-marks=../marks "
	   "<../import");
	r_read_marks(histories, n);
}

/* ------------------------------------------------------------ reading */

static inline void r_version(const struct r_history *history, int at,
			     struct dsv_version *out)
{
	*out = (struct dsv_version){.at = DSV_AT_COMMIT,
				    .commit = history->commits[at].oid};
}

static inline int r_index(const struct r_history *history,
			  const struct dsv_oid *oid)
{
	for (int i = 0; i < history->n; i++)
		if (dsv_oid_equal(&history->commits[i].oid, oid))
			return i;
	return -1;
}

/* The commit and all that it comes from. */
static inline void r_reach(const struct r_history *history, int at, bool *out)
{
	out[at] = true;
	for (int i = 0; i < history->commits[at].n_parents; i++)
		r_reach(history, history->commits[at].parents[i], out);
}

/* Bytes of the lines that both have, as often as both have them. */
static inline size_t r_shared(const struct dsv_buf *a, const struct dsv_buf *b)
{
	char *used = calloc(a->len + 1, 1);
	size_t shared = 0;

	for (size_t i = 0, len; i < b->len; i += len) {
		const char *lf = memchr(b->data + i, '\n', b->len - i);
		size_t k = 0;

		len = lf ? (size_t)(lf - b->data) + 1 - i : b->len - i;
		for (size_t n; k < a->len; k += n) {
			lf = memchr(a->data + k, '\n', a->len - k);
			n = lf ? (size_t)(lf - a->data) + 1 - k : a->len - k;
			if (!used[k] && n == len &&
			    memcmp(a->data + k, b->data + i, n) == 0)
				break;
		}
		if (k < a->len)
			shared += len, used[k] = 1;
	}
	free(used);
	return shared;
}

/* The file of `to` stands in `from`, maybe under another name: what they share
 * is half of the newer content. */
static inline bool r_follows(const struct r_commit *from,
			     const struct r_commit *to)
{
	if (!from->has_file || !to->has_file)
		return false;
	return strcmp(from->path, to->path) == 0 ||
	       r_shared(&from->text, &to->text) * 2 >= to->text.len;
}

#endif
