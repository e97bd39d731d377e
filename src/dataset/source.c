#include "dataset/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/fs.h"
#include "dataset/pieces.h"
#include "dataset/spool.h"
#include "repo/blobs.h"
#include "repo/pointer.h"
#include "repo/repo.h"
#include "store/writer.h"

/* Files up to this size are read rather than mapped, since a mapping costs
 * more than the copy. */
#define READ_WHOLE (64u * 1024u)

enum kind {
	HELD,	/* the bytes are at data */
	BLOB,	/* a plain blob that is not read yet */
	STORED, /* in chunks */
};

struct dsv_source {
	enum kind kind;
	char *name;
	struct dsv_repo *repo;
	struct dsv_oid blob;
	struct dsv_store *store;
	struct dsv_filemap map;
	bool has_map;
	struct dsv_content content;
	bool has_id; /* content.id is set; content.size always is */
	/* where the bytes are, once they are in one run */
	const char *data;
	bool in_run;
	struct dsv_buf body;
	struct dsv_mapped mapped;
	struct dsv_spool spool;
};

static struct dsv_source *source_new(enum kind kind, const char *name)
{
	struct dsv_source *source = dsv_alloc_zero(1, sizeof(*source));

	source->kind = kind;
	source->name = dsv_strdup(name);
	source->spool = (struct dsv_spool)DSV_SPOOL_INIT;
	return source;
}

/* What went wrong is of this file; what is not here can be fetched. */
static int named(const struct dsv_source *source, int rc)
{
	dsv_fail_prefix(rc, "%s", source->name);
	if (rc != DSV_EMISSING || dsv_error_hint())
		return rc;
	return dsv_hint(rc, "dsv fetch --data %s", source->name);
}

static void hold(struct dsv_source *source, const char *data, size_t len)
{
	source->kind = HELD;
	source->data = len > 0 ? data : "";
	source->in_run = true;
	source->content.size = len;
}

void dsv_source_free(struct dsv_source **source)
{
	struct dsv_source *old = *source;

	if (!old)
		return;
	free(old->name);
	dsv_filemap_release(&old->map);
	dsv_buf_release(&old->body);
	dsv_mapped_release(&old->mapped);
	dsv_spool_release(&old->spool);
	free(old);
	*source = NULL;
}

static int become_stored(struct dsv_source *source, struct dsv_repo *repo,
			 const struct dsv_content *content)
{
	int rc = dsv_repo_store(repo, &source->store);

	if (rc < 0)
		return rc;
	dsv_buf_reset(&source->body);
	source->in_run = false;
	source->kind = STORED;
	source->content = *content;
	source->has_id = true;
	return 0;
}

static int damaged(const char *name)
{
	return dsv_fail(DSV_ECORRUPT, "'%s' is a damaged pointer", name);
}

/* What was read may be a pointer: 1 and *out set, 0 data, or damaged. */
static int held_pointer(const struct dsv_source *source,
			struct dsv_content *out)
{
	if (source->content.size > DSV_POINTER_LIMIT)
		return 0;
	switch (dsv_pointer_parse(source->data, (size_t)source->content.size,
				  out)) {
	case DSV_POINTER_EXACT:
		return 1;
	case DSV_POINTER_DAMAGED:
		return damaged(source->name);
	case DSV_POINTER_NOT:
		break;
	}
	return 0;
}

static int read_regular(struct dsv_source *source, const char *path,
			const struct stat *st)
{
	int rc;

	if (st->st_size <= (off_t)READ_WHOLE) {
		rc = dsv_fs_read(path, DSV_SOURCE_IN_MEMORY, &source->body);
		if (rc < 0)
			return rc;
		hold(source, source->body.data, source->body.len);
		return 0;
	}
	rc = dsv_mapped_open(&source->mapped, path);
	if (rc < 0)
		return rc;
	hold(source, source->mapped.data, source->mapped.len);
	return 0;
}

/* A pipe or the like: its bytes come once, and are kept in a file without a
 * name. */
static int read_once(struct dsv_source *source, int fd)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int rc;

	dsv_stream_of_fd(&in, fd, source->name);
	rc = dsv_spool_fill(&source->spool, NULL, in);
	if (rc < 0)
		return rc;
	hold(source, source->spool.data, source->spool.len);
	return 0;
}

static int read_special(struct dsv_source *source, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
				      source->name);
	rc = read_once(source, fd);
	close(fd);
	return rc;
}

