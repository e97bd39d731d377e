#include "history/mergework.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "history/groups.h"
#include "repo/repo.h"

/*
 * The pass over ours, where both comparisons went by chunks: chunks that no
 * side changed, and behind none of whose records anything comes, are handed on
 * without being read as records. Looked at are those that ours changed, those
 * that theirs changed and ours did not, and those with an anchor.
 *
 * That a record of ours stands in a chunk which the base has too, and only
 * there, follows from the comparison: keys are unique, and what both have comes
 * in one order.
 */
#define BLOCK_LEN (256u * 1024u)
/* Groups are held in memory one by one; records that are so long are rare. */
#define GROUP_MAX (16u * 1024u * 1024u)

/* Neighbouring groups that are read together. */
struct block {
	size_t first; /* extent */
	uint64_t offset;
	uint64_t line;
	uint64_t len;
	bool looked_at;
};

struct parts {
	struct dsv_stream stream;
	struct dsv_mergework *work;
	struct dsv_patch_opts opts;
	struct dsv_strlist columns; /* known so far */
	const char *line_end;
	const struct dsv_filemap *map;
	struct block *blocks;
	size_t *ends; /* extents */
	size_t n;
	size_t cap;
	int copy; /* the work file, which has ours most of the time; or -1 */
	struct dsv_stream *in;
	size_t next;
	bool handed_on;		   /* the last piece is a block as it is */
	struct dsv_source *source; /* of one block, and... */
	struct dsv_stream *patch;  /* ...what becomes of it */
};

/* The chunks of base, and of the two sides beside it. */
struct trio {
	const struct dsv_filemap *maps[DSV_STAGES];
	struct dsv_groups groups[DSV_STAGES]; /* base: twins in ours */
	struct dsv_groups base;		      /* twins in theirs */
};

static void trio_release(struct trio *trio)
{
	for (size_t i = 0; i < DSV_STAGES; i++)
		dsv_groups_release(&trio->groups[i]);
	dsv_groups_release(&trio->base);
}

/* 1: all of it is there. */
static int find_trio(struct dsv_mergework *work, struct trio *trio)
{
	const struct dsv_format *format = work->reading->format;

	for (size_t i = 0; i < DSV_STAGES; i++) {
		int rc = dsv_source_filemap(work->sources[i], &trio->maps[i]);

		if (rc < 0)
			return rc;
		if (!trio->maps[i] ||
		    !dsv_groups_of_map(&trio->groups[i], trio->maps[i], format))
			return 0;
	}
	if (!dsv_groups_of_map(&trio->base, trio->maps[DSV_SIDE_BASE], format))
		return 0;
	dsv_groups_match(
		&trio->groups[DSV_SIDE_BASE], trio->maps[DSV_SIDE_BASE],
		&trio->groups[DSV_SIDE_OURS], trio->maps[DSV_SIDE_OURS]);
	dsv_groups_match(&trio->base, trio->maps[DSV_SIDE_BASE],
			 &trio->groups[DSV_SIDE_THEIRS],
			 trio->maps[DSV_SIDE_THEIRS]);
	return 1;
}

static const struct dsv_group *group_of_chunk(const struct dsv_groups *groups,
					      size_t chunk)
{
	size_t low = 0;
	size_t high = groups->n;

	while (high - low > 1) {
		const size_t mid = low + (high - low) / 2;

		if (groups->items[mid].first <= chunk)
			low = mid;
		else
			high = mid;
	}
	return &groups->items[low];
}

/* By group of ours. The caller frees. */
static bool *find_looked_at(const struct dsv_mergework *work,
			    const struct trio *trio)
{
	const struct dsv_groups *ours = &trio->groups[DSV_SIDE_OURS];
	bool *out = dsv_alloc_zero(ours->n, sizeof(*out));

	for (size_t i = 0; i < ours->n; i++) {
		const size_t twin = ours->items[i].twin;

		out[i] = !twin || !trio->base.items[twin - 1].twin;
	}
	for (size_t i = 0; i < work->n_anchor_chunks; i++) {
		const struct dsv_group *group = group_of_chunk(
			&trio->groups[DSV_SIDE_THEIRS], work->anchor_chunks[i]);
		size_t twin = group->twin;

		if (twin)
			twin = trio->groups[DSV_SIDE_BASE].items[twin - 1].twin;
		if (twin)
			out[twin - 1] = true;
	}
	/* what comes first, and what comes last */
	out[0] = out[ours->n - 1] = true;
	return out;
}

/* False where a group is too long. */
static bool make_blocks(struct parts *parts, const struct dsv_groups *ours,
			const bool *looked_at)
{
	struct block *block = NULL;

	for (size_t i = 0; i < ours->n; i++) {
		const struct dsv_group *group = &ours->items[i];

		if (group->len > GROUP_MAX)
			return false;
		if (!block || block->looked_at != looked_at[i] ||
		    block->len + group->len > BLOCK_LEN) {
			DSV_GROW(parts->blocks, parts->cap, parts->n + 1);
			block = &parts->blocks[parts->n++];
			*block = (struct block){.first = group->first,
						.offset = group->offset,
						.line = group->line,
						.looked_at = looked_at[i]};
		}
		block->len += group->len;
	}
	parts->ends = dsv_alloc(parts->n * sizeof(*parts->ends));
	for (size_t i = 0; i + 1 < parts->n; i++)
		parts->ends[i] = parts->blocks[i + 1].first;
	parts->ends[parts->n - 1] = parts->map->n;
	return true;
}

