#include "repo/blobs.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "repo/batch.h"
#include "repo/config.h"
#include "repo/private.h"

/* Up to here libgit2 reads a blob sooner than a child answers. */
#define SMALL_BLOB (32u * 1024u)

#define DEFAULT_BLOB_LIMIT (1ull << 30)

static int open_odb(git_odb **out, struct dsv_repo *repo)
{
	int rc = git_repository_odb(out, repo->git);

	if (rc < 0)
		return dsv_git_fail(rc, "cannot open the git objects");
	return 0;
}

static int object_fail(int rc, const struct dsv_oid *oid)
{
	char hex[DSV_OID_HEX];

	if (rc == GIT_ENOTFOUND)
		return dsv_fail(DSV_EMISSING, "git object '%s' is not here",
				dsv_oid_hex(oid, hex));
	return dsv_git_fail(rc, "git object '%s'", dsv_oid_hex(oid, hex));
}

static int too_large(uint64_t size, size_t limit)
{
	return dsv_fail(DSV_ERANGE, "blob of %llu bytes is larger than %zu",
			(unsigned long long)size, limit);
}

static int read_header(git_odb *odb, const struct dsv_oid *oid, uint64_t *size)
{
	char hex[DSV_OID_HEX];
	git_object_t type;
	git_oid name;
	size_t len;
	int rc;

	dsv_oid_to_git(&name, oid);
	rc = git_odb_read_header(&len, &type, odb, &name);
	if (rc < 0)
		return object_fail(rc, oid);
	if (type != GIT_OBJECT_BLOB)
		return dsv_fail(DSV_ECORRUPT, "git object '%s' is no blob",
				dsv_oid_hex(oid, hex));
	*size = len;
	return 0;
}

static int read_by_library(git_odb *odb, const struct dsv_oid *oid,
			   size_t limit, struct dsv_buf *out)
{
	git_odb_object *object DSV_AUTO(git_odb_object) = NULL;
	git_oid name;
	int rc;

	dsv_oid_to_git(&name, oid);
	rc = git_odb_read(&object, odb, &name);
	if (rc < 0)
		return object_fail(rc, oid);
	if (git_odb_object_size(object) > limit)
		return too_large(git_odb_object_size(object), limit);
	dsv_buf_reset(out);
	dsv_buf_add(out, git_odb_object_data(object),
		    git_odb_object_size(object));
	return 0;
}

/* Under the lock. False: there is no child, and there will be none. */
static bool has_batch(struct dsv_repo *repo)
{
	if (repo->batch)
		return true;
	if (!repo->no_batch)
		repo->no_batch = getenv("DSV_NO_GIT") ||
				 dsv_batch_open(&repo->batch, repo) < 0;
	return repo->batch != NULL;
}

/* 1 read, 0 no child that could answer. */
static int read_by_child(struct dsv_repo *repo, const struct dsv_oid *oid,
			 size_t limit, struct dsv_buf *out)
{
	int rc = DSV_EGIT;

	pthread_mutex_lock(&repo->lock);
	if (has_batch(repo)) {
		rc = dsv_batch_read(repo->batch, oid, limit, out);
		if (rc == DSV_EGIT) {
			dsv_batch_free(&repo->batch);
			repo->no_batch = true;
		}
	}
	pthread_mutex_unlock(&repo->lock);
	if (rc == DSV_EGIT)
		return 0;
	return rc < 0 ? rc : 1;
}

int dsv_blob_read(struct dsv_repo *repo, const struct dsv_oid *oid,
		  size_t limit, struct dsv_buf *out)
{
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	uint64_t size = 0;
	int rc;

	rc = open_odb(&odb, repo);
	if (rc < 0)
		return rc;
	rc = read_header(odb, oid, &size);
	/* a partial clone leaves objects to be fetched by git itself */
	if (rc < 0 && rc != DSV_EMISSING)
		return rc;
	if (rc == 0 && size > limit)
		return too_large(size, limit);
	if (rc == DSV_EMISSING || size > SMALL_BLOB) {
		rc = read_by_child(repo, oid, limit, out);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	return read_by_library(odb, oid, limit, out);
}

int dsv_blob_size(struct dsv_repo *repo, const struct dsv_oid *oid,
		  uint64_t *out)
{
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	int rc;

	rc = open_odb(&odb, repo);
	if (rc < 0)
		return rc;
	return read_header(odb, oid, out);
}

int dsv_blob_pointer(struct dsv_repo *repo, const struct dsv_oid *oid,
		     struct dsv_content *out)
{
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	uint64_t size;
	int rc;

	rc = open_odb(&odb, repo);
	if (rc < 0)
		return rc;
	rc = read_header(odb, oid, &size);
	if (rc < 0)
		return rc;
	if (size > DSV_POINTER_LIMIT)
		return 0;
	rc = read_by_library(odb, oid, DSV_POINTER_LIMIT, &text);
	if (rc < 0)
		return rc;

	switch (dsv_pointer_parse(dsv_buf_str(&text), text.len, out)) {
	case DSV_POINTER_EXACT:
		return 1;
	case DSV_POINTER_DAMAGED:
		return dsv_fail(DSV_ECORRUPT, "blob '%s' is a damaged pointer",
				dsv_oid_hex(oid, hex));
	default:
		return 0;
	}
}

uint64_t dsv_blob_limit(struct dsv_repo *repo)
{
	return dsv_config_u64(repo, "dsv.bloblimit", DEFAULT_BLOB_LIMIT);
}

int dsv_blob_write(struct dsv_repo *repo, const void *data, size_t len,
		   struct dsv_oid *out)
{
	git_oid name;
	int rc;

	rc = git_blob_create_from_buffer(&name, repo->git, data, len);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot write a git object");
	dsv_oid_of_git(out, &name);
	return 0;
}

int dsv_blob_of_file(struct dsv_repo *repo, const char *file,
		     struct dsv_oid *out)
{
	git_odb *odb = NULL;
	git_oid oid;
	int rc;

	rc = git_odb_hashfile(&oid, file, GIT_OBJECT_BLOB);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read '%s'", file);
	rc = open_odb(&odb, repo);
	if (rc < 0)
		return rc;
	if (!git_odb_exists(odb, &oid))
		rc = git_blob_create_from_disk(&oid, repo->git, file);
	git_odb_free(odb);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot keep '%s'", file);
	dsv_oid_of_git(out, &oid);
	return 0;
}

void dsv_blob_name(const void *data, size_t len, struct dsv_oid *out)
{
	git_oid name;

	git_odb_hash(&name, data, len, GIT_OBJECT_BLOB);
	dsv_oid_of_git(out, &name);
}
