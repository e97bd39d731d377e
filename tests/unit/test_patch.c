/* A content is patched record by record; a record is written again. All that
 * was not asked for keeps its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dsv/error.h>

#include "dataset/patch.h"
#include "format/rewrite.h"

static const char too_long[] = "the record that is too long";

/* What is to be done with the record whose first field is `key`. */
struct order {
	const char *key;
	enum dsv_fate fate;
	const char *before, *instead, *after;
};

struct plan {
	const struct order *orders;
	size_t n;
	const char *header;
	const char *end;
};

static void add(struct dsv_put_in *to, const char *record)
{
	if (record)
		dsv_put_in_add(to, record, strlen(record));
}

static bool is_meant(const struct order *order, const struct dsv_record *record)
{
	if (record->issues & DSV_ISSUE_TOO_LONG)
		return order->key == too_long;
	return record->n_fields &&
	       record->fields[0].len == strlen(order->key) &&
	       memcmp(record->fields[0].text, order->key,
		      record->fields[0].len) == 0;
}

static int decide(void *ctx, const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	const struct plan *plan = ctx;

	(void)columns;
	for (size_t i = 0; i < plan->n; i++) {
		const struct order *order = &plan->orders[i];

		if (!is_meant(order, record))
			continue;
		out->fate = order->fate;
		add(&out->before, order->before);
		add(&out->instead, order->instead);
		add(&out->after, order->after);
	}
	return 0;
}

static int header(void *ctx, const struct dsv_record *first,
		  const struct dsv_strlist *columns, struct dsv_buf *out)
{
	const struct plan *plan = ctx;

	(void)columns;
	assert_true(first->source_len > 0);
	if (!plan->header)
		return 0;
	dsv_buf_addstr(out, plan->header);
	return 1;
}

static int put_end(void *ctx, const struct dsv_strlist *columns,
		   struct dsv_put_in *out)
{
	(void)columns;
	add(out, ((const struct plan *)ctx)->end);
	return 0;
}

/* Patch the content, into got. */
static int patch(const char *format, const char *before,
		 const struct plan *plan, struct dsv_buf *got)
{
	struct dsv_reading reading = {.format = dsv_format_named(format)};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_patch_opts opts = {
		.reading = &reading,
		.header = header,
		.decide = decide,
		.end = put_end,
		.ctx = (void *)plan,
	};
	const char *piece;
	size_t len;
	int rc;

	dsv_source_of_memory(&source, before, strlen(before), "test");
	opts.source = source;
	assert_int_equal(dsv_patch_stream(&in, &opts), 0);
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		assert_true(len > 0);
		dsv_buf_add(got, piece, len);
	}
	return rc;
}

static void check(const char *format, const char *before,
		  const struct plan *plan, const char *wanted)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(patch(format, before, plan, &got), 0);
	assert_string_equal(dsv_buf_str(&got), wanted);
}

static void test_patch__nothing_asked_changes_nothing(void **state)
{
	static const char *const contents[] = {
		"a,b\n1,x\n\n2,\"y\nz\"\n\n",
		"\xef\xbb\xbf"
		"a,b\r\n1,x\r\n2,y",
		"a,b\r1,x\r2,y\r",
		"a,b",
		"",
		"\n\na,b\n1,2\n",
		"a,b\n1\n2,3,4\n",
	};
	struct plan plan = {.n = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++)
		check("csv", contents[i], &plan, contents[i]);
	check("jsonl", "{\"a\": 1}\n\n{\"a\":2}", &plan,
	      "{\"a\": 1}\n\n{\"a\":2}");
}

static void
test_patch__records_come_and_go_between_untouched_bytes(void **state)
{
	static const struct order orders[] = {
		{"1", DSV_FATE_REPLACE, "0,first", "1,new", NULL},
		{"2", DSV_FATE_DROP, NULL, NULL, NULL},
		{"3", DSV_FATE_KEEP, NULL, NULL, "4,added"},
	};
	struct plan plan = {orders, 3, NULL, "9,end"};

	(void)state;
	check("csv", "a,b\n1,x\n2,y\n\n3,\"z\"\n5,v\n", &plan,
	      "a,b\n0,first\n1,new\n\n3,\"z\"\n4,added\n5,v\n9,end\n");
}

static void test_patch__line_ends_are_those_of_the_content(void **state)
{
	static const struct order orders[] = {
		{"1", DSV_FATE_REPLACE, NULL, "1,new", "2,after"},
	};
	struct plan plan = {orders, 1, "a,c", "9,end"};

	(void)state;
	check("csv", "a,b\r\n1,x\r\n", &plan,
	      "a,c\r\n1,new\r\n2,after\r\n9,end\r\n");
	check("csv", "a,b\r1,x\r", &plan, "a,c\r1,new\r2,after\r9,end\r");
	check("csv",
	      "\xef\xbb\xbf"
	      "a,b\n1,x\n",
	      &plan,
	      "\xef\xbb\xbf"
	      "a,c\n1,new\n2,after\n9,end\n");
}

