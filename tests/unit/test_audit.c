#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>
#include <dsv/interval.h>

#include "base/alloc.h"
#include "govern/audit_private.h"

static void add_record(struct dsv_audit_sample *sample, const char *id,
		       const char *label, const char *text)
{
	struct dsv_audit_record *it;

	if (sample->n == 0) {
		dsv_strlist_add(&sample->columns, "id");
		dsv_strlist_add(&sample->columns, "text");
		dsv_strlist_add(&sample->columns, "label");
	}
	sample->items = dsv_realloc(sample->items, sample->n + 1,
				    sizeof(*sample->items));
	it = &sample->items[sample->n++];
	*it = (struct dsv_audit_record){
		.address = dsv_strf("a.csv:%s", id),
		.label = dsv_strdup(label),
	};
	dsv_strlist_add(&it->fields, id);
	dsv_strlist_add(&it->fields, text);
	dsv_strlist_add(&it->fields, label);
}

static char word_label[] = "label";
static char no_name[] = "";
static struct dsv_stratum whole[] = {{no_name, 3, 3}};

static struct dsv_statement_plan simple_plan(void)
{
	return (struct dsv_statement_plan){.field = word_label,
					   .strata = whole,
					   .n_strata = 1,
					   .population = 3,
					   .n = 3};
}

static void three_records(struct dsv_audit_sample *sample)
{
	add_record(sample, "1", "cat", "plain");
	add_record(sample, "2", "dog", "a \"quote\", and\na line");
	add_record(sample, "3", "cat", "=1+1");
}

static void free_rows(struct dsv_statement_result *result)
{
	for (size_t i = 0; i < result->n_rows; i++) {
		free(result->rows[i].address);
		free(result->rows[i].answer);
		free(result->rows[i].cause);
		free(result->rows[i].note);
	}
	free(result->rows);
	*result = (struct dsv_statement_result){.rows = NULL};
}

struct sheet_test {
	struct dsv_statement_plan plan;
	struct dsv_audit_sample sample;
	struct dsv_strlist labels, faults;
	struct dsv_statement_result result;
};

static void set_up(struct sheet_test *t)
{
	*t = (struct sheet_test){.plan = simple_plan()};
	three_records(&t->sample);
	dsv_strlist_add(&t->labels, "cat");
	dsv_strlist_add(&t->labels, "dog");
	dsv_strlist_add(&t->labels, "-1");
}

static void tear_down(struct sheet_test *t)
{
	dsv_audit_sample_release(&t->sample);
	dsv_strlist_release(&t->labels);
	dsv_strlist_release(&t->faults);
	free_rows(&t->result);
}

static int read_bytes(struct sheet_test *t, const char *text, size_t len)
{
	const struct dsv_audit_reading in = {.plan = &t->plan,
					     .sample = &t->sample,
					     .labels = &t->labels,
					     .name = "audit-1.csv"};

	free_rows(&t->result);
	dsv_strlist_release(&t->faults);
	return dsv_audit_read_sheet(&in, text, len, &t->result, &t->faults);
}

static int read_text(struct sheet_test *t, const char *text)
{
	return read_bytes(t, text, strlen(text));
}

#define HEAD "address,data.id,data.text,data.label,label,answer,cause,note\n"
#define ROW1 "a.csv:1,1,plain,cat,cat,cat,,\n"
#define ROW2                                                              \
	"a.csv:2,2,\"a \"\"quote\"\", and\na line\",dog,dog,cat,rule R7," \
	"see there\n"
#define ROW3 "a.csv:3,3,\"'=1+1\",cat,cat,cat,,\n"

static void test_sheet__is_read_as_it_was_filled(void **state)
{
	struct sheet_test t;

	(void)state;
	set_up(&t);
	assert_int_equal(read_text(&t, HEAD ROW1 ROW2 ROW3), 0);
	assert_int_equal(t.result.n_rows, 3);
	assert_string_equal(t.result.rows[1].address, "a.csv:2");
	assert_string_equal(t.result.rows[1].answer, "cat");
	assert_string_equal(t.result.rows[1].cause, "rule R7");
	assert_string_equal(t.result.rows[1].note, "see there");
	assert_string_equal(t.result.rows[0].note, "");
	tear_down(&t);
}

