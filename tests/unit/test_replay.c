/*
 * The real histories of the shared data, replayed through the program itself:
 * every version is committed with its own author, date and message, checked
 * out again byte for byte, and `dsv diff --json` of every step is held against
 * the ground truth of expected.json.
 *
 * DSV_DATA names the folder of the data; where it is absent the tests are
 * skipped with a line that says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include <dsv/buf.h>

#include "base/fs.h"

struct set {
	const char *name;     /* folder of the set */
	const char *manifest; /* its name in manifest.json, NULL: none */
	const char *format;
	const char *extension;
	const char *key; /* a YAML list */
	const char *label;
	const char *const *parts; /* several files a version, or NULL */
	const char *history;	  /* member of expected.json, NULL: the root */
};

static const char *const mapping_parts[] = {"mappings.tsv", "incorrect.tsv",
					    "unsure.tsv", NULL};

static const struct set sets[] = {
	{"prompts-csv", "prompts-csv", "csv", ".csv", "[act]", "for_devs", NULL,
	 NULL},
	{"countries-csv", "countries-csv", "csv", ".csv", "[ISO3166-1-Alpha-3]",
	 "Continent", NULL, NULL},
	{"biomappings-tsv", "biomappings-tsv", "tsv", NULL,
	 "[source prefix, source identifier, target prefix, "
	 "target identifier]",
	 "relation", mapping_parts, NULL},
	{"functioncalls-jsonl", "functioncalls-jsonl", "jsonl", ".jsonl",
	 "[id]", "ground_truth", NULL, NULL},
	{"multiturn-jsonl", "multiturn-jsonl", "jsonl", ".jsonl", "[id]",
	 "ground_truth", NULL, NULL},
	{"raters-csv", NULL, "csv", ".csv", "[rater, file, class]", "vote",
	 NULL, "history (key rater+file+class)"},
};

#define MAX_VERSIONS 32

struct replay {
	const struct set *set;
	char data[2048]; /* the set's folder */
	char root[64];	 /* the repository */
	cJSON *expected;
	cJSON *manifest;
	char *names[MAX_VERSIONS]; /* "v01" */
	size_t n;
};

static const char *data_dir(void)
{
	const char *dir = getenv("DSV_DATA");

	return dir ? dir : "../shared/data";
}

static bool have_data(void)
{
	if (dsv_fs_is_dir(data_dir()))
		return true;
	fprintf(stderr, "SKIPPED: no labelled data at '%s' (set DSV_DATA)\n",
		data_dir());
	return false;
}

static void read_all(const char *path, struct dsv_buf *out)
{
	assert_int_equal(dsv_fs_read(path, 1u << 30, out), 0);
}

static cJSON *read_json(const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	cJSON *json;

	read_all(path, &text);
	json = cJSON_ParseWithLength(text.data, text.len);
	assert_non_null(json);
	return json;
}

