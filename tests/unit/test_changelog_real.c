/*
 * The real histories of the shared data, as plain blobs: the figures of every
 * step that has one reading are those of expected.json, the labels of each
 * step go on where the one before ended, and the whole is the sum.
 *
 * DSV_DATA names the folder of the data; where it is absent the tests are
 * skipped with a line that says so.
 */
#include "dataset_repo.h"

#include <sys/wait.h>

#include <cjson/cJSON.h>

#include <dsv/changelog.h>

#include "base/fs.h"

struct set {
	const char *name; /* folder */
	const char *extension;
	const char *key; /* a YAML list */
	const char *label;
	const char *part;    /* file of each version, or NULL: v01.EXT */
	const char *history; /* member of expected.json, NULL: the root */
};

static const struct set sets[] = {
	{"prompts-csv", ".csv", "[act]", "for_devs", NULL, NULL},
	{"countries-csv", ".csv", "[ISO3166-1-Alpha-3]", "Continent", NULL,
	 NULL},
	{"biomappings-tsv", ".tsv",
	 "[source prefix, source identifier, target prefix, "
	 "target identifier]",
	 "relation", "mappings.tsv", "mappings.tsv"},
	{"biomappings-tsv", ".tsv",
	 "[source prefix, source identifier, target prefix, "
	 "target identifier]",
	 "relation", "incorrect.tsv", "incorrect.tsv"},
	{"biomappings-tsv", ".tsv",
	 "[source prefix, source identifier, target prefix, "
	 "target identifier]",
	 "relation", "unsure.tsv", "unsure.tsv"},
	{"functioncalls-jsonl", ".jsonl", "[id]", "ground_truth", NULL, NULL},
	{"multiturn-jsonl", ".jsonl", "[id]", "ground_truth", NULL, NULL},
	{"raters-csv", ".csv", "[rater, file, class]", "vote", NULL,
	 "history (key rater+file+class)"},
};

static cJSON *get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static cJSON *read_json(const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	cJSON *json;

	assert_int_equal(dsv_fs_read(path, 1u << 30, &text), 0);
	json = cJSON_ParseWithLength(text.data, text.len);
	assert_non_null(json);
	return json;
}

/* Commit every version; returns how many there are. */
static size_t commit_versions(const struct set *set, const cJSON *versions)
{
	const char *data = getenv("DSV_DATA");
	const cJSON *version;
	size_t n = 0;

	cJSON_ArrayForEach(version, versions)
	{
		char *from DSV_AUTO(str) =
			dsv_strf("%s/%s/%s%s%s", data, set->name,
				 version->string, set->part ? "/" : "",
				 set->part ? set->part : set->extension);

		sh("if [ -e '%s' ]; then cp '%s' data%s; fi; git add -A; "
		   "git commit -q --allow-empty -m '%s'",
		   from, from, set->extension, version->string);
		n++;
	}
	return n;
}

static void same_number(const cJSON *want, const char *name, uint64_t have)
{
	const cJSON *expected = get(want, name);

	if (expected && (uint64_t)expected->valuedouble != have)
		fail_msg("%s: %s is %llu, expected %g", want->string, name,
			 (unsigned long long)have, expected->valuedouble);
}

static void same_moves(const cJSON *want,
		       const struct dsv_changelog_moves *moves)
{
	const cJSON *expected = get(want, "transitions");

	if (!expected || !cJSON_GetArraySize(expected))
		return;
	assert_int_equal(cJSON_GetArraySize(expected), moves->n);
	for (size_t i = 0; i < moves->n; i++) {
		char *name DSV_AUTO(str) = dsv_strf(
			"%s -> %s", moves->items[i].from, moves->items[i].to);

		assert_non_null(get(expected, name));
		assert_int_equal(get(expected, name)->valuedouble,
				 moves->items[i].n);
	}
}

static void same_names(const cJSON *want, const char *name,
		       const struct dsv_strlist *have)
{
	const cJSON *expected = get(want, name);
	const cJSON *item;

	assert_int_equal(cJSON_GetArraySize(expected), have->n);
	cJSON_ArrayForEach(item, expected)
		assert_true(dsv_strlist_find(have, item->valuestring) >= 0);
}

/* True where the step was held against the truth. */
static bool compare_step(const cJSON *want,
			 const struct dsv_changelog_step *step)
{
	const struct dsv_changelog_group *group;

	assert_int_equal(step->n_faults, 0);
	if (cJSON_IsTrue(get(want, "byte_identical"))) {
		assert_int_equal(step->groups.n, 0);
		return true;
	}
	assert_int_equal(step->groups.n, 1);
	if (!cJSON_IsTrue(get(want, "clean")))
		return false;
	group = &step->groups.items[0];
	same_number(want, "added", group->added);
	same_number(want, "removed", group->removed);
	same_number(want, "changed", group->changed);
	same_number(want, "label_changed", group->label_changed);
	same_number(want, "relabelled", group->relabelled);
	same_number(want, "rekeyed", group->rekeyed);
	same_names(want, "columns_added", &group->columns_added);
	same_names(want, "columns_removed", &group->columns_removed);
	same_moves(want, &group->labels[0].moves);
	return true;
}

