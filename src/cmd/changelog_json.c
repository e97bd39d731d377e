#include <string.h>

#include <dsv/text.h>

#include "cmd/changelog_view.h"
#include "cmd/words.h"

static void json_values(struct dsv_out *out,
			const struct dsv_changelog_group *group, bool no_counts)
{
	size_t i, k;

	dsv_jline_object(out, "labels");
	for (i = 0; i < group->n_labels; i++) {
		const struct dsv_changelog_label *label = &group->labels[i];

		dsv_jline_object(out, label->name);
		for (k = 0; k < label->n_values; k++) {
			const struct dsv_changelog_value *value =
				&label->values[k];

			dsv_jline_object(out, value->value);
			dsv_jline_count(out, "added", value->added);
			dsv_jline_count(out, "removed", value->removed);
			dsv_jline_count(out, "in", value->in);
			dsv_jline_count(out, "out", value->out);
			if (!no_counts) {
				dsv_jline_count(out, "before", value->before);
				dsv_jline_count(out, "after", value->after);
			}
			dsv_jline_end(out, '}');
		}
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, '}');
}

static void json_moves(struct dsv_out *out,
		       const struct dsv_changelog_group *group,
		       const char *name, bool renamed)
{
	size_t i, k;

	dsv_jline_object(out, name);
	for (i = 0; i < group->n_labels; i++) {
		const struct dsv_changelog_label *label = &group->labels[i];
		const struct dsv_changelog_moves *moves =
			renamed ? &label->renamed : &label->moves;

		dsv_jline_object(out, label->name);
		for (k = 0; k < moves->n; k++) {
			struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

			dsv_buf_addf(&text, "%s -> %s", moves->items[k].from,
				     moves->items[k].to);
			dsv_jline_count(out, dsv_buf_str(&text),
					moves->items[k].n);
		}
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, '}');
}

static void json_names(struct dsv_out *out,
		       const struct dsv_changelog_group *group,
		       const char *name, bool removed)
{
	size_t i;

	dsv_jline_object(out, name);
	for (i = 0; i < group->n_labels; i++)
		dsv_jline_list(out, group->labels[i].name,
			       removed ? &group->labels[i].removed
				       : &group->labels[i].added);
	dsv_jline_end(out, '}');
}

/* What changed in a guideline; nothing where one side has none. */
static void json_changes(struct dsv_out *out,
			 const struct dsv_guideline_diff *diff)
{
	size_t i;

	dsv_jline_array(out, "changes");
	for (i = 0; diff && i < diff->n; i++) {
		const struct dsv_guideline_change *it = &diff->items[i];
		struct dsv_buf says DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_guideline_change_say(it, &says);
		dsv_jline_object(out, NULL);
		dsv_jline_text(out, "part", dsv_guideline_part_word(it->part));
		dsv_jline_text(out, "op", dsv_guideline_op_word(it->op));
		dsv_jline_text(out, "name",
			       it->to.name ? it->to.name : it->from.name);
		dsv_jline_text(out, "says", dsv_buf_str(&says));
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, ']');
}

static void json_note(struct dsv_out *out,
		      const struct dsv_changelog_show *show,
		      const struct dsv_changelog_note *note)
{
	bool guideline = !strcmp(note->what, "guideline");

	dsv_jline_object(out, note->what);
	if (guideline)
		dsv_jline_text(out, "id", note->id);
	dsv_jline_text(out, "from", note->from);
	dsv_jline_text(out, "to", note->to);
	if (guideline) {
		dsv_jline_flag(out, "same_version", note->same_version);
		json_changes(out,
			     dsv_changelog_guides_find(&show->guides, note));
	}
	dsv_jline_end(out, '}');
}

