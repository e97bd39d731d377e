#include <dsv/trailers.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/diff.h>
#include <dsv/error.h>
#include <dsv/snapshot.h>

#include "base/alloc.h"
#include "history/file.h"

/* What became of one dataset. */
struct figures {
	const char *dataset; /* lent by the snapshots */
	uint64_t added, removed, changed, relabelled;
	bool compared; /* a file of it with records was compared */
	bool unknown;  /* one could not be */
};

static struct figures *figures_of(struct figures *all, size_t n,
				  const char *dataset)
{
	for (size_t i = 0; dataset && i < n; i++)
		if (strcmp(all[i].dataset, dataset) == 0)
			return &all[i];
	return NULL;
}

/* Records that cannot be compared are no reason to refuse a commit. */
static bool is_fatal(int rc)
{
	return rc == DSV_ECANCELLED || rc == DSV_EIO || rc == DSV_EGIT;
}

static void add_file(struct figures *at, const struct dsv_diff_summary *s)
{
	if (!at || !s)
		return;
	at->compared = true;
	at->added += s->added;
	at->removed += s->removed;
	at->changed += s->changed;
	at->relabelled += s->relabelled;
}

/* all NULL: only for the change lists that come of it. */
static int compare(struct dsv_repo *repo, const struct dsv_version *from,
		   const struct dsv_version *to, struct figures *all, size_t n)
{
	struct dsv_diff_opts opts = {.from = *from, .to = *to};
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_file_diff *file;
	int rc = dsv_diff_open(&diff, repo, &opts);

	if (rc < 0)
		return is_fatal(rc) ? rc : 0;
	while ((rc = dsv_diff_next(diff, &file)) != 0) {
		struct figures *at;

		if (rc < 0 && is_fatal(rc))
			return rc;
		at = figures_of(all, n, dsv_diff_dataset(diff));
		if (rc > 0)
			add_file(at, dsv_file_diff_summary(file));
		else if (at)
			at->unknown = true;
		if (rc < 0)
			dsv_error_clear();
	}
	return 0;
}

static void add_guideline(struct dsv_buf *out,
			  const struct dsv_guideline *guideline)
{
	char hex[DSV_ID_HEX];
	char *line DSV_AUTO(str) = NULL;

	if (!guideline->id)
		return;
	line = dsv_strf("Dsv-Guideline: %s@%s sha256:%s\n", guideline->id,
			guideline->version,
			dsv_id_hex(&guideline->digest, hex));
	if (!strstr(dsv_buf_str(out), line))
		dsv_buf_addstr(out, line);
}

static void add_group(struct dsv_buf *out, const struct dsv_snapshot *snapshot,
		      const struct figures *figures)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "Dsv-Snapshot: %s sha256:%s\n", snapshot->dataset,
		     dsv_id_hex(&snapshot->id, hex));
	add_guideline(out, &snapshot->guideline);
	if (!figures->compared || figures->unknown)
		return;
	dsv_buf_addf(out, "Dsv-Change: %s +%llu -%llu ~%llu relabelled %llu\n",
		     snapshot->dataset, (unsigned long long)figures->added,
		     (unsigned long long)figures->removed,
		     (unsigned long long)figures->changed,
		     (unsigned long long)figures->relabelled);
}

static void add_groups(struct dsv_buf *out, const struct dsv_snapshots *before,
		       const struct dsv_snapshots *after,
		       const struct figures *figures)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct dsv_snapshot *now = &after->items[i];
		const struct dsv_snapshot *then =
			dsv_snapshots_named(before, now->dataset);

		if (!then || !dsv_id_equal(&then->id, &now->id))
			add_group(out, now, &figures[i]);
	}
}

int dsv_trailers_compose(struct dsv_repo *repo,
			 const struct dsv_version *parents, size_t n_parents,
			 const struct dsv_version *to, struct dsv_buf *out)
{
	struct dsv_version nothing = {.at = DSV_AT_NOTHING};
	const struct dsv_version *first = n_parents ? &parents[0] : &nothing;
	struct dsv_snapshots before DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	struct dsv_snapshots after DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	struct figures *figures;
	int rc;

	rc = dsv_snapshots_read(&after, repo, to);
	if (rc < 0)
		return rc;
	/* a parent that breaks the rules does not bar the way to mend it */
	if (first->at != DSV_AT_NOTHING &&
	    dsv_snapshots_read(&before, repo, first) < 0)
		dsv_error_clear();
	figures = dsv_alloc_zero(after.n + 1, sizeof(*figures));
	for (size_t i = 0; i < after.n; i++)
		figures[i].dataset = after.items[i].dataset;
	rc = compare(repo, first, to, figures, after.n);
	for (size_t i = 1; i < n_parents && rc == 0; i++)
		rc = compare(repo, &parents[i], to, NULL, 0);
	if (rc == 0)
		add_groups(out, &before, &after, figures);
	free(figures);
	return rc;
}
