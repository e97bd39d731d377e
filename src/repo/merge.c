#include <dsv/merge.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "repo/blobs.h"
#include "repo/headref.h"
#include "repo/merging.h"
#include "repo/operation.h"
#include "repo/private.h"

static int add_stages(struct merging *it, const char *path,
		      const struct dsv_entry stages[DSV_STAGES])
{
	git_index_entry entries[DSV_STAGES];
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++) {
		entries[i] =
			(git_index_entry){.path = path, .mode = stages[i].mode};
		dsv_oid_to_git(&entries[i].id, &stages[i].blob);
	}
	git_index_remove(it->edit->index, path, 0);
	rc = git_index_conflict_add(it->edit->index,
				    stages[0].mode ? &entries[0] : NULL,
				    stages[1].mode ? &entries[1] : NULL,
				    stages[2].mode ? &entries[2] : NULL);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot edit the index");
	dsv_strlist_add(&it->out->conflicts, path);
	return 0;
}

static int settle(struct merging *it, const struct by_record *at)
{
	struct dsv_oid stages[DSV_STAGES];
	struct dsv_entry to;
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++)
		stages[i] = at->stages[i].blob;
	to = at->stages[at->stages[1].mode ? 1 : 2];
	rc = it->opts->settle(it->opts->ctx, it->repo, at->path, stages,
			      &to.blob);
	if (rc < 0)
		return rc;
	if (dsv_oid_is_zero(&to.blob))
		to.mode = 0;
	dsv_targets_add(&it->targets, at->path, &to);
	return rc > 0 ? 0 : add_stages(it, at->path, at->stages);
}

/* The text with git's markers; where one side has no such file, or it is no
 * text, the file that is there. */
static int mark(struct merging *it, const git_index_entry *const sides[3],
		struct dsv_entry *out)
{
	git_merge_file_options opts;
	git_merge_file_result result = {0};
	const git_index_entry *own = sides[1] ? sides[1] : sides[2];
	int rc;

	*out = (struct dsv_entry){.mode = own ? own->mode : 0};
	if (own)
		dsv_oid_of_git(&out->blob, &own->id);
	if (!sides[1] || !sides[2] || !S_ISREG(sides[1]->mode) ||
	    !S_ISREG(sides[2]->mode))
		return 0;
	git_merge_file_options_init(&opts, GIT_MERGE_FILE_OPTIONS_VERSION);
	opts.our_label = "HEAD";
	opts.their_label = it->opts->rev;
	rc = git_merge_file_from_index(&result, it->repo->git, sides[0],
				       sides[1], sides[2], &opts);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot merge '%s'", own->path);
	if (!memchr(result.ptr, '\0', result.len))
		rc = dsv_blob_write(it->repo, result.ptr, result.len,
				    &out->blob);
	git_merge_file_result_free(&result);
	return rc;
}

static int leave_open(struct merging *it, const git_index_entry *const sides[3])
{
	struct dsv_entry stages[DSV_STAGES] = {0};
	struct dsv_entry to;
	const char *path = NULL;
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++) {
		if (!sides[i])
			continue;
		path = sides[i]->path;
		stages[i].mode = sides[i]->mode;
		dsv_oid_of_git(&stages[i].blob, &sides[i]->id);
	}
	if (!path || dsv_merging_is_record(it, path))
		return 0;
	rc = mark(it, sides, &to);
	if (rc < 0)
		return rc;
	dsv_targets_add(&it->targets, path, &to);
	return add_stages(it, path, stages);
}

static int open_conflicts(struct merging *it)
{
	git_index_conflict_iterator *all = NULL;
	const git_index_entry *sides[3];
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < it->n_records; i++)
		rc = settle(it, &it->records[i]);
	if (rc < 0 || git_index_conflict_iterator_new(&all, it->merged) < 0)
		return rc;
	while (rc == 0 && git_index_conflict_next(&sides[0], &sides[1],
						  &sides[2], all) == 0)
		rc = leave_open(it, sides);
	git_index_conflict_iterator_free(all);
	return rc;
}

