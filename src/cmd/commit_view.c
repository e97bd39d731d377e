#include "cmd/commit_view.h"

#include <dsv/error.h>
#include <dsv/totals.h>
#include <dsv/trailers.h>

#include "cli/term.h"
#include "cmd/totals_view.h"
#include "cmd/words.h"

int dsv_commit_view_trailers(void *unused, struct dsv_repo *repo,
			     const struct dsv_version *parents,
			     size_t n_parents, struct dsv_buf *out)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};

	(void)unused;
	return dsv_trailers_compose(repo, parents, n_parents, &index, out);
}

static int view(struct dsv_out *out, const struct dsv_oid *commit,
		const struct dsv_totals *totals, bool compared)
{
	size_t i;

	for (i = 0; i < totals->n || i == 0; i++) {
		if (i)
			dsv_buf_addstr(&out->buf, "       ");
		else
			dsv_words_short(&out->buf, commit);
		if (i < totals->n) {
			dsv_buf_addstr(&out->buf, "  ");
			dsv_words_path(&out->buf, totals->items[i].name);
			dsv_buf_addstr(&out->buf, "  ");
			dsv_total_words(&out->buf, &totals->items[i], true);
		} else {
			dsv_buf_addstr(&out->buf,
				       compared ? "  no data changed" : "");
		}
		dsv_buf_addch(&out->buf, '\n');
	}
	return dsv_out_line(out);
}

int dsv_commit_view(struct dsv_ctx *ctx, const struct dsv_version *parent,
		    const struct dsv_oid *commit)
{
	struct dsv_totals totals DSV_AUTO(totals) = DSV_TOTALS_INIT;
	struct dsv_diff_opts opts = {
		.from = *parent,
		.to = {.at = DSV_AT_COMMIT, .commit = *commit},
	};

	bool compared = dsv_totals_read(&totals, ctx->repo, &opts) >= 0;

	if (!compared) {
		dsv_term_say("committed, but its records cannot be compared: "
			     "%s",
			     dsv_error_message());
		dsv_error_clear();
	}
	return view(ctx->out, commit, &totals, compared);
}
