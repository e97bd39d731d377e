#include <dsv/calibration.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/guideline_diff.h>
#include <dsv/record.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/map.h"
#include "dataset/source.h"
#include "format/format.h"

#define CONFIDENCE 0.95

/* The reading of one file. */
struct work {
	struct dsv_calibration *out;
	const struct dsv_rules *rules;
	const char *id;
	const char *file;
	const struct dsv_strlist *raters;
	struct dsv_map examples; /* folded text: place + 1 */
	struct dsv_map labels;	 /* place + 1 */
	uint64_t *asked;	 /* of each example: its line in the file */
	struct dsv_calibration_count *counts; /* of each example */
	struct dsv_ratings ratings;
	long at_example;
	long *at_rater;
};

static void work_release(struct work *work)
{
	dsv_map_release(&work->examples);
	dsv_map_release(&work->labels);
	dsv_ratings_release(&work->ratings);
	for (size_t i = 0; work->counts && i < work->rules->n_examples; i++)
		dsv_strlist_release(&work->counts[i].given);
	free(work->counts);
	free(work->asked);
	free(work->at_rater);
}

static uint64_t number_of(struct dsv_map *map, const char *name)
{
	struct dsv_map_entry *entry = dsv_map_put(map, name, strlen(name));

	if (!entry->value)
		entry->value = map->n;
	return entry->value - 1;
}

static void prepare(struct work *work)
{
	const struct dsv_rules *rules = work->rules;

	work->asked = dsv_alloc_zero(rules->n_examples, sizeof(*work->asked));
	work->counts = dsv_alloc_zero(rules->n_examples, sizeof(*work->counts));
	work->at_rater =
		dsv_alloc_zero(work->raters->n + 1, sizeof(*work->at_rater));
	for (size_t i = 0; i < rules->n_labels; i++)
		number_of(&work->labels, rules->labels[i].label);
	for (size_t i = 0; i < rules->n_examples; i++) {
		const struct dsv_rules_example *example = &rules->examples[i];
		struct dsv_buf fold DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_map_entry *entry;

		dsv_guideline_fold(example->example, &fold);
		entry = dsv_map_put(&work->examples, dsv_buf_str(&fold),
				    fold.len);
		if (!entry->value)
			entry->value = i + 1;
		work->counts[i] = (struct dsv_calibration_count){
			.name = example->example,
			.label = example->label,
			.rule = example->rule,
			.line = example->line,
		};
	}
}

static int no_column(const struct work *work, const struct dsv_strlist *columns,
		     const char *name)
{
	const char *near = dsv_nearest(name, columns);
	struct dsv_buf all DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < columns->n; i++)
		dsv_buf_addf(&all, "%s%s", i ? ", " : "", columns->items[i]);
	dsv_fail(DSV_EUSAGE, "'%s' has no column '%s'", work->file, name);
	if (near)
		return dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
	return dsv_hint(DSV_EUSAGE, "it has: %s", dsv_buf_str(&all));
}

static int find_columns(struct work *work, const struct dsv_strlist *columns)
{
	work->at_example = dsv_strlist_find(columns, "example");
	if (work->at_example < 0)
		return no_column(work, columns, "example");
	for (size_t i = 0; i < work->raters->n; i++) {
		work->at_rater[i] =
			dsv_strlist_find(columns, work->raters->items[i]);
		if (work->at_rater[i] < 0)
			return no_column(work, columns, work->raters->items[i]);
	}
	return 0;
}

static char *text_of(const struct dsv_record *record, long column)
{
	const struct dsv_field *field = dsv_record_field(record, column);

	if (dsv_field_is_empty(field))
		return dsv_strdup("");
	return dsv_strndup(field->text, field->len);
}

static int no_example(const struct work *work, uint64_t line, const char *text)
{
	dsv_fail(DSV_ESYNTAX, "%s:%llu: guideline '%s' has no example '%.80s'",
		 work->file, (unsigned long long)line, work->id, text);
	return dsv_hint(DSV_ESYNTAX,
			"the text of an example, or its number from 1 to %zu",
			work->rules->n_examples);
}