static int put_state(struct merging *it, const char *name, const char *text)
{
	char *path DSV_AUTO(str) = dsv_fs_join(it->repo->git_dir, name);

	return dsv_atomic_put(path, text, strlen(text), 0666);
}

static void write_message(struct merging *it, struct dsv_buf *out)
{
	char *branch DSV_AUTO(str) = dsv_headref_branch(it->repo);
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	const char *name = branch ? branch : "refs/heads/HEAD";
	const char *kind = "commit";
	size_t i;

	if (git_branch_lookup(&ref, it->repo->git, it->opts->rev,
			      GIT_BRANCH_LOCAL) == 0)
		kind = "branch";
	if (it->opts->message)
		dsv_buf_addf(out, "%s\n", it->opts->message);
	else
		dsv_buf_addf(out, "Merge %s '%s'", kind, it->opts->rev);
	if (!strncmp(name, "refs/heads/", 11))
		name += 11;
	if (!it->opts->message && strcmp(name, "main") != 0 &&
	    strcmp(name, "master") != 0)
		dsv_buf_addf(out, " into %s", name);
	if (!it->opts->message)
		dsv_buf_addch(out, '\n');
	for (i = 0; i < it->out->conflicts.n; i++)
		dsv_buf_addf(out, "%s#\t%s\n", i ? "" : "\n# Conflicts:\n",
			     it->out->conflicts.items[i]);
}

static int write_state(struct merging *it)
{
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	char line[DSV_OID_HEX + 1];
	int rc;

	write_message(it, &message);
	dsv_oid_hex(&it->out->head, hex);
	snprintf(line, sizeof(line), "%s\n", hex);
	rc = put_state(it, "ORIG_HEAD", line);
	dsv_oid_hex(&it->out->theirs, hex);
	snprintf(line, sizeof(line), "%s\n", hex);
	if (rc == 0)
		rc = put_state(it, "MERGE_MSG", dsv_buf_str(&message));
	if (rc == 0)
		rc = put_state(it, "MERGE_MODE",
			       it->opts->no_ff ? "no-ff" : "");
	return rc < 0 ? rc : put_state(it, "MERGE_HEAD", line);
}

static int update_entry(struct merging *it, const struct dsv_target *target)
{
	git_index_entry entry = {.path = target->path,
				 .mode = target->entry.mode};
	int rc = 0;

	dsv_strlist_add(&it->out->updated, target->path);
	it->out->missing += target->missing;
	if (dsv_strlist_find(&it->out->conflicts, target->path) >= 0)
		return 0;
	if (!target->entry.mode) {
		git_index_remove(it->edit->index, target->path, 0);
		return 0;
	}
	dsv_oid_to_git(&entry.id, &target->entry.blob);
	dsv_index_entry_stat(&entry, &target->st);
	rc = git_index_add(it->edit->index, &entry);
	return rc < 0 ? dsv_git_fail(rc, "cannot edit the index") : 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct dsv_target *)a)->path,
		      ((const struct dsv_target *)b)->path);
}

static int apply(struct merging *it, bool forward)
{
	size_t i;
	int rc;

	rc = open_conflicts(it);
	if (rc == 0 && !forward)
		rc = write_state(it);
	if (it->targets.n)
		qsort(it->targets.items, it->targets.n,
		      sizeof(*it->targets.items), by_path);
	if (rc == 0)
		rc = dsv_materialize(it->repo, &it->targets);
	for (i = 0; rc == 0 && i < it->targets.n; i++)
		rc = update_entry(it, &it->targets.items[i]);
	return rc < 0 ? rc : dsv_index_edit_commit_fast(it->edit);
}

static int forward_head(struct merging *it)
{
	char *log DSV_AUTO(str) =
		dsv_strf("merge %s: Fast-forward", it->opts->rev);
	struct dsv_version from = {.at = DSV_AT_COMMIT,
				   .commit = it->out->head};
	git_oid to;

	dsv_oid_to_git(&to, &it->out->theirs);
	return dsv_headref_advance(it->repo, &from, &to, log, NULL);
}

