#include <dsv/scan.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "govern/decisions.h"
#include "govern/scan_files.h"

struct dsv_scan {
	struct dsv_scan_groups groups;
	struct dsv_scan_set *sets; /* of the groups */
	struct dsv_scan_counts counts;
	struct dsv_scan_counts fresh;
	struct dsv_strlist unused;
};

/* What findings are judged by. */
struct judging {
	struct dsv_decisions decisions;
	bool has_base;
	struct dsv_map before; /* findings of the base */
	struct dsv_map now;    /* findings that decisions are about */
};

static void judging_release(struct judging *judging)
{
	dsv_decisions_release(&judging->decisions);
	dsv_map_release(&judging->before);
	dsv_map_release(&judging->now);
}

static void count(struct dsv_scan_counts *counts,
		  const struct dsv_finding *finding)
{
	counts->total++;
	counts->decisions[finding->decision]++;
	counts->kinds[finding->kind]++;
	if (finding->undecided) {
		counts->undecided++;
		counts->kinds_undecided[finding->kind]++;
	}
}

static void judge(struct judging *judging, struct dsv_finding *finding)
{
	size_t len = strlen(finding->id);

	finding->decision = dsv_decisions_of(&judging->decisions, finding->id);
	finding->undecided = finding->decision == DSV_SCAN_UNDECIDED ||
			     finding->decision == DSV_SCAN_REDACTED;
	finding->fresh = !judging->has_base ||
			 !dsv_map_get(&judging->before, finding->id, len);
	if (finding->decision != DSV_SCAN_UNDECIDED)
		dsv_map_put(&judging->now, finding->id, len)->value = 1;
}

static int by_id(const void *a, const void *b)
{
	const struct dsv_finding *const *x = a;
	const struct dsv_finding *const *y = b;

	/* equal names have equal kinds and decisions */
	return strcmp((*x)->id, (*y)->id);
}

static void digest_set(struct dsv_scan_set *set)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_finding **sorted =
		dsv_alloc_zero(set->n + 1, sizeof(*sorted));

	dsv_digest_init(&digest);
	for (size_t i = 0; i < set->n; i++)
		sorted[i] = &set->findings[i];
	qsort(sorted, set->n, sizeof(*sorted), by_id);
	for (size_t i = 0; i < set->n; i++) {
		dsv_buf_reset(&line);
		dsv_buf_addf(&line, "%s %s %s\n", sorted[i]->id,
			     dsv_pii_name(sorted[i]->kind),
			     dsv_scan_decision_name(sorted[i]->decision));
		dsv_digest_update(&digest, line.data, line.len);
	}
	dsv_digest_final(&digest, &set->digest);
	free(sorted);
}

static void take_hit(struct judging *judging, const char *path,
		     const struct dsv_scan_part *part,
		     const struct dsv_scan_hit *hit, struct dsv_finding *out)
{
	*out = (struct dsv_finding){
		.kind = hit->kind,
		.path = path,
		.line = part->line + hit->line,
		.key = hit->key,
		.field = hit->field,
		.offset = hit->offset,
		.len = hit->len,
		.masked = hit->masked,
	};
	memcpy(out->id, hit->id, sizeof(out->id));
	judge(judging, out);
}

static void take_content(struct judging *judging, struct dsv_scan_set *set,
			 const char *path, const struct dsv_scanned *content,
			 struct dsv_finding *to)
{
	for (size_t i = 0; i < content->n; i++) {
		const struct dsv_scan_part *part = &content->parts[i];

		set->records += part->records;
		set->unscanned += part->unscanned;
		for (size_t k = 0; k < part->n; k++) {
			struct dsv_finding *finding = &to[set->n++];

			take_hit(judging, path, part, &part->hits[k], finding);
			count(&set->counts, finding);
			if (finding->fresh)
				count(&set->fresh, finding);
		}
	}
}

static void take_group(struct judging *judging,
		       const struct dsv_scan_group *group,
		       struct dsv_scan_set *set)
{
	struct dsv_finding *findings;
	uint64_t n = 0;

	for (size_t i = 0; i < group->files.n; i++)
		n += dsv_scanned_hits(&group->contents[i]);
	findings = dsv_alloc_zero((size_t)n + 1, sizeof(*findings));
	*set = (struct dsv_scan_set){
		.name = group->name,
		.is_dataset = group->is_dataset,
		.files = &group->files,
		.unread = &group->unread,
		.findings = findings,
	};
	for (size_t i = 0; i < group->files.n; i++)
		take_content(judging, set, group->files.items[i],
			     &group->contents[i], findings);
	digest_set(set);
}

static void add_counts(struct dsv_scan_counts *to,
		       const struct dsv_scan_counts *from)
{
	to->total += from->total;
	to->undecided += from->undecided;
	for (size_t i = 0; i < DSV_SCAN_DECISIONS; i++)
		to->decisions[i] += from->decisions[i];
	for (size_t i = 0; i < DSV_PII_KINDS; i++) {
		to->kinds[i] += from->kinds[i];
		to->kinds_undecided[i] += from->kinds_undecided[i];
	}
}

