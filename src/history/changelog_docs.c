#include "history/changelog_docs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/guideline.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "history/changelog_names.h"
#include "repo/blobs.h"
#include "repo/tree.h"

#define GUIDELINES "guidelines/"

void dsv_cldocs_init(struct dsv_cldocs *docs, struct dsv_repo *repo)
{
	*docs = (struct dsv_cldocs){.repo = repo};
}

void dsv_cldocs_release(struct dsv_cldocs *docs)
{
	for (size_t i = 0; i < docs->datasets.n; i++) {
		struct dsv_datasets *sets =
			(void *)(uintptr_t)docs->datasets.entries[i].value;

		dsv_datasets_release(sets);
		free(sets);
	}
	for (size_t i = 0; i < docs->guidelines.n; i++) {
		struct dsv_guideline *guideline =
			(void *)(uintptr_t)docs->guidelines.entries[i].value;

		dsv_guideline_release(guideline);
		free(guideline);
	}
	dsv_map_release(&docs->datasets);
	dsv_map_release(&docs->guidelines);
	*docs = (struct dsv_cldocs){0};
}

bool dsv_cldocs_is_one(const char *path)
{
	return strcmp(path, DSV_DATASETS_PATH) == 0 ||
	       strncmp(path, GUIDELINES, strlen(GUIDELINES)) == 0;
}

/* The blob of a document in a version: 1, or 0 where it has none. */
static int blob_of(struct dsv_repo *repo, const struct dsv_version *version,
		   const char *path, struct dsv_oid *out)
{
	struct dsv_entry entry;
	int rc;

	if (version->at == DSV_AT_NOTHING)
		return 0;
	rc = dsv_tree_entry(repo, version, path, &entry);
	if (rc < 0 || !S_ISREG(entry.mode))
		return rc < 0 ? rc : 0;
	*out = entry.blob;
	return 1;
}

/* History may hold definitions that cannot be read: they count as none. */
static int forgive(int rc)
{
	if (rc != DSV_ESYNTAX && rc != DSV_ERANGE && rc != DSV_EMISSING &&
	    rc != DSV_ECORRUPT)
		return rc;
	dsv_error_clear();
	return 0;
}

static int read_datasets(struct dsv_cldocs *docs, const struct dsv_oid *blob,
			 struct dsv_datasets *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_blob_read(docs->repo, blob, DSV_GUIDELINE_MAX, &text);
	if (rc == 0)
		rc = dsv_datasets_parse(out, dsv_buf_str(&text), text.len,
					DSV_DATASETS_PATH);
	return forgive(rc);
}

int dsv_cldocs_datasets(struct dsv_cldocs *docs,
			const struct dsv_version *version,
			const struct dsv_datasets **out)
{
	static const struct dsv_datasets none = DSV_DATASETS_INIT;
	struct dsv_map_entry *entry;
	struct dsv_datasets *sets;
	struct dsv_oid blob;
	int rc;

	*out = &none;
	rc = blob_of(docs->repo, version, DSV_DATASETS_PATH, &blob);
	if (rc <= 0)
		return rc;
	entry = dsv_map_put(&docs->datasets, blob.bytes, DSV_OID_SIZE);
	if (!entry->value) {
		sets = dsv_alloc_zero(1, sizeof(*sets));
		entry->value = (uintptr_t)sets;
		rc = read_datasets(docs, &blob, sets);
		if (rc < 0)
			return rc;
	}
	*out = (const void *)(uintptr_t)entry->value;
	return 0;
}

/* One whose front matter cannot be read still has its digest. */
static int read_guideline(struct dsv_cldocs *docs, const struct dsv_oid *blob,
			  const char *path, struct dsv_guideline *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_blob_read(docs->repo, blob, DSV_GUIDELINE_MAX, &text);
	if (rc < 0)
		return forgive(rc);
	rc = dsv_guideline_parse(out, dsv_buf_str(&text), text.len, path);
	if (rc < 0) {
		dsv_guideline_release(out);
		dsv_id_of(text.data, text.len, &out->digest);
	}
	return forgive(rc);
}

/* NULL in *out where the version has none. */
static int guideline_at(struct dsv_cldocs *docs,
			const struct dsv_version *version, const char *id,
			const struct dsv_guideline **out,
			struct dsv_oid *out_blob)
{
	char *path DSV_AUTO(str) = NULL;
	struct dsv_map_entry *entry;
	struct dsv_guideline *guideline;
	struct dsv_oid blob;
	int rc;

