#include "cmd/faults.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/propose.h>

#include "cmd/propose_view.h"
#include "cmd/words.h"

/* Bytes of a file that is read once more to name its faults one by one: a
 * tenth of a second of reading. */
#define LOOK_AGAIN_MAX (16u * 1024u * 1024u)

void dsv_faults_release(struct dsv_faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++)
		free(faults->items[i].path);
	free(faults->items);
	dsv_buf_release(&faults->text);
	memset(faults, 0, sizeof(*faults));
}

static void add_item(struct dsv_faults *faults, const char *path,
		     const struct dsv_issue_line *line)
{
	struct dsv_fault *item;

	faults->items = realloc(faults->items,
				(faults->n + 1) * sizeof(*faults->items));
	if (!faults->items)
		abort();
	item = &faults->items[faults->n++];
	item->path = strdup(path);
	item->issue = line->issue;
	item->line = line->line;
	item->count = line->count;
}

static void add_text(struct dsv_faults *faults, const char *path,
		     const struct dsv_diff_summary *summary)
{
	size_t i;

	for (i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *line = &summary->issues[i];

		if (!line->to)
			continue;
		dsv_buf_addstr(&faults->text, "  ");
		dsv_words_path(&faults->text, path);
		dsv_buf_addf(&faults->text, ":%llu  ",
			     (unsigned long long)line->line);
		dsv_words_issue(&faults->text, line->issue, line->count);
		dsv_buf_addch(&faults->text, '\n');
	}
}

/* True where the lines were named one by one. */
static bool look_again(struct dsv_faults *faults, struct dsv_ctx *ctx,
		       const struct dsv_file_info *info)
{
	struct dsv_proposal look DSV_AUTO(proposal) = DSV_PROPOSAL_INIT;
	struct dsv_propose_opts opts = {
		.format = info->format,
		.key = info->key,
		.labels = info->labels,
	};

	if (info->size_to > LOOK_AGAIN_MAX || !dsv_repo_workdir(ctx->repo))
		return false;
	if (dsv_propose(&look, ctx->repo, info->path, &opts) < 0 ||
	    look.size != info->size_to || !look.n_issues) {
		dsv_error_clear();
		return false;
	}
	dsv_propose_view_issues(&faults->text, &look, "  ");
	return true;
}

void dsv_faults_add(struct dsv_faults *faults, struct dsv_ctx *ctx,
		    const struct dsv_file_info *info,
		    const struct dsv_diff_summary *summary)
{
	size_t i, n = faults->n;

	for (i = 0; i < summary->n_issues; i++)
		if (summary->issues[i].to)
			add_item(faults, info->path, &summary->issues[i]);
	if (faults->n > n && !look_again(faults, ctx, info))
		add_text(faults, info->path, summary);
}

int dsv_faults_json(struct dsv_out *out, const struct dsv_faults *faults)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < faults->n; i++) {
		const struct dsv_fault *fault = &faults->items[i];

		dsv_jline_open(out, "issue");
		dsv_jline_text(out, "path", fault->path);
		dsv_jline_text(out, "issue", dsv_issue_word(fault->issue));
		dsv_jline_count(out, "line", fault->line);
		dsv_jline_count(out, "count", fault->count);
		rc = dsv_jline_close(out);
	}
	return rc;
}
