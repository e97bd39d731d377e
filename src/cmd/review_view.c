#include <string.h>

#include <dsv/governance.h>
#include <dsv/scan.h>
#include <dsv/text.h>
#include <dsv/totals.h>
#include <dsv/walk.h>

#include "cli/table.h"
#include "cli/term.h"
#include "cmd/review.h"
#include "cmd/totals_view.h"
#include "cmd/words.h"

#define COMMITS_SHOWN  10u
#define FINDINGS_SHOWN 10u

static void join(struct dsv_buf *out, const struct dsv_strlist *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", list->items[i]);
}

static void add_item(struct dsv_table *table,
		     const struct dsv_review_item *item)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_table_text(table, item->branch, DSV_BOLD);
	dsv_words_short(&text, &item->head.commit);
	dsv_table_text(table, dsv_buf_str(&text), DSV_YELLOW);
	dsv_buf_reset(&text);
	dsv_add_date(&text, item->at_s, 0);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_buf_reset(&text);
	join(&text, &item->roles);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_buf_reset(&text);
	join(&text, &item->datasets);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_table_text(table, item->subject, DSV_PLAIN);
	dsv_table_text(table, item->author, DSV_DIM);
}

static int nothing_waits(struct dsv_out *out, const struct dsv_reviews *reviews)
{
	struct dsv_buf roles DSV_AUTO(buf) = DSV_BUF_INIT;

	join(&roles, &reviews->roles);
	dsv_buf_addstr(&out->buf, "nothing waits for ");
	dsv_out_shown(out, reviews->person_name);
	dsv_buf_addstr(&out->buf, " (");
	dsv_out_shown(out, roles.len ? dsv_buf_str(&roles) : "no role");
	dsv_buf_addstr(&out->buf, ") on ");
	dsv_out_shown(out, reviews->target);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static void tell_faults(const struct dsv_reviews *reviews)
{
	size_t i;

	for (i = 0; i < reviews->faults.n; i++)
		dsv_term_say("cannot judge %s", reviews->faults.items[i]);
}

static int reviews_human(struct dsv_out *out, void *result)
{
	static const char *const head[] = {"branch",  "commit",	 "since", "as",
					   "dataset", "subject", "author"};
	const struct dsv_reviews *reviews = result;
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lllllsL");
	size_t i;
	int rc;

	tell_faults(reviews);
	if (!reviews->n)
		return nothing_waits(out, reviews);
	for (i = 0; i < sizeof(head) / sizeof(*head); i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (i = 0; i < reviews->n; i++)
		add_item(&table, &reviews->items[i]);
	rc = dsv_table_print(&table, out);
	if (rc < 0)
		return rc;
	dsv_buf_addstr(&out->buf, "next: dsv review ");
	dsv_words_typed(&out->buf, reviews->items[0].branch);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int json_item(struct dsv_out *out, const struct dsv_review_item *item)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];

	dsv_add_rfc3339(&time, item->at_s);
	dsv_jline_open(out, "branch");
	dsv_jline_text(out, "branch", item->branch);
	dsv_jline_text(out, "commit", dsv_oid_hex(&item->head.commit, hex));
	dsv_jline_text(out, "subject", item->subject);
	dsv_jline_text(out, "author", item->author);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_list(out, "roles", &item->roles);
	dsv_jline_list(out, "datasets", &item->datasets);
	return dsv_jline_close(out);
}

static int reviews_json(struct dsv_out *out, void *result)
{
	const struct dsv_reviews *reviews = result;
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.review/1");
	dsv_jline_text(out, "target", reviews->target);
	dsv_jline_text(out, "person", reviews->person);
	dsv_jline_list(out, "roles", &reviews->roles);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < reviews->n; i++)
		rc = json_item(out, &reviews->items[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "branches", reviews->n);
	dsv_jline_list(out, "faults", &reviews->faults);
	return dsv_jline_close(out);
}

const struct dsv_view dsv_reviews_view = {reviews_human, reviews_json};

/* "main...<hex>": what the branch brings, beyond what it came from. */
static int find_range(struct dsv_ctx *ctx, const struct dsv_review_case *it,
		      struct dsv_version *from, struct dsv_version *to)
{
	struct dsv_version target;
	struct dsv_buf range DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	int rc;

	rc = dsv_review_find(ctx->repo, it->signoff->target, &target);
	if (rc < 0)
		return rc;
	dsv_buf_addf(&range, "%s...", dsv_oid_hex(&target.commit, hex));
	dsv_buf_addstr(&range, dsv_oid_hex(&it->head.commit, hex));
	rc = dsv_repo_range(ctx->repo, dsv_buf_str(&range), from, to);
	return rc < 0 ? rc : 0;
}

static int show_commit(struct dsv_out *out, const struct dsv_commit_info *info)
{
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_style(out, DSV_YELLOW);
	dsv_words_short(&out->buf, &info->oid);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, info->subject);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_style(out, DSV_DIM);
	dsv_out_shown(out, info->author.name);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int show_commits(struct dsv_ctx *ctx, const struct dsv_version *from,
			const struct dsv_version *to)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_walk_opts opts = {.revs = &revs};
	const struct dsv_commit_info *info;
	struct dsv_buf range DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	size_t n = 0;
	int rc;

	if (from->at == DSV_AT_COMMIT)
		dsv_buf_addf(&range, "%s..", dsv_oid_hex(&from->commit, hex));
	dsv_buf_addstr(&range, dsv_oid_hex(&to->commit, hex));
	dsv_strlist_add(&revs, dsv_buf_str(&range));
	rc = dsv_walk_open(&walk, ctx->repo, &opts);
	while (rc >= 0 && (rc = dsv_walk_next(walk, &info)) > 0)
		if (n++ < COMMITS_SHOWN)
			rc = show_commit(ctx->out, info);
	if (rc < 0 || n <= COMMITS_SHOWN)
		return rc;
	dsv_buf_addf(&ctx->out->buf, "  and %zu more\n", n - COMMITS_SHOWN);
	return dsv_out_line(ctx->out);
}

