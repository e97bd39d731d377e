#include <dsv/snapshot.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "dataset/blob_ids.h"
#include "dataset/source.h"
#include "repo/blobs.h"
#include "repo/tree.h"

/* What one call reads from. */
struct reading {
	struct dsv_repo *repo;
	const struct dsv_version *version;
	struct dsv_datasets sets;
	struct dsv_files files; /* those that a dataset may match */
	int *owner;		/* dataset of each, -1: none */
	struct dsv_blob_ids ids;
};

static void reading_release(struct reading *in)
{
	dsv_datasets_release(&in->sets);
	dsv_files_release(&in->files);
	dsv_blob_ids_release(&in->ids);
	free(in->owner);
}

/* What any dataset matches, in one walk, so that a path in two is seen. */
static int list_files(struct reading *in)
{
	struct dsv_strlist patterns DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	for (size_t i = 0; i < in->sets.n; i++) {
		const struct dsv_strlist *files = &in->sets.items[i].files;

		for (size_t k = 0; k < files->n; k++)
			dsv_strlist_add(&patterns, files->items[k]);
	}
	return dsv_tree_list(in->repo, in->version, &patterns, &in->files);
}

static int claim(struct reading *in, size_t file)
{
	const char *path = in->files.items[file].path;
	uint32_t mode = in->files.items[file].entry.mode;
	const struct dsv_dataset *owner;
	int rc;

	rc = dsv_datasets_owner(&in->sets, path, &owner);
	if (rc < 0)
		return rc;
	if (owner && !S_ISREG(mode))
		return dsv_fail(DSV_EUNSUPPORTED,
				"'%s' in dataset '%s' is a %s, not a file",
				path, owner->name,
				S_ISLNK(mode) ? "symlink" : "submodule");
	in->owner[file] = owner ? (int)(owner - in->sets.items) : -1;
	return 0;
}

