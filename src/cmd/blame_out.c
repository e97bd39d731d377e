#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/blame_view.h"
#include "cmd/csv_text.h"
#include "cmd/words.h"

static const char *end_word(enum dsv_blame_end end)
{
	return end == DSV_BLAME_SINCE	  ? "since"
	       : end == DSV_BLAME_SHALLOW ? "shallow"
					  : NULL;
}

static void json_origin(struct dsv_out *out, struct dsv_blame_signed *signs,
			const struct dsv_blame_origin *origin)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];

	dsv_add_rfc3339(&time, origin->commit.author.at_s);
	dsv_jline_text(out, "commit", dsv_oid_hex(&origin->commit.oid, hex));
	dsv_jline_text(out, "author", origin->commit.author.name);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "guideline", origin->guideline);
	dsv_jline_text(out, "subject", origin->commit.subject);
	dsv_jline_text(out, "boundary", end_word(origin->end));
	dsv_blame_json_roles(out, signs, origin);
}

void dsv_blame_end_tail(struct dsv_blame_tails *tails)
{
	dsv_buf_add(&tails->ends, &tails->text.len, sizeof(tails->text.len));
	tails->n++;
}

void dsv_blame_add_tail(const struct dsv_blame_tails *tails, size_t i,
			struct dsv_buf *out)
{
	const size_t *ends = (const size_t *)(const void *)tails->ends.data;
	size_t begin = i > 0 ? ends[i - 1] : 0;

	dsv_buf_add(out, tails->text.data + begin, ends[i] - begin);
}

void dsv_blame_tails_release(struct dsv_blame_tails *tails)
{
	dsv_buf_release(&tails->text);
	dsv_buf_release(&tails->ends);
}

/* The same for all records of a commit, so it is made once. */
static void add_json_tail(struct dsv_buf *to, struct dsv_blame_show *show,
			  const struct dsv_blame_origin *origin)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	struct dsv_blame_tails *tails = &show->tails;

	while (origin && tails->n <= origin->number) {
		struct dsv_out out = {.buf = DSV_BUF_INIT};

		json_origin(&out, &show->signs, info->origins[tails->n]);
		dsv_buf_addch(&tails->text, ',');
		dsv_buf_add(&tails->text, out.buf.data, out.buf.len);
		dsv_blame_end_tail(tails);
		dsv_buf_release(&out.buf);
	}
	if (origin)
		dsv_blame_add_tail(tails, origin->number, to);
	else
		dsv_buf_addstr(to, ",\"commit\":null");
}

/* What all records have in common: before the fields of the key, and from
 * there to the value. */
struct json_frame {
	struct dsv_out head;
	struct dsv_out middle;
};

static void make_frame(struct json_frame *frame,
		       const struct dsv_blame_show *show)
{
	dsv_jline_open(&frame->head, "record");
	dsv_jline_text(&frame->head, "path", dsv_blame_info(show->blame)->path);
	dsv_jline_array(&frame->head, "key");
	dsv_jline_end(&frame->middle, ']');
	dsv_jline_text(&frame->middle, "field", show->field);
}

static int json_line(struct dsv_out *out, const struct json_frame *frame,
		     struct dsv_blame_show *show,
		     const struct dsv_blame_line *line)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);

	dsv_buf_add(&out->buf, frame->head.buf.data, frame->head.buf.len);
	for (size_t i = 0; i < line->n_key; i++)
		dsv_jline_field(out, NULL, &line->key[i]);
	dsv_buf_add(&out->buf, frame->middle.buf.data, frame->middle.buf.len);
	if (line->field)
		dsv_jline_field(out, "value", line->field);
	dsv_jline_object(out, "label");
	for (size_t i = 0; i < line->n_labels; i++)
		dsv_jline_field(out, info->labels->items[i], &line->labels[i]);
	dsv_jline_end(out, '}');
	dsv_jline_count(out, "line", line->line);
	add_json_tail(&out->buf, show, line->origin);
	return dsv_jline_close(out);
}

static int json_problem(struct dsv_out *out,
			const struct dsv_blame_problem *problem)
{
	char hex[DSV_OID_HEX];

	dsv_jline_open(out, "issue");
	dsv_jline_text(out, "path", problem->path);
	dsv_jline_text(out, "commit", dsv_oid_hex(&problem->commit, hex));
	dsv_jline_text(out, "issue",
		       problem->message ? "unreadable"
					: dsv_issue_word(problem->issue));
	if (problem->message) {
		dsv_jline_text(out, "message", problem->message);
		dsv_jline_text(out, "hint", problem->hint);
	} else {
		dsv_jline_count(out, "count", problem->count);
	}
	return dsv_jline_close(out);
}

