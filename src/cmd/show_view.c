#include "cmd/show_view.h"

#include <string.h>

#include <dsv/snapshot.h>
#include <dsv/text.h>

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

static void view_snapshots(struct dsv_out *out,
			   const struct dsv_snapshots *snapshots)
{
	char hex[DSV_ID_HEX];
	size_t i;

	for (i = 0; i < snapshots->n; i++) {
		const struct dsv_snapshot *snapshot = &snapshots->items[i];

		dsv_buf_addf(&out->buf, "%s  snapshot %.8s  %zu %s, ",
			     snapshot->dataset, dsv_id_hex(&snapshot->id, hex),
			     snapshot->n_files,
			     snapshot->n_files == 1 ? "file" : "files");
		dsv_add_size(&out->buf, snapshot->size);
		if (snapshot->guideline.id)
			dsv_buf_addf(&out->buf, "  %s@%s",
				     snapshot->guideline.id,
				     snapshot->guideline.version);
		dsv_buf_addch(&out->buf, '\n');
	}
	if (snapshots->n)
		dsv_buf_addch(&out->buf, '\n');
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

static int json_snapshots(struct dsv_out *out,
			  const struct dsv_snapshots *snapshots)
{
	char hex[DSV_ID_HEX];
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < snapshots->n; i++) {
		const struct dsv_snapshot *snapshot = &snapshots->items[i];

		dsv_jline_open(out, "snapshot");
		dsv_jline_text(out, "dataset", snapshot->dataset);
		dsv_jline_text(out, "snapshot", dsv_id_hex(&snapshot->id, hex));
		dsv_jline_count(out, "files", snapshot->n_files);
		dsv_jline_count(out, "size", snapshot->size);
		dsv_jline_text(out, "guideline", snapshot->guideline.id);
		dsv_jline_text(out, "guideline_version",
			       snapshot->guideline.version);
		rc = dsv_jline_close(out);
	}
	return rc;
}

int dsv_show_head(struct dsv_ctx *ctx, const struct dsv_commit_info *info,
		  const struct dsv_version *version)
{
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	struct dsv_out *out = ctx->out;
	char hex[DSV_OID_HEX];
	int rc = 0;

	/* a definition with a fault does not hide the commit */
	if (dsv_snapshots_read(&all, ctx->repo, version) < 0)
		dsv_error_clear();
	if (out->json) {
		rc = json_commit(out, info);
		return rc < 0 ? rc : json_snapshots(out, &all);
	}
	dsv_out_styled(out, DSV_YELLOW, "commit  %s",
		       dsv_oid_hex(&info->oid, hex));
	dsv_buf_addch(&out->buf, '\n');
	view_person(out, &info->author);
	view_message(out, info->message);
	view_snapshots(out, &all);
	return dsv_out_line(out);
}