static void test_sheet__what_is_written_lacks_but_the_answers(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct sheet_test t;

	(void)state;
	set_up(&t);
	dsv_audit_sheet(&t.plan, &t.sample, &text);
	assert_int_equal(read_text(&t, text.data), DSV_EREFUSED);
	assert_int_equal(t.faults.n, 3);
	assert_string_equal(t.faults.items[0], "audit-1.csv:2: no answer");
	assert_string_equal(t.faults.items[2], "audit-1.csv:5: no answer");
	assert_non_null(strstr(text.data, "\"'=1+1\""));
	tear_down(&t);
}

static void test_sheet__a_guarded_answer_is_what_was_meant(void **state)
{
	struct sheet_test t;

	(void)state;
	set_up(&t);
	assert_int_equal(read_text(&t, HEAD ROW1 ROW2
				   "a.csv:3,3,=1+1,cat,cat,-1,'=x,'plain\n"),
			 0);
	assert_string_equal(t.result.rows[2].answer, "-1");
	assert_string_equal(t.result.rows[2].cause, "=x");
	assert_string_equal(t.result.rows[2].note, "'plain");
	tear_down(&t);
}

static void test_sheet__order_line_ends_and_a_mark_do_not_matter(void **state)
{
	struct sheet_test t;

	(void)state;
	set_up(&t);
	assert_int_equal(
		read_text(&t, "\xef\xbb\xbf"
			      "answer,address,data.id,data.label,label,cause,"
			      "note,data.text\r\n"
			      "cat,a.csv:3,3,cat,cat,,,'=1+1\r\n"
			      "dog,a.csv:2,2,dog,dog,,,\"a \"\"quote\"\", "
			      "and\r\na line\"\r\n"
			      "cat,a.csv:1,1,cat,cat,,,plain\r\n"),
		0);
	assert_string_equal(t.result.rows[0].address, "a.csv:1");
	tear_down(&t);
}

static void expect_fault(const char *text, const char *fault)
{
	struct sheet_test t;
	bool found = false;

	set_up(&t);
	assert_int_equal(read_text(&t, text), DSV_EREFUSED);
	assert_int_equal(t.result.n_rows, 0);
	for (size_t i = 0; i < t.faults.n; i++)
		found = found || strcmp(t.faults.items[i], fault) == 0;
	if (!found)
		fail_msg("'%s' is not among the faults; the first is '%s'",
			 fault, t.faults.n ? t.faults.items[0] : "none");
	tear_down(&t);
}

static void test_sheet__faults_are_named_with_their_line(void **state)
{
	(void)state;
	expect_fault(HEAD ROW1 ROW3,
		     "audit-1.csv:3: the row of 'a.csv:2' is missing");
	expect_fault(HEAD ROW1 ROW2 ROW3 ROW1,
		     "audit-1.csv:6: 'a.csv:1' stands on line 2 too");
	expect_fault(HEAD ROW1 ROW2 ROW3 "a.csv:9,9,x,cat,cat,cat,,\n",
		     "audit-1.csv:6: 'a.csv:9' is not in the sample");
	expect_fault(HEAD "a.csv:1,1,plain,cat,dog,dog,,\n" ROW2 ROW3,
		     "audit-1.csv:2: 'label' was edited: it was 'cat', not "
		     "'dog'");
	expect_fault(HEAD "a.csv:1,1,plain,cat,cat,bird,,\n" ROW2 ROW3,
		     "audit-1.csv:2: 'bird' is no known label: cat, dog, -1");
	expect_fault(HEAD "a.csv:1,1,plain,cat,cat,dgo,,\n" ROW2 ROW3,
		     "audit-1.csv:2: 'dgo' is no known label: did you mean "
		     "'dog'?");
	expect_fault(HEAD "a.csv:1,1,plain,cat,cat,cat\n" ROW2 ROW3,
		     "audit-1.csv:2: a row that is not well formed, or not "
		     "UTF-8");
	expect_fault("address,answer\na.csv:1,cat\n",
		     "audit-1.csv:1: column 'data.id' is missing");
	expect_fault("address;answer\n",
		     "audit-1.csv:1: column 'answer' is missing (save it with "
		     "commas, not semicolons)");
}

/* Swapped rows keep their addresses' data, or they are edited. */
static void test_sheet__swapped_addresses_are_edited_rows(void **state)
{
	(void)state;
	expect_fault(HEAD "a.csv:3,1,plain,cat,cat,cat,,\n" ROW2
			  "a.csv:1,3,'=1+1,cat,cat,cat,,\n",
		     "audit-1.csv:2: 'data.id' was edited: it was '3', not "
		     "'1'");
}

