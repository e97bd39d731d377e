#include <dsv/checkout.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/map.h"
#include "repo/headref.h"
#include "repo/hookrun.h"
#include "repo/index.h"
#include "repo/materialize.h"
#include "repo/operation.h"
#include "repo/private.h"
#include "repo/switchto.h"
#include "repo/treewalk.h"
#include "repo/ways.h"
#include "repo/workfile.h"
#include "repo/worktree.h"

/*
 * HEAD's tree is compared with the target's; only paths that differ are
 * touched. Such a path must be as HEAD has it, in the index and in the work
 * tree, or be the target's already; else the whole switch is refused before
 * anything is written.
 */
struct checkout {
	struct dsv_repo *repo;
	const struct dsv_switch_opts *opts;
	struct dsv_checkout *out;
	struct dsv_index_edit *edit;
	struct dsv_worktree work; /* all files of the index */
	struct dsv_map by_path;	  /* number in work + 1 */
	struct dsv_targets targets;
	struct dsv_map planned; /* paths of targets */
};

static int entry_of_index(struct checkout *it, const char *path,
			  struct dsv_entry *out)
{
	const git_index_entry *at =
		git_index_get_bypath(it->edit->index, path, 0);

	*out = (struct dsv_entry){.mode = 0};
	if (!at)
		return 0;
	out->mode = at->mode;
	dsv_oid_of_git(&out->blob, &at->id);
	return 1;
}

static bool same_entry(const struct dsv_entry *a, const struct dsv_entry *b)
{
	static const struct dsv_entry none;

	a = a ? a : &none;
	b = b ? b : &none;
	return a->mode == b->mode &&
	       (!a->mode || dsv_oid_equal(&a->blob, &b->blob));
}

static struct dsv_work_file *work_of(struct checkout *it, const char *path)
{
	const struct dsv_map_entry *at =
		dsv_map_get(&it->by_path, path, strlen(path));

	return at ? &it->work.items[at->value - 1] : NULL;
}

static void plan(struct checkout *it, const char *path,
		 const struct dsv_entry *to)
{
	static const struct dsv_entry none;
	struct dsv_map_entry *at =
		dsv_map_put(&it->planned, path, strlen(path));

	if (at->value)
		return;
	at->value = 1;
	dsv_targets_add(&it->targets, path, to && to->mode ? to : &none);
}

/* 1 where the work file would be lost: it is neither what the index has nor
 * the target's. */
static int loses_work(struct checkout *it, const char *path,
		      const struct dsv_entry *to)
{
	const struct dsv_work_file *file = work_of(it, path);
	struct stat st;
	int rc;

	if (file && (file->state == DSV_WORK_UNCHANGED ||
		     file->state == DSV_WORK_DELETED))
		return 0;
	rc = dsv_work_stat(it->repo, path, &st);
	/* folders are judged by what they hold */
	if (rc <= 0 || S_ISDIR(st.st_mode))
		return rc < 0 ? rc : 0;
	if (!to || !to->mode)
		return file != NULL;
	rc = dsv_worktree_same(it->repo, path, to);
	return rc < 0 ? rc : !rc;
}

/* One path that differs between HEAD and the target. */
static int judge(void *ctx, const char *path, const struct dsv_entry *from,
		 const struct dsv_entry *to)
{
	struct checkout *it = ctx;
	struct dsv_entry index;
	int rc;

	entry_of_index(it, path, &index);
	if (it->opts->discard_changes) {
		plan(it, path, to);
		return 0;
	}
	if (same_entry(&index, to)) /* carried along */
		return 0;
	rc = same_entry(&index, from) ? loses_work(it, path, to) : 1;
	if (rc < 0)
		return rc;
	if (rc > 0)
		dsv_strlist_add(&it->out->blocked, path);
	plan(it, path, to);
	return 0;
}

static bool is_changed(const struct dsv_work_file *file)
{
	return file->state != DSV_WORK_UNCHANGED;
}

