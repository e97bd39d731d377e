#include "cmd/scan_view.h"

#include <string.h>

#include <dsv/address.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/words.h"

static const struct dsv_scan_counts *counts_of(const struct dsv_scan_shown *how,
					       const struct dsv_scan_set *set)
{
	return how->base ? &set->fresh : &set->counts;
}

uint64_t dsv_scan_shown_undecided(const struct dsv_scan_shown *shown)
{
	return shown->base ? dsv_scan_fresh(shown->scan)->undecided
			   : dsv_scan_counts(shown->scan)->undecided;
}

static void add_many(struct dsv_out *out, uint64_t n, const char *one,
		     const char *many)
{
	dsv_add_count(&out->buf, n);
	dsv_buf_addf(&out->buf, " %s", n == 1 ? one : many);
}

/* "reviews  data/a.csv, data/b.csv  12,400 records" */
static void view_head(struct dsv_out *out, const struct dsv_scan_set *set)
{
	dsv_out_style(out, DSV_BOLD);
	if (set->is_dataset)
		dsv_buf_addf(&out->buf, "%s  ", set->name);
	else if (set->files->n == 0)
		dsv_words_path(&out->buf, set->name);
	for (size_t i = 0; i < set->files->n && i < 3; i++) {
		dsv_buf_addstr(&out->buf, i ? ", " : "");
		dsv_words_path(&out->buf, set->files->items[i]);
	}
	if (set->files->n > 3)
		dsv_buf_addf(&out->buf, " and %zu more", set->files->n - 3);
	dsv_out_style(out, DSV_PLAIN);
	if (set->files->n > 0) {
		dsv_buf_addstr(&out->buf, "  ");
		add_many(out, set->records, "record", "records");
	}
	dsv_buf_addch(&out->buf, '\n');
}

static void view_gaps(struct dsv_out *out, const struct dsv_scan_set *set)
{
	if (set->unscanned > 0) {
		add_many(out, set->unscanned, "record is", "records are");
		dsv_buf_addstr(&out->buf, " too long to be scanned\n");
	}
	if (set->unread->n > 0) {
		add_many(out, set->unread->n, "file", "files");
		dsv_buf_addstr(&out->buf,
			       " without records not scanned, the first is ");
		dsv_words_path(&out->buf, set->unread->items[0]);
		dsv_buf_addch(&out->buf, '\n');
	}
}

static int view_kinds(struct dsv_out *out, const struct dsv_scan_counts *counts)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrrr");

	dsv_table_text(&table, "", DSV_PLAIN);
	dsv_table_text(&table, "findings", DSV_DIM);
	dsv_table_text(&table, "undecided", DSV_DIM);
	dsv_table_text(&table, "decided", DSV_DIM);
	for (size_t i = 0; i < DSV_PII_KINDS; i++) {
		uint64_t open = counts->kinds_undecided[i];

		if (counts->kinds[i] == 0)
			continue;
		dsv_table_text(&table, dsv_pii_name((enum dsv_pii)i),
			       DSV_PLAIN);
		dsv_table_count(&table, counts->kinds[i]);
		dsv_table_count(&table, open);
		dsv_table_count(&table, counts->kinds[i] - open);
	}
	return dsv_table_print(&table, out);
}

/* The address of its record, or where that begins. */
static void add_place(struct dsv_buf *out, const struct dsv_finding *finding)
{
	dsv_words_path(out, finding->path);
	if (*finding->key) {
		dsv_buf_addf(out, ":%s", finding->key);
		if (*finding->field) {
			dsv_buf_addch(out, ':');
			dsv_address_add_part(out, finding->field,
					     strlen(finding->field));
		}
		return;
	}
	dsv_buf_addf(out, " line %llu", (unsigned long long)finding->line);
	if (*finding->field)
		dsv_buf_addf(out, " %s", finding->field);
}

static bool is_told(const struct dsv_scan_shown *how,
		    const struct dsv_finding *finding)
{
	return finding->fresh && (how->all || finding->undecided);
}