static void test_patch__a_content_without_last_line_end_stays_so(void **state)
{
	static const struct order drop[] = {
		{"2", DSV_FATE_DROP, NULL, NULL, NULL},
	};
	static const struct order after[] = {
		{"2", DSV_FATE_REPLACE, NULL, "2,new", "3,after"},
	};
	struct plan plan = {NULL, 0, NULL, "9,end"};

	(void)state;
	check("csv", "a,b\n1,x\n2,y", &plan, "a,b\n1,x\n2,y\n9,end");
	check("csv", "a,b", &plan, "a,b\n9,end");
	plan = (struct plan){drop, 1, NULL, NULL};
	check("csv", "a,b\n1,x\n2,y", &plan, "a,b\n1,x");
	plan.end = "9,end";
	check("csv", "a,b\n1,x\n2,y", &plan, "a,b\n1,x\n9,end");
	check("csv", "a,b\n1,x\n2,y\n3,z", &plan, "a,b\n1,x\n3,z\n9,end");
	plan = (struct plan){after, 1, NULL, NULL};
	check("csv", "a,b\n1,x\n2,y", &plan, "a,b\n1,x\n2,new\n3,after");
}

static void test_patch__nothing_is_put_where_it_would_be_lost(void **state)
{
	static const struct order after[] = {
		{"2", DSV_FATE_KEEP, NULL, NULL, "3,after"},
	};
	static const struct order swallows[] = {
		{"2", DSV_FATE_REPLACE, NULL, "2,\"x", NULL},
	};
	static const struct order instead[] = {
		{"2", DSV_FATE_REPLACE, NULL, "2,new", NULL},
	};
	struct plan plan = {NULL, 0, NULL, "9,end"};
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	/* within quotes that nothing closes, or as a header */
	assert_int_equal(patch("csv", "a,b\n2,\"x\n", &plan, &got),
			 DSV_ECORRUPT);
	assert_int_equal(patch("csv", "", &plan, &got), DSV_ECORRUPT);
	plan = (struct plan){after, 1, NULL, NULL};
	assert_int_equal(patch("csv", "a,b\n2,\"x\n", &plan, &got),
			 DSV_ECORRUPT);
	plan = (struct plan){NULL, 0, NULL, "9,\"end"};
	assert_int_equal(patch("csv", "a,b\n2,x\n", &plan, &got), DSV_ECORRUPT);
	plan = (struct plan){swallows, 1, NULL, NULL};
	assert_int_equal(patch("csv", "a,b\n2,x\n3,y\n", &plan, &got),
			 DSV_ECORRUPT);
	plan = (struct plan){instead, 1, NULL, "9,end"};
	check("csv", "a,b\n2,\"x\n", &plan, "a,b\n2,new\n9,end\n");
}

static void test_patch__a_record_too_long_is_dropped_or_stays(void **state)
{
	static const struct order orders[] = {
		{"1", DSV_FATE_DROP, NULL, NULL, NULL},
		{"2", DSV_FATE_REPLACE, NULL, "2,new", NULL},
		{too_long, DSV_FATE_DROP, NULL, NULL, NULL},
	};
	struct plan plan = {orders, 2, NULL, NULL};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&text, "a,b\n1,x\n");
	for (size_t i = 0; i <= DSV_RECORD_MAX; i++)
		dsv_buf_addch(&text, 'x');
	dsv_buf_addstr(&text, "\n2,y\n");
	assert_int_equal(patch("csv", dsv_buf_str(&text), &plan, &got), 0);
	assert_int_equal(got.len, text.len + 2 - 4);
	assert_memory_equal(got.data + 4, text.data + 8, DSV_RECORD_MAX + 2);
	assert_string_equal(dsv_buf_str(&got) + got.len - 7, "\n2,new\n");

	dsv_buf_reset(&got);
	plan.n = 3;
	assert_int_equal(patch("csv", dsv_buf_str(&text), &plan, &got), 0);
	assert_string_equal(dsv_buf_str(&got), "a,b\n2,new\n");
}

/* Rewrite the first record. */
static int rewrite(const char *format, const char *content,
		   const struct dsv_edit *edits, size_t n, struct dsv_buf *out)
{
	const struct dsv_format *how = dsv_format_named(format);
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	dsv_stream_of_memory(&in, content, strlen(content));
	assert_int_equal(dsv_reader_open(&reader, how, in, NULL), 0);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	return dsv_rewrite(how, dsv_reader_columns(reader), &record, edits, n,
			   out);
}

static void check_edit(const char *format, const char *content,
		       const struct dsv_edit *edit, const char *wanted)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(rewrite(format, content, edit, 1, &got), 0);
	assert_string_equal(dsv_buf_str(&got), wanted);
}

#define TEXT(column_, text_)                       \
	(&(struct dsv_edit){.column = (column_),   \
			    .kind = DSV_EDIT_TEXT, \
			    .text = (text_),       \
			    .len = strlen(text_),  \
			    .name = "new"})
