#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include <dsv/diff.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"

/*
 * The diff of real histories against the numbers of an independent oracle
 * (oracle.py beside the data). DSV_DATA names the folder.
 */
struct set {
	const char *folder;
	const char *history; /* name in expected.json; NULL: the root */
	const char *path;    /* of a version, %s is its name */
	const char *key;
	const char *label;
};

static const char *data_dir(void)
{
	const char *dir = getenv("DSV_DATA");

	return dir ? dir : "../shared/data";
}

static bool no_data(void)
{
	if (dsv_fs_is_dir(data_dir()))
		return false;
	fprintf(stderr, "SKIPPED: no real histories at '%s' (DSV_DATA)\n",
		data_dir());
	return true;
}

static cJSON *read_expected(const char *folder)
{
	char *path DSV_AUTO(str) =
		dsv_strf("%s/%s/expected.json", data_dir(), folder);
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	cJSON *root;

	assert_int_equal(dsv_fs_read(path, 64u << 20, &text), 0);
	root = cJSON_Parse(dsv_buf_str(&text));
	assert_non_null(root);
	return root;
}

static void same_number(const cJSON *step, const char *name, uint64_t n)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(step, name);

	if (item && item->valuedouble != (double)n)
		fail_msg("%s: %s is %llu, not %.0f", step->string, name,
			 (unsigned long long)n, item->valuedouble);
}

static void same_list(const cJSON *step, const char *name,
		      const struct dsv_strlist *list)
{
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(step, name);

	assert_int_equal(cJSON_GetArraySize(items), (int)list->n);
	for (size_t i = 0; i < list->n; i++)
		assert_string_equal(
			cJSON_GetArrayItem(items, (int)i)->valuestring,
			list->items[i]);
}

static void same_fields(const cJSON *step, const struct dsv_diff_summary *s)
{
	const cJSON *fields =
		cJSON_GetObjectItemCaseSensitive(step, "fields_changed");

	if (cJSON_GetArraySize(fields) != (int)s->n_fields)
		fail_msg("%s: %zu changed fields, not %d", step->string,
			 s->n_fields, cJSON_GetArraySize(fields));
	for (size_t i = 0; i < s->n_fields; i++)
		same_number(fields, s->fields[i].name, s->fields[i].n);
}

static void same_transitions(const cJSON *step,
			     const struct dsv_diff_summary *s)
{
	const cJSON *all =
		cJSON_GetObjectItemCaseSensitive(step, "transitions");
	const struct dsv_label_diff *label = s->labels;

	if (!all || s->n_labels == 0)
		return;
	assert_int_equal(cJSON_GetArraySize(all), (int)label->n_transitions);
	for (size_t i = 0; i < label->n_transitions; i++) {
		char *name DSV_AUTO(str) =
			dsv_strf("%s -> %s", label->transitions[i].from,
				 label->transitions[i].to);

		assert_non_null(cJSON_GetObjectItemCaseSensitive(all, name));
		same_number(all, name, label->transitions[i].n);
	}
}

static bool is_true(const cJSON *step, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(step, name));
}

static void same_step(const cJSON *step, const struct dsv_diff_summary *s)
{
	if (s->clean != is_true(step, "clean"))
		fail_msg("%s: clean is %d", step->string, s->clean);
	assert_int_equal(s->records_from,
			 s->removed + s->changed + s->unchanged);
	assert_int_equal(s->records_to, s->added + s->changed + s->unchanged);
	if (!s->clean) {
		assert_true(s->n_issues > 0);
		return;
	}
	same_number(step, "added", s->added);
	same_number(step, "removed", s->removed);
	same_number(step, "changed", s->changed);
	same_number(step, "changed_common", s->changed_common);
	same_number(step, "unchanged", s->unchanged);
	same_number(step, "rekeyed", s->rekeyed);
	same_number(step, "label_changed", s->label_changed);
	same_number(step, "relabelled", s->relabelled);
	same_list(step, "columns_added", s->columns_added);
	same_list(step, "columns_removed", s->columns_removed);
	same_fields(step, s);
	same_transitions(step, s);
	if ((s->moved > 0) != is_true(step, "order_changed"))
		fail_msg("%s: %d records moved", step->string, (int)s->moved);
}

