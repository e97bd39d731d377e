#include "govern/scan_files.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "dataset/data_files.h"
#include "govern/scan_known.h"
#include "history/entry.h"
#include "repo/repo.h"

/* Smaller contents are scanned sooner than an answer is looked up. */
#define CACHE_MIN (64u * 1024u)

struct gathering {
	struct dsv_repo *repo;
	const struct dsv_version *version;
	const struct dsv_scan_options *options;
	const struct dsv_scan_groups *earlier;
	struct dsv_datasets sets;
	struct dsv_files files;
	struct dsv_cache cache;
	struct dsv_store *store;
	struct dsv_scan_groups *out;
};

static void gathering_release(struct gathering *g)
{
	dsv_datasets_release(&g->sets);
	dsv_files_release(&g->files);
	dsv_cache_release(&g->cache);
}

void dsv_scan_groups_release(struct dsv_scan_groups *groups)
{
	for (size_t i = 0; i < groups->n; i++) {
		struct dsv_scan_group *group = &groups->items[i];

		for (size_t k = 0; k < group->files.n; k++)
			dsv_scanned_release(&group->contents[k]);
		free(group->contents);
		free(group->name);
		dsv_strlist_release(&group->files);
		dsv_strlist_release(&group->unread);
	}
	free(groups->items);
	*groups = (struct dsv_scan_groups)DSV_SCAN_GROUPS_INIT;
}

/* What stood at the path in the version that was scanned before. */
static const struct dsv_scanned *find_earlier(const struct gathering *g,
					      const char *dataset,
					      const struct dsv_scan_name *name)
{
	for (size_t i = 0; g->earlier && i < g->earlier->n; i++) {
		const struct dsv_scan_group *group = &g->earlier->items[i];
		long at;

		if (strcmp(group->name, dataset) != 0)
			continue;
		at = dsv_strlist_find(&group->files, name->path);
		if (at >= 0 &&
		    dsv_id_equal(&group->contents[at].reading, &name->reading))
			return &group->contents[at];
	}
	return NULL;
}

static int scan_source(struct gathering *g, struct dsv_scanned_opts *opts,
		       const struct dsv_scan_name *name,
		       struct dsv_scanned *out)
{
	struct dsv_scanned last DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	const struct dsv_scanned *known[2];
	const struct dsv_scanned *earlier =
		find_earlier(g, opts->dataset, name);
	int rc;

	if (dsv_scan_known_get(out, name))
		return 0;
	if (earlier)
		known[opts->n_known++] = earlier;
	else if (dsv_scan_known_last(&last, name))
		known[opts->n_known++] = &last;
	opts->known = known;
	rc = dsv_scanned_read(out, opts);
	if (rc == 0)
		dsv_scan_known_put(out, name);
	return rc;
}

static int scan_file(struct gathering *g, const char *dataset,
		     const struct dsv_file *file,
		     const struct dsv_reading *reading, struct dsv_scanned *out)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_scan_name name = {.path = file->path};
	struct dsv_scanned_opts opts = {
		.dataset = dataset,
		.reading = reading,
		.store = g->store,
		.pool = dsv_repo_pool(g->repo),
		.progress = dsv_repo_progress(g->repo),
	};
	int rc =
		dsv_source_of_entry(&source, g->repo, file->path, &file->entry);

	if (rc == 0)
		rc = dsv_entry_identify(g->repo, &file->entry, &name.content,
					NULL);
	if (rc < 0)
		return rc;
	opts.source = source;
	dsv_scan_name_set(&name, reading, dataset);
	if (!g->options->no_cache && dsv_source_size(source) >= CACHE_MIN)
		name.cache = &g->cache;
	rc = scan_source(g, &opts, &name, out);
	out->reading = name.reading;
	return rc;
}

