#include "govern/audit_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/check.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "repo/ancestry.h"

#define DIGITS_LEAST 4u /* of a digest; shorter ones are numbers */

void dsv_audit_name_parse(struct dsv_audit_name *out, const char *text)
{
	const char *slash = strrchr(text, '/');
	const char *base = slash ? slash + 1 : text;
	size_t len;

	*out = (struct dsv_audit_name){.text = text};
	if (strncmp(base, "audit-", strlen("audit-")) == 0) {
		base += strlen("audit-");
		len = strspn(base, "0123456789");
	} else {
		len = strlen(text);
		base = text;
	}
	out->has_number = dsv_parse_u64(base, len, &out->number);
}

bool dsv_audit_name_fits(const struct dsv_audit_name *name,
			 const struct dsv_evidence_item *plan)
{
	const size_t len = strlen(name->text);
	char hex[DSV_ID_HEX];

	if (name->has_number && plan->statement.plan.number == name->number)
		return true;
	return len >= DIGITS_LEAST && len < DSV_ID_HEX &&
	       strncmp(dsv_id_hex(&plan->digest, hex), name->text, len) == 0;
}

static int tell_several(const struct dsv_audit_name *name,
			const struct dsv_evidence_item **plans, size_t n)
{
	struct dsv_buf digests DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_ID_HEX];

	for (size_t i = 0; i < n; i++)
		if (dsv_audit_name_fits(name, plans[i]))
			dsv_buf_addf(&digests, "%s%.12s (%s)",
				     digests.len ? ", " : "",
				     dsv_id_hex(&plans[i]->digest, hex),
				     plans[i]->statement.person);
	dsv_fail(DSV_EUSAGE, "several audits are called '%s'", name->text);
	return dsv_hint(DSV_EUSAGE, "name one by its digest: %s",
			dsv_buf_str(&digests));
}

int dsv_audit_name_pick(const struct dsv_audit_name *name,
			const struct dsv_evidence_item **plans, size_t n,
			size_t *out)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (dsv_audit_name_fits(name, plans[i])) {
			*out = i;
			found++;
		}
	if (found == 1)
		return 0;
	if (found > 1)
		return tell_several(name, plans, n);
	dsv_fail(DSV_ENOTFOUND, "no audit '%s'", name->text);
	return dsv_hint(DSV_ENOTFOUND,
			"which there are: dsv audit list; made elsewhere: "
			"dsv fetch");
}

int dsv_audit_named(const struct dsv_audits *audits, const char *name,
		    const struct dsv_audit **out)
{
	const struct dsv_evidence_item **plans;
	struct dsv_audit_name query;
	size_t at = 0;
	int rc;

	plans = dsv_alloc_zero(audits->n + 1,
			       sizeof(struct dsv_evidence_item *));
	for (size_t i = 0; i < audits->n; i++)
		plans[i] = audits->items[i].plan;
	dsv_audit_name_parse(&query, name);
	rc = dsv_audit_name_pick(&query, plans, audits->n, &at);
	free(plans);
	if (rc == 0)
		*out = &audits->items[at];
	return rc;
}

/* The people of a branch that may not be here: then nobody. */
static int read_people(struct dsv_people *out, struct dsv_repo *repo,
		       const char *target)
{
	struct dsv_buf branch DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version tip = {.at = DSV_AT_COMMIT};
	int rc = 0;

	if (target)
		dsv_buf_addstr(&branch, target);
	else
		rc = dsv_repo_target(repo, &branch);
	if (rc == 0)
		rc = dsv_branch_tip(repo, dsv_buf_str(&branch), &tip.commit);
	if (rc == 0)
		return dsv_fail(DSV_ENOTFOUND, "no branch '%s' is here",
				dsv_buf_str(&branch));
	return rc < 0 ? rc : dsv_people_read(out, repo, &tip);
}

static int read_book(struct dsv_audit_book *book, struct dsv_repo *repo,
		     const char *target, const struct dsv_id *snapshot)
{
	const struct dsv_audits_opts opts = {.snapshot = snapshot};
	int rc = read_people(&book->people, repo, target);

	if (rc == 0)
		rc = dsv_evidence_open(&book->evidence, repo);
	if (rc < 0)
		return rc;
	dsv_evidence_judge(book->evidence, &book->people);
	return dsv_audits_read(&book->audits, repo, book->evidence, &opts);
}

int dsv_audit_book_read(struct dsv_audit_book *out, struct dsv_repo *repo,
			const char *target, const struct dsv_id *snapshot)
{
	struct dsv_audit_book *book = out;
	int rc = read_book(book, repo, target, snapshot);

	if (rc < 0)
		dsv_audit_book_release(book);
	return rc;
}

void dsv_audit_book_release(struct dsv_audit_book *book)
{
	dsv_audits_release(&book->audits);
	dsv_evidence_free(&book->evidence);
	dsv_people_release(&book->people);
	*book = (struct dsv_audit_book)DSV_AUDIT_BOOK_INIT;
}
