#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>
#include <dsv/statement.h>

#include "base/alloc.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEX_A	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B	 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define COMMIT	 "0123456789abcdef0123456789abcdef01234567"

#define HEAD(kind)                                                            \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"       \
	"\"digest\":{\"sha256\":\"" HEX_A "\"}}],\"predicateType\":"          \
	"\"urn:dsv:" kind ":1\",\"predicate\":{\"repository\":\"" COMMIT      \
	"\",\"target\":\"refs/heads/main\",\"dataset\":\"reviews\",\"base\":" \
	"null,\"change\":\"" HEX_B "\",\"policy\":null,\"guideline\":{"       \
	"\"id\":\"sentiment\",\"version\":\"2.1.0\",\"sha256\":\"" HEX_A      \
	"\"},\"person\":\"privacy-b\",\"role\":\"privacy\",\"time\":"         \
	"\"2025-03-03T10:00:00Z\","

static const char signoff_doc[] = HEAD(
	"sign-off") "\"decision\":\"approve\",\"reason\":\"\",\"withdraws\":"
		    "null,"
		    "\"checklist\":{\"id\":\"privacy\",\"sha256\":\"" HEX_B
		    "\",\"answers\":[{\"id\":\"consent\",\"answer\":\"yes\","
		    "\"note\":\"\"},"
		    "{\"id\":\"minors\",\"answer\":\"n/"
		    "a\",\"note\":\"gr\xc3\xbc\xc3\x9f "
		    "\\\"x\\\"\\u001b[31m\"}]},\"scan\":{\"sha256\":\"" HEX_A
		    "\",\"findings\":3,\"undecided\":0}}}\n";

static const char plan_doc[] =
	HEAD("audit-plan") "\"plan\":{\"number\":12,\"of\":\"label\",\"label\":"
			   "\"pos\",\"field\":"
			   "\"sentiment\",\"by\":\"source\",\"strata\":[{"
			   "\"name\":\"web\","
			   "\"size\":100,\"n\":20},{\"name\":\"\",\"size\":50,"
			   "\"n\":10}],"
			   "\"population\":150,\"n\":30,\"nonce\":\"" HEX_B
			   "\",\"blind\":true}}}\n";

static const char result_doc[] =
	HEAD("audit-result") "\"result\":{\"plan\":\"" HEX_B
			     "\",\"rows\":[{\"address\":\"a.csv:1\","
			     "\"answer\":\"neg\",\"cause\":\"slip\",\"note\":"
			     "\"\"},{\"address\":"
			     "\"a.csv:10\",\"answer\":\"pos\",\"cause\":\"\","
			     "\"note\":\"ok\"}]}}}\n";

static const char *const docs[] = {signoff_doc, plan_doc, result_doc};

static int parse(const char *data, size_t len)
{
	struct dsv_statement out DSV_AUTO(statement) = DSV_STATEMENT_INIT;

	return dsv_statement_parse(&out, data, len, "s.json");
}

static void test_statement__is_written_as_it_was_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(docs); i++) {
		struct dsv_statement read DSV_AUTO(statement) =
			DSV_STATEMENT_INIT;
		struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;

		if (dsv_statement_parse(&read, docs[i], strlen(docs[i]),
					"s.json") < 0)
			fail_msg("%s", dsv_error_message());
		assert_int_equal(read.kind, i);
		dsv_statement_format(&read, &again);
		assert_string_equal(again.data, docs[i]);
	}
}

static void test_statement__says_what_the_document_says(void **state)
{
	struct dsv_statement at DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	char hex[DSV_ID_HEX];

	(void)state;
	assert_int_equal(dsv_statement_parse(&at, signoff_doc,
					     strlen(signoff_doc), "s.json"),
			 0);
	assert_string_equal(dsv_id_hex(&at.subject, hex), HEX_A);
	assert_string_equal(at.repository, COMMIT);
	assert_string_equal(at.target, "refs/heads/main");
	assert_string_equal(at.dataset, "reviews");
	assert_false(at.has_base);
	assert_false(at.has_policy);
	assert_string_equal(dsv_id_hex(&at.change, hex), HEX_B);
	assert_string_equal(at.guideline, "sentiment@2.1.0");
	assert_string_equal(at.person, "privacy-b");
	assert_string_equal(at.role, "privacy");
	assert_int_equal(at.time_s, 1740996000);
	assert_int_equal(at.signoff.decision, DSV_APPROVE);
	assert_string_equal(at.signoff.checklist, "privacy");
	assert_int_equal(at.signoff.n_answers, 2);
	assert_string_equal(at.signoff.answers[1].note,
			    "gr\xc3\xbc\xc3\x9f \"x\"\x1b[31m");
	assert_true(at.signoff.scanned);
	assert_int_equal(at.signoff.findings, 3);
}