static int add_file(struct gathering *g, struct dsv_scan_group *group,
		    const struct dsv_file *file)
{
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_reading_opts opts = {
		.key = g->options->key,
		.format = g->options->format,
	};
	struct dsv_scanned scanned = DSV_SCANNED_INIT;
	int rc = dsv_reading_of_path(&reading, &g->sets, file->path, &opts);

	if (rc < 0)
		return rc;
	if (!reading.format->has_fields) {
		dsv_strlist_add(&group->unread, file->path);
		return 0;
	}
	rc = scan_file(g, group->name, file, &reading, &scanned);
	if (rc < 0)
		return rc;
	dsv_strlist_add(&group->files, file->path);
	DSV_GROW(group->contents, group->cap, group->files.n);
	group->contents[group->files.n - 1] = scanned;
	return 0;
}

static struct dsv_scan_group *add_group(struct gathering *g, const char *name,
					bool is_dataset)
{
	struct dsv_scan_groups *out = g->out;
	struct dsv_scan_group *group;

	DSV_GROW(out->items, out->cap, out->n + 1);
	group = &out->items[out->n++];
	*group = (struct dsv_scan_group){.name = dsv_strdup(name),
					 .is_dataset = is_dataset};
	return group;
}

static int add_dataset(struct gathering *g, const struct dsv_dataset *set)
{
	struct dsv_scan_group *group = NULL;
	int rc = 0;

	if (g->options->dataset && strcmp(g->options->dataset, set->name) != 0)
		return 0;
	for (size_t i = 0; i < g->files.n && rc == 0; i++) {
		const struct dsv_file *file = &g->files.items[i];

		if (dsv_datasets_of_path(&g->sets, file->path) != set)
			continue;
		if (!group)
			group = add_group(g, set->name, true);
		rc = add_file(g, group, file);
	}
	return rc;
}

static int add_singles(struct gathering *g)
{
	int rc = 0;

	for (size_t i = 0; i < g->files.n && rc == 0; i++) {
		const struct dsv_file *file = &g->files.items[i];

		if (!dsv_datasets_of_path(&g->sets, file->path))
			rc = add_file(g, add_group(g, file->path, false), file);
	}
	return rc;
}

static int check_dataset(const struct gathering *g)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;

	if (!g->options->dataset ||
	    dsv_datasets_named(&g->sets, g->options->dataset))
		return 0;
	for (size_t i = 0; i < g->sets.n; i++)
		dsv_strlist_add(&names, g->sets.items[i].name);
	dsv_fail(DSV_ENOTFOUND, "no dataset is called '%s'",
		 g->options->dataset);
	near = dsv_nearest(g->options->dataset, &names);
	return near ? dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near)
		    : DSV_ENOTFOUND;
}

static int gather(struct gathering *g)
{
	int rc;

	if ((rc = dsv_datasets_read(&g->sets, g->repo, g->version)) < 0 ||
	    (rc = check_dataset(g)) < 0 ||
	    (rc = dsv_repo_store(g->repo, &g->store)) < 0 ||
	    (rc = dsv_data_files(&g->files, g->repo, g->version, &g->sets,
				 g->options->paths)) < 0)
		return rc;
	for (size_t i = 0; i < g->sets.n && rc == 0; i++)
		rc = add_dataset(g, &g->sets.items[i]);
	return rc < 0 || g->options->dataset ? rc : add_singles(g);
}

int dsv_scan_groups_read(struct dsv_scan_groups *out, struct dsv_repo *repo,
			 const struct dsv_version *version,
			 const struct dsv_scan_options *options,
			 const struct dsv_scan_groups *earlier)
{
	struct dsv_scan_groups groups DSV_AUTO(scan_groups) =
		DSV_SCAN_GROUPS_INIT;
	struct gathering g = {
		.repo = repo,
		.version = version,
		.options = options,
		.earlier = earlier,
		.out = &groups,
	};
	int rc;

	dsv_cache_init(&g.cache, repo);
	rc = gather(&g);
	gathering_release(&g);
	if (rc < 0)
		return rc;
	*out = groups;
	groups = (struct dsv_scan_groups)DSV_SCAN_GROUPS_INIT;
	return 0;
}
