#include <string.h>

#include <dsv/integrity.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/words.h"

static const struct dsv_opt fsck_opts[] = {
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static const char *where(const struct dsv_version *at, char hex[DSV_OID_HEX])
{
	if (at->at == DSV_AT_COMMIT)
		return dsv_oid_hex(&at->commit, hex);
	return at->at == DSV_AT_INDEX ? "index" : "worktree";
}

static void human_fault(struct dsv_out *out,
			const struct dsv_integrity_fault *fault)
{
	char hex[DSV_OID_HEX], id[DSV_ID_HEX];

	if (fault->pack)
		dsv_buf_addf(&out->buf, "pack %s", fault->pack);
	else
		dsv_words_path(&out->buf, fault->path);
	if (fault->kind != DSV_FAULT_STORE)
		dsv_buf_addf(&out->buf, "  %.*s",
			     fault->at.at == DSV_AT_COMMIT ? 7 : 8,
			     where(&fault->at, hex));
	dsv_out_styled(out, DSV_RED, "  %s", fault->fault);
	if (fault->id)
		dsv_buf_addf(&out->buf, "  %s", dsv_id_hex(fault->id, id));
	dsv_buf_addch(&out->buf, '\n');
}

static void json_fault(struct dsv_out *out,
		       const struct dsv_integrity_fault *fault)
{
	static const char *const kinds[] = {
		[DSV_FAULT_STORE] = "store",
		[DSV_FAULT_CONTENT] = "content",
		[DSV_FAULT_POINTER] = "pointer",
	};
	char hex[DSV_OID_HEX], id[DSV_ID_HEX];

	dsv_jline_open(out, "fault");
	dsv_jline_text(out, "kind", kinds[fault->kind]);
	dsv_jline_text(out, "fault", fault->fault);
	dsv_jline_text(out, "pack", fault->pack);
	dsv_jline_text(out, "sha256",
		       fault->id ? dsv_id_hex(fault->id, id) : NULL);
	dsv_jline_text(out, "path", fault->path);
	dsv_jline_text(out, "at",
		       fault->kind == DSV_FAULT_STORE ? NULL
						      : where(&fault->at, hex));
}

static int on_fault(void *ctx, const struct dsv_integrity_fault *fault)
{
	struct dsv_out *out = ctx;

	if (!out->json) {
		human_fault(out, fault);
		return dsv_out_line(out);
	}
	json_fault(out, fault);
	return dsv_jline_close(out);
}

static int view_result(struct dsv_out *out, const struct dsv_integrity *result)
{
	if (out->json) {
		dsv_jline_open(out, "summary");
		dsv_jline_count(out, "commits", result->commits);
		dsv_jline_count(out, "contents", result->pointers);
		dsv_jline_count(out, "packs", result->packs);
		dsv_jline_count(out, "objects", result->objects);
		dsv_jline_count(out, "bytes", result->bytes);
		dsv_jline_count(out, "faults", result->faults);
		return dsv_jline_close(out);
	}
	if (result->faults) {
		dsv_add_count(&out->buf, result->faults);
		dsv_buf_addf(&out->buf, " %s in ",
			     result->faults == 1 ? "fault" : "faults");
	} else {
		dsv_buf_addstr(&out->buf, "sound: ");
	}
	dsv_add_count(&out->buf, result->commits);
	dsv_buf_addstr(&out->buf,
		       result->commits == 1 ? " commit, " : " commits, ");
	dsv_add_count(&out->buf, result->pointers);
	dsv_buf_addstr(&out->buf,
		       result->pointers == 1 ? " content, " : " contents, ");
	dsv_add_count(&out->buf, result->objects);
	dsv_buf_addstr(&out->buf, " objects in ");
	dsv_add_count(&out->buf, result->packs);
	dsv_buf_addstr(&out->buf, result->packs == 1 ? " pack\n" : " packs\n");
	return dsv_out_line(out);
}

static int fsck_run(struct dsv_ctx *ctx, const void *argp)
{
	struct dsv_integrity result = {0};
	int rc = 0;

	(void)argp;
	if (ctx->out->json) {
		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.fsck/1");
		rc = dsv_jline_close(ctx->out);
	}
	if (rc == 0)
		rc = dsv_integrity_check(ctx->repo, on_fault, ctx->out,
					 &result);
	if (rc == 0)
		rc = view_result(ctx->out, &result);
	return rc < 0 ? rc : result.faults ? DSV_EXIT_NO : 0;
}

const struct dsv_cmd dsv_cmd_fsck = {
	.name = "fsck",
	.group = DSV_GROUP_KEEP,
	.brief = "verify the store, and that all contents are here",
	.about = "Reads every object of the store and every pointer of all "
		 "references, the index and the work tree. Exit 1 where "
		 "something is damaged or missing.",
	.opts = fsck_opts,
	.needs = DSV_NEEDS_REPO,
	.run = fsck_run,
};
