#include <string.h>

#include <dsv/text.h>

#include "cmd/blame_view.h"
#include "cmd/words.h"

static const char *const op_words[] = {
	[DSV_LIFE_ADDED] = "added",
	[DSV_LIFE_CHANGED] = "changed",
	[DSV_LIFE_REMOVED] = "removed",
	[DSV_LIFE_BACK] = "came back",
};

#define VALUE_WIDTH 40u /* bytes of a value that are shown */
#define FIELDS_MAX  6u	/* fields of one commit that are shown */

static void add_value(struct dsv_out *out, const char *text)
{
	size_t len;

	if (!text) {
		dsv_buf_addstr(&out->buf, "(null)");
		return;
	}
	len = strlen(text);
	if (len == 0)
		dsv_buf_addstr(&out->buf, "\"\"");
	if (len <= VALUE_WIDTH) {
		dsv_out_shown(out, text);
		return;
	}
	len = VALUE_WIDTH;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	dsv_add_shown(&out->buf, text, len);
	dsv_buf_addstr(&out->buf, "...");
}

/* Of a record that came or went only the labels are told. */
static bool is_told(const struct dsv_life_event *event,
		    const struct dsv_life_field *field)
{
	return field->is_label || event->op == DSV_LIFE_CHANGED;
}

static void add_field(struct dsv_out *out, const struct dsv_life_event *event,
		      const struct dsv_life_field *field)
{
	dsv_out_shown(out, field->name);
	dsv_buf_addch(&out->buf, ' ');
	if (event->op == DSV_LIFE_CHANGED) {
		add_value(out, field->from);
		dsv_buf_addstr(&out->buf, " -> ");
	}
	add_value(out, event->op == DSV_LIFE_REMOVED ? field->from : field->to);
}

static void add_fields(struct dsv_out *out, const struct dsv_life_event *event)
{
	size_t shown = 0;
	size_t more = 0;

	for (size_t i = 0; i < event->n_fields; i++) {
		if (!is_told(event, &event->fields[i]))
			continue;
		if (shown == FIELDS_MAX) {
			more++;
			continue;
		}
		dsv_buf_addstr(&out->buf, shown++ ? ", " : "  ");
		add_field(out, event, &event->fields[i]);
	}
	if (more)
		dsv_buf_addf(&out->buf, ", %zu more", more);
}

struct widths {
	size_t author;
	bool marked; /* some commits have a '^' before them */
};

static void add_signed(struct dsv_out *out, struct dsv_blame_signed *signs,
		       const struct dsv_blame_origin *origin)
{
	struct dsv_buf roles DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_blame_add_roles(signs, origin, &roles))
		dsv_buf_addf(&out->buf, "  signed by %s", dsv_buf_str(&roles));
}

static void add_event(struct dsv_out *out, const struct dsv_life_event *event,
		      struct dsv_blame_signed *signs,
		      const struct widths *widths)
{
	const struct dsv_blame_origin *origin = event->origin;
	const struct dsv_person *author = &origin->commit.author;
	size_t width = dsv_shown_width(author->name, strlen(author->name));

	if (origin->end != DSV_BLAME_CHANGED)
		dsv_buf_addch(&out->buf, '^');
	dsv_words_short(&out->buf, &origin->commit.oid);
	dsv_buf_addf(&out->buf, "%s  ",
		     origin->end == DSV_BLAME_CHANGED && widths->marked ? " "
									: "");
	dsv_add_date(&out->buf, author->at_s, author->offset_min);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, author->name);
	dsv_buf_addf(&out->buf, "%*s  ", (int)(widths->author - width), "");
	dsv_buf_addf(&out->buf, "%-9s", op_words[event->op]);
	add_fields(out, event);
	add_signed(out, signs, origin);
	while (out->buf.data[out->buf.len - 1] == ' ')
		dsv_buf_truncate(&out->buf, out->buf.len - 1);
	dsv_buf_addch(&out->buf, '\n');
}

int dsv_life_human(struct dsv_out *out, struct dsv_life_show *show)
{
	const struct dsv_life *life = show->life;
	const struct dsv_blame_info *info = dsv_blame_info(life->blame);
	struct widths widths = {0};

	for (size_t i = 0; i < info->n_origins; i++) {
		const char *name = info->origins[i]->commit.author.name;
		size_t width = dsv_shown_width(name, strlen(name));

		if (width > widths.author)
			widths.author = width;
		widths.marked |= info->origins[i]->end != DSV_BLAME_CHANGED;
	}
	dsv_words_path(&out->buf, info->path);
	dsv_buf_addch(&out->buf, ':');
	dsv_out_shown(out, show->key);
	dsv_buf_addstr(&out->buf, "\n\n");
	for (size_t i = 0; i < life->n; i++)
		add_event(out, &life->events[i], &show->signs, &widths);
	return show->signs.rc < 0 ? show->signs.rc : dsv_out_line(out);
}

static void json_pair(struct dsv_out *out, const struct dsv_life_field *field)
{
	dsv_jline_array(out, field->name);
	dsv_jline_text(out, NULL, field->from);
	dsv_jline_text(out, NULL, field->to);
	dsv_jline_end(out, ']');
}

static int json_event(struct dsv_out *out, struct dsv_life_show *show,
		      const struct dsv_life_event *event)
{
	static const char *const ops[] = {
		[DSV_LIFE_ADDED] = "added",
		[DSV_LIFE_CHANGED] = "changed",
		[DSV_LIFE_REMOVED] = "removed",
		[DSV_LIFE_BACK] = "back",
	};
	const struct dsv_commit_info *commit = &event->origin->commit;
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];

	dsv_add_rfc3339(&time, commit->author.at_s);
	dsv_jline_open(out, "event");
	dsv_jline_text(out, "path", dsv_blame_info(show->life->blame)->path);
	dsv_jline_text(out, "address_key", show->key);
	dsv_jline_text(out, "op", ops[event->op]);
	dsv_jline_object(out, "label");
	for (size_t i = 0; i < event->n_fields; i++)
		if (event->fields[i].is_label)
			json_pair(out, &event->fields[i]);
	dsv_jline_end(out, '}');
	dsv_jline_object(out, "fields");
	for (size_t i = 0; i < event->n_fields; i++)
		json_pair(out, &event->fields[i]);
	dsv_jline_end(out, '}');
	dsv_jline_text(out, "commit", dsv_oid_hex(&commit->oid, hex));
	dsv_jline_text(out, "author", commit->author.name);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "guideline", event->origin->guideline);
	dsv_jline_text(out, "subject", commit->subject);
	dsv_jline_text(out, "boundary",
		       event->origin->end == DSV_BLAME_SINCE	 ? "since"
		       : event->origin->end == DSV_BLAME_SHALLOW ? "shallow"
								 : NULL);
	dsv_blame_json_roles(out, &show->signs, event->origin);
	return show->signs.rc < 0 ? show->signs.rc : dsv_jline_close(out);
}

int dsv_life_json(struct dsv_out *out, struct dsv_life_show *show)
{
	const struct dsv_life *life = show->life;
	const struct dsv_blame_info *info = dsv_blame_info(life->blame);
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.blame.history/1");
	dsv_jline_text(out, "rev", show->rev);
	rc = dsv_jline_close(out);
	for (size_t i = 0; i < life->n && rc == 0; i++)
		rc = json_event(out, show, &life->events[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "path", info->path);
	dsv_jline_count(out, "events", life->n);
	dsv_jline_flag(out, "complete", info->complete);
	dsv_jline_flag(out, "shallow", info->shallow);
	return dsv_jline_close(out);
}
