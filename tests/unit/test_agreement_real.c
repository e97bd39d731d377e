/*
 * The ratings of the shared data: what expected.json says of each file, by
 * the table reader where the file has a shape that it reads.
 *
 * DSV_DATA names the folder of the data; where it is absent the tests are
 * skipped with a line that says so.
 */
#include "agreement_check.h"

#include <cjson/cJSON.h>

#include <dsv/error.h>
#include <dsv/ratings.h>

#include "base/fs.h"

#define NEAR 1e-6

struct real {
	struct dsv_buf dir;
	cJSON *expected;
};

static cJSON *get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void read_text(const struct real *real, const char *name,
		      struct dsv_buf *out)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&path, "%s/%s", dsv_buf_str(&real->dir), name);
	assert_int_equal(dsv_fs_read(dsv_buf_str(&path), 1u << 26, out), 0);
}

static int set_up(void **state)
{
	struct real *real = calloc(1, sizeof(*real));
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *data = getenv("DSV_DATA");
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&real->dir, "%s/raters-csv",
		     data ? data : "../shared/data");
	dsv_buf_addf(&path, "%s/expected.json", dsv_buf_str(&real->dir));
	*state = real;
	if (dsv_fs_read(dsv_buf_str(&path), 1u << 26, &text) < 0) {
		fprintf(stderr, "SKIPPED: no ratings at '%s' (DSV_DATA)\n",
			dsv_buf_str(&real->dir));
		return 0;
	}
	real->expected = cJSON_Parse(dsv_buf_str(&text));
	assert_non_null(real->expected);
	return 0;
}

static int tear_down(void **state)
{
	struct real *real = *state;

	cJSON_Delete(real->expected);
	dsv_buf_release(&real->dir);
	free(real);
	return 0;
}

/* What is null or missing in expected.json need not be undefined here. */
static void check_figure(const cJSON *want, const char *name,
			 struct dsv_figure got)
{
	const cJSON *value = get(want, name);

	if (!cJSON_IsNumber(value))
		return;
	assert_true(got.defined);
	assert_near(got.value, value->valuedouble, NEAR);
}

static void check_labels(const cJSON *want, const struct dsv_ratings *ratings)
{
	uint64_t counts[64] = {0};
	const cJSON *value;
	size_t i;

	for (i = 0; i < ratings->n; i++)
		counts[ratings->items[i].label]++;
	assert_int_equal(cJSON_GetArraySize(get(want, "values")),
			 ratings->labels.n);
	cJSON_ArrayForEach(value, get(want, "values"))
	{
		long at = dsv_strlist_find(&ratings->labels, value->string);

		assert_true(at >= 0);
		assert_int_equal(counts[at], value->valueint);
	}
}

static void check_pairs(const cJSON *want, const struct dsv_ratings *ratings,
			const struct dsv_agreement *got)
{
	size_t i;

	assert_int_equal(got->n_pairs, get(want, "cohen_pairs")->valueint);
	for (i = 0; i < got->n_pairs; i++) {
		const struct dsv_agreement_pair *pair = &got->pairs[i];
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
		const cJSON *line;

		dsv_buf_addf(&name, "%s~%s", ratings->raters.items[pair->a],
			     ratings->raters.items[pair->b]);
		line = get(get(want, "cohen_kappa"), dsv_buf_str(&name));
		assert_non_null(line);
		assert_int_equal(pair->items,
				 cJSON_GetArrayItem(line, 0)->valueint);
		assert_near((double)pair->same / (double)pair->items,
			    cJSON_GetArrayItem(line, 1)->valuedouble, NEAR);
		assert_near(pair->kappa.value,
			    cJSON_GetArrayItem(line, 2)->valuedouble, NEAR);
	}
}

static void check(const struct real *real, const char *name,
		  const struct dsv_ratings *ratings)
{
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	const cJSON *want = get(real->expected, name);

	assert_non_null(want);
	assert_int_equal(
		dsv_agreement_compute(&got, ratings, DSV_LEVEL_NOMINAL), 0);
	assert_int_equal(got.items + got.single, get(want, "items")->valueint);
	assert_int_equal(got.ratings, get(want, "ratings")->valueint);
	assert_int_equal(got.n_raters, get(want, "raters")->valueint);
	/* there an item with one rating counts as unanimous */
	assert_int_equal(got.same_all + got.single,
			 get(want, "unanimous_items")->valueint);
	check_figure(want, "krippendorff_alpha_nominal", got.alpha_nominal);
	check_figure(want, "observed_agreement", got.observed);
	check_figure(want, "fleiss_kappa", got.fleiss);
	check_figure(want, "cohen_kappa_mean", got.cohen_mean);
	check_labels(want, ratings);
	if (get(want, "cohen_kappa"))
		check_pairs(want, ratings, &got);
}