/* "guideline" stands for itself, what a definition has within "definition". */
static void json_notes(struct dsv_out *out,
		       const struct dsv_changelog_show *show,
		       const struct dsv_changelog_notes *notes)
{
	bool guideline = false;
	size_t i;

	for (i = 0; i < notes->n; i++)
		if (!strcmp(notes->items[i].what, "guideline")) {
			json_note(out, show, &notes->items[i]);
			guideline = true;
		}
	if (!guideline)
		dsv_jline_text(out, "guideline", NULL);
	dsv_jline_object(out, "definition");
	for (i = 0; i < notes->n; i++)
		if (strcmp(notes->items[i].what, "guideline") != 0)
			json_note(out, show, &notes->items[i]);
	dsv_jline_end(out, '}');
}

static void json_issues(struct dsv_out *out,
			const struct dsv_changelog_group *group)
{
	size_t i;

	dsv_jline_array(out, "issues");
	for (i = 0; i < group->n_issues; i++) {
		const struct dsv_changelog_issue *issue = &group->issues[i];

		dsv_jline_object(out, NULL);
		dsv_jline_text(out, "path", issue->path);
		dsv_jline_text(out, "issue", dsv_issue_word(issue->issue));
		dsv_jline_count(out, "line", issue->line);
		dsv_jline_count(out, "count", issue->count);
		dsv_jline_flag(out, "new", issue->is_news);
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, ']');
}

static void json_twins(struct dsv_out *out,
		       const struct dsv_changelog_group *group)
{
	size_t i;

	dsv_jline_array(out, "twins");
	for (i = 0; i < group->n_twins; i++)
		dsv_jline_list(out, NULL, &group->twins[i]);
	dsv_jline_end(out, ']');
}

static void json_counts(struct dsv_out *out,
			const struct dsv_changelog_group *group, bool no_counts)
{
	size_t i;

	if (!no_counts) {
		dsv_jline_count(out, "before", group->before);
		dsv_jline_count(out, "after", group->after);
	}
	dsv_jline_count(out, "added", group->added);
	dsv_jline_count(out, "removed", group->removed);
	dsv_jline_count(out, "changed", group->changed);
	dsv_jline_count(out, "relabelled", group->relabelled);
	dsv_jline_count(out, "label_changed", group->label_changed);
	dsv_jline_count(out, "rekeyed", group->rekeyed);
	dsv_jline_list(out, "columns_added", &group->columns_added);
	dsv_jline_list(out, "columns_removed", &group->columns_removed);
	dsv_jline_object(out, "fields");
	for (i = 0; i < group->n_fields; i++)
		dsv_jline_count(out, group->fields[i].name, group->fields[i].n);
	dsv_jline_end(out, '}');
}

/* Which line a group belongs to: a commit, a section, or all (NULL). */
struct owner {
	const char *name; /* "commit", "tag", "week" */
	const char *value;
};

static int json_group(struct dsv_out *out, const char *type,
		      const struct owner *owner,
		      const struct dsv_changelog_group *group,
		      const struct dsv_changelog_show *show)
{
	bool no_counts = show->log->no_counts;

	dsv_jline_open(out, type);
	if (owner->name)
		dsv_jline_text(out, owner->name, owner->value);
	dsv_jline_text(out, "dataset", group->is_dataset ? group->name : NULL);
	dsv_jline_text(out, "path", group->is_dataset ? NULL : group->name);
	json_counts(out, group, no_counts);
	json_values(out, group, no_counts);
	json_moves(out, group, "transitions", false);
	json_moves(out, group, "renamed", true);
	json_names(out, group, "labels_added", false);
	json_names(out, group, "labels_removed", true);
	json_notes(out, show, &group->notes);
	if (!strcmp(type, "dataset")) {
		json_issues(out, group);
		dsv_jline_flag(out, "unusual", group->unusual);
	} else if (!strcmp(type, "total")) {
		json_twins(out, group);
	}
	return dsv_jline_close(out);
}

static int json_groups(struct dsv_out *out, const char *type,
		       const struct owner *owner,
		       const struct dsv_changelog_groups *groups,
		       const struct dsv_changelog_show *show)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < groups->n; i++)
		rc = json_group(out, type, owner, &groups->items[i], show);
	return rc;
}

