#include "cli/out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#define FILE_MODE 0666 /* less what the umask takes */

static int file_fail(const char *path)
{
	return dsv_fail_errno(DSV_EIO, "cannot write '%s'", path);
}

static int fill(int fd, dsv_out_fn show, void *ctx)
{
	struct dsv_out out = {.fd = fd, .width = 80};
	int rc = show(&out, ctx);

	if (rc == 0)
		rc = dsv_out_flush(&out);
	dsv_buf_release(&out.buf);
	return rc;
}

static mode_t file_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return FILE_MODE & ~mask;
}

/* The file beside the one that is meant takes its place. */
static int put_in_place(int fd, const char *temp, const char *path)
{
	if (fchmod(fd, file_mode()) || fsync(fd) || rename(temp, path))
		return file_fail(path);
	return 0;
}

int dsv_out_file(const char *path, dsv_out_fn show, void *ctx)
{
	struct dsv_buf temp DSV_AUTO(buf) = DSV_BUF_INIT;
	int fd, rc;

	dsv_buf_addf(&temp, "%s.XXXXXX", path);
	fd = mkstemp(temp.data);
	if (fd < 0)
		return file_fail(path);
	rc = fill(fd, show, ctx);
	if (rc == 0)
		rc = put_in_place(fd, temp.data, path);
	else if (rc == DSV_EIO)
		rc = dsv_fail_prefix(rc, "%s", path);
	if (rc < 0)
		unlink(temp.data);
	close(fd);
	return rc;
}
