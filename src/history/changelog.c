#include <dsv/changelog.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "history/changelog_names.h"
#include "history/changelog_run.h"

static void groups_release(struct dsv_changelog_groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		dsv_clgroup_release(&groups->items[i]);
	free(groups->items);
}

static void step_release(struct dsv_changelog_step *step)
{
	for (size_t i = 0; i < step->n_faults; i++) {
		free(step->faults[i].path);
		free(step->faults[i].message);
		free(step->faults[i].hint);
	}
	free(step->faults);
	groups_release(&step->groups);
	dsv_strlist_release(&step->authors);
	dsv_commit_info_release(&step->commit);
}

void dsv_changelog_free(struct dsv_changelog **log)
{
	struct dsv_changelog *old = *log;

	if (!old)
		return;
	for (size_t i = 0; i < old->n_steps; i++)
		step_release(&old->steps[i]);
	for (size_t i = 0; i < old->n_sections; i++) {
		free(old->sections[i].title);
		groups_release(&old->sections[i].groups);
	}
	free(old->steps);
	free(old->sections);
	groups_release(&old->total);
	free(old);
	*log = NULL;
}

static void run_release(struct dsv_clrun *run)
{
	for (size_t i = 0; i < run->log->n_steps; i++) {
		struct dsv_clstep *step = &run->steps[i];

		for (size_t k = 0; k < step->n; k++)
			free(step->files[k].path);
		free(step->files);
		dsv_clsums_release(&step->sums);
	}
	for (size_t i = 0; i < run->n_tracks; i++) {
		free(run->tracks[i].group);
		dsv_reading_release(&run->tracks[i].reading);
	}
	free(run->steps);
	free(run->tracks);
	free(run->seen);
	dsv_map_release(&run->paths);
	dsv_clsums_release(&run->start);
	dsv_step_release(&run->step);
	dsv_where_release(&run->where[0]);
	dsv_where_release(&run->where[1]);
	dsv_strlist_release(&run->asked);
	dsv_strlist_release(&run->known);
	dsv_datasets_release(&run->sets);
	dsv_cldocs_release(&run->docs);
}

/* The columns that were named on the command line, labels first. */
static void ask_columns(struct dsv_clrun *run)
{
	const struct dsv_strlist *labels = run->opts->labels;

	for (size_t i = 0; labels && i < labels->n; i++)
		dsv_strlist_add(&run->asked, labels->items[i]);
	for (size_t i = 0; i < run->where[0].n; i++)
		dsv_strlist_add(&run->asked, run->where[0].items[i].field);
	run->seen = dsv_alloc_zero(run->asked.n + 1, sizeof(*run->seen));
}

static int run_init(struct dsv_clrun *run)
{
	const struct dsv_changelog_opts *opts = run->opts;
	int rc;

	dsv_cldocs_init(&run->docs, run->repo);
	dsv_step_init(&run->step, run->repo, NULL, opts->no_cache);
	rc = dsv_where_parse(&run->where[0], opts->where);
	if (rc == 0)
		rc = dsv_where_parse(&run->where[1], opts->where);
	if (rc < 0)
		return rc;
	ask_columns(run);
	run->log->no_counts = run->where[0].n > 0;
	return dsv_datasets_read(&run->sets, run->repo, &opts->to);
}

/* Nothing could be compared, and for want of a column: the request is wrong. */
static int check_faults(const struct dsv_clrun *run)
{
	for (size_t i = 0; run->n_read == 0 && i < run->log->n_steps; i++) {
		const struct dsv_changelog_step *step = &run->log->steps[i];

		for (size_t k = 0; k < step->n_faults; k++) {
			const struct dsv_changelog_fault *fault =
				&step->faults[k];

			if (!fault->no_key || !run->opts->key)
				continue;
			dsv_fail(DSV_EUSAGE, "%s", fault->message);
			if (fault->hint)
				dsv_hint(DSV_EUSAGE, "%s", fault->hint);
			return DSV_EUSAGE;
		}
	}
	return 0;
}

static int check_columns(const struct dsv_clrun *run)
{
	for (size_t i = 0; run->n_read > 0 && i < run->asked.n; i++) {
		const char *name = run->asked.items[i];
		const char *near = dsv_nearest(name, &run->known);

		if (run->seen[i])
			continue;
		dsv_fail(DSV_EUSAGE, "no version has a column '%s'", name);
		if (near)
			dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
		return DSV_EUSAGE;
	}
	return 0;
}

static int run_all(struct dsv_clrun *run)
{
	int rc = run_init(run);

	if (rc == 0 && run->opts->to.at == DSV_AT_COMMIT)
		rc = dsv_clrun_collect(run);
	if (rc == 0)
		rc = dsv_clrun_compare(run);
	if (rc == 0)
		rc = check_faults(run);
	if (rc == 0)
		rc = check_columns(run);
	return rc == 0 ? dsv_clrun_tell(run) : rc;
}

int dsv_changelog_read(struct dsv_changelog **out, struct dsv_repo *repo,
		       const struct dsv_changelog_opts *opts)
{
	struct dsv_changelog *log DSV_AUTO(changelog) =
		dsv_alloc_zero(1, sizeof(*log));
	struct dsv_clrun run = {.repo = repo, .opts = opts, .log = log};
	int rc;

	log->complete = true;
	rc = run_all(&run);
	run_release(&run);
	if (rc < 0)
		return rc;
	*out = dsv_take(&log);
	return 0;
}
