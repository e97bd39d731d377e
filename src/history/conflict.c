#include "history/conflict.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/clean.h"

static const char *const words[] = {
	[DSV_CONFLICT_BOTH_CHANGED] = "both_changed",
	[DSV_CONFLICT_CHANGED_REMOVED] = "changed_removed",
	[DSV_CONFLICT_REMOVED_CHANGED] = "removed_changed",
	[DSV_CONFLICT_BOTH_ADDED] = "both_added",
	[DSV_CONFLICT_DUPLICATE_KEY] = "duplicate_key",
	[DSV_CONFLICT_NO_KEY] = "no_key",
	[DSV_CONFLICT_FILE] = "file",
	[DSV_CONFLICT_GIT] = "git",
};

const char *dsv_conflict_word_name(enum dsv_conflict_word word)
{
	return words[word];
}

static void side_release(struct dsv_conflict_side *side)
{
	for (size_t i = 0; i < side->n; i++)
		free(side->records[i].data);
	free(side->records);
	free(side->value.data);
}

void dsv_conflict_record_release(struct dsv_conflict_record *record)
{
	for (size_t i = 0; i < record->n; i++) {
		struct dsv_conflict_item *item = &record->items[i];

		dsv_strlist_release(&item->key);
		free(item->field);
		for (size_t k = 0; k < DSV_STAGES; k++)
			side_release(&item->sides[k]);
	}
	free(record->items);
	free(record->reason);
	free(record->format);
	dsv_strlist_release(&record->key);
	dsv_strlist_release(&record->labels);
	dsv_conflict_head_release(&record->head);
	*record = (struct dsv_conflict_record)DSV_CONFLICT_RECORD_INIT;
}

struct dsv_conflict_item *
dsv_conflict_record_add(struct dsv_conflict_record *record)
{
	DSV_GROW(record->items, record->cap, record->n + 1);
	memset(&record->items[record->n], 0, sizeof(*record->items));
	return &record->items[record->n++];
}

void dsv_conflict_bytes_set(struct dsv_conflict_bytes *bytes, const char *data,
			    size_t len)
{
	free(bytes->data);
	bytes->data = NULL;
	bytes->len = 0;
	if (!data)
		return;
	bytes->data = dsv_alloc(len + 1);
	memcpy(bytes->data, data, len);
	bytes->data[len] = '\0';
	bytes->len = len;
}

void dsv_conflict_side_add(struct dsv_conflict_side *side, const char *data,
			   size_t len)
{
	side->records =
		dsv_realloc(side->records, side->n + 1, sizeof(*side->records));
	side->records[side->n] = (struct dsv_conflict_bytes){NULL, 0};
	dsv_conflict_bytes_set(&side->records[side->n++], data, len);
}

size_t dsv_conflict_record_open(const struct dsv_conflict_record *record)
{
	size_t n = 0;

	if (record->head.kind && !strcmp(record->head.kind, DSV_CONFLICT_WHOLE))
		return 1;
	for (size_t i = 0; i < record->n; i++)
		n += !record->items[i].resolved;
	return n;
}

int dsv_conflict_record_read(struct dsv_conflict_record *out,
			     struct dsv_repo *repo, const char *path)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct dsv_buf rest DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_conflict_get(repo, path, &record.head, &rest);
	if (rc <= 0)
		return rc;
	rc = dsv_conflict_body_get(&record, dsv_buf_str(&rest), rest.len);
	if (rc < 0)
		return dsv_fail_prefix(rc, "conflict record of '%s'", path);
	dsv_conflict_record_release(out);
	*out = record;
	record = (struct dsv_conflict_record)DSV_CONFLICT_RECORD_INIT;
	return 1;
}

int dsv_conflict_record_write(struct dsv_repo *repo,
			      const struct dsv_conflict_record *record)
{
	struct dsv_buf rest DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_conflict_body_put(&rest, record);
	return dsv_conflict_put(repo, &record->head, rest.data, rest.len);
}