/* The document with what stands at `from` replaced. */
static char *edited(const char *doc, const char *from, const char *to)
{
	const char *at = strstr(doc, from);

	if (!at)
		fail_msg("'%s' does not stand in the document", from);
	return dsv_strf("%.*s%s%s", (int)(at - doc), doc, to,
			at + strlen(from));
}

struct edit {
	const char *const *doc;
	const char *from;
	const char *to;
	const char *fault;
	int rc;
};

static void check_edits(const struct edit *edits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *text DSV_AUTO(str) =
			edited(*edits[i].doc, edits[i].from, edits[i].to);

		if (parse(text, strlen(text)) != edits[i].rc)
			fail_msg("'%s' for '%s' is not refused as it should",
				 edits[i].to, edits[i].from);
		assert_string_equal(dsv_error_message(), edits[i].fault);
	}
}

#define SIGNOFF (&docs[0])
#define PLAN	(&docs[1])
#define RESULT	(&docs[2])

static void test_statement__names_what_is_wrong_with_every_member(void **state)
{
	static const struct edit edits[] = {
		{SIGNOFF, "\"role\":\"privacy\",", "",
		 "s.json: 'predicate.role' is missing", DSV_ESYNTAX},
		{SIGNOFF, "\"role\"", "\"Role\"",
		 "s.json: 'predicate.Role' is not known", DSV_ESYNTAX},
		{SIGNOFF, "\"role\":\"privacy\"", "\"role\":7",
		 "s.json: 'predicate.role' is not a text", DSV_ESYNTAX},
		{SIGNOFF, "\"role\":\"privacy\"", "\"role\":\"\"",
		 "s.json: 'predicate.role' is empty", DSV_ESYNTAX},
		{SIGNOFF, "\"person\":\"privacy-b\"", "\"person\":\"A B\"",
		 "s.json: 'predicate.person' is not a name ([a-z0-9._-])",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"dataset\":\"reviews\"", "\"dataset\":\".other\"",
		 "s.json: 'predicate.dataset' is not a name ([a-z0-9._-])",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"repository\":\"0", "\"repository\":\"",
		 "s.json: 'predicate.repository' is not a commit", DSV_ESYNTAX},
		{SIGNOFF, "\"refs/heads/main\"", "\"main\"",
		 "s.json: 'predicate.target' is not a branch (refs/heads/..)",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"base\":null", "\"base\":\"abc\"",
		 "s.json: 'predicate.base' is not a SHA-256", DSV_ESYNTAX},
		{SIGNOFF, "\"change\":\"b", "\"change\":\"B",
		 "s.json: 'predicate.change' is not a SHA-256", DSV_ESYNTAX},
		{SIGNOFF, "\"version\":\"2.1.0\"", "\"version\":\"2@1\"",
		 "s.json: 'predicate.guideline.version' has an '@'",
		 DSV_ESYNTAX},
		{SIGNOFF, "T10:00:00Z", "T10:00:00+00:00",
		 "s.json: 'predicate.time' is not a time "
		 "(2025-03-03T10:00:00Z)",
		 DSV_ESYNTAX},
		{SIGNOFF, "2025-03-03T", "2025-02-30T",
		 "s.json: 'predicate.time' is not a time "
		 "(2025-03-03T10:00:00Z)",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"approve\"", "\"Approve\"",
		 "s.json: 'predicate.decision' is none of approve, reject, "
		 "withdraw, override",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"approve\"", "\"withdraw\"",
		 "s.json: 'predicate.withdraws' does not say what",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"withdraws\":null", "\"withdraws\":\"" HEX_A "\"",
		 "s.json: 'predicate.withdraws' stands without that decision",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"minors\"", "\"consent\"",
		 "s.json: 'predicate.checklist.answers' answers a question "
		 "twice",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"note\":\"\"}", "\"note\":\"\",\"x\":1}",
		 "s.json: 'predicate.checklist.answers.x' is not known",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":\"3\"",
		 "s.json: 'predicate.scan.findings' is not a whole number "
		 "below 2^53",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"undecided\":0", "\"undecided\":4",
		 "s.json: 'predicate.scan.undecided' is more than there are "
		 "findings",
		 DSV_ESYNTAX},
		{PLAN, "\"of\":\"label\"", "\"of\":\"some\"",
		 "s.json: 'predicate.plan.of' is none of changed, label, all",
		 DSV_ESYNTAX},
		{PLAN, "\"of\":\"label\"", "\"of\":\"all\"",
		 "s.json: 'predicate.plan.label' stands without 'of: label'",
		 DSV_ESYNTAX},
		{PLAN, "\"label\":\"pos\"", "\"label\":null",
		 "s.json: 'predicate.plan.label' is missing", DSV_ESYNTAX},
		{PLAN, "\"by\":\"source\"", "\"by\":null",
		 "s.json: 'predicate.plan.strata' stands without 'by'",
		 DSV_ESYNTAX},
		{PLAN, "\"name\":\"\"", "\"name\":\"web\"",
		 "s.json: 'predicate.plan.strata' names a stratum twice",
		 DSV_ESYNTAX},
		{PLAN, "\"n\":20", "\"n\":101",
		 "s.json: 'predicate.plan.strata.n' is more than there are",
		 DSV_ESYNTAX},
		{PLAN, "\"n\":30", "\"n\":31",
		 "s.json: 'predicate.plan.n' is not the sum of its strata",
		 DSV_ESYNTAX},
		{PLAN, "\"population\":150", "\"population\":151",
		 "s.json: 'predicate.plan.population' is not the sum of its "
		 "strata",
		 DSV_ESYNTAX},
		{PLAN, "\"nonce\":\"b", "\"nonce\":\"",
		 "s.json: 'predicate.plan.nonce' is not 64 hex digits",
		 DSV_ESYNTAX},
		{PLAN, "\"blind\":true", "\"blind\":1",
		 "s.json: 'predicate.plan.blind' is neither true nor false",
		 DSV_ESYNTAX},
		{RESULT, "a.csv:10", "a.csv:1",
		 "s.json: 'predicate.result.rows' is not in the order of "
		 "address",
		 DSV_ESYNTAX},
		{RESULT,
		 "[{\"address\":\"a.csv:1\",\"answer\":\"neg\",\"cause\":"
		 "\"slip\",\"note\":\"\"},{\"address\":\"a.csv:10\","
		 "\"answer\":\"pos\",\"cause\":\"\",\"note\":\"ok\"}]",
		 "{}", "s.json: 'predicate.result.rows' is not a list",
		 DSV_ESYNTAX},
		{RESULT, "\"address\":\"a.csv:1\"", "\"address\":\"\"",
		 "s.json: 'predicate.result.rows.address' is empty",
		 DSV_ESYNTAX},
	};

	(void)state;
	check_edits(edits, COUNT(edits));
}

