#include "history/named.h"

#include <string.h>

#include <dsv/address.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

void dsv_named_add(struct dsv_buf *out,
		   const struct dsv_conflict_record *record, size_t item)
{
	const struct dsv_conflict_item *at = &record->items[item];

	dsv_buf_addf(out, "%s:", record->head.path);
	if (!record->key.n) {
		dsv_buf_addf(out, "#%zu", item + 1);
		return;
	}
	dsv_address_add_key(out, &at->key);
	if (!at->field)
		return;
	dsv_buf_addch(out, ':');
	dsv_address_add_part(out, at->field, strlen(at->field));
}

static const struct dsv_unmerged *
find_path(const struct dsv_unmerged_list *list, const char *path)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i].path, path) == 0)
			return &list->items[i];
	return NULL;
}

/* The path in conflict that the first len bytes name. */
static const struct dsv_unmerged *
find_typed(struct dsv_repo *repo, const struct dsv_unmerged_list *list,
	   const char *typed, size_t len)
{
	const struct dsv_unmerged *at = NULL;
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&head, typed, len);
	if (dsv_repo_path(repo, dsv_buf_str(&head), &path) < 0)
		dsv_error_clear();
	else
		at = find_path(list, dsv_buf_str(&path));
	return at ? at : find_path(list, dsv_buf_str(&head));
}

void dsv_named_read(struct dsv_named *out, struct dsv_repo *repo,
		    const struct dsv_unmerged_list *list, const char *typed)
{
	size_t len = strlen(typed);

	*out = (struct dsv_named){.typed = typed};
	out->at = find_typed(repo, list, typed, len);
	while (!out->at && len > 0) {
		if (typed[--len] != ':')
			continue;
		out->at = find_typed(repo, list, typed, len);
		out->rest = typed + len + 1;
	}
}

bool dsv_named_has(const struct dsv_named *named,
		   const struct dsv_conflict_record *record, size_t item)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf field DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf own DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_conflict_item *at = &record->items[item];
	uint64_t number;
	bool has_field;

	if (!named->rest)
		return true;
	if (!record->key.n)
		return named->rest[0] == '#' &&
		       dsv_parse_u64(named->rest + 1, strlen(named->rest + 1),
				     &number) &&
		       number == item + 1;
	has_field = dsv_address_split(named->rest, &key, &field);
	dsv_address_add_key(&own, &at->key);
	if (strcmp(dsv_buf_str(&own), dsv_buf_str(&key)) != 0)
		return false;
	return !has_field ||
	       (at->field && strcmp(at->field, dsv_buf_str(&field)) == 0);
}

static size_t common_len(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/* Spelled alike; else what begins alike, in the same file at least. */
static const char *nearest(const struct dsv_named *named,
			   const struct dsv_strlist *open)
{
	const char *best = dsv_nearest(named->typed, open);
	size_t longest = 0;

	if (best || !named->at)
		return best;
	for (size_t i = 0; i < open->n; i++) {
		const char *address = open->items[i];
		size_t len = common_len(address, named->at->path);

		if (len < strlen(named->at->path) ||
		    (address[len] && address[len] != ':'))
			continue;
		if (named->rest && address[len])
			len += common_len(address + len + 1, named->rest) + 1;
		if (len <= longest)
			continue;
		longest = len;
		best = address;
	}
	return best;
}

int dsv_named_unknown(struct dsv_repo *repo, const struct dsv_named *named)
{
	struct dsv_conflicts all DSV_AUTO(conflicts) = DSV_CONFLICTS_INIT;
	struct dsv_strlist open DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;
	int rc = dsv_conflicts_read(&all, repo, NULL);

	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.items[i].n; k++)
			if (!all.items[i].items[k].resolved)
				dsv_strlist_add(&open,
						all.items[i].items[k].address);
	if (rc < 0)
		return rc;
	near = nearest(named, &open);
	dsv_fail(DSV_ENOTFOUND, "no open conflict at '%s'", named->typed);
	if (near)
		return dsv_hint(DSV_ENOTFOUND,
				"did you mean '%s'? dsv conflicts lists all",
				near);
	return dsv_hint(DSV_ENOTFOUND, open.n ? "dsv conflicts lists what is "
						"open"
					      : "none is open");
}
