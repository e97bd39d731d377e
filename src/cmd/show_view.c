#include "cmd/show_view.h"

#include <string.h>

#include <dsv/snapshot.h>
#include <dsv/text.h>

#include "cmd/signed_view.h"

static void view_person(struct dsv_out *out, const struct dsv_person *who)
{
	dsv_buf_addstr(&out->buf, "author  ");
	dsv_out_shown(out, who->name);
	dsv_buf_addstr(&out->buf, " <");
	dsv_out_shown(out, who->email);
	dsv_buf_addstr(&out->buf, ">\ndate    ");
	dsv_add_date(&out->buf, who->at_s, who->offset_min);
	dsv_buf_addch(&out->buf, '\n');
}

static void view_message(struct dsv_out *out, const char *message)
{
	const char *end;

	dsv_buf_addch(&out->buf, '\n');
	while (*message) {
		end = message + strcspn(message, "\n");
		if (end > message) {
			dsv_buf_addstr(&out->buf, "    ");
			dsv_add_shown(&out->buf, message,
				      (size_t)(end - message));
		}
		dsv_buf_addch(&out->buf, '\n');
		message = *end ? end + 1 : end;
	}
	dsv_buf_addch(&out->buf, '\n');
}

/* A commit, the snapshots of its datasets, and what was said of them. */
struct view {
	struct dsv_out *out;
	const struct dsv_oid *commit;
	struct dsv_snapshots snapshots;
	struct dsv_signed *said;
};

static void view_auto(struct view *view)
{
	dsv_snapshots_release(&view->snapshots);
	dsv_signed_free(&view->said);
}

static int view_signed(const struct view *view, const char *dataset)
{
	struct dsv_signed_view what = {view->said, view->commit, dataset};
	struct dsv_buf marks DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_out *out = view->out;
	int rc = dsv_signed_marks(&what, &marks);

	if (rc == 0)
		rc = dsv_signed_lines(&what, &lines);
	if (rc == 0 && marks.len)
		dsv_buf_addf(&out->buf, "  %s\n", dsv_buf_str(&marks));
	for (size_t i = 0; rc == 0 && i < lines.n; i++) {
		dsv_buf_addstr(&out->buf, "  ");
		dsv_out_shown(out, lines.items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
	return rc;
}

static int view_snapshots(const struct view *view)
{
	const struct dsv_snapshots *snapshots = &view->snapshots;
	struct dsv_buf *out = &view->out->buf;
	char hex[DSV_ID_HEX];
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < snapshots->n; i++) {
		const struct dsv_snapshot *snapshot = &snapshots->items[i];

		dsv_buf_addf(out, "%s  snapshot %.8s  %zu %s, ",
			     snapshot->dataset, dsv_id_hex(&snapshot->id, hex),
			     snapshot->n_files,
			     snapshot->n_files == 1 ? "file" : "files");
		dsv_add_size(out, snapshot->size);
		if (snapshot->guideline.id)
			dsv_buf_addf(out, "  %s@%s", snapshot->guideline.id,
				     snapshot->guideline.version);
		dsv_buf_addch(out, '\n');
		rc = view_signed(view, snapshot->dataset);
	}
	if (snapshots->n)
		dsv_buf_addch(out, '\n');
	return rc;
}

static int json_commit(struct dsv_out *out, const struct dsv_commit_info *info)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	size_t i;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.show/1");
	dsv_jline_close(out);
	dsv_add_rfc3339(&time, info->author.at_s);
	dsv_jline_open(out, "commit");
	dsv_jline_text(out, "commit", dsv_oid_hex(&info->oid, hex));
	dsv_jline_array(out, "parents");
	for (i = 0; i < info->n_parents; i++)
		dsv_jline_text(out, NULL, dsv_oid_hex(&info->parents[i], hex));
	dsv_jline_end(out, ']');
	dsv_jline_text(out, "author", info->author.name);
	dsv_jline_text(out, "email", info->author.email);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "subject", info->subject);
	dsv_jline_text(out, "message", info->message);
	return dsv_jline_close(out);
}

static int json_snapshot(const struct view *view,
			 const struct dsv_snapshot *snapshot)
{
	struct dsv_signed_view what = {view->said, view->commit,
				       snapshot->dataset};
	struct dsv_out *out = view->out;
	char hex[DSV_ID_HEX];
	int rc;

	dsv_jline_open(out, "snapshot");
	dsv_jline_text(out, "dataset", snapshot->dataset);
	dsv_jline_text(out, "snapshot", dsv_id_hex(&snapshot->id, hex));
	dsv_jline_count(out, "files", snapshot->n_files);
	dsv_jline_count(out, "size", snapshot->size);
	dsv_jline_text(out, "guideline", snapshot->guideline.id);
	dsv_jline_text(out, "guideline_version", snapshot->guideline.version);
	rc = dsv_jline_close(out);
	if (rc == 0)
		rc = dsv_signed_json_marks(out, &what);
	return rc < 0 ? rc : dsv_signed_json(out, &what);
}

static int json_snapshots(const struct view *view)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < view->snapshots.n; i++)
		rc = json_snapshot(view, &view->snapshots.items[i]);
	return rc;
}

int dsv_show_head(struct dsv_ctx *ctx, const struct dsv_commit_info *info,
		  const struct dsv_version *version)
{
	struct dsv_out *out = ctx->out;
	struct view view __attribute__((cleanup(view_auto))) = {
		.out = out, .commit = &info->oid};
	char hex[DSV_OID_HEX];
	int rc = dsv_signed_begin(&view.said, ctx->repo);

	if (rc < 0)
		return rc;
	/* a definition with a fault does not hide the commit */
	if (dsv_snapshots_read(&view.snapshots, ctx->repo, version) < 0)
		dsv_error_clear();
	if (out->json) {
		rc = json_commit(out, info);
		return rc < 0 ? rc : json_snapshots(&view);
	}
	dsv_out_styled(out, DSV_YELLOW, "commit  %s",
		       dsv_oid_hex(&info->oid, hex));
	dsv_buf_addch(&out->buf, '\n');
	view_person(out, &info->author);
	view_message(out, info->message);
	rc = view_snapshots(&view);
	return rc < 0 ? rc : dsv_out_line(out);
}