static int read_path(struct dsv_source *source, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return dsv_fail(DSV_ENOTFOUND, "'%s' not found",
					source->name);
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
				      source->name);
	}
	if (S_ISDIR(st.st_mode))
		return dsv_fail(DSV_EUSAGE, "'%s' is a folder", source->name);
	return S_ISREG(st.st_mode) ? read_regular(source, path, &st)
				   : read_special(source, path);
}

/* A work file that is still a pointer stands for its content. */
static int open_work_file(struct dsv_source *source, struct dsv_repo *repo,
			  const char *path)
{
	char *full DSV_AUTO(str) = NULL;
	struct dsv_content content;
	struct stat st;
	int rc;

	if (!dsv_repo_workdir(repo))
		return dsv_fail(DSV_ENOTFOUND, "'%s' not found: no work tree",
				path);
	full = dsv_fs_join(dsv_repo_workdir(repo), path);
	if (lstat(full, &st) == 0 && S_ISLNK(st.st_mode))
		return dsv_fail(DSV_EUNSUPPORTED, "'%s' is a symlink", path);
	rc = read_path(source, full);
	if (rc < 0)
		return rc;
	rc = held_pointer(source, &content);
	if (rc <= 0)
		return rc;
	return become_stored(source, repo, &content);
}

static int open_blob(struct dsv_source *source, struct dsv_repo *repo,
		     const struct dsv_oid *oid)
{
	struct dsv_content content;
	int rc = dsv_blob_pointer(repo, oid, &content);

	if (rc == DSV_ECORRUPT)
		return named(source, rc);
	if (rc < 0)
		return rc;
	if (rc > 0)
		return become_stored(source, repo, &content);
	source->blob = *oid;
	return dsv_blob_size(repo, oid, &source->content.size);
}

static const char *mode_word(uint32_t mode)
{
	return S_ISLNK(mode)	 ? "a symlink"
	       : mode == 0160000 ? "a submodule"
				 : "a folder";
}

int dsv_source_of_entry(struct dsv_source **out, struct dsv_repo *repo,
			const char *path, const struct dsv_entry *entry)
{
	struct dsv_source *source DSV_AUTO(source) = source_new(BLOB, path);
	int rc;

	if (entry->mode == 0)
		return dsv_fail(DSV_ENOTFOUND, "'%s' not found", path);
	if (!S_ISREG(entry->mode))
		return dsv_fail(DSV_EUNSUPPORTED, "'%s' is %s", path,
				mode_word(entry->mode));
	source->repo = repo;
	if (dsv_oid_is_zero(&entry->blob))
		rc = open_work_file(source, repo, path);
	else
		rc = open_blob(source, repo, &entry->blob);
	if (rc < 0)
		return rc;
	*out = dsv_take(&source);
	return 0;
}

int dsv_source_open(struct dsv_source **out, struct dsv_repo *repo,
		    const struct dsv_version *version, const char *path)
{
	struct dsv_entry entry = {.mode = S_IFREG | 0644};
	int rc;

	if (version->at == DSV_AT_NOTHING)
		return dsv_fail(DSV_ENOTFOUND, "'%s' not found", path);
	if (version->at != DSV_AT_WORKTREE) {
		rc = dsv_tree_entry(repo, version, path, &entry);
		if (rc < 0)
			return rc;
	}
	return dsv_source_of_entry(out, repo, path, &entry);
}

int dsv_source_of_file(struct dsv_source **out, const char *path)
{
	struct dsv_source *source DSV_AUTO(source) = source_new(HELD, path);
	struct dsv_content content;
	int rc;

	rc = strcmp(path, "-") == 0 ? read_once(source, STDIN_FILENO)
				    : read_path(source, path);
	if (rc < 0)
		return rc;
	rc = held_pointer(source, &content);
	if (rc > 0)
		return dsv_fail(DSV_EMISSING,
				"'%s' is a pointer, its content is not here",
				path);
	if (rc < 0)
		return rc;
	*out = dsv_take(&source);
	return 0;
}

int dsv_source_of_memory(struct dsv_source **out, const char *data, size_t len,
			 const char *name)
{
	struct dsv_source *source = source_new(HELD, name);

	hold(source, data, len);
	*out = source;
	return 0;
}

int dsv_source_of_nothing(struct dsv_source **out)
{
	return dsv_source_of_memory(out, "", 0, "nothing");
}

const char *dsv_source_name(const struct dsv_source *source)
{
	return source->name;
}

uint64_t dsv_source_size(const struct dsv_source *source)
{
	return source->content.size;
}