/* Changed files that the switch does not touch. */
static int list_kept(struct checkout *it)
{
	struct dsv_entry to;
	size_t i;
	int rc;

	for (i = 0; i < it->work.n; i++) {
		const struct dsv_work_file *file = &it->work.items[i];

		if (!is_changed(file) ||
		    dsv_map_get(&it->planned, file->path, strlen(file->path)))
			continue;
		if (!it->opts->discard_changes) {
			dsv_strlist_add(&it->out->kept, file->path);
			continue;
		}
		rc = dsv_index_entry_at(it->repo, file->path, &to);
		if (rc < 0)
			return rc;
		plan(it, file->path, &to);
	}
	return 0;
}

/* discard: what is staged goes too. */
static int plan_discard(struct checkout *it, const struct dsv_version *target)
{
	struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	size_t i;
	int rc;

	if (!it->opts->discard_changes)
		return 0;
	rc = dsv_tree_diff(it->repo, target, &index, NULL, &deltas);
	for (i = 0; rc == 0 && i < deltas.n; i++) {
		const struct dsv_delta *delta = &deltas.items[i];
		struct dsv_entry entry = {.mode = 0};

		rc = dsv_tree_entry(it->repo, target, delta->path, &entry);
		if (rc == 0)
			plan(it, delta->path, &entry);
		if (rc == 0 && delta->old_path) {
			rc = dsv_tree_entry(it->repo, target, delta->old_path,
					    &entry);
			if (rc == 0)
				plan(it, delta->old_path, &entry);
		}
	}
	return rc < 0 ? rc : 0;
}

static int look_at_work(struct checkout *it)
{
	size_t i;
	int rc;

	rc = dsv_worktree_compare(it->repo, NULL, 0, &it->work);
	for (i = 0; rc >= 0 && i < it->work.n; i++) {
		const char *path = it->work.items[i].path;

		dsv_map_put(&it->by_path, path, strlen(path))->value = i + 1;
	}
	return rc < 0 ? rc : 0;
}

static int make_plan(struct checkout *it, const struct dsv_version *head,
		     const struct dsv_version *target)
{
	int rc;

	rc = look_at_work(it);
	if (rc == 0)
		rc = dsv_treewalk(
			it->repo,
			head->at == DSV_AT_COMMIT ? &head->commit : NULL,
			target->at == DSV_AT_COMMIT ? &target->commit : NULL,
			NULL, judge, it);
	if (rc == 0)
		rc = plan_discard(it, target);
	if (rc == 0)
		rc = list_kept(it);
	if (rc == 0)
		rc = dsv_ways_check(it->repo, &it->targets, &it->out->blocked);
	if (rc < 0 || !it->out->blocked.n)
		return rc;
	dsv_fail(DSV_EREFUSED, "local changes to '%s'%s would be lost",
		 it->out->blocked.items[0],
		 it->out->blocked.n > 1 ? " and others" : "");
	return dsv_hint(DSV_EREFUSED, "commit them, 'git stash' them, or "
				      "--discard-changes");
}