static void write_file(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Run a program in the repository; its output into out (may be NULL). */
static int run(const struct replay *replay, struct dsv_buf *out,
	       const char *const *argv)
{
	char piece[65536];
	int ends[2], status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (chdir(replay->root))
			_exit(126);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(ends[1]);
	while ((got = read(ends[0], piece, sizeof(piece))) > 0)
		if (out)
			dsv_buf_add(out, piece, (size_t)got);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(replay, out, ...) \
	run((replay), (out), (const char *const[]){__VA_ARGS__, NULL})

static cJSON *histories(const struct replay *replay, const char *part)
{
	const char *member = part ? part : replay->set->history;

	return member ? cJSON_GetObjectItemCaseSensitive(replay->expected,
							 member)
		      : replay->expected;
}

static cJSON *get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void find_versions(struct replay *replay)
{
	const char *const *parts = replay->set->parts;
	cJSON *versions =
		get(histories(replay, parts ? parts[0] : NULL), "versions");
	cJSON *version;

	cJSON_ArrayForEach(version, versions)
	{
		assert_true(replay->n < MAX_VERSIONS);
		replay->names[replay->n++] = version->string;
	}
	assert_true(replay->n > 1);
}

static void start(struct replay *replay, const struct set *set)
{
	char path[4096];
	FILE *out;

	memset(replay, 0, sizeof(*replay));
	replay->set = set;
	snprintf(replay->data, sizeof(replay->data), "%s/%s", data_dir(),
		 set->name);
	snprintf(path, sizeof(path), "%s/expected.json", replay->data);
	replay->expected = read_json(path);
	snprintf(path, sizeof(path), "%s/manifest.json", data_dir());
	replay->manifest = read_json(path);
	find_versions(replay);

	snprintf(replay->root, sizeof(replay->root), "/tmp/dsv-replay-XXXXXX");
	assert_non_null(mkdtemp(replay->root));
	assert_int_equal(RUN(replay, NULL, "dsv", "init"), 0);
	snprintf(path, sizeof(path), "%s/.dsv", replay->root);
	assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
	snprintf(path, sizeof(path), "%s/.dsv/datasets.yaml", replay->root);
	out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out,
		"version: 1\ndatasets:\n  - name: data\n    files: [\"*%s\"]\n"
		"    format: %s\n    key: %s\n    labels: [%s]\n",
		set->parts ? ".tsv" : set->extension, set->format, set->key,
		set->label);
	assert_int_equal(fclose(out), 0);
	snprintf(path, sizeof(path), "%s/.gitattributes", replay->root);
	out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out, "*%s filter=dsv diff=dsv merge=dsv -text\n",
		set->parts ? ".tsv" : set->extension);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(RUN(replay, NULL, "dsv", "add", "."), 0);
}

static void finish(struct replay *replay)
{
	assert_int_equal(RUN(replay, NULL, "dsv", "fsck"), 0);
	assert_int_equal(RUN(replay, NULL, "git", "fsck", "--strict"), 0);
	assert_int_equal(
		run(replay, NULL,
		    (const char *const[]){"rm", "-rf", replay->root, NULL}),
		0);
	cJSON_Delete(replay->expected);
	cJSON_Delete(replay->manifest);
}

/* The version's file in the data and in the repository. */
static void paths_of(const struct replay *replay, size_t version,
		     const char *part, char *from, char *to, size_t size)
{
	if (part) {
		snprintf(from, size, "%s/%s/%s", replay->data,
			 replay->names[version], part);
		snprintf(to, size, "%s/%s", replay->root, part);
		return;
	}
	snprintf(from, size, "%s/%s%s", replay->data, replay->names[version],
		 replay->set->extension);
	snprintf(to, size, "%s/data%s", replay->root, replay->set->extension);
}

static const char *manifest_text(const struct replay *replay, size_t version,
				 const char *member, const char *otherwise)
{
	cJSON *item;

	if (!replay->set->manifest)
		return otherwise;
	cJSON_ArrayForEach(
		item,
		get(get(replay->manifest, replay->set->manifest),
		    "versions")) if (!strcmp(get(item, "version")->valuestring,
					     replay->names
						     [version])) return get(item,
									    member)
		->valuestring;
	return otherwise;
}

static void put_part(const struct replay *replay, size_t version,
		     const char *part)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	char from[4096], to[4096];

	paths_of(replay, version, part, from, to, sizeof(from));
	if (!dsv_fs_exists(from))
		return;
	read_all(from, &bytes);
	write_file(to, bytes.data, bytes.len);
}

static void commit_version(const struct replay *replay, size_t version)
{
	char author[512];

	if (!replay->set->parts)
		put_part(replay, version, NULL);
	for (size_t i = 0; replay->set->parts && replay->set->parts[i]; i++)
		put_part(replay, version, replay->set->parts[i]);
	snprintf(author, sizeof(author), "%s <author@example.org>",
		 manifest_text(replay, version, "author", "Rater"));
	assert_int_equal(RUN(replay, NULL, "dsv", "add", "-A"), 0);
	assert_int_equal(
		RUN(replay, NULL, "dsv", "commit", "-m",
		    manifest_text(replay, version, "message", "version"),
		    "--author", author, "--date",
		    manifest_text(replay, version, "date",
				  "2025-02-03T10:00:00+00:00")),
		0);
	assert_int_equal(
		RUN(replay, NULL, "git", "tag", replay->names[version]), 0);
}