static int json_fault(struct dsv_out *out, const char *commit,
		      const struct dsv_changelog_fault *fault)
{
	dsv_jline_open(out, "unreadable");
	dsv_jline_text(out, "commit", commit);
	dsv_jline_text(out, "path", fault->path);
	dsv_jline_text(out, "message", fault->message);
	dsv_jline_text(out, "hint", fault->hint);
	dsv_jline_flag(out, "no_key", fault->no_key);
	dsv_jline_text(out, "key_since",
		       fault->key_since[0] ? fault->key_since : NULL);
	return dsv_jline_close(out);
}

static int json_step(struct dsv_out *out, const struct dsv_changelog_step *step,
		     const struct dsv_changelog_show *show)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	struct owner owner = {"commit", hex};
	size_t i;
	int rc;

	if (!step->groups.n && !step->n_faults)
		return 0;
	dsv_oid_hex(&step->commit.oid, hex);
	dsv_add_rfc3339(&time, step->commit.author.at_s);
	dsv_jline_open(out, "commit");
	dsv_jline_text(out, "commit", hex);
	dsv_jline_text(out, "author", step->commit.author.name);
	dsv_jline_text(out, "email", step->commit.author.email);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "subject", step->commit.subject);
	dsv_jline_flag(out, "merge", step->commit.n_parents > 1);
	dsv_jline_count(out, "commits", step->n_commits);
	dsv_jline_list(out, "authors", &step->authors);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < step->n_faults; i++)
		rc = json_fault(out, hex, &step->faults[i]);
	if (rc == 0)
		rc = json_groups(out, "dataset", &owner, &step->groups, show);
	return rc < 0 ? rc
		      : dsv_changelog_json_signed(out, show, &step->groups,
						  &step->commit.oid);
}

static int json_sections(struct dsv_out *out,
			 const struct dsv_changelog_show *show)
{
	const struct dsv_changelog *log = show->log;
	size_t i, k;
	int rc = 0;

	for (i = 0; rc == 0 && i < log->n_sections; i++) {
		const struct dsv_changelog_section *section = &log->sections[i];
		struct owner owner = {show->by == DSV_BY_TAG ? "tag" : "week",
				      section->unreleased ? NULL
							  : section->title};

		dsv_jline_open(out, "section");
		dsv_jline_text(out, owner.name, owner.value);
		dsv_jline_count(out, "steps", section->n);
		rc = dsv_jline_close(out);
		if (rc == 0)
			rc = json_groups(out, "section_total", &owner,
					 &section->groups, show);
		for (k = 0; rc == 0 && k < section->n; k++)
			rc = json_step(out, &log->steps[section->first + k],
				       show);
	}
	return rc;
}

static int json_end(struct dsv_out *out, const struct dsv_changelog *log)
{
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "steps", log->n_steps);
	dsv_jline_flag(out, "complete", log->complete);
	dsv_jline_flag(out, "shallow", log->shallow);
	dsv_jline_text(out, "cut_at", log->shallow ? log->cut_at : NULL);
	return dsv_jline_close(out);
}

int dsv_changelog_json(struct dsv_out *out,
		       const struct dsv_changelog_show *show)
{
	static const char *const words[] = {"commit", "tag", "week"};
	const struct dsv_changelog *log = show->log;
	const struct owner none = {NULL, NULL};
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.changelog/1");
	dsv_jline_text(out, "from", show->from_name);
	dsv_jline_text(out, "to", show->to_name);
	dsv_jline_text(out, "by", words[show->by]);
	rc = dsv_jline_close(out);
	if (rc == 0 && log->n_sections)
		rc = json_sections(out, show);
	for (i = 0; rc == 0 && !log->n_sections && i < log->n_steps; i++)
		rc = json_step(out, &log->steps[i], show);
	if (rc == 0)
		rc = json_groups(out, "total", &none, &log->total, show);
	return rc < 0 ? rc : json_end(out, log);
}
