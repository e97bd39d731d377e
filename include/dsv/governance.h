#ifndef DSV_GOVERNANCE_H
#define DSV_GOVERNANCE_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/id.h>
#include <dsv/repo.h>

/*
 * What a change does to the rules themselves: policy, people, checklists and
 * guidelines. Its id is what people of the governance role sign: the SHA-256
 * of
 *
 *	dsv-governance 1
 *	file <sha256> <size> .dsv/people.yaml
 *	file <sha256> <size> .dsv/policy.yaml
 *	file <sha256> <size> guidelines/sentiment.md
 *	removed reviews          (a dataset that the base defines)
 *
 * of the files of `to`, sorted by path, then the removed datasets.
 */
struct dsv_governance {
	struct dsv_buf text;
	struct dsv_id id;
	bool changed; /* any of these files differs, or a dataset is removed */
	struct dsv_strlist paths; /* that differ */
	struct dsv_strlist removed;
};

#define DSV_GOVERNANCE_INIT \
	{                   \
		0           \
	}

int dsv_governance_read(struct dsv_governance *out, struct dsv_repo *repo,
			const struct dsv_version *base,
			const struct dsv_version *to);
/**
 * The rules of a version as they came to stand there: what an approval of
 * other ones starts from, so that what was approved once cannot be brought
 * back later. The SHA-256 of
 *
 *	dsv-governance-base 1
 *	rules <the id of its rules>
 *	since <the commit of the first-parent line that changed them last>
 */
int dsv_governance_base(struct dsv_repo *repo,
			const struct dsv_version *version, struct dsv_id *out);
void dsv_governance_release(struct dsv_governance *governance);

DSV_AUTO_RELEASE(governance)

#endif
