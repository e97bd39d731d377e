#include "history/changelist.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "history/listcodec.h"

struct dsv_changelist {
	struct dsv_buf raw;
	struct dsv_bytes in; /* the changes that are still to come */
	uint64_t left;
	struct dsv_summary summary;
	struct dsv_layout from_layout;
	struct dsv_layout to_layout;
	struct dsv_bridge bridge;
	struct dsv_changer changer;
	struct dsv_differs differs;
	struct dsv_change_state state;
};

static int damaged(void)
{
	return dsv_fail(DSV_ECORRUPT, "damaged change list");
}

#define LOOK_AHEAD 4096u /* changes that show how long the rest gets */

/* Most lists that would be too long are seen to be so without reading all. */
static bool is_hopeless(size_t len, uint64_t n, uint64_t n_all)
{
	return n % LOOK_AHEAD == 0 &&
	       len / n * n_all > DSV_CHANGELIST_MAX / 2 * 3ull;
}

static int write_changes(struct dsv_buf *raw, struct dsv_compare *compare)
{
	const struct dsv_diff_summary *view = &compare->summary.view;
	uint64_t n_all = view->added + view->removed + view->changed;
	size_t before = raw->len;
	uint64_t n = 0;
	struct dsv_emit emit DSV_AUTO(emit) = DSV_EMIT_INIT;
	struct dsv_change_state state = {0};
	struct dsv_change change;
	int rc;

	dsv_emit_init(&emit, compare);
	while ((rc = dsv_emit_next(&emit, &change)) > 0) {
		dsv_change_put(raw, &state, &compare->align.bridge, &change);
		if (raw->len > DSV_CHANGELIST_MAX ||
		    is_hopeless(raw->len - before, ++n, n_all))
			return 0;
	}
	return rc < 0 ? rc : 1;
}

int dsv_changelist_write(struct dsv_buf *out, struct dsv_compare *compare)
{
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_summary_put(&raw, &compare->summary.view);
	rc = write_changes(&raw, compare);
	if (rc <= 0)
		return rc;
	dsv_blocks_put(out, raw.data, raw.len);
	return 1;
}

void dsv_changelist_free(struct dsv_changelist **list)
{
	struct dsv_changelist *old = *list;

	if (!old)
		return;
	dsv_changer_release(&old->changer);
	dsv_differs_release(&old->differs);
	dsv_bridge_release(&old->bridge);
	dsv_layout_release(&old->from_layout);
	dsv_layout_release(&old->to_layout);
	dsv_summary_release(&old->summary);
	dsv_change_state_release(&old->state);
	dsv_buf_release(&old->raw);
	free(old);
	*list = NULL;
}

int dsv_changelist_open(struct dsv_changelist **out,
			const struct dsv_reading *reading,
			struct dsv_cached *cached)
{
	struct dsv_changelist *list DSV_AUTO(changelist) =
		dsv_alloc_zero(1, sizeof(*list));
	const struct dsv_diff_summary *view = &list->summary.view;
	int rc;

	rc = dsv_blocks_get(&list->raw, cached->body, cached->len,
			    DSV_CHANGELIST_MAX);
	if (rc < 0)
		return rc;
	dsv_cached_release(cached);
	list->in = dsv_bytes(list->raw.data, list->raw.len);
	dsv_summary_get(&list->in, &list->summary);
	if (!dsv_bytes_ok(&list->in) || view->n_labels != reading->labels.n)
		return damaged();
	dsv_layout_set(&list->from_layout, reading, view->columns_from);
	dsv_layout_set(&list->to_layout, reading, view->columns_to);
	dsv_bridge_set(&list->bridge, &list->from_layout, &list->to_layout);
	dsv_changer_init(&list->changer, &list->bridge);
	list->left = view->added + view->removed + view->changed;
	*out = dsv_take(&list);
	return 0;
}

const struct dsv_diff_summary *
dsv_changelist_summary(const struct dsv_changelist *list)
{
	return &list->summary.view;
}

int dsv_changelist_next(struct dsv_changelist *list, struct dsv_change *out)
{
	struct dsv_change_state *state = &list->state;
	const struct dsv_record *from;
	const struct dsv_record *to;

	if (list->left == 0)
		return dsv_bytes_left(&list->in) == 0 ? 0 : damaged();
	list->left--;
	dsv_change_get(&list->in, state, &list->bridge);
	if (!dsv_bytes_ok(&list->in))
		return damaged();
	from = state->op == DSV_ADDED ? NULL : &state->from;
	to = state->op == DSV_REMOVED ? NULL : &state->to;
	if (from && to)
		dsv_bridge_compare(&list->bridge, from, to, &list->differs);
	dsv_changer_make(&list->changer, from, to,
			 from && to ? &list->differs : NULL, state->shared,
			 out);
	return 1;
}
