#include "repo/indexview.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/private.h"

/*
 * git's gitformat-index(5): a header, entries, extensions, a checksum; big
 * endian. Versions 2 and 3 pad entries to 8 bytes; 4 writes of a path what
 * differs from the one before.
 */
#define HEADER	      12u
#define CHECKSUM      20u
#define ENTRY_FIXED   62u /* up to the path, without extended flags */
#define FLAG_EXTENDED 0x4000u

struct reader {
	struct dsv_index_view *out;
	const char *at;
	const char *end; /* where the checksum begins */
	uint32_t version;
	const char *previous; /* path; version 4 */
};

static uint32_t be32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static uint16_t be16(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint16_t)(b[0] << 8 | b[1]);
}

static void read_fixed(git_index_entry *entry, const char *at)
{
	entry->ctime.seconds = (int32_t)be32(at);
	entry->ctime.nanoseconds = be32(at + 4);
	entry->mtime.seconds = (int32_t)be32(at + 8);
	entry->mtime.nanoseconds = be32(at + 12);
	entry->dev = be32(at + 16);
	entry->ino = be32(at + 20);
	entry->mode = be32(at + 24);
	entry->uid = be32(at + 28);
	entry->gid = be32(at + 32);
	entry->file_size = be32(at + 36);
	memcpy(entry->id.id, at + 40, DSV_OID_SIZE);
	entry->flags = be16(at + 60);
}

/* The number that git writes before a path of version 4: groups of 7 bits,
 * the first the highest, each but the last one more than it says. */
static bool read_offset(struct reader *in, size_t *out)
{
	size_t value = 0;
	unsigned char c;

	do {
		if (in->at == in->end || value > SIZE_MAX >> 8)
			return false;
		c = (unsigned char)*in->at++;
		value = (value << 7) + (c & 127);
		value += c & 128 ? 1 : 0;
	} while (c & 128);
	*out = value;
	return true;
}

static bool read_short_path(struct reader *in, const char **out)
{
	size_t kept = in->previous ? strlen(in->previous) : 0;
	const char *nul;
	char *path;
	size_t cut;
	size_t len;

	if (!read_offset(in, &cut) || cut > kept)
		return false;
	nul = memchr(in->at, '\0', (size_t)(in->end - in->at));
	if (!nul)
		return false;
	kept -= cut;
	len = (size_t)(nul - in->at);
	path = dsv_arena_alloc(&in->out->paths, kept + len + 1);
	memcpy(path, in->previous ? in->previous : "", kept);
	memcpy(path + kept, in->at, len + 1);
	in->at = nul + 1;
	in->previous = *out = path;
	return true;
}

static bool read_padded_path(struct reader *in, const char *entry,
			     const char **out)
{
	const char *nul = memchr(in->at, '\0', (size_t)(in->end - in->at));
	size_t len;

	if (!nul)
		return false;
	len = (size_t)(nul - entry);
	len += 8 - len % 8;
	if (len > (size_t)(in->end - entry))
		return false;
	*out = in->at;
	in->at = entry + len;
	return true;
}

static bool read_entry(struct reader *in, git_index_entry *entry)
{
	const char *start = in->at;

	if ((size_t)(in->end - in->at) < ENTRY_FIXED + 2)
		return false;
	read_fixed(entry, in->at);
	in->at += ENTRY_FIXED;
	if (entry->flags & FLAG_EXTENDED) {
		entry->flags_extended = be16(in->at);
		in->at += 2;
	}
	return in->version == 4 ? read_short_path(in, &entry->path)
				: read_padded_path(in, start, &entry->path);
}

/* The root of the cached tree: an empty name, the number of its entries (-1:
 * not valid), that of its sub-trees, its name. */
static void read_tree(struct dsv_index_view *out, const char *data, size_t len)
{
	const char *lf = memchr(data, '\n', len);

	if (!lf || len < 2 || data[0] != '\0' || data[1] == '-' ||
	    len - (size_t)(lf + 1 - data) < DSV_OID_SIZE)
		return;
	out->has_tree = true;
	memcpy(out->tree.bytes, lf + 1, DSV_OID_SIZE);
}