static int open_patch(struct parts *parts, const char *data, size_t len)
{
	const struct block *block = &parts->blocks[parts->next - 1];
	const bool is_first = parts->next == 1;
	const struct dsv_patch_part part = {
		.offset = block->offset,
		.line = block->line,
		.columns = is_first ? NULL : &parts->columns,
		.line_end = parts->line_end,
	};
	struct dsv_patch_opts opts = parts->opts;

	dsv_source_of_memory(&parts->source, data, len,
			     dsv_source_name(opts.source));
	opts.source = parts->source;
	opts.part = &part;
	opts.header = is_first ? opts.header : NULL;
	opts.end = parts->next == parts->n ? opts.end : NULL;
	return dsv_patch_stream(&parts->patch, &opts);
}

static void close_patch(struct parts *parts)
{
	const struct dsv_strlist *columns =
		dsv_patch_columns(parts->patch, &parts->line_end);

	if (columns->n != parts->columns.n)
		dsv_strlist_copy(&parts->columns, columns);
	dsv_stream_free(&parts->patch);
	dsv_source_free(&parts->source);
}

/* 1: the next block as it is; 0: it is opened, or there is none. */
static int next_block(struct parts *parts, const char **out, size_t *out_len)
{
	int rc = dsv_cancelled();

	if (rc == 0)
		rc = dsv_stream_next(parts->in, out, out_len);
	if (rc <= 0)
		return rc < 0 ? dsv_fail_prefix(
					rc, "%s",
					dsv_source_name(parts->opts.source))
			      : 0;
	/* what waits to be put in comes before the next record */
	if (!parts->blocks[parts->next++].looked_at &&
	    !parts->work->pending.bytes.len) {
		parts->handed_on = true;
		return 1;
	}
	return open_patch(parts, *out, *out_len);
}

static int parts_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct parts *parts = (struct parts *)in;
	int rc = 0;

	parts->handed_on = false;
	while (rc == 0) {
		if (parts->patch) {
			rc = dsv_stream_next(parts->patch, out, out_len);
			if (rc == 0)
				close_patch(parts);
		} else if (parts->next < parts->n) {
			rc = next_block(parts, out, out_len);
		} else {
			return 0;
		}
	}
	return rc;
}

static size_t parts_known(struct dsv_stream *in, const struct dsv_extent **out)
{
	const struct parts *parts = (const struct parts *)in;
	const struct block *block;

	if (!parts->handed_on)
		return 0;
	block = &parts->blocks[parts->next - 1];
	*out = &parts->map->extents[block->first];
	return parts->ends[parts->next - 1] - block->first;
}

static void parts_free(struct dsv_stream *in)
{
	struct parts *parts = (struct parts *)in;

	dsv_stream_free(&parts->patch);
	dsv_source_free(&parts->source);
	dsv_stream_free(&parts->in);
	if (parts->copy >= 0)
		close(parts->copy);
	dsv_strlist_release(&parts->columns);
	free(parts->blocks);
	free(parts->ends);
	free(parts);
}

/* Without a line end at the end of the content, each one before it waits until
 * something follows: that is for who reads all of it. */
static int ends_a_line(const struct dsv_mergework *work,
		       const struct dsv_filemap *map)
{
	struct dsv_buf last DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_source_read(work->sources[DSV_SIDE_OURS], map->n - 1, 1,
			     &last);
	return rc < 0 ? rc : last.len && last.data[last.len - 1] == '\n';
}

static void open_copy(struct parts *parts)
{
	const char *top = dsv_repo_workdir(parts->work->repo);
	char *path DSV_AUTO(str) = NULL;

	if (!top)
		return;
	path = dsv_fs_join(top, parts->work->path);
	parts->copy =
		open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static int open_in(struct parts *parts)
{
	struct dsv_pieces_opts opts = {.ends = parts->ends};
	struct dsv_store *store;
	const int rc = dsv_repo_store(parts->work->repo, &store);

	if (rc < 0)
		return rc;
	open_copy(parts);
	opts.copy = parts->copy;
	return dsv_filemap_pieces(&parts->in, store, parts->map, &opts);
}

static int open_parts(struct parts *parts, const struct trio *trio)
{
	struct dsv_mergework *work = parts->work;
	bool *looked_at;
	bool fit;
	int rc;

	parts->map = trio->maps[DSV_SIDE_OURS];
	rc = ends_a_line(work, parts->map);
	if (rc <= 0)
		return rc;
	looked_at = find_looked_at(work, trio);
	fit = make_blocks(parts, &trio->groups[DSV_SIDE_OURS], looked_at);
	free(looked_at);
	if (!fit)
		return 0;
	rc = open_in(parts);
	return rc < 0 ? rc : 1;
}

int dsv_merge_parts(struct dsv_mergework *work,
		    const struct dsv_patch_opts *opts, struct dsv_stream **out,
		    dsv_known_fn *known)
{
	struct parts *parts = dsv_alloc_zero(1, sizeof(*parts));
	struct dsv_stream *stream DSV_AUTO(stream) = &parts->stream;
	struct trio trio = {0};
	int rc;

	parts->stream.next = parts_next;
	parts->stream.free = parts_free;
	parts->copy = -1;
	parts->work = work;
	parts->opts = *opts;
	rc = find_trio(work, &trio);
	if (rc > 0)
		rc = open_parts(parts, &trio);
	trio_release(&trio);
	if (rc <= 0)
		return rc;
	*out = dsv_take(&stream);
	*known = parts_known;
	return 1;
}