static void same_file(const struct replay *replay, size_t version,
		      const char *part)
{
	struct dsv_buf want DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf have DSV_AUTO(buf) = DSV_BUF_INIT;
	char from[4096], to[4096];

	paths_of(replay, version, part, from, to, sizeof(from));
	if (!dsv_fs_exists(from)) {
		assert_false(dsv_fs_exists(to));
		return;
	}
	read_all(from, &want);
	read_all(to, &have);
	assert_int_equal(want.len, have.len);
	assert_memory_equal(want.data, have.data, want.len);
}

static void check_out_version(const struct replay *replay, size_t version)
{
	assert_int_equal(RUN(replay, NULL, "dsv", "switch", "--detach",
			     replay->names[version]),
			 0);
	if (!replay->set->parts)
		same_file(replay, version, NULL);
	for (size_t i = 0; replay->set->parts && replay->set->parts[i]; i++)
		same_file(replay, version, replay->set->parts[i]);
}

/* What one diff --json said of one path. */
struct answer {
	cJSON *summary;
	long added, removed; /* record lines */
	long duplicate[2], no_key[2], ragged[2], quoting[2];
	cJSON *lines[65536];
	size_t n;
};

static void count_line(struct answer *answer, cJSON *line)
{
	const char *type = get(line, "type")->valuestring;
	int side;

	if (!strcmp(type, "record")) {
		answer->added += !strcmp(get(line, "op")->valuestring, "added");
		answer->removed +=
			!strcmp(get(line, "op")->valuestring, "removed");
	} else if (!strcmp(type, "issue")) {
		const char *issue = get(line, "issue")->valuestring;

		side = !strcmp(get(line, "side")->valuestring, "to");
		answer->duplicate[side] += !strcmp(issue, "duplicate_key");
		answer->no_key[side] += !strcmp(issue, "no_key");
		answer->ragged[side] += !strcmp(issue, "ragged_row");
		answer->quoting[side] += !strcmp(issue, "bad_quoting");
	} else if (!strcmp(type, "summary")) {
		answer->summary = line;
	}
}

static void parse_answer(struct answer *answer, const char *text,
			 const char *path)
{
	while (*text) {
		const char *end = strchr(text, '\n');
		cJSON *line, *named;

		assert_non_null(end);
		line = cJSON_ParseWithLength(text, (size_t)(end - text));
		assert_non_null(line);
		named = get(line, "path");
		if (named && !strcmp(named->valuestring, path))
			count_line(answer, line);
		assert_true(answer->n < 65536);
		answer->lines[answer->n++] = line;
		text = end + 1;
	}
}

static void same_number(const cJSON *want, const struct answer *answer,
			const char *name, const char *step)
{
	const cJSON *expected = get(want, name);
	const cJSON *actual = get(answer->summary, name);

	if (!expected)
		return;
	assert_non_null(actual);
	if (expected->valuedouble != actual->valuedouble)
		fail_msg("%s: %s is %g, expected %g", step, name,
			 actual->valuedouble, expected->valuedouble);
}

static void same_names(const cJSON *want, const struct answer *answer,
		       const char *name)
{
	assert_true(cJSON_Compare(get(want, name), get(answer->summary, name),
				  true));
}

static void same_transitions(const struct replay *replay, const cJSON *want,
			     const struct answer *answer)
{
	const cJSON *expected = get(want, "transitions");

	if (expected && cJSON_GetArraySize(expected))
		assert_true(
			cJSON_Compare(expected,
				      get(get(answer->summary, "transitions"),
					  replay->set->label),
				      true));
}

static void compare_clean(const struct replay *replay, const cJSON *want,
			  const struct answer *answer, const char *step)
{
	static const char *const counts[] = {
		"added",     "removed",	      "changed",    "changed_common",
		"unchanged", "label_changed", "relabelled", "rekeyed"};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		same_number(want, answer, counts[i], step);
	same_names(want, answer, "columns_added");
	same_names(want, answer, "columns_removed");
	same_transitions(replay, want, answer);
	if (cJSON_IsTrue(get(want, "order_changed")) !=
	    (get(answer->summary, "moved")->valuedouble > 0))
		fail_msg("%s: moved disagrees with order_changed", step);
}

