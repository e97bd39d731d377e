#include "dataset/look.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

/* Columns that get the full exact set; later ones get the least one. */
#define FULL_COLUMNS 64u

/* The columns while they are counted. */
struct counting {
	struct dsv_column_stats *stats;
	size_t n;
	size_t cap;
};

static void counting_release(struct counting *counting)
{
	for (size_t i = 0; i < counting->n; i++)
		dsv_column_stats_release(&counting->stats[i]);
	free(counting->stats);
}

static void know_columns(struct counting *counting, size_t n)
{
	if (n > DSV_PROPOSE_COLUMNS)
		n = DSV_PROPOSE_COLUMNS;
	if (n <= counting->n)
		return;
	DSV_GROW(counting->stats, counting->cap, n);
	for (; counting->n < n; counting->n++)
		dsv_column_stats_init(&counting->stats[counting->n],
				      counting->n < FULL_COLUMNS
					      ? DSV_PROPOSE_EXACT
					      : DSV_EXACT_LEAST);
}

static struct dsv_issue_total *total_of(struct dsv_proposal *out,
					enum dsv_issue issue)
{
	struct dsv_issue_total *total;
	size_t cap = out->n_totals;

	for (size_t i = 0; i < out->n_totals; i++) {
		if (out->totals[i].issue == issue)
			return &out->totals[i];
	}
	DSV_GROW(out->totals, cap, out->n_totals + 1);
	total = &out->totals[out->n_totals++];
	*total = (struct dsv_issue_total){.issue = issue};
	return total;
}

void dsv_look_issue(struct dsv_look *look, enum dsv_issue issue, uint64_t line,
		    uint64_t other_line, const char *key)
{
	struct dsv_proposal *out = look->out;
	struct dsv_issue_total *total = total_of(out, issue);

	if (total->count++ >= DSV_PROPOSE_ISSUES)
		return;
	DSV_GROW(out->issues, look->cap_issues, out->n_issues + 1);
	out->issues[out->n_issues++] = (struct dsv_data_issue){
		.issue = issue,
		.line = line,
		.other_line = other_line,
		.key = key ? dsv_strdup(key) : NULL,
	};
}

static void note_issues(struct dsv_look *look, unsigned issues, uint64_t line)
{
	for (unsigned bit = 1; issues != 0; bit <<= 1) {
		if (issues & bit)
			dsv_look_issue(look, (enum dsv_issue)bit, line, 0,
				       NULL);
		issues &= ~bit;
	}
}

static void count_record(struct dsv_look *look, struct counting *counting,
			 const struct dsv_record *record)
{
	look->out->records++;
	if (record->issues)
		note_issues(look, record->issues, record->line);
	for (size_t i = 0; i < counting->n && i < record->n_fields; i++)
		dsv_column_stats_add(&counting->stats[i], &record->fields[i]);
}

static int read_all(struct dsv_look *look, struct counting *counting,
		    struct dsv_strlist *out_names)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_record record;
	int rc;

	rc = dsv_source_stream(look->source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, look->reading.format, in, NULL);
	if (rc < 0)
		return rc;
	know_columns(counting, dsv_reader_columns(reader)->n);
	if (reader->issues)
		note_issues(look, reader->issues, 1);
	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		know_columns(counting, dsv_reader_columns(reader)->n);
		count_record(look, counting, &record);
		rc = dsv_cancelled();
		if (rc < 0)
			return rc;
	}
	if (rc == 0)
		dsv_strlist_copy(out_names, dsv_reader_columns(reader));
	return rc;
}

static void give_columns(struct dsv_look *look, struct counting *counting,
			 const struct dsv_strlist *names)
{
	struct dsv_proposal *out = look->out;

	out->columns = dsv_alloc_zero(counting->n + 1, sizeof(*out->columns));
	out->n_columns = counting->n;
	for (size_t i = 0; i < counting->n; i++) {
		out->columns[i].name = dsv_strdup(names->items[i]);
		dsv_column_stats_finish(&counting->stats[i], out->records,
					&out->columns[i]);
	}
}

int dsv_look_columns(struct dsv_look *look)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct counting counting = {0};
	int rc = read_all(look, &counting, &names);

	if (rc == 0)
		give_columns(look, &counting, &names);
	counting_release(&counting);
	return rc;
}
