#include <dsv/receive.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "govern/pushed.h"
#include "repo/ancestry.h"

/* One reference of a push, seen from where it comes. */
struct advising {
	struct dsv_repo *repo;
	const char *branch;
	struct dsv_version old; /* what the remote has; NOTHING where that is
				 * nothing, or is not here */
	struct dsv_version tip;
	struct dsv_version rules;
};

/* The remote's commit, where it is here. 1, or 0. */
static int find_old(struct advising *it, const struct dsv_oid *oid)
{
	char hex[DSV_OID_HEX];

	if (dsv_oid_is_zero(oid))
		return 0;
	if (dsv_repo_resolve(it->repo, dsv_oid_hex(oid, hex), &it->old) == 0)
		return 1;
	dsv_error_clear();
	return 0;
}

/* The tip of the branch that others start from. */
static int find_main(struct advising *it, struct dsv_buf *name,
		     struct dsv_version *out)
{
	int rc = dsv_repo_target(it->repo, name);

	*out = (struct dsv_version){.at = DSV_AT_NOTHING};
	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (rc == 0)
		rc = dsv_branch_tip(it->repo, dsv_buf_str(name), &out->commit);
	out->at = rc > 0 ? DSV_AT_COMMIT : DSV_AT_NOTHING;
	return rc < 0 ? rc : 0;
}

static int judge(struct advising *it, struct dsv_advice *out,
		 const struct dsv_check_opts *opts, enum dsv_advice_kind kind)
{
	int rc = dsv_check_run(&out->verdict, it->repo, opts);

	if (rc < 0)
		return rc;
	if (out->verdict->refused) {
		out->kind = kind;
		out->target = dsv_strdup(opts->target);
	}
	return 0;
}

static int advise_governed(struct advising *it, struct dsv_advice *out,
			   const struct dsv_version *base)
{
	struct dsv_check_opts opts = {
		.target = it->branch,
		.base = base,
		.rules = &it->rules,
		.head = &it->tip,
	};
	int rc = 1;

	if (it->tip.at == DSV_AT_COMMIT && it->old.at == DSV_AT_COMMIT)
		rc = dsv_ancestry_holds(it->repo, &it->tip.commit,
					&it->old.commit);
	if (rc < 0)
		return rc;
	if (rc > 0 && it->tip.at == DSV_AT_COMMIT)
		return judge(it, out, &opts, DSV_ADVICE_REFUSED);
	out->kind = rc > 0 ? DSV_ADVICE_REMOVED : DSV_ADVICE_REWIND;
	out->target = dsv_strdup(it->branch);
	return 0;
}

/* Named by the default branch's policy, at its tip. */
static int advise_named(struct advising *it, struct dsv_advice *out)
{
	struct dsv_version base = it->old;
	int rc = 0;

	if (base.at == DSV_AT_NOTHING)
		rc = dsv_pushed_base(it->repo, &it->rules, &it->tip, &base);
	return rc < 0 ? rc : advise_governed(it, out, &base);
}

/* Something that may become a part of the default branch later. */
static int advise_other(struct advising *it, struct dsv_advice *out,
			const struct dsv_version *tip, const char *target)
{
	struct dsv_check_opts opts = {
		.target = target,
		.base = tip,
		.head = &it->tip,
		.no_data = true,
		.no_scan = true,
	};
	int rc;

	if (it->tip.at != DSV_AT_COMMIT || tip->at != DSV_AT_COMMIT)
		return 0;
	rc = dsv_pushed_is_named(it->repo, tip, target);
	if (rc > 0)
		rc = !dsv_ancestry_holds(it->repo, &tip->commit,
					 &it->tip.commit);
	return rc <= 0 ? rc : judge(it, out, &opts, DSV_ADVICE_NOT_READY);
}

/* As the server does: the branch's own policy first. What was fetched of it
 * stands for what the remote has. */
static int advise_branch(struct advising *it, struct dsv_advice *out,
			 const char *remote, const struct dsv_oid *old)
{
	char *ref DSV_AUTO(str) =
		dsv_strf("refs/remotes/%s/%s", remote, it->branch);
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version tip;
	int rc = dsv_pushed_tip(it->repo, ref, &it->rules);

	/* git itself refuses what does not build on a commit unknown here */
	if (rc < 0 || (!find_old(it, old) && !dsv_oid_is_zero(old)))
		return rc;
	if (it->rules.at == DSV_AT_NOTHING || it->old.at == DSV_AT_NOTHING)
		it->rules = it->old;
	rc = dsv_pushed_is_named(it->repo, &it->rules, it->branch);
	if (rc > 0)
		return advise_governed(it, out, &it->old);
	if (rc == 0)
		rc = find_main(it, &name, &tip);
	if (rc < 0)
		return rc;
	it->rules = tip;
	rc = dsv_pushed_is_named(it->repo, &tip, it->branch);
	if (rc > 0)
		return advise_named(it, out);
	return rc < 0 ? rc : advise_other(it, out, &tip, dsv_buf_str(&name));
}

int dsv_push_advise(struct dsv_advice *out, struct dsv_repo *repo,
		    const char *remote, const struct dsv_ref_update *update)
{
	struct dsv_buf evidence DSV_AUTO(buf) = DSV_BUF_INIT;
	struct advising it = {
		.repo = repo,
		.branch = dsv_pushed_branch(update->ref),
		.old = {.at = DSV_AT_NOTHING},
		.tip = dsv_pushed_version(&update->tip),
	};
	int rc = dsv_evidence_ref(repo, &evidence);

	*out = (struct dsv_advice)DSV_ADVICE_INIT;
	if (rc < 0 || !it.branch ||
	    strcmp(update->ref, dsv_buf_str(&evidence)) == 0)
		return rc;
	return advise_branch(&it, out, remote, &update->old);
}

void dsv_advice_release(struct dsv_advice *advice)
{
	free(advice->target);
	dsv_verdict_free(&advice->verdict);
	*advice = (struct dsv_advice)DSV_ADVICE_INIT;
}
