#include "repo/worktree.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/config.h"
#include "repo/githash.h"
#include "repo/private.h"
#include "repo/workfile.h"

#define READ_SIZE (256u * 1024u)

/* Does one work file hold what an entry stands for? */
struct question {
	struct dsv_repo *repo;
	const char *path;
	const char *full;
	const struct dsv_entry *entry;
	const struct stat *st;
};

static int same_link(const struct question *q)
{
	char target[PATH_MAX];
	struct dsv_oid name;
	ssize_t len = readlink(q->full, target, sizeof(target));

	if (len < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", q->path);
	dsv_blob_name(target, (size_t)len, &name);
	return dsv_oid_equal(&name, &q->entry->blob);
}

/* A folder with a repository inside is told by its HEAD; one without is a
 * submodule that was not fetched, which is no change. */
static int same_submodule(const struct question *q)
{
	git_repository *inner DSV_AUTO(git_repository) = NULL;
	struct dsv_oid name;
	git_oid head;

	if (git_repository_open_ext(&inner, q->full,
				    GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0 ||
	    git_reference_name_to_id(&head, inner, "HEAD") < 0)
		return 1;
	dsv_oid_of_git(&name, &head);
	return dsv_oid_equal(&name, &q->entry->blob);
}

static int digest_file(const struct question *q, struct dsv_content *out)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};
	struct dsv_buf piece DSV_AUTO(buf) = DSV_BUF_INIT;
	int fd = open(q->full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint64_t size = 0;
	ssize_t n;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", q->path);
	dsv_buf_reserve(&piece, READ_SIZE);
	dsv_digest_init(&digest);
	while ((n = read(fd, piece.data, READ_SIZE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		dsv_digest_update(&digest, piece.data, (size_t)n);
		size += (uint64_t)n;
	}
	if (n < 0)
		dsv_fail_errno(DSV_EIO, "cannot read '%s'", q->path);
	close(fd);
	if (n < 0)
		return DSV_EIO;
	out->size = size;
	dsv_digest_final(&digest, &out->id);
	return 0;
}

/* The file holds the content, or is itself the pointer, as after a checkout
 * without the content at hand. */
static int same_content(const struct question *q,
			const struct dsv_content *content)
{
	struct dsv_content found;
	int rc;

	rc = dsv_work_pointer(q->repo, q->path, q->st, &found);
	if (rc == DSV_ECORRUPT)
		return 0;
	if (rc == 0) {
		if ((uint64_t)q->st->st_size != content->size)
			return 0;
		rc = digest_file(q, &found);
	}
	if (rc < 0)
		return rc;
	return found.size == content->size &&
	       dsv_id_equal(&found.id, &content->id);
}

static int same_bytes(const struct question *q)
{
	struct dsv_mapped file DSV_AUTO(mapped) = DSV_MAPPED_INIT;
	struct dsv_oid name;
	uint64_t size;
	int rc;

	rc = dsv_blob_size(q->repo, &q->entry->blob, &size);
	if (rc < 0 && rc != DSV_EMISSING)
		return rc;
	if (rc == 0 && size != (uint64_t)q->st->st_size)
		return 0;
	rc = dsv_mapped_open(&file, q->full);
	if (rc < 0)
		return rc;
	dsv_blob_name(file.data, file.len, &name);
	return dsv_oid_equal(&name, &q->entry->blob);
}

/* True when git stores the bytes as they are. */
static bool is_verbatim(struct dsv_repo *repo,
			const struct dsv_attr_value values[DSV_ATTR_N])
{
	char *crlf DSV_AUTO(str) = NULL;

	if (values[DSV_ATTR_FILTER].state == DSV_ATTR_VALUE ||
	    values[DSV_ATTR_IDENT].state == DSV_ATTR_SET ||
	    values[DSV_ATTR_ENCODING].state == DSV_ATTR_VALUE)
		return false;
	if (values[DSV_ATTR_TEXT].state == DSV_ATTR_UNSET)
		return true;
	if (values[DSV_ATTR_TEXT].state != DSV_ATTR_UNSPECIFIED ||
	    values[DSV_ATTR_CRLF].state != DSV_ATTR_UNSPECIFIED ||
	    values[DSV_ATTR_EOL].state != DSV_ATTR_UNSPECIFIED)
		return false;
	crlf = dsv_config_str(repo, "core.autocrlf");
	return !crlf || strcmp(crlf, "false") == 0;
}

/* With git's conversions, which libgit2 does for one thread at a time; the
 * filter programs of others are run by git. */
static int same_converted(const struct question *q,
			  const struct dsv_attr_value *filter)
{
	struct dsv_oid name;
	git_oid hash;
	int rc;

	if (filter->state == DSV_ATTR_VALUE &&
	    dsv_git_hash(q->repo, q->path, &name) == 1)
		return dsv_oid_equal(&name, &q->entry->blob);
	pthread_mutex_lock(&q->repo->lock);
	rc = git_repository_hashfile(&hash, q->repo->git, q->full,
				     GIT_OBJECT_BLOB, q->path);
	if (rc < 0)
		rc = dsv_git_fail(rc, "cannot hash '%s'", q->path);
	pthread_mutex_unlock(&q->repo->lock);
	if (rc < 0)
		return rc;
	dsv_oid_of_git(&name, &hash);
	return dsv_oid_equal(&name, &q->entry->blob);
}

static int same_file(const struct question *q)
{
	struct dsv_attr_value values[DSV_ATTR_N];
	const struct dsv_attr_value *filter = &values[DSV_ATTR_FILTER];
	struct dsv_content content;
	int rc;

	rc = dsv_attributes_of_path(q->repo, q->path, values);
	if (rc < 0)
		return rc;
	if (filter->state == DSV_ATTR_VALUE &&
	    strcmp(filter->value, "dsv") == 0) {
		rc = dsv_blob_pointer(q->repo, &q->entry->blob, &content);
		if (rc == 1)
			return same_content(q, &content);
		/* raw content at such a path is read as such */
		return rc < 0 && rc != DSV_ECORRUPT ? rc : same_bytes(q);
	}
	return is_verbatim(q->repo, values) ? same_bytes(q)
					    : same_converted(q, filter);
}

int dsv_worktree_same(struct dsv_repo *repo, const char *path,
		      const struct dsv_entry *entry)
{
	char *full DSV_AUTO(str) = NULL;
	struct stat st;
	struct question q = {repo, path, NULL, entry, &st};
	int rc;

	rc = dsv_work_stat(repo, path, &st);
	if (rc <= 0)
		return rc;
	q.full = full = dsv_work_path(repo, path);
	if (entry->mode == GIT_FILEMODE_COMMIT)
		return S_ISDIR(st.st_mode) ? same_submodule(&q) : 0;
	if (dsv_work_mode(repo, &st, entry->mode) != entry->mode)
		return 0;
	return S_ISLNK(st.st_mode) ? same_link(&q) : same_file(&q);
}
