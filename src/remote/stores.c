#include "remote/stores.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "remote/dir.h"
#include "repo/blobs.h"
#include "repo/config.h"
#include "repo/gitrun.h"
#include "repo/transport.h"
#include "repo/tree.h"

#define FILE_MAX (64u * 1024u) /* bytes of store.yaml */
#define LINK_MAX 4096u	       /* of a .git file */

void dsv_data_stores_add(struct dsv_data_stores *stores, const char *name,
			 const char *url, bool push)
{
	DSV_GROW(stores->items, stores->cap, stores->n + 1);
	stores->items[stores->n++] = (struct dsv_data_store){
		.name = name ? dsv_strdup(name) : NULL,
		.url = dsv_strdup(url),
		.push = push,
	};
}

void dsv_data_stores_release(struct dsv_data_stores *stores)
{
	for (size_t i = 0; i < stores->n; i++) {
		free(stores->items[i].name);
		free(stores->items[i].url);
	}
	free(stores->items);
	*stores = (struct dsv_data_stores)DSV_DATA_STORES_INIT;
}

int dsv_sharing_remotes(struct dsv_repo *repo, struct dsv_strlist *out)
{
	return dsv_transport_remotes(repo, out);
}

int dsv_sharing_remote(struct dsv_repo *repo, char **out)
{
	return dsv_transport_remote(repo, out);
}

int dsv_sharing_url(struct dsv_repo *repo, const char *remote, bool push,
		    char **out)
{
	return dsv_git_remote_url(repo, remote, push, out);
}

/* "gitdir: X" of a linked work tree or a submodule, and the folder that it
 * shares. */
static char *follow_link(const char *path)
{
	static const char head[] = "gitdir: ";
	char *file DSV_AUTO(str) = dsv_fs_join(path, ".git");
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf common DSV_AUTO(buf) = DSV_BUF_INIT;
	char *dir DSV_AUTO(str) = NULL;
	char *commondir DSV_AUTO(str) = NULL;

	if (dsv_fs_read(file, LINK_MAX, &text) < 0 ||
	    strncmp(dsv_buf_str(&text), head, sizeof(head) - 1) != 0) {
		dsv_error_clear();
		return NULL;
	}
	text.data[strcspn(text.data, "\n")] = '\0';
	dir = text.data[sizeof(head) - 1] == '/'
		      ? dsv_strdup(text.data + sizeof(head) - 1)
		      : dsv_fs_join(path, text.data + sizeof(head) - 1);
	commondir = dsv_fs_join(dir, "commondir");
	if (dsv_fs_read(commondir, LINK_MAX, &common) < 0) {
		dsv_error_clear();
		return dsv_take(&dir);
	}
	common.data[strcspn(common.data, "\n")] = '\0';
	return common.data[0] == '/' ? dsv_strdup(common.data)
				     : dsv_fs_join(dir, common.data);
}

/* The git folder of a repository that stands at path, of the caller's. */
static char *git_dir_at(const char *path)
{
	char *git DSV_AUTO(str) = dsv_fs_join(path, ".git");
	char *head DSV_AUTO(str) = dsv_fs_join(path, "HEAD");
	char *objects DSV_AUTO(str) = dsv_fs_join(path, "objects");

	if (dsv_fs_is_dir(git))
		return dsv_take(&git);
	if (dsv_fs_exists(git))
		return follow_link(path);
	if (dsv_fs_exists(head) && dsv_fs_is_dir(objects))
		return dsv_strdup(path);
	return NULL;
}

int dsv_store_of_path(struct dsv_repo *repo, const char *url, char **out)
{
	struct dsv_remote *remote DSV_AUTO(remote) = NULL;
	char *git DSV_AUTO(str) = NULL;
	char *longer DSV_AUTO(str) = NULL;
	const char *path;
	int rc = dsv_remote_dir.open(&remote, repo, url);

	if (rc < 0)
		return rc;
	path = dsv_dir_of(remote)->path;
	git = git_dir_at(path);
	longer = dsv_strf("%s.git", path);
	if (!git)
		git = git_dir_at(longer);
	if (!git)
		return 0;
	*out = dsv_fs_join(git, "dsv");
	return 1;
}

static bool has_scheme(const char *url, const char *scheme)
{
	size_t len = strlen(scheme);

	return strncmp(url, scheme, len) == 0 &&
	       strncmp(url + len, "://", 3) == 0;
}

static int add_default(struct dsv_data_stores *out, struct dsv_repo *repo,
		       const char *remote)
{
	char *url DSV_AUTO(str) = NULL;
	char *folder DSV_AUTO(str) = NULL;
	int rc = dsv_git_remote_url(repo, remote, true, &url);

	if (rc < 0)
		return rc;
	if (has_scheme(url, "file") || !strchr(url, ':')) {
		rc = dsv_store_of_path(repo, url, &folder);
		if (rc > 0)
			dsv_data_stores_add(out, NULL, folder, true);
	}
	if (out->n)
		out->origin = DSV_STORE_DEFAULT;
	return rc < 0 ? rc : 0;
}

/* 1 where the version has the document. */
static int read_file(struct dsv_repo *repo, const struct dsv_version *version,
		     struct dsv_buf *out)
{
	struct dsv_entry entry;
	int rc = dsv_tree_entry(repo, version, DSV_STORE_FILE_PATH, &entry);

	if (rc < 0 || entry.mode == 0)
		return rc;
	rc = dsv_blob_read(repo, &entry.blob, FILE_MAX, out);
	return rc < 0 ? rc : 1;
}

/*
 * What the remote's own branch says goes before what is checked out: a branch
 * that somebody proposes does not decide where the data goes.
 */
static int find_file(struct dsv_repo *repo, const char *remote,
		     struct dsv_buf *out)
{
	char *ref DSV_AUTO(str) = dsv_strf("refs/remotes/%s/HEAD", remote);
	struct dsv_version version;
	int rc = dsv_repo_resolve(repo, ref, &version);

	if (rc == 0)
		rc = read_file(repo, &version, out);
	else
		rc = 0;
	dsv_error_clear();
	if (rc != 0)
		return rc;
	rc = dsv_repo_head(repo, &version);
	if (rc < 0 || version.at == DSV_AT_NOTHING)
		return rc;
	return read_file(repo, &version, out);
}

static int add_from_file(struct dsv_data_stores *out, struct dsv_repo *repo,
			 const char *remote)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = find_file(repo, remote, &text);

	if (rc <= 0)
		return rc;
	rc = dsv_store_file_parse(out, dsv_buf_str(&text), text.len);
	if (out->n)
		out->origin = DSV_STORE_FILE;
	return rc;
}

int dsv_sharing_stores(struct dsv_data_stores *out, struct dsv_repo *repo,
		       const char *remote)
{
	char *name DSV_AUTO(str) = dsv_strf("remote.%s.dsvData", remote);
	char *url DSV_AUTO(str) = dsv_config_str(repo, name);
	int rc;

	if (url) {
		dsv_data_stores_add(out, NULL, url, true);
		out->origin = DSV_STORE_CONFIG;
		return 0;
	}
	rc = add_from_file(out, repo, remote);
	if (rc == 0 && out->n == 0)
		rc = add_default(out, repo, remote);
	return rc;
}