static void test_statement__takes_no_other_envelope(void **state)
{
	static const struct edit edits[] = {
		{SIGNOFF, "Statement/v1", "Statement/v2",
		 "s.json: not an in-toto statement of version 1",
		 DSV_EUNSUPPORTED},
		{SIGNOFF, "urn:dsv:sign-off:1", "urn:dsv:sign-off:2",
		 "s.json: a kind of statement that is not known",
		 DSV_EUNSUPPORTED},
		{SIGNOFF, "urn:dsv:sign-off:1", "urn:dsv:audit-plan:1",
		 "s.json: 'predicate.decision' is not known", DSV_ESYNTAX},
		{SIGNOFF, "\"subject\":[", "\"more\":1,\"subject\":[",
		 "s.json: 'more' is not known", DSV_ESYNTAX},
		{SIGNOFF, "{\"digest\":", "{\"name\":\"x\",\"digest\":",
		 "s.json: 'subject[0].name' is not known", DSV_ESYNTAX},
		{SIGNOFF, "\"sha256\":\"a", "\"sha1\":\"\",\"sha256\":\"a",
		 "s.json: 'subject[0].digest.sha1' is not known", DSV_ESYNTAX},
		{SIGNOFF, "[{\"digest\"", "[{},{\"digest\"",
		 "s.json: 'subject' is not a list of one", DSV_ESYNTAX},
		{SIGNOFF, "\"_type\"", "\"_Type\"",
		 "s.json: '_type' is not a text", DSV_ESYNTAX},
	};

	(void)state;
	check_edits(edits, COUNT(edits));
}

