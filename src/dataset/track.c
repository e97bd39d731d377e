#include <dsv/track.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/guideline.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "dataset/pattern.h"
#include "dataset/track_name.h"
#include "dataset/work_files.h"
#include "repo/tree.h"

/* A plan while it is made. */
struct planning {
	struct dsv_repo *repo;
	const struct dsv_track_opts *opts;
	struct dsv_datasets sets;
	const struct dsv_dataset *target; /* one that exists, or NULL */
	struct dsv_strlist asked;	  /* a pattern for each path */
	struct dsv_track_plan *plan;
};

static void planning_release(struct planning *planning)
{
	dsv_datasets_release(&planning->sets);
	dsv_strlist_release(&planning->asked);
}

/* Files that git or dsv read for themselves never stand behind a filter. */
static int check_not_ours(const struct dsv_strlist *pattern, const char *typed)
{
	static const char *const ours[] = {".gitattributes", ".gitignore",
					   ".gitmodules", ".dsv/datasets.yaml"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (!dsv_pathspec_match(pattern, ours[i]))
			continue;
		dsv_fail(DSV_EUSAGE, "'%s' takes in '%s'", typed, ours[i]);
		return dsv_hint(DSV_EUSAGE, "name a folder or the data files");
	}
	return 0;
}

static int nothing_there(struct dsv_repo *repo, const char *typed,
			 const char *path)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf folder DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *slash = strrchr(path, '/');
	const char *near = NULL;
	int head = slash ? (int)(slash - path) + 1 : 0;

	if (dsv_pattern_is_glob(path))
		return dsv_fail(DSV_ENOTFOUND, "no file matches '%s'", typed);
	dsv_buf_addf(&folder, "%s/%.*s", dsv_repo_workdir(repo), head, path);
	if (dsv_fs_list(folder.data, &names) >= 0)
		near = dsv_nearest(path + head, &names);
	dsv_fail(DSV_ENOTFOUND, "'%s' not found", typed);
	if (near)
		dsv_hint(DSV_ENOTFOUND, "did you mean '%.*s%s'?", head, path,
			 near);
	return DSV_ENOTFOUND;
}

/* A file, a folder or a glob; one name may be all three, and what is there
 * counts first. */
static int pattern_of(struct planning *planning, const char *typed,
		      const char *path, struct dsv_buf *out)
{
	char *full DSV_AUTO(str) = NULL;
	struct stat st;
	bool is_there;

	full = dsv_fs_join(dsv_repo_workdir(planning->repo), path);
	is_there = lstat(full, &st) == 0;
	if (is_there && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return dsv_fail(DSV_EUSAGE, "'%s' is neither file nor folder",
				typed);
	if (!is_there && !dsv_pattern_is_glob(path))
		return nothing_there(planning->repo, typed, path);
	if (!is_there) {
		dsv_buf_addstr(out, path);
		return 0;
	}
	dsv_pattern_of_path(path, out);
	if (S_ISDIR(st.st_mode))
		dsv_buf_addstr(out, out->len > 0 ? "/**" : "**");
	return 0;
}

static int nothing_matches(const char *typed, const char *path)
{
	if (dsv_pattern_is_glob(path))
		return dsv_fail(DSV_ENOTFOUND, "no file matches '%s'", typed);
	return dsv_fail(DSV_ENOTFOUND, "'%s' is empty or ignored by git",
			typed);
}

/* The files that a pattern matches now, which must be one at least. */
static int find_files(struct planning *planning, const char *pattern,
		      const char *typed, const char *path)
{
	struct dsv_strlist one DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist found DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist *files = &planning->plan->files;
	int rc;

	dsv_strlist_add(&one, pattern);
	rc = check_not_ours(&one, typed);
	if (rc == 0)
		rc = dsv_work_files(planning->repo, &one, &found);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < found.n; i++) {
		if (dsv_strlist_find(files, found.items[i]) < 0)
			dsv_strlist_add(files, found.items[i]);
	}
	return found.n > 0 ? 0 : nothing_matches(typed, path);
}

static int add_path(struct planning *planning, const char *typed)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf pattern DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *text;
	int rc;

	rc = dsv_repo_path(planning->repo, typed, &path);
	if (rc == 0)
		rc = pattern_of(planning, typed, dsv_buf_str(&path), &pattern);
	if (rc < 0)
		return rc;
	text = dsv_buf_str(&pattern);
	if (dsv_utf8_valid(text, pattern.len) != pattern.len)
		return dsv_fail(DSV_EUSAGE,
				"'%s': a pattern must be UTF-8; name the file "
				"itself",
				typed);
	rc = find_files(planning, text, typed, dsv_buf_str(&path));
	if (rc < 0)
		return rc;
	if (dsv_strlist_find(&planning->asked, text) < 0)
		dsv_strlist_add(&planning->asked, text);
	return 0;
}

