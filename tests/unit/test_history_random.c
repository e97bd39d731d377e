#include "slow_blame.h"

#include <dsv/blame.h>
#include <dsv/changelog.h>

/*
 * Blame and changelog of random histories against slow and simple ones, with
 * no change lists, with those that are being made, and with those that are
 * there.
 */
#define HISTORIES 400

struct fixture {
	void *git;
	struct r_history histories[HISTORIES];
	struct dsv_repo *repo;
};

static int setup(void **state)
{
	struct fixture *fx = dsv_alloc_zero(1, sizeof(*fx));

	gitrepo_open(&fx->git);
	for (int i = 0; i < HISTORIES; i++)
		r_make(&fx->histories[i], (uint64_t)i + 1);
	r_import(fx->histories, HISTORIES);
	fx->repo = open_here();
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	dsv_repo_free(&fx->repo);
	for (int i = 0; i < HISTORIES; i++)
		r_release(&fx->histories[i]);
	gitrepo_close(&fx->git);
	free(fx);
	return 0;
}

/* ------------------------------------------------------------ blame */

struct asked {
	const struct r_history *history;
	int rev;
	int field;
	int since; /* or -1 */
	int until; /* or -1 */
};

static void blame_is(struct fixture *fx, const struct asked *asked,
		     const struct r_blame *slow, bool no_cache)
{
	const struct r_history *history = asked->history;
	const struct r_commit *commit = &history->commits[asked->rev];
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	struct dsv_blame_opts opts = {.path = commit->path,
				      .no_cache = no_cache};
	struct dsv_blame_line line;
	int n = 0;
	int rc;

	r_version(history, asked->rev, &opts.rev);
	if (asked->since >= 0)
		r_version(history, asked->since, &opts.since);
	if (asked->until >= 0)
		r_version(history, asked->until, &opts.until);
	if (asked->field >= 0)
		opts.field = t_names[asked->field];
	rc = dsv_blame_open(&blame, fx->repo, &opts);
	while (rc >= 0 && (rc = dsv_blame_next(blame, &line)) > 0) {
		int at = line.origin
				 ? r_index(history, &line.origin->commit.oid)
				 : -1;
		bool since = line.origin && line.origin->end == DSV_BLAME_SINCE;

		if (n >= commit->table.n)
			break;
		if (line.line != commit->table.rows[n].line ||
		    at != slow->commits[n] || since != slow->since[n])
			fail_msg("seed %d rev %d field %d since %d until %d "
				 "cache %d: "
				 "record %d line %d is of %d%s, not of %d%s",
				 (int)history->seed, asked->rev, asked->field,
				 asked->since, asked->until, !no_cache, n,
				 (int)line.line, at, since ? "^" : "",
				 slow->commits[n], slow->since[n] ? "^" : "");
		n++;
	}
	if (rc < 0)
		fail_msg("seed %d: %s", (int)history->seed,
			 dsv_error_message());
	assert_int_equal(n, commit->table.n);
	assert_true(dsv_blame_info(blame)->n_problems == 0 ||
		    !dsv_blame_info(blame)->complete);
}

static void blame_one(struct fixture *fx, const struct asked *asked)
{
	struct r_blame slow;
	int line[R_COMMITS];
	int n_line = asked->until < 0 ? 0
				      : r_onward(asked->history, asked->rev,
						 asked->until, line);

	if (n_line > 0)
		r_slow_gone(asked->history, line, n_line, asked->field, &slow);
	else
		r_slow_blame(asked->history, asked->rev, asked->field,
			     asked->since, &slow);
	for (int round = 0; round < 3; round++)
		blame_is(fx, asked, &slow, round == 0);
}

/* A JSON file has the columns that a record has. */
static bool has_field(const struct t_table *t, int field)
{
	bool any = !t->json;

	for (int i = 0; i < t->n; i++)
		any |= t->rows[i].cells[field] != NULL;
	return t_has(t, field) && any;
}

static void each_blame(struct fixture *fx, const int *fields, int n, bool since)
{
	for (int i = 0; i < HISTORIES; i++) {
		const struct r_history *history = &fx->histories[i];
		struct asked asked = {history, history->n - 1, R_RECORD, -1,
				      -1};
		struct t_rng rng = {history->seed};

		for (int k = 0; k < n; k++) {
			asked.field = fields[k];
			if (since)
				asked.since = (int)t_below(
					&rng, (uint32_t)history->n);
			if (asked.field == R_RECORD ||
			    has_field(&history->commits[asked.rev].table,
				      asked.field))
				blame_one(fx, &asked);
		}
	}
}