static int read_blob(struct dsv_source *source)
{
	uint64_t limit = dsv_blob_limit(source->repo);
	int rc;

	if (source->content.size > limit) {
		dsv_fail(DSV_ERANGE,
			 "'%s' is a plain blob of %llu bytes, above "
			 "dsv.blobLimit",
			 source->name,
			 (unsigned long long)source->content.size);
		return dsv_hint(DSV_ERANGE,
				"git config dsv.blobLimit %llu, or dsv track "
				"it",
				(unsigned long long)source->content.size);
	}
	rc = dsv_blob_read(source->repo, &source->blob, (size_t)limit,
			   &source->body);
	if (rc < 0)
		return rc;
	hold(source, source->body.data, source->body.len);
	return 0;
}

int dsv_source_content(struct dsv_source *source, struct dsv_content *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int rc;

	if (!source->has_id) {
		rc = dsv_source_stream(source, &in);
		if (rc == 0)
			rc = dsv_content_of_stream(in, &source->content);
		if (rc < 0)
			return rc;
		source->has_id = true;
	}
	*out = source->content;
	return 0;
}

int dsv_source_filemap(struct dsv_source *source,
		       const struct dsv_filemap **out)
{
	int rc;

	if (source->kind != STORED) {
		*out = NULL;
		return 0;
	}
	if (!source->has_map) {
		rc = dsv_filemap_load(&source->map, source->store,
				      &source->content);
		if (rc < 0)
			return named(source, rc);
		source->has_map = true;
	}
	*out = &source->map;
	return 0;
}

int dsv_source_read(struct dsv_source *source, size_t first, size_t n,
		    struct dsv_buf *out)
{
	const struct dsv_filemap *map;
	int rc = dsv_source_filemap(source, &map);

	if (rc < 0)
		return rc;
	rc = dsv_filemap_read(source->store, map, first, n, out);
	return rc < 0 ? named(source, rc) : 0;
}

/* In one run, which is a file's. */
static bool is_mapped(const struct dsv_source *source)
{
	const void *base =
		source->spool.base ? source->spool.base : source->mapped.base;

	return base && source->data == base;
}

int dsv_source_stream(struct dsv_source *source, struct dsv_stream **out)
{
	const struct dsv_filemap *map;
	int rc;

	if (source->kind == STORED && !source->in_run) {
		rc = dsv_source_filemap(source, &map);
		if (rc < 0)
			return rc;
		return dsv_filemap_stream(out, source->store, map);
	}
	if (source->kind == BLOB) {
		rc = read_blob(source);
		if (rc < 0)
			return rc;
	}
	dsv_pieces_open(out, source->data, (size_t)source->content.size,
			is_mapped(source));
	return 0;
}

static int decode_in_memory(struct dsv_source *source,
			    const struct dsv_filemap *map)
{
	int rc = dsv_filemap_read(source->store, map, 0, map->n, &source->body);

	if (rc < 0)
		return named(source, rc);
	if (source->body.len != source->content.size)
		return dsv_fail(DSV_ECORRUPT,
				"'%s': its chunks are %zu bytes long, not %llu",
				source->name, source->body.len,
				(unsigned long long)source->content.size);
	source->data = dsv_buf_str(&source->body);
	source->in_run = true;
	return 0;
}

static int decode_to_file(struct dsv_source *source,
			  const struct dsv_filemap *map)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	char *folder DSV_AUTO(str) = dsv_repo_own(source->repo, "tmp");
	int rc = dsv_filemap_stream(&in, source->store, map);

	if (rc < 0)
		return rc;
	rc = dsv_spool_fill(&source->spool, folder, in);
	if (rc < 0)
		return named(source, rc);
	source->data = source->spool.data;
	source->in_run = true;
	return 0;
}

int dsv_source_map(struct dsv_source *source, const char **out_data,
		   size_t *out_len)
{
	const struct dsv_filemap *map;
	int rc = 0;

	if (source->kind == BLOB) {
		rc = read_blob(source);
	} else if (!source->in_run) {
		rc = dsv_source_filemap(source, &map);
		if (rc == 0 && source->content.size <= DSV_SOURCE_IN_MEMORY)
			rc = decode_in_memory(source, map);
		else if (rc == 0)
			rc = decode_to_file(source, map);
	}
	if (rc < 0)
		return rc;
	*out_data = source->data;
	*out_len = (size_t)source->content.size;
	return 0;
}

void dsv_source_pass(const struct dsv_source *source, size_t at, size_t len)
{
	if (is_mapped(source))
		dsv_pieces_pass(source->data, at, len);
}
