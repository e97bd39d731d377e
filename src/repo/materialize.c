#include "repo/materialize.h"

#include <dsv/error.h>
#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/private.h"
#include "repo/workfile.h"

/* Contents up to here are written several at once; a larger one keeps all
 * workers busy by itself. */
#define SMALL_CONTENT (1024u * 1024u)

struct materialize {
	struct dsv_repo *repo;
	struct dsv_target **small; /* data files, written by all workers */
	size_t n_small;
	size_t cap;
};

void dsv_targets_add(struct dsv_targets *targets, const char *path,
		     const struct dsv_entry *entry)
{
	struct dsv_target *target;

	DSV_GROW(targets->items, targets->cap, targets->n + 1);
	target = &targets->items[targets->n++];
	*target =
		(struct dsv_target){.path = dsv_strdup(path), .entry = *entry};
}

void dsv_targets_release(struct dsv_targets *targets)
{
	size_t i;

	for (i = 0; i < targets->n; i++)
		free(targets->items[i].path);
	free(targets->items);
	*targets = (struct dsv_targets)DSV_TARGETS_INIT;
}

static bool is_bad_part(const char *part, size_t len)
{
	return !len || (len == 1 && part[0] == '.') ||
	       (len == 2 && !memcmp(part, "..", 2)) ||
	       (len == 4 && !strncasecmp(part, ".git", 4));
}

/* A tree that someone crafted could name what must not be written. */
static int check_path(const char *path)
{
	const char *at = path;

	for (;;) {
		const size_t len = strcspn(at, "/");

		if (is_bad_part(at, len))
			return dsv_fail(DSV_EREFUSED, "invalid path '%s'",
					path);
		if (!at[len])
			return 0;
		at += len + 1;
	}
}

static bool is_attributes(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, ".gitattributes");
}

static int stat_target(struct dsv_repo *repo, struct dsv_target *target)
{
	const int rc = dsv_work_stat(repo, target->path, &target->st);

	if (rc < 0)
		return rc;
	return rc ? 0 : dsv_fail(DSV_EIO, "'%s' has vanished", target->path);
}

static int write_link(struct dsv_repo *repo, struct dsv_target *target,
		      const char *to)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, target->path);
	int rc;

	rc = dsv_work_mkdirs(repo, target->path);
	if (rc < 0)
		return rc;
	if ((unlink(full) < 0 && errno != ENOENT) || symlink(to, full) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'",
				      target->path);
	return stat_target(repo, target);
}

static int make_submodule_dir(struct dsv_repo *repo, struct dsv_target *target)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, target->path);
	int rc;

	rc = dsv_work_mkdirs(repo, target->path);
	if (rc == 0)
		rc = dsv_fs_mkdirs(full);
	return rc < 0 ? rc : stat_target(repo, target);
}

/* git's own conversions: line ends, ident. Which of them what is no text takes,
 * they know themselves; libgit2's check for it gives back nothing at all. */
static int write_converted(struct dsv_repo *repo, struct dsv_target *target,
			   git_blob *blob)
{
	git_blob_filter_options opts = {
		.version = GIT_BLOB_FILTER_OPTIONS_VERSION};
	git_buf out = GIT_BUF_INIT;
	int rc;

	rc = git_blob_filter(&out, blob, target->path, &opts);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot convert '%s'", target->path);
	rc = dsv_work_write_bytes(repo, target->path, target->entry.mode,
				  out.ptr, out.size, &target->st);
	git_buf_dispose(&out);
	return rc;
}

static int write_plain(struct dsv_repo *repo, struct dsv_target *target)
{
	git_blob *blob DSV_AUTO(git_blob) = NULL;
	char *to DSV_AUTO(str) = NULL;
	git_oid oid;
	int rc;

	if (target->entry.mode == GIT_FILEMODE_COMMIT)
		return make_submodule_dir(repo, target);
	dsv_oid_to_git(&oid, &target->entry.blob);
	rc = git_blob_lookup(&blob, repo->git, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read '%s'", target->path);
	if (target->entry.mode != GIT_FILEMODE_LINK)
		return write_converted(repo, target, blob);
	to = dsv_strndup(git_blob_rawcontent(blob),
			 (size_t)git_blob_rawsize(blob));
	return write_link(repo, target, to);
}

static int write_pointer(struct dsv_repo *repo, struct dsv_target *target)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	target->missing = true;
	dsv_pointer_format(&target->content, &text);
	return dsv_work_write_bytes(repo, target->path, target->entry.mode,
				    text.data, text.len, &target->st);
}