static void test_history__blame_of_records(void **state)
{
	static const int fields[] = {R_RECORD};

	each_blame(*state, fields, 1, false);
}

static void test_history__blame_of_fields(void **state)
{
	static const int fields[] = {2, 3, 6};

	each_blame(*state, fields, 3, false);
}

static void test_history__blame_that_ends_at_a_commit(void **state)
{
	static const int fields[] = {R_RECORD, 2};

	each_blame(*state, fields, 2, true);
}

static void test_history__blame_of_what_went(void **state)
{
	static const int fields[] = {R_RECORD, 2, 3};
	struct fixture *fx = *state;

	for (int i = 0; i < HISTORIES * 3; i++) {
		const struct r_history *history = &fx->histories[i / 3];
		struct t_rng rng = {(uint64_t)i};
		struct asked asked = {history, 0, fields[i % 3], -1, -1};
		const struct t_table *t;
		int line[R_COMMITS];

		asked.until = history->n - 1 - (int)t_below(&rng, 3);
		asked.rev = (int)t_below(&rng, (uint32_t)asked.until);
		t = &history->commits[asked.rev].table;
		if (t->n > 0 &&
		    r_onward(history, asked.rev, asked.until, line) > 0 &&
		    (asked.field == R_RECORD || has_field(t, asked.field)))
			blame_one(fx, &asked);
	}
}

/* ------------------------------------------------------------ changelog */

/* What one label value did. */
struct tale {
	int before, after, added, removed, in, out;
};

struct slow_step {
	const struct r_history *history;
	int from, to; /* commits; from -1: nothing */
	struct t_diff parts[2];
	const struct t_table *sides[2][2]; /* of each part: from, to */
	int n_parts;
};

static const struct t_table no_rows;

/* A file under another name that has too little in common is one that goes and
 * one that comes. */
static void step_read(struct slow_step *step)
{
	const struct r_commit *commits = step->history->commits;
	const struct r_commit *from =
		step->from >= 0 ? &commits[step->from] : NULL;
	const struct r_commit *to = &commits[step->to];

	step->sides[0][0] = from ? &from->table : &no_rows;
	step->sides[0][1] = &to->table;
	step->n_parts = 1;
	if (from && from->has_file && to->has_file && !r_follows(from, to)) {
		step->n_parts = 2;
		step->sides[0][1] = &no_rows;
		step->sides[1][0] = &no_rows;
		step->sides[1][1] = &to->table;
	}
	for (int i = 0; i < step->n_parts; i++)
		t_slow_diff(&step->parts[i], step->sides[i][0],
			    step->sides[i][1], step->history->n_key);
}

static void step_release(struct slow_step *step)
{
	for (int i = 0; i < step->n_parts; i++)
		free(step->parts[i].ops);
}

static bool has_label(const struct t_row *row, const char *value)
{
	const char *text = row->cells[2] ? row->cells[2] : "(null)";

	return strcmp(text, value) == 0;
}

static int count_label(const struct t_table *t, const char *value)
{
	int n = 0;

	for (int i = 0; i < t->n; i++)
		n += has_label(&t->rows[i], value);
	return n;
}

static void add_tale(const struct slow_step *step, const char *value,
		     struct tale *out)
{
	for (int i = 0; i < step->n_parts; i++) {
		for (int k = 0; k < step->parts[i].n_ops; k++) {
			const struct t_op *op = &step->parts[i].ops[k];
			bool was = op->from >= 0 &&
				   has_label(&step->sides[i][0]->rows[op->from],
					     value);
			bool is = op->to >= 0 &&
				  has_label(&step->sides[i][1]->rows[op->to],
					    value);

			out->added += op->op == '+' && is;
			out->removed += op->op == '-' && was;
			out->in += op->op == '~' && is && !was;
			out->out += op->op == '~' && was && !is;
		}
	}
}

struct sums {
	int added, removed, changed, relabelled, label_changed, rekeyed;
};

static void add_sums(const struct slow_step *step, struct sums *out)
{
	for (int i = 0; i < step->n_parts; i++) {
		out->added += step->parts[i].added;
		out->removed += step->parts[i].removed;
		out->changed += step->parts[i].changed;
		out->relabelled += step->parts[i].relabelled;
		out->label_changed += step->parts[i].label_changed;
		out->rekeyed += step->parts[i].rekeyed;
	}
}

static void number_is(const char *what, uint64_t is, int want, uint64_t seed)
{
	if ((int)is != want)
		fail_msg("seed %d: %s is %d, not %d", (int)seed, what, (int)is,
			 want);
}

