#include "history/listcodec.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "store/chunk.h"

#define BLOCK_LEN   (256u * 1024u)
#define TEXT_MAX    DSV_RECORD_MAX
#define COLUMNS_MAX (1u << 20)

/* Blocks are framed as chunks are, without a dictionary or a base. */
void dsv_blocks_put(struct dsv_buf *out, const char *raw, size_t len)
{
	struct dsv_coding plain = DSV_CODING_INIT;

	dsv_put_u64(out, len);
	for (size_t at = 0; at < len; at += BLOCK_LEN)
		dsv_chunk_encode(DSV_OBJECT_CHUNK, raw + at,
				 len - at < BLOCK_LEN ? len - at : BLOCK_LEN,
				 &plain, out);
}

int dsv_blocks_get(struct dsv_buf *out, const char *data, size_t len,
		   size_t limit)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	uint64_t all = dsv_get_u64(&in);

	if (!dsv_bytes_ok(&in) || all > limit)
		return dsv_fail(DSV_ECORRUPT, "damaged change list");
	dsv_buf_reset(out);
	while (out->len < all) {
		struct dsv_frame frame;
		char *to;
		int rc;

		dsv_frame_read(&frame, &in);
		if (!dsv_bytes_ok(&in) || frame.type != DSV_OBJECT_CHUNK ||
		    frame.encoding > DSV_ENCODING_ZSTD || frame.raw_len == 0 ||
		    frame.raw_len > all - out->len)
			return dsv_fail(DSV_ECORRUPT, "damaged change list");
		to = dsv_buf_reserve(out, frame.raw_len);
		rc = dsv_chunk_decode(&frame, NULL, NULL, 0, to);
		if (rc < 0)
			return rc;
		out->len += frame.raw_len;
	}
	if (dsv_bytes_left(&in) > 0)
		return dsv_fail(DSV_ECORRUPT, "damaged change list");
	dsv_buf_str(out);
	return 0;
}

static void put_text(struct dsv_buf *out, const char *text)
{
	dsv_put_string(out, text, strlen(text));
}

static const char *get_text(struct dsv_bytes *in, struct dsv_arena *arena)
{
	size_t len;
	const char *text = dsv_get_string(in, TEXT_MAX, &len);

	return text ? dsv_arena_copy(arena, text, len) : "";
}

/* A number of things of which each takes at least one byte. */
static size_t get_number(struct dsv_bytes *in)
{
	return (size_t)dsv_get_varint(in, dsv_bytes_left(in));
}

void dsv_strlist_put(struct dsv_buf *out, const struct dsv_strlist *list)
{
	dsv_put_varint(out, list->n);
	for (size_t i = 0; i < list->n; i++)
		put_text(out, list->items[i]);
}

void dsv_strlist_get(struct dsv_bytes *in, struct dsv_strlist *out)
{
	size_t n = get_number(in);

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		size_t len;
		const char *text = dsv_get_string(in, TEXT_MAX, &len);

		if (text && memchr(text, 0, len))
			dsv_bytes_fail(in);
		else if (text)
			dsv_strlist_addn(out, text, len);
	}
}

/* The plain numbers of a summary, in the order of the format. */
#define N_FIGURES 17u

static void figures(struct dsv_diff_summary *view, uint64_t *out[N_FIGURES])
{
	uint64_t *all[N_FIGURES] = {
		&view->records_from,
		&view->records_to,
		&view->added,
		&view->removed,
		&view->changed,
		&view->changed_common,
		&view->relabelled,
		&view->label_changed,
		&view->rekeyed,
		&view->moved,
		&view->unchanged,
		&view->duplicate_keys[0],
		&view->duplicate_keys[1],
		&view->ragged_rows[0],
		&view->ragged_rows[1],
		&view->rows_without_key[0],
		&view->rows_without_key[1],
	};

	memcpy(out, all, sizeof(all));
}

static void put_label(struct dsv_buf *out, const struct dsv_label_diff *label)
{
	put_text(out, label->name);
	dsv_put_varint(out, label->n_values);
	for (size_t i = 0; i < label->n_values; i++) {
		const struct dsv_label_count *value = &label->values[i];

		put_text(out, value->value);
		dsv_put_varint(out, value->before);
		dsv_put_varint(out, value->after);
		dsv_put_varint(out, value->added);
		dsv_put_varint(out, value->removed);
		dsv_put_varint(out, value->in);
		dsv_put_varint(out, value->out);
	}
	dsv_put_varint(out, label->n_transitions);
	for (size_t i = 0; i < label->n_transitions; i++) {
		put_text(out, label->transitions[i].from);
		put_text(out, label->transitions[i].to);
		dsv_put_varint(out, label->transitions[i].n);
	}
}