static int add_paths(struct planning *planning)
{
	const struct dsv_strlist *paths = planning->opts->paths;

	if (!dsv_repo_workdir(planning->repo))
		return dsv_fail(DSV_EUSAGE, "a bare repository has no files "
					    "to track");
	if (!paths || paths->n == 0)
		return dsv_fail(DSV_EUSAGE, "no path is given");
	for (size_t i = 0; i < paths->n; i++) {
		int rc = add_path(planning, paths->items[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int is_elsewhere(const char *path, const char *name)
{
	dsv_fail(DSV_EUSAGE, "'%s' is in dataset '%s'", path, name);
	return dsv_hint(DSV_EUSAGE, "dsv untrack it there first");
}

/* The one dataset that the files are in already, or the one that is named. */
static int find_target(struct planning *planning)
{
	const struct dsv_track_opts *opts = planning->opts;
	const struct dsv_strlist *files = &planning->plan->files;

	for (size_t i = 0; i < files->n; i++) {
		const struct dsv_dataset *set;

		set = dsv_datasets_of_path(&planning->sets, files->items[i]);
		if (!set)
			continue;
		if ((planning->target && planning->target != set) ||
		    (opts->name && strcmp(opts->name, set->name) != 0))
			return is_elsewhere(files->items[i], set->name);
		planning->target = set;
	}
	if (!planning->target && opts->name)
		planning->target =
			dsv_datasets_named(&planning->sets, opts->name);
	return 0;
}

/* A file that another pattern of its dataset matches needs none of its own. */
static const char *covered_by(const struct dsv_dataset *set,
			      const char *pattern)
{
	for (size_t i = 0; set && i < set->files.n; i++) {
		struct dsv_strlist one DSV_AUTO(strlist) = DSV_STRLIST_INIT;

		dsv_strlist_add(&one, set->files.items[i]);
		if (strcmp(set->files.items[i], pattern) == 0 ||
		    (!dsv_pattern_is_glob(pattern) &&
		     dsv_pathspec_match(&one, pattern)))
			return set->files.items[i];
	}
	return NULL;
}

static void choose_patterns(struct planning *planning)
{
	struct dsv_track_plan *plan = planning->plan;

	for (size_t i = 0; i < planning->asked.n; i++) {
		struct dsv_buf attribute DSV_AUTO(buf) = DSV_BUF_INIT;
		const char *pattern = planning->asked.items[i];
		const char *cover = covered_by(planning->target, pattern);

		if (!cover)
			dsv_strlist_add(&plan->patterns, pattern);
		dsv_pattern_attribute(cover ? cover : pattern, &attribute);
		if (dsv_strlist_find(&plan->attributes, attribute.data) < 0)
			dsv_strlist_add(&plan->attributes, attribute.data);
	}
}

static bool is_given(const struct dsv_strlist *list)
{
	return list && list->n > 0;
}

static const struct dsv_strlist *either(const struct dsv_strlist *given,
					const struct dsv_strlist *defined)
{
	return is_given(given) ? given : defined;
}

static void set_text(char **to, const char *given, const char *defined)
{
	const char *text = given ? given : defined;

	*to = text ? dsv_strdup(text) : NULL;
}

/* An annotator is only written when it is named, so none else is shown. */
static void show_annotator(struct planning *planning)
{
	struct dsv_proposal *proposal = &planning->plan->proposal;
	const struct dsv_dataset *target = planning->target;

	free(proposal->annotator);
	proposal->annotator = NULL;
	set_text(&proposal->annotator, planning->opts->annotator,
		 target ? target->annotator : NULL);
}

static int look(struct planning *planning)
{
	const struct dsv_dataset *target = planning->target;
	const struct dsv_track_opts *opts = planning->opts;
	const char *path = planning->plan->files.items[0];
	struct dsv_propose_opts propose = {
		.format = opts->format,
		.key = either(opts->key, target ? &target->key : NULL),
		.labels = either(opts->labels, target ? &target->labels : NULL),
	};
	int rc;

	if (!propose.format && target)
		propose.format = target->format;
	rc = dsv_propose(&planning->plan->proposal, planning->repo, path,
			 &propose);
	if (rc == 0)
		show_annotator(planning);
	return rc;
}

static int check_annotator(const struct planning *planning)
{
	const struct dsv_proposal *proposal = &planning->plan->proposal;
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *name = planning->opts->annotator;
	const char *near;

	if (!name || dsv_proposal_column(proposal, name))
		return 0;
	for (size_t i = 0; i < proposal->n_columns; i++)
		dsv_strlist_add(&known, proposal->columns[i].name);
	dsv_fail(DSV_EUSAGE, "annotator column '%s' is not in '%s'", name,
		 proposal->path);
	near = dsv_nearest(name, &known);
	if (near)
		dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
	return DSV_EUSAGE;
}

static int check_guideline(const struct planning *planning)
{
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	const struct dsv_version version = {.at = DSV_AT_WORKTREE};

	if (!planning->opts->guideline)
		return 0;
	return dsv_guideline_read(planning->repo, &version,
				  planning->opts->guideline, &guideline);
}

/* Without a key the labels are proposed with it; a person who names the key
 * and no label has said that there is none. */
static void choose_columns(struct planning *planning)
{
	const struct dsv_track_opts *opts = planning->opts;
	const struct dsv_dataset *target = planning->target;
	struct dsv_track_plan *plan = planning->plan;
	struct dsv_dataset *set = &plan->dataset;

	if (target) {
		dsv_strlist_copy(&set->key, either(opts->key, &target->key));
		dsv_strlist_copy(&set->labels,
				 either(opts->labels, &target->labels));
		return;
	}
	dsv_strlist_copy(&set->key, &plan->proposal.key);
	if (is_given(opts->labels) || !is_given(opts->key))
		dsv_strlist_copy(&set->labels, &plan->proposal.labels);
	plan->asks = plan->proposal.has_records && !is_given(opts->key);
}

static int choose_dataset(struct planning *planning)
{
	const struct dsv_track_opts *opts = planning->opts;
	const struct dsv_dataset *target = planning->target;
	struct dsv_track_plan *plan = planning->plan;
	struct dsv_dataset *set = &plan->dataset;
	const char *first = planning->asked.items[0];

	if (target)
		set->name = dsv_strdup(target->name);
	else if (opts->name)
		set->name = dsv_strdup(opts->name);
	else
		set->name = dsv_track_name(&planning->sets, first);
	if (!dsv_dataset_name_ok(set->name)) {
		dsv_fail(DSV_EUSAGE, "'%s' is no name for a dataset",
			 set->name);
		return dsv_hint(DSV_EUSAGE, "a-z, 0-9, '.', '_' and '-', at "
					    "most 64");
	}
	if (target)
		dsv_strlist_copy(&set->files, &target->files);
	for (size_t i = 0; i < plan->patterns.n; i++)
		dsv_strlist_add(&set->files, plan->patterns.items[i]);
	set_text(&set->format, opts->format, target ? target->format : NULL);
	set_text(&set->annotator, opts->annotator,
		 target ? target->annotator : NULL);
	set_text(&set->guideline, opts->guideline,
		 target ? target->guideline : NULL);
	choose_columns(planning);
	return 0;
}

static bool is_both(const struct dsv_dataset *set, const char **out)
{
	for (size_t i = 0; i < set->labels.n; i++) {
		*out = set->labels.items[i];
		if (dsv_strlist_find(&set->key, *out) >= 0)
			return true;
	}
	return false;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static enum dsv_track_state state_of(const struct planning *planning)
{
	const struct dsv_dataset *old = planning->target;
	const struct dsv_dataset *set = &planning->plan->dataset;

	if (!old)
		return DSV_TRACK_NEW;
	if (planning->plan->patterns.n > 0)
		return DSV_TRACK_MORE;
	if (dsv_strlist_equal(&old->key, &set->key) &&
	    dsv_strlist_equal(&old->labels, &set->labels) &&
	    same_text(old->format, set->format) &&
	    same_text(old->annotator, set->annotator) &&
	    same_text(old->guideline, set->guideline))
		return DSV_TRACK_SAME;
	return DSV_TRACK_CHANGED;
}

static int make(struct planning *planning)
{
	const struct dsv_version version = {.at = DSV_AT_WORKTREE};
	const char *both;
	int rc;

	if ((rc = add_paths(planning)) < 0 ||
	    (rc = dsv_datasets_read(&planning->sets, planning->repo,
				    &version)) < 0 ||
	    (rc = find_target(planning)) < 0 || (rc = look(planning)) < 0 ||
	    (rc = check_annotator(planning)) < 0 ||
	    (rc = check_guideline(planning)) < 0)
		return rc;
	choose_patterns(planning);
	rc = choose_dataset(planning);
	if (rc < 0)
		return rc;
	if (is_both(&planning->plan->dataset, &both))
		return dsv_fail(DSV_EUSAGE, "'%s' is both key and label", both);
	planning->plan->state = state_of(planning);
	return 0;
}

int dsv_track_plan(struct dsv_track_plan *out, struct dsv_repo *repo,
		   const struct dsv_track_opts *opts)
{
	struct dsv_track_plan plan DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;
	struct planning planning = {
		.repo = repo,
		.opts = opts,
		.plan = &plan,
	};
	int rc = make(&planning);

	planning_release(&planning);
	if (rc < 0)
		return rc;
	*out = plan;
	plan = (struct dsv_track_plan)DSV_TRACK_PLAN_INIT;
	return 0;
}

void dsv_track_plan_release(struct dsv_track_plan *plan)
{
	dsv_strlist_release(&plan->patterns);
	dsv_strlist_release(&plan->attributes);
	dsv_strlist_release(&plan->files);
	dsv_proposal_release(&plan->proposal);
	dsv_dataset_release(&plan->dataset);
	*plan = (struct dsv_track_plan)DSV_TRACK_PLAN_INIT;
}