static int show_totals(struct dsv_ctx *ctx, const struct dsv_version *from,
		       const struct dsv_version *to)
{
	struct dsv_totals totals DSV_AUTO(totals) = DSV_TOTALS_INIT;
	const struct dsv_diff_opts opts = {.from = *from, .to = *to};
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("ll");
	size_t i;
	int rc;

	rc = dsv_totals_read(&totals, ctx->repo, &opts);
	if (rc < 0)
		return rc;
	table.indent = 2;
	for (i = 0; i < totals.n; i++) {
		struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_total_words(&words, &totals.items[i], true);
		dsv_table_text(&table, totals.items[i].name, DSV_BOLD);
		dsv_table_text(&table, dsv_buf_str(&words), DSV_PLAIN);
	}
	return dsv_table_print(&table, ctx->out);
}

static int show_findings(struct dsv_out *out, const struct dsv_scan_set *set)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llll");
	size_t shown = 0;
	size_t i;

	dsv_buf_addf(&out->buf, "  scan of ");
	dsv_out_shown(out, set->name);
	dsv_buf_addstr(&out->buf, ": ");
	dsv_add_count(&out->buf, set->counts.total);
	dsv_buf_addf(&out->buf, " finding%s, ",
		     set->counts.total == 1 ? "" : "s");
	dsv_add_count(&out->buf, set->counts.undecided);
	dsv_buf_addstr(&out->buf, " undecided, ");
	dsv_add_count(&out->buf, set->fresh.total);
	dsv_buf_addstr(&out->buf, " new\n");
	table.indent = 4;
	for (i = 0; i < set->n && shown < FINDINGS_SHOWN; i++) {
		const struct dsv_finding *it = &set->findings[i];
		struct dsv_buf place DSV_AUTO(buf) = DSV_BUF_INIT;

		if (!it->undecided && !it->fresh)
			continue;
		dsv_words_path(&place, it->path);
		dsv_buf_addf(&place, ":%llu", (unsigned long long)it->line);
		dsv_table_text(&table, dsv_buf_str(&place), DSV_PLAIN);
		dsv_table_text(&table, dsv_pii_name(it->kind), DSV_PLAIN);
		dsv_table_text(&table, it->masked, DSV_PLAIN);
		dsv_table_text(&table, dsv_scan_decision_name(it->decision),
			       it->undecided ? DSV_RED : DSV_DIM);
		shown++;
	}
	return dsv_table_print(&table, out);
}

