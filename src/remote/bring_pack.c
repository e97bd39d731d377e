#include "remote/bring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "repo/repo.h"
#include "store/arrival.h"

/*
 * tmp/fetch/<pack>.pack grows until all of it is there; what an interrupted
 * fetch left is gone on with. The file is locked, for two may fetch at once.
 */
#define FOLDER "tmp/fetch"

static int lock(int fd)
{
	while (flock(fd, LOCK_EX) != 0) {
		if (errno != EINTR)
			return dsv_fail_errno(DSV_EIO,
					      "cannot lock what is fetched");
		if (dsv_cancelled() < 0)
			return DSV_ECANCELLED;
	}
	return 0;
}

/* Is the file that was opened still the one of this name? */
static bool is_current(int fd, const char *path)
{
	struct stat a;
	struct stat b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The partial file, locked; another who was at it may have moved it. */
static int open_part(const char *path)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		int rc;

		if (fd < 0)
			return dsv_fail_errno(DSV_EIO, "cannot create '%s'",
					      path);
		rc = lock(fd);
		if (rc == 0 && is_current(fd, path))
			return fd;
		close(fd);
		if (rc < 0)
			return rc;
	}
}

static int check_whole(const struct dsv_holding *holding, const char *path)
{
	struct dsv_pack pack DSV_AUTO(pack) = DSV_PACK_INIT;
	int rc = dsv_pack_open(&pack, path);

	if (rc == 0 && !dsv_id_equal(&pack.id, &holding->idx.pack_id))
		rc = dsv_fail(DSV_ECORRUPT, "it is another pack");
	return rc < 0 ? rc : dsv_pack_verify(&pack);
}

/* What arrived is thrown away where it cannot become the pack, so that the next
 * attempt begins anew. */
static int receive(struct dsv_bring *bring, const struct dsv_holding *holding,
		   int fd, const char *path)
{
	char *name DSV_AUTO(str) = dsv_strf("packs/%s.pack", holding->pack);
	struct dsv_remote *remote = bring->holdings->remote;
	uint64_t size = holding->idx.pack_size;
	struct stat st;
	int rc = 0;

	if (fstat(fd, &st) != 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	if ((uint64_t)st.st_size < size) {
		dsv_progress_add(bring->progress, (uint64_t)st.st_size);
		rc = dsv_remote_get_file(remote, name, (uint64_t)st.st_size, fd,
					 bring->progress);
	}
	if (rc < 0)
		return rc;
	rc = check_whole(holding, path);
	if (rc != DSV_ECORRUPT)
		return rc;
	unlink(path);
	return dsv_fail(DSV_ECORRUPT, "%s: '%s' is damaged there", remote->url,
			name);
}

/* The index was verified when it came. */
static int put_index(const struct dsv_holding *holding, const char *dir)
{
	char *path DSV_AUTO(str) = dsv_strf("%s/%s.idx", dir, holding->pack);

	return dsv_atomic_put(path, holding->idx.mapped.data,
			      holding->idx.mapped.len, 0444);
}

static bool is_here(struct dsv_bring *bring, const struct dsv_holding *holding)
{
	char *path DSV_AUTO(str) = dsv_strf(
		"%s/%s.idx", dsv_store_packs_dir(bring->store), holding->pack);

	return dsv_fs_exists(path);
}

int dsv_bring_pack(struct dsv_bring *bring, const struct dsv_holding *holding)
{
	char *dir DSV_AUTO(str) = dsv_repo_own(bring->repo, FOLDER);
	char *path DSV_AUTO(str) = dsv_strf("%s/%s.pack", dir, holding->pack);
	int fd;
	int rc = dsv_fs_mkdirs(dir);

	if (rc < 0)
		return rc;
	fd = open_part(path);
	if (fd < 0)
		return fd;
	if (is_here(bring, holding)) {
		unlink(path);
		close(fd);
		return dsv_store_adopt(bring->store, &holding->idx.pack_id);
	}
	rc = receive(bring, holding, fd, path);
	if (rc == 0)
		rc = put_index(holding, dir);
	if (rc == 0)
		rc = dsv_arrival_adopt(bring->store, dir,
				       &holding->idx.pack_id);
	/* not before: who goes on with a part has to write on it */
	if (rc == 0 && fchmod(fd, 0444) != 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot protect '%s'", path);
	close(fd);
	return rc;
}
