#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/changelog_names.h"
#include "history/changelog_run.h"

/* What one version has cannot be read; the others go on. */
static bool is_fault(int rc)
{
	return rc == DSV_EMISSING || rc == DSV_ECORRUPT || rc == DSV_EUSAGE ||
	       rc == DSV_ERANGE || rc == DSV_EUNSUPPORTED || rc == DSV_ESYNTAX;
}

static void add_fault(struct dsv_clrun *run, size_t at, size_t track_at,
		      const char *path, int code)
{
	struct dsv_cltrack *track = &run->tracks[track_at];
	struct dsv_changelog_step *step = &run->log->steps[at];
	const char *hint = dsv_error_hint();

	run->log->complete = false;
	if (code == DSV_EUSAGE && track->lacks_key)
		return;
	DSV_GROW(step->faults, step->cap_faults, step->n_faults + 1);
	step->faults[step->n_faults] = (struct dsv_changelog_fault){
		.path = dsv_strdup(path),
		.message = dsv_strdup(dsv_error_message()),
		.hint = hint ? dsv_strdup(hint) : NULL,
		.is_missing = code == DSV_EMISSING,
		.no_key = code == DSV_EUSAGE,
	};
	if (code == DSV_EUSAGE) {
		track->lacks_key = true;
		track->lacks_step = at;
		track->lacks_fault = step->n_faults;
	}
	step->n_faults++;
}

/* The key is there now: the fault that waits may say since when. */
static void found_key(struct dsv_clrun *run, struct dsv_cltrack *track,
		      size_t at)
{
	struct dsv_changelog_fault *fault;

	if (!track->lacks_key)
		return;
	fault = &run->log->steps[track->lacks_step].faults[track->lacks_fault];
	if (!fault->key_since[0])
		dsv_oid_hex(&run->log->steps[at].commit.oid, fault->key_since);
}

static void see_columns(struct dsv_clrun *run, const struct dsv_cltrack *track,
			const struct dsv_diff_summary *summary)
{
	const struct dsv_strlist *sides[2] = {summary->columns_from,
					      summary->columns_to};
	const char *rest;

	for (size_t i = 0; i < run->asked.n; i++) {
		for (size_t k = 0; !run->seen[i] && k < 2; k++)
			if (dsv_column_of(&track->reading, sides[k],
					  run->asked.items[i], &rest) >= 0)
				run->seen[i] = true;
		if (!run->seen[i] && run->known.n == 0)
			dsv_strlist_copy(&run->known, summary->columns_to);
	}
}

static struct dsv_clsum *sum_of(struct dsv_clsums *sums,
				const struct dsv_cltrack *track)
{
	return dsv_clsums_of(sums, track->group, track->is_dataset);
}

/* What was compared, into the step; the first time what stood there before
 * into the start. */
static int take(struct dsv_clrun *run, size_t at, const struct dsv_clfile *file,
		struct dsv_file_diff *diff)
{
	struct dsv_cltrack *track = &run->tracks[file->track];
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(diff);
	struct dsv_clsum *sum = sum_of(&run->steps[at].sums, track);

	run->n_read++;
	sum->group.touched = true;
	if (!summary)
		return 0;
	see_columns(run, track, summary);
	if (run->where[0].n)
		return dsv_clrun_take_where(run, sum, file->path, diff);
	dsv_clsum_take(sum, file->path, summary);
	if (!track->is_sure)
		dsv_clsum_hold(sum_of(&run->start, track), summary, false);
	return 0;
}

/* What the oldest step stands on may be what cannot be read: then the history
 * of the file begins with its newer side. 1 where it does. */
static int begin_anew(struct dsv_clrun *run, const struct dsv_clfile *file)
{
	static const struct dsv_entry nothing;
	struct dsv_cltrack *track = &run->tracks[file->track];
	const struct dsv_diff_summary *summary;
	struct dsv_file_diff diff;
	int rc;

	if (track->is_sure || track->last.mode == 0)
		return 0;
	rc = dsv_step_compare(&run->step, file->path, &nothing, &file->to,
			      &diff);
	if (rc < 0)
		return is_fault(rc) ? 0 : rc;
	summary = dsv_file_diff_summary(&diff);
	if (summary)
		dsv_clsum_hold(sum_of(&run->start, track), summary, true);
	dsv_file_diff_reset(&diff);
	return 1;
}

static int compare(struct dsv_clrun *run, size_t at,
		   const struct dsv_clfile *file)
{
	struct dsv_cltrack *track = &run->tracks[file->track];
	struct dsv_file_diff diff;
	int rc;

	run->step.reading = &track->reading;
	rc = dsv_step_compare(&run->step, file->path, &track->last, &file->to,
			      &diff);
	if (rc < 0) {
		if (!is_fault(rc))
			return rc;
		add_fault(run, at, file->track, file->path, rc);
		return begin_anew(run, file);
	}
	rc = take(run, at, file, &diff);
	dsv_file_diff_reset(&diff);
	found_key(run, track, at);
	return rc < 0 ? rc : 1;
}

static bool same_content(const struct dsv_entry *a, const struct dsv_entry *b)
{
	return S_ISREG(a->mode) == S_ISREG(b->mode) &&
	       (!S_ISREG(a->mode) || dsv_oid_equal(&a->blob, &b->blob));
}

static int compare_file(struct dsv_clrun *run, size_t at,
			const struct dsv_clfile *file)
{
	struct dsv_cltrack *track = &run->tracks[file->track];
	int rc;

	if (!track->has_last) {
		track->last = file->from;
		track->has_last = true;
	}
	if (same_content(&track->last, &file->to))
		return 0;
	rc = compare(run, at, file);
	if (rc <= 0)
		return rc;
	track->last = file->to;
	track->is_sure = true;
	return 0;
}

/* The datasets of the youngest version that are told of. */
static bool is_told(const struct dsv_clrun *run, const char *dataset)
{
	const struct dsv_strlist *paths = run->opts->paths;

	if (!paths || paths->n == 0)
		return true;
	for (size_t i = 0; i < run->n_tracks; i++)
		if (run->tracks[i].is_data && run->tracks[i].is_dataset &&
		    strcmp(run->tracks[i].group, dataset) == 0)
			return true;
	return false;
}

static int take_docs(struct dsv_clrun *run, struct dsv_clstep *step)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->sets.n; i++) {
		const char *name = run->sets.items[i].name;
		struct dsv_changelog_notes notes = {0};

		if (!is_told(run, name))
			continue;
		rc = dsv_cldocs_notes(&run->docs, &step->from, &step->to, name,
				      &notes);
		if (notes.n)
			dsv_clnotes_join(&dsv_clsums_of(&step->sums, name, true)
						  ->group.notes,
					 &notes);
		dsv_clnotes_release(&notes);
	}
	return rc;
}

int dsv_clrun_compare(struct dsv_clrun *run)
{
	int rc = 0;

	for (size_t at = run->log->n_steps; rc == 0 && at-- > 0;) {
		struct dsv_clstep *step = &run->steps[at];

		rc = dsv_cancelled();
		for (size_t i = 0; rc == 0 && i < step->n; i++)
			rc = compare_file(run, at, &step->files[i]);
		if (rc == 0 && step->has_docs)
			rc = take_docs(run, step);
	}
	return rc;
}
