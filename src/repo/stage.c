#include <dsv/stage.h>

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/candidates.h"
#include "repo/clean.h"
#include "repo/index.h"
#include "repo/objects.h"
#include "repo/private.h"
#include "repo/workfile.h"

/* A file up to here is read at once, which spares a stream of its own. */
#define WHOLE_MAX (1024u * 1024u)

struct stage {
	struct dsv_repo *repo;
	struct dsv_index_edit *edit;
	struct dsv_objects *objects;
	struct dsv_writer *writer; /* opened with the first content */
	struct dsv_staged *out;
	struct dsv_buf bytes; /* of one file */
};

static int changed_under_us(const char *path)
{
	return dsv_fail(DSV_EIO, "'%s' changed while it was read", path);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int open_data(struct dsv_repo *repo, const char *path, struct stat *st)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	int fd;

	fd = open(full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		return changed_under_us(path);
	}
	return fd;
}

static int read_whole(int fd, size_t len, const char *path, struct dsv_buf *out)
{
	size_t done = 0;
	char *to;

	dsv_buf_reset(out);
	to = dsv_buf_reserve(out, len + 1);
	while (done <= len) {
		const ssize_t got = read(fd, to + done, len + 1 - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
					      path);
		if (!got)
			break;
		done += (size_t)got;
	}
	if (done != len)
		return changed_under_us(path);
	to[len] = '\0';
	out->len = len;
	return 0;
}

static int store_content(struct stage *stage, struct dsv_stream *in,
			 const struct dsv_candidate *item,
			 struct dsv_content *out)
{
	struct dsv_writer_opts opts = {.progress = stage->repo->progress};
	struct dsv_content previous;
	struct dsv_store *store;
	int rc;

	rc = dsv_repo_store(stage->repo, &store);
	if (rc == 0 && !stage->writer)
		rc = dsv_writer_open(&stage->writer, store);
	if (rc == 0)
		rc = dsv_clean_opts_blob(stage->repo, item->path, &item->blob,
					 &opts, &previous);
	if (rc == 0)
		rc = dsv_writer_add(stage->writer, in, &opts, out);
	return rc;
}

/* The content of an open file, in the store or (a pointer) as it says. */
static int content_of(struct stage *stage, int fd,
		      const struct dsv_candidate *item, const struct stat *st,
		      struct dsv_content *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int rc;

	if (st->st_size > (off_t)WHOLE_MAX) {
		dsv_stream_of_fd(&in, fd, item->path);
		return store_content(stage, in, item, out);
	}
	rc = read_whole(fd, (size_t)st->st_size, item->path, &stage->bytes);
	if (rc < 0)
		return rc;
	switch (dsv_pointer_parse(dsv_buf_str(&stage->bytes), stage->bytes.len,
				  out)) {
	case DSV_POINTER_EXACT:
		return 1;
	case DSV_POINTER_DAMAGED:
		return dsv_fail(DSV_ECORRUPT, "damaged pointer");
	case DSV_POINTER_NOT:
	default:
		break;
	}
	dsv_stream_of_memory(&in, stage->bytes.data, stage->bytes.len);
	return store_content(stage, in, item, out);
}

static int read_data(struct stage *stage, const struct dsv_candidate *item,
		     struct dsv_content *out, struct stat *st)
{
	struct stat after;
	int fd;
	int rc;

	fd = open_data(stage->repo, item->path, st);
	if (fd < 0)
		return fd;
	rc = content_of(stage, fd, item, st, out);
	if (rc >= 0 && (fstat(fd, &after) < 0 || !same_file(st, &after) ||
			(rc == 0 && out->size != (uint64_t)st->st_size)))
		rc = changed_under_us(item->path);
	close(fd);
	return rc < 0 ? rc : 0;
}

