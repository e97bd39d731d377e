#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "remote/stores.h"

static int parse(struct dsv_data_stores *out, const char *text)
{
	return dsv_store_file_parse(out, text, strlen(text));
}

static void refused(const char *text, const char *why)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;

	assert_int_equal(parse(&stores, text), DSV_ESYNTAX);
	if (!strstr(dsv_error_message(), why))
		fail_msg("%s", dsv_error_message());
}

static void test_store_file__says_name_address_and_push(void **state)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;

	(void)state;
	assert_int_equal(parse(&stores, "version: 1\nstores:\n"
					"  - name: team\n    url: s3://b/p\n"
					"  - {name: old, url: ../x, push: "
					"false}\n"),
			 0);
	assert_int_equal(stores.n, 2);
	assert_string_equal(stores.items[0].name, "team");
	assert_string_equal(stores.items[0].url, "s3://b/p");
	assert_true(stores.items[0].push);
	assert_string_equal(stores.items[1].url, "../x");
	assert_false(stores.items[1].push);
}

static void test_store_file__may_be_empty(void **state)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;

	(void)state;
	assert_int_equal(parse(&stores, ""), 0);
	assert_int_equal(parse(&stores, "version: 1\n"), 0);
	assert_int_equal(parse(&stores, "version: 1\nstores: []\n"), 0);
	assert_int_equal(stores.n, 0);
}

static void test_store_file__faults_have_their_line(void **state)
{
	(void)state;
	refused("version: 2\n", ".dsv/store.yaml:1: ");
	refused("version: 1\nstore: []\n", ".dsv/store.yaml:2: ");
	refused("version: 1\nstores: x\n", "list");
	refused("version: 1\nstores:\n  - x\n", ".dsv/store.yaml:3: ");
	refused("version: 1\nstores:\n  - name: a\n", "'url' is missing");
	refused("version: 1\nstores:\n  - url: a\n", "'name' is missing");
	refused("version: 1\nstores:\n  - {name: A, url: a}\n", "no name");
	refused("version: 1\nstores:\n  - {name: a, url: a}\n"
		"  - {name: a, url: b}\n",
		".dsv/store.yaml:4: ");
	refused("version: 1\nstores:\n  - {name: a, url: a, push: 2}\n", ":3:");
}

/* It would be taken for an option by whatever program is called with it. */
static void test_store_file__an_address_is_no_option(void **state)
{
	(void)state;
	refused("version: 1\nstores:\n  - {name: a, url: -oProxyCommand=x}\n",
		"no address");
	refused("version: 1\nstores:\n  - {name: a, url: \"a\\nb\"}\n",
		"control");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_store_file__says_name_address_and_push),
		cmocka_unit_test(test_store_file__may_be_empty),
		cmocka_unit_test(test_store_file__faults_have_their_line),
		cmocka_unit_test(test_store_file__an_address_is_no_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