/* Of the datasets that are signed; those whose statement says nothing of a
 * scan are left out. */
static int show_scan(struct dsv_ctx *ctx, const struct dsv_review_case *it,
		     const struct dsv_version *from)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < it->signoff->n; i++) {
		const struct dsv_statement *said =
			&it->signoff->items[i].statement;
		struct dsv_scan *scan DSV_AUTO(scan) = NULL;
		const struct dsv_scan_options opts = {
			.dataset = said->dataset,
			.base = from->at == DSV_AT_COMMIT ? from : NULL,
		};
		const struct dsv_scan_set *set;

		if (!said->signoff.scanned)
			continue;
		rc = dsv_scan_run(&scan, ctx->repo, &it->head, &opts);
		set = rc == 0 ? dsv_scan_named(scan, said->dataset) : NULL;
		if (set)
			rc = show_findings(ctx->out, set);
	}
	return rc;
}

/* A change of the rules is text: say which files, and how to read it. */
static int show_rules(struct dsv_ctx *ctx, const struct dsv_review_case *it,
		      const struct dsv_version *from)
{
	struct dsv_governance rules DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	struct dsv_buf *out = &ctx->out->buf;
	size_t i;
	int rc;

	for (i = 0; i < it->signoff->n; i++)
		if (!strcmp(it->signoff->items[i].statement.dataset,
			    DSV_GOVERNANCE))
			break;
	if (i == it->signoff->n)
		return 0;
	rc = dsv_governance_read(&rules, ctx->repo, from, &it->head);
	if (rc < 0)
		return rc;
	dsv_buf_addstr(out, "  the rules change:\n");
	for (i = 0; i < rules.paths.n; i++) {
		dsv_buf_addstr(out, "    ");
		dsv_words_path(out, rules.paths.items[i]);
		dsv_buf_addch(out, '\n');
	}
	for (i = 0; i < rules.removed.n; i++)
		dsv_buf_addf(out, "    dataset %s is removed\n",
			     rules.removed.items[i]);
	if (from->at == DSV_AT_COMMIT) {
		dsv_buf_addstr(out, "  to read it: git diff ");
		dsv_words_short(out, &from->commit);
		dsv_buf_addch(out, ' ');
		dsv_words_short(out, &it->head.commit);
		dsv_buf_addstr(out, " -- .dsv guidelines\n");
	}
	return dsv_out_line(ctx->out);
}

int dsv_review_show(struct dsv_ctx *ctx, const struct dsv_review_case *it)
{
	struct dsv_version from;
	struct dsv_version to;
	struct dsv_out *out = ctx->out;
	int rc;

	rc = find_range(ctx, it, &from, &to);
	if (rc < 0)
		return rc;
	dsv_out_style(out, DSV_BOLD);
	dsv_out_shown(out, it->branch);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addstr(&out->buf, " into ");
	dsv_out_shown(out, it->signoff->target);
	dsv_buf_addstr(&out->buf, ", reviewed by ");
	dsv_out_shown(out, it->signoff->person_name);
	dsv_buf_addstr(&out->buf, " as ");
	dsv_out_shown(out, it->signoff->role);
	dsv_buf_addch(&out->buf, '\n');
	rc = show_commits(ctx, &from, &to);
	if (rc == 0)
		rc = show_totals(ctx, &from, &to);
	if (rc == 0)
		rc = show_scan(ctx, it, &from);
	if (rc == 0)
		rc = show_rules(ctx, it, &from);
	return rc < 0 ? rc : dsv_out_flush(out);
}
