#include <dsv/precommit.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/checklist.h>
#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/guideline_lint.h>
#include <dsv/people.h>
#include <dsv/policy.h>

#include "base/alloc.h"
#include "govern/decisions.h"
#include "repo/tree.h"

#define CHECKLISTS ".dsv/checklists/"
#define GUIDELINES "guidelines/"

static const struct dsv_version staged = {.at = DSV_AT_INDEX};

/* What reads a document of the index; name is what stands for "*". */
typedef int (*read_fn)(struct dsv_repo *repo, const char *name);

static int read_datasets(struct dsv_repo *repo, const char *name)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;

	(void)name;
	return dsv_datasets_read(&sets, repo, &staged);
}

static int read_people(struct dsv_repo *repo, const char *name)
{
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;

	(void)name;
	return dsv_people_read(&people, repo, &staged);
}

static int read_policy(struct dsv_repo *repo, const char *name)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;

	(void)name;
	return dsv_policy_read(&policy, repo, &staged);
}

static int read_decisions(struct dsv_repo *repo, const char *name)
{
	struct dsv_decisions decisions DSV_AUTO(decisions) = DSV_DECISIONS_INIT;

	(void)name;
	return dsv_decisions_read(&decisions, repo, &staged);
}

static int read_checklist(struct dsv_repo *repo, const char *name)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;

	return dsv_checklist_read(&list, repo, &staged, name);
}

static const struct {
	const char *before; /* the path, or what stands before "*" */
	const char *after;  /* NULL: it is the path */
	read_fn read;
} documents[] = {
	{DSV_DATASETS_PATH, NULL, read_datasets},
	{DSV_PEOPLE_PATH, NULL, read_people},
	{DSV_POLICY_PATH, NULL, read_policy},
	{DSV_SCAN_PATH, NULL, read_decisions},
	{CHECKLISTS, ".yaml", read_checklist},
};

/* What stands for "*" in before*after, of the caller's; NULL for another path.
 */
static char *between(const char *path, const char *before, const char *after)
{
	size_t start = strlen(before);
	size_t end = strlen(after);
	size_t len = strlen(path);

	if (len <= start + end || strncmp(path, before, start) != 0 ||
	    strcmp(path + len - end, after) != 0 || strchr(path + start, '/'))
		return NULL;
	return dsv_strndup(path + start, len - start - end);
}

static void add(struct dsv_precommit_faults *out, char *text, const char *next)
{
	DSV_GROW(out->items, out->cap, out->n + 1);
	out->items[out->n++] = (struct dsv_precommit_fault){
		.text = text,
		.next = next ? dsv_strdup(next) : NULL,
	};
}

/* What a document says of itself is a fault; that the disk failed is not. */
static int take_error(struct dsv_precommit_faults *out, int rc)
{
	if (rc != DSV_ESYNTAX && rc != DSV_EUSAGE && rc != DSV_EUNSUPPORTED &&
	    rc != DSV_ERANGE)
		return rc;
	add(out, dsv_strdup(dsv_error_message()), dsv_error_hint());
	dsv_error_clear();
	return 0;
}

static int check_document(struct dsv_precommit_faults *out,
			  struct dsv_repo *repo, const char *path)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
		const char *after = documents[i].after;
		char *name DSV_AUTO(str) =
			after ? between(path, documents[i].before, after)
			      : NULL;
		int rc;

		if (after ? !name : strcmp(path, documents[i].before) != 0)
			continue;
		rc = documents[i].read(repo, name);
		return rc < 0 ? take_error(out, rc) : 0;
	}
	return 0;
}

/* Under which version people know it. A file that never was a guideline may
 * stand beside them. */
static bool is_of_version(const struct dsv_guideline_finding *finding,
			  const struct dsv_guideline_lint *lint)
{
	return finding->level == DSV_FINDING_ERROR &&
	       (strncmp(finding->check, "version-", 8) == 0 ||
		(strcmp(finding->check, "front-matter") == 0 &&
		 lint->base_version));
}

static int check_guideline(struct dsv_precommit_faults *out,
			   struct dsv_repo *repo,
			   const struct dsv_version *head, const char *path)
{
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;
	char *id DSV_AUTO(str) = between(path, GUIDELINES, ".md");
	int rc;

	if (!id || !dsv_dataset_name_ok(id))
		return 0;
	rc = dsv_guideline_lint(&lint, repo, &staged, head, id);
	for (size_t i = 0; rc == 0 && i < lint.n; i++) {
		const struct dsv_guideline_finding *finding = &lint.items[i];
		bool parse = strcmp(finding->check, "front-matter") == 0;
		char *next DSV_AUTO(str) = NULL;

		if (!is_of_version(finding, &lint))
			continue;
		next = dsv_strf("dsv guideline %s %s", parse ? "lint" : "bump",
				id);
		add(out,
		    dsv_strf("%s:%u: %s", path, finding->line,
			     finding->message),
		    next);
	}
	return rc;
}

int dsv_precommit_check(struct dsv_precommit_faults *out, struct dsv_repo *repo)
{
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	struct dsv_version head;
	int rc = dsv_repo_head(repo, &head);

	dsv_strlist_add(&paths, ":(top,literal).dsv");
	dsv_strlist_add(&paths, ":(top,literal)guidelines");
	if (rc == 0)
		rc = dsv_tree_diff(repo, &head, &staged, &paths, &deltas);
	for (size_t i = 0; rc == 0 && i < deltas.n; i++) {
		const struct dsv_delta *delta = &deltas.items[i];

		if (!delta->to.mode)
			continue;
		rc = check_document(out, repo, delta->path);
		if (rc == 0)
			rc = check_guideline(out, repo, &head, delta->path);
	}
	return rc;
}

void dsv_precommit_faults_release(struct dsv_precommit_faults *faults)
{
	for (size_t i = 0; i < faults->n; i++) {
		free(faults->items[i].text);
		free(faults->items[i].next);
	}
	free(faults->items);
	*faults = (struct dsv_precommit_faults)DSV_PRECOMMIT_FAULTS_INIT;
}

int dsv_precommit_refuse(void *ctx, struct dsv_repo *repo)
{
	struct dsv_precommit_faults faults DSV_AUTO(precommit_faults) =
		DSV_PRECOMMIT_FAULTS_INIT;
	int rc = dsv_precommit_check(&faults, repo);

	(void)ctx;
	if (rc < 0 || faults.n == 0)
		return rc;
	rc = dsv_fail(DSV_EREFUSED, "%s", faults.items[0].text);
	return faults.items[0].next ? dsv_hint(rc, "%s", faults.items[0].next)
				    : rc;
}
