#include "cmd/audit_agreement_view.h"

#include <stdio.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/words.h"

#define PAIRS_SHOWN  50u
#define LABELS_SHOWN 50u
#define TABLE_SHOWN  12u  /* labels; each is a column */
#define DIGITS_HALF  5e-5 /* what is nearer to 0 is shown as 0 */

static void add_figure(struct dsv_table *table, struct dsv_figure figure)
{
	char text[32];

	/* and not as -0 */
	if (figure.value < 0 && figure.value > -DIGITS_HALF)
		figure.value = 0;
	snprintf(text, sizeof(text), "%.4f", figure.value);
	dsv_table_text(table, figure.defined ? text : "undefined",
		       figure.defined ? DSV_PLAIN : DSV_DIM);
}

static void add_counted(struct dsv_buf *out, uint64_t n, const char *one,
			const char *more)
{
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s", n == 1 ? one : more);
}

static void view_head(struct dsv_out *out,
		      const struct dsv_agreement_result *result)
{
	const struct dsv_agreement *got = &result->agreement;

	dsv_out_style(out, DSV_BOLD);
	dsv_words_path(&out->buf, result->name);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addstr(&out->buf, "  ");
	add_counted(&out->buf, got->items, "item", "items");
	dsv_buf_addstr(&out->buf, " compared, ");
	add_counted(&out->buf, got->n_raters, "rater", "raters");
	dsv_buf_addstr(&out->buf, ", ");
	add_counted(&out->buf, got->ratings, "rating", "ratings");
	dsv_buf_addch(&out->buf, '\n');
	if (!got->single && !got->unrated)
		return;
	add_counted(&out->buf, got->single + got->unrated, "item has",
		    "items have");
	dsv_buf_addstr(&out->buf, " fewer than two ratings");
	if (got->single && got->unrated) {
		dsv_buf_addstr(&out->buf, " (");
		dsv_add_count(&out->buf, got->unrated);
		dsv_buf_addstr(&out->buf, " of them none)");
	}
	dsv_buf_addstr(&out->buf, " and cannot be compared\n");
}

static void add_row(struct dsv_table *table, const char *name,
		    struct dsv_figure figure, const char *note)
{
	dsv_table_text(table, name, DSV_PLAIN);
	add_figure(table, figure);
	dsv_table_text(table, note, DSV_DIM);
}

/* Why there is no figure, where it can be said. */
static const char *why(const struct dsv_agreement *got,
		       struct dsv_figure figure)
{
	if (figure.defined)
		return "";
	return got->alpha_nominal.defined ? "items differ in their number of "
					    "ratings: see alpha"
					  : "all ratings are one label";
}

static int view_figures(struct dsv_out *out, const struct dsv_agreement *got)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrl");
	struct dsv_buf pairs DSV_AUTO(buf) = DSV_BUF_INIT;

	add_row(&table, "observed agreement", got->observed, "");
	add_row(&table, "Fleiss' kappa", got->fleiss, why(got, got->fleiss));
	add_row(&table, "Krippendorff's alpha", got->alpha_nominal,
		got->alpha_nominal.defined ? "nominal"
					   : why(got, got->alpha_nominal));
	if (got->level >= DSV_LEVEL_ORDINAL)
		add_row(&table, "", got->alpha_ordinal, "ordinal");
	if (got->level >= DSV_LEVEL_INTERVAL)
		add_row(&table, "", got->alpha_interval, "interval");
	add_row(&table, "Gwet's AC1", got->ac1,
		got->ac1.defined ? "" : "there is one label only");
	if (got->pairs_left_out)
		dsv_buf_addstr(&pairs, "too many pairs of raters");
	else if (got->n_pairs == 1)
		dsv_buf_addstr(&pairs, "of the pair below");
	else
		dsv_buf_addf(&pairs, "mean of %zu pairs", got->n_pairs);
	add_row(&table, "Cohen's kappa", got->cohen_mean, dsv_buf_str(&pairs));
	return dsv_table_print(&table, out);
}

static int view_labels(struct dsv_out *out,
		       const struct dsv_agreement_result *result)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrr");
	const struct dsv_agreement *got = &result->agreement;
	struct dsv_buf share DSV_AUTO(buf) = DSV_BUF_INIT;
	uint64_t all = got->ratings - got->single;
	uint32_t i;
	int rc;

	dsv_table_text(&table, "label", DSV_BOLD);
	dsv_table_text(&table, "ratings", DSV_DIM);
	dsv_table_text(&table, "share", DSV_DIM);
	dsv_table_text(&table, "agreement", DSV_DIM);
	for (i = 0; i < got->n_labels && i < LABELS_SHOWN; i++) {
		const struct dsv_agreement_label *label = &got->labels[i];

		dsv_table_text(&table, result->ratings.labels.items[i],
			       DSV_PLAIN);
		dsv_table_count(&table, label->ratings);
		dsv_buf_reset(&share);
		dsv_add_share(&share, label->ratings, all);
		dsv_table_text(&table, dsv_buf_str(&share), DSV_PLAIN);
		if (label->agreement.defined)
			add_figure(&table, label->agreement);
		else
			dsv_table_text(&table, "-", DSV_DIM);
	}
	rc = dsv_table_print(&table, out);
	if (got->n_labels > LABELS_SHOWN)
		dsv_buf_addf(&out->buf, "and %u more labels: --json\n",
			     got->n_labels - LABELS_SHOWN);
	return rc;
}

