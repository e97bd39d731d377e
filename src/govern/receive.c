#include <dsv/receive.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "govern/pushed.h"
#include "repo/ancestry.h"

#define HEADS	"refs/heads/"
#define REMOTES "refs/remotes/"

/* One branch of a push, and by which rules it is judged. */
struct receiving {
	struct dsv_repo *repo;
	const char *branch;
	struct dsv_version old; /* of the branch; NOTHING: it is new */
	struct dsv_version tip;
	struct dsv_version main; /* of the default branch, before the push */
	bool is_main;
	struct dsv_version rules;
};

static void refuse(struct dsv_receipt *out, char *why, char *next)
{
	out->refused = true;
	free(out->why);
	free(out->next);
	out->why = why;
	out->next = next;
}

static int find_main(struct receiving *it)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	char *ref DSV_AUTO(str) = NULL;
	int rc = dsv_repo_target(it->repo, &name);

	/* a first push, and HEAD names no branch */
	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (rc < 0)
		return rc;
	it->is_main = strcmp(it->branch, dsv_buf_str(&name)) == 0;
	ref = dsv_strf(HEADS "%s", dsv_buf_str(&name));
	return dsv_pushed_tip(it->repo, ref, &it->main);
}

/* 1 where something is asked of the branch, 0 where it is free. */
static int find_rules(struct receiving *it)
{
	int rc = dsv_pushed_is_named(it->repo, &it->old, it->branch);

	/* a branch that broke its own policy is not free for that */
	if (rc == DSV_ESYNTAX && !it->is_main) {
		dsv_error_clear();
		rc = 0;
	}
	it->rules = it->old;
	/* the gate tells what is wrong with the policy of the target */
	if (rc != 0 || it->is_main)
		return rc < 0 && rc != DSV_ESYNTAX ? rc : 1;
	it->rules = it->main;
	return dsv_pushed_is_named(it->repo, &it->main, it->branch);
}

/* Of what nobody names, history may be thrown away. */
static int keeps_history(struct receiving *it, struct dsv_receipt *out)
{
	int rc;

	if (it->old.at == DSV_AT_NOTHING)
		return 1;
	if (it->tip.at == DSV_AT_NOTHING) {
		refuse(out, dsv_strf("'%s' may not be removed", it->branch),
		       NULL);
		return 0;
	}
	rc = dsv_ancestry_holds(it->repo, &it->tip.commit, &it->old.commit);
	if (rc == 0)
		refuse(out,
		       dsv_strf("'%s' only grows, and what is pushed lacks "
				"commits that it has",
				it->branch),
		       dsv_strf("git fetch, then dsv merge origin/%s",
				it->branch));
	return rc;
}

static int run_gate(struct receiving *it, struct dsv_receipt *out)
{
	struct dsv_version base;
	struct dsv_check_opts opts = {
		.target = it->branch,
		.base = &base,
		.rules = &it->rules,
		.head = &it->tip,
	};
	int rc = 0;

	base = it->old;
	if (base.at == DSV_AT_NOTHING)
		rc = dsv_pushed_base(it->repo, &it->main, &it->tip, &base);
	if (rc == 0)
		rc = dsv_check_run(&out->verdict, it->repo, &opts);
	if (rc < 0)
		return rc;
	out->refused = out->verdict->refused;
	return 0;
}

static int judge_branch(struct dsv_receipt *out, struct dsv_repo *repo,
			const struct dsv_ref_update *update, const char *branch)
{
	struct receiving it = {
		.repo = repo,
		.branch = branch,
		.old = dsv_pushed_version(&update->old),
		.tip = dsv_pushed_version(&update->tip),
		.main = {.at = DSV_AT_NOTHING},
	};
	int named;
	int rc = find_main(&it);

	if (rc == 0)
		rc = find_rules(&it);
	if (rc <= 0)
		return rc;
	out->branch = dsv_strdup(branch);
	named = dsv_pushed_is_named(repo, &it.rules, branch);
	if (named < 0) {
		dsv_error_clear();
		named = 1;
	}
	rc = named ? keeps_history(&it, out) : 1;
	if (rc <= 0 || it.tip.at == DSV_AT_NOTHING)
		return rc < 0 ? rc : 0;
	return run_gate(&it, out);
}

static int judge_evidence(struct dsv_receipt *out, struct dsv_repo *repo,
			  const struct dsv_ref_update *update)
{
	if (!dsv_oid_is_zero(&update->tip))
		return dsv_evidence_check_step(repo, &update->old,
					       &update->tip);
	refuse(out, dsv_strdup("the evidence branch may not be removed"), NULL);
	return 0;
}

/* "refs/remotes/x/dsv-evidence" would be read as what was fetched. */
static bool is_beside(const char *ref, const char *evidence)
{
	const char *name = evidence + strlen(HEADS);
	size_t len = strlen(ref);
	size_t tail = strlen(name);

	return strncmp(ref, REMOTES, strlen(REMOTES)) == 0 && len > tail &&
	       ref[len - tail - 1] == '/' &&
	       strcmp(ref + len - tail, name) == 0;
}

static int judge(struct dsv_receipt *out, struct dsv_repo *repo,
		 const struct dsv_ref_update *update)
{
	const char *branch = dsv_pushed_branch(update->ref);
	struct dsv_buf evidence DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_evidence_ref(repo, &evidence);

	if (rc < 0)
		return rc;
	if (strcmp(update->ref, dsv_buf_str(&evidence)) == 0)
		return judge_evidence(out, repo, update);
	if (is_beside(update->ref, dsv_buf_str(&evidence))) {
		refuse(out,
		       dsv_strf("evidence goes to '%s' alone",
				dsv_pushed_branch(dsv_buf_str(&evidence))),
		       NULL);
		return 0;
	}
	return branch ? judge_branch(out, repo, update, branch) : 0;
}

int dsv_receive_judge(struct dsv_receipt *out, struct dsv_repo *repo,
		      const struct dsv_ref_update *update)
{
	const char *hint;
	int rc;

	*out = (struct dsv_receipt)DSV_RECEIPT_INIT;
	rc = judge(out, repo, update);
	if (rc >= 0 || rc == DSV_ECANCELLED)
		return rc;
	hint = dsv_error_hint();
	refuse(out, dsv_strdup(dsv_error_message()),
	       hint ? dsv_strdup(hint) : NULL);
	dsv_error_clear();
	return 0;
}

void dsv_receipt_release(struct dsv_receipt *receipt)
{
	free(receipt->branch);
	free(receipt->why);
	free(receipt->next);
	dsv_verdict_free(&receipt->verdict);
	*receipt = (struct dsv_receipt)DSV_RECEIPT_INIT;
}