static int find_commits(struct merging *it)
{
	struct dsv_version head;
	struct dsv_version theirs;
	git_oid a;
	git_oid b;
	git_oid base;
	int rc;

	if (dsv_operation_of(it->repo) != DSV_OPERATION_NONE &&
	    dsv_operation_of(it->repo) != DSV_OPERATION_BISECT)
		return dsv_fail(DSV_EREFUSED, "cannot merge in the middle of "
					      "another operation");
	rc = dsv_repo_resolve(it->repo, it->opts->rev, &theirs);
	if (rc == 0)
		rc = dsv_repo_head(it->repo, &head);
	if (rc < 0)
		return rc;
	if (head.at != DSV_AT_COMMIT)
		return dsv_fail(DSV_EREFUSED, "HEAD has no commit to merge "
					      "into");
	it->out->head = head.commit;
	it->out->theirs = theirs.commit;
	dsv_oid_to_git(&a, &head.commit);
	dsv_oid_to_git(&b, &theirs.commit);
	rc = git_merge_base(&base, it->repo->git, &a, &b);
	if (rc == GIT_ENOTFOUND)
		return dsv_hint(dsv_fail(DSV_EREFUSED,
					 "unrelated histories: no common "
					 "ancestor"),
				"git merge --allow-unrelated-histories");
	if (rc < 0)
		return dsv_git_fail(rc, "cannot find the common ancestor");
	dsv_oid_of_git(&it->base, &base);
	return 0;
}

static int run(struct merging *it)
{
	struct dsv_merge *out = it->out;
	const bool is_ahead = dsv_oid_equal(&it->base, &out->head);
	const bool forward = is_ahead && !it->opts->no_ff;
	int rc;

	out->result = DSV_MERGE_UP_TO_DATE;
	if (dsv_oid_equal(&it->base, &out->theirs))
		return 0;
	if (!forward && it->opts->ff_only)
		return dsv_fail(DSV_EREFUSED, "not possible to fast-forward");
	rc = dsv_index_edit_open(it->edit, it->repo);
	if (rc == 0 && git_index_has_conflicts(it->edit->index))
		rc = dsv_hint(
			dsv_fail(DSV_EREFUSED, "the index has unmerged paths"),
			"settle them first, see 'dsv status'");
	if (rc == 0)
		rc = dsv_merging_trees(it, forward);
	if (rc == 0)
		rc = dsv_merging_plan(it, forward);
	if (rc == 0)
		rc = apply(it, forward);
	if (rc < 0)
		return rc;
	out->result = forward		 ? DSV_MERGE_FAST_FORWARD
		      : out->conflicts.n ? DSV_MERGE_CONFLICT
					 : DSV_MERGE_DONE;
	return forward ? forward_head(it) : 0;
}

int dsv_merge(struct dsv_repo *repo, const struct dsv_merge_opts *opts,
	      struct dsv_merge *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct merging it = {.repo = repo,
			     .opts = opts,
			     .out = out,
			     .edit = &edit,
			     .work = DSV_WORKTREE_INIT,
			     .by_path = DSV_MAP_INIT};
	size_t i;
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	rc = find_commits(&it);
	if (rc == 0)
		rc = run(&it);
	for (i = 0; i < it.n_records; i++)
		free(it.records[i].path);
	free(it.records);
	git_index_free(it.merged);
	dsv_worktree_release(&it.work);
	dsv_map_release(&it.by_path);
	dsv_targets_release(&it.targets);
	return rc;
}

void dsv_merge_release(struct dsv_merge *merge)
{
	dsv_strlist_release(&merge->conflicts);
	dsv_strlist_release(&merge->blocked);
	dsv_strlist_release(&merge->updated);
	*merge = (struct dsv_merge)DSV_MERGE_INIT;
}