static void test_sheet__any_cut_is_a_fault(void **state)
{
	static const char full[] = HEAD ROW1 ROW2 ROW3;
	struct sheet_test t;

	(void)state;
	set_up(&t);
	/* without the last line end it is whole; ",," are empty cells */
	for (size_t len = 0; len < sizeof(full) - 2; len++)
		assert_int_equal(read_bytes(&t, full, len), DSV_EREFUSED);
	assert_int_equal(read_bytes(&t, full, sizeof(full) - 2), 0);
	tear_down(&t);
}

static void test_sheet__nothing_is_a_fault(void **state)
{
	struct sheet_test t;

	(void)state;
	set_up(&t);
	assert_int_equal(read_text(&t, ""), DSV_EREFUSED);
	tear_down(&t);
}

/* A changed bit is a fault, or part of what the auditor writes. */
static void test_sheet__changed_bits_never_change_what_is_judged(void **state)
{
	static const char full[] = HEAD ROW1 ROW2 ROW3;
	struct sheet_test t;
	char text[sizeof(full)];

	(void)state;
	set_up(&t);
	for (size_t bit = 0; bit < (sizeof(full) - 1) * 8; bit++) {
		memcpy(text, full, sizeof(full));
		text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
		if (read_bytes(&t, text, sizeof(full) - 1) < 0)
			continue;
		assert_int_equal(t.result.n_rows, 3);
		assert_string_equal(t.result.rows[2].address, "a.csv:3");
		assert_true(dsv_strlist_find(&t.labels,
					     t.result.rows[2].answer) >= 0);
	}
	tear_down(&t);
}

static void test_sheet__blind_shows_no_label(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct sheet_test t;

	(void)state;
	set_up(&t);
	t.plan.blind = true;
	t.plan.by = word_label;
	dsv_audit_sheet(&t.plan, &t.sample, &text);
	assert_null(strstr(text.data, "label"));
	assert_null(strstr(text.data, "stratum"));
	assert_null(strstr(text.data, "cat"));
	assert_null(strstr(text.data, "dog"));
	tear_down(&t);
}

static void test_sheet__formulas_are_what_a_spreadsheet_runs(void **state)
{
	(void)state;
	assert_true(dsv_sheet_is_formula("=1"));
	assert_true(dsv_sheet_is_formula("@SUM(1)"));
	assert_true(dsv_sheet_is_formula("+cmd|' /C calc'!A0"));
	assert_true(dsv_sheet_is_formula("-2+3"));
	assert_true(dsv_sheet_is_formula("\t=1"));
	assert_true(dsv_sheet_is_formula("-"));
	assert_false(dsv_sheet_is_formula("-1.5"));
	assert_false(dsv_sheet_is_formula("+7"));
	assert_false(dsv_sheet_is_formula("a=b"));
	assert_false(dsv_sheet_is_formula(""));
}

/* Auditors and what they answer: a letter a record. */
struct audit_test {
	struct dsv_evidence_item plan, results[3];
	const struct dsv_evidence_item *lent[3];
	struct dsv_audit audit;
};

static void add_auditor(struct audit_test *t, const char *person,
			const char *answers)
{
	struct dsv_evidence_item *it = &t->results[t->audit.n_results];
	struct dsv_statement_result *out = &it->statement.result;

	*it = (struct dsv_evidence_item){.trust = DSV_TRUSTED};
	it->statement.person = dsv_strdup(person);
	out->n_rows = t->audit.sample.n;
	out->rows = dsv_alloc_zero(out->n_rows + 1, sizeof(*out->rows));
	for (size_t i = 0; i < out->n_rows; i++) {
		const bool same =
			t->audit.sample.items[i].label[0] == answers[i];

		out->rows[i].address =
			dsv_strdup(t->audit.sample.items[i].address);
		out->rows[i].answer = dsv_strndup(&answers[i], 1);
		out->rows[i].cause = dsv_strdup(same ? "" : "slip");
		out->rows[i].note = dsv_strdup("");
	}
	t->lent[t->audit.n_results++] = it;
	t->audit.results = t->lent;
}

static void begin(struct audit_test *t, struct dsv_stratum *strata, size_t n,
		  const char *labels)
{
	struct dsv_statement_plan *plan = &t->plan.statement.plan;

	*t = (struct audit_test){.audit = {.plan = &t->plan}};
	for (size_t i = 0; labels[i]; i++) {
		char id[24], label[2] = {labels[i], '\0'};

		snprintf(id, sizeof(id), "%02zu", i);
		add_record(&t->audit.sample, id, label, "x");
	}
	plan->strata = strata;
	plan->n_strata = n;
	plan->by = n > 1 ? word_label : NULL;
	plan->n = t->audit.sample.n;
	for (size_t i = 0; i < n; i++)
		plan->population += strata[i].size;
}

