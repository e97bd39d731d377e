#include <dsv/conflicts.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "format/json_value.h"
#include "history/conflict.h"
#include "history/named.h"
#include "repo/sides.h"

void dsv_conflicts_release(struct dsv_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->n; i++) {
		struct dsv_path_conflicts *path = &conflicts->items[i];

		for (size_t k = 0; k < path->n; k++) {
			struct dsv_conflict *item = &path->items[k];

			dsv_strlist_release(&item->key);
			free(item->address);
			free(item->field);
			free(item->reason);
			for (size_t s = 0; s < DSV_STAGES; s++)
				free(item->values[s]);
		}
		free(path->items);
		free(path->path);
	}
	free(conflicts->items);
	free(conflicts->ours);
	free(conflicts->theirs);
	*conflicts = (struct dsv_conflicts)DSV_CONFLICTS_INIT;
}

/* A cell or a JSON string without its quotes; other bytes as they are. */
static char *plain_text(const char *format,
			const struct dsv_conflict_bytes *raw)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *end = raw->data + raw->len;

	if (raw->len < 2 || raw->data[0] != '"' || end[-1] != '"') {
		dsv_buf_add(&out, raw->data, raw->len);
	} else if (strcmp(format, "jsonl") == 0) {
		dsv_json_decode(raw->data + 1, end - 1, &out);
	} else {
		for (const char *p = raw->data + 1; p < end - 1; p++) {
			dsv_buf_addch(&out, *p);
			if (*p == '"')
				p++;
		}
	}
	dsv_buf_str(&out);
	return dsv_buf_detach(&out);
}

static char *side_text(const struct dsv_conflict_record *record,
		       const struct dsv_conflict_item *item, size_t s)
{
	const struct dsv_conflict_side *side = &item->sides[s];
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (item->field)
		return side->value.data
			       ? plain_text(record->format, &side->value)
			       : NULL;
	for (size_t i = 0; i < side->n; i++) {
		if (i)
			dsv_buf_addch(&out, '\n');
		dsv_buf_add(&out, side->records[i].data, side->records[i].len);
	}
	dsv_buf_str(&out);
	return side->n ? dsv_buf_detach(&out) : NULL;
}

static char *address_of(const struct dsv_conflict_record *record, size_t item)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_named_add(&out, record, item);
	dsv_buf_str(&out);
	return dsv_buf_detach(&out);
}

static void take_items(struct dsv_path_conflicts *out,
		       const struct dsv_conflict_record *record)
{
	out->n = record->n;
	out->items = dsv_alloc_zero(record->n, sizeof(*out->items));
	out->n_open = dsv_conflict_record_open(record);
	for (size_t i = 0; i < record->n; i++) {
		const struct dsv_conflict_item *item = &record->items[i];
		struct dsv_conflict *to = &out->items[i];

		to->address = address_of(record, i);
		to->word = item->word;
		to->resolved = item->resolved;
		dsv_strlist_copy(&to->key, &item->key);
		to->field = item->field ? dsv_strdup(item->field) : NULL;
		for (size_t s = 0; s < DSV_STAGES; s++)
			to->values[s] = side_text(record, item, s);
	}
}

/* Of the whole file: git's own, or one that could not be merged by record. */
static void take_whole(struct dsv_path_conflicts *out,
		       enum dsv_conflict_word word, const char *reason)
{
	out->n = out->n_open = 1;
	out->items = dsv_alloc_zero(1, sizeof(*out->items));
	out->items[0].word = word;
	out->items[0].address = dsv_strdup(out->path);
	out->items[0].reason = reason ? dsv_strdup(reason) : NULL;
}

static int read_path(struct dsv_repo *repo, const struct dsv_unmerged *at,
		     struct dsv_path_conflicts *out)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	int rc = dsv_conflict_is_live(repo, at->path);

	out->path = dsv_strdup(at->path);
	if (rc > 0)
		rc = dsv_conflict_record_read(&record, repo, at->path);
	if (rc == DSV_ECORRUPT) {
		take_whole(out, DSV_CONFLICT_FILE, dsv_error_message());
		dsv_error_clear();
		return 0;
	}
	if (rc < 0)
		return rc;
	if (rc == 0)
		take_whole(out, DSV_CONFLICT_GIT, NULL);
	else if (strcmp(record.head.kind, DSV_CONFLICT_RECORDS) == 0)
		take_items(out, &record);
	else
		take_whole(out, DSV_CONFLICT_FILE, record.reason);
	return 0;
}

static char *describe(struct dsv_repo *repo, const struct dsv_joined *side)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	char hex[DSV_OID_HEX];

	if (!side->known)
		return NULL;
	if (dsv_commit_info_read(repo, &side->commit, &info) < 0) {
		dsv_error_clear();
		return NULL;
	}
	return dsv_strf("%s%s%.7s %s", side->name ? side->name : "",
			side->name ? " " : "", dsv_oid_hex(&side->commit, hex),
			info.subject);
}

static void name_sides(struct dsv_conflicts *out, struct dsv_repo *repo,
		       const struct dsv_unmerged_list *list)
{
	struct dsv_sides sides DSV_AUTO(sides) = DSV_SIDES_INIT;
	const struct dsv_unmerged *at = list->n ? &list->items[0] : NULL;

	dsv_sides_read(&sides, repo, at ? at->path : NULL,
		       at ? &at->stages[2].blob : NULL);
	out->operation = sides.operation;
	out->next = dsv_sides_next(&sides);
	out->ours = describe(repo, &sides.ours);
	out->theirs = describe(repo, &sides.theirs);
}

int dsv_conflicts_read(struct dsv_conflicts *out, struct dsv_repo *repo,
		       const struct dsv_strlist *paths)
{
	struct dsv_unmerged_list list DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	int rc = dsv_unmerged_list(repo, paths, &list);

	if (rc < 0)
		return rc;
	out->items = dsv_alloc_zero(list.n + 1, sizeof(*out->items));
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		out->n = i + 1;
		rc = read_path(repo, &list.items[i], &out->items[i]);
	}
	if (rc == 0)
		name_sides(out, repo, &list);
	return rc;
}