/* One that begins with a small letter must be understood. */
static bool read_extensions(struct reader *in)
{
	uint32_t len;

	while ((size_t)(in->end - in->at) >= 8) {
		len = be32(in->at + 4);
		if (*in->at < 'A' || *in->at > 'Z' ||
		    len > (size_t)(in->end - in->at) - 8)
			return false;
		if (memcmp(in->at, "TREE", 4) == 0)
			read_tree(in->out, in->at + 8, len);
		in->at += 8 + len;
	}
	return in->at == in->end;
}

bool dsv_index_view_parse(struct dsv_index_view *out, const char *data,
			  size_t len)
{
	struct reader in = {.out = out};
	size_t n;

	if (len < HEADER + CHECKSUM || memcmp(data, "DIRC", 4) != 0)
		return false;
	in.at = data + HEADER;
	in.end = data + len - CHECKSUM;
	in.version = be32(data + 4);
	n = be32(data + 8);
	if (in.version < 2 || in.version > 4 ||
	    n > (size_t)(in.end - in.at) / ENTRY_FIXED)
		return false;
	out->items = dsv_alloc_zero(n + 1, sizeof(*out->items));
	for (size_t i = 0; i < n; i++) {
		if (!read_entry(&in, &out->items[i]))
			return false;
		if (i && strcmp(out->items[i - 1].path, out->items[i].path) > 0)
			return false;
	}
	out->n = n;
	return read_extensions(&in);
}

void dsv_index_view_release(struct dsv_index_view *view)
{
	free(view->items);
	dsv_arena_release(&view->paths);
	dsv_mapped_release(&view->file);
	*view = (struct dsv_index_view)DSV_INDEX_VIEW_INIT;
}

/* As libgit2 reads it, or its error. */
static int copy_index(struct dsv_index_view *out, struct dsv_repo *repo)
{
	git_index *index;
	size_t n;
	int rc;

	rc = dsv_repo_index(repo, &index);
	if (rc < 0)
		return rc;
	n = git_index_entrycount(index);
	out->items = dsv_alloc_zero(n + 1, sizeof(*out->items));
	for (size_t i = 0; i < n; i++) {
		out->items[i] = *git_index_get_byindex(index, i);
		out->items[i].path =
			dsv_arena_copy(&out->paths, out->items[i].path,
				       strlen(out->items[i].path));
	}
	out->n = n;
	return 0;
}

int dsv_index_view_open(struct dsv_index_view *out, struct dsv_repo *repo)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct timespec at;
	struct stat st;
	int rc;

	if (!repo->workdir && !dsv_fs_exists(repo->index_path))
		return dsv_fail(DSV_EUSAGE, "a bare repository has no index");
	/* an older time only makes more files be read */
	if (stat(repo->index_path, &st) < 0)
		return 0;
	at = st.st_mtim;
	rc = dsv_mapped_open(&view.file, repo->index_path);
	if (rc < 0)
		return rc;
	if (!dsv_index_view_parse(&view, view.file.data, view.file.len)) {
		dsv_index_view_release(&view);
		rc = copy_index(&view, repo);
		if (rc < 0)
			return rc;
	}
	view.at = at;
	*out = view;
	view = (struct dsv_index_view)DSV_INDEX_VIEW_INIT;
	return 0;
}

size_t dsv_index_path_at(const struct dsv_index_view *view, size_t i,
			 struct dsv_index_path *out)
{
	const git_index_entry *entry = &view->items[i];
	int best = -1;
	int stage;

	*out = (struct dsv_index_path){.path = entry->path};
	for (; i < view->n; i++) {
		entry = &view->items[i];
		stage = GIT_INDEX_ENTRY_STAGE(entry);
		if (best >= 0 && strcmp(entry->path, out->path) != 0)
			break;
		if (best < 0 || stage == 2 || (stage == 3 && best < 2)) {
			dsv_oid_of_git(&out->entry.blob, &entry->id);
			out->entry.mode = stage == 1 ? 0 : entry->mode;
			best = stage;
		}
		out->unmerged = stage > 0;
		if (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)
			out->entry = (struct dsv_entry){0};
	}
	return i;
}

size_t dsv_index_view_find(const struct dsv_index_view *view, const char *path)
{
	size_t low = 0;
	size_t high = view->n;
	size_t middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(view->items[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