static void end(struct audit_test *t)
{
	for (size_t i = 0; i < t->audit.n_results; i++) {
		free(t->results[i].statement.person);
		free_rows(&t->results[i].statement.result);
	}
	dsv_audit_figures_release(&t->audit.figures);
	dsv_audit_sample_release(&t->audit.sample);
}

static void assert_near(double actual, double expected)
{
	if (!(fabs(actual - expected) <= 1e-6))
		fail_msg("%.9f is not %.9f", actual, expected);
}

static void test_figures__of_one_auditor(void **state)
{
	struct dsv_stratum strata[] = {{no_name, 400, 20}};
	struct audit_test t;
	const struct dsv_audit_figures *it = &t.audit.figures;

	(void)state;
	begin(&t, strata, 1, "aaaaaaaaaaaabbbbbbbb");
	add_auditor(&t, "ann", "aaaaaaaaaaabbbbbbbba");
	assert_int_equal(dsv_audit_compute(&t.audit, 0), 0);
	assert_int_equal(it->n, 20);
	assert_int_equal(it->correct, 18);
	assert_int_equal(it->effective, 18);
	assert_near(it->accuracy, 0.9);
	/* 18 of 20: Brown, Cai and DasGupta 2001 and the R project's binom */
	assert_near(it->wilson[0], .6989663548);
	assert_near(it->wilson[1], .9721335188);
	assert_near(it->exact[0], .6830172860);
	assert_near(it->exact[1], .9876514728);
	assert_false(it->has_kappa);
	/* both gave 12 a and 8 b: pe = .52, (.9 - .52) / .48 */
	assert_near(it->raters[0].kappa, .38 / .48);
	assert_int_equal(it->n_labels, 2);
	assert_string_equal(it->labels[0].label, "a");
	assert_int_equal(it->labels[0].correct, 11);
	assert_int_equal(it->n_confusion, 2);
	assert_string_equal(it->confusion[0].label, "a");
	assert_string_equal(it->confusion[0].answer, "b");
	assert_int_equal(it->n_causes, 1);
	assert_int_equal(it->causes[0].n, 2);
	end(&t);
}

static void test_figures__of_two_both_must_agree_with_the_data(void **state)
{
	struct dsv_stratum strata[] = {{no_name, 4, 4}};
	struct audit_test t;

	(void)state;
	begin(&t, strata, 1, "aabb");
	add_auditor(&t, "ann", "aabb");
	add_auditor(&t, "ben", "abba");
	assert_int_equal(dsv_audit_compute(&t.audit, 0), 0);
	assert_int_equal(t.audit.figures.correct, 2);
	assert_int_equal(t.audit.figures.raters[0].correct, 4);
	assert_int_equal(t.audit.figures.raters[1].correct, 2);
	assert_true(t.audit.figures.has_kappa);
	assert_near(t.audit.figures.kappa, 0);
	end(&t);
}

static void test_figures__of_three_most_must_agree_with_the_data(void **state)
{
	struct dsv_stratum strata[] = {{no_name, 4, 4}};
	struct audit_test t;

	(void)state;
	begin(&t, strata, 1, "aabb");
	add_auditor(&t, "ann", "aabb");
	add_auditor(&t, "ben", "abba");
	add_auditor(&t, "cho", "aaba");
	assert_int_equal(dsv_audit_compute(&t.audit, 0), 0);
	assert_int_equal(t.audit.figures.correct, 3);
	assert_true(t.audit.figures.has_kappa);
	/* Fleiss: 7 a and 5 b of 12; P = (1 + 1/3 + 1 + 1/3) / 4 */
	assert_near(t.audit.figures.kappa,
		    (2.0 / 3 - 74.0 / 144) / (1 - 74.0 / 144));
	end(&t);
}

