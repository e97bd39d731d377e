#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "cli/opt.h"

struct args {
	struct dsv_operands rest;
	const char *first;
	const char *name;
	struct dsv_strlist where;
	struct dsv_strlist key;
	uint64_t count;
	unsigned only;
	bool all;
	bool quiet;
};

static const char *const words[] = {"added", "removed", NULL};

static const struct dsv_opt opts[] = {
	DSV_OPT_FLAG('a', "all", struct args, all, "all"),
	DSV_OPT_FLAG('q', "quiet", struct args, quiet, "quiet"),
	DSV_OPT_STR('m', "name", "NAME", struct args, name, "name"),
	DSV_OPT_LIST(0, "where", "F=V", struct args, where, "where"),
	DSV_OPT_COLS('k', "key", struct args, key, "key"),
	DSV_OPT_COUNT('n', "count", struct args, count, "count"),
	DSV_OPT_WORD(0, "only", words, struct args, only, "only"),
	DSV_OPT_JSON,
	DSV_ARG("FIRST", struct args, first, DSV_COMPLETE_NONE),
	DSV_ARG_MANY("REST", struct args, rest, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static int parse(struct args *args, struct dsv_parsed *parsed,
		 const char *const *argv)
{
	int argc = 0;

	memset(args, 0, sizeof(*args));
	memset(parsed, 0, sizeof(*parsed));
	while (argv[argc])
		argc++;
	return dsv_opt_parse(opts, argc, (char **)argv, args, parsed);
}

#define PARSE(args, parsed, ...) \
	parse((args), (parsed), (const char *const[]){__VA_ARGS__, NULL})

static void test_opt__every_way_to_write_a_value(void **state)
{
	static const char *const ways[][3] = {
		{"--name=x", "f", NULL},
		{"-mx", "f", NULL},
		{"-amx", "f", NULL},
	};
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(parse(&args, &parsed, ways[i]), 0);
		assert_string_equal(args.name, "x");
		assert_string_equal(args.first, "f");
		assert_int_equal(args.all, i == 2);
		dsv_opt_release(opts, &args);
	}
	assert_int_equal(PARSE(&args, &parsed, "--name", "x", "f"), 0);
	assert_string_equal(args.name, "x");
	assert_int_equal(PARSE(&args, &parsed, "f", "-m", "x"), 0);
	assert_string_equal(args.name, "x");
	assert_int_equal(PARSE(&args, &parsed, "-n5", "f"), 0);
	assert_int_equal(args.count, 5);
}

static void test_opt__lists_grow_and_columns_are_split(void **state)
{
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	assert_int_equal(PARSE(&args, &parsed, "--where", "a=1,2", "--where",
			       "b=", "--key", "x,y", "-kz", "f"),
			 0);
	assert_int_equal(args.where.n, 2);
	assert_string_equal(args.where.items[0], "a=1,2");
	assert_int_equal(args.key.n, 3);
	assert_string_equal(args.key.items[2], "z");
	dsv_opt_release(opts, &args);
}

static void test_opt__two_dashes_end_options_and_part_operands(void **state)
{
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	assert_int_equal(PARSE(&args, &parsed, "f", "r", "--", "-a", "--all"),
			 0);
	assert_false(args.all);
	assert_true(args.rest.dashed);
	assert_int_equal(args.rest.n_before, 1);
	assert_int_equal(args.rest.list.n, 3);
	assert_string_equal(args.rest.list.items[1], "-a");
	dsv_opt_release(opts, &args);
}

static void test_opt__a_single_dash_is_an_operand(void **state)
{
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	assert_int_equal(PARSE(&args, &parsed, "-"), 0);
	assert_string_equal(args.first, "-");
}

static void test_opt__help_stops_the_reading(void **state)
{
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	assert_int_equal(PARSE(&args, &parsed, "-h", "--nonsense"), 0);
	assert_true(parsed.help);
	assert_int_equal(PARSE(&args, &parsed, "--help"), 0);
	assert_true(parsed.help);
}

static void test_opt__words_are_numbered_from_one(void **state)
{
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	assert_int_equal(PARSE(&args, &parsed, "--only=removed", "f"), 0);
	assert_int_equal(args.only, 2);
	assert_int_equal(PARSE(&args, &parsed, "--json", "f"), 0);
	assert_int_equal(args.only, 0);
	assert_true(parsed.json);
}

static void test_opt__what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *argv[4];
		const char *message;
		const char *hint;
	} cases[] = {
		{{"--al", "f"},
		 "unknown option '--al'",
		 "did you mean '--all'?"},
		{{"-x", "f"}, "unknown option '-x'", NULL},
		{{"--name"}, "option '--name' needs a value", NULL},
		{{"-m"}, "option '-m' needs a value", NULL},
		{{"--all=1", "f"}, "option '--all' takes no value", NULL},
		{{"-nx", "f"}, "'--count' takes a number, not 'x'", NULL},
		{{"-n-1", "f"}, "'--count' takes a number, not '-1'", NULL},
		{{"--only=x", "f"},
		 "'--only' takes one of added, removed, not 'x'",
		 NULL},
		{{"--key=", "f"}, "'--key' needs at least one column", NULL},
		{{"-a"}, "FIRST is missing", NULL},
	};
	struct dsv_parsed parsed;
	struct args args;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(&args, &parsed, cases[i].argv),
				 DSV_EUSAGE);
		assert_string_equal(dsv_error_message(), cases[i].message);
		if (cases[i].hint)
			assert_string_equal(dsv_error_hint(), cases[i].hint);
		dsv_opt_release(opts, &args);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opt__every_way_to_write_a_value),
		cmocka_unit_test(test_opt__lists_grow_and_columns_are_split),
		cmocka_unit_test(
			test_opt__two_dashes_end_options_and_part_operands),
		cmocka_unit_test(test_opt__a_single_dash_is_an_operand),
		cmocka_unit_test(test_opt__help_stops_the_reading),
		cmocka_unit_test(test_opt__words_are_numbered_from_one),
		cmocka_unit_test(test_opt__what_is_wrong_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