static int reading_open(struct reading *in, struct dsv_repo *repo,
			const struct dsv_version *version)
{
	int rc;

	in->repo = repo;
	in->version = version;
	rc = dsv_datasets_read(&in->sets, repo, version);
	if (rc < 0 || in->sets.n == 0)
		return rc;
	rc = list_files(in);
	if (rc < 0)
		return rc;
	dsv_blob_ids_load(&in->ids, repo);
	in->owner = dsv_alloc_zero(in->files.n + 1, sizeof(*in->owner));
	for (size_t i = 0; i < in->files.n; i++) {
		rc = claim(in, i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int content_by_reading(struct reading *in, const struct dsv_file *file,
			      struct dsv_content *out)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	int rc = dsv_source_of_entry(&source, in->repo, file->path,
				     &file->entry);

	return rc < 0 ? rc : dsv_source_content(source, out);
}

static int content_of(struct reading *in, const struct dsv_file *file,
		      struct dsv_content *out)
{
	const struct dsv_oid *blob = &file->entry.blob;
	int rc;

	if (dsv_oid_is_zero(blob))
		return content_by_reading(in, file, out);
	if (dsv_blob_ids_get(&in->ids, blob, out))
		return 0;
	rc = dsv_blob_pointer(in->repo, blob, out);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", file->path);
	if (rc == 0) {
		rc = content_by_reading(in, file, out);
		if (rc < 0)
			return rc;
	}
	dsv_blob_ids_put(&in->ids, blob, out);
	return 0;
}

static int add_files(struct reading *in, int set, struct dsv_snapshot *out)
{
	size_t cap = 0;

	for (size_t i = 0; i < in->files.n; i++) {
		const struct dsv_file *file = &in->files.items[i];
		struct dsv_snapshot_file *item;
		struct dsv_content content;
		int rc;

		if (in->owner[i] != set)
			continue;
		rc = content_of(in, file, &content);
		if (rc == DSV_ENOTFOUND && in->version->at == DSV_AT_WORKTREE)
			continue; /* deleted in the work tree */
		if (rc < 0)
			return rc;
		DSV_GROW(out->files, cap, out->n_files + 1);
		item = &out->files[out->n_files++];
		item->path = dsv_strdup(file->path);
		item->content = content;
		out->size += content.size;
	}
	return 0;
}

static void add_file_line(struct dsv_buf *text,
			  const struct dsv_snapshot_file *file)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(text, "file %s %llu ", dsv_id_hex(&file->content.id, hex),
		     (unsigned long long)file->content.size);
	dsv_add_quoted_path(text, file->path, strlen(file->path));
	dsv_buf_addch(text, '\n');
}

static void write_text(struct dsv_snapshot *out)
{
	const struct dsv_guideline *guideline = &out->guideline;
	char hex[DSV_ID_HEX];

	dsv_buf_addf(&out->text, "dsv-snapshot 1\ndataset %s\n", out->dataset);
	dsv_buf_addf(&out->text, "definition %s\n",
		     dsv_id_hex(&out->definition, hex));
	if (guideline->id)
		dsv_buf_addf(&out->text, "guideline %s %s %s\n", guideline->id,
			     guideline->version,
			     dsv_id_hex(&guideline->digest, hex));
	for (size_t i = 0; i < out->n_files; i++)
		add_file_line(&out->text, &out->files[i]);
	dsv_id_of(out->text.data, out->text.len, &out->id);
}

static int read_one(struct reading *in, size_t set, struct dsv_snapshot *out)
{
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_buf canonical DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_dataset *dataset = &in->sets.items[set];
	int rc;

	snapshot.dataset = dsv_strdup(dataset->name);
	dsv_dataset_canonical(dataset, &canonical);
	dsv_id_of(canonical.data, canonical.len, &snapshot.definition);
	if (dataset->guideline) {
		rc = dsv_guideline_read(in->repo, in->version,
					dataset->guideline,
					&snapshot.guideline);
		if (rc < 0)
			return rc;
	}
	rc = add_files(in, (int)set, &snapshot);
	if (rc < 0)
		return rc;
	write_text(&snapshot);
	*out = snapshot;
	snapshot = (struct dsv_snapshot)DSV_SNAPSHOT_INIT;
	return 0;
}

static int read_all(struct reading *in, struct dsv_snapshots *out)
{
	struct dsv_snapshots all DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	int rc;

	all.items = dsv_alloc_zero(in->sets.n + 1, sizeof(*all.items));
	for (size_t i = 0; i < in->sets.n; i++) {
		rc = read_one(in, i, &all.items[i]);
		if (rc < 0)
			return rc;
		all.n++;
	}
	*out = all;
	all = (struct dsv_snapshots)DSV_SNAPSHOTS_INIT;
	return 0;
}

int dsv_snapshots_read(struct dsv_snapshots *out, struct dsv_repo *repo,
		       const struct dsv_version *version)
{
	struct reading in = {0};
	int rc = reading_open(&in, repo, version);

	if (rc == 0)
		rc = read_all(&in, out);
	if (rc == 0)
		dsv_blob_ids_save(&in.ids);
	reading_release(&in);
	return rc;
}

static int no_dataset(const struct dsv_datasets *sets, const char *name)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;

	for (size_t i = 0; i < sets->n; i++)
		dsv_strlist_add(&known, sets->items[i].name);
	dsv_fail(DSV_ENOTFOUND, "dataset '%s' not found", name);
	near = dsv_nearest(name, &known);
	if (near)
		dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near);
	return DSV_ENOTFOUND;
}

static int read_named(struct reading *in, const char *name,
		      struct dsv_snapshot *out)
{
	const struct dsv_dataset *set = dsv_datasets_named(&in->sets, name);

	if (!set)
		return no_dataset(&in->sets, name);
	return read_one(in, (size_t)(set - in->sets.items), out);
}

int dsv_snapshot_read(struct dsv_snapshot *out, struct dsv_repo *repo,
		      const struct dsv_version *version, const char *name)
{
	struct reading in = {0};
	int rc = reading_open(&in, repo, version);

	if (rc == 0)
		rc = read_named(&in, name, out);
	if (rc == 0)
		dsv_blob_ids_save(&in.ids);
	reading_release(&in);
	return rc;
}

void dsv_snapshot_release(struct dsv_snapshot *snapshot)
{
	free(snapshot->dataset);
	dsv_buf_release(&snapshot->text);
	dsv_guideline_release(&snapshot->guideline);
	for (size_t i = 0; i < snapshot->n_files; i++)
		free(snapshot->files[i].path);
	free(snapshot->files);
	*snapshot = (struct dsv_snapshot)DSV_SNAPSHOT_INIT;
}

void dsv_snapshots_release(struct dsv_snapshots *snapshots)
{
	for (size_t i = 0; i < snapshots->n; i++)
		dsv_snapshot_release(&snapshots->items[i]);
	free(snapshots->items);
	*snapshots = (struct dsv_snapshots)DSV_SNAPSHOTS_INIT;
}

const struct dsv_snapshot *
dsv_snapshots_named(const struct dsv_snapshots *snapshots, const char *name)
{
	for (size_t i = 0; i < snapshots->n; i++) {
		if (strcmp(snapshots->items[i].dataset, name) == 0)
			return &snapshots->items[i];
	}
	return NULL;
}