#define VALUE(column_, inside_, text_)              \
	(&(struct dsv_edit){.column = (column_),    \
			    .kind = DSV_EDIT_VALUE, \
			    .inside = (inside_),    \
			    .text = (text_),        \
			    .len = strlen(text_),   \
			    .name = "new"})
#define GONE(column_) \
	(&(struct dsv_edit){.column = (column_), .kind = DSV_EDIT_REMOVE})

static void test_rewrite__a_cell_is_quoted_when_it_must_or_was(void **state)
{
	(void)state;
	check_edit("csv", "a,b,c\n1,x,\"k\"\"k\"\n", TEXT(1, "y"),
		   "1,y,\"k\"\"k\"");
	check_edit("csv", "a,b,c\n1,\"x\",z\n", TEXT(1, "y"), "1,\"y\",z");
	check_edit("csv", "a,b\n1,x\n", TEXT(1, "p,q"), "1,\"p,q\"");
	check_edit("csv", "a,b\n1,x\n", TEXT(1, "say \"hi\"\n"),
		   "1,\"say \"\"hi\"\"\n\"");
	check_edit("csv", "a,b\n1,x\n", TEXT(1, " p"), "1,\" p\"");
	check_edit("tsv", "a\tb\n1\tx\n", TEXT(1, "p,q"), "1\tp,q");
	check_edit("csv", "a,b\n1,x\n", TEXT(-1, "z"), "1,x,z");
	check_edit("csv", "a,b\n1,x\n", GONE(0), "x");
	check_edit("csv", "a\nx\n", TEXT(0, ""), "\"\"");
}

static void test_rewrite__a_json_member_keeps_its_neighbours(void **state)
{
	(void)state;
	check_edit("jsonl", "{\"a\": 1.10, \"b\":\"x\"}\n", TEXT(1, "y\"\n"),
		   "{\"a\": 1.10, \"b\":\"y\\\"\\n\"}");
	check_edit("jsonl", "{\"a\": 1.10, \"b\":\"x\"}\n",
		   VALUE(0, NULL, "[2]"), "{\"a\": [2], \"b\":\"x\"}");
	check_edit("jsonl", "{\"a\": 1, \"b\": 2}\n", VALUE(-1, NULL, "3"),
		   "{\"a\": 1, \"b\": 2, \"new\": 3}");
	check_edit("jsonl", "{\"a\":1,\"b\":2}\n", VALUE(-1, NULL, "3"),
		   "{\"a\":1,\"b\":2,\"new\":3}");
	check_edit("jsonl", "{\"a\": 1, \"b\": 2}\n", GONE(0), "{\"b\": 2}");
	check_edit("jsonl", "{\"a\": 1, \"b\": 2}\n", GONE(1), "{\"a\": 1}");
	check_edit("jsonl", "{\"a\": 1}\n", GONE(0), "{}");
	check_edit("jsonl", "{\"a\": {\"x\": [1, {\"y\": 2}]}}\n",
		   VALUE(0, "/x/1/y", "7"),
		   "{\"a\": {\"x\": [1, {\"y\": 7}]}}");
	check_edit("jsonl", "{\"a\\u0062\": 1}\n", VALUE(0, NULL, "7"),
		   "{\"a\\u0062\": 7}");
}

static void test_rewrite__what_does_not_tell_all_is_refused(void **state)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_int_equal(rewrite("csv", "a,b\n1\n", TEXT(0, "2"), 1, &got),
			 DSV_ECORRUPT);
	assert_int_equal(
		rewrite("csv", "a,b\n\"1\"x,2\n", TEXT(1, "2"), 1, &got),
		DSV_ECORRUPT);
	assert_int_equal(
		rewrite("jsonl", "[1]\n", VALUE(-1, NULL, "2"), 1, &got),
		DSV_ECORRUPT);
	assert_int_equal(
		rewrite("jsonl", "{\"a\": 1}\n", VALUE(0, NULL, "{"), 1, &got),
		DSV_EUSAGE);
	assert_int_equal(
		rewrite("jsonl", "{\"a\": 1}\n", VALUE(0, "/x", "2"), 1, &got),
		DSV_EUSAGE);
	assert_int_equal(rewrite("jsonl", "{\"a\": {\"x\": 1, \"x\": 2}}\n",
				 VALUE(0, "/x", "3"), 1, &got),
			 DSV_ECORRUPT);
	assert_int_equal(got.len, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patch__nothing_asked_changes_nothing),
		cmocka_unit_test(
			test_patch__records_come_and_go_between_untouched_bytes),
		cmocka_unit_test(
			test_patch__line_ends_are_those_of_the_content),
		cmocka_unit_test(
			test_patch__a_content_without_last_line_end_stays_so),
		cmocka_unit_test(
			test_patch__nothing_is_put_where_it_would_be_lost),
		cmocka_unit_test(
			test_patch__a_record_too_long_is_dropped_or_stays),
		cmocka_unit_test(
			test_rewrite__a_cell_is_quoted_when_it_must_or_was),
		cmocka_unit_test(
			test_rewrite__a_json_member_keeps_its_neighbours),
		cmocka_unit_test(
			test_rewrite__what_does_not_tell_all_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