static int write_data(struct dsv_repo *repo, struct dsv_target *target)
{
	int rc;

	rc = dsv_cancelled();
	if (rc == 0)
		rc = dsv_work_write_content(repo, target->path,
					    target->entry.mode,
					    &target->content, &target->st);
	if (rc == DSV_EMISSING)
		return write_pointer(repo, target);
	return rc < 0 ? dsv_fail_prefix(rc, "%s", target->path) : 0;
}

static int write_small(void *ctx, size_t i)
{
	struct materialize *it = ctx;

	return write_data(it->repo, it->small[i]);
}

static bool is_file(const struct dsv_target *target)
{
	return target->entry.mode == GIT_FILEMODE_BLOB ||
	       target->entry.mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/* Data is what is a pointer in git, at a path that the filter has. */
static int judge(struct dsv_repo *repo, struct dsv_target *target)
{
	int rc;

	if (!is_file(target) || !dsv_path_is_filtered(repo, target->path))
		return 0;
	rc = dsv_blob_pointer(repo, &target->entry.blob, &target->content);
	/* a damaged pointer is written as it is, for a person to see */
	if (rc == DSV_ECORRUPT)
		return 0;
	target->is_pointer = rc > 0;
	return rc < 0 ? rc : 0;
}

/* A folder that stands where a file belongs goes when it is empty; a link
 * among the folders above is what the version had before. */
static int remove_all(struct dsv_repo *repo, const struct dsv_targets *targets)
{
	size_t i;
	int rc = 0;

	/* last first: what is below goes before what is above */
	for (i = targets->n; rc == 0 && i > 0; i--) {
		if (!targets->items[i - 1].entry.mode)
			rc = dsv_work_remove(repo, targets->items[i - 1].path);
	}
	return rc;
}

static int write_attributes(struct dsv_repo *repo, struct dsv_targets *targets)
{
	bool any = false;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < targets->n; i++) {
		struct dsv_target *target = &targets->items[i];

		if (!is_attributes(target->path))
			continue;
		any = true;
		if (target->entry.mode)
			rc = write_plain(repo, target);
	}
	if (any)
		dsv_attributes_forget(repo);
	return rc;
}

static int write_one(struct materialize *it, struct dsv_target *target)
{
	int rc;

	rc = judge(it->repo, target);
	if (rc < 0)
		return rc;
	if (!target->is_pointer)
		return write_plain(it->repo, target);
	if (target->content.size > SMALL_CONTENT)
		return write_data(it->repo, target);
	DSV_GROW(it->small, it->cap, it->n_small + 1);
	it->small[it->n_small++] = target;
	return 0;
}

static int write_all(struct materialize *it, struct dsv_targets *targets)
{
	struct dsv_store *store;
	size_t i;
	int rc;

	/* opened before the workers need it */
	rc = dsv_repo_store(it->repo, &store);
	for (i = 0; rc == 0 && i < targets->n; i++) {
		struct dsv_target *target = &targets->items[i];

		if (target->entry.mode && !is_attributes(target->path))
			rc = write_one(it, target);
	}
	if (rc == 0)
		rc = dsv_pool_each(dsv_repo_pool(it->repo), it->n_small,
				   write_small, it);
	return rc;
}

int dsv_materialize(struct dsv_repo *repo, struct dsv_targets *targets)
{
	struct materialize it = {.repo = repo};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < targets->n; i++)
		rc = check_path(targets->items[i].path);
	dsv_progress_start(repo->progress, "checking out", 0, "bytes");
	if (rc == 0)
		rc = remove_all(repo, targets);
	if (rc == 0)
		rc = write_attributes(repo, targets);
	if (rc == 0)
		rc = write_all(&it, targets);
	free(it.small);
	return rc;
}