	*out = NULL;
	if (!id)
		return 0;
	path = dsv_strf(GUIDELINES "%s.md", id);
	rc = blob_of(docs->repo, version, path, &blob);
	if (rc <= 0)
		return rc;
	entry = dsv_map_put(&docs->guidelines, blob.bytes, DSV_OID_SIZE);
	if (!entry->value) {
		guideline = dsv_alloc_zero(1, sizeof(*guideline));
		entry->value = (uintptr_t)guideline;
		rc = read_guideline(docs, &blob, path, guideline);
		if (rc < 0)
			return rc;
	}
	*out = (const void *)(uintptr_t)entry->value;
	*out_blob = blob;
	return 0;
}

static char *version_of(const struct dsv_guideline *guideline, const char *id)
{
	const char *version;

	if (!guideline)
		return NULL;
	version = guideline->version ? guideline->version : "(unreadable)";
	return id ? dsv_strf("%s@%s", id, version) : dsv_strdup(version);
}

static bool same_guideline(const struct dsv_guideline *a,
			   const struct dsv_guideline *b)
{
	return a == b || (a && b && dsv_id_equal(&a->digest, &b->digest));
}

/* Versions of one guideline by number, of two by name too. */
static int note_guideline(struct dsv_cldocs *docs,
			  const struct dsv_version versions[2],
			  const char *const ids[2],
			  struct dsv_changelog_notes *out)
{
	const struct dsv_guideline *at[2];
	struct dsv_changelog_note note = {0};
	bool other = ids[0] && ids[1] && strcmp(ids[0], ids[1]) != 0;
	int rc;

	for (size_t i = 0; i < 2; i++) {
		rc = guideline_at(docs, &versions[i], ids[i], &at[i],
				  &note.blobs[i]);
		if (rc < 0)
			return rc;
		if (at[i])
			note.digests[i] = at[i]->digest;
	}
	if (same_guideline(at[0], at[1]) && !other)
		return 0;
	note.what = dsv_strdup("guideline");
	note.id = other ? NULL : dsv_strdup(ids[1] ? ids[1] : ids[0]);
	note.from = version_of(at[0], other ? ids[0] : NULL);
	note.to = version_of(at[1], other ? ids[1] : NULL);
	note.same_version =
		note.from && note.to && strcmp(note.from, note.to) == 0;
	dsv_clnotes_take(out, &note);
	return 0;
}

static char *joined(const struct dsv_strlist *list)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(&text, "%s%s", i ? ", " : "", list->items[i]);
	return text.len ? dsv_buf_detach(&text) : NULL;
}

/* Takes over both texts. */
static void note_part(const char *what, char *from, char *to,
		      struct dsv_changelog_notes *out)
{
	struct dsv_changelog_note note = {.from = from, .to = to};

	if (from == to || (from && to && strcmp(from, to) == 0)) {
		dsv_clnote_release(&note);
		return;
	}
	note.what = dsv_strdup(what);
	dsv_clnotes_take(out, &note);
}

static void note_definition(const struct dsv_dataset *from,
			    const struct dsv_dataset *to,
			    struct dsv_changelog_notes *out)
{
	if (from == to)
		return;
	note_part("key", joined(&from->key), joined(&to->key), out);
	note_part("labels", joined(&from->labels), joined(&to->labels), out);
	note_part("format", from->format ? dsv_strdup(from->format) : NULL,
		  to->format ? dsv_strdup(to->format) : NULL, out);
}

int dsv_cldocs_notes(struct dsv_cldocs *docs, const struct dsv_version *from,
		     const struct dsv_version *to, const char *dataset,
		     struct dsv_changelog_notes *out)
{
	const struct dsv_version versions[2] = {*from, *to};
	const struct dsv_dataset *at[2];
	const char *ids[2];
	int rc;

	for (size_t i = 0; i < 2; i++) {
		const struct dsv_datasets *sets;

		rc = dsv_cldocs_datasets(docs, &versions[i], &sets);
		if (rc < 0)
			return rc;
		at[i] = dsv_datasets_named(sets, dataset);
		ids[i] = at[i] ? at[i]->guideline : NULL;
	}
	if (at[0] && at[1])
		note_definition(at[0], at[1], out);
	return ids[0] || ids[1] ? note_guideline(docs, versions, ids, out) : 0;
}