static void add_flow(uint64_t sums[4], const struct dsv_changelog_group *group)
{
	for (size_t i = 0; i < group->labels[0].n_values; i++) {
		const struct dsv_changelog_value *value =
			&group->labels[0].values[i];

		assert_int_equal(value->after, value->before + value->added -
						       value->removed +
						       value->in - value->out);
		sums[0] += value->added;
		sums[1] += value->removed;
		sums[2] += value->in;
		sums[3] += value->out;
	}
}

/* The whole is the sum of its steps, and they follow one another. */
static void compare_sums(const struct dsv_changelog *log)
{
	const struct dsv_changelog_group *total = &log->total.items[0];
	uint64_t added = 0, removed = 0, relabelled = 0, records = 0;
	uint64_t flow[4] = {0}, whole[4] = {0};

	for (size_t i = log->n_steps; i-- > 0;) {
		const struct dsv_changelog_group *group;

		if (!log->steps[i].groups.n)
			continue;
		group = &log->steps[i].groups.items[0];
		assert_int_equal(group->before, records);
		records = group->after;
		added += group->added;
		removed += group->removed;
		relabelled += group->relabelled;
		add_flow(flow, group);
	}
	add_flow(whole, total);
	assert_memory_equal(flow, whole, sizeof(flow));
	assert_int_equal(total->added, added);
	assert_int_equal(total->removed, removed);
	assert_int_equal(total->relabelled, relabelled);
	assert_int_equal(total->after, records);
}

static struct dsv_changelog *read_log(void)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_changelog_opts opts = {0};
	struct dsv_changelog *log = NULL;

	assert_int_equal(dsv_repo_head(repo, &opts.to), 0);
	if (dsv_changelog_read(&log, repo, &opts) < 0)
		fail_msg("%s", dsv_error_message());
	return log;
}

/* The steps of the truth are in order, each to the version behind. */
static size_t compare_steps(const cJSON *history,
			    const struct dsv_changelog *log)
{
	const cJSON *versions = get(history, "versions");
	const cJSON *want;
	size_t n_clean = 0;

	cJSON_ArrayForEach(want, get(history, "steps"))
	{
		const char *to = strstr(want->string, "..") + 2;
		const cJSON *version;
		size_t at = 0;

		cJSON_ArrayForEach(version, versions)
		{
			if (strcmp(version->string, to) == 0)
				break;
			at++;
		}
		n_clean +=
			compare_step(want, &log->steps[log->n_steps - 1 - at]);
	}
	return n_clean;
}

static void define_set(const struct set *set)
{
	char *text DSV_AUTO(str) = dsv_strf(
		"  - name: data\n    files: [\"data%s\"]\n    key: %s\n"
		"    labels: [%s]\n",
		set->extension, set->key, set->label);

	define(text);
}

static void replay(const struct set *set, const char *path)
{
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	cJSON *expected = read_json(path);
	const cJSON *history =
		set->history ? get(expected, set->history) : expected;

	define_set(set);
	assert_true(commit_versions(set, get(history, "versions")) > 1);
	log = read_log();
	assert_true(log->complete);
	assert_true(compare_steps(history, log) > 0);
	compare_sums(log);
	cJSON_Delete(expected);
}

static struct gitrepo *made;

static void replay_set(void **state)
{
	const struct set *set = *state;
	char name[256], path[4096];

	snprintf(name, sizeof(name), "%s/expected.json", set->name);
	if (!has_data(name, path, sizeof(path)))
		skip();
	replay(set, path);
}

static int open_repo(void **state)
{
	void *set = *state;

	gitrepo_open(state);
	made = *state;
	*state = set;
	return 0;
}

static int close_repo(void **state)
{
	*state = made;
	return gitrepo_close(state);
}

int main(void)
{
	struct CMUnitTest tests[sizeof(sets) / sizeof(sets[0])];
	size_t n = sizeof(sets) / sizeof(sets[0]);

	find_data();
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){
			.name = sets[i].part ? sets[i].part : sets[i].name,
			.test_func = replay_set,
			.setup_func = open_repo,
			.teardown_func = close_repo,
			.initial_state = (void *)(uintptr_t)&sets[i],
		};
	return _cmocka_run_group_tests("changelog", tests, n, NULL, NULL);
}