static int json_shares(struct dsv_out *out, const char *name,
		       const struct dsv_blame_show *show, enum dsv_blame_by by)
{
	struct dsv_blame_shares shares DSV_AUTO(blame_shares) =
		DSV_BLAME_SHARES_INIT;
	int rc = dsv_blame_shares_read(&shares, show, by);

	dsv_jline_object(out, name);
	for (size_t i = 0; rc == 0 && i < shares.n; i++)
		dsv_jline_count(out, shares.items[i].name, shares.items[i].n);
	dsv_jline_end(out, '}');
	return rc;
}

static int json_summary(struct dsv_out *out, struct dsv_blame_show *show)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	char hex[DSV_OID_HEX];
	int rc;

	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "path", info->path);
	dsv_jline_text(out, "dataset", info->dataset);
	dsv_jline_count(out, "records", info->records);
	dsv_jline_flag(out, "complete", info->complete);
	dsv_jline_flag(out, "shallow", info->shallow);
	dsv_jline_text(out, "key_since",
		       info->key_name ? dsv_oid_hex(&info->key_since, hex)
				      : NULL);
	dsv_jline_object(out, "commits");
	for (size_t i = 0; i < info->n_origins; i++)
		dsv_jline_count(out,
				dsv_oid_hex(&info->origins[i]->commit.oid, hex),
				info->origins[i]->records);
	dsv_jline_end(out, '}');
	rc = json_shares(out, "authors", show, DSV_BLAME_BY_AUTHOR);
	if (rc == 0)
		rc = json_shares(out, "guidelines", show,
				 DSV_BLAME_BY_GUIDELINE);
	if (rc == 0 && dsv_signed_exists(show->signs.said))
		rc = json_shares(out, "signed_off", show, DSV_BLAME_BY_ROLE);
	if (rc < 0)
		return rc;
	if (show->until)
		dsv_jline_count(out, "still_there", show->still_there);
	return dsv_jline_close(out);
}

int dsv_blame_json(struct dsv_out *out, struct dsv_blame_show *show,
		   bool summary_only)
{
	struct json_frame frame = {0};
	const struct dsv_blame_info *info;
	struct dsv_blame_line line;
	int rc;

	make_frame(&frame, show);
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.blame/1");
	dsv_jline_text(out, "rev", show->rev);
	dsv_jline_text(out, "until", show->until);
	rc = dsv_jline_close(out);
	while (rc >= 0 && (rc = dsv_blame_next(show->blame, &line)) > 0) {
		show->still_there += !line.origin;
		if (!summary_only)
			rc = json_line(out, &frame, show, &line);
	}
	dsv_buf_release(&frame.head.buf);
	dsv_buf_release(&frame.middle.buf);
	info = dsv_blame_info(show->blame);
	for (size_t i = 0; rc == 0 && i < info->n_problems; i++)
		rc = json_problem(out, &info->problems[i]);
	return rc < 0 ? rc : json_summary(out, show);
}

static void csv_fields(struct dsv_buf *out, const struct dsv_field *fields,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			dsv_buf_addch(out, ',');
		dsv_csv_cell(out, fields[i].text, fields[i].len);
	}
}

static void make_csv_tail(struct dsv_buf *out, struct dsv_blame_signed *signs,
			  const struct dsv_blame_origin *origin)
{
	const struct dsv_commit_info *commit = &origin->commit;
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];

	dsv_add_rfc3339(&time, commit->author.at_s);
	dsv_csv_text(out, dsv_oid_hex(&commit->oid, hex));
	dsv_csv_text(out, commit->author.name);
	dsv_csv_text(out, dsv_buf_str(&time));
	dsv_csv_text(out, origin->guideline ? origin->guideline : "");
	dsv_csv_text(out, origin->end ? end_word(origin->end) : "");
	dsv_buf_addch(out, ',');
	dsv_blame_add_roles(signs, origin, out);
	dsv_buf_addch(out, '\n');
}

static void add_csv_tail(struct dsv_buf *to, struct dsv_blame_show *show,
			 const struct dsv_blame_origin *origin)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	struct dsv_blame_tails *tails = &show->tails;

	while (origin && tails->n <= origin->number) {
		make_csv_tail(&tails->text, &show->signs,
			      info->origins[tails->n]);
		dsv_blame_end_tail(tails);
	}
	if (origin)
		dsv_blame_add_tail(tails, origin->number, to);
	else
		dsv_buf_addstr(to, ",,,,,,\n");
}

static void csv_names(struct dsv_buf *out, const struct dsv_strlist *names)
{
	for (size_t i = 0; i < names->n; i++) {
		if (i > 0)
			dsv_buf_addch(out, ',');
		dsv_csv_cell(out, names->items[i], strlen(names->items[i]));
	}
}

