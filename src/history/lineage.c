#include "history/lineage.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/hash.h"
#include "base/map.h"
#include "dataset/cut_kind.h"
#include "format/format.h"
#include "history/entry.h"

#define BY_LINES   (1u << 20) /* bytes; longer contents go by chunks */
#define CANDIDATES 64u	      /* contents that are looked at */

/* A content as pieces: how many bytes stand in pieces of each hash. */
struct pieces {
	struct dsv_map map;
	uint64_t size;
};

static void add_piece(struct pieces *out, const void *name, size_t name_len,
		      uint64_t len)
{
	dsv_map_put(&out->map, name, name_len)->value += len;
}

static void add_lines(struct pieces *out, const char *data, size_t len)
{
	while (len > 0) {
		const char *lf = memchr(data, '\n', len);
		size_t n = lf ? (size_t)(lf - data) + 1 : len;
		struct dsv_hash128 hash = dsv_hash128(data, n);

		add_piece(out, &hash, sizeof(hash), n);
		data += n;
		len -= n;
	}
}

static void add_chunks(struct pieces *out, const char *path, const char *data,
		       size_t len)
{
	enum dsv_cut cut = dsv_cutting_of_format(dsv_format_of_path(path)).cut;

	while (len > 0) {
		size_t n = dsv_cut_next(cut, data, len, true);
		struct dsv_id id;

		dsv_id_of(data, n, &id);
		add_piece(out, id.bytes, sizeof(id.bytes), n);
		data += n;
		len -= n;
	}
}

static int read_pieces(struct pieces *out, struct dsv_source *source,
		       const char *path, bool by_lines)
{
	const struct dsv_filemap *map;
	const char *data;
	size_t len;
	int rc = dsv_source_filemap(source, &map);

	out->size = dsv_source_size(source);
	if (rc == 0 && map && !by_lines) {
		for (size_t i = 0; i < map->n; i++)
			add_piece(out, map->extents[i].id.bytes, DSV_ID_SIZE,
				  map->extents[i].len);
		return 0;
	}
	if (rc == 0)
		rc = dsv_source_map(source, &data, &len);
	if (rc < 0)
		return rc;
	if (by_lines)
		add_lines(out, data, len);
	else
		add_chunks(out, path, data, len);
	return 0;
}

static uint64_t shared_bytes(const struct pieces *a, const struct pieces *b)
{
	uint64_t shared = 0;

	for (size_t i = 0; i < a->map.n; i++) {
		const struct dsv_map_entry *mine = &a->map.entries[i];
		const struct dsv_map_entry *other =
			dsv_map_get(&b->map, mine->key, mine->key_len);

		if (other)
			shared += mine->value < other->value ? mine->value
							     : other->value;
	}
	return shared;
}

/* One file as it is compared with the candidates. */
struct file {
	const char *path;
	const struct dsv_entry *entry;
};

static int compare_sources(struct dsv_source *a, const struct file *a_file,
			   struct dsv_source *b, const struct file *b_file,
			   uint64_t *out)
{
	bool by_lines = dsv_source_size(a) <= BY_LINES &&
			dsv_source_size(b) <= BY_LINES;
	struct pieces pieces[2] = {0};
	int rc = read_pieces(&pieces[0], a, a_file->path, by_lines);

	if (rc == 0)
		rc = read_pieces(&pieces[1], b, b_file->path, by_lines);
	if (rc == 0)
		*out = shared_bytes(&pieces[0], &pieces[1]);
	dsv_map_release(&pieces[0].map);
	dsv_map_release(&pieces[1].map);
	return rc;
}

/* Bytes that two files share where that is at least half of the newer one,
 * else 0. What cannot be read shares nothing. */
static int likeness(struct dsv_repo *repo, const struct file *older,
		    const struct file *newer, uint64_t *out)
{
	struct dsv_source *a DSV_AUTO(source) = NULL;
	struct dsv_source *b DSV_AUTO(source) = NULL;
	int rc;

	*out = 0;
	rc = dsv_entry_open(&a, repo, older->path, older->entry);
	if (rc == 0)
		rc = dsv_entry_open(&b, repo, newer->path, newer->entry);
	if (rc == 0 && dsv_source_size(a) * 2 >= dsv_source_size(b))
		rc = compare_sources(a, older, b, newer, out);
	if (rc == 0 && *out * 2 < dsv_source_size(b))
		*out = 0;
	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0) {
		dsv_error_clear();
		*out = 0;
	}
	return 0;
}

static const char *extension(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');

	return dot ? dot : "";
}

static bool same_kind(const struct dsv_datasets *sets, const char *a,
		      const char *b)
{
	const struct dsv_dataset *set = dsv_datasets_of_path(sets, a);

	if (set != dsv_datasets_of_path(sets, b))
		return false;
	return set || strcmp(extension(a), extension(b)) == 0;
}

/* The side of a delta that stands in the version where the name is asked for,
 * NULL where it is no file there or stands on both sides. */
static const struct dsv_entry *candidate(const struct dsv_delta *delta,
					 bool back)
{
	const struct dsv_entry *here = back ? &delta->from : &delta->to;
	const struct dsv_entry *there = back ? &delta->to : &delta->from;

	return S_ISREG(here->mode) && !there->mode ? here : NULL;
}

static const struct dsv_delta *exact(const struct dsv_deltas *deltas,
				     const char *path, bool back)
{
	for (size_t i = 0; i < deltas->n; i++) {
		const struct dsv_delta *delta = &deltas->items[i];

		if (delta->old_path &&
		    strcmp(back ? delta->path : delta->old_path, path) == 0)
			return delta;
	}
	return NULL;
}

static int nearest(const struct dsv_lineage *lineage,
		   const struct dsv_deltas *deltas, const struct file *file,
		   bool back, const struct dsv_delta **out)
{
	uint64_t best = 0;
	unsigned tried = 0;

	for (size_t i = 0; i < deltas->n && tried < CANDIDATES; i++) {
		const struct dsv_delta *delta = &deltas->items[i];
		struct file other = {delta->path, candidate(delta, back)};
		uint64_t shared;
		int rc;

		if (!other.entry || delta->old_path ||
		    !same_kind(lineage->sets, file->path, delta->path))
			continue;
		tried++;
		rc = back ? likeness(lineage->repo, &other, file, &shared)
			  : likeness(lineage->repo, file, &other, &shared);
		if (rc < 0)
			return rc;
		if (shared > best) {
			best = shared;
			*out = delta;
		}
	}
	return 0;
}

int dsv_lineage_find(const struct dsv_lineage *lineage, const char *path,
		     bool back, char **out_path, struct dsv_entry *out)
{
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	const struct dsv_delta *found;
	struct dsv_entry entry;
	struct file file = {path, &entry};
	int rc;

	rc = dsv_tree_diff(lineage->repo, &lineage->from, &lineage->to, NULL,
			   &deltas);
	if (rc == 0)
		rc = dsv_tree_entry(lineage->repo,
				    back ? &lineage->to : &lineage->from, path,
				    &entry);
	if (rc < 0)
		return rc;
	found = exact(&deltas, path, back);
	if (!found)
		rc = nearest(lineage, &deltas, &file, back, &found);
	if (rc < 0 || !found)
		return rc;
	*out_path = dsv_strdup(back && found->old_path ? found->old_path
						       : found->path);
	*out = back ? found->from : found->to;
	return 1;
}
