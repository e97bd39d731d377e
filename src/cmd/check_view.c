#include "cmd/check_view.h"

#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/words.h"

#define NAME_MAX 14u

void dsv_check_view_title(struct dsv_buf *out,
			  const struct dsv_verdict *verdict)
{
	const char *name = verdict->head_name;

	if (verdict->base.at == DSV_AT_COMMIT &&
	    dsv_oid_equal(&verdict->base.commit, &verdict->head.commit)) {
		dsv_add_shown(out, verdict->target, strlen(verdict->target));
		dsv_buf_addstr(out, " as it stands");
		return;
	}

	if (name)
		dsv_add_shown(out, name, strlen(name));
	else if (verdict->head.at == DSV_AT_COMMIT)
		dsv_words_short(out, &verdict->head.commit);
	else
		dsv_buf_addstr(out, "nothing");
	dsv_buf_addstr(out, " into ");
	dsv_add_shown(out, verdict->target, strlen(verdict->target));
}

static size_t count_asked(const struct dsv_verdict *verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < verdict->n; i++)
		n += verdict->items[i].state != DSV_CHECK_NA;
	return n;
}

void dsv_check_view_count(struct dsv_buf *out,
			  const struct dsv_verdict *verdict)
{
	size_t asked = count_asked(verdict);
	size_t bad = verdict->n_missing + verdict->n_errors;

	if (!asked) {
		dsv_buf_addstr(out, "nothing to judge");
		return;
	}
	if (!bad) {
		dsv_buf_addf(out,
			     asked == 1	  ? "%zu requirement met"
			     : asked == 2 ? "both requirements met"
					  : "all %zu requirements met",
			     asked);
		return;
	}
	dsv_buf_addf(out, "%zu of %zu requirements ", bad, asked);
	dsv_buf_addstr(out, !verdict->n_errors	  ? "missing"
			    : !verdict->n_missing ? "in error"
						  : "missing or in error");
}

/* How a state looks. */
static enum dsv_style style_of(enum dsv_answer_state state)
{
	static const enum dsv_style styles[] = {
		[DSV_CHECK_OK] = DSV_GREEN,
		[DSV_CHECK_MISSING] = DSV_RED,
		[DSV_CHECK_NA] = DSV_DIM,
		[DSV_CHECK_OVERRIDDEN] = DSV_YELLOW,
		[DSV_CHECK_ERROR] = DSV_RED,
	};

	return styles[state];
}

/* "missing" and "error" are as long as any, where nothing is overridden. */
static size_t state_width(const struct dsv_verdict *verdict)
{
	size_t width = strlen(dsv_answer_state_name(DSV_CHECK_MISSING));

	for (size_t i = 0; i < verdict->n; i++) {
		size_t w =
			strlen(dsv_answer_state_name(verdict->items[i].state));

		width = w > width ? w : width;
	}
	return width;
}

static size_t name_width(const struct dsv_verdict *verdict)
{
	size_t width = 4;

	for (size_t i = 0; i < verdict->n; i++) {
		const char *name = verdict->items[i].name;
		size_t w = dsv_shown_width(name, strlen(name));

		width = w > width ? w : width;
	}
	return width < NAME_MAX ? width : NAME_MAX;
}

static void pad(struct dsv_buf *out, size_t n)
{
	while (n--)
		dsv_buf_addch(out, ' ');
}

/* Of the two columns before the words. */
struct widths {
	size_t state, name;
};

static int show_item(struct dsv_out *out, const struct dsv_verdict_item *item,
		     const struct widths *widths)
{
	const char *state = dsv_answer_state_name(item->state);
	size_t name = dsv_shown_width(item->name, strlen(item->name));
	size_t indent = widths->state + widths->name + 5;

	dsv_out_styled(out, style_of(item->state), "%s", state);
	pad(&out->buf, widths->state + 3 - strlen(state));
	dsv_add_shown(&out->buf, item->name, strlen(item->name));
	pad(&out->buf, name < widths->name ? widths->name - name + 2 : 2);
	dsv_out_wrapped(out, item->found ? item->found : "", indent);
	dsv_buf_addch(&out->buf, '\n');
	if (item->next) {
		pad(&out->buf, indent);
		dsv_out_styled(out, DSV_BOLD, "next: ");
		dsv_out_wrapped(out, item->next, indent + 6);
		dsv_buf_addch(&out->buf, '\n');
	}
	return dsv_out_line(out);
}

static const struct dsv_verdict_dataset *
dataset_named(const struct dsv_verdict *verdict, const char *name)
{
	for (size_t i = 0; i < verdict->n_datasets; i++) {
		if (!strcmp(verdict->datasets[i].name, name))
			return &verdict->datasets[i];
	}
	return NULL;
}

/* "reviews  snapshot 9f2c41d7  policy main@51aa03c" */
static int show_head(struct dsv_out *out, const struct dsv_verdict *verdict,
		     const char *dataset)
{
	const struct dsv_verdict_dataset *set = dataset_named(verdict, dataset);
	char hex[DSV_ID_HEX], oid[DSV_OID_HEX];

	dsv_buf_addch(&out->buf, '\n');
	if (set) {
		dsv_out_style(out, DSV_BOLD);
		dsv_out_shown(out, dataset);
		dsv_out_style(out, DSV_PLAIN);
		dsv_buf_addf(&out->buf, "  snapshot %.8s",
			     dsv_id_hex(&set->snapshot, hex));
	} else {
		dsv_out_styled(out, DSV_BOLD, "the change");
	}
	if (verdict->has_policy && verdict->base.at == DSV_AT_COMMIT) {
		dsv_buf_addstr(&out->buf, "  policy ");
		dsv_out_shown(out, verdict->target);
		dsv_buf_addf(&out->buf, "@%.7s",
			     dsv_oid_hex(&verdict->base.commit, oid));
	}
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

int dsv_check_view_text(struct dsv_out *out, void *result)
{
	const struct dsv_verdict *verdict = result;
	const struct widths widths = {state_width(verdict),
				      name_width(verdict)};
	const char *last = NULL;
	int rc = 0;

	dsv_out_styled(out, verdict->refused ? DSV_RED : DSV_GREEN, "%s",
		       verdict->refused ? "refused" : "passed");
	dsv_buf_addstr(&out->buf, ": ");
	dsv_check_view_title(&out->buf, verdict);
	dsv_buf_addch(&out->buf, '\n');
	for (size_t i = 0; rc == 0 && i < verdict->n; i++) {
		const struct dsv_verdict_item *item = &verdict->items[i];

		if (!last || strcmp(last, item->dataset) != 0)
			rc = show_head(out, verdict, item->dataset);
		last = item->dataset;
		if (rc == 0)
			rc = show_item(out, item, &widths);
	}
	dsv_buf_addch(&out->buf, '\n');
	dsv_check_view_count(&out->buf, verdict);
	dsv_buf_addch(&out->buf, '\n');
	return rc < 0 ? rc : dsv_out_line(out);
}
