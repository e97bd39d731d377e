#ifndef DSV_AUDIT_H
#define DSV_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/evidence.h>
#include <dsv/people.h>
#include <dsv/repo.h>
#include <dsv/statement.h>
#include <dsv/strlist.h>

/*
 * Quality by sample: a signed plan fixes what is drawn, auditors fill the
 * sheet, signed results say what they found (docs/formats/audit.md). No figure
 * is ever stored; whoever reads a result draws the sample again and computes
 * them.
 *
 *	rc = dsv_audit_start(&started, repo, &opts);
 *	dsv_audit_sheet(&started.statement.plan, &started.sample, &text);
 *	...
 *	rc = dsv_audit_finish(&finished, repo, &opts);
 *
 * Who plans or judges is neither author nor annotator of what is judged.
 */
#define DSV_AUDIT_ROWS_MAX   1000000u /* records of one sample */
#define DSV_AUDIT_STRATA_MAX 4096u

struct dsv_audit_plan_opts {
	const char *dataset;		/* NULL: the only one that changed */
	const char *target;		/* branch; NULL: as the gate */
	const struct dsv_version *base; /* population: what changed since;
					 * NULL: the target */
	/* NULL: HEAD, and the data must be committed */
	const struct dsv_version *head;
	const char *of;	   /* "changed", "label", "all"; NULL: the policy's */
	const char *label; /* of: label */
	const char *field; /* NULL: the first label field */
	const char *by;	   /* stratify: "label", "annotator" or a field */
	uint64_t n;	   /* 0: from margin or lower bound, or the policy's */
	double margin;	   /* half width of the interval; 0: unset */
	double accuracy_lower; /* bound to show; 0: unset */
	double expected;       /* accuracy that is expected; 0: half for the
				* margin, half way to 1 for the bound */
	double confidence;     /* 0: 0.95 */
	bool blind;
	bool no_push;
	const char *nonce; /* NULL: from the system's random numbers */
	const char *key;   /* of the auditor, as in dsv_sign() */
};

struct dsv_audit_record {
	char *address; /* PATH:KEY */
	size_t stratum;
	char *label;		   /* as the data has it; "(null)" for none */
	struct dsv_strlist fields; /* values, in the order of columns */
};

/* A sample as it is drawn from plan and data. */
struct dsv_audit_sample {
	struct dsv_strlist columns;
	struct dsv_audit_record *items; /* by address */
	size_t n;
};

#define DSV_AUDIT_SAMPLE_INIT \
	{                     \
		0             \
	}

void dsv_audit_sample_release(struct dsv_audit_sample *sample);

struct dsv_audit_started {
	struct dsv_statement statement;
	struct dsv_id digest; /* of the plan's document */
	struct dsv_audit_sample sample;
	char *person; /* name */
	char *remote; /* where it was pushed to, or NULL */
	/* commits of which nobody can tell who wrote them */
	uint64_t unknown_authors;
};

#define DSV_AUDIT_STARTED_INIT \
	{                      \
		0              \
	}

/**
 * Plan, sign, push where a remote is, then draw. When the plan stands and what
 * follows fails, the message says so.
 *
 * @error  DSV_EREFUSED   the target's people do not have the signer; they are
 *                        author or annotator of what is judged; an open audit
 *                        of the same stands (it is named); data is not
 *                        committed; the population is empty, or a record of it
 *                        cannot be addressed
 *         DSV_EUSAGE     several datasets could be meant, or nothing says how
 *                        many records to draw
 *         DSV_ENOTFOUND  no such dataset, label field or field
 */
int dsv_audit_start(struct dsv_audit_started *out, struct dsv_repo *repo,
		    const struct dsv_audit_plan_opts *opts);
void dsv_audit_started_release(struct dsv_audit_started *started);

/** Draw the sample of a plan again, from the commit whose snapshot it names.
 * DSV_ENOTFOUND where no commit that is here has it, DSV_EREFUSED where the
 * plan does not fit the data. */
int dsv_audit_draw(struct dsv_repo *repo, const struct dsv_statement *plan,
		   struct dsv_audit_sample *out);

/** The sheet that an auditor fills: CSV, a row a record. */
void dsv_audit_sheet(const struct dsv_statement_plan *plan,
		     const struct dsv_audit_sample *sample,
		     struct dsv_buf *out);
/** Write it; a file that is there is never touched: DSV_EEXISTS. */
int dsv_audit_sheet_write(const struct dsv_statement_plan *plan,
			  const struct dsv_audit_sample *sample,
			  const char *path);

struct dsv_audit_reading {
	const struct dsv_statement_plan *plan;
	const struct dsv_audit_sample *sample;
	const struct dsv_strlist *labels; /* known ones; NULL: any */
	const char *name;		  /* of the file, for messages */
};

/** Read a filled sheet; it must cover the sample exactly. Every fault is one
 * line "<name>:<line>: ..." in faults; DSV_EREFUSED when there is any. Sets
 * the rows of out alone. */
int dsv_audit_read_sheet(const struct dsv_audit_reading *in, const char *data,
			 size_t len, struct dsv_statement_result *out,
			 struct dsv_strlist *faults);

/* What one auditor found, against the data. */
struct dsv_audit_rater {
	char *person; /* id */
	uint64_t correct;
	bool has_kappa;
	double kappa; /* Cohen's, of the auditor and the data */
};

