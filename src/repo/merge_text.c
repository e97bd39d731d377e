#include "repo/merging.h"

#include <dsv/error.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/config.h"
#include "repo/private.h"

uint32_t dsv_merge_mode(const struct dsv_entry stages[DSV_STAGES])
{
	const uint32_t ours = stages[1].mode;
	const uint32_t theirs = stages[2].mode;

	if (!ours)
		return theirs;
	return theirs && ours == stages[0].mode ? theirs : ours;
}

static int is_binary(struct dsv_repo *repo, const struct dsv_entry *entry)
{
	git_blob *blob DSV_AUTO(git_blob) = NULL;
	git_oid oid;

	if (!entry->mode)
		return 0;
	dsv_oid_to_git(&oid, &entry->blob);
	if (git_blob_lookup(&blob, repo->git, &oid) < 0)
		return dsv_git_fail(-1, "cannot read a file to merge");
	return git_blob_is_binary(blob);
}

/* 1 for what git too merges as a text. */
static int is_text(struct dsv_repo *repo, const struct dsv_merge_open *open)
{
	struct dsv_attr_value attrs[DSV_ATTR_N];
	const struct dsv_attr_value *merge = &attrs[DSV_ATTR_MERGE];
	size_t i;
	int rc;

	rc = dsv_attributes_of_path(repo, open->path, attrs);
	if (rc < 0)
		return rc;
	if (merge->state == DSV_ATTR_UNSET ||
	    (merge->state == DSV_ATTR_VALUE && !strcmp(merge->value, "binary")))
		return 0;
	for (i = 0; rc == 0 && i < DSV_STAGES; i++)
		rc = is_binary(repo, &open->stages[i]);
	return rc < 0 ? rc : !rc;
}

static uint32_t style_of(struct dsv_repo *repo)
{
	char *style DSV_AUTO(str) = dsv_config_str(repo, "merge.conflictStyle");

	if (style && !strcmp(style, "diff3"))
		return GIT_MERGE_FILE_STYLE_DIFF3;
	if (style && !strcmp(style, "zdiff3"))
		return GIT_MERGE_FILE_STYLE_ZDIFF3;
	return GIT_MERGE_FILE_STYLE_MERGE;
}

/* "HEAD", or "HEAD:old" where the sides have it under other paths. */
static char *label_of(const struct dsv_merge_open *open, size_t stage,
		      const char *name)
{
	size_t i;

	for (i = 0; i < DSV_STAGES; i++) {
		if (open->names[i])
			return dsv_strf("%s:%s", name,
					open->names[stage] ? open->names[stage]
							   : open->path);
	}
	return dsv_strdup(name);
}

/* libgit2 names the ancestor in the markers only where there is one. */
static int fill_entries(struct dsv_repo *repo,
			const struct dsv_merge_open *open,
			git_index_entry entries[DSV_STAGES])
{
	struct dsv_oid empty;
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++) {
		entries[i] = (git_index_entry){.path = open->path,
					       .mode = open->stages[i].mode};
		dsv_oid_to_git(&entries[i].id, &open->stages[i].blob);
	}
	if (open->stages[0].mode)
		return 0;
	rc = dsv_blob_write(repo, "", 0, &empty);
	entries[0].mode = open->stages[1].mode;
	dsv_oid_to_git(&entries[0].id, &empty);
	return rc;
}

static int merge_file(struct dsv_repo *repo, struct dsv_merge_open *open,
		      const struct dsv_merge_labels *labels,
		      git_merge_file_result *out)
{
	git_merge_file_options opts;
	char *base DSV_AUTO(str) = label_of(open, 0, labels->base);
	char *ours DSV_AUTO(str) = label_of(open, 1, labels->ours);
	char *theirs DSV_AUTO(str) = label_of(open, 2, labels->theirs);
	git_index_entry entries[DSV_STAGES];
	int rc;

	rc = fill_entries(repo, open, entries);
	if (rc < 0)
		return rc;
	git_merge_file_options_init(&opts, GIT_MERGE_FILE_OPTIONS_VERSION);
	opts.ancestor_label = base;
	opts.our_label = ours;
	opts.their_label = theirs;
	opts.flags = style_of(repo);
	/* longer ones, so that they stand apart from those of the next merge */
	opts.marker_size = (unsigned short)(GIT_MERGE_CONFLICT_MARKER_SIZE +
					    2 * labels->depth);
	rc = git_merge_file_from_index(out, repo->git, &entries[0], &entries[1],
				       &entries[2], &opts);
	return rc < 0 ? dsv_git_fail(rc, "cannot merge '%s'", open->path) : 0;
}

int dsv_merge_text(struct dsv_repo *repo, struct dsv_merge_open *open,
		   const struct dsv_merge_labels *labels)
{
	git_merge_file_result text = {0};
	int rc;

	open->to = open->stages[open->stages[1].mode ? 1 : 2];
	if (!S_ISREG(open->stages[1].mode) || !S_ISREG(open->stages[2].mode))
		return 0;
	open->to.mode = dsv_merge_mode(open->stages);
	rc = is_text(repo, open);
	if (rc <= 0)
		return rc;
	rc = merge_file(repo, open, labels, &text);
	if (rc == 0) {
		rc = dsv_blob_write(repo, text.ptr, text.len, &open->to.blob);
		open->is_settled = rc == 0 && text.automergeable;
		rc = rc < 0 ? rc : 1;
	}
	git_merge_file_result_free(&text);
	return rc;
}