static int add_data(struct stage *stage, const struct dsv_candidate *item,
		    git_index_entry *entry, struct dsv_path_side *to)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct stat st;
	int rc;

	rc = read_data(stage, item, &to->content, &st);
	if (rc == DSV_ECORRUPT)
		return dsv_fail_prefix(rc, "%s", item->path);
	if (rc < 0)
		return rc;
	to->is_pointer = true;
	dsv_pointer_format(&to->content, &text);
	rc = dsv_objects_add(stage->objects, text.data, text.len, &to->blob);
	if (rc < 0)
		return rc;
	if (item->unmerged) {
		rc = dsv_clean_check(stage->repo, item->path, &to->blob);
		if (rc < 0)
			return rc;
	}
	dsv_index_entry_stat(entry, &st);
	stage->out->bytes += (uint64_t)st.st_size;
	return 0;
}

/* A submodule stands in the tree as the commit it is at. */
static int head_of_submodule(struct dsv_repo *repo, const char *path,
			     git_oid *out)
{
	git_repository *sub DSV_AUTO(git_repository) = NULL;
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	int rc;

	rc = git_repository_open(&sub, full);
	if (rc == 0)
		rc = git_reference_name_to_id(out, sub, "HEAD");
	if (rc < 0)
		return dsv_git_fail(rc, "submodule '%s'", path);
	return 0;
}

