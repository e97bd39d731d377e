/*
 * The real histories of the shared data, committed as plain blobs without any
 * definition, blamed and held against the ground truth of expected.json.
 *
 * DSV_DATA names the folder of the data; where it is absent the tests are
 * skipped with a line that says so.
 */
#include "dataset_repo.h"

#include <cjson/cJSON.h>

#include <dsv/blame.h>

#include "base/fs.h"

/* Sets whose versions have one reading. Where keys are doubled the oracle
 * compares multisets, a blame passes copies one by one, so prompts and
 * countries are not among them; countries has a test of its own. */
struct set {
	const char *folder;
	const char *part; /* a file of each version's folder, or NULL */
	const char *path; /* under which it is committed */
	const char *key;  /* parted by '|' */
	const char *label;
	bool clean; /* all versions are */
};

static const struct set sets[] = {
	{"multiturn-jsonl", NULL, "data.jsonl", "id", "ground_truth", true},
	{"functioncalls-jsonl", NULL, "data.jsonl", "id", "ground_truth", true},
	{"biomappings-tsv", "mappings.tsv", "mappings.tsv",
	 "source prefix|source identifier|target prefix|target identifier",
	 "relation", true},
	{"biomappings-tsv", "incorrect.tsv", "incorrect.tsv",
	 "source prefix|source identifier|target prefix|target identifier",
	 "relation", true},
	{"biomappings-tsv", "unsure.tsv", "unsure.tsv",
	 "source prefix|source identifier|target prefix|target identifier",
	 "relation", true},
};

static cJSON *read_expected(const struct set *set)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char path[4096], name[256];
	cJSON *json, *part;

	snprintf(name, sizeof(name), "%s/expected.json", set->folder);
	if (!has_data(name, path, sizeof(path)))
		return NULL;
	assert_int_equal(dsv_fs_read(path, 1u << 30, &text), 0);
	json = cJSON_ParseWithLength(text.data, text.len);
	assert_non_null(json);
	if (!set->part)
		return json;
	part = cJSON_DetachItemFromObjectCaseSensitive(json, set->part);
	cJSON_Delete(json);
	return part;
}

static cJSON *get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void commit_versions(const struct set *set, const cJSON *expected)
{
	const cJSON *version;
	int date = 0;

	cJSON_ArrayForEach(version, get(expected, "versions"))
	{
		char name[256], path[4096];
		const char *extension = strrchr(set->path, '.');

		snprintf(name, sizeof(name), "%s/%s%s%s", set->folder,
			 version->string, set->part ? "/" : extension,
			 set->part ? set->part : "");
		if (!has_data(name, path, sizeof(path)))
			continue;
		sh("cp '%s' %s && chmod u+w %s", path, set->path, set->path);
		sh("git add -A && git commit -q --allow-empty -m %s",
		   version->string);
		date++;
	}
	assert_true(date > 1);
}

static void set_opts(const struct set *set, struct dsv_repo *repo,
		     struct dsv_strlist *key, struct dsv_strlist *label,
		     struct dsv_blame_opts *out)
{
	dsv_strlist_split(key, set->key, '|');
	dsv_strlist_add(label, set->label);
	out->path = set->path;
	out->key = key;
	out->labels = label;
	assert_int_equal(dsv_repo_head(repo, &out->rev), 0);
}

static void compare_counts(const struct dsv_blame_info *info,
			   const cJSON *wanted, const char *name)
{
	const cJSON *count;
	uint64_t all = 0;

	cJSON_ArrayForEach(count, wanted)
	{
		uint64_t have = 0;

		for (size_t i = 0; i < info->n_origins; i++)
			if (!strcmp(info->origins[i]->commit.subject,
				    count->string))
				have += info->origins[i]->records;
		if (have != (uint64_t)count->valuedouble)
			fail_msg("%s: %s holds %ju records, expected %g", name,
				 count->string, (uintmax_t)have,
				 count->valuedouble);
		all += have;
	}
	assert_int_equal(all, info->records);
}

static void blame_one(const struct set *set, const cJSON *expected, bool field)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist label DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	struct dsv_blame_opts opts = {.field = field ? set->label : NULL};
	struct dsv_blame_line line;
	int rc;

	set_opts(set, repo, &key, &label, &opts);
	rc = dsv_blame_open(&blame, repo, &opts);
	while (rc >= 0 && (rc = dsv_blame_next(blame, &line)) > 0)
		;
	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	if (set->clean)
		assert_true(dsv_blame_info(blame)->complete);
	compare_counts(dsv_blame_info(blame),
		       get(get(expected, "blame"),
			   field ? "label_blame" : "record_blame"),
		       set->folder);
}

static void test_blame__equals_the_oracle(void **state)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		cJSON *expected = read_expected(&sets[i]);

		if (!expected)
			skip();
		commit_versions(&sets[i], expected);
		blame_one(&sets[i], expected, true);
		blame_one(&sets[i], expected, false);
		cJSON_Delete(expected);
		gitrepo_close(state);
		gitrepo_open(state);
	}
}

/* How often the label of a record was set anew. */
static int relabels(const struct set *set, const char *id)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist label DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist only DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_life life DSV_AUTO(life) = DSV_LIFE_INIT;
	struct dsv_blame_opts opts = {.keys = &only};
	int n = 0;

	dsv_strlist_add(&only, id);
	set_opts(set, repo, &key, &label, &opts);
	if (dsv_life_read(&life, repo, &opts) < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(life.events[0].op, DSV_LIFE_ADDED);
	for (size_t i = 1; i < life.n; i++)
		n += life.events[i].op == DSV_LIFE_CHANGED &&
		     life.events[i].fields[0].is_label;
	return n;
}

static void test_life__most_relabelled_records_have_all_their_values(void **s)
{
	cJSON *expected = read_expected(&sets[0]);
	const cJSON *pair;

	(void)s;
	if (!expected)
		skip();
	commit_versions(&sets[0], expected);
	cJSON_ArrayForEach(pair, get(get(expected, "blame"), "most_relabelled"))
	{
		const char *id = cJSON_GetArrayItem(pair, 0)->valuestring;
		int want = (int)cJSON_GetArrayItem(pair, 1)->valuedouble;
		int have = relabels(&sets[0], id);

		if (have != want)
			fail_msg("%s: %d relabels, expected %d", id, have,
				 want);
	}
	cJSON_Delete(expected);
}

/* v07 read "NA" as a missing value, v10 set it, v12 lost it, v13 set it
 * again. */
static void
test_blame__label_that_was_lost_is_blamed_where_it_came_back(void **state)
{
	static const struct set set = {"countries-csv", NULL,
				       "data.csv",	"ISO3166-1-Alpha-3",
				       "Continent",	false};
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist label DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist where DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	struct dsv_blame_opts opts = {.field = set.label, .where = &where};
	struct dsv_blame_line line;
	cJSON *expected = read_expected(&set);

	(void)state;
	if (!expected)
		skip();
	commit_versions(&set, expected);
	cJSON_Delete(expected);
	dsv_strlist_add(&where, "Continent=NA");
	set_opts(&set, repo, &key, &label, &opts);
	assert_int_equal(dsv_blame_open(&blame, repo, &opts), 0);
	while (dsv_blame_next(blame, &line) > 0)
		assert_string_equal(line.origin->commit.subject, "v13");
	assert_int_equal(dsv_blame_info(blame)->records, 41);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_blame__equals_the_oracle),
		gitrepo_test(
			test_blame__label_that_was_lost_is_blamed_where_it_came_back),
		gitrepo_test(
			test_life__most_relabelled_records_have_all_their_values),
	};

	find_data();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