/* Of an unclean step only what has one reading: faults are told, and no row
 * is invented or lost. */
static void compare_unclean(const cJSON *versions, const char *from,
			    const char *to, const struct answer *answer,
			    const char *step)
{
	const cJSON *sides[2] = {get(versions, from), get(versions, to)};
	double rows = get(sides[1], "rows")->valuedouble -
		      get(sides[0], "rows")->valuedouble;

	for (int i = 0; i < 2; i++) {
		bool well = cJSON_IsTrue(get(sides[i], "well_formed"));

		/* the oracle counts rows without key as one doubled key */
		if (get(sides[i], "rows_without_key")->valuedouble > 0 &&
		    !answer->no_key[i])
			fail_msg("%s: rows without key are not told", step);
		if (get(sides[i], "duplicate_keys")->valuedouble >
			    (get(sides[i], "rows_without_key")->valuedouble >
			     0) &&
		    !answer->duplicate[i])
			fail_msg("%s: doubled keys are not told", step);
		if (get(sides[i], "ragged_rows")->valuedouble > 0 &&
		    !answer->ragged[i])
			fail_msg("%s: ragged rows are not told", step);
		if (get(sides[i], "well_formed") && !well &&
		    !answer->quoting[i])
			fail_msg("%s: broken quoting is not told", step);
	}
	if (rows != (double)(answer->added - answer->removed))
		fail_msg("%s: %ld added, %ld removed, but %g rows more", step,
			 answer->added, answer->removed, rows);
}

static void compare_step(const struct replay *replay, const cJSON *history,
			 const char *path, const cJSON *want)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct answer *answer = calloc(1, sizeof(*answer));
	char from[32], to[32];

	assert_non_null(answer);
	assert_int_equal(sscanf(want->string, "%31[^.]..%31s", from, to), 2);
	assert_int_equal(RUN(replay, &text, "dsv", "diff", "--json", from, to),
			 0);
	parse_answer(answer, dsv_buf_str(&text), path);
	if (cJSON_IsTrue(get(want, "byte_identical"))) {
		assert_null(answer->summary);
	} else {
		if (!answer->summary)
			fail_msg("%s: no summary for %s", want->string, path);
		if (cJSON_IsTrue(get(want, "clean")) !=
		    cJSON_IsTrue(get(answer->summary, "clean")))
			fail_msg("%s: clean differs", want->string);
		if (cJSON_IsTrue(get(want, "clean")))
			compare_clean(replay, want, answer, want->string);
		else
			compare_unclean(get(history, "versions"), from, to,
					answer, want->string);
	}
	for (size_t i = 0; i < answer->n; i++)
		cJSON_Delete(answer->lines[i]);
	free(answer);
}

static void compare_steps(const struct replay *replay, const char *part)
{
	const cJSON *history = histories(replay, part);
	char path[256];
	cJSON *want;

	snprintf(path, sizeof(path), "%s%s", part ? part : "data",
		 part ? "" : replay->set->extension);
	cJSON_ArrayForEach(want, get(history, "steps"))
		compare_step(replay, history, path, want);
}

static void replay_set(void **state)
{
	const struct set *set = *state;
	struct replay replay;

	if (!have_data())
		skip();
	start(&replay, set);
	for (size_t i = 0; i < replay.n; i++)
		commit_version(&replay, i);
	for (size_t i = 0; i < replay.n; i++)
		check_out_version(&replay, i);
	if (!set->parts)
		compare_steps(&replay, NULL);
	for (size_t i = 0; set->parts && set->parts[i]; i++)
		compare_steps(&replay, set->parts[i]);
	finish(&replay);
}

int main(void)
{
	struct CMUnitTest tests[sizeof(sets) / sizeof(sets[0])];
	size_t n = sizeof(sets) / sizeof(sets[0]);

	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("HOME", "/nonexistent", 1);
	setenv("GIT_COMMITTER_NAME", "Replay", 1);
	setenv("GIT_COMMITTER_EMAIL", "replay@example.org", 1);
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){
			.name = sets[i].name,
			.test_func = replay_set,
			.initial_state = (void *)(uintptr_t)&sets[i],
		};
	return _cmocka_run_group_tests("replay", tests, n, NULL, NULL);
}