void dsv_summary_put(struct dsv_buf *out, const struct dsv_diff_summary *view)
{
	struct dsv_diff_summary copy = *view;
	uint64_t *all[N_FIGURES];

	figures(&copy, all);
	for (size_t i = 0; i < N_FIGURES; i++)
		dsv_put_varint(out, *all[i]);
	dsv_put_u8(out, view->clean);
	dsv_strlist_put(out, view->columns_from);
	dsv_strlist_put(out, view->columns_to);
	dsv_strlist_put(out, view->columns_added);
	dsv_strlist_put(out, view->columns_removed);
	dsv_put_varint(out, view->n_labels);
	for (size_t i = 0; i < view->n_labels; i++)
		put_label(out, &view->labels[i]);
	dsv_put_varint(out, view->n_fields);
	for (size_t i = 0; i < view->n_fields; i++) {
		put_text(out, view->fields[i].name);
		dsv_put_varint(out, view->fields[i].n);
	}
	dsv_put_varint(out, view->n_issues);
	for (size_t i = 0; i < view->n_issues; i++) {
		dsv_put_u8(out, view->issues[i].to);
		dsv_put_varint(out, (uint64_t)view->issues[i].issue);
		dsv_put_varint(out, view->issues[i].line);
		dsv_put_varint(out, view->issues[i].count);
	}
}

static void get_values(struct dsv_bytes *in, struct dsv_arena *arena,
		       struct dsv_label_diff *out)
{
	size_t n = get_number(in);
	struct dsv_label_count *values =
		dsv_arena_alloc(arena, (n + 1) * sizeof(*values));

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		values[i].value = get_text(in, arena);
		values[i].before = dsv_get_varint(in, UINT64_MAX);
		values[i].after = dsv_get_varint(in, UINT64_MAX);
		values[i].added = dsv_get_varint(in, UINT64_MAX);
		values[i].removed = dsv_get_varint(in, UINT64_MAX);
		values[i].in = dsv_get_varint(in, UINT64_MAX);
		values[i].out = dsv_get_varint(in, UINT64_MAX);
	}
	out->values = values;
	out->n_values = n;
}

static void get_transitions(struct dsv_bytes *in, struct dsv_arena *arena,
			    struct dsv_label_diff *out)
{
	size_t n = get_number(in);
	struct dsv_transition *all =
		dsv_arena_alloc(arena, (n + 1) * sizeof(*all));

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		all[i].from = get_text(in, arena);
		all[i].to = get_text(in, arena);
		all[i].n = dsv_get_varint(in, UINT64_MAX);
	}
	out->transitions = all;
	out->n_transitions = n;
}

static void get_labels(struct dsv_bytes *in, struct dsv_summary *out)
{
	size_t n = get_number(in);
	struct dsv_label_diff *labels =
		dsv_arena_alloc(&out->arena, (n + 1) * sizeof(*labels));

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		labels[i].name = get_text(in, &out->arena);
		get_values(in, &out->arena, &labels[i]);
		get_transitions(in, &out->arena, &labels[i]);
	}
	out->view.labels = labels;
	out->view.n_labels = n;
}

static void get_fields(struct dsv_bytes *in, struct dsv_summary *out)
{
	size_t n = get_number(in);
	struct dsv_field_count *fields =
		dsv_arena_alloc(&out->arena, (n + 1) * sizeof(*fields));

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		fields[i].name = get_text(in, &out->arena);
		fields[i].n = dsv_get_varint(in, UINT64_MAX);
	}
	out->view.fields = fields;
	out->view.n_fields = n;
}

static void get_issues(struct dsv_bytes *in, struct dsv_summary *out)
{
	size_t n = get_number(in);
	struct dsv_issue_line *lines =
		dsv_arena_alloc(&out->arena, (n + 1) * sizeof(*lines));

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		lines[i].to = dsv_get_u8(in);
		lines[i].issue = (enum dsv_issue)dsv_get_varint(
			in, (1u << DSV_ISSUE_KINDS) - 1);
		lines[i].line = dsv_get_varint(in, UINT64_MAX);
		lines[i].count = dsv_get_varint(in, UINT64_MAX);
	}
	out->view.issues = lines;
	out->view.n_issues = n;
}

void dsv_summary_get(struct dsv_bytes *in, struct dsv_summary *out)
{
	uint64_t *all[N_FIGURES];

	figures(&out->view, all);
	for (size_t i = 0; i < N_FIGURES; i++)
		*all[i] = dsv_get_varint(in, UINT64_MAX);
	out->view.clean = dsv_get_u8(in);
	for (size_t i = 0; i < 4; i++)
		dsv_strlist_get(in, &out->columns[i]);
	get_labels(in, out);
	get_fields(in, out);
	get_issues(in, out);
	dsv_summary_link(out);
}