/* The example of a row: by its text, else by its number. */
static int find_example(struct work *work, const struct dsv_record *record,
			size_t *out)
{
	char *text DSV_AUTO(str) = text_of(record, work->at_example);
	struct dsv_buf fold DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_map_entry *entry;
	uint64_t n;

	dsv_guideline_fold(text, &fold);
	entry = dsv_map_get(&work->examples, dsv_buf_str(&fold), fold.len);
	if (entry)
		*out = (size_t)entry->value - 1;
	else if (dsv_parse_u64(text, strlen(text), &n) && n >= 1 &&
		 n <= work->rules->n_examples)
		*out = (size_t)n - 1;
	else
		return no_example(work, record->line, text);
	if (work->asked[*out])
		return dsv_fail(DSV_ESYNTAX,
				"%s:%llu: this example stands on line %llu too",
				work->file, (unsigned long long)record->line,
				(unsigned long long)work->asked[*out]);
	work->asked[*out] = record->line;
	return 0;
}

static int no_label(const struct work *work, uint64_t line, const char *rater,
		    const char *answer)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf all DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *near;

	for (size_t i = 0; i < work->rules->n_labels; i++) {
		dsv_strlist_add(&names, work->rules->labels[i].label);
		dsv_buf_addf(&all, "%s%s", i ? ", " : "",
			     work->rules->labels[i].label);
	}
	near = dsv_nearest(answer, &names);
	dsv_fail(DSV_ESYNTAX, "%s:%llu: '%s' of %s is no label of '%s'",
		 work->file, (unsigned long long)line, answer, rater, work->id);
	if (near)
		return dsv_hint(DSV_ESYNTAX, "did you mean '%s'?", near);
	return dsv_hint(DSV_ESYNTAX, "its labels: %s", dsv_buf_str(&all));
}

static int take_answer(struct work *work, const struct dsv_record *record,
		       size_t example, size_t rater)
{
	char *answer DSV_AUTO(str) = text_of(record, work->at_rater[rater]);
	struct dsv_calibration_count *count = &work->counts[example];
	struct dsv_calibration_rater *who = &work->out->raters[rater];
	struct dsv_buf given DSV_AUTO(buf) = DSV_BUF_INIT;

	if (*answer && work->rules->n_labels &&
	    !dsv_map_get(&work->labels, answer, strlen(answer)))
		return no_label(work, record->line, who->name, answer);
	count->answers++;
	if (*answer)
		dsv_ratings_add(&work->ratings, (uint32_t)example,
				(uint32_t)rater,
				(uint32_t)number_of(&work->labels, answer));
	else
		who->empty++;
	if (strcmp(answer, count->label) == 0) {
		who->right++;
		return 0;
	}
	count->wrong++;
	dsv_buf_addf(&given, "%s: %s", who->name, *answer ? answer : "(empty)");
	dsv_strlist_add(&count->given, dsv_buf_str(&given));
	return 0;
}

static int take_row(struct work *work, const struct dsv_record *record)
{
	size_t example = 0;
	int rc;

	if (record->issues & ~(unsigned)DSV_ISSUE_REPEATED_COLUMN)
		return dsv_fail(DSV_ESYNTAX, "%s:%llu: a broken row",
				work->file, (unsigned long long)record->line);
	rc = find_example(work, record, &example);
	for (size_t i = 0; rc == 0 && i < work->raters->n; i++)
		rc = take_answer(work, record, example, i);
	work->out->asked++;
	return rc;
}

static int read_file(struct work *work)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	const struct dsv_format *format = dsv_format_of_path(work->file);
	struct dsv_record record;
	int rc;

	if (!format->has_fields)
		return dsv_fail(DSV_EUSAGE,
				"'%s' is no table (csv, tsv, jsonl, json)",
				work->file);
	if ((rc = dsv_source_of_file(&source, work->file)) < 0 ||
	    (rc = dsv_source_stream(source, &in)) < 0 ||
	    (rc = dsv_reader_open(&reader, format, in, NULL)) < 0)
		return rc;
	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		rc = find_columns(work, dsv_reader_columns(reader));
		if (rc == 0)
			rc = take_row(work, &record);
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && !work->out->asked)
		rc = dsv_fail(DSV_EUSAGE, "'%s' has no row", work->file);
	return rc;
}