/* What two readers could read in two ways. */
static void test_statement__refuses_what_is_ambiguous(void **state)
{
	static const char odd[] =
		"s.json: a number with a sign, a fraction or an exponent";
	static const struct edit edits[] = {
		{SIGNOFF, "\"role\":", "\"role\":\"safety\",\"role\":",
		 "s.json: name 'role' stands there twice", DSV_ESYNTAX},
		{SIGNOFF, "}}\n", "}}{}\n", "s.json:1: more behind the value",
		 DSV_ESYNTAX},
		{SIGNOFF, "}}\n", "}}\n\n",
		 "s.json: not one line that ends in a line feed", DSV_ESYNTAX},
		{SIGNOFF, "}}\n", "}}",
		 "s.json: not one line that ends in a line feed", DSV_ESYNTAX},
		{SIGNOFF, "\"subject\"", "\n\"subject\"",
		 "s.json: not one line that ends in a line feed", DSV_ESYNTAX},
		{SIGNOFF, "\"reason\":\"\"", "\"reason\":\"\xc0\xaf\"",
		 "s.json:1: invalid UTF-8", DSV_ESYNTAX},
		{SIGNOFF, "\"reason\":\"\"", "\"reason\":\"\\ud800\"",
		 "s.json:1: half a surrogate pair", DSV_ESYNTAX},
		{SIGNOFF, "\"reason\":\"\"", "\"reason\":\"\\u0000\"",
		 "s.json:1: NUL in a string", DSV_ESYNTAX},
		{SIGNOFF, "\"reason\":\"\"", "\"reason\":\"\x1b[0m\"",
		 "s.json:1: control character in a string", DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":9007199254740992",
		 "s.json: 'predicate.scan.findings' is not a whole number "
		 "below 2^53",
		 DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":3.0", odd,
		 DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":3e0", odd,
		 DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":-3", odd,
		 DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":NaN",
		 "s.json:1: not a value", DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":1E999", odd,
		 DSV_ESYNTAX},
		{SIGNOFF, "\"findings\":3", "\"findings\":03",
		 "s.json:1: ',' or '}' is missing", DSV_ESYNTAX},
	};

	(void)state;
	check_edits(edits, COUNT(edits));
}

static void test_statement__bounds_what_is_long(void **state)
{
	char *reason = dsv_alloc(70000);
	char *edit;

	(void)state;
	memset(reason, 'x', 69999);
	reason[69999] = '\0';
	edit = dsv_strf("\"reason\":\"%s\"", reason);
	check_edits(&(const struct edit){SIGNOFF, "\"reason\":\"\"", edit,
					 "s.json: 'predicate.reason' is too "
					 "long",
					 DSV_ESYNTAX},
		    1);
	free(reason);
	free(edit);
}

static void test_statement__any_cut_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(docs); i++)
		for (size_t len = 0; len < strlen(docs[i]); len++) {
			char *cut DSV_AUTO(str) = dsv_strndup(docs[i], len);

			if (parse(cut, len) != DSV_ESYNTAX)
				fail_msg("%zu bytes of document %zu are taken",
					 len, i);
		}
	assert_int_equal(parse(NULL, 0), DSV_ESYNTAX);
}

/* A flipped bit is refused, or what is read is another statement. (An escape
 * may be written in either case.) */
static void test_statement__a_flipped_bit_is_never_unseen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(docs); i++)
		for (size_t bit = 0; bit < strlen(docs[i]) * 8; bit++) {
			struct dsv_statement at DSV_AUTO(statement) =
				DSV_STATEMENT_INIT;
			struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;
			char *text DSV_AUTO(str) = dsv_strdup(docs[i]);

			text[bit / 8] ^= (char)(1 << bit % 8);
			if (bit / 8 > 5 &&
			    !strncmp(text + bit / 8 - 5, "\\u001B", 6))
				continue;
			if (dsv_statement_parse(&at, text, strlen(docs[i]),
						"s.json") < 0)
				continue;
			dsv_statement_format(&at, &again);
			if (strcmp(again.data, docs[i]) == 0)
				fail_msg("bit %zu of document %zu", bit, i);
		}
}

static void test_statement__order_of_members_is_free(void **state)
{
	char *text DSV_AUTO(str) =
		edited(result_doc,
		       "\"person\":\"privacy-b\",\"role\":"
		       "\"privacy\"",
		       "\"role\":\"privacy\", \"person\":\"privacy-b\"");

	(void)state;
	assert_int_equal(parse(text, strlen(text)), 0);
}

static void test_statement__a_failed_read_leaves_the_result(void **state)
{
	struct dsv_statement at DSV_AUTO(statement) = DSV_STATEMENT_INIT;

	(void)state;
	at.person = dsv_strdup("privacy-b");
	assert_int_equal(dsv_statement_parse(&at, "{}\n", 3, "s.json"),
			 DSV_ESYNTAX);
	assert_string_equal(at.person, "privacy-b");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statement__is_written_as_it_was_read),
		cmocka_unit_test(test_statement__says_what_the_document_says),
		cmocka_unit_test(
			test_statement__names_what_is_wrong_with_every_member),
		cmocka_unit_test(test_statement__takes_no_other_envelope),
		cmocka_unit_test(test_statement__refuses_what_is_ambiguous),
		cmocka_unit_test(test_statement__bounds_what_is_long),
		cmocka_unit_test(test_statement__any_cut_is_refused),
		cmocka_unit_test(test_statement__a_flipped_bit_is_never_unseen),
		cmocka_unit_test(test_statement__order_of_members_is_free),
		cmocka_unit_test(
			test_statement__a_failed_read_leaves_the_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