/* libgit2 says of a file that may not be read that it is locked. */
static int add_failed(struct dsv_repo *repo, const char *path, int rc)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);

	if (faccessat(AT_FDCWD, full, R_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	return dsv_git_fail(rc, "cannot add '%s'", path);
}

static int add_plain(struct stage *stage, const struct dsv_candidate *item,
		     git_index_entry *entry, struct dsv_path_side *to)
{
	struct stat before;
	struct stat after;
	git_oid oid;
	int rc;

	if (dsv_work_stat(stage->repo, item->path, &before) <= 0)
		return changed_under_us(item->path);
	if (item->mode == GIT_FILEMODE_TREE) {
		rc = head_of_submodule(stage->repo, item->path, &oid);
		if (rc < 0)
			return rc;
	} else {
		rc = git_blob_create_from_workdir(&oid, stage->repo->git,
						  item->path);
		if (rc < 0)
			return add_failed(stage->repo, item->path, rc);
	}
	if (dsv_work_stat(stage->repo, item->path, &after) <= 0 ||
	    !same_file(&before, &after))
		return changed_under_us(item->path);
	dsv_oid_of_git(&to->blob, &oid);
	dsv_index_entry_stat(entry, &before);
	return 0;
}

static int side_of_index(struct dsv_repo *repo,
			 const struct dsv_candidate *item,
			 struct dsv_path_side *out)
{
	int rc;

	*out = (struct dsv_path_side){.blob = item->blob, .mode = item->known};
	if (!item->known || item->known == GIT_FILEMODE_COMMIT)
		return 0;
	rc = dsv_blob_pointer(repo, &item->blob, &out->content);
	out->is_pointer = rc > 0;
	/* what cannot be read is replaced, not used */
	return 0;
}

static bool same_type(uint32_t a, uint32_t b)
{
	return (a & 0170000) == (b & 0170000);
}

static void report(struct stage *stage, const struct dsv_candidate *item,
		   const struct dsv_path_side *from,
		   const struct dsv_path_side *to)
{
	struct dsv_staged *out = stage->out;
	struct dsv_staged_file *file;

	if (from->mode == to->mode && !item->unmerged &&
	    dsv_oid_equal(&from->blob, &to->blob))
		return;
	DSV_GROW(out->items, out->cap, out->n + 1);
	file = &out->items[out->n++];
	file->path = dsv_strdup(item->path);
	file->from = *from;
	file->to = *to;
	if (!to->mode)
		file->change = DSV_PATH_DELETED;
	else if (!from->mode)
		file->change = DSV_PATH_ADDED;
	else
		file->change = same_type(from->mode, to->mode)
				       ? DSV_PATH_MODIFIED
				       : DSV_PATH_TYPE;
}

static int remove_path(struct stage *stage, const struct dsv_candidate *item)
{
	int rc;

	git_index_conflict_remove(stage->edit->index, item->path);
	rc = git_index_remove(stage->edit->index, item->path, 0);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return dsv_git_fail(rc, "cannot remove '%s'", item->path);
	return 0;
}

static int put_entry(struct stage *stage, const struct dsv_candidate *item,
		     git_index_entry *entry, const struct dsv_path_side *to)
{
	int rc;

	entry->path = item->path;
	entry->mode = to->mode;
	dsv_oid_to_git(&entry->id, &to->blob);
	if (item->unmerged)
		git_index_conflict_remove(stage->edit->index, item->path);
	rc = git_index_add(stage->edit->index, entry);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot add '%s'", item->path);
	return 0;
}

static int refuse_foreign(const char *path, const char *driver)
{
	dsv_fail(DSV_EREFUSED, "'%s' goes through the filter '%s'", path,
		 driver);
	return dsv_hint(DSV_EREFUSED, "add it with 'git add'");
}

static int add_file(struct stage *stage, const struct dsv_candidate *item,
		    struct dsv_path_side *to)
{
	struct dsv_attr_value attrs[DSV_ATTR_N];
	const char *driver = NULL;
	git_index_entry entry = {0};
	int rc;

	to->mode = item->mode == GIT_FILEMODE_TREE ? GIT_FILEMODE_COMMIT
						   : item->mode;
	if (to->mode == GIT_FILEMODE_BLOB ||
	    to->mode == GIT_FILEMODE_BLOB_EXECUTABLE) {
		rc = dsv_attributes_of_path(stage->repo, item->path, attrs);
		if (rc < 0)
			return rc;
		if (attrs[DSV_ATTR_FILTER].state == DSV_ATTR_VALUE)
			driver = attrs[DSV_ATTR_FILTER].value;
	}
	if (driver && strcmp(driver, "dsv"))
		return refuse_foreign(item->path, driver);
	rc = driver ? add_data(stage, item, &entry, to)
		    : add_plain(stage, item, &entry, to);
	return rc < 0 ? rc : put_entry(stage, item, &entry, to);
}

static int stage_one(struct stage *stage, const struct dsv_candidate *item)
{
	struct dsv_path_side from;
	struct dsv_path_side to = {0};
	int rc;

	rc = dsv_cancelled();
	if (rc == 0)
		rc = side_of_index(stage->repo, item, &from);
	if (rc == 0)
		rc = item->gone ? remove_path(stage, item)
				: add_file(stage, item, &to);
	if (rc < 0)
		return rc;
	report(stage, item, &from, &to);
	return 0;
}

/* Contents, then the blobs that name them, then the index. */
static int finish(struct stage *stage)
{
	int rc = 0;

	if (stage->writer)
		rc = dsv_writer_commit(stage->writer);
	if (rc == 0)
		rc = dsv_objects_commit(stage->objects);
	if (rc == 0)
		rc = dsv_index_edit_commit(stage->edit);
	return rc;
}

static int stage_all(struct stage *stage, const struct dsv_candidates *files)
{
	size_t i;
	int rc = 0;

	dsv_progress_start(stage->repo->progress, "adding", files->bytes,
			   "bytes");
	for (i = 0; rc == 0 && i < files->n; i++)
		rc = stage_one(stage, &files->items[i]);
	return rc < 0 ? rc : finish(stage);
}

int dsv_stage(struct dsv_repo *repo, const struct dsv_stage_opts *opts,
	      struct dsv_staged *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct dsv_candidates files DSV_AUTO(candidates) = DSV_CANDIDATES_INIT;
	struct dsv_objects objects DSV_AUTO(objects) = DSV_OBJECTS_INIT;
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	struct stage stage = {.repo = repo,
			      .edit = &edit,
			      .objects = &objects,
			      .out = &staged};
	int rc;

	rc = dsv_index_edit_open(&edit, repo);
	if (rc == 0)
		rc = dsv_candidates_find(&files, repo, opts);
	if (rc < 0)
		return rc;
	dsv_objects_init(&objects, repo);
	if (files.n)
		rc = stage_all(&stage, &files);
	dsv_writer_free(&stage.writer);
	dsv_buf_release(&stage.bytes);
	if (rc < 0)
		return rc;
	*out = staged;
	staged = (struct dsv_staged)DSV_STAGED_INIT;
	return 0;
}

void dsv_staged_release(struct dsv_staged *staged)
{
	size_t i;

	for (i = 0; i < staged->n; i++)
		free(staged->items[i].path);
	free(staged->items);
	*staged = (struct dsv_staged)DSV_STAGED_INIT;
}
