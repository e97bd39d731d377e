#include "repo/repo.h"

#include <dsv/error.h>
#include <git2/sys/repository.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/batch.h"
#include "repo/private.h"

int dsv_git_fail(int rc, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	struct dsv_buf what DSV_AUTO(buf) = DSV_BUF_INIT;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	dsv_buf_addstr(&what,
		       last && last->message ? last->message : "unknown error");
	dsv_fail(DSV_EGIT, "%s: %s", text, dsv_buf_str(&what));
	if (rc == GIT_ELOCKED)
		dsv_hint(DSV_EGIT, "another git process seems to be at work; "
				   "if none is, remove the .lock file");
	return DSV_EGIT;
}

/* A folder that belongs to someone else is opened by git only when it is
 * listed as safe; the advice is git's own. */
static int owner_fail(const char *git_dir)
{
	size_t len = strlen(git_dir);

	while (len > 1 && git_dir[len - 1] == '/')
		len--;
	if (len > 5 && memcmp(git_dir + len - 5, "/.git", 5) == 0)
		len -= 5;
	dsv_fail(DSV_EGIT, "the repository at '%.*s' belongs to another user",
		 (int)len, git_dir);
	return dsv_hint(DSV_EGIT,
			"if you trust it: git config --global --add "
			"safe.directory '%.*s'",
			(int)len, git_dir);
}

/* Where no folder is listed as safe, libgit2 says "not found" of one that is
 * there. */
static int open_fail(int rc, const char *start)
{
	git_buf found = {0};
	char real[PATH_MAX];

	if (rc != GIT_ENOTFOUND && rc != GIT_EOWNER)
		return dsv_git_fail(rc, "cannot open the repository");
	if (git_repository_discover(&found, start, 1,
				    getenv("GIT_CEILING_DIRECTORIES")) == 0) {
		rc = owner_fail(found.ptr);
		git_buf_dispose(&found);
		return rc;
	}
	dsv_fail(DSV_ENOTFOUND, "no git repository at or above '%s'",
		 realpath(start, real) ? real : start);
	return dsv_hint(DSV_ENOTFOUND, "start one with 'dsv init'");
}

static void git_options(void)
{
	/* Opened as git opens them: none of these changes what we read. */
	static const char *extensions[] = {"partialclone", "worktreeconfig",
					   "preciousobjects"};

	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, (size_t)3);
}

