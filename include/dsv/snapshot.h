#ifndef DSV_SNAPSHOT_H
#define DSV_SNAPSHOT_H

#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/dataset.h>
#include <dsv/guideline.h>
#include <dsv/id.h>
#include <dsv/repo.h>

/*
 * A dataset at one version, and its id: the SHA-256 of `text`, which is the
 * text of docs/formats/snapshot.md. Always computed from the version, never
 * read from a commit message. Files behind a pointer give their id without
 * their data.
 */
struct dsv_snapshot_file {
	char *path;
	struct dsv_content content;
};

struct dsv_snapshot {
	char *dataset;
	struct dsv_id id;
	struct dsv_buf text;
	struct dsv_id definition;	 /* of the canonical JSON */
	struct dsv_guideline guideline;	 /* id NULL: the dataset names none */
	struct dsv_snapshot_file *files; /* sorted by raw path bytes */
	size_t n_files;
	uint64_t size; /* bytes of all files */
};

struct dsv_snapshots {
	struct dsv_snapshot *items; /* in the order of datasets.yaml */
	size_t n;
};

#define DSV_SNAPSHOT_INIT \
	{                 \
		0         \
	}
#define DSV_SNAPSHOTS_INIT \
	{                  \
		0          \
	}

/**
 * Every dataset of a commit, the index or the work tree (the files that the
 * index has). None where the version defines no dataset.
 *
 * @error   DSV_EUNSUPPORTED  `files` matches a symlink or a submodule
 *          DSV_ESYNTAX       a path lies in two datasets
 *          DSV_ECORRUPT      a damaged pointer
 *          DSV_ENOTFOUND     a guideline that is named and not there
 */
int dsv_snapshots_read(struct dsv_snapshots *out, struct dsv_repo *repo,
		       const struct dsv_version *version);
void dsv_snapshots_release(struct dsv_snapshots *snapshots);

/** One dataset by name; DSV_ENOTFOUND names the nearest. */
int dsv_snapshot_read(struct dsv_snapshot *out, struct dsv_repo *repo,
		      const struct dsv_version *version, const char *name);
void dsv_snapshot_release(struct dsv_snapshot *snapshot);

const struct dsv_snapshot *
dsv_snapshots_named(const struct dsv_snapshots *snapshots, const char *name);

DSV_AUTO_RELEASE(snapshot)
DSV_AUTO_RELEASE(snapshots)

#endif