struct dsv_audit_label {
	char *label;
	uint64_t n, correct;
};

struct dsv_audit_cell {
	char *label, *answer;
	uint64_t n;
};

struct dsv_audit_cause {
	char *cause;
	uint64_t n;
};

struct dsv_audit_stratum {
	const char *name; /* the plan's */
	uint64_t size, n, correct;
	double wilson[2];
};

/*
 * What one or several auditors found on one plan. A record is correct where
 * more than half of the auditors gave the label that the data has; of two,
 * both must.
 */
struct dsv_audit_figures {
	uint64_t n, correct;
	/* of a stratified sample each stratum by its size in the population */
	double accuracy;
	/* correct records of a simple sample with this accuracy, rounded down:
	 * what bounds are computed from */
	uint64_t effective;
	double wilson[2], exact[2]; /* both at confidence */
	double confidence;
	bool has_kappa;
	double kappa; /* between auditors: Cohen's of two, Fleiss' of more */
	struct dsv_audit_rater *raters;
	size_t n_raters;
	struct dsv_audit_label *labels; /* of the data, by n falling */
	size_t n_labels;
	struct dsv_audit_cell *confusion; /* answers that differ; falling */
	size_t n_confusion;
	struct dsv_audit_cause *causes; /* of them; falling, "" for none */
	size_t n_causes;
	struct dsv_audit_stratum *strata; /* as the plan's; none: simple */
	size_t n_strata;
};

enum dsv_audit_state {
	DSV_AUDIT_OPEN,	    /* no result yet */
	DSV_AUDIT_FINISHED, /* one result or more */
	DSV_AUDIT_FAULTY,   /* plan and data, or a result, do not fit: fault */
};

/** "open", "finished", "faulty". */
const char *dsv_audit_state_name(enum dsv_audit_state state);

struct dsv_audit {
	const struct dsv_evidence_item *plan;
	/* one a person, by person; of trusted ones alone */
	const struct dsv_evidence_item **results;
	size_t n_results;
	struct dsv_strlist ignored; /* results that do not count, and why */
	enum dsv_audit_state state;
	struct dsv_audit_sample sample;
	struct dsv_audit_figures figures; /* FINISHED */
	char *fault;
};

struct dsv_audits {
	struct dsv_audit *items; /* by number, then time */
	size_t n;
};

#define DSV_AUDITS_INIT \
	{               \
		0       \
	}

struct dsv_audits_opts {
	const struct dsv_id *snapshot; /* NULL: all */
	/* where snapshots are looked for first; NULL: nowhere. base is known
	 * to stand on the target */
	const struct dsv_version *head;
	const struct dsv_version *base;
	double confidence; /* 0: 0.95 */
};

/** All audits about the snapshots, with figures computed anew. evidence is
 * judged, and borrowed for as long as out lives. */
int dsv_audits_read(struct dsv_audits *out, struct dsv_repo *repo,
		    const struct dsv_evidence *evidence,
		    const struct dsv_audits_opts *opts);
void dsv_audits_release(struct dsv_audits *audits);

struct dsv_audit_finish_opts {
	const char *file;
	const char *plan; /* as dsv_audit_named(); NULL: by the file's name */
	bool any_label;
	bool no_push;
	const char *key;
};

struct dsv_audit_finished {
	struct dsv_statement statement; /* the result */
	struct dsv_id digest;
	struct dsv_strlist faults; /* of the sheet; then nothing is signed */
	char *person;
	char *remote;
	/* the audit as it stands with this result */
	struct dsv_evidence *evidence;
	struct dsv_people people;
	struct dsv_audits audits;
	const struct dsv_audit *audit; /* in audits */
};

#define DSV_AUDIT_FINISHED_INIT \
	{                       \
		0               \
	}

/**
 * Read a filled sheet, sign what it says, push.
 *
 * @error  DSV_EREFUSED   faults in the sheet (out->faults); the signer is not
 *                        in the target's people, author or annotator, or has
 *                        judged it before
 *         DSV_ENOTFOUND  no such audit
 *         DSV_EUSAGE     several audits bear the number
 */
int dsv_audit_finish(struct dsv_audit_finished *out, struct dsv_repo *repo,
		     const struct dsv_audit_finish_opts *opts);
void dsv_audit_finished_release(struct dsv_audit_finished *finished);

/* Audits as the target's people make them. */
struct dsv_audit_book {
	struct dsv_evidence *evidence;
	struct dsv_people people;
	struct dsv_audits audits;
};

#define DSV_AUDIT_BOOK_INIT \
	{                   \
		0           \
	}

/** All audits of the repository; snapshot NULL: of every one. target NULL: as
 * the gate. */
int dsv_audit_book_read(struct dsv_audit_book *out, struct dsv_repo *repo,
			const char *target, const struct dsv_id *snapshot);
void dsv_audit_book_release(struct dsv_audit_book *book);
/** By number ("12", "audit-12.csv"), or by the first digits of the plan's
 * digest. DSV_EUSAGE: several, they are named. */
int dsv_audit_named(const struct dsv_audits *audits, const char *name,
		    const struct dsv_audit **out);

DSV_AUTO_RELEASE(audits)
DSV_AUTO_RELEASE(audit_sample)
DSV_AUTO_RELEASE(audit_started)
DSV_AUTO_RELEASE(audit_finished)
DSV_AUTO_RELEASE(audit_book)

#endif
