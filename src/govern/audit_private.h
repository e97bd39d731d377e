#ifndef GOVERN_AUDIT_PRIVATE_H
#define GOVERN_AUDIT_PRIVATE_H

#include <dsv/audit.h>
#include <dsv/walk.h>

#include "base/map.h"

/* What the parts of the audits share. */

#define DSV_AUDIT_CONFIDENCE 0.95

/* The two versions that a plan is about. */
struct dsv_audit_at {
	struct dsv_version base; /* of: changed; or NOTHING */
	struct dsv_version head;
};

/* Who must not be an annotator of what is judged. */
struct dsv_watch {
	struct dsv_map names; /* folded; to the place in people + 1 */
	const struct dsv_member **people;
	size_t n;
	const struct dsv_member *found; /* the first that is one, or NULL */
	char *where;			/* address of a record of theirs */
};

#define DSV_WATCH_INIT \
	{              \
		0      \
	}

/** Borrows the member. */
void dsv_watch_add(struct dsv_watch *watch, const struct dsv_member *member);
/** The text of an annotator field. */
void dsv_watch_see(struct dsv_watch *watch, const char *text, size_t len,
		   const struct dsv_buf *address);
void dsv_watch_release(struct dsv_watch *watch);

/** Draw, and see that the plan's numbers fit. watch may be NULL. */
int dsv_audit_draw_at(struct dsv_repo *repo, const struct dsv_statement *plan,
		      const struct dsv_audit_at *at, struct dsv_watch *watch,
		      struct dsv_audit_sample *out);

/* Commits by the snapshots that stand there. A line of history is read as far
 * as it was asked for, and never twice. */
struct dsv_audit_line {
	char *name; /* a target's ref; "" for all of the repository */
	struct dsv_walk *walk;
	struct dsv_map seen; /* snapshot id: place in commits + 1 */
	struct dsv_oid *commits;
	size_t n, cap;
	bool ended;
};

struct dsv_audit_finder {
	struct dsv_repo *repo;
	struct dsv_version head; /* looked at first, or NOTHING */
	struct dsv_version base; /* the same; known to stand on the target */
	struct dsv_audit_line *lines;
	size_t n_lines;
};

void dsv_audit_finder_release(struct dsv_audit_finder *finder);
/** The versions of a plan. The head is any commit of any reference that has
 * the snapshot, the base one of the target's first-parent line.
 * DSV_ENOTFOUND names which is not here. */
int dsv_audit_find(struct dsv_audit_finder *finder,
		   const struct dsv_statement *plan, struct dsv_audit_at *out);
/** The base alone. */
int dsv_audit_find_base(struct dsv_audit_finder *finder,
			const struct dsv_statement *plan,
			struct dsv_version *out);

/** The rows of a result are those of the sample; else why not, the caller's. */
char *dsv_audit_misfit(const struct dsv_statement_result *result,
		       const struct dsv_audit_sample *sample);
/** audit->results fit audit->sample, and there is one. */
int dsv_audit_compute(struct dsv_audit *audit, double confidence);
void dsv_audit_figures_release(struct dsv_audit_figures *figures);

/* An audit by its name: "12", "audit-12.csv", or digits of its digest. */
struct dsv_audit_name {
	const char *text;
	bool has_number;
	uint64_t number;
};
void dsv_audit_name_parse(struct dsv_audit_name *out, const char *text);
bool dsv_audit_name_fits(const struct dsv_audit_name *name,
			 const struct dsv_evidence_item *plan);
/** The one of these plans that fits. DSV_ENOTFOUND, DSV_EUSAGE. */
int dsv_audit_name_pick(const struct dsv_audit_name *name,
			const struct dsv_evidence_item **plans, size_t n,
			size_t *out);

/* The sheet. */
/** Names of its columns, and for each the place in sample->columns, or -1. */
struct dsv_sheet_columns {
	struct dsv_strlist names;
	long *fields;
};
void dsv_sheet_columns_set(struct dsv_sheet_columns *out,
			   const struct dsv_statement_plan *plan,
			   const struct dsv_audit_sample *sample);
void dsv_sheet_columns_release(struct dsv_sheet_columns *columns);
/** What stands in a column of a record; "" where the auditor writes. */
const char *dsv_sheet_value(const struct dsv_sheet_columns *columns, size_t i,
			    const struct dsv_statement_plan *plan,
			    const struct dsv_audit_record *record);
/** A spreadsheet would take it for a formula. */
bool dsv_sheet_is_formula(const char *text);

DSV_AUTO_RELEASE(watch)
DSV_AUTO_RELEASE(audit_finder)
DSV_AUTO_RELEASE(sheet_columns)

#endif