/* A repository named by GIT_DIR is taken without a search, and trusted. */
static int open_named(git_repository **out, const char *git_dir)
{
	int rc;

	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	rc = git_repository_open_ext(out, git_dir,
				     GIT_REPOSITORY_OPEN_NO_SEARCH |
					     GIT_REPOSITORY_OPEN_NO_DOTGIT,
				     NULL);
	/* a .git file of a linked work tree points to the folder itself */
	if (rc == GIT_ENOTFOUND)
		rc = git_repository_open_ext(
			out, git_dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return rc;
}

static int open_found(git_repository **out, const char *start)
{
	const char *across = getenv("GIT_DISCOVERY_ACROSS_FILESYSTEM");
	unsigned flags = 0;

	if (across && *across && strcmp(across, "0") != 0)
		flags |= GIT_REPOSITORY_OPEN_CROSS_FS;
	return git_repository_open_ext(out, start, flags,
				       getenv("GIT_CEILING_DIRECTORIES"));
}

/* libgit2 1.5 leaks a path when it is told what it knows already. */
static bool is_workdir(git_repository *git, const char *tree)
{
	const char *known = git_repository_workdir(git);
	struct stat a;
	struct stat b;

	return known && stat(known, &a) == 0 && stat(tree, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* With GIT_DIR alone git takes the current folder for the top of the work
 * tree, unless the repository says otherwise. */
static int set_workdir(git_repository *git, bool named)
{
	const char *tree = getenv("GIT_WORK_TREE");
	git_config *config DSV_AUTO(git_config) = NULL;
	git_config_entry *entry = NULL;
	int rc;

	if (!tree || !*tree) {
		if (!named || git_repository_is_bare(git))
			return 0;
		rc = git_repository_config_snapshot(&config, git);
		if (rc < 0)
			return rc;
		rc = git_config_get_entry(&entry, config, "core.worktree");
		git_config_entry_free(entry);
		if (rc == 0)
			return 0;
		tree = ".";
	}
	if (is_workdir(git, tree))
		return 0;
	return git_repository_set_workdir(git, tree, 0);
}

/* The objects of a push wait in a quarantine that the environment names. */
static int set_objects(git_repository *git)
{
	const char *dir = getenv("GIT_OBJECT_DIRECTORY");
	const char *more = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	struct dsv_strlist dirs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = 0;

	if (dir && *dir)
		rc = git_odb_open(&odb, dir);
	else if (more && *more)
		rc = git_repository_odb(&odb, git);
	if (rc < 0 || !odb)
		return rc;

	if (more && *more)
		dsv_strlist_split(&dirs, more, ':');
	for (size_t i = 0; i < dirs.n; i++)
		if (*dirs.items[i])
			git_odb_add_disk_alternate(odb, dirs.items[i]);
	return git_repository_set_odb(git, odb);
}

static int set_index(git_repository *git)
{
	const char *path = getenv("GIT_INDEX_FILE");
	git_index *index DSV_AUTO(git_index) = NULL;
	int rc;

	if (!path || !*path)
		return 0;
	rc = git_index_open(&index, path);
	if (rc < 0)
		return rc;
	return git_repository_set_index(git, index);
}

static char *without_slash(const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	return dsv_strndup(dir, len);
}

static char *index_path_of(const struct dsv_repo *repo)
{
	const char *path = getenv("GIT_INDEX_FILE");

	if (path && *path)
		return dsv_strdup(path);
	return dsv_fs_join(repo->git_dir, "index");
}

static int open_git(struct dsv_repo *repo, const char *start)
{
	const char *git_dir = getenv("GIT_DIR");
	bool named = git_dir && *git_dir;
	int rc;

	rc = named ? open_named(&repo->git, git_dir)
		   : open_found(&repo->git, start);
	if (rc < 0)
		return open_fail(rc, named ? git_dir : start);

	rc = set_workdir(repo->git, named);
	if (rc == 0)
		rc = set_objects(repo->git);
	if (rc == 0)
		rc = set_index(repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot open the repository");
	return 0;
}

int dsv_repo_open(struct dsv_repo **out, const char *start)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	int rc;

	rc = git_libgit2_init();
	if (rc < 0)
		return dsv_git_fail(rc, "cannot start libgit2");
	git_options();

	repo = dsv_alloc_zero(1, sizeof(*repo));
	pthread_mutex_init(&repo->lock, NULL);
	pthread_mutex_init(&repo->attributes_lock, NULL);
	rc = open_git(repo, start ? start : ".");
	if (rc < 0)
		return rc;

	if (git_repository_workdir(repo->git))
		repo->workdir =
			without_slash(git_repository_workdir(repo->git));
	repo->git_dir = without_slash(git_repository_path(repo->git));
	repo->common_dir = without_slash(git_repository_commondir(repo->git));
	repo->index_path = index_path_of(repo);

	*out = dsv_take(&repo);
	return 0;
}

void dsv_repo_free(struct dsv_repo **repo)
{
	struct dsv_repo *it = *repo;

	if (!it)
		return;
	dsv_batch_free(&it->batch);
	dsv_attributes_forget(it);
	dsv_store_free(&it->store);
	dsv_pool_free(&it->pool);
	dsv_buf_release(&it->shallow);
	git_config_free(it->config);
	git_repository_free(it->git);
	pthread_mutex_destroy(&it->lock);
	pthread_mutex_destroy(&it->attributes_lock);
	free(it->workdir);
	free(it->git_dir);
	free(it->common_dir);
	free(it->index_path);
	free(it);
	git_libgit2_shutdown();
	*repo = NULL;
}

const char *dsv_repo_workdir(const struct dsv_repo *repo)
{
	return repo->workdir;
}

const char *dsv_repo_git_dir(const struct dsv_repo *repo)
{
	return repo->git_dir;
}

const char *dsv_repo_common_dir(const struct dsv_repo *repo)
{
	return repo->common_dir;
}

void dsv_repo_set_progress(struct dsv_repo *repo, struct dsv_progress *progress)
{
	repo->progress = progress;
}

struct dsv_progress *dsv_repo_progress(struct dsv_repo *repo)
{
	return repo->progress;
}

struct dsv_pool *dsv_repo_pool(struct dsv_repo *repo)
{
	if (!repo->pool && dsv_pool_open(&repo->pool, 0) < 0)
		return NULL;
	return repo->pool;
}

int dsv_repo_store(struct dsv_repo *repo, struct dsv_store **out)
{
	char *dir DSV_AUTO(str) = NULL;
	int rc;

	if (!repo->store) {
		dir = dsv_fs_join(repo->common_dir, "dsv");
		rc = dsv_store_open(&repo->store, dir, dsv_repo_pool(repo));
		if (rc < 0)
			return rc;
	}
	*out = repo->store;
	return 0;
}

void dsv_repo_set_cutting(struct dsv_repo *repo, dsv_cutting_fn fn, void *ctx)
{
	repo->cutting = fn;
	repo->cutting_ctx = ctx;
}

char *dsv_repo_own(const struct dsv_repo *repo, const char *name)
{
	return dsv_strf("%s/dsv/%s", repo->common_dir, name);
}

int dsv_repo_index(struct dsv_repo *repo, git_index **out)
{
	git_index *index;
	int rc;

	if (!repo->workdir && git_repository_is_bare(repo->git) &&
	    !getenv("GIT_INDEX_FILE"))
		return dsv_fail(DSV_EUSAGE, "a bare repository has no index");
	rc = git_repository_index(&index, repo->git);
	if (rc == 0) {
		rc = git_index_read(index, 0);
		/* the repository holds it too */
		git_index_free(index);
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the index");
	*out = index;
	return 0;
}