/* The most often wrong first, then as the guideline has them. */
static int by_wrong(const void *a, const void *b)
{
	const struct dsv_calibration_count *x = a;
	const struct dsv_calibration_count *y = b;
	uint64_t left = x->wrong * y->answers;
	uint64_t right = y->wrong * x->answers;

	if (left != right)
		return left > right ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static void gather_examples(struct work *work)
{
	struct dsv_calibration *out = work->out;

	out->wrong_examples = dsv_alloc_zero(work->rules->n_examples,
					     sizeof(*out->wrong_examples));
	for (size_t i = 0; i < work->rules->n_examples; i++) {
		if (!work->counts[i].wrong)
			continue;
		out->wrong_examples[out->n_wrong_examples++] = work->counts[i];
		work->counts[i].given = (struct dsv_strlist)DSV_STRLIST_INIT;
	}
	qsort(out->wrong_examples, out->n_wrong_examples,
	      sizeof(*out->wrong_examples), by_wrong);
}

static void gather_rules(struct work *work)
{
	struct dsv_calibration *out = work->out;
	const struct dsv_rules *rules = work->rules;

	out->rules = dsv_alloc_zero(rules->n_rules + 1, sizeof(*out->rules));
	for (size_t i = 0; i < rules->n_rules; i++) {
		struct dsv_calibration_count count = {
			.name = rules->rules[i].rule,
			.when = rules->rules[i].when,
			.line = rules->rules[i].line,
		};

		for (size_t k = 0; k < rules->n_examples; k++) {
			if (strcmp(rules->examples[k].rule, count.name) != 0)
				continue;
			count.answers += work->counts[k].answers;
			count.wrong += work->counts[k].wrong;
		}
		if (count.answers)
			out->rules[out->n_rules++] = count;
	}
	qsort(out->rules, out->n_rules, sizeof(*out->rules), by_wrong);
}

static int gather(struct work *work)
{
	struct dsv_calibration *out = work->out;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < out->n_raters; i++)
		rc = dsv_wilson(out->raters[i].right, out->asked, CONFIDENCE,
				&out->raters[i].range);
	gather_rules(work);
	gather_examples(work);
	if (rc < 0)
		return rc;
	rc = dsv_agreement_compute(&out->agreement, &work->ratings,
				   DSV_LEVEL_NOMINAL);
	out->compared = rc == 0;
	if (rc != DSV_ERANGE)
		return rc;
	dsv_error_clear();
	return 0;
}

static void add_raters(struct dsv_calibration *out,
		       const struct dsv_strlist *raters)
{
	out->raters = dsv_alloc_zero(raters->n, sizeof(*out->raters));
	out->n_raters = raters->n;
	for (size_t i = 0; i < raters->n; i++)
		out->raters[i].name = dsv_strdup(raters->items[i]);
}

int dsv_calibration_read(struct dsv_calibration *out,
			 const struct dsv_guideline_text *text,
			 const char *file, const struct dsv_strlist *raters)
{
	struct dsv_calibration got DSV_AUTO(calibration) = DSV_CALIBRATION_INIT;
	struct work work = {
		.out = &got,
		.rules = &text->rules,
		.id = text->front.id,
		.file = file,
		.raters = raters,
	};
	int rc;

	if (!raters->n)
		return dsv_fail(DSV_EUSAGE, "no rater is named");
	for (size_t i = 1; i < raters->n; i++)
		if (dsv_strlist_find(raters, raters->items[i]) < (long)i)
			return dsv_fail(DSV_EUSAGE, "rater '%s' is named twice",
					raters->items[i]);
	if (!text->rules.n_examples)
		return dsv_fail(DSV_EUSAGE, "guideline '%s' has no examples",
				text->front.id);
	add_raters(&got, raters);
	got.examples = text->rules.n_examples;
	prepare(&work);
	rc = read_file(&work);
	if (rc == 0)
		rc = gather(&work);
	work_release(&work);
	if (rc < 0)
		return rc;
	*out = got;
	got = (struct dsv_calibration)DSV_CALIBRATION_INIT;
	return 0;
}

void dsv_calibration_release(struct dsv_calibration *calibration)
{
	for (size_t i = 0; i < calibration->n_raters; i++)
		free(calibration->raters[i].name);
	for (size_t i = 0; i < calibration->n_wrong_examples; i++)
		dsv_strlist_release(&calibration->wrong_examples[i].given);
	free(calibration->raters);
	free(calibration->wrong_examples);
	free(calibration->rules);
	dsv_agreement_release(&calibration->agreement);
	*calibration = (struct dsv_calibration)DSV_CALIBRATION_INIT;
}
