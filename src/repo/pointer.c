#include "repo/pointer.h"

#include <string.h>

#include <dsv/text.h>

static const char MAGIC[] = "dsv-pointer";
static const char ID_LINE[] = "sha256 ";
static const char SIZE_LINE[] = "size ";

struct rest {
	const char *at;
	const char *end;
};

static bool skip(struct rest *rest, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(rest->end - rest->at) < len ||
	    memcmp(rest->at, text, len) != 0)
		return false;
	rest->at += len;
	return true;
}

/* The shortest decimal form alone, so that a content has one pointer. */
static bool parse_size(struct rest *rest, uint64_t *out)
{
	const char *lf = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
	size_t len;

	if (!lf)
		return false;
	len = (size_t)(lf - rest->at);
	if (len > 1 && *rest->at == '0')
		return false;
	if (!dsv_parse_u64(rest->at, len, out))
		return false;
	rest->at = lf + 1;
	return true;
}

static bool parse_exact(const char *data, size_t len, struct dsv_content *out)
{
	struct rest rest = {data, data + len};
	struct dsv_content content;

	if (!skip(&rest, "dsv-pointer 1\n") || !skip(&rest, ID_LINE))
		return false;
	if ((size_t)(rest.end - rest.at) < DSV_ID_HEX - 1 ||
	    !dsv_id_parse(&content.id, rest.at, DSV_ID_HEX - 1))
		return false;
	rest.at += DSV_ID_HEX - 1;
	if (!skip(&rest, "\n") || !skip(&rest, SIZE_LINE) ||
	    !parse_size(&rest, &content.size) || rest.at != rest.end)
		return false;
	*out = content;
	return true;
}

static bool skip_line(struct rest *rest)
{
	const char *lf = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));

	rest->at = lf ? lf + 1 : rest->end;
	return lf != NULL;
}

/*
 * Does it begin like a pointer? A byte order mark and the lines of a conflict
 * before it (whose first side may be empty, or, with diff3, the base) do not
 * make it data.
 */
static bool looks_like_one(const char *data, size_t len)
{
	static const char *const marks[] = {"<<<<<<<", "|||||||",
					    "=======", ">>>>>>>"};
	struct rest rest = {data, data + len};
	bool marked;

	do {
		skip(&rest, "\xef\xbb\xbf");
		if (skip(&rest, MAGIC))
			return true;
		marked = false;
		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
			marked = marked || skip(&rest, marks[i]);
	} while (marked && skip_line(&rest));
	return false;
}

enum dsv_pointer_kind dsv_pointer_parse(const char *data, size_t len,
					struct dsv_content *out)
{
	if (len > DSV_POINTER_LIMIT)
		return DSV_POINTER_NOT;
	if (parse_exact(data, len, out))
		return DSV_POINTER_EXACT;
	return looks_like_one(data, len) ? DSV_POINTER_DAMAGED
					 : DSV_POINTER_NOT;
}

void dsv_pointer_format(const struct dsv_content *content, struct dsv_buf *out)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "%s 1\n%s%s\n%s%llu\n", MAGIC, ID_LINE,
		     dsv_id_hex(&content->id, hex), SIZE_LINE,
		     (unsigned long long)content->size);
}
