#include "history/blame_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/extents.h"
#include "history/groups.h"
#include "repo/repo.h"

/*
 * The bytes of a piece are decoded, cut into records and looked up by one
 * thread while they are in its cache. Pieces stay in memory until their records
 * have been handed on: N_PIECES of them, with what was found about 8 MiB.
 */
#define PIECE_BYTES (256u * 1024u)
#define LINE_DEPTH  6u
#define N_PIECES    (LINE_DEPTH + 2u)

/* A file that cannot be cut into such pieces is read by one thread, so many
 * records at a time. */
#define GROUP_MAX    (4u * 1024u * 1024u) /* bytes */
#define SOME_RECORDS 1024u

/* Piece i stands at [i % N_PIECES]. */
struct dsv_blame_pieces {
	struct dsv_store *store;
	struct dsv_groups groups; /* none: one thread reads */
	const struct dsv_strlist *only;
	struct dsv_line *line;
	struct dsv_blame_piece items[N_PIECES];
	size_t next_group;
	size_t pushed;
	size_t done;
	size_t taken; /* those below it have been handed on */
	bool lent;
};

static void clear(struct dsv_blame_piece *piece)
{
	piece->n = piece->at = 0;
	dsv_arena_reset(&piece->texts);
	dsv_buf_reset(&piece->keys);
	memset(piece->issues, 0, DSV_ISSUE_KINDS * sizeof(*piece->issues));
}

void dsv_blame_pieces_free(struct dsv_blame *blame)
{
	struct dsv_blame_pieces *pieces = dsv_take(&blame->pieces);

	if (!pieces)
		return;
	dsv_line_free(&pieces->line);
	for (size_t i = 0; i < N_PIECES; i++) {
		struct dsv_blame_piece *piece = &pieces->items[i];

		dsv_blame_eye_release(blame, &piece->eye);
		dsv_buf_release(&piece->bytes);
		dsv_arena_release(&piece->texts);
		dsv_buf_release(&piece->keys);
		free(piece->queries);
		free(piece->found);
		free(piece->cells);
		free(piece->issues);
	}
	dsv_groups_release(&pieces->groups);
	free(pieces);
}

/* Carriage returns count as line ends in a file that has no line feed, which a
 * piece cannot know. */
static bool are_good(const struct dsv_groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		if (groups->items[i].len > GROUP_MAX ||
		    (i > 0 && groups->items[i].line == 1))
			return false;
	return true;
}

static int find_groups(struct dsv_blame *blame)
{
	struct dsv_blame_pieces *pieces = blame->pieces;
	const struct dsv_format *format = blame->reading.format;
	const struct dsv_filemap *map;
	int rc = dsv_source_open(&blame->source, blame->repo, &blame->rev,
				 blame->path);

	if (rc == 0)
		rc = dsv_source_filemap(blame->source, &map);
	if (rc < 0 || !map)
		return rc;
	if (!dsv_groups_of_map(&pieces->groups, map, format) ||
	    !are_good(&pieces->groups))
		dsv_groups_release(&pieces->groups);
	return dsv_repo_store(blame->repo, &pieces->store);
}

int dsv_blame_read_all(struct dsv_blame *blame)
{
	struct dsv_reader_opts opts = {.only = dsv_blame_only(blame)};
	struct dsv_stream *stream;
	int rc = dsv_source_stream(blame->source, &stream);

	return rc < 0 ? rc
		      : dsv_blame_eye_open(blame, &blame->eye, stream, &opts);
}

/* The first piece alone, for its header. */
static int read_head(struct dsv_blame *blame)
{
	const struct dsv_group *group = blame->pieces->groups.items;
	struct dsv_reader_opts opts = {.only = dsv_blame_only(blame)};
	struct dsv_stream *stream;
	int rc = dsv_extents_stream(&stream, blame->source,
				    blame->pieces->store, 0, group->n);

	return rc < 0 ? rc
		      : dsv_blame_eye_open(blame, &blame->eye, stream, &opts);
}

int dsv_blame_pieces_open(struct dsv_blame *blame)
{
	int rc;

	blame->pieces = dsv_alloc_zero(1, sizeof(*blame->pieces));
	for (size_t i = 0; i < N_PIECES; i++) {
		blame->pieces->items[i].blame = blame;
		blame->pieces->items[i].issues =
			dsv_alloc_zero(DSV_ISSUE_KINDS, sizeof(uint64_t));
	}
	rc = find_groups(blame);
	if (rc == 0 && blame->pieces->groups.n > 0)
		rc = dsv_extents_tell(blame->source, blame->pieces->store,
				      &blame->pieces->groups, NULL, false);
	if (rc == 0)
		rc = blame->pieces->groups.n > 0 ? read_head(blame)
						 : dsv_blame_read_all(blame);
	if (rc == 0)
		dsv_strlist_copy(&blame->columns,
				 dsv_reader_columns(blame->eye.reader));
	return rc;
}