static char *version_path(const struct set *set, const char *name, size_t len)
{
	char *version DSV_AUTO(str) = dsv_strndup(name, len);
	const char *at = strstr(set->path, "%s");

	return dsv_strf("%s/%s/%.*s%s%s", data_dir(), set->folder,
			(int)(at - set->path), set->path, version, at + 2);
}

static void split_key(const struct set *set, struct dsv_strlist *out)
{
	dsv_strlist_split(out, set->key, ',');
}

/* A label that no side has is an error by hand; the oracle takes it as null. */
static int open_step(struct dsv_diff **diff, struct dsv_file_diff **file,
		     const struct set *set, const cJSON *step)
{
	const char *dots = strstr(step->string, "..");
	char *from DSV_AUTO(str) =
		version_path(set, step->string, (size_t)(dots - step->string));
	char *to DSV_AUTO(str) = version_path(set, dots + 2, strlen(dots + 2));
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist label DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_diff_opts opts = {.key = &key, .labels = &label};
	int rc;

	split_key(set, &key);
	dsv_strlist_add(&label, set->label);
	for (;;) {
		rc = dsv_diff_open_files(diff, NULL, from, to, &opts);
		if (rc == 0)
			rc = dsv_diff_next(*diff, file);
		if (rc != DSV_EUSAGE || !opts.labels)
			return rc;
		dsv_diff_free(diff);
		opts.labels = NULL;
	}
}

static void replay(const struct set *set)
{
	cJSON *root = read_expected(set->folder);
	const cJSON *history =
		set->history
			? cJSON_GetObjectItemCaseSensitive(root, set->history)
			: root;
	const cJSON *steps = cJSON_GetObjectItemCaseSensitive(history, "steps");
	const cJSON *step;
	int n = 0;

	cJSON_ArrayForEach(step, steps)
	{
		struct dsv_diff *diff DSV_AUTO(diff) = NULL;
		struct dsv_file_diff *file = NULL;

		if (open_step(&diff, &file, set, step) != 1)
			fail_msg("%s: %s", step->string, dsv_error_message());
		same_step(step, dsv_file_diff_summary(file));
		n += is_true(step, "clean");
	}
	assert_true(n > 0);
	cJSON_Delete(root);
}

#define MAPPING \
	"source prefix,source identifier,target prefix,target identifier"

static const struct set prompts = {"prompts-csv", NULL, "%s.csv", "act",
				   "for_devs"};
static const struct set countries = {"countries-csv", NULL, "%s.csv",
				     "ISO3166-1-Alpha-3", "Continent"};
static const struct set mappings = {"biomappings-tsv", "mappings.tsv",
				    "%s/mappings.tsv", MAPPING, "relation"};
static const struct set incorrect = {"biomappings-tsv", "incorrect.tsv",
				     "%s/incorrect.tsv", MAPPING, "relation"};
static const struct set unsure = {"biomappings-tsv", "unsure.tsv",
				  "%s/unsure.tsv", MAPPING, "relation"};
static const struct set calls = {"functioncalls-jsonl", NULL, "%s.jsonl", "id",
				 "ground_truth"};
static const struct set turns = {"multiturn-jsonl", NULL, "%s.jsonl", "id",
				 "ground_truth"};
static const struct set raters = {"raters-csv",
				  "history (key rater+file+class)", "%s.csv",
				  "rater,file,class", "vote"};

#define REPLAY(name)                                                \
	static void test_diff_real__##name##_is_as_the_oracle_says( \
		void **state)                                       \
	{                                                           \
		(void)state;                                        \
		if (no_data())                                      \
			skip();                                     \
		replay(&name);                                      \
	}

REPLAY(prompts)
REPLAY(countries)
REPLAY(mappings)
REPLAY(incorrect)
REPLAY(unsure)
REPLAY(calls)
REPLAY(turns)
REPLAY(raters)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_real__prompts_is_as_the_oracle_says),
		cmocka_unit_test(
			test_diff_real__countries_is_as_the_oracle_says),
		cmocka_unit_test(
			test_diff_real__mappings_is_as_the_oracle_says),
		cmocka_unit_test(
			test_diff_real__incorrect_is_as_the_oracle_says),
		cmocka_unit_test(test_diff_real__unsure_is_as_the_oracle_says),
		cmocka_unit_test(test_diff_real__calls_is_as_the_oracle_says),
		cmocka_unit_test(test_diff_real__turns_is_as_the_oracle_says),
		cmocka_unit_test(test_diff_real__raters_is_as_the_oracle_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
