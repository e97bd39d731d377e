#include "cmd/sharing_view.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/evidence.h>
#include <dsv/setup.h>
#include <dsv/text.h>

#include "cmd/hook_words.h"

int dsv_sharing_choose(struct dsv_ctx *ctx, const char *typed, char **out)
{
	int rc;

	if (typed) {
		*out = strdup(typed);
		return 0;
	}
	rc = dsv_sharing_remote(ctx->repo, out);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	dsv_fail(DSV_EUSAGE, "no remote is set");
	return dsv_hint(DSV_EUSAGE, "dsv remote add origin URL");
}

void dsv_sharing_words(struct dsv_out *out, const struct dsv_sharing_stats *st,
		       const char *done)
{
	if (st->packs == 0 && st->bytes == 0 && st->objects == 0)
		return;
	dsv_buf_addstr(&out->buf, "data      ");
	dsv_add_size(&out->buf, st->bytes);
	dsv_buf_addf(&out->buf, " %s", done);
	if (st->packs) {
		dsv_buf_addstr(&out->buf, " in ");
		dsv_add_count(&out->buf, st->packs);
		dsv_buf_addstr(&out->buf, st->packs == 1 ? " pack" : " packs");
	}
	dsv_buf_addch(&out->buf, '\n');
}

void dsv_sharing_json(struct dsv_out *out, const struct dsv_sharing_stats *st)
{
	dsv_jline_object(out, "data");
	dsv_jline_count(out, "contents", st->contents);
	dsv_jline_count(out, "objects", st->objects);
	dsv_jline_count(out, "packs", st->packs);
	dsv_jline_count(out, "bytes", st->bytes);
	dsv_jline_end(out, '}');
}

int dsv_sharing_unite(struct dsv_ctx *ctx)
{
	return dsv_evidence_unite(ctx->repo);
}

int dsv_sharing_set_up(struct dsv_ctx *ctx, uint64_t *written,
		       uint64_t *missing)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;
	struct dsv_buf program DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!dsv_repo_workdir(ctx->repo))
		return 0;
	rc = dsv_hook_words_program(&program);
	if (rc == 0)
		rc = dsv_setup(ctx->repo, dsv_buf_str(&program), &setup);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < DSV_N_HOOKS; i++)
		dsv_hook_words_line(&setup.hooks[i]);
	*written = setup.written.n;
	*missing = setup.missing;
	return 0;
}