/* Number + 1 of the unit, or 0. */
static uint32_t unit_of(const struct dsv_map *map, const struct dsv_buf *text)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(map, text->data, text->len);

	return entry ? (uint32_t)entry->value : 0;
}

static bool is_wanted(const struct dsv_blame *blame, const struct dsv_buf *key)
{
	return !blame->choosy ||
	       dsv_map_get(&blame->wanted, key->data, key->len);
}

/* Texts that stand in the bytes of the piece stay where they are. */
static void keep_cells(struct dsv_blame_piece *piece,
		       const struct dsv_field *cells, size_t n)
{
	struct dsv_field *to;

	DSV_GROW(piece->cells, piece->cells_cap, (piece->n + 1) * n);
	to = piece->cells + piece->n * n;
	for (size_t i = 0; i < n; i++) {
		uintptr_t at =
			(uintptr_t)cells[i].text - (uintptr_t)piece->bytes.data;

		to[i] = cells[i];
		if (at >= piece->len)
			to[i].text = dsv_arena_copy(
				&piece->texts, cells[i].text, cells[i].len);
	}
}

/* The value of a key that others share is told while the record is there. */
static void look_up(struct dsv_blame_piece *piece, struct dsv_blame_eye *eye,
		    const struct dsv_record *record,
		    struct dsv_blame_found *found)
{
	const struct dsv_blame *blame = piece->blame;
	struct dsv_buf *text = &eye->words.key;

	found->key = unit_of(&blame->keys, text);
	if (!found->key || !blame->units[found->key - 1].shared)
		return;
	dsv_blame_add_value(blame, &eye->words, &eye->layout,
			    dsv_blame_field(blame, eye->cells), record);
	found->value = unit_of(&blame->values, text);
}

/* All other keys wait until the piece is read. */
static void look_up_later(struct dsv_blame_piece *piece,
			  const struct dsv_buf *text)
{
	DSV_GROW(piece->queries, piece->queries_cap, piece->n + 1);
	piece->queries[piece->n].len = text->len;
	dsv_buf_add(&piece->keys, text->data, text->len);
}

static void look_up_all(struct dsv_blame_piece *piece)
{
	const struct dsv_blame *blame = piece->blame;
	const char *key = dsv_buf_str(&piece->keys);

	if (blame->any_shared || blame->n_units == 0)
		return;
	for (size_t i = 0; i < piece->n; i++) {
		piece->queries[i].key = key;
		key += piece->queries[i].len;
	}
	dsv_map_get_many(&blame->keys, piece->queries, piece->n);
	for (size_t i = 0; i < piece->n; i++) {
		const struct dsv_map_entry *entry = piece->queries[i].entry;

		piece->found[i].key = entry ? (uint32_t)entry->value : 0;
	}
}

static void take_record(struct dsv_blame_piece *piece,
			struct dsv_blame_eye *eye,
			const struct dsv_record *record)
{
	const struct dsv_blame *blame = piece->blame;
	struct dsv_buf *text = &eye->words.key;
	struct dsv_blame_found found = {.line = record->line};

	dsv_blame_eye_look(blame, eye, record);
	if (blame->choosy || blame->n_units > 0)
		dsv_blame_key(text, eye->cells, blame->reading.key.n);
	if (!is_wanted(blame, text))
		return;
	found.shown = dsv_where_match(&eye->where, record);
	if (blame->any_shared)
		look_up(piece, eye, record, &found);
	if (!found.shown && !found.value)
		return;
	if (!blame->any_shared && blame->n_units > 0)
		look_up_later(piece, text);
	keep_cells(piece, eye->cells, blame->n_places);
	DSV_GROW(piece->found, piece->cap, piece->n + 1);
	piece->found[piece->n++] = found;
}

static void count_issues(struct dsv_blame_piece *piece, unsigned issues)
{
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++)
		piece->issues[bit] += issues >> bit & 1;
}

#define POLL_EVERY 4096u /* records */

/* 1 where there may be more, 0 at the end. */
static int take_records(struct dsv_blame_piece *piece,
			struct dsv_blame_eye *eye, size_t max)
{
	struct dsv_record record;
	size_t n = 0;
	int rc = 1;

	while (piece->n < max &&
	       (rc = dsv_reader_next(eye->reader, &record)) > 0) {
		if (record.issues)
			count_issues(piece, record.issues);
		take_record(piece, eye, &record);
		if (++n % POLL_EVERY == 0 && dsv_cancelled() < 0)
			return DSV_ECANCELLED;
	}
	look_up_all(piece);
	return rc;
}

