#include <dsv/calibration.h>

#include <string.h>

#include <dsv/dataset.h>
#include <dsv/interval.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/guideline.h"

struct test_args {
	const char *file;
	const char *id;
	const char *rev;
	struct dsv_strlist raters;
	const char *min;
};

static const struct dsv_opt test_opts[] = {
	DSV_OPT_STR('g', "guideline", "ID", struct test_args, id,
		    "the guideline (default: the only one)"),
	DSV_OPT_COLS(0, "rater", struct test_args, raters,
		     "columns of FILE, each the answers of one rater"),
	DSV_OPT_STR(0, "min", "SHARE", struct test_args, min,
		    "end with 1 where a rater has less right answers than "
		    "this, as in 0.9"),
	DSV_OPT_REV('r', "rev", struct test_args, rev,
		    "the guideline of REV (default: of the work tree)"),
	DSV_OPT_JSON,
	DSV_ARG("FILE", struct test_args, file, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

struct tested {
	const struct dsv_guideline_text *text;
	struct dsv_calibration got;
	bool has_min;
	double min;
	size_t below; /* raters */
};

static bool passes(const struct tested *it, size_t rater)
{
	return !it->has_min || (double)it->got.raters[rater].right >=
				       it->min * (double)it->got.asked - 1e-9;
}

static void add_percent(struct dsv_buf *out, double share)
{
	dsv_buf_addf(out, "%.1f%%", 100 * share);
}

static int view_raters(struct dsv_out *out, const struct tested *it)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrrRl");
	const char *const head[] = {"rater",	"right",	"empty",
				    "accuracy", "95% interval", ""};
	size_t i;

	for (i = 0; i < 6; i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (i = 0; i < it->got.n_raters; i++) {
		const struct dsv_calibration_rater *rater = &it->got.raters[i];
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_table_text(&table, rater->name, DSV_BOLD);
		dsv_table_count(&table, rater->right);
		dsv_table_count(&table, rater->empty);
		dsv_add_share(&text, rater->right, it->got.asked);
		dsv_table_text(&table, dsv_buf_str(&text), DSV_PLAIN);
		dsv_buf_reset(&text);
		add_percent(&text, rater->range.low);
		dsv_buf_addstr(&text, " to ");
		add_percent(&text, rater->range.high);
		dsv_table_text(&table, dsv_buf_str(&text), DSV_PLAIN);
		dsv_table_text(&table, passes(it, i) ? "" : "below", DSV_RED);
	}
	return dsv_table_print(&table, out);
}

static void add_figure(struct dsv_buf *out, const char *name,
		       const struct dsv_figure *figure)
{
	if (figure->defined)
		dsv_buf_addf(out, "   %s %.3f", name, figure->value);
}

static void view_agreement(struct dsv_out *out,
			   const struct dsv_calibration *got)
{
	const struct dsv_agreement *agreement = &got->agreement;

	if (!got->compared)
		return;
	dsv_buf_addstr(&out->buf, "\nagreement  ");
	if (agreement->observed.defined) {
		add_percent(&out->buf, agreement->observed.value);
		dsv_buf_addstr(&out->buf, " the same");
	}
	if (got->n_raters == 2 && agreement->n_pairs == 1)
		add_figure(&out->buf, "kappa", &agreement->pairs[0].kappa);
	else
		add_figure(&out->buf, "Fleiss kappa", &agreement->fleiss);
	add_figure(&out->buf, "alpha", &agreement->alpha_nominal);
	add_figure(&out->buf, "AC1", &agreement->ac1);
	dsv_buf_addch(&out->buf, '\n');
}

static void add_wrong(struct dsv_table *table,
		      const struct dsv_calibration_count *count)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&text, "%llu of %llu", (unsigned long long)count->wrong,
		     (unsigned long long)count->answers);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
}

