#include "dataset/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"

static const char *system_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && folder[0] != '\0' ? folder : "/tmp";
}

/* O_TMPFILE where the file system has it, else a name that goes at once. */
static int open_nameless(const char *folder)
{
	char *path DSV_AUTO(str) = NULL;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	path = dsv_strf("%s/spool-XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return dsv_fail_errno(DSV_EIO,
				      "cannot make a temporary file in '%s'",
				      folder);
	unlink(path);
	return fd;
}

static int copy(int fd, const char *folder, struct dsv_stream *in,
		size_t *out_len)
{
	const char *piece;
	size_t len;
	int rc;

	*out_len = 0;
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		rc = dsv_fs_write_all(fd, piece, len, folder);
		if (rc < 0)
			return rc;
		*out_len += len;
	}
	return rc;
}

static int map(struct dsv_spool *spool, int fd, size_t len)
{
	void *base;

	spool->data = "";
	if (len == 0)
		return 0;
	base = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (base == MAP_FAILED)
		return dsv_fail_errno(DSV_EIO,
				      "cannot map %zu bytes of a temporary "
				      "file",
				      len);
	spool->base = base;
	spool->data = base;
	spool->len = len;
	return 0;
}

int dsv_spool_fill(struct dsv_spool *spool, const char *folder,
		   struct dsv_stream *in)
{
	size_t len = 0;
	int fd, rc;

	/* a repository that cannot be written to can be read */
	if (!folder || dsv_fs_mkdirs(folder) < 0 || access(folder, W_OK) < 0)
		folder = system_folder();
	fd = open_nameless(folder);
	if (fd < 0)
		return fd;
	rc = copy(fd, folder, in, &len);
	if (rc == 0)
		rc = map(spool, fd, len);
	close(fd);
	return rc;
}

void dsv_spool_release(struct dsv_spool *spool)
{
	if (spool->base)
		munmap(spool->base, spool->len);
	*spool = (struct dsv_spool)DSV_SPOOL_INIT;
}
