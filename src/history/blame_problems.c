#include "history/blame_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/entry.h"

static const struct dsv_unreadable *find(const struct dsv_blame *blame,
					 const struct dsv_oid *blob)
{
	for (size_t i = 0; i < blame->n_unreadable; i++)
		if (dsv_oid_equal(&blame->unreadable[i].blob, blob))
			return &blame->unreadable[i];
	return NULL;
}

bool dsv_blame_is_unreadable(const struct dsv_blame *blame,
			     const struct dsv_entry *entry)
{
	return find(blame, &entry->blob) != NULL;
}

static int read_all(struct dsv_repo *repo, const char *path,
		    const struct dsv_entry *entry)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_identity identity;
	const char *piece;
	size_t len;
	int rc;

	rc = dsv_entry_identify(repo, entry, &identity, NULL);
	if (rc == 0)
		rc = dsv_entry_open(&source, repo, path, entry);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc < 0)
		return rc;
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0)
		;
	return rc;
}

int dsv_blame_try_read(struct dsv_blame *blame, const char *path,
		       const struct dsv_entry *entry)
{
	struct dsv_unreadable *bad;
	const char *hint;
	int rc;

	if (!entry->mode || dsv_blame_is_unreadable(blame, entry))
		return 0;
	rc = read_all(blame->repo, path, entry);
	if (rc == 0 || rc == DSV_ECANCELLED)
		return rc;
	hint = dsv_error_hint();
	DSV_GROW(blame->unreadable, blame->unreadable_cap,
		 blame->n_unreadable + 1);
	bad = &blame->unreadable[blame->n_unreadable++];
	bad->blob = entry->blob;
	bad->message = dsv_strdup(dsv_error_message());
	bad->hint = hint ? dsv_strdup(hint) : NULL;
	dsv_error_clear();
	return 1;
}

static struct dsv_blame_problem *
add(struct dsv_blame *blame, const struct dsv_oid *commit, const char *path,
    const struct dsv_entry *entry, unsigned issue)
{
	struct dsv_blame_problem *problem;
	struct dsv_map_entry *seen;
	char name[DSV_OID_SIZE + sizeof(issue)];

	memcpy(name, entry->blob.bytes, DSV_OID_SIZE);
	memcpy(name + DSV_OID_SIZE, &issue, sizeof(issue));
	seen = dsv_map_put(&blame->noted, name, sizeof(name));
	if (seen->value)
		return NULL;
	seen->value = 1;
	DSV_GROW(blame->problems, blame->problems_cap, blame->n_problems + 1);
	problem = &blame->problems[blame->n_problems++];
	*problem = (struct dsv_blame_problem){
		.commit = *commit,
		.path = dsv_strdup(path),
	};
	return problem;
}

void dsv_blame_note_unreadable(struct dsv_blame *blame,
			       const struct dsv_oid *commit, const char *path,
			       const struct dsv_entry *entry)
{
	const struct dsv_unreadable *bad = find(blame, &entry->blob);
	struct dsv_blame_problem *problem = add(blame, commit, path, entry, 0);

	if (!problem)
		return;
	problem->message = dsv_strdup(bad->message);
	problem->hint = bad->hint ? dsv_strdup(bad->hint) : NULL;
}

void dsv_blame_note_issue(struct dsv_blame *blame, const struct dsv_oid *commit,
			  const char *path, const struct dsv_entry *entry,
			  enum dsv_issue issue, uint64_t count)
{
	struct dsv_blame_problem *problem;

	/* these leave every record with one reading */
	if (issue &
	    (DSV_ISSUES_HARMLESS | DSV_ISSUE_DUPLICATE_KEY | DSV_ISSUE_NO_KEY))
		return;
	problem = add(blame, commit, path, entry, issue);
	if (!problem)
		return;
	problem->issue = issue;
	problem->count = count;
}