static void add_row(struct dsv_table *table, const struct dsv_scan_shown *how,
		    const struct dsv_finding *finding)
{
	struct dsv_buf place DSV_AUTO(buf) = DSV_BUF_INIT;

	add_place(&place, finding);
	dsv_table_text(table, finding->id, DSV_YELLOW);
	dsv_table_text(table, dsv_pii_name(finding->kind), DSV_PLAIN);
	if (how->all)
		dsv_table_text(table, dsv_scan_decision_name(finding->decision),
			       DSV_PLAIN);
	dsv_table_text(table, finding->masked, DSV_PLAIN);
	dsv_table_text(table, dsv_buf_str(&place), DSV_PLAIN);
}

static int view_findings(struct dsv_out *out, const struct dsv_scan_shown *how,
			 const struct dsv_scan_set *set)
{
	struct dsv_table table DSV_AUTO(table) =
		DSV_TABLE_INIT(how->all ? "lllls" : "llls");
	uint64_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		if (!is_told(how, &set->findings[i]))
			continue;
		add_row(&table, how, &set->findings[i]);
		n++;
	}
	if (n == 0)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	return dsv_table_print(&table, out);
}

static int view_set(struct dsv_out *out, const struct dsv_scan_shown *how,
		    const struct dsv_scan_set *set)
{
	const struct dsv_scan_counts *counts = counts_of(how, set);
	uint64_t redacted = counts->decisions[DSV_SCAN_REDACTED];
	int rc = 0;

	view_head(out, set);
	view_gaps(out, set);
	dsv_buf_addch(&out->buf, '\n');
	if (counts->total == 0)
		dsv_buf_addstr(&out->buf, "no findings\n");
	else
		rc = view_kinds(out, counts);
	if (redacted > 0) {
		add_many(out, redacted, "value is", "values are");
		dsv_buf_addstr(&out->buf,
			       " decided as redacted and still there\n");
	}
	if (rc == 0 && how->show)
		rc = view_findings(out, how, set);
	return rc;
}

static void view_line(struct dsv_table *table, const struct dsv_scan_shown *how,
		      const struct dsv_scan_set *set)
{
	const struct dsv_scan_counts *counts = counts_of(how, set);

	dsv_table_text(table, set->name, DSV_PLAIN);
	dsv_table_count(table, set->records);
	dsv_table_count(table, counts->total);
	dsv_table_count(table, counts->undecided);
}

static int view_summary(struct dsv_out *out, const struct dsv_scan_shown *how)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrrr");

	dsv_table_text(&table, "", DSV_PLAIN);
	dsv_table_text(&table, "records", DSV_DIM);
	dsv_table_text(&table, "findings", DSV_DIM);
	dsv_table_text(&table, "undecided", DSV_DIM);
	for (size_t i = 0; i < dsv_scan_n_sets(how->scan); i++)
		view_line(&table, how, dsv_scan_set(how->scan, i));
	return dsv_table_print(&table, out);
}

static void view_end(struct dsv_out *out, const struct dsv_scan_shown *how)
{
	const struct dsv_strlist *unused = dsv_scan_unused(how->scan);

	if (unused->n > 0) {
		dsv_buf_addch(&out->buf, '\n');
		add_many(out, unused->n, "decision in " DSV_SCAN_PATH " is",
			 "decisions in " DSV_SCAN_PATH " are");
		dsv_buf_addstr(&out->buf, " about nothing that is found\n");
	}
	if (dsv_scan_shown_undecided(how) == 0)
		return;
	dsv_buf_addch(&out->buf, '\n');
	if (how->show)
		dsv_buf_addstr(&out->buf, "next: dsv scan --decide FINDING "
					  "--as false-positive\n");
	else
		dsv_buf_addf(&out->buf, "next: dsv scan --show%s%s%s%s\n",
			     how->base ? " " : "", how->base ? how->base : "",
			     how->base ? ".." : "",
			     how->base ? how->version : "");
}

static int scan_human(struct dsv_out *out, void *result)
{
	const struct dsv_scan_shown *how = result;
	int rc = 0;

	if (how->base) {
		dsv_buf_addf(&out->buf, "new in ");
		dsv_out_shown(out, how->base);
		dsv_buf_addstr(&out->buf, "..");
		dsv_out_shown(out, how->version);
		dsv_buf_addstr(&out->buf, "\n\n");
	}
	if (how->summary)
		rc = view_summary(out, how);
	for (size_t i = 0; !how->summary && i < dsv_scan_n_sets(how->scan);
	     i++) {
		if (i)
			dsv_buf_addch(&out->buf, '\n');
		rc = view_set(out, how, dsv_scan_set(how->scan, i));
		if (rc < 0)
			return rc;
	}
	if (rc == 0)
		view_end(out, how);
	return rc < 0 ? rc : dsv_out_line(out);
}