static void check_table(const struct real *real, const char *file,
			const char *name, const char *item, const char *rater,
			const char *label)
{
	struct dsv_ratings_shape shape DSV_AUTO(ratings_shape) =
		DSV_RATINGS_SHAPE_INIT;
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_strlist items DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_ratings_opts opts = {
		.item = &items, .rater = rater, .label = label};

	dsv_strlist_split(&items, item, ',');
	dsv_buf_addf(&path, "%s/%s", dsv_buf_str(&real->dir), file);
	assert_int_equal(dsv_ratings_read(&ratings, &shape, NULL, NULL,
					  dsv_buf_str(&path), &opts),
			 0);
	check(real, name, &ratings);
}

static void test_real__votes_of_five_raters(void **state)
{
	const struct real *real = *state;

	if (!real->expected)
		skip();
	check_table(real, "v01.csv", "agreement v01", "file,class", "rater",
		    "vote");
	check_table(real, "v02.csv", "agreement v02", "file,class", "rater",
		    "vote");
}

static void test_real__four_observers(void **state)
{
	const struct real *real = *state;

	if (!real->expected)
		skip();
	check_table(real, "krippendorff2011.csv", "krippendorff2011", "unit",
		    "observer", "value");
}

static void add_counted(struct dsv_ratings *ratings, uint32_t item,
			uint32_t *rater, const char *label, long n)
{
	long at = dsv_strlist_find(&ratings->labels, label);

	if (n > 0 && at < 0) {
		at = (long)ratings->labels.n;
		dsv_strlist_add(&ratings->labels, label);
	}
	for (; n > 0; n--)
		dsv_ratings_add(ratings, item, (*rater)++, (uint32_t)at);
}

/* {"id": .., "mturk": {"given": 4, "guessed": 1}}: raters are not told apart */
static void test_real__counts_of_a_crowd(void **state)
{
	static const char *const names[] = {"mturk-mnist", "mturk-cifar10"};
	const struct real *real = *state;
	size_t i;

	if (!real->expected)
		skip();
	for (i = 0; i < 2; i++) {
		struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
		uint32_t item = 0;
		char *line, *rest = NULL;

		dsv_buf_addf(&name, "%s.jsonl", names[i]);
		read_text(real, dsv_buf_str(&name), &text);
		for (line = strtok_r(text.data, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest), item++) {
			cJSON *json = cJSON_Parse(line);
			const cJSON *votes;
			uint32_t rater = 0;

			cJSON_ArrayForEach(votes, get(json, "mturk"))
				add_counted(&ratings, item, &rater,
					    votes->string, votes->valueint);
			cJSON_Delete(json);
		}
		check(real, names[i], &ratings);
	}
}

static void test_real__counts_by_category(void **state)
{
	static const char *const labels[] = {"c1", "c2", "c3", "c4", "c5"};
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct real *real = *state;
	char *line, *rest = NULL;
	uint32_t item = 0;

	if (!real->expected)
		skip();
	read_text(real, "fleiss-10x14.csv", &text);
	strtok_r(text.data, "\n", &rest);
	while ((line = strtok_r(NULL, "\n", &rest))) {
		uint32_t rater = 0;
		size_t i;

		for (i = 0; i < 5; i++) {
			line = strchr(line, ',') + 1;
			add_counted(&ratings, item, &rater, labels[i],
				    strtol(line, NULL, 10));
		}
		item++;
	}
	check(real, "fleiss-10x14", &ratings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real__votes_of_five_raters),
		cmocka_unit_test(test_real__four_observers),
		cmocka_unit_test(test_real__counts_of_a_crowd),
		cmocka_unit_test(test_real__counts_by_category),
	};

	return cmocka_run_group_tests_name("agreement real", tests, set_up,
					   tear_down);
}