static int read_piece(void *ctx, void *item)
{
	struct dsv_blame *blame = ctx;
	struct dsv_blame_piece *piece = item;
	bool header = blame->reading.format->has_header && piece->first > 0;
	struct dsv_reader_opts opts = {
		.columns = header ? &blame->columns : NULL,
		.offset = piece->offset,
		.line = piece->line,
		.only = blame->pieces->only,
	};
	struct dsv_stream *stream;
	int rc;

	dsv_buf_reset(&piece->bytes);
	dsv_buf_reserve(&piece->bytes, piece->len);
	rc = dsv_extents_read(blame->source, blame->pieces->store, piece->first,
			      piece->n_extents, piece->bytes.data);
	if (rc < 0)
		return rc;
	dsv_stream_of_memory(&stream, piece->bytes.data, piece->len);
	rc = dsv_blame_eye_open(blame, &piece->eye, stream, &opts);
	return rc < 0 ? rc : take_records(piece, &piece->eye, SIZE_MAX);
}

static int take_piece(void *ctx, void *item, int rc)
{
	struct dsv_blame *blame = ctx;

	(void)item;
	blame->pieces->done += rc == 0;
	return rc;
}

static void cut_piece(struct dsv_blame_pieces *pieces,
		      struct dsv_blame_piece *piece)
{
	const struct dsv_group *group =
		&pieces->groups.items[pieces->next_group];

	clear(piece);
	piece->first = group->first;
	piece->offset = group->offset;
	piece->line = group->line;
	piece->n_extents = piece->len = 0;
	while (pieces->next_group < pieces->groups.n &&
	       piece->len < PIECE_BYTES) {
		group = &pieces->groups.items[pieces->next_group++];
		piece->n_extents += group->n;
		piece->len += group->len;
	}
}

/* Keep the line full. A push into a full line waits for its oldest piece, so it
 * is done only where nothing is ready. */
static int read_ahead(struct dsv_blame_pieces *pieces)
{
	int rc = 0;

	while (rc == 0 && pieces->next_group < pieces->groups.n &&
	       pieces->pushed - pieces->taken < N_PIECES &&
	       (pieces->pushed - pieces->done < LINE_DEPTH ||
		pieces->done == pieces->taken)) {
		struct dsv_blame_piece *piece =
			&pieces->items[pieces->pushed++ % N_PIECES];

		cut_piece(pieces, piece);
		rc = dsv_line_push(pieces->line, piece);
	}
	return rc;
}

/* A reader of JSON comes to know more columns as it goes. */
static void see_columns(struct dsv_blame *blame,
			const struct dsv_blame_eye *eye)
{
	const struct dsv_strlist *columns = dsv_reader_columns(eye->reader);

	for (size_t i = 0; i < columns->n; i++)
		if (dsv_strlist_find(&blame->columns, columns->items[i]) < 0)
			dsv_strlist_add(&blame->columns, columns->items[i]);
}

static void lend(struct dsv_blame *blame, struct dsv_blame_piece *piece,
		 const struct dsv_blame_eye *eye)
{
	blame->piece = piece;
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++)
		blame->issues[bit] += piece->issues[bit];
	if (!blame->reading.format->has_header)
		see_columns(blame, eye);
}

static int next_of_line(struct dsv_blame *blame)
{
	struct dsv_blame_pieces *pieces = blame->pieces;
	struct dsv_blame_piece *piece;
	int rc;

	pieces->taken += pieces->lent;
	pieces->lent = false;
	rc = read_ahead(pieces);
	if (rc == 0 && pieces->done == pieces->taken)
		rc = dsv_line_finish(pieces->line);
	if (rc < 0 || pieces->done == pieces->taken)
		return rc;
	piece = &pieces->items[pieces->taken % N_PIECES];
	pieces->lent = true;
	lend(blame, piece, &piece->eye);
	return 1;
}

static int next_alone(struct dsv_blame *blame)
{
	struct dsv_blame_piece *piece = blame->pieces->items;
	struct dsv_blame_eye *eye = &blame->eye;
	int rc;

	clear(piece);
	rc = take_records(piece, eye, SOME_RECORDS);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", blame->path);
	lend(blame, piece, eye);
	return rc > 0 || piece->n > 0;
}

/* What has to be known of the history is known now. */
static int begin(struct dsv_blame *blame)
{
	struct dsv_blame_pieces *pieces = blame->pieces;

	pieces->only = dsv_blame_only(blame);
	if (pieces->groups.n == 0)
		return blame->any_shared ? dsv_blame_read_all(blame) : 0;
	return dsv_line_open(&pieces->line, dsv_repo_pool(blame->repo),
			     LINE_DEPTH, read_piece, take_piece, blame);
}

int dsv_blame_next_piece(struct dsv_blame *blame)
{
	struct dsv_blame_pieces *pieces = blame->pieces;
	int rc = 0;

	if (!pieces->line && !blame->piece)
		rc = begin(blame);
	if (rc < 0)
		return rc;
	return pieces->line ? next_of_line(blame) : next_alone(blame);
}