static int json_finding(struct dsv_out *out, const struct dsv_scan_set *set,
			const struct dsv_finding *finding)
{
	dsv_jline_open(out, "finding");
	dsv_jline_text(out, "dataset", set->is_dataset ? set->name : NULL);
	dsv_jline_text(out, "path", finding->path);
	dsv_jline_count(out, "line", finding->line);
	dsv_jline_text(out, "key", *finding->key ? finding->key : NULL);
	dsv_jline_text(out, "field", *finding->field ? finding->field : NULL);
	dsv_jline_count(out, "offset", finding->offset);
	dsv_jline_count(out, "length", finding->len);
	dsv_jline_text(out, "kind", dsv_pii_name(finding->kind));
	dsv_jline_text(out, "masked", finding->masked);
	dsv_jline_text(out, "finding", finding->id);
	dsv_jline_text(out, "decision",
		       dsv_scan_decision_name(finding->decision));
	dsv_jline_flag(out, "undecided", finding->undecided);
	dsv_jline_flag(out, "new", finding->fresh);
	return dsv_jline_close(out);
}

static void json_counts(struct dsv_out *out,
			const struct dsv_scan_counts *counts)
{
	dsv_jline_count(out, "findings", counts->total);
	dsv_jline_count(out, "undecided", counts->undecided);
	dsv_jline_object(out, "kinds");
	for (size_t i = 0; i < DSV_PII_KINDS; i++)
		if (counts->kinds[i] > 0)
			dsv_jline_count(out, dsv_pii_name((enum dsv_pii)i),
					counts->kinds[i]);
	dsv_jline_end(out, '}');
	dsv_jline_object(out, "decisions");
	for (size_t i = 0; i < DSV_SCAN_DECISIONS; i++)
		if (counts->decisions[i] > 0)
			dsv_jline_count(out,
					dsv_scan_decision_name(
						(enum dsv_scan_decision)i),
					counts->decisions[i]);
	dsv_jline_end(out, '}');
}

static int json_set(struct dsv_out *out, const struct dsv_scan_shown *how,
		    const struct dsv_scan_set *set)
{
	char hex[DSV_ID_HEX];
	int rc = 0;

	for (size_t i = 0; !how->summary && i < set->n && rc == 0; i++)
		if (set->findings[i].fresh)
			rc = json_finding(out, set, &set->findings[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "dataset");
	dsv_jline_text(out, "dataset", set->is_dataset ? set->name : NULL);
	dsv_jline_list(out, "paths", set->files);
	dsv_jline_list(out, "unread", set->unread);
	dsv_jline_count(out, "records", set->records);
	dsv_jline_count(out, "unscanned", set->unscanned);
	json_counts(out, &set->counts);
	dsv_jline_count(out, "new", set->fresh.total);
	dsv_jline_count(out, "new_undecided", set->fresh.undecided);
	dsv_jline_text(out, "digest", dsv_id_hex(&set->digest, hex));
	return dsv_jline_close(out);
}

static int scan_json(struct dsv_out *out, void *result)
{
	const struct dsv_scan_shown *how = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.scan/1");
	dsv_jline_text(out, "version", how->version);
	dsv_jline_text(out, "base", how->base);
	rc = dsv_jline_close(out);
	for (size_t i = 0; rc == 0 && i < dsv_scan_n_sets(how->scan); i++)
		rc = json_set(out, how, dsv_scan_set(how->scan, i));
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	json_counts(out, dsv_scan_counts(how->scan));
	dsv_jline_count(out, "new", dsv_scan_fresh(how->scan)->total);
	dsv_jline_count(out, "new_undecided",
			dsv_scan_fresh(how->scan)->undecided);
	dsv_jline_list(out, "unused_decisions", dsv_scan_unused(how->scan));
	return dsv_jline_close(out);
}

const struct dsv_view dsv_scan_view = {scan_human, scan_json};