static void find_unused(struct dsv_scan *scan, const struct judging *judging)
{
	const struct dsv_map *all = &judging->decisions.by_id;

	for (size_t i = 0; i < all->n; i++)
		if (!dsv_map_get(&judging->now, all->entries[i].key,
				 all->entries[i].key_len))
			dsv_strlist_add(&scan->unused, all->entries[i].key);
}

static void judge_all(struct dsv_scan *scan, struct judging *judging,
		      bool whole)
{
	scan->sets = dsv_alloc_zero(scan->groups.n + 1, sizeof(*scan->sets));
	for (size_t i = 0; i < scan->groups.n; i++) {
		struct dsv_scan_set *set = &scan->sets[i];

		take_group(judging, &scan->groups.items[i], set);
		add_counts(&scan->counts, &set->counts);
		add_counts(&scan->fresh, &set->fresh);
	}
	if (whole)
		find_unused(scan, judging);
}

static void remember_base(struct judging *judging,
			  const struct dsv_scan_groups *base)
{
	judging->has_base = true;
	for (size_t i = 0; i < base->n; i++) {
		const struct dsv_scan_group *group = &base->items[i];

		for (size_t k = 0; k < group->files.n; k++) {
			const struct dsv_scanned *content = &group->contents[k];

			for (size_t p = 0; p < content->n; p++)
				for (size_t h = 0; h < content->parts[p].n; h++)
					dsv_map_put(
						&judging->before,
						content->parts[p].hits[h].id,
						DSV_FINDING_HEX - 1);
		}
	}
}

/* A base without such data has no findings. */
static int read_base(struct dsv_scan_groups *out, struct dsv_repo *repo,
		     const struct dsv_scan_options *options)
{
	int rc;

	if (!options->base)
		return 0;
	rc = dsv_scan_groups_read(out, repo, options->base, options, NULL);
	if (rc != DSV_ENOTFOUND)
		return rc;
	dsv_error_clear();
	return 0;
}

static bool is_whole(const struct dsv_scan_options *options)
{
	return !options->dataset && !(options->paths && options->paths->n > 0);
}

static int run(struct dsv_scan *scan, struct judging *judging,
	       struct dsv_repo *repo, const struct dsv_version *version,
	       const struct dsv_scan_options *options)
{
	struct dsv_scan_groups base DSV_AUTO(scan_groups) =
		DSV_SCAN_GROUPS_INIT;
	int rc;

	rc = dsv_decisions_read(&judging->decisions, repo,
				options->decisions ? options->decisions
						   : version);
	if (rc == 0)
		rc = read_base(&base, repo, options);
	if (rc == 0)
		rc = dsv_scan_groups_read(&scan->groups, repo, version, options,
					  options->base ? &base : NULL);
	if (rc < 0)
		return rc;
	if (options->base)
		remember_base(judging, &base);
	judge_all(scan, judging, is_whole(options));
	return 0;
}

int dsv_scan_run(struct dsv_scan **out, struct dsv_repo *repo,
		 const struct dsv_version *version,
		 const struct dsv_scan_options *options)
{
	struct dsv_scan *scan DSV_AUTO(scan) = dsv_alloc_zero(1, sizeof(*scan));
	struct judging judging = {0};
	int rc = run(scan, &judging, repo, version, options);

	judging_release(&judging);
	if (rc == 0)
		*out = dsv_take(&scan);
	return rc;
}

void dsv_scan_free(struct dsv_scan **scan)
{
	struct dsv_scan *old = *scan;

	if (!old)
		return;
	for (size_t i = 0; old->sets && i < old->groups.n; i++)
		free((void *)old->sets[i].findings);
	free(old->sets);
	dsv_scan_groups_release(&old->groups);
	dsv_strlist_release(&old->unused);
	free(old);
	*scan = NULL;
}

size_t dsv_scan_n_sets(const struct dsv_scan *scan)
{
	return scan->groups.n;
}

const struct dsv_scan_set *dsv_scan_set(const struct dsv_scan *scan, size_t i)
{
	return &scan->sets[i];
}

const struct dsv_scan_set *dsv_scan_named(const struct dsv_scan *scan,
					  const char *dataset)
{
	for (size_t i = 0; i < scan->groups.n; i++)
		if (scan->sets[i].is_dataset &&
		    strcmp(scan->sets[i].name, dataset) == 0)
			return &scan->sets[i];
	return NULL;
}

const struct dsv_scan_counts *dsv_scan_counts(const struct dsv_scan *scan)
{
	return &scan->counts;
}

const struct dsv_scan_counts *dsv_scan_fresh(const struct dsv_scan *scan)
{
	return &scan->fresh;
}

const struct dsv_strlist *dsv_scan_unused(const struct dsv_scan *scan)
{
	return &scan->unused;
}
