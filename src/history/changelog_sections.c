#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/map.h"
#include "history/changelog_run.h"
#include "repo/tags.h"

#define UNRELEASED "unreleased"

/* "2025-W06" of the day on the author's clock; ISO 8601. */
static char *week_of(const struct dsv_person *author)
{
	time_t local = (time_t)(author->at_s + 60 * author->offset_min);
	char text[32];
	struct tm tm;

	if (!gmtime_r(&local, &tm) ||
	    strftime(text, sizeof(text), "%G-W%V", &tm) == 0)
		return dsv_strdup("(no week)");
	return dsv_strdup(text);
}

/* Tags by their commit, in order of name: "v1.0, v1.0.0" for several. */
static void index_tags(const struct dsv_tags *tags, struct dsv_map *out)
{
	for (size_t i = tags->n; i-- > 0;)
		dsv_map_put(out, tags->items[i].commit.bytes, DSV_OID_SIZE)
			->value = i + 1;
}

static char *tag_title(const struct dsv_tags *tags, size_t first)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&text, tags->items[first].name);
	for (size_t i = first + 1; i < tags->n; i++)
		if (dsv_oid_equal(&tags->items[i].commit,
				  &tags->items[first].commit))
			dsv_buf_addf(&text, ", %s", tags->items[i].name);
	return dsv_buf_detach(&text);
}

/* Takes over title. */
static void add_section(struct dsv_changelog *log, size_t first, char *title)
{
	const struct dsv_person *author = &log->steps[first].commit.author;

	log->sections = dsv_realloc(log->sections, log->n_sections + 1,
				    sizeof(*log->sections));
	log->sections[log->n_sections++] = (struct dsv_changelog_section){
		.title = title,
		.at_s = author->at_s,
		.offset_min = author->offset_min,
		.first = first,
	};
}

/* A tag begins at its commit and reaches down to the one before. */
static int cut_by_tag(struct dsv_clrun *run)
{
	struct dsv_changelog *log = run->log;
	struct dsv_tags tags DSV_AUTO(tags) = DSV_TAGS_INIT;
	struct dsv_map at DSV_AUTO(map) = DSV_MAP_INIT;
	int rc = dsv_tags_read(run->repo, &tags);

	if (rc < 0)
		return rc;
	index_tags(&tags, &at);
	for (size_t i = 0; i < log->n_steps; i++) {
		const struct dsv_map_entry *tag = dsv_map_get(
			&at, log->steps[i].commit.oid.bytes, DSV_OID_SIZE);

		if (tag) {
			add_section(log, i, tag_title(&tags, tag->value - 1));
		} else if (i == 0) {
			add_section(log, i, dsv_strdup(UNRELEASED));
			log->sections[0].unreleased = true;
		}
		log->sections[log->n_sections - 1].n++;
	}
	return 0;
}

static void cut_by_week(struct dsv_changelog *log)
{
	for (size_t i = 0; i < log->n_steps; i++) {
		char *week = week_of(&log->steps[i].commit.author);
		size_t n = log->n_sections;

		if (n > 0 && strcmp(log->sections[n - 1].title, week) == 0)
			free(week);
		else
			add_section(log, i, week);
		log->sections[log->n_sections - 1].n++;
	}
}

int dsv_clrun_cut(struct dsv_clrun *run)
{
	if (run->opts->by == DSV_BY_TAG)
		return cut_by_tag(run);
	if (run->opts->by == DSV_BY_WEEK)
		cut_by_week(run->log);
	return 0;
}

#define SCORE_FAR   3.5	 /* Iglewicz and Hoaglin 1993 */
#define SCORE_STEPS 5u	 /* fewer say nothing of what is usual */
#define SCORE_SHARE 0.01 /* less needs nobody's look */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts. */
static double median(double *items, size_t n)
{
	qsort(items, n, sizeof(*items), by_size);
	return n % 2 ? items[n / 2] : (items[n / 2 - 1] + items[n / 2]) / 2;
}

double dsv_changelog_score(const double *shares, size_t n, double x)
{
	double *sorted = dsv_alloc_zero(n + 1, sizeof(*sorted));
	double middle, mad, mean = 0, score = 0;

	if (n == 0) {
		free(sorted);
		return 0;
	}
	memcpy(sorted, shares, n * sizeof(*sorted));
	middle = median(sorted, n);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = fabs(shares[i] - middle);
		mean += sorted[i] / (double)n;
	}
	mad = median(sorted, n);
	free(sorted);
	if (mad > 0)
		score = 0.6745 * (x - middle) / mad;
	else if (mean > 0)
		score = (x - middle) / (1.253314 * mean);
	return score;
}

/* The group in a step, where it had records before. */
static struct dsv_changelog_group *
group_of(const struct dsv_changelog_step *step,
	 const struct dsv_changelog_group *like)
{
	struct dsv_changelog_group *group = dsv_changelog_group(
		&step->groups, like->name, like->is_dataset);

	return group && group->touched && group->before > 0 ? group : NULL;
}

static void mark_group(struct dsv_changelog *log,
		       const struct dsv_changelog_group *total)
{
	double *shares = dsv_alloc_zero(log->n_steps + 1, sizeof(*shares));
	struct dsv_changelog_group *group;
	size_t n = 0;

	for (size_t i = 0; i < log->n_steps; i++) {
		group = group_of(&log->steps[i], total);
		if (!group)
			continue;
		group->share =
			(double)group->relabelled / (double)group->before;
		shares[n++] = group->share;
	}
	for (size_t i = 0; n >= SCORE_STEPS && i < log->n_steps; i++) {
		group = group_of(&log->steps[i], total);
		if (!group || group->share < SCORE_SHARE)
			continue;
		group->score = dsv_changelog_score(shares, n, group->share);
		group->unusual = group->score > SCORE_FAR;
	}
	free(shares);
}

void dsv_clrun_mark(struct dsv_changelog *log)
{
	for (size_t i = 0; i < log->total.n; i++)
		mark_group(log, &log->total.items[i]);
}
