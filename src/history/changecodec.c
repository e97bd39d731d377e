#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/listcodec.h"

#define OP_MASK	    0x3u
#define SHARED	    0x4u
#define FLAGS_KNOWN 0x7u
#define CELLS_MAX   (1u << 20)

static void put_line(struct dsv_buf *out, uint64_t *last, uint64_t line)
{
	int64_t step = (int64_t)(line - *last);

	dsv_put_varint(out, (uint64_t)step << 1 ^ (uint64_t)(step >> 63));
	*last = line;
}

static uint64_t get_line(struct dsv_bytes *in, uint64_t *last)
{
	uint64_t step = dsv_get_varint(in, UINT64_MAX);

	*last += step >> 1 ^ (0 - (step & 1));
	return *last;
}

static void put_field(struct dsv_buf *out, const struct dsv_field *field)
{
	dsv_put_varint(out, (uint64_t)field->len << 2 | (uint64_t)field->kind);
	dsv_buf_add(out, field->text, field->len);
}

static void get_field(struct dsv_bytes *in, struct dsv_field *out)
{
	uint64_t head = dsv_get_varint(in, UINT64_MAX);

	if ((head & 3) > DSV_FIELD_JSON || head >> 2 > dsv_bytes_left(in))
		dsv_bytes_fail(in);
	out->kind = (enum dsv_field_kind)(head & 3);
	out->len = dsv_bytes_ok(in) ? (size_t)(head >> 2) : 0;
	out->text = dsv_get_run(in, out->len);
	if (!out->text)
		*out = (struct dsv_field){"", 0, DSV_FIELD_MISSING};
}

/* Without the missing fields at the end. */
static size_t cells(const struct dsv_record *record)
{
	size_t n = record->n_fields;

	while (n > 0 && record->fields[n - 1].kind == DSV_FIELD_MISSING)
		n--;
	return n;
}

static void put_record(struct dsv_buf *out, const struct dsv_record *record,
		       uint64_t *last_line)
{
	size_t n = cells(record);

	put_line(out, last_line, record->line);
	dsv_put_varint(out, record->issues);
	dsv_put_varint(out, n);
	for (size_t i = 0; i < n; i++)
		put_field(out, &record->fields[i]);
}

/* The older record beside the newer one: the fields that are not the same. */
static bool is_told(const struct dsv_bridge *bridge,
		    const struct dsv_change *change, size_t column)
{
	long to = column < bridge->from->names.n ? bridge->from_to[column] : -1;
	const struct dsv_field *field =
		dsv_record_field(change->from, (long)column);

	if (to < 0)
		return field->kind != DSV_FIELD_MISSING;
	return !dsv_field_equal(field, dsv_record_field(change->to, to));
}

static void put_older(struct dsv_buf *out, const struct dsv_bridge *bridge,
		      const struct dsv_change *change, uint64_t *last_line)
{
	const struct dsv_record *from = change->from;
	size_t n = from->n_fields > bridge->from->names.n
			   ? from->n_fields
			   : bridge->from->names.n;
	size_t told = 0;

	for (size_t i = 0; i < n; i++)
		told += is_told(bridge, change, i);
	put_line(out, last_line, from->line);
	dsv_put_varint(out, from->issues);
	dsv_put_varint(out, told);
	for (size_t i = 0; i < n; i++) {
		if (!is_told(bridge, change, i))
			continue;
		dsv_put_varint(out, i);
		put_field(out, dsv_record_field(from, (long)i));
	}
}

void dsv_change_put(struct dsv_buf *out, struct dsv_change_state *state,
		    const struct dsv_bridge *bridge,
		    const struct dsv_change *change)
{
	dsv_put_u8(out, (uint8_t)((unsigned)change->op |
				  (change->shared_key ? SHARED : 0)));
	if (change->to)
		put_record(out, change->to, &state->to_line);
	if (change->from && change->to)
		put_older(out, bridge, change, &state->from_line);
	else if (change->from)
		put_record(out, change->from, &state->from_line);
}

static void get_record(struct dsv_bytes *in, struct dsv_record *out,
		       struct dsv_field **fields, size_t *cap,
		       uint64_t *last_line)
{
	size_t n;

	*out = (struct dsv_record){.line = get_line(in, last_line)};
	out->issues = (unsigned)dsv_get_varint(in, UINT32_MAX);
	n = (size_t)dsv_get_varint(in, dsv_bytes_left(in));
	DSV_GROW(*fields, *cap, n + 1);
	for (size_t i = 0; i < n; i++)
		get_field(in, &(*fields)[i]);
	out->fields = *fields;
	out->n_fields = n;
}

/* What the newer record says, as far as the older one has it. */
static void copy_common(struct dsv_change_state *state,
			const struct dsv_bridge *bridge)
{
	size_t n = bridge->from->names.n;

	DSV_GROW(state->from_fields, state->from_cap, n + 1);
	for (size_t i = 0; i < n; i++)
		state->from_fields[i] =
			*dsv_record_field(&state->to, bridge->from_to[i]);
	state->from.n_fields = n;
}

static void set_cell(struct dsv_change_state *state, size_t column,
		     const struct dsv_field *field)
{
	DSV_GROW(state->from_fields, state->from_cap, column + 1);
	while (state->from.n_fields <= column)
		state->from_fields[state->from.n_fields++] =
			(struct dsv_field){"", 0, DSV_FIELD_MISSING};
	state->from_fields[column] = *field;
}

static void get_older(struct dsv_bytes *in, struct dsv_change_state *state,
		      const struct dsv_bridge *bridge)
{
	size_t told;

	state->from =
		(struct dsv_record){.line = get_line(in, &state->from_line)};
	state->from.issues = (unsigned)dsv_get_varint(in, UINT32_MAX);
	copy_common(state, bridge);
	told = (size_t)dsv_get_varint(in, dsv_bytes_left(in));
	for (size_t i = 0; i < told && dsv_bytes_ok(in); i++) {
		size_t column = (size_t)dsv_get_varint(in, CELLS_MAX);
		struct dsv_field field;

		get_field(in, &field);
		if (dsv_bytes_ok(in))
			set_cell(state, column, &field);
	}
	state->from.fields = state->from_fields;
}

void dsv_change_get(struct dsv_bytes *in, struct dsv_change_state *state,
		    const struct dsv_bridge *bridge)
{
	uint8_t flags = dsv_get_u8(in);

	if (flags & ~FLAGS_KNOWN || (flags & OP_MASK) > DSV_CHANGED)
		dsv_bytes_fail(in);
	state->op = (enum dsv_op)(flags & OP_MASK);
	state->shared = flags & SHARED;
	if (state->op != DSV_REMOVED)
		get_record(in, &state->to, &state->to_fields, &state->to_cap,
			   &state->to_line);
	if (state->op == DSV_CHANGED)
		get_older(in, state, bridge);
	else if (state->op == DSV_REMOVED)
		get_record(in, &state->from, &state->from_fields,
			   &state->from_cap, &state->from_line);
}

void dsv_change_state_release(struct dsv_change_state *state)
{
	free(state->from_fields);
	free(state->to_fields);
	memset(state, 0, sizeof(*state));
}
