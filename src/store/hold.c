#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/store_private.h"

/*
 * DIR/lock: whoever writes holds it with others, whoever takes objects away
 * holds it alone. It is the system's lock on an open file, so that it goes
 * with the process that holds it.
 */
#define WAIT_STEP_NS (20 * 1000000L)

static int open_lock(const struct dsv_store *store, const char *name, int flags)
{
	char *path DSV_AUTO(str) = dsv_fs_join(store->dir, name);

	return open(path, flags | O_CREAT | O_CLOEXEC, 0666);
}

static int wait_shared(int fd)
{
	while (flock(fd, LOCK_SH) != 0) {
		int rc = errno == EINTR ? dsv_cancelled() : 1;

		if (rc)
			return rc;
	}
	return 0;
}

/* Where there is no lock to be had (a store that cannot be written, a file
 * system without), nobody else can take anything away either. */
static int take_shared(struct dsv_store *store)
{
	int fd;
	int rc;

	if (store->hold_fd >= 0 || !dsv_fs_is_dir(store->dir))
		return 0;
	fd = open_lock(store, "lock", O_RDONLY);
	if (fd < 0)
		return 0;
	rc = wait_shared(fd);
	if (rc == 0)
		store->hold_fd = fd;
	else
		close(fd);
	return rc < 0 ? rc : 1;
}

/* What was listed before may be gone. */
int dsv_store_hold(struct dsv_store *store)
{
	int rc;

	pthread_mutex_lock(&store->dict_lock);
	rc = take_shared(store);
	pthread_mutex_unlock(&store->dict_lock);
	if (rc > 0 && atomic_load(&store->listed_once))
		return dsv_store_refresh(store);
	return rc < 0 ? rc : 0;
}

void dsv_store_let_go(struct dsv_store *store)
{
	if (store->hold_fd >= 0)
		close(store->hold_fd);
	store->hold_fd = -1;
}

int dsv_store_hold_packs(struct dsv_store *store)
{
	int fd;
	int rc = dsv_fs_mkdirs(store->dir);

	if (rc < 0 || store->packs_fd >= 0)
		return rc;
	fd = open_lock(store, "gc.lock", O_RDWR);
	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot lock '%s'", store->dir);
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		return dsv_fail(DSV_EREFUSED, "another dsv is clearing up "
					      "this store");
	}
	store->packs_fd = fd;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int wait_alone(int fd, int64_t until_ms)
{
	const struct timespec step = {.tv_nsec = WAIT_STEP_NS};

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int rc = dsv_cancelled();

		if (rc < 0)
			return rc;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return dsv_fail_errno(DSV_EIO, "cannot lock the store");
		if (now_ms() >= until_ms)
			return 0;
		nanosleep(&step, NULL);
	}
	return 1;
}

int dsv_store_hold_alone(struct dsv_store *store, unsigned wait_ms)
{
	int fd;
	int rc;

	dsv_store_let_go(store);
	fd = open_lock(store, "lock", O_RDWR);
	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot lock '%s'", store->dir);
	rc = wait_alone(fd, now_ms() + wait_ms);
	if (rc > 0)
		store->hold_fd = fd;
	else
		close(fd);
	if (rc <= 0)
		return rc;
	rc = dsv_store_refresh(store);
	return rc < 0 ? rc : 1;
}
