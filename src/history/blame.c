#include <dsv/blame.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "history/blame_private.h"

static void free_reading(struct dsv_blame *blame)
{
	dsv_blame_pieces_free(blame);
	dsv_blame_eye_release(blame, &blame->eye);
	dsv_source_free(&blame->source);
}

static void free_walk(struct dsv_blame *blame)
{
	dsv_blame_forget(blame);
	free(blame->states);
	free(blame->edges);
	free(blame->events);
	free(blame->units);
	free(blame->stops);
	free(blame->chain_ends);
	free(blame->onward_oids);
	dsv_map_release(&blame->range);
	dsv_map_release(&blame->onward);
}

static void free_answers(struct dsv_blame *blame)
{
	for (size_t i = 0; i < blame->n_origins; i++) {
		struct dsv_blame_origin *origin = blame->origins[i];

		dsv_commit_info_release(&origin->commit);
		free(origin->path);
		free(origin->guideline);
		free(origin);
	}
	for (size_t i = 0; i < blame->n_problems; i++) {
		free(blame->problems[i].path);
		free(blame->problems[i].message);
		free(blame->problems[i].hint);
	}
	for (size_t i = 0; i < blame->n_unreadable; i++) {
		free(blame->unreadable[i].message);
		free(blame->unreadable[i].hint);
	}
	free(blame->origins);
	free(blame->problems);
	free(blame->unreadable);
	dsv_map_release(&blame->noted);
}

void dsv_blame_free(struct dsv_blame **out)
{
	struct dsv_blame *blame = *out;

	if (!blame)
		return;
	free_reading(blame);
	free_walk(blame);
	free_answers(blame);
	free(blame->issues);
	dsv_strlist_release(&blame->only);
	dsv_strlist_release(&blame->columns);
	dsv_where_release(&blame->where);
	dsv_map_release(&blame->wanted);
	dsv_step_release(&blame->step);
	dsv_reading_release(&blame->reading);
	dsv_datasets_release(&blame->sets);
	dsv_buf_release(&blame->words.key);
	dsv_buf_release(&blame->words.scratch);
	free(blame->path);
	free(blame->field);
	free(blame);
	*out = NULL;
}

/* How many copies the blamed version has of what is not told by its key. */
static int count_copies(struct dsv_blame *blame)
{
	struct dsv_blame_eye *eye = &blame->eye;
	struct dsv_buf *text = &blame->words.key;
	struct dsv_record record;
	int rc = dsv_blame_read_all(blame);

	while (rc >= 0 && (rc = dsv_reader_next(eye->reader, &record)) > 0) {
		const struct dsv_blame_unit *key;

		dsv_blame_eye_look(blame, eye, &record);
		dsv_blame_key(text, eye->cells, blame->reading.key.n);
		key = dsv_blame_find(blame, &blame->keys, false);
		if (!key || !key->shared)
			continue;
		dsv_blame_add_value(blame, &blame->words, &eye->layout,
				    dsv_blame_field(blame, eye->cells),
				    &record);
		dsv_blame_find(blame, &blame->values, true)->copies++;
	}
	return rc < 0 ? dsv_fail_prefix(rc, "%s", blame->path) : 0;
}

int dsv_blame_open(struct dsv_blame **out, struct dsv_repo *repo,
		   const struct dsv_blame_opts *opts)
{
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	int rc = dsv_blame_prepare(&blame, repo, opts);

	if (rc == 0)
		rc = dsv_blame_pieces_open(blame);
	if (rc == 0 && blame->reading.format->has_header)
		rc = dsv_blame_check_columns(blame);
	if (rc == 0)
		rc = dsv_blame_explore(blame);
	if (rc == 0 && blame->any_shared)
		rc = count_copies(blame);
	if (rc < 0)
		return rc;
	blame->plain_end = dsv_blame_replay(blame, NULL);
	*out = dsv_take(&blame);
	return 0;
}

/* The state that a record comes from. */
static uint32_t state_of(struct dsv_blame *blame,
			 const struct dsv_blame_found *found)
{
	struct dsv_blame_unit *key, *value;

	if (!found->key)
		return blame->plain_end;
	key = &blame->units[found->key - 1];
	if (!found->value) {
		if (!key->settled)
			key->end = dsv_blame_replay(blame, key);
		key->settled = true;
		return key->end;
	}
	value = &blame->units[found->value - 1];
	if (!value->ends)
		dsv_blame_replay_copies(blame, key, value);
	return value->ends[value->met++];
}

static int finish(struct dsv_blame *blame)
{
	struct dsv_entry entry;
	int rc = dsv_blame_check_columns(blame);

	blame->done = true;
	if (rc == 0)
		rc = dsv_tree_entry(blame->repo, &blame->rev, blame->path,
				    &entry);
	for (unsigned bit = 0; rc == 0 && bit < DSV_ISSUE_KINDS; bit++)
		if (blame->issues[bit] > 0)
			dsv_blame_note_issue(blame, &blame->rev.commit,
					     blame->path, &entry,
					     (enum dsv_issue)(1u << bit),
					     blame->issues[bit]);
	return rc;
}

static int make_line(struct dsv_blame *blame, size_t at, uint32_t state,
		     struct dsv_blame_line *out)
{
	const struct dsv_field *cells =
		blame->piece->cells + at * blame->n_places;
	size_t n_key = blame->reading.key.n;
	struct dsv_blame_origin *origin;
	int rc = dsv_blame_origin_of(blame, state, &origin);

	if (rc < 0)
		return rc;
	blame->info.records++;
	if (origin)
		origin->records++;
	*out = (struct dsv_blame_line){
		.key = cells,
		.n_key = n_key,
		.labels = cells + n_key,
		.n_labels = blame->reading.labels.n,
		.field = dsv_blame_field(blame, cells),
		.line = blame->piece->found[at].line,
		.origin = origin,
	};
	return 1;
}

int dsv_blame_next(struct dsv_blame *blame, struct dsv_blame_line *out)
{
	int rc;

	if (blame->done)
		return 0;
	do {
		struct dsv_blame_piece *piece = blame->piece;

		while (piece && piece->at < piece->n) {
			size_t at = piece->at++;
			uint32_t state = state_of(blame, &piece->found[at]);

			if (piece->found[at].shown)
				return make_line(blame, at, state, out);
		}
	} while ((rc = dsv_blame_next_piece(blame)) > 0);
	return rc < 0 ? rc : finish(blame);
}

const struct dsv_blame_info *dsv_blame_info(const struct dsv_blame *blame)
{
	struct dsv_blame_info *info = &((struct dsv_blame *)blame)->info;

	info->origins = (const struct dsv_blame_origin *const *)blame->origins;
	info->n_origins = blame->n_origins;
	info->problems = blame->problems;
	info->n_problems = blame->n_problems;
	info->complete = blame->n_problems == 0;
	return info;
}
