#include <dsv/guideline_text.h>

#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "dataset/document.h"
#include "repo/blobs.h"

/* Behind the second line "---". The front matter has been read by now, so it
 * is there. */
static size_t find_body(const char *data, size_t len)
{
	const char *end = data + len;
	const char *at = data;
	unsigned fences = 0;

	while (at < end && fences < 2) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *next = feed ? feed + 1 : end;

		if (at == data && len >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
			at += 3;
		if (next - at >= 3 && memcmp(at, "---", 3) == 0 &&
		    (at + 3 == end || at[3] == '\n' || at[3] == '\r'))
			fences++;
		at = next;
	}
	return (size_t)(at - data);
}

int dsv_guideline_text_parse(struct dsv_guideline_text *out, const char *data,
			     size_t len, const char *name)
{
	struct dsv_guideline front = DSV_GUIDELINE_INIT;
	int rc;

	rc = dsv_guideline_parse(&front, data, len, name);
	if (rc < 0)
		return rc;
	out->front = front;
	dsv_rules_parse(&out->rules, data, len);
	dsv_buf_add(&out->bytes, data, len);
	out->body = find_body(data, len);
	return 0;
}

int dsv_guideline_text_read(struct dsv_guideline_text *out,
			    struct dsv_repo *repo,
			    const struct dsv_version *version, const char *id)
{
	struct dsv_guideline front DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_guideline_read(repo, version, id, &front);
	if (rc < 0)
		return rc;
	rc = dsv_document_read(repo, version, front.path, DSV_GUIDELINE_MAX,
			       &bytes);
	if (rc < 0)
		return rc;
	dsv_document_name(version, front.path, &name);
	return dsv_guideline_text_parse(out, dsv_buf_str(&bytes), bytes.len,
					dsv_buf_str(&name));
}

int dsv_guideline_text_blob(struct dsv_guideline_text *out,
			    struct dsv_repo *repo, const struct dsv_oid *blob,
			    const char *name)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_blob_read(repo, blob, DSV_GUIDELINE_MAX, &bytes);
	if (rc < 0)
		return rc;
	return dsv_guideline_text_parse(out, dsv_buf_str(&bytes), bytes.len,
					name);
}

void dsv_guideline_text_release(struct dsv_guideline_text *text)
{
	dsv_buf_release(&text->bytes);
	dsv_guideline_release(&text->front);
	dsv_rules_release(&text->rules);
	text->body = 0;
}
