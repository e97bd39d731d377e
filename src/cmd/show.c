#include <string.h>

#include <dsv/address.h>
#include <dsv/content.h>
#include <dsv/diff.h>
#include <dsv/snapshot.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/diff_show.h"
#include "cmd/show_view.h"

struct show_args {
	struct dsv_operands what;
	const char *dataset;
	bool id;
	bool summary;
	bool stat;
};

static const struct dsv_opt show_opts[] = {
	DSV_OPT_FLAG(0, "id", struct show_args, id,
		     "the text whose SHA-256 is the snapshot id"),
	DSV_OPT_STR(0, "dataset", "NAME", struct show_args, dataset,
		    "with --id: of this dataset only"),
	DSV_OPT_FLAG(0, "summary", struct show_args, summary,
		     "counts, and each label before and after"),
	DSV_OPT_FLAG(0, "stat", struct show_args, stat, "a line a file"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REV|REV:PATH", struct show_args, what, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* Bytes as they are; on a terminal made safe, line ends and tabs apart. */
static int take_bytes(void *ctx, const char *data, size_t len)
{
	struct dsv_out *out = ctx;
	size_t i, run;

	if (!out->tty) {
		dsv_buf_add(&out->buf, data, len);
		return dsv_out_line(out);
	}
	for (i = 0; i < len; i += run) {
		for (run = 0; i + run < len && data[i + run] != '\n' &&
			      data[i + run] != '\t';
		     run++)
			;
		dsv_add_shown(&out->buf, data + i, run);
		if (i + run < len)
			dsv_buf_addch(&out->buf, data[i + run++]);
	}
	return dsv_out_line(out);
}

/* REV:PATH, :PATH of the index; ./PATH from the current folder. */
static int show_content(struct dsv_ctx *ctx, const char *what,
			const char *colon)
{
	struct dsv_buf rev DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version version = {.at = DSV_AT_INDEX};
	int rc = 0;

	if (ctx->out->json)
		return dsv_fail(DSV_EUSAGE, "a content is shown as it is, not "
					    "as JSON");
	dsv_buf_add(&rev, what, (size_t)(colon - what));
	if (rev.len)
		rc = dsv_repo_resolve(ctx->repo, dsv_buf_str(&rev), &version);
	if (rc == 0 && colon[1] == '.')
		rc = dsv_repo_path(ctx->repo, colon + 1, &path);
	else
		dsv_buf_addstr(&path, colon + 1);
	if (rc < 0)
		return rc;
	return dsv_content_read(ctx->repo, &version, dsv_buf_str(&path),
				take_bytes, ctx->out);
}

struct record_show {
	struct dsv_ctx *ctx;
	const struct dsv_address *address;
	size_t shown;
};

static void json_fields(struct dsv_out *out, const struct dsv_found *found)
{
	for (size_t i = 0; i < found->columns->n; i++) {
		const struct dsv_field *field =
			dsv_record_field(found->record, (long)i);

		if (field->kind == DSV_FIELD_MISSING)
			continue;
		dsv_jline_name(out, found->columns->items[i]);
		dsv_jline_field(out, NULL, field);
	}
}

static int record_json(struct record_show *show, const struct dsv_found *found)
{
	struct dsv_out *out = show->ctx->out;

	dsv_jline_open(out, "record");
	dsv_jline_text(out, "path", show->address->path);
	dsv_jline_list(out, "key", &show->address->key);
	dsv_jline_count(out, "line", found->record->line);
	dsv_jline_object(out, "fields");
	if (found->field) {
		dsv_jline_name(out, show->address->field);
		dsv_jline_field(out, NULL, found->field);
	} else {
		json_fields(out, found);
	}
	dsv_jline_end(out, '}');
	return dsv_jline_close(out);
}

/* One value goes as its bytes, save to a terminal. */
static int record_value(struct record_show *show, const struct dsv_field *field)
{
	int rc = take_bytes(show->ctx->out, field->text, field->len);

	dsv_buf_addch(&show->ctx->out->buf, '\n');
	return rc < 0 ? rc : dsv_out_line(show->ctx->out);
}

static int record_human(struct record_show *show, const struct dsv_found *found)
{
	struct dsv_out *out = show->ctx->out;

	if (show->shown++)
		dsv_buf_addch(&out->buf, '\n');
	for (size_t i = 0; i < found->columns->n; i++) {
		const struct dsv_field *field =
			dsv_record_field(found->record, (long)i);

		if (field->kind == DSV_FIELD_MISSING)
			continue;
		dsv_out_shown(out, found->columns->items[i]);
		dsv_buf_addstr(&out->buf, "  ");
		dsv_add_shown(&out->buf, field->text, field->len);
		dsv_buf_addch(&out->buf, '\n');
	}
	return dsv_out_line(out);
}

static int take_record(void *ctx, const struct dsv_found *found)
{
	struct record_show *show = ctx;

	if (found->field && found->field->kind == DSV_FIELD_MISSING)
		return dsv_fail(DSV_ENOTFOUND, "the record has no field '%s'",
				show->address->field);
	if (show->ctx->out->json)
		return record_json(show, found);
	return found->field ? record_value(show, found->field)
			    : record_human(show, found);
}

static int show_record(struct dsv_ctx *ctx, const struct dsv_address *address)
{
	struct record_show show = {.ctx = ctx, .address = address};
	int rc = 0;

	if (ctx->out->json) {
		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.show/1");
		rc = dsv_jline_close(ctx->out);
	}
	return rc < 0 ? rc
		      : dsv_record_find(ctx->repo, address, take_record, &show);
}

/* REV:PATH, or with a key the address of a record. */
static int show_address(struct dsv_ctx *ctx, const char *word,
			const char *colon)
{
	struct dsv_address address DSV_AUTO(address) = DSV_ADDRESS_INIT;
	struct dsv_version version = {.at = DSV_AT_WORKTREE};
	int rc;

	if (!dsv_repo_workdir(ctx->repo))
		version.at = DSV_AT_INDEX;
	rc = dsv_address_parse(&address, ctx->repo, word, &version);
	if (rc == 0 && address.has_key)
		return show_record(ctx, &address);
	return rc < 0 && (address.has_key || strchr(colon + 1, ':'))
		       ? rc
		       : show_content(ctx, word, colon);
}

static int show_ids(struct dsv_ctx *ctx, const struct show_args *args,
		    const struct dsv_version *version)
{
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	struct dsv_snapshot one DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	size_t i;
	int rc;

	if (args->dataset) {
		rc = dsv_snapshot_read(&one, ctx->repo, version, args->dataset);
		dsv_buf_add(&ctx->out->buf, dsv_buf_str(&one.text),
			    one.text.len);
		return rc;
	}
	rc = dsv_snapshots_read(&all, ctx->repo, version);
	for (i = 0; rc == 0 && i < all.n; i++) {
		if (i)
			dsv_buf_addch(&ctx->out->buf, '\n');
		dsv_buf_add(&ctx->out->buf, dsv_buf_str(&all.items[i].text),
			    all.items[i].text.len);
	}
	return rc < 0 ? rc : dsv_out_line(ctx->out);
}

static int show_changes(struct dsv_ctx *ctx, const struct show_args *args,
			const struct dsv_commit_info *info,
			const struct dsv_version *version)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_opts opts = {.to = *version};
	struct dsv_diff_show view = {.bare = true};
	int rc;

	if (info->n_parents) {
		opts.from.at = DSV_AT_COMMIT;
		opts.from.commit = info->parents[0];
	}
	view.form = args->summary ? DSV_FORM_SUMMARY
		    : args->stat  ? DSV_FORM_STAT
				  : DSV_FORM_RECORDS;
	view.from_name = info->n_parents ? "parent" : "nothing";
	view.to_name = "commit";
	rc = dsv_diff_open(&diff, ctx->repo, &opts);
	view.diff = diff;
	return rc < 0 ? rc : dsv_diff_show(ctx->out, &view);
}

static int show_commit(struct dsv_ctx *ctx, const struct show_args *args,
		       const struct dsv_version *version)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	int rc;

	rc = dsv_commit_info_read(ctx->repo, &version->commit, &info);
	if (rc == 0)
		rc = dsv_show_head(ctx, &info, version);
	return rc < 0 ? rc : show_changes(ctx, args, &info, version);
}

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct show_args *args = argp;
	const struct dsv_strlist *what = &args->what.list;
	struct dsv_version version;
	const char *word = what->n ? what->items[0] : "HEAD";
	const char *colon = strchr(word, ':');
	int rc;

	if (what->n > 1)
		return dsv_fail(DSV_EUSAGE, "'%s' is one argument too many",
				what->items[1]);
	if (colon && !args->id)
		return show_address(ctx, word, colon);
	rc = what->n ? dsv_repo_resolve(ctx->repo, word, &version)
		     : dsv_repo_head(ctx->repo, &version);
	if (rc < 0)
		return rc;
	if (version.at == DSV_AT_NOTHING)
		return dsv_fail(DSV_ENOTFOUND, "there is no commit yet");
	if (args->id)
		return show_ids(ctx, args, &version);
	return show_commit(ctx, args, &version);
}

static const char *const show_forms[] = {
	"[REV]", "REV:PATH", "[REV:]PATH:KEY[:FIELD]", "--id [REV]", NULL,
};

const struct dsv_cmd dsv_cmd_show = {
	.name = "show",
	.group = DSV_GROUP_LOOK,
	.brief = "one commit and what it changed, or one file of it",
	.forms = show_forms,
	.about = "Without REV: HEAD. REV:PATH gives the bytes of a file, out "
		 "of the store where they are; with KEY one record of it. --id "
		 "gives the text of the "
		 "snapshot, so that anyone can check its id with sha256sum.",
	.opts = show_opts,
	.args_size = sizeof(struct show_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = show_run,
};
