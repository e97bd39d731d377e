#include <dsv/cutting.h>

#include <stdlib.h>
#include <sys/stat.h>

#include <dsv/dataset.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "dataset/cut_kind.h"
#include "repo/repo.h"

/* What tells one state of a file from another. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec at;
};

struct dsv_cutting_rules {
	struct dsv_repo *repo;
	char *path; /* of datasets.yaml in the work tree; NULL: bare */
	struct dsv_datasets sets;
	struct stamp stamp;
	bool loaded;
};

/* All zero where there is no file. */
static struct stamp stamp_of(const char *path)
{
	struct stamp stamp = {0};
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return stamp;
	stamp.dev = st.st_dev;
	stamp.ino = st.st_ino;
	stamp.size = st.st_size;
	stamp.at = st.st_mtim;
	return stamp;
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->at.tv_sec == b->at.tv_sec && a->at.tv_nsec == b->at.tv_nsec;
}

static void refresh(struct dsv_cutting_rules *rules)
{
	struct stamp now = stamp_of(rules->path);
	struct dsv_version version = {
		.at = now.ino ? DSV_AT_WORKTREE : DSV_AT_INDEX,
	};

	if (rules->loaded && same_stamp(&now, &rules->stamp))
		return;
	dsv_datasets_release(&rules->sets);
	if (dsv_datasets_read(&rules->sets, rules->repo, &version) < 0)
		dsv_error_clear();
	rules->stamp = now;
	rules->loaded = true;
}

static int cut_path(void *ctx, struct dsv_repo *repo, const char *path,
		    struct dsv_cutting *out)
{
	struct dsv_cutting_rules *rules = ctx;
	const struct dsv_dataset *set;
	const struct dsv_format *format = NULL;

	(void)repo;
	refresh(rules);
	set = dsv_datasets_of_path(&rules->sets, path);
	if (set && set->format)
		format = dsv_format_named(set->format);
	if (!format)
		format = dsv_format_of_path(path);
	*out = dsv_cutting_of_format(format);
	return 0;
}

struct dsv_cutting dsv_cutting_of_format(const struct dsv_format *format)
{
	struct dsv_cutting cutting = {.cut = DSV_CUT_BYTES};

	if (format->has_fields || format->by_line)
		cutting.cut = DSV_CUT_LINES;
	if (format->scan_kind != 0) {
		cutting.scan.kind = format->scan_kind;
		cutting.scan.step = format->step;
	}
	return cutting;
}

void dsv_cutting_install(struct dsv_cutting_rules **out, struct dsv_repo *repo)
{
	struct dsv_cutting_rules *rules = dsv_alloc_zero(1, sizeof(*rules));

	rules->repo = repo;
	if (dsv_repo_workdir(repo))
		rules->path =
			dsv_fs_join(dsv_repo_workdir(repo), DSV_DATASETS_PATH);
	dsv_repo_set_cutting(repo, cut_path, rules);
	*out = rules;
}

void dsv_cutting_rules_free(struct dsv_cutting_rules **rules)
{
	if (!*rules)
		return;
	dsv_repo_set_cutting((*rules)->repo, NULL, NULL);
	dsv_datasets_release(&(*rules)->sets);
	free((*rules)->path);
	free(*rules);
	*rules = NULL;
}
