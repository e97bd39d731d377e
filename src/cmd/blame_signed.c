#include <stdlib.h>
#include <string.h>

#include "cmd/blame_view.h"

int dsv_blame_roles(const struct dsv_blame_signed *signs,
		    const struct dsv_blame_origin *origin,
		    const struct dsv_strlist **out)
{
	static const struct dsv_strlist none = DSV_STRLIST_INIT;
	const struct dsv_signed_data *data;
	int rc;

	*out = &none;
	if (!dsv_signed_exists(signs->said))
		return 0;
	rc = dsv_signed_of_path(signs->said, &origin->commit.oid, origin->path,
				&data);
	if (rc == 0)
		*out = &data->roles;
	return rc;
}

int dsv_blame_add_roles(struct dsv_blame_signed *signs,
			const struct dsv_blame_origin *origin,
			struct dsv_buf *out)
{
	const struct dsv_strlist *roles;
	int rc = dsv_blame_roles(signs, origin, &roles);

	if (rc < 0) {
		signs->rc = rc;
		return 0;
	}
	for (size_t i = 0; i < roles->n; i++) {
		if (i > 0)
			dsv_buf_addch(out, ' ');
		dsv_buf_addstr(out, roles->items[i]);
	}
	return roles->n > 0;
}

void dsv_blame_json_roles(struct dsv_out *out, struct dsv_blame_signed *signs,
			  const struct dsv_blame_origin *origin)
{
	const struct dsv_strlist *roles;
	int rc = dsv_blame_roles(signs, origin, &roles);

	if (rc < 0)
		signs->rc = rc;
	if (dsv_signed_fault(signs->said))
		dsv_jline_text(out, "signed_off", NULL);
	else
		dsv_jline_list(out, "signed_off", roles);
}

static int by_count(const void *ap, const void *bp)
{
	const struct dsv_blame_share *a = ap;
	const struct dsv_blame_share *b = bp;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void add_share(struct dsv_blame_shares *shares, const char *name,
		      uint64_t records)
{
	struct dsv_blame_share *items;
	size_t k = 0;

	while (k < shares->n && strcmp(shares->items[k].name, name) != 0)
		k++;
	if (k == shares->n) {
		items = realloc(shares->items, (k + 1) * sizeof(*items));
		if (!items)
			abort();
		shares->items = items;
		shares->items[shares->n++] =
			(struct dsv_blame_share){.name = name};
	}
	shares->items[k].n += records;
}

static int add_origin(struct dsv_blame_shares *out, enum dsv_blame_by by,
		      const struct dsv_blame_show *show,
		      const struct dsv_blame_origin *origin)
{
	const struct dsv_strlist *roles;
	const char *name = by == DSV_BLAME_BY_AUTHOR
				   ? origin->commit.author.name
				   : origin->guideline;
	int rc;

	if (by != DSV_BLAME_BY_ROLE) {
		add_share(out, name ? name : "-", origin->records);
		return 0;
	}
	rc = dsv_blame_roles(&show->signs, origin, &roles);
	if (rc < 0)
		return rc;
	if (roles->n == 0)
		add_share(out, "-", origin->records);
	for (size_t i = 0; i < roles->n; i++)
		add_share(out, roles->items[i], origin->records);
	return 0;
}

int dsv_blame_shares_read(struct dsv_blame_shares *out,
			  const struct dsv_blame_show *show,
			  enum dsv_blame_by by)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < info->n_origins; i++)
		rc = add_origin(out, by, show, info->origins[i]);
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_count);
	return rc;
}

void dsv_blame_shares_release(struct dsv_blame_shares *shares)
{
	free(shares->items);
	*shares = (struct dsv_blame_shares)DSV_BLAME_SHARES_INIT;
}
