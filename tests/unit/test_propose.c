#include "dataset_repo.h"

#include <dsv/propose.h>

#include "dataset/column_stats.h"

static void look(struct dsv_proposal *out, struct dsv_repo *repo,
		 const char *path)
{
	if (dsv_propose(out, repo, path, NULL) < 0)
		fail_msg("%s", dsv_error_message());
}

static void list_is(const struct dsv_strlist *list, const char *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&text, "%s%s", i ? "," : "", list->items[i]);
	assert_string_equal(dsv_buf_str(&text), want);
}

/* What is proposed for a table. */
static void proposes(const char *table, const char *key, const char *labels)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;

	put("t.csv", table);
	look(&p, repo, "t.csv");
	list_is(&p.key, key);
	list_is(&p.labels, labels);
}

static uint64_t total(const struct dsv_proposal *p, enum dsv_issue issue)
{
	for (size_t i = 0; i < p->n_totals; i++)
		if (p->totals[i].issue == issue)
			return p->totals[i].count;
	return 0;
}

static void test_propose__tells_what_the_columns_hold(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	const struct dsv_column *column;

	(void)state;
	put("r.csv", "id,text,sentiment,worker\n"
		     "1,good one,pos,w1\n"
		     "2,bad,neg,w1\n"
		     "3,,pos,w2\n"
		     "4.5,so so,,w2\n");
	look(&p, repo, "r.csv");
	assert_string_equal(p.format, "csv");
	assert_true(p.has_records);
	assert_int_equal(p.records, 4);
	assert_int_equal(p.n_columns, 4);
	list_is(&p.key, "id");
	list_is(&p.labels, "sentiment");
	list_is(&p.others, "text,worker");
	assert_string_equal(p.annotator, "worker");
	assert_true(p.key_proved);
	column = dsv_proposal_column(&p, "id");
	assert_true(column->unique);
	assert_int_equal(column->numeric, 4);
	column = dsv_proposal_column(&p, "sentiment");
	assert_int_equal(column->empty, 1);
	assert_int_equal(column->distinct, 2);
	assert_true(column->distinct_exact);
	assert_int_equal(column->n_values, 2);
	assert_string_equal(column->values[0].value, "pos");
	assert_int_equal(column->values[0].n, 2);
	assert_int_equal(dsv_proposal_column(&p, "text")->max_len, 8);
}

static void test_propose__prefers_what_is_called_a_key(void **state)
{
	(void)state;
	proposes("name,user_id,label\na,1,x\nb,2,y\nc,3,x\n", "user_id",
		 "label");
	proposes("text,uuid\na,1\nb,2\n", "uuid", "");
	proposes("a,b\n1,x\n2,x\n", "a", "");
	proposes("n,code,y\n7,a,0\n8,b,1\n9,c,0\n", "code", "y");
}

static void test_propose__combines_columns_where_none_is_unique(void **state)
{
	(void)state;
	proposes("rater,file,vote\n1,a,yes\n1,b,yes\n2,a,no\n2,b,yes\n",
		 "rater,file", "vote");
	proposes("rater,file,part,vote\n1,a,1,yes\n1,b,1,yes\n2,a,1,no\n"
		 "1,a,2,no\n2,a,2,no\n1,b,2,no\n2,b,1,no\n2,b,2,yes\n",
		 "rater,file,part", "vote");
}

static void test_propose__proposes_nothing_that_does_not_hold(void **state)
{
	(void)state;
	proposes("a,b\nx,1\nx,1\nx,1\n", "", "");
	proposes("", "", "");
}

static void test_propose__tells_doubles_and_empties_with_lines(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_propose_opts opts = {.key = &key};

	(void)state;
	put("t.csv", "id,x\n1,a\n2,b\n,c\n1,d\n3\n");
	dsv_strlist_add(&key, "id");
	assert_int_equal(dsv_propose(&p, repo, "t.csv", &opts), 0);
	list_is(&p.key, "id");
	assert_int_equal(total(&p, DSV_ISSUE_DUPLICATE_KEY), 1);
	assert_int_equal(total(&p, DSV_ISSUE_NO_KEY), 1);
	assert_int_equal(total(&p, DSV_ISSUE_RAGGED), 1);
	assert_int_equal(p.n_issues, 3);
	assert_int_equal(p.issues[0].line, 4);
	assert_int_equal(p.issues[0].issue, DSV_ISSUE_NO_KEY);
	assert_int_equal(p.issues[1].line, 5);
	assert_int_equal(p.issues[1].other_line, 2);
	assert_string_equal(p.issues[1].key, "1");
	assert_int_equal(p.issues[2].line, 6);
}

static void test_propose__keeps_a_key_with_few_doubles(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&text, "id,n\n");
	for (unsigned i = 0; i < 200; i++)
		dsv_buf_addf(&text, "k%u,v%u\n", i == 150 ? 7 : i, i % 50);
	put("t.csv", text.data);
	look(&p, repo, "t.csv");
	list_is(&p.key, "id");
	assert_int_equal(total(&p, DSV_ISSUE_DUPLICATE_KEY), 1);
	assert_int_equal(p.issues[0].line, 152);
	assert_int_equal(p.issues[0].other_line, 9);
}