static void add_range(struct dsv_table *table,
		      const struct dsv_agreement_pair *pair, double confidence)
{
	char text[64] = "-";
	double low, high;

	if (dsv_agreement_kappa_range(pair, confidence, &low, &high))
		snprintf(text, sizeof(text), "%.4f to %.4f", low, high);
	dsv_table_text(table, text, DSV_PLAIN);
}

static void add_pair(struct dsv_table *table,
		     const struct dsv_agreement_result *result, size_t at)
{
	const struct dsv_agreement_pair *pair = &result->agreement.pairs[at];
	struct dsv_buf share DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_table_text(table, result->ratings.raters.items[pair->a], DSV_PLAIN);
	dsv_table_text(table, result->ratings.raters.items[pair->b], DSV_PLAIN);
	dsv_table_count(table, pair->items);
	dsv_add_share(&share, pair->same, pair->items);
	dsv_table_text(table, dsv_buf_str(&share), DSV_PLAIN);
	add_figure(table, pair->kappa);
	add_range(table, pair, result->confidence);
	if (result->agreement.level == DSV_LEVEL_NOMINAL)
		return;
	add_figure(table, pair->linear);
	add_figure(table, pair->quadratic);
}

static int view_pairs(struct dsv_out *out,
		      const struct dsv_agreement_result *result)
{
	const struct dsv_agreement *got = &result->agreement;
	bool weighted = got->level > DSV_LEVEL_NOMINAL;
	struct dsv_table table DSV_AUTO(table) =
		DSV_TABLE_INIT(weighted ? "ssrrrRRR" : "ssrrrR");
	char range[64];
	size_t i;
	int rc;

	snprintf(range, sizeof(range), "%g%% interval",
		 result->confidence * 100);
	dsv_table_text(&table, "raters", DSV_BOLD);
	dsv_table_text(&table, "", DSV_PLAIN);
	dsv_table_text(&table, "items", DSV_DIM);
	dsv_table_text(&table, "same", DSV_DIM);
	dsv_table_text(&table, "kappa", DSV_DIM);
	dsv_table_text(&table, range, DSV_DIM);
	if (weighted) {
		dsv_table_text(&table, "linear", DSV_DIM);
		dsv_table_text(&table, "quadratic", DSV_DIM);
	}
	for (i = 0; i < got->n_pairs && i < PAIRS_SHOWN; i++)
		add_pair(&table, result, i);
	rc = dsv_table_print(&table, out);
	if (got->n_pairs > PAIRS_SHOWN)
		dsv_buf_addf(&out->buf, "and %zu more pairs: --json\n",
			     got->n_pairs - PAIRS_SHOWN);
	return rc;
}

static void view_table_head(struct dsv_out *out,
			    const struct dsv_strlist *raters)
{
	dsv_buf_addstr(&out->buf, "rows ");
	dsv_out_shown(out, raters->items[0]);
	dsv_buf_addstr(&out->buf, ", columns ");
	dsv_out_shown(out, raters->items[1]);
	dsv_buf_addch(&out->buf, '\n');
}

static int view_table(struct dsv_out *out,
		      const struct dsv_agreement_result *result)
{
	char columns[] = "srrrrrrrrrrrr"; /* TABLE_SHOWN times r */
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT(columns);
	const struct dsv_strlist *labels = &result->ratings.labels;
	uint32_t n = result->agreement.n_labels, row, column;

	if (n > TABLE_SHOWN) {
		dsv_buf_addstr(&out->buf, "which label met which: --json\n");
		return 0;
	}
	columns[1 + n] = '\0';
	view_table_head(out, &result->ratings.raters);
	dsv_table_text(&table, "", DSV_PLAIN);
	for (column = 0; column < n; column++)
		dsv_table_text(&table, labels->items[column], DSV_DIM);
	for (row = 0; row < n; row++) {
		dsv_table_text(&table, labels->items[row], DSV_PLAIN);
		for (column = 0; column < n; column++)
			dsv_table_count(
				&table,
				result->agreement.table[row * n + column]);
	}
	return dsv_table_print(&table, out);
}

static int agreement_human(struct dsv_out *out, void *result)
{
	const struct dsv_agreement_result *shown = result;
	int rc;

	view_head(out, shown);
	dsv_buf_addch(&out->buf, '\n');
	rc = view_figures(out, &shown->agreement);
	dsv_buf_addch(&out->buf, '\n');
	if (rc == 0)
		rc = view_labels(out, shown);
	if (rc == 0 && shown->agreement.n_pairs) {
		dsv_buf_addch(&out->buf, '\n');
		rc = view_pairs(out, shown);
	}
	if (rc == 0 && shown->agreement.table) {
		dsv_buf_addch(&out->buf, '\n');
		rc = view_table(out, shown);
	}
	return rc < 0 ? rc : dsv_out_line(out);
}