static int view_rules(struct dsv_out *out, const struct dsv_calibration *got)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrs");
	size_t i;

	if (!got->n_rules || !got->rules[0].wrong)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	dsv_table_text(&table, "rule", DSV_DIM);
	dsv_table_text(&table, "wrong", DSV_DIM);
	dsv_table_text(&table, "when", DSV_DIM);
	for (i = 0; i < got->n_rules && got->rules[i].wrong; i++) {
		dsv_table_text(&table, got->rules[i].name, DSV_BOLD);
		add_wrong(&table, &got->rules[i]);
		dsv_table_text(&table, got->rules[i].when, DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static int view_examples(struct dsv_out *out, const struct dsv_calibration *got)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srlls");
	const char *const head[] = {"example", "wrong", "is", "rule", "given"};
	size_t i;

	if (!got->n_wrong_examples)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	for (i = 0; i < 5; i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (i = 0; i < got->n_wrong_examples; i++) {
		const struct dsv_calibration_count *it =
			&got->wrong_examples[i];
		struct dsv_buf given DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_guideline_join(&given, &it->given);
		dsv_table_text(&table, it->name, DSV_PLAIN);
		add_wrong(&table, it);
		dsv_table_text(&table, it->label, DSV_PLAIN);
		dsv_table_text(&table, it->rule, DSV_PLAIN);
		dsv_table_text(&table, dsv_buf_str(&given), DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static int test_human(struct dsv_out *out, void *result)
{
	const struct tested *it = result;
	int rc;

	dsv_out_styled(out, DSV_BOLD, "%s %s", it->text->front.id,
		       it->text->front.version);
	dsv_buf_addf(&out->buf, "  %llu of %llu examples\n\n",
		     (unsigned long long)it->got.asked,
		     (unsigned long long)it->got.examples);
	rc = view_raters(out, it);
	if (rc < 0)
		return rc;
	view_agreement(out, &it->got);
	if ((rc = view_rules(out, &it->got)) < 0 ||
	    (rc = view_examples(out, &it->got)) < 0)
		return rc;
	if (it->has_min) {
		dsv_buf_addstr(&out->buf, "\nwanted ");
		add_percent(&out->buf, it->min);
		dsv_buf_addf(&out->buf, ": %zu of %zu raters have it\n",
			     it->got.n_raters - it->below, it->got.n_raters);
	}
	return dsv_out_line(out);
}

static void json_number(struct dsv_out *out, const char *name, double value)
{
	dsv_jline_name(out, name);
	dsv_buf_addf(&out->buf, "%.6f", value);
}

static void json_figure(struct dsv_out *out, const char *name,
			const struct dsv_figure *figure)
{
	if (figure->defined)
		json_number(out, name, figure->value);
	else
		dsv_jline_text(out, name, NULL);
}

static int json_raters(struct dsv_out *out, const struct tested *it)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < it->got.n_raters; i++) {
		const struct dsv_calibration_rater *rater = &it->got.raters[i];

		dsv_jline_open(out, "rater");
		dsv_jline_text(out, "rater", rater->name);
		dsv_jline_count(out, "asked", it->got.asked);
		dsv_jline_count(out, "right", rater->right);
		dsv_jline_count(out, "empty", rater->empty);
		json_number(out, "accuracy",
			    (double)rater->right / (double)it->got.asked);
		json_number(out, "low", rater->range.low);
		json_number(out, "high", rater->range.high);
		dsv_jline_flag(out, "passed", passes(it, i));
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_counts(struct dsv_out *out, const char *type,
		       const struct dsv_calibration_count *counts, size_t n)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++) {
		const struct dsv_calibration_count *it = &counts[i];

		dsv_jline_open(out, type);
		dsv_jline_text(out, type, it->name);
		if (it->label) {
			dsv_jline_text(out, "label", it->label);
			dsv_jline_text(out, "rule", it->rule);
			dsv_jline_list(out, "given", &it->given);
		}
		dsv_jline_count(out, "line", it->line);
		dsv_jline_count(out, "answers", it->answers);
		dsv_jline_count(out, "wrong", it->wrong);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_agreement(struct dsv_out *out,
			  const struct dsv_calibration *got)
{
	const struct dsv_agreement *agreement = &got->agreement;

	if (!got->compared)
		return 0;
	dsv_jline_open(out, "agreement");
	dsv_jline_count(out, "examples", agreement->items);
	json_figure(out, "observed", &agreement->observed);
	json_figure(out, "cohen_mean", &agreement->cohen_mean);
	json_figure(out, "fleiss", &agreement->fleiss);
	json_figure(out, "alpha_nominal", &agreement->alpha_nominal);
	json_figure(out, "ac1", &agreement->ac1);
	return dsv_jline_close(out);
}

static int test_json(struct dsv_out *out, void *result)
{
	const struct tested *it = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.guideline-test/1");
	dsv_jline_text(out, "guideline", it->text->front.id);
	dsv_jline_text(out, "version", it->text->front.version);
	if ((rc = dsv_jline_close(out)) < 0 ||
	    (rc = json_raters(out, it)) < 0 ||
	    (rc = json_agreement(out, &it->got)) < 0 ||
	    (rc = json_counts(out, "rule", it->got.rules, it->got.n_rules)) <
		    0 ||
	    (rc = json_counts(out, "example", it->got.wrong_examples,
			      it->got.n_wrong_examples)) < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "asked", it->got.asked);
	dsv_jline_count(out, "examples", it->got.examples);
	dsv_jline_count(out, "below", it->below);
	dsv_jline_flag(out, "passed", !it->below);
	return dsv_jline_close(out);
}

static const struct dsv_view test_view = {test_human, test_json};

/* The one that is named, or the only one there is. */
static int read_guideline(struct dsv_ctx *ctx, const struct test_args *args,
			  struct dsv_guideline_text *out)
{
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_version version;
	const char *name;
	int rc = dsv_guideline_at(ctx, args->rev, &version, &name);

	if (rc == 0 && args->id)
		return dsv_guideline_text_read(out, ctx->repo, &version,
					       args->id);
	if (rc == 0)
		rc = dsv_guideline_all(ctx, &version, &ids);
	if (rc < 0)
		return rc;
	if (ids.n > 1) {
		struct dsv_buf all DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_guideline_join(&all, &ids);
		dsv_fail(DSV_EUSAGE, "which guideline?");
		return dsv_hint(DSV_EUSAGE, "--guideline ID, one of %s",
				dsv_buf_str(&all));
	}
	return dsv_guideline_text_read(out, ctx->repo, &version, ids.items[0]);
}

static int check_args(const struct test_args *args, struct tested *it)
{
	it->has_min = args->min != NULL;
	if (it->has_min && !dsv_fraction_parse(args->min, &it->min))
		return dsv_fail(DSV_EUSAGE,
				"--min: '%s' is no share from 0 to 1",
				args->min);
	if (args->raters.n)
		return 0;
	dsv_fail(DSV_EUSAGE, "no rater is named");
	return dsv_hint(DSV_EUSAGE,
			"--rater COL,.. names the columns of '%s' "
			"with answers",
			args->file);
}

static int test_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct test_args *args = argp;
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct tested it = {.text = &text};
	size_t i;
	int rc = check_args(args, &it);

	if (rc == 0)
		rc = read_guideline(ctx, args, &text);
	if (rc == 0)
		rc = dsv_calibration_read(&it.got, &text, args->file,
					  &args->raters);
	for (i = 0; rc == 0 && i < it.got.n_raters; i++)
		it.below += !passes(&it, i);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &test_view, &it);
	dsv_calibration_release(&it.got);
	return rc < 0 ? rc : it.below ? DSV_EXIT_NO : 0;
}

const struct dsv_cmd dsv_cmd_guideline_test = {
	.name = "guideline test",
	.brief = "how well raters have understood a guideline",
	.about = "FILE is a table with a column 'example', the text of an "
		 "example or its number, and a column of answers for each "
		 "rater.",
	.opts = test_opts,
	.args_size = sizeof(struct test_args),
	.needs = DSV_NEEDS_REPO,
	.run = test_run,
};
