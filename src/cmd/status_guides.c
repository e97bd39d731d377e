#include <string.h>

#include <dsv/guideline_diff.h>

#include "cmd/status_read.h"

#define FOLDER "guidelines/"

/* "guidelines/ID.md": the id, else nothing. */
static bool id_of(const char *path, struct dsv_buf *out)
{
	size_t len = strlen(path);

	if (strncmp(path, FOLDER, strlen(FOLDER)) != 0 || len < 4 ||
	    strcmp(path + len - 3, ".md") != 0)
		return false;
	dsv_buf_add(out, path + strlen(FOLDER), len - strlen(FOLDER) - 3);
	return out->len > 0;
}

/* Nothing where the version has taken the step that the change needs. */
static void say(struct dsv_buf *out, const struct dsv_guideline_text *from,
		const struct dsv_guideline_text *to)
{
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;
	const char *was = from->front.version;
	const char *is = to->front.version;
	bool back;
	enum dsv_bump done = dsv_bump_between(was, is, &back);

	dsv_guideline_diff(&diff, from, to);
	if (back)
		dsv_buf_addf(out, "edited, version %s is below %s", is, was);
	else if (done >= diff.needs)
		return;
	else if (done == DSV_BUMP_NONE)
		dsv_buf_addf(out, "edited, version still %s", is);
	else
		dsv_buf_addf(out, "edited, %s to %s is no %s version", was, is,
			     dsv_bump_word(diff.needs));
	dsv_buf_addstr(out, ": dsv guideline bump");
}

/* One that cannot be read is told of as a problem of its dataset. */
static int read_one(struct dsv_ctx *ctx, const struct dsv_version *head,
		    const struct dsv_version *version, const char *id,
		    struct dsv_buf *out)
{
	struct dsv_guideline_text from DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text to DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	int rc = dsv_guideline_text_read(&from, ctx->repo, head, id);

	if (rc == 0)
		rc = dsv_guideline_text_read(&to, ctx->repo, version, id);
	if (rc == 0)
		say(out, &from, &to);
	if (rc == DSV_ECANCELLED)
		return rc;
	dsv_error_clear();
	return 0;
}

int dsv_status_read_guides(struct dsv_status_side *side, struct dsv_ctx *ctx,
			   const struct dsv_status_files *files,
			   const struct dsv_version *head,
			   const struct dsv_version *version)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < files->n; i++) {
		struct dsv_buf id DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf note DSV_AUTO(buf) = DSV_BUF_INIT;

		if (files->items[i].change != DSV_PATH_MODIFIED ||
		    head->at == DSV_AT_NOTHING ||
		    !id_of(files->items[i].path, &id))
			continue;
		rc = read_one(ctx, head, version, dsv_buf_str(&id), &note);
		if (rc < 0 || !note.len)
			continue;
		dsv_strlist_add(&side->guidelines, files->items[i].path);
		dsv_strlist_add(&side->notes, dsv_buf_str(&note));
	}
	return rc;
}

const char *dsv_status_note_of(const struct dsv_status_side *side,
			       const char *path)
{
	long at = dsv_strlist_find(&side->guidelines, path);

	return at < 0 ? NULL : side->notes.items[at];
}
