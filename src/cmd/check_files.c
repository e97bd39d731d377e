#include <string.h>

#include "cmd/check_view.h"
#include "cmd/markdown.h"

/* A verdict as a Markdown comment, and as JUnit XML. */

static void md_text(struct dsv_buf *out, const char *text)
{
	dsv_md_text(out, text ? text : "", text ? strlen(text) : 0);
}

static void md_item(struct dsv_out *out, const struct dsv_verdict_item *item)
{
	dsv_buf_addf(&out->buf, "| %s | ",
		     item->state == DSV_CHECK_OK	   ? "ok"
		     : item->state == DSV_CHECK_NA	   ? "n/a"
		     : item->state == DSV_CHECK_OVERRIDDEN ? "overridden"
		     : item->state == DSV_CHECK_ERROR	   ? "**error**"
							   : "**missing**");
	md_text(&out->buf, item->dataset);
	dsv_buf_addstr(&out->buf, " | ");
	md_text(&out->buf, item->name);
	dsv_buf_addstr(&out->buf, " | ");
	md_text(&out->buf, item->found);
	dsv_buf_addstr(&out->buf, " | ");
	md_text(&out->buf, item->next);
	dsv_buf_addstr(&out->buf, " |\n");
}

int dsv_check_view_md(struct dsv_out *out, void *result)
{
	const struct dsv_verdict *verdict = result;
	struct dsv_buf title DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_check_view_title(&title, verdict);
	dsv_buf_addf(&out->buf, "## dsv check: %s, ",
		     verdict->refused ? "refused" : "passed");
	md_text(&out->buf, dsv_buf_str(&title));
	dsv_buf_addstr(&out->buf, "\n\n");
	dsv_check_view_count(&out->buf, verdict);
	dsv_buf_addstr(&out->buf,
		       ".\n\n| answer | dataset | requirement | found | next "
		       "|\n|:--|:--|:--|:--|:--|\n");
	for (size_t i = 0; i < verdict->n; i++)
		md_item(out, &verdict->items[i]);
	return dsv_out_line(out);
}

/* XML 1.0 knows no control characters but these three. */
static void xml_text(struct dsv_buf *out, const char *text)
{
	for (; text && *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '&')
			dsv_buf_addstr(out, "&amp;");
		else if (byte == '<')
			dsv_buf_addstr(out, "&lt;");
		else if (byte == '>')
			dsv_buf_addstr(out, "&gt;");
		else if (byte == '"')
			dsv_buf_addstr(out, "&quot;");
		else if (byte < 0x20 || byte == 0x7f)
			dsv_buf_addch(out, '?');
		else
			dsv_buf_addch(out, *text);
	}
}

static void xml_item(struct dsv_out *out, const struct dsv_verdict_item *item)
{
	struct dsv_buf *buf = &out->buf;
	const char *element =
		item->state == DSV_CHECK_ERROR ? "error" : "failure";

	dsv_buf_addstr(buf, "  <testcase classname=\"");
	xml_text(buf, item->dataset[0] ? item->dataset : "change");
	dsv_buf_addstr(buf, "\" name=\"");
	xml_text(buf, item->name);
	if (item->state == DSV_CHECK_NA ||
	    item->state == DSV_CHECK_OVERRIDDEN) {
		dsv_buf_addf(buf, "\">\n    <skipped message=\"%s: ",
			     dsv_answer_state_name(item->state));
		xml_text(buf, item->found);
		dsv_buf_addstr(buf, "\"/>\n  </testcase>\n");
		return;
	}
	if (item->state == DSV_CHECK_OK) {
		dsv_buf_addstr(buf, "\"/>\n");
		return;
	}
	dsv_buf_addf(buf, "\">\n    <%s message=\"", element);
	xml_text(buf, item->found);
	dsv_buf_addstr(buf, "\">");
	if (item->next) {
		dsv_buf_addstr(buf, "next: ");
		xml_text(buf, item->next);
	}
	dsv_buf_addf(buf, "</%s>\n  </testcase>\n", element);
}

static size_t count_state(const struct dsv_verdict *verdict,
			  enum dsv_answer_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < verdict->n; i++)
		n += verdict->items[i].state == state;
	return n;
}

int dsv_check_view_junit(struct dsv_out *out, void *result)
{
	const struct dsv_verdict *verdict = result;

	dsv_buf_addf(&out->buf,
		     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<testsuite name=\"dsv check\" tests=\"%zu\" "
		     "failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		     verdict->n, verdict->n_missing, verdict->n_errors,
		     count_state(verdict, DSV_CHECK_NA) +
			     count_state(verdict, DSV_CHECK_OVERRIDDEN));
	for (size_t i = 0; i < verdict->n; i++)
		xml_item(out, &verdict->items[i]);
	dsv_buf_addstr(&out->buf, "</testsuite>\n");
	return dsv_out_line(out);
}
