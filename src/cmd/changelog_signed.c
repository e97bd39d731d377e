#include "cmd/changelog_view.h"
#include "cmd/signed_view.h"

/* The same data in another commit is told there. */
static int is_told(const struct dsv_changelog_show *show,
		   const struct dsv_changelog_group *group,
		   const struct dsv_oid *at, const struct dsv_oid *end)
{
	const struct dsv_signed_data *data;
	const struct dsv_signed_data *other;
	int rc = dsv_signed_at(show->said, at, group->name, &data);

	if (rc == 0)
		rc = dsv_signed_at(show->said, end, group->name, &other);
	if (rc < 0)
		return rc;
	return data->has_snapshot && other->has_snapshot &&
	       dsv_id_equal(&data->snapshot, &other->snapshot);
}

int dsv_changelog_signed(const struct dsv_changelog_show *show,
			 const struct dsv_changelog_group *group,
			 const struct dsv_oid *at, const struct dsv_oid *end,
			 struct dsv_strlist *out)
{
	struct dsv_signed_view view = {show->said, at, group->name};
	int rc = 0;

	if (!group->is_dataset || !dsv_signed_exists(show->said))
		return 0;
	if (end)
		rc = is_told(show, group, at, end);
	return rc ? (rc < 0 ? rc : 0) : dsv_signed_lines(&view, out);
}

int dsv_changelog_json_signed(struct dsv_out *out,
			      const struct dsv_changelog_show *show,
			      const struct dsv_changelog_groups *groups,
			      const struct dsv_oid *at)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < groups->n; i++) {
		struct dsv_signed_view view = {show->said, at,
					       groups->items[i].name};

		if (groups->items[i].is_dataset)
			rc = dsv_signed_json(out, &view);
	}
	return rc;
}