int dsv_blame_csv(struct dsv_out *out, struct dsv_blame_show *show)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	struct dsv_buf *buf = &out->buf;
	struct dsv_blame_line line;
	int rc;

	csv_names(buf, info->key);
	if (show->field)
		dsv_csv_text(buf, show->field);
	else if (info->labels->n)
		dsv_buf_addch(buf, ',');
	if (!show->field)
		csv_names(buf, info->labels);
	dsv_buf_addstr(buf, ",commit,author,time,guideline,boundary,"
			    "signed_off\n");
	while ((rc = dsv_blame_next(show->blame, &line)) > 0) {
		csv_fields(buf, line.key, line.n_key);
		if (line.field || line.n_labels)
			dsv_buf_addch(buf, ',');
		csv_fields(buf, line.field ? line.field : line.labels,
			   line.field ? 1 : line.n_labels);
		add_csv_tail(buf, show, line.origin);
		rc = dsv_out_line(out);
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int by_records(const void *ap, const void *bp)
{
	const struct dsv_blame_origin *a =
		*(const struct dsv_blame_origin *const *)ap;
	const struct dsv_blame_origin *b =
		*(const struct dsv_blame_origin *const *)bp;

	if (a->records != b->records)
		return a->records < b->records ? 1 : -1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int summary_commits(struct dsv_out *out, struct dsv_blame_show *show)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("rrlll");
	const struct dsv_blame_origin **sorted =
		calloc(info->n_origins + 1, sizeof(*sorted));
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!sorted)
		return dsv_fail(DSV_EIO, "no memory is left");
	memcpy(sorted, info->origins, info->n_origins * sizeof(*sorted));
	qsort(sorted, info->n_origins, sizeof(*sorted), by_records);
	for (size_t i = 0; i < info->n_origins; i++) {
		const struct dsv_commit_info *commit = &sorted[i]->commit;

		dsv_table_count(&table, sorted[i]->records);
		dsv_buf_reset(&text);
		if (sorted[i]->end)
			dsv_buf_addch(&text, '^');
		dsv_words_short(&text, &commit->oid);
		dsv_table_text(&table, dsv_buf_str(&text), DSV_YELLOW);
		dsv_buf_reset(&text);
		dsv_add_date(&text, commit->author.at_s,
			     commit->author.offset_min);
		dsv_table_text(&table, dsv_buf_str(&text), DSV_PLAIN);
		dsv_table_text(&table, commit->author.name, DSV_PLAIN);
		dsv_table_text(&table, commit->subject, DSV_PLAIN);
	}
	free(sorted);
	return dsv_table_print(&table, out);
}

static int summary_shares(struct dsv_out *out, const char *what,
			  const struct dsv_blame_show *show,
			  enum dsv_blame_by by)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("rl");
	struct dsv_blame_shares shares DSV_AUTO(blame_shares) =
		DSV_BLAME_SHARES_INIT;
	int rc = dsv_blame_shares_read(&shares, show, by);

	if (rc < 0)
		return rc;
	if (shares.n > 1 ||
	    (shares.n == 1 && strcmp(shares.items[0].name, "-"))) {
		dsv_buf_addf(&out->buf, "\n%s\n", what);
		for (size_t i = 0; i < shares.n; i++) {
			dsv_table_count(&table, shares.items[i].n);
			dsv_table_text(&table, shares.items[i].name, DSV_PLAIN);
		}
	}
	return dsv_table_print(&table, out);
}

int dsv_blame_summary(struct dsv_out *out, struct dsv_blame_show *show)
{
	const struct dsv_blame_info *info;
	struct dsv_blame_line line;
	int rc;

	while ((rc = dsv_blame_next(show->blame, &line)) > 0)
		show->still_there += !line.origin;
	if (rc < 0)
		return rc;
	info = dsv_blame_info(show->blame);
	dsv_out_styled(out, DSV_BOLD, "%s",
		       info->dataset ? info->dataset : info->path);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_count(&out->buf, info->records);
	dsv_buf_addstr(&out->buf, " records");
	if (show->field) {
		dsv_buf_addstr(&out->buf, "  ");
		dsv_out_shown(out, show->field);
	}
	dsv_buf_addstr(&out->buf, "\n\n");
	rc = summary_commits(out, show);
	if (rc == 0)
		rc = summary_shares(out, "authors", show, DSV_BLAME_BY_AUTHOR);
	if (rc == 0)
		rc = summary_shares(out, "guidelines", show,
				    DSV_BLAME_BY_GUIDELINE);
	if (rc == 0 && dsv_signed_exists(show->signs.said))
		rc = summary_shares(out, "signed", show, DSV_BLAME_BY_ROLE);
	if (rc == 0 && show->still_there) {
		dsv_buf_addstr(&out->buf, "\nstill there  ");
		dsv_add_count(&out->buf, show->still_there);
		dsv_buf_addch(&out->buf, '\n');
	}
	return rc < 0 ? rc : dsv_out_line(out);
}
