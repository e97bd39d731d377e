#include <dsv/merge_driver.h>

#include <dsv/error.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "base/stream.h"
#include "repo/blobs.h"
#include "repo/clean.h"
#include "repo/pointer.h"
#include "repo/private.h"
#include "repo/unmerged.h"

/* One version of the file, as git hands it over. */
struct side {
	const char *file;
	bool absent; /* an empty base: there was no such file */
	bool raw;    /* plain bytes, not a pointer */
	struct dsv_content content;
	struct dsv_oid blob;
};

static int name_blob(struct side *side)
{
	git_oid oid;
	int rc;

	rc = git_odb_hashfile(&oid, side->file, GIT_OBJECT_BLOB);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read '%s'", side->file);
	dsv_oid_of_git(&side->blob, &oid);
	return 0;
}

static int content_of_raw(struct side *side)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int fd = open(side->file, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", side->file);
	dsv_stream_of_fd(&in, fd, side->file);
	rc = dsv_content_of_stream(in, &side->content);
	close(fd);
	side->raw = true;
	return rc;
}

static int read_side(struct side *side, const char *file)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	enum dsv_pointer_kind kind = DSV_POINTER_NOT;
	struct stat st;
	int rc;

	side->file = file;
	if (stat(file, &st) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", file);
	rc = name_blob(side);
	if (rc < 0)
		return rc;
	if (st.st_size <= (off_t)DSV_POINTER_LIMIT) {
		rc = dsv_fs_read(file, DSV_POINTER_LIMIT, &text);
		if (rc < 0)
			return rc;
		kind = dsv_pointer_parse(dsv_buf_str(&text), text.len,
					 &side->content);
	}
	if (kind == DSV_POINTER_DAMAGED)
		return dsv_fail(DSV_ECORRUPT, "damaged pointer");
	return kind == DSV_POINTER_EXACT ? 0 : content_of_raw(side);
}

static bool same(const struct side *a, const struct side *b)
{
	return a->absent == b->absent && a->content.size == b->content.size &&
	       dsv_id_equal(&a->content.id, &b->content.id);
}

/* Plain bytes that win are put into the store: the result is a pointer. */
static int store_raw(struct dsv_repo *repo, const char *path,
		     const struct side *side, struct dsv_buf *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;
	int fd = open(side->file, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", side->file);
	/* judged already: no head of a pointer needs to be looked at */
	dsv_buf_reserve(&head, DSV_POINTER_LIMIT + 1);
	head.len = DSV_POINTER_LIMIT + 1;
	dsv_stream_of_fd(&in, fd, side->file);
	rc = dsv_clean(repo, path, &head, in, out);
	close(fd);
	return rc;
}

static int write_result(const char *file, const struct dsv_buf *text)
{
	int fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'", file);
	rc = dsv_fs_write_all(fd, text->data, text->len, file);
	if (close(fd) < 0 && rc == 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot write '%s'", file);
	return rc;
}

/* Put the pointer of the winner into git's file for the result. */
static int take(struct dsv_repo *repo, const struct dsv_merge_driver_opts *opts,
		const struct side *winner)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	if (winner->raw)
		rc = store_raw(repo, opts->path, winner, &text);
	else
		dsv_pointer_format(&winner->content, &text);
	return rc < 0 ? rc : write_result(opts->ours, &text);
}

static int record(struct dsv_repo *repo, const char *path,
		  const struct side sides[DSV_STAGES])
{
	struct dsv_conflict_head head = {.path = (char *)path,
					 .kind = (char *)DSV_CONFLICT_WHOLE};
	size_t i;

	for (i = 0; i < DSV_STAGES; i++) {
		if (!sides[i].absent)
			head.blobs[i] = sides[i].blob;
	}
	return dsv_conflict_put(repo, &head, NULL, 0);
}

static int merge(struct dsv_repo *repo,
		 const struct dsv_merge_driver_opts *opts,
		 struct side sides[DSV_STAGES])
{
	const char *files[DSV_STAGES] = {opts->base, opts->ours, opts->theirs};
	struct side *base = &sides[0];
	struct side *ours = &sides[1];
	struct side *theirs = &sides[2];
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++) {
		rc = read_side(&sides[i], files[i]);
		if (rc < 0)
			return rc;
	}
	base->absent = base->raw && !base->content.size;

	if (same(ours, theirs))
		return take(repo, opts, ours->raw ? theirs : ours);
	if (same(base, theirs))
		return take(repo, opts, ours);
	if (same(base, ours))
		return take(repo, opts, theirs);
	dsv_fail(DSV_ECONFLICT, "'%s' was changed on both sides", opts->path);
	return dsv_hint(DSV_ECONFLICT,
			"take one: git checkout --ours or --theirs, then "
			"'dsv add'");
}

int dsv_merge_driver(struct dsv_repo *repo,
		     const struct dsv_merge_driver_opts *opts)
{
	struct side sides[DSV_STAGES] = {{.file = NULL}};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *message DSV_AUTO(str) = NULL;
	char *hint DSV_AUTO(str) = NULL;
	int rc;

	rc = merge(repo, opts, sides);
	if (rc == 0)
		return 0;

	/* the first fault is the one to tell */
	message = dsv_strdup(dsv_error_message());
	hint = dsv_error_hint() ? dsv_strdup(dsv_error_hint()) : NULL;
	/* a plain file of ours becomes its pointer where that can be done */
	if (sides[1].raw && store_raw(repo, opts->path, &sides[1], &text) == 0)
		write_result(opts->ours, &text);
	record(repo, opts->path, sides);
	dsv_fail(DSV_ECONFLICT, "%s", message);
	return hint ? dsv_hint(DSV_ECONFLICT, "%s", hint) : DSV_ECONFLICT;
}
