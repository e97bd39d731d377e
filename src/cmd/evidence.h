#ifndef CMD_EVIDENCE_H
#define CMD_EVIDENCE_H

#include <dsv/evidence.h>

#include "cli/cmd.h"

/* The commands of dsv evidence, and what they share. */
extern const struct dsv_cmd dsv_cmd_evidence_list, dsv_cmd_evidence_show;
extern const struct dsv_cmd dsv_cmd_evidence_verify, dsv_cmd_evidence_export;
extern const struct dsv_cmd dsv_cmd_evidence_push;

/* All statements, judged by the people of the target. */
struct dsv_judged {
	struct dsv_evidence *evidence;
	struct dsv_people people;
	struct dsv_buf target;	/* branch, "" where there is none */
	struct dsv_version tip; /* of the target */
};

#define DSV_JUDGED_INIT \
	{               \
		0       \
	}

/** target NULL: the one that others start from. Without any, and without
 * people, all keys are unknown. */
int dsv_judged_open(struct dsv_judged *out, struct dsv_repo *repo,
		    const char *target);
void dsv_judged_release(struct dsv_judged *judged);

/** "approve", "audit-plan", ... */
const char *dsv_statement_word(const struct dsv_evidence_item *item);
/** The one statement whose digest begins so; DSV_ENOTFOUND, DSV_EUSAGE. */
int dsv_evidence_find(const struct dsv_evidence *evidence, const char *digits,
		      const struct dsv_evidence_item **out);
/** The first digits of an id, "-" of none. */
void dsv_add_short_id(struct dsv_buf *out, const struct dsv_id *id);
/** The fields that every statement has, in a line that is open. */
void dsv_evidence_json(struct dsv_out *out,
		       const struct dsv_evidence_item *item);

DSV_AUTO_RELEASE(judged)

#endif