/* A group against the steps that it tells of, the oldest last. */
static void group_is(const struct dsv_changelog_group *group,
		     const struct slow_step *steps, int n)
{
	const struct r_history *history = steps[0].history;
	const struct t_table *before = steps[n - 1].sides[0][0];
	const struct t_table *after = &history->commits[steps[0].to].table;
	uint64_t seed = history->seed;
	struct sums sums = {0};
	int all = 0;

	for (int i = 0; i < n; i++)
		add_sums(&steps[i], &sums);
	number_is("added", group->added, sums.added, seed);
	number_is("removed", group->removed, sums.removed, seed);
	number_is("changed", group->changed, sums.changed, seed);
	number_is("relabelled", group->relabelled, sums.relabelled, seed);
	number_is("label_changed", group->label_changed, sums.label_changed,
		  seed);
	number_is("rekeyed", group->rekeyed, sums.rekeyed, seed);
	number_is("before", group->before, before->n, seed);
	number_is("after", group->after, after->n, seed);
	for (size_t i = 0; i < group->labels[0].n_values; i++) {
		const struct dsv_changelog_value *value =
			&group->labels[0].values[i];
		struct tale tale = {0};

		for (int k = 0; k < n; k++)
			add_tale(&steps[k], value->value, &tale);
		number_is(value->value, value->added, tale.added, seed);
		number_is(value->value, value->removed, tale.removed, seed);
		number_is(value->value, value->in, tale.in, seed);
		number_is(value->value, value->out, tale.out, seed);
		number_is(value->value, value->before,
			  count_label(before, value->value), seed);
		number_is(value->value, value->after,
			  count_label(after, value->value), seed);
		all += tale.added + tale.removed + tale.in + tale.out;
	}
	number_is("what labels did", (uint64_t)all,
		  sums.added + sums.removed + 2 * sums.label_changed, seed);
}

/* Of a history that did nothing there is no group. */
static void groups_are(const struct dsv_changelog_groups *groups,
		       const struct slow_step *steps, int n)
{
	const struct dsv_changelog_group *group =
		dsv_changelog_group(groups, "d", true);
	struct sums sums = {0};

	for (int i = 0; i < n; i++)
		add_sums(&steps[i], &sums);
	if (group)
		group_is(group, steps, n);
	else if (sums.added + sums.removed + sums.changed)
		fail_msg("seed %d: changes are not told",
			 (int)steps[0].history->seed);
}

static void changelog_is(struct fixture *fx, const struct r_history *history,
			 int from, bool no_cache)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	struct dsv_changelog_opts opts = {.no_cache = no_cache};
	struct slow_step steps[R_COMMITS] = {0};
	bool reached[R_COMMITS] = {false};
	int at = history->n - 1;
	int n = 0;

	r_version(history, at, &opts.to);
	if (from >= 0) {
		r_version(history, from, &opts.from);
		r_reach(history, from, reached);
	}
	for (; at >= 0 && !reached[at]; at = steps[n++].from) {
		const struct r_commit *commit = &history->commits[at];

		steps[n] = (struct slow_step){.history = history, .to = at};
		steps[n].from = commit->n_parents ? commit->parents[0] : -1;
		step_read(&steps[n]);
	}
	if (dsv_changelog_read(&log, fx->repo, &opts) < 0)
		fail_msg("seed %d: %s", (int)history->seed,
			 dsv_error_message());
	assert_int_equal(log->n_steps, n);
	for (int i = 0; i < n; i++) {
		assert_int_equal(r_index(history, &log->steps[i].commit.oid),
				 steps[i].to);
		assert_int_equal(log->steps[i].n_faults, 0);
		groups_are(&log->steps[i].groups, &steps[i], 1);
	}
	if (n > 0)
		groups_are(&log->total, steps, n);
	for (int i = 0; i < n; i++)
		step_release(&steps[i]);
}

static void test_history__changelog_of_all_and_of_ranges(void **state)
{
	struct fixture *fx = *state;

	for (int i = 0; i < HISTORIES * 2; i++) {
		const struct r_history *history = &fx->histories[i / 2];
		struct t_rng rng = {(uint64_t)i};
		int from =
			i % 2 ? (int)t_below(&rng, (uint32_t)history->n) : -1;

		for (int round = 0; round < 3; round++)
			changelog_is(fx, history, from, round == 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history__blame_of_records),
		cmocka_unit_test(test_history__blame_of_fields),
		cmocka_unit_test(test_history__blame_that_ends_at_a_commit),
		cmocka_unit_test(test_history__blame_of_what_went),
		cmocka_unit_test(test_history__changelog_of_all_and_of_ranges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
