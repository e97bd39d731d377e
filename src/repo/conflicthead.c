#include "repo/unmerged.h"

#include <ctype.h>
#include <dsv/error.h>
#include <dsv/text.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define MAGIC	   "dsv-conflict "
#define VERSION	   "1"
#define PATH_LIMIT 65536u /* bytes; git's own limit is 4096 on Linux */
#define KIND_LIMIT 32u

static const char *const stage_names[DSV_STAGES] = {"base", "ours", "theirs"};

void dsv_conflict_head_release(struct dsv_conflict_head *head)
{
	free(head->path);
	free(head->kind);
	*head = (struct dsv_conflict_head)DSV_CONFLICT_HEAD_INIT;
}

void dsv_conflict_head_format(const struct dsv_conflict_head *head,
			      struct dsv_buf *out)
{
	char hex[DSV_OID_HEX];

	dsv_buf_addf(out, MAGIC VERSION "\nkind %s\n", head->kind);
	for (size_t i = 0; i < DSV_STAGES; i++)
		dsv_buf_addf(out, "%s %s\n", stage_names[i],
			     dsv_oid_hex(&head->blobs[i], hex));
	/* the length, since a path may hold line feeds */
	dsv_buf_addf(out, "path %zu %s\n\n", strlen(head->path), head->path);
}

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

static bool parse_oid(struct rest *rest, struct dsv_oid *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *high;
	const char *low;

	if ((size_t)(rest->end - rest->at) < DSV_OID_HEX - 1)
		return false;
	for (size_t i = 0; i < DSV_OID_SIZE; i++) {
		high = memchr(digits, *rest->at++, 16);
		low = memchr(digits, *rest->at++, 16);
		if (!high || !low)
			return false;
		out->bytes[i] =
			(uint8_t)((high - digits) << 4 | (low - digits));
	}
	return true;
}

static bool parse_kind(struct rest *rest, char **out)
{
	size_t len = 0;
	size_t left = (size_t)(rest->end - rest->at);

	while (len < left && len < KIND_LIMIT &&
	       (islower((unsigned char)rest->at[len]) || rest->at[len] == '-'))
		len++;
	if (!len)
		return false;
	*out = dsv_strndup(rest->at, len);
	rest->at += len;
	return true;
}

static bool parse_path(struct rest *rest, char **out)
{
	const char *blank =
		memchr(rest->at, ' ', (size_t)(rest->end - rest->at));
	uint64_t len;

	if (!blank ||
	    !dsv_parse_u64(rest->at, (size_t)(blank - rest->at), &len) ||
	    !len || len > PATH_LIMIT ||
	    len > (uint64_t)(rest->end - blank - 1) ||
	    memchr(blank + 1, '\0', (size_t)len))
		return false;
	*out = dsv_strndup(blank + 1, (size_t)len);
	rest->at = blank + 1 + len;
	return true;
}

static bool parse_fields(struct rest *rest, struct dsv_conflict_head *out)
{
	if (!skip(rest, "kind ") || !parse_kind(rest, &out->kind) ||
	    !skip(rest, "\n"))
		return false;
	for (size_t i = 0; i < DSV_STAGES; i++)
		if (!skip(rest, stage_names[i]) || !skip(rest, " ") ||
		    !parse_oid(rest, &out->blobs[i]) || !skip(rest, "\n"))
			return false;
	return skip(rest, "path ") && parse_path(rest, &out->path) &&
	       skip(rest, "\n\n");
}

int dsv_conflict_head_parse(const char *data, size_t len,
			    struct dsv_conflict_head *out)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_conflict_head old;
	struct rest rest = {data, data + len};

	if (!skip(&rest, MAGIC))
		return dsv_fail(DSV_ECORRUPT, "it does not begin like one");
	if (!skip(&rest, VERSION "\n"))
		return dsv_fail(DSV_EUNSUPPORTED, "its version is not known");
	if (!parse_fields(&rest, &head))
		return dsv_fail(DSV_ECORRUPT, "its head is damaged");
	old = *out;
	*out = head;
	head = old;
	return (int)(rest.at - data);
}
