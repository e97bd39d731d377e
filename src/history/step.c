#include "history/step.h"

#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/entry.h"

void dsv_step_init(struct dsv_step *step, struct dsv_repo *repo,
		   const struct dsv_reading *reading, bool no_cache)
{
	*step = (struct dsv_step){
		.repo = repo,
		.use_cache = !no_cache,
		.reading = reading,
	};
	if (step->use_cache)
		dsv_cache_init(&step->cache, repo);
}

void dsv_step_release(struct dsv_step *step)
{
	if (step->use_cache)
		dsv_cache_release(&step->cache);
	*step = (struct dsv_step)DSV_STEP_INIT;
}

static enum dsv_file_change change_of(const struct dsv_entry *from,
				      const struct dsv_entry *to)
{
	if (!S_ISREG(from->mode))
		return DSV_FILE_ADDED;
	return S_ISREG(to->mode) ? DSV_FILE_MODIFIED : DSV_FILE_REMOVED;
}

static int open_file(struct dsv_step *step, const char *path,
		     const struct dsv_entry *from, const struct dsv_entry *to,
		     struct dsv_file_diff *out)
{
	int rc = dsv_entry_open(&out->from, step->repo, path, from);

	if (rc == 0)
		rc = dsv_entry_open(&out->to, step->repo, path, to);
	if (rc < 0)
		return rc;
	out->path = dsv_strdup(path);
	out->info.change = change_of(from, to);
	dsv_reading_copy(&out->reading, step->reading);
	return 0;
}

int dsv_step_compare(struct dsv_step *step, const char *path,
		     const struct dsv_entry *from, const struct dsv_entry *to,
		     struct dsv_file_diff *out)
{
	struct dsv_file_opts opts = {
		.repo = step->repo,
		.cache = step->use_cache ? &step->cache : NULL,
	};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = dsv_entry_identify(step->repo, from, &opts.from_id, NULL);
	if (rc == 0)
		rc = dsv_entry_identify(step->repo, to, &opts.to_id, NULL);
	if (rc == 0)
		rc = open_file(step, path, from, to, out);
	if (rc == 0)
		rc = dsv_file_diff_run(out, &opts);
	if (rc < 0)
		dsv_file_diff_reset(out);
	return rc;
}
