#ifndef REMOTE_REMOTE_H
#define REMOTE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>
#include <dsv/progress.h>
#include <dsv/repo.h>

/*
 * Where packs go and come from (docs/formats/remote-store.md). Files have names
 * such as
 *
 *	dsv-store                    "dsv-store 1\n": marks the place
 *	packs/<64 hex>.pack
 *	packs/<64 hex>.idx
 *	tombstones/<64 hex>.json     what was redacted
 *
 * They are immutable: a name that exists is never written again. A pack is
 * there before its index, so what has an index is whole. Names that a place
 * gives and that are of another form (".." in them, say) are passed over.
 *
 *	rc = dsv_remote_open(&remote, repo, url);
 *	rc = dsv_remote_list(remote, "packs/", found, ctx);
 *	rc = dsv_remote_get(remote, name, &range, &bytes);
 *
 * Calls may come from several threads at once. Errors are prefixed with the
 * url once, by dsv_remote_*().
 */
struct dsv_remote;

#define DSV_REMOTE_ALL UINT64_MAX

struct dsv_remote_range {
	uint64_t from;
	uint64_t len; /* ALL: to the end */
};

/* A file that is put: its bytes in a file of the system, or in memory. */
struct dsv_remote_source {
	const char *path; /* NULL: data */
	const struct dsv_buf *data;
	uint64_t size;
	const struct dsv_id *sha256; /* of all bytes */
};

typedef int (*dsv_remote_found_fn)(void *ctx, const char *name, uint64_t size);

/* One kind of place; each file of this folder brings one. */
struct dsv_remote_ops {
	const char *scheme; /* "file" */
	/** url as in store.yaml or git's configuration; a path for "file". */
	int (*open)(struct dsv_remote **out, struct dsv_repo *repo,
		    const char *url);
	void (*free)(struct dsv_remote **remote);
	/** Every name that begins with prefix, in no order; may leave out what
	 * was put by others a moment ago, may give what is gone. */
	int (*list)(struct dsv_remote *remote, const char *prefix,
		    dsv_remote_found_fn found, void *ctx);
	/** 1 with its size, 0 not there. */
	int (*stat)(struct dsv_remote *remote, const char *name,
		    uint64_t *out_size);
	/** Append bytes to out. DSV_ENOTFOUND; DSV_EIO where fewer came than
	 * the range asks for (to the end: than the file has). */
	int (*get)(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_range *range, struct dsv_buf *out);
	/** The rest of a file from `from` on to the end of fd; what arrived
	 * before an error stays, so that the next call goes on there. */
	int (*get_file)(struct dsv_remote *remote, const char *name,
			uint64_t from, int fd, struct dsv_progress *progress);
	/** Durable and whole, or not there. 1 written, 0 it was there. */
	int (*put)(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_source *source,
		   struct dsv_progress *progress);
	/** 0 also where it was not there; for gc and redact. */
	int (*drop)(struct dsv_remote *remote, const char *name);
};

/* What every kind begins with. */
struct dsv_remote {
	const struct dsv_remote_ops *ops;
	char *url; /* for messages, without secrets */
	/* bytes of files that went and came, counted by dsv_remote_*() */
	_Atomic uint64_t sent, received;
};

extern const struct dsv_remote_ops dsv_remote_dir;

/** "a" or "a/b", each of 1 to 200 of a-z, 0-9, '-' and '.', which is not the
 * first. What is given to ops is always of this form. */
bool dsv_remote_name_ok(const char *name);

/** By scheme: "file:///..." or a path. DSV_EUSAGE for another scheme. */
int dsv_remote_open(struct dsv_remote **out, struct dsv_repo *repo,
		    const char *url);
void dsv_remote_free(struct dsv_remote **remote);

int dsv_remote_list(struct dsv_remote *remote, const char *prefix,
		    dsv_remote_found_fn found, void *ctx);
int dsv_remote_stat(struct dsv_remote *remote, const char *name,
		    uint64_t *out_size);
int dsv_remote_get(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_range *range, struct dsv_buf *out);
int dsv_remote_get_file(struct dsv_remote *remote, const char *name,
			uint64_t from, int fd, struct dsv_progress *progress);
int dsv_remote_put(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_source *source,
		   struct dsv_progress *progress);
int dsv_remote_drop(struct dsv_remote *remote, const char *name);

DSV_AUTO_FREE(remote)

#endif