/* A number, or null where it is undefined. */
static void json_figure(struct dsv_out *out, const char *name,
			struct dsv_figure figure)
{
	struct dsv_field field = {.kind = DSV_FIELD_MISSING};
	char text[32];

	if (figure.defined) {
		field.len = (size_t)snprintf(text, sizeof(text), "%.9f",
					     figure.value);
		field.text = text;
		field.kind = DSV_FIELD_JSON;
	}
	dsv_jline_field(out, name, &field);
}

static void json_head(struct dsv_out *out,
		      const struct dsv_agreement_result *result)
{
	static const char *const levels[] = {"nominal", "ordinal", "interval"};
	const struct dsv_figure confidence = {true, result->confidence};

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.agreement/1");
	dsv_jline_text(out, "table", result->name);
	dsv_jline_text(out, "shape", result->shape.is_long ? "long" : "wide");
	dsv_jline_text(out, "level", levels[result->agreement.level]);
	json_figure(out, "confidence", confidence);
	dsv_jline_list(out, "item", &result->shape.item);
	dsv_jline_list(out, "raters", &result->ratings.raters);
}

static int json_label(struct dsv_out *out,
		      const struct dsv_agreement_result *result, uint32_t at)
{
	const struct dsv_agreement_label *label = &result->agreement.labels[at];

	dsv_jline_open(out, "label");
	dsv_jline_text(out, "label", result->ratings.labels.items[at]);
	dsv_jline_count(out, "ratings", label->ratings);
	json_figure(out, "agreement", label->agreement);
	return dsv_jline_close(out);
}

static int json_pair(struct dsv_out *out,
		     const struct dsv_agreement_result *result, size_t at)
{
	const struct dsv_agreement_pair *pair = &result->agreement.pairs[at];
	struct dsv_figure low = {0}, high = {0};

	low.defined = high.defined = dsv_agreement_kappa_range(
		pair, result->confidence, &low.value, &high.value);
	dsv_jline_open(out, "pair");
	dsv_jline_array(out, "raters");
	dsv_jline_text(out, NULL, result->ratings.raters.items[pair->a]);
	dsv_jline_text(out, NULL, result->ratings.raters.items[pair->b]);
	dsv_jline_end(out, ']');
	dsv_jline_count(out, "items", pair->items);
	dsv_jline_count(out, "same", pair->same);
	json_figure(out, "kappa", pair->kappa);
	json_figure(out, "kappa_se", pair->kappa_se);
	json_figure(out, "kappa_low", low);
	json_figure(out, "kappa_high", high);
	json_figure(out, "linear", pair->linear);
	json_figure(out, "quadratic", pair->quadratic);
	return dsv_jline_close(out);
}

/* Labels of the two raters that met. */
static int json_cells(struct dsv_out *out,
		      const struct dsv_agreement_result *result)
{
	const struct dsv_strlist *labels = &result->ratings.labels;
	uint32_t n = result->agreement.n_labels, row, column;
	int rc = 0;

	for (row = 0; row < n; row++)
		for (column = 0; rc == 0 && column < n; column++) {
			uint64_t items =
				result->agreement.table[row * n + column];

			if (!items)
				continue;
			dsv_jline_open(out, "cell");
			dsv_jline_array(out, "labels");
			dsv_jline_text(out, NULL, labels->items[row]);
			dsv_jline_text(out, NULL, labels->items[column]);
			dsv_jline_end(out, ']');
			dsv_jline_count(out, "items", items);
			rc = dsv_jline_close(out);
		}
	return rc;
}

static int json_summary(struct dsv_out *out, const struct dsv_agreement *got)
{
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "ratings", got->ratings);
	dsv_jline_count(out, "items", got->items);
	dsv_jline_count(out, "single", got->single);
	dsv_jline_count(out, "unrated", got->unrated);
	dsv_jline_count(out, "same_all", got->same_all);
	json_figure(out, "observed", got->observed);
	json_figure(out, "fleiss_kappa", got->fleiss);
	json_figure(out, "alpha_nominal", got->alpha_nominal);
	json_figure(out, "alpha_ordinal", got->alpha_ordinal);
	json_figure(out, "alpha_interval", got->alpha_interval);
	json_figure(out, "ac1", got->ac1);
	json_figure(out, "cohen_kappa_mean", got->cohen_mean);
	dsv_jline_flag(out, "pairs_left_out", got->pairs_left_out);
	return dsv_jline_close(out);
}

static int agreement_json(struct dsv_out *out, void *result)
{
	const struct dsv_agreement_result *shown = result;
	const struct dsv_agreement *got = &shown->agreement;
	size_t i;
	int rc;

	json_head(out, shown);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < got->n_labels; i++)
		rc = json_label(out, shown, (uint32_t)i);
	for (i = 0; rc == 0 && i < got->n_pairs; i++)
		rc = json_pair(out, shown, i);
	if (rc == 0 && got->table)
		rc = json_cells(out, shown);
	return rc < 0 ? rc : json_summary(out, got);
}

const struct dsv_view dsv_agreement_view = {agreement_human, agreement_json};