static void test_figures__strata_count_by_their_size(void **state)
{
	static char big[] = "big", small[] = "small";
	struct dsv_stratum strata[] = {{big, 90, 4}, {small, 10, 4}};
	struct audit_test t;
	const struct dsv_audit_figures *it = &t.audit.figures;

	(void)state;
	begin(&t, strata, 2, "aaaabbbb");
	for (size_t i = 4; i < 8; i++)
		t.audit.sample.items[i].stratum = 1;
	add_auditor(&t, "ann", "aabbbbbb");
	assert_int_equal(dsv_audit_compute(&t.audit, 0), 0);
	assert_int_equal(it->correct, 6);
	assert_near(it->accuracy, .9 * .5 + .1);
	/* .55 of 8 are 4.4: bounds are those of 4, not of the 6 */
	assert_int_equal(it->effective, 4);
	assert_int_equal(it->n_strata, 2);
	assert_int_equal(it->strata[0].correct, 2);
	assert_int_equal(it->strata[1].correct, 4);
	assert_true(it->wilson[0] < it->accuracy &&
		    it->wilson[1] > it->accuracy);
	end(&t);
}

static void test_misfit__tells_dropped_added_and_swapped_rows(void **state)
{
	struct dsv_audit_sample sample DSV_AUTO(audit_sample) =
		DSV_AUDIT_SAMPLE_INIT;
	static char one[] = "a.csv:1", two[] = "a.csv:2", three[] = "a.csv:3";
	static char four[] = "a.csv:4", yes[] = "cat";
	struct dsv_audit_row rows[] = {{one, yes, no_name, no_name},
				       {two, yes, no_name, no_name},
				       {three, yes, no_name, no_name},
				       {four, yes, no_name, no_name}};
	struct dsv_statement_result result = {.rows = rows, .n_rows = 3};
	char *misfit;

	(void)state;
	three_records(&sample);
	assert_null(dsv_audit_misfit(&result, &sample));
	result.n_rows = 4;
	misfit = dsv_audit_misfit(&result, &sample);
	assert_string_equal(misfit, "judges 'a.csv:4', which was not drawn");
	free(misfit);
	result.n_rows = 2;
	misfit = dsv_audit_misfit(&result, &sample);
	assert_string_equal(misfit, "lacks 'a.csv:3', which was drawn");
	free(misfit);
	result.n_rows = 3;
	rows[1].address = three;
	rows[2].address = four;
	misfit = dsv_audit_misfit(&result, &sample);
	assert_string_equal(misfit, "lacks 'a.csv:2', which was drawn");
	free(misfit);
}

static void test_watch__knows_id_name_and_address_in_any_case(void **state)
{
	static char id[] = "ann-a", name[] = "Ann A";
	struct dsv_member member = {.id = id, .name = name};
	static const char *const known[] = {"ann-a", "ANN A",
					    "Ann@Example.org"};
	struct dsv_buf where DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&where, "a.csv:1");
	dsv_strlist_add(&member.emails, "ann@example.org");
	for (size_t i = 0; i < 3; i++) {
		struct dsv_watch watch DSV_AUTO(watch) = DSV_WATCH_INIT;

		dsv_watch_add(&watch, &member);
		dsv_watch_see(&watch, "ann", 3, &where);
		dsv_watch_see(&watch, "", 0, &where);
		assert_null(watch.found);
		dsv_watch_see(&watch, known[i], strlen(known[i]), &where);
		assert_ptr_equal(watch.found, &member);
		assert_string_equal(watch.where, "a.csv:1");
	}
	dsv_strlist_release(&member.emails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sheet__is_read_as_it_was_filled),
		cmocka_unit_test(
			test_sheet__what_is_written_lacks_but_the_answers),
		cmocka_unit_test(
			test_sheet__a_guarded_answer_is_what_was_meant),
		cmocka_unit_test(
			test_sheet__order_line_ends_and_a_mark_do_not_matter),
		cmocka_unit_test(test_sheet__faults_are_named_with_their_line),
		cmocka_unit_test(test_sheet__swapped_addresses_are_edited_rows),
		cmocka_unit_test(test_sheet__any_cut_is_a_fault),
		cmocka_unit_test(test_sheet__nothing_is_a_fault),
		cmocka_unit_test(
			test_sheet__changed_bits_never_change_what_is_judged),
		cmocka_unit_test(test_sheet__blind_shows_no_label),
		cmocka_unit_test(
			test_sheet__formulas_are_what_a_spreadsheet_runs),
		cmocka_unit_test(test_figures__of_one_auditor),
		cmocka_unit_test(
			test_figures__of_two_both_must_agree_with_the_data),
		cmocka_unit_test(
			test_figures__of_three_most_must_agree_with_the_data),
		cmocka_unit_test(test_figures__strata_count_by_their_size),
		cmocka_unit_test(
			test_misfit__tells_dropped_added_and_swapped_rows),
		cmocka_unit_test(
			test_watch__knows_id_name_and_address_in_any_case),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
