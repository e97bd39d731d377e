#include "cmd/totals_view.h"

#include <string.h>

#include <dsv/text.h>

#include "cmd/words.h"

#define LABELS_SHOWN	  4u
#define TRANSITIONS_SHOWN 3u

/* Of the records that have a label. */
static void add_shares(struct dsv_buf *out, const struct dsv_total *total)
{
	uint64_t labelled = 0;
	size_t i, n = 0;

	for (i = 0; i < total->n_labels; i++)
		if (dsv_words_is_label(total->labels[i].text))
			labelled += total->labels[i].n;
	for (i = 0; i < total->n_labels; i++) {
		const struct dsv_total_count *label = &total->labels[i];

		if (!dsv_words_is_label(label->text) || n++ >= LABELS_SHOWN)
			continue;
		dsv_buf_addf(out, "%s%.0f%% ", n > 1 ? ", " : "   ",
			     100.0 * (double)label->n / (double)labelled);
		dsv_add_shown(out, label->text, strlen(label->text));
	}
	if (n > LABELS_SHOWN)
		dsv_buf_addf(out, ", %zu more", n - LABELS_SHOWN);
}

/* From label to label; what came from or went to null is not relabelled. */
static bool is_relabelling(const char *move)
{
	size_t len = strlen(move);

	return strncmp(move, " -> ", 4) != 0 && len >= 4 &&
	       strcmp(move + len - 4, " -> ") != 0;
}

static void add_transitions(struct dsv_buf *out, const struct dsv_total *total)
{
	size_t i, n = 0;

	for (i = 0; i < total->n_transitions; i++) {
		const struct dsv_total_count *move = &total->transitions[i];

		if (!is_relabelling(move->text) || n++ >= TRANSITIONS_SHOWN)
			continue;
		dsv_buf_addstr(out, n > 1 ? ", " : " (");
		dsv_add_shown(out, move->text, strlen(move->text));
		dsv_buf_addch(out, ' ');
		dsv_add_count(out, move->n);
	}
	if (n > TRANSITIONS_SHOWN)
		dsv_buf_addf(out, ", %zu more kinds", n - TRANSITIONS_SHOWN);
	if (n)
		dsv_buf_addch(out, ')');
}

void dsv_total_words(struct dsv_buf *out, const struct dsv_total *total,
		     bool detail)
{
	struct dsv_buf counts DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!total->has_records) {
		dsv_add_count(out, total->files);
		dsv_buf_addstr(out, total->files == 1 ? " file" : " files");
		return;
	}
	dsv_words_counts(&counts, total->added, total->removed, total->changed);
	if (!counts.len)
		dsv_buf_addstr(&counts, total->before || total->after
						? "no record changed"
						: "no records");
	dsv_buf_addstr(out, dsv_buf_str(&counts));
	if (detail && !total->before)
		add_shares(out, total);
	if (!total->relabelled)
		return;
	dsv_buf_addstr(out, "  relabelled ");
	dsv_add_count(out, total->relabelled);
	if (detail)
		add_transitions(out, total);
}

static void json_counts(struct dsv_out *out, const char *name,
			const struct dsv_total_count *counts, size_t n)
{
	size_t i;

	dsv_jline_object(out, name);
	for (i = 0; i < n; i++)
		dsv_jline_count(out, counts[i].text, counts[i].n);
	dsv_jline_end(out, '}');
}

int dsv_total_json(struct dsv_out *out, const struct dsv_total *total,
		   const char *commit)
{
	dsv_jline_open(out, "dataset");
	dsv_jline_text(out, "commit", commit);
	dsv_jline_text(out, "dataset", total->is_dataset ? total->name : NULL);
	dsv_jline_text(out, "path", total->is_dataset ? NULL : total->name);
	dsv_jline_count(out, "files", total->files);
	dsv_jline_flag(out, "has_records", total->has_records);
	dsv_jline_count(out, "before", total->before);
	dsv_jline_count(out, "after", total->after);
	dsv_jline_count(out, "added", total->added);
	dsv_jline_count(out, "removed", total->removed);
	dsv_jline_count(out, "changed", total->changed);
	dsv_jline_count(out, "relabelled", total->relabelled);
	json_counts(out, "labels", total->labels, total->n_labels);
	json_counts(out, "transitions", total->transitions,
		    total->n_transitions);
	return dsv_jline_close(out);
}
