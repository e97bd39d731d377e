#ifndef DSV_GUIDELINE_TEXT_H
#define DSV_GUIDELINE_TEXT_H

#include <dsv/guideline.h>
#include <dsv/rules.h>

/*
 * A whole guideline: its bytes, its front matter, its tables.
 *
 *	rc = dsv_guideline_text_read(&text, repo, &version, "sentiment");
 *	use(text.front.version, text.rules.labels);
 *	dsv_guideline_text_release(&text);
 */
struct dsv_guideline_text {
	struct dsv_buf bytes;
	struct dsv_guideline front;
	struct dsv_rules rules;
	size_t body; /* where in bytes the front matter has ended */
};

#define DSV_GUIDELINE_TEXT_INIT \
	{                       \
		0               \
	}

/** name stands in messages. Errors are those of dsv_guideline_parse(). */
int dsv_guideline_text_parse(struct dsv_guideline_text *out, const char *data,
			     size_t len, const char *name);
/** Errors are those of dsv_guideline_read(). */
int dsv_guideline_text_read(struct dsv_guideline_text *out,
			    struct dsv_repo *repo,
			    const struct dsv_version *version, const char *id);
/** One that history holds, by its blob. */
int dsv_guideline_text_blob(struct dsv_guideline_text *out,
			    struct dsv_repo *repo, const struct dsv_oid *blob,
			    const char *name);
void dsv_guideline_text_release(struct dsv_guideline_text *text);

DSV_AUTO_RELEASE(guideline_text)

#endif