static void test_propose__names_the_nearest_column_and_file(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_propose_opts opts = {.labels = &names};

	(void)state;
	put("reviews.csv", "id,sentiment\n1,pos\n");
	dsv_strlist_add(&names, "sentimant");
	assert_int_equal(dsv_propose(&p, repo, "reviews.csv", &opts),
			 DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "did you mean 'sentiment'?");
	assert_int_equal(dsv_propose(&p, repo, "revews.csv", NULL),
			 DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), "'revews.csv' not found");
	assert_string_equal(dsv_error_hint(), "did you mean 'reviews.csv'?");
}

static void test_propose__bytes_have_no_records(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_propose_opts opts = {.key = &key};

	(void)state;
	put("a.jpg", "\x89");
	look(&p, repo, "a.jpg");
	assert_false(p.has_records);
	assert_int_equal(p.size, 1);
	dsv_strlist_add(&key, "id");
	dsv_proposal_release(&p);
	assert_int_equal(dsv_propose(&p, repo, "a.jpg", &opts), DSV_EUSAGE);
}

/* More values than are counted exactly, so the key needs its own pass. */
static void test_propose__proves_a_key_beyond_the_exact_count(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const unsigned n = DSV_PROPOSE_EXACT + 20000;

	(void)state;
	for (int doubled = 0; doubled < 2; doubled++) {
		struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
		const struct dsv_column *column;

		dsv_buf_reset(&text);
		dsv_buf_addstr(&text, "id,x\n");
		for (unsigned i = 0; i < n; i++)
			dsv_buf_addf(&text, "%u,c\n", i * 7u);
		if (doubled)
			dsv_buf_addstr(&text, "70,c\n");
		put("t.csv", text.data);
		look(&p, repo, "t.csv");
		list_is(&p.key, "id");
		column = dsv_proposal_column(&p, "id");
		assert_int_equal(column->unique, !doubled);
		assert_int_equal(total(&p, DSV_ISSUE_DUPLICATE_KEY), doubled);
		if (doubled) {
			assert_int_equal(p.issues[0].line, n + 2);
			assert_int_equal(p.issues[0].other_line, 12);
		}
	}
}

static void test_propose__estimate_is_within_its_error(void **state)
{
	const unsigned counts[] = {20000, 100000, 300000};

	(void)state;
	for (size_t c = 0; c < 3; c++) {
		struct dsv_column_stats stats;
		struct dsv_column column = {0};
		char text[32];

		dsv_column_stats_init(&stats, DSV_EXACT_LEAST);
		for (unsigned i = 0; i < counts[c] * 2; i++) {
			struct dsv_field field = {text, 0, DSV_FIELD_TEXT};

			field.len = (size_t)sprintf(text, "v%u", i / 2);
			dsv_column_stats_add(&stats, &field);
		}
		dsv_column_stats_finish(&stats, counts[c] * 2ul, &column);
		assert_false(column.distinct_exact);
		assert_in_range(column.distinct, counts[c] * 0.94,
				counts[c] * 1.06);
		dsv_column_stats_release(&stats);
	}
}

static void test_propose__reads_json_lines(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;

	(void)state;
	put("t.jsonl", "{\"id\":1,\"label\":\"a\"}\n{\"id\":2}\n"
		       "{\"id\":3,\"label\":\"b\",\"x\":{\"y\":1}}\nnope\n");
	look(&p, repo, "t.jsonl");
	assert_int_equal(p.records, 4);
	assert_int_equal(dsv_proposal_column(&p, "label")->empty, 2);
	assert_int_equal(total(&p, DSV_ISSUE_NOT_JSON), 1);
	assert_int_equal(p.issues[0].line, 4);
}

/* Real tables: their documented keys and labels are found. */
static void real(const char *from, const char *name, const char *key,
		 const char *label)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_proposal p DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	char path[4096];

	if (!has_data(from, path, sizeof(path)))
		return;
	sh("cp '%s' %s", path, name);
	look(&p, repo, name);
	list_is(&p.key, key);
	if (*label)
		assert_true(dsv_strlist_find(&p.labels, label) >= 0);
}

static void test_propose__finds_keys_of_real_data(void **state)
{
	(void)state;
	real("raters-csv/v02.csv", "raters.csv", "rater,file,class", "vote");
	real("functioncalls-jsonl/v08.jsonl", "f.jsonl", "id", "");
	real("multiturn-jsonl/v14.jsonl", "m.jsonl", "id", "");
	real("prompts-csv/v17.csv", "p.csv", "act", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_propose__tells_what_the_columns_hold),
		gitrepo_test(test_propose__prefers_what_is_called_a_key),
		gitrepo_test(
			test_propose__combines_columns_where_none_is_unique),
		gitrepo_test(test_propose__proposes_nothing_that_does_not_hold),
		gitrepo_test(
			test_propose__tells_doubles_and_empties_with_lines),
		gitrepo_test(test_propose__keeps_a_key_with_few_doubles),
		gitrepo_test(test_propose__names_the_nearest_column_and_file),
		gitrepo_test(test_propose__bytes_have_no_records),
		gitrepo_test(test_propose__proves_a_key_beyond_the_exact_count),
		cmocka_unit_test(test_propose__estimate_is_within_its_error),
		gitrepo_test(test_propose__reads_json_lines),
		gitrepo_test(test_propose__finds_keys_of_real_data),
	};

	find_data();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
