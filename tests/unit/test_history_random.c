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
	int n_blames;
	int n_vague;
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
	int since;
};

static void blame_is(struct fixture *fx, const struct asked *asked,
		     struct r_blame *slow, bool no_cache)
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
	if (asked->field >= 0)
		opts.field = t_names[asked->field];
	rc = dsv_blame_open(&blame, fx->repo, &opts);
	while (rc >= 0 && (rc = dsv_blame_next(blame, &line)) > 0) {
		int at = r_index(history, &line.origin->commit.oid);
		bool since = line.origin->end == DSV_BLAME_SINCE;

		if (n >= commit->table.n)
			break;
		/* any answer will do, if it is always the same */
		if (slow->vague[n]) {
			slow->vague[n] = false;
			slow->commits[n] = at;
			slow->since[n] = since;
		}
		if (line.line != commit->table.rows[n].line ||
		    at != slow->commits[n] || since != slow->since[n])
			fail_msg("seed %d rev %d field %d since %d cache %d: "
				 "record %d line %d is of %d%s, not of %d%s",
				 (int)history->seed, asked->rev, asked->field,
				 asked->since, !no_cache, n, (int)line.line, at,
				 since ? "^" : "", slow->commits[n],
				 slow->since[n] ? "^" : "");
		n++;
	}
	if (rc < 0)
		fail_msg("seed %d: %s", (int)history->seed,
			 dsv_error_message());
	assert_int_equal(n, commit->table.n);
	assert_true(dsv_blame_info(blame)->n_problems == 0 ||
		    !dsv_blame_info(blame)->complete);
	fx->n_blames++;
}

static void blame_one(struct fixture *fx, const struct asked *asked)
{
	struct r_blame slow;

	r_slow_blame(asked->history, asked->rev, asked->field, asked->since,
		     &slow);
	for (int i = 0; i < asked->history->commits[asked->rev].table.n; i++)
		fx->n_vague += slow.vague[i];
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
		struct asked asked = {history, history->n - 1, R_RECORD, -1};
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history__blame_of_records),
		cmocka_unit_test(test_history__blame_of_fields),
		cmocka_unit_test(test_history__blame_that_ends_at_a_commit),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
