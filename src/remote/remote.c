#include "remote/remote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"

#define PART_MAX 200u /* bytes; file systems take 255 and a suffix */

static const struct dsv_remote_ops *const kinds[] = {
	&dsv_remote_dir,
};

static bool is_part(const char *part, size_t len)
{
	if (len == 0 || len > PART_MAX || part[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = part[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.')
			return false;
	}
	return true;
}

bool dsv_remote_name_ok(const char *name)
{
	const char *slash = strchr(name, '/');

	if (!slash)
		return is_part(name, strlen(name));
	return is_part(name, (size_t)(slash - name)) &&
	       is_part(slash + 1, strlen(slash + 1));
}

/* "host:path" as git reads it: a colon before any slash. */
static bool is_scp_like(const char *url)
{
	const char *colon = strchr(url, ':');
	const char *slash = strchr(url, '/');

	return colon && colon != url && (!slash || colon < slash);
}

/* The word before "://", or what a url without one means. */
static char *scheme_of(const char *url)
{
	const char *end = strstr(url, "://");

	if (end && !memchr(url, '/', (size_t)(end - url)))
		return dsv_strndup(url, (size_t)(end - url));
	return dsv_strdup(is_scp_like(url) ? "ssh" : "file");
}

static int fail_scheme(const char *url, const char *scheme)
{
	dsv_fail(DSV_EUSAGE, "'%s': data does not travel by '%s'", url, scheme);
	return dsv_hint(DSV_EUSAGE,
			"name a folder for it: dsv remote add NAME URL --data "
			"FOLDER");
}

int dsv_remote_open(struct dsv_remote **out, struct dsv_repo *repo,
		    const char *url)
{
	char *scheme DSV_AUTO(str) = scheme_of(url);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i]->scheme, scheme) == 0)
			return kinds[i]->open(out, repo, url);
	return fail_scheme(url, scheme);
}

void dsv_remote_free(struct dsv_remote **remote)
{
	if (*remote)
		(*remote)->ops->free(remote);
}

static int fail_at(const struct dsv_remote *remote, int rc)
{
	if (rc >= 0 || rc == DSV_ECANCELLED)
		return rc;
	return dsv_fail_prefix(rc, "%s", remote->url);
}

static int check_name(const char *name)
{
	if (dsv_remote_name_ok(name))
		return 0;
	return dsv_fail(DSV_EUSAGE, "'%s' is no name of a file", name);
}

struct listing {
	const char *prefix;
	dsv_remote_found_fn found;
	void *ctx;
};

static int pass_on(void *ctx, const char *name, uint64_t size)
{
	const struct listing *listing = ctx;

	if (!dsv_remote_name_ok(name) ||
	    strncmp(name, listing->prefix, strlen(listing->prefix)) != 0)
		return 0;
	return listing->found(listing->ctx, name, size);
}

int dsv_remote_list(struct dsv_remote *remote, const char *prefix,
		    dsv_remote_found_fn found, void *ctx)
{
	struct listing listing = {.prefix = prefix, .found = found, .ctx = ctx};

	return fail_at(remote,
		       remote->ops->list(remote, prefix, pass_on, &listing));
}

int dsv_remote_stat(struct dsv_remote *remote, const char *name,
		    uint64_t *out_size)
{
	int rc = check_name(name);

	if (rc == 0)
		rc = remote->ops->stat(remote, name, out_size);
	return fail_at(remote, rc);
}

int dsv_remote_get(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_range *range, struct dsv_buf *out)
{
	size_t before = out->len;
	int rc = check_name(name);

	if (rc == 0)
		rc = remote->ops->get(remote, name, range, out);
	remote->received += out->len - before;
	return fail_at(remote, rc);
}

static uint64_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

int dsv_remote_get_file(struct dsv_remote *remote, const char *name,
			uint64_t from, int fd, struct dsv_progress *progress)
{
	uint64_t before = size_of(fd);
	int rc = check_name(name);

	if (rc == 0)
		rc = remote->ops->get_file(remote, name, from, fd, progress);
	remote->received += size_of(fd) - before;
	return fail_at(remote, rc);
}

int dsv_remote_put(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_source *source,
		   struct dsv_progress *progress)
{
	int rc = check_name(name);

	if (rc == 0)
		rc = remote->ops->put(remote, name, source, progress);
	if (rc > 0)
		remote->sent += source->size;
	return fail_at(remote, rc);
}

int dsv_remote_drop(struct dsv_remote *remote, const char *name)
{
	int rc = check_name(name);

	if (rc == 0)
		rc = remote->ops->drop(remote, name);
	return fail_at(remote, rc);
}
