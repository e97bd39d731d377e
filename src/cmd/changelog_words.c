#include <string.h>

#include <dsv/text.h>

#include "cmd/changelog_view.h"
#include "cmd/words.h"

#define NAMES_SHOWN 10u

static void add_names(struct dsv_buf *out, const struct dsv_strlist *list)
{
	size_t i;

	for (i = 0; i < list->n && i < NAMES_SHOWN; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", list->items[i]);
	if (list->n > NAMES_SHOWN)
		dsv_buf_addf(out, " and %zu more", list->n - NAMES_SHOWN);
}

static void take_line(struct dsv_strlist *out, struct dsv_buf *line)
{
	dsv_strlist_take(out, dsv_buf_detach(line));
}

static void guideline_line(const struct dsv_changelog_show *show,
			   const struct dsv_changelog_note *note,
			   struct dsv_strlist *out)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&line, "Guideline");
	if (note->id)
		dsv_buf_addf(&line, " %s", note->id);
	if (note->same_version)
		dsv_buf_addf(&line, " changed under the same version %s",
			     note->to);
	else if (!note->from)
		dsv_buf_addf(&line, " %s is new", note->to ? note->to : "");
	else if (!note->to)
		dsv_buf_addf(&line, " %s is gone", note->from);
	else
		dsv_buf_addf(&line, " %s to %s", note->from, note->to);
	dsv_changelog_guides_say(dsv_changelog_guides_find(&show->guides, note),
				 &line);
	take_line(out, &line);
}

static void note_lines(const struct dsv_changelog_show *show,
		       const struct dsv_changelog_notes *notes,
		       struct dsv_strlist *out)
{
	size_t i;

	for (i = 0; i < notes->n; i++) {
		const struct dsv_changelog_note *note = &notes->items[i];
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

		if (!strcmp(note->what, "guideline")) {
			guideline_line(show, note, out);
			continue;
		}
		dsv_buf_addf(&line, "Definition: %s %s to %s", note->what,
			     note->from ? note->from : "none",
			     note->to ? note->to : "none");
		take_line(out, &line);
	}
}

static void names_line(const char *what, const struct dsv_strlist *names,
		       struct dsv_strlist *out)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!names->n)
		return;
	dsv_buf_addf(&line, "%s: ", what);
	add_names(&line, names);
	take_line(out, &line);
}

static void label_lines(const struct dsv_changelog_group *group,
			const struct dsv_changelog_label *label,
			struct dsv_strlist *out)
{
	size_t i;

	for (i = 0; i < label->renamed.n; i++) {
		const struct dsv_changelog_move *move =
			&label->renamed.items[i];
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addf(&line, "Label renamed: %s to %s, ", move->from,
			     move->to);
		dsv_add_count(&line, move->n);
		dsv_buf_addstr(&line, move->n == 1 ? " record" : " records");
		take_line(out, &line);
	}
	/* of the first version all labels are new */
	if (group->before)
		names_line(label->added.n == 1 ? "New label" : "New labels",
			   &label->added, out);
	if (group->after)
		names_line(label->removed.n == 1 ? "Label gone" : "Labels gone",
			   &label->removed, out);
}

static void issue_lines(const struct dsv_changelog_group *group,
			struct dsv_strlist *out)
{
	size_t i;

	for (i = 0; i < group->n_issues; i++) {
		const struct dsv_changelog_issue *issue = &group->issues[i];
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

		if (!issue->is_news)
			continue;
		dsv_buf_addf(&line, "%s:%llu: ", issue->path,
			     (unsigned long long)issue->line);
		dsv_words_issue(&line, issue->issue, issue->count);
		take_line(out, &line);
	}
}

void dsv_changelog_lines(const struct dsv_changelog_show *show,
			 const struct dsv_changelog_group *group,
			 struct dsv_strlist *out)
{
	size_t i;

	note_lines(show, &group->notes, out);
	names_line("Columns added", &group->columns_added, out);
	names_line("Columns removed", &group->columns_removed, out);
	for (i = 0; i < group->n_labels; i++)
		label_lines(group, &group->labels[i], out);
	if (group->unusual) {
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addf(&line, "Unusual: %.1f%% relabelled at once",
			     100 * group->share);
		take_line(out, &line);
	}
	issue_lines(group, out);
}

void dsv_changelog_twins(const struct dsv_changelog_group *group,
			 struct dsv_strlist *out)
{
	size_t i, k;

	for (i = 0; i < group->n_twins; i++) {
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addstr(&line, "Labels that differ only in case or "
				      "blanks: ");
		for (k = 0; k < group->twins[i].n; k++)
			dsv_buf_addf(&line, "%s'%s'", k ? ", " : "",
				     group->twins[i].items[k]);
		take_line(out, &line);
	}
}

char *dsv_changelog_fault(const struct dsv_changelog_fault *fault)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t len = strlen(fault->path);
	const char *why = fault->message;

	if (!strncmp(why, fault->path, len) && !strncmp(why + len, ": ", 2))
		why += len + 2;
	dsv_buf_addf(&line, "%s cannot be read: %s", fault->path, why);
	if (fault->no_key && fault->key_since[0])
		dsv_buf_addf(&line, "; it is there since %.7s",
			     fault->key_since);
	return dsv_buf_detach(&line);
}

void dsv_changelog_next(const struct dsv_changelog_fault *fault,
			struct dsv_strlist *out)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!fault->hint)
		return;
	dsv_buf_addf(&line, "next: %s", fault->hint);
	take_line(out, &line);
}

char *dsv_changelog_brought(const struct dsv_changelog_step *step)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	if (step->commit.n_parents < 2)
		return NULL;
	dsv_buf_addf(&line, "%zu %s by ", step->n_commits,
		     step->n_commits == 1 ? "commit" : "commits");
	add_names(&line, &step->authors);
	return dsv_buf_detach(&line);
}