static int update_entry(struct checkout *it, const struct dsv_target *target)
{
	git_index_entry entry = {.path = target->path,
				 .mode = target->entry.mode};
	int rc;

	git_index_conflict_remove(it->edit->index, target->path);
	if (!target->entry.mode) {
		rc = git_index_remove(it->edit->index, target->path, 0);
		if (rc == GIT_ENOTFOUND)
			rc = 0;
		dsv_strlist_add(&it->out->removed, target->path);
	} else {
		dsv_oid_to_git(&entry.id, &target->entry.blob);
		dsv_index_entry_stat(&entry, &target->st);
		rc = git_index_add(it->edit->index, &entry);
		dsv_strlist_add(&it->out->updated, target->path);
		it->out->missing += target->missing;
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot edit the index");
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct dsv_target *x = a;
	const struct dsv_target *y = b;

	return strcmp(x->path, y->path);
}

static int apply(struct checkout *it)
{
	size_t i;
	int rc;

	if (it->targets.n)
		qsort(it->targets.items, it->targets.n,
		      sizeof(*it->targets.items), by_path);
	rc = dsv_materialize(it->repo, &it->targets);
	for (i = 0; rc == 0 && i < it->targets.n; i++)
		rc = update_entry(it, &it->targets.items[i]);
	if (rc == 0 && it->targets.n)
		rc = dsv_index_edit_commit_fast(it->edit);
	return rc;
}

static int change_files(struct dsv_repo *repo,
			const struct dsv_switch_opts *opts,
			const struct dsv_switch_to *to,
			struct dsv_checkout *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct checkout it = {.repo = repo,
			      .opts = opts,
			      .out = out,
			      .edit = &edit,
			      .work = DSV_WORKTREE_INIT,
			      .by_path = DSV_MAP_INIT,
			      .planned = DSV_MAP_INIT};
	int rc;

	rc = dsv_index_edit_open(&edit, repo);
	if (rc == 0 && git_index_has_conflicts(edit.index) &&
	    !opts->discard_changes)
		rc = dsv_hint(
			dsv_fail(DSV_EREFUSED, "the index has unmerged paths"),
			"settle them first, see 'dsv status'");
	if (rc == 0)
		rc = make_plan(&it, &to->from, &to->to);
	if (rc == 0)
		rc = apply(&it);
	dsv_worktree_release(&it.work);
	dsv_map_release(&it.by_path);
	dsv_map_release(&it.planned);
	dsv_targets_release(&it.targets);
	return rc;
}

static int refuse_operation(struct dsv_repo *repo)
{
	const enum dsv_operation operation = dsv_operation_of(repo);

	if (operation == DSV_OPERATION_NONE ||
	    operation == DSV_OPERATION_BISECT)
		return 0;
	dsv_fail(DSV_EREFUSED, "cannot switch in the middle of a %s",
		 dsv_operation_word(operation));
	return dsv_hint(DSV_EREFUSED,
			"end it with 'git %s --continue' or "
			"'--abort'",
			dsv_operation_word(operation));
}

/* Others may want to know; they cannot say no any more. */
static void tell_hook(struct dsv_repo *repo, const struct dsv_switch_to *to)
{
	char from[DSV_OID_HEX];
	char into[DSV_OID_HEX];
	struct dsv_hook_call call = {
		.name = "post-checkout",
		.args = {dsv_oid_hex(&to->from.commit, from),
			 dsv_oid_hex(&to->to.commit, into), "1"},
	};

	if (dsv_hook_run(repo, &call) < 0)
		dsv_error_clear();
}

int dsv_switch(struct dsv_repo *repo, const struct dsv_switch_opts *opts,
	       struct dsv_checkout *out)
{
	struct dsv_switch_to to DSV_AUTO(switch_to) = DSV_SWITCH_TO_INIT;
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	rc = refuse_operation(repo);
	if (rc == 0)
		rc = dsv_switch_to_find(&to, repo, opts);
	if (rc == 0)
		rc = change_files(repo, opts, &to, out);
	if (rc == 0)
		rc = dsv_switch_to_apply(&to, repo);
	if (rc < 0)
		return rc;
	out->from = dsv_take(&to.from_name);
	out->to = dsv_take(&to.to_name);
	out->detached = !to.branch;
	out->created = to.creates;
	tell_hook(repo, &to);
	return 0;
}

void dsv_checkout_release(struct dsv_checkout *checkout)
{
	dsv_strlist_release(&checkout->updated);
	dsv_strlist_release(&checkout->removed);
	dsv_strlist_release(&checkout->kept);
	dsv_strlist_release(&checkout->blocked);
	free(checkout->from);
	free(checkout->to);
	*checkout = (struct dsv_checkout)DSV_CHECKOUT_INIT;
}
