#ifndef DSV_AUDIT_H
#define DSV_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/evidence.h>
#include <dsv/repo.h>
#include <dsv/statement.h>

/*
 * Quality by sample: a signed plan fixes what is drawn, auditors fill the
 * sheet, signed results say what they found. No figure is ever stored;
 * whoever reads a result draws the sample again and computes them.
 */
struct dsv_audit_plan_opts {
	const char *dataset;
	const char *target;		/* branch; NULL: as the gate */
	const struct dsv_version *base; /* population: what changed since */
	const struct dsv_version *head;
	const char *of;	   /* "changed", "label", "all"; NULL: the policy's */
	const char *label; /* of: label */
	const char *field; /* NULL: the first label field */
	const char *by;	   /* stratify: "label", "annotator" or a field */
	uint64_t n;	   /* 0: the policy's, or from margin or lower bound */
	double margin;	   /* half width of the interval; 0: unset */
	double accuracy_lower; /* bound to show; 0: unset */
	double expected;       /* accuracy that is expected; for lower bound */
	double confidence;     /* 0.95 */
	bool blind;
	const char *nonce; /* NULL: from the system's random numbers */
	const char *key;   /* of the auditor, as in dsv_sign() */
};

struct dsv_audit_record {
	char *address; /* PATH:KEY */
	char *stratum;
	char *label;		   /* as the data has it */
	struct dsv_strlist fields; /* values, in the order of columns */
};

/* A sample as it is drawn from plan and data. */
struct dsv_audit_sample {
	struct dsv_strlist columns;
	struct dsv_audit_record *items; /* by address */
	size_t n;
	uint64_t population;
};

/* What one or several auditors found on one plan. */
struct dsv_audit_figures {
	uint64_t n, correct;
	double accuracy;
	double wilson[2], exact[2]; /* both at confidence */
	double confidence;
	bool has_kappa;
	double kappa; /* Cohen's of two, Fleiss' of more */
	size_t raters;
	struct dsv_audit_label {
		char *label;
		uint64_t n, correct;
	} * labels;
	size_t n_labels;
	struct dsv_audit_cell {
		char *label, *answer;
		uint64_t n;
	} * confusion; /* where they differ, falling */
	size_t n_confusion;
	struct dsv_audit_cause {
		char *cause;
		uint64_t n;
	} * causes;
	size_t n_causes;
};

enum dsv_audit_state {
	DSV_AUDIT_OPEN,	    /* no result yet */
	DSV_AUDIT_FINISHED, /* as many results as the policy wants, or one */
	DSV_AUDIT_FAULTY,   /* a result does not fit its plan: see fault */
};

struct dsv_audit {
	const struct dsv_evidence_item *plan;
	const struct dsv_evidence_item **results; /* one a person, the last */
	size_t n_results;
	enum dsv_audit_state state;
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

/** Plan, sign, push where a remote is, then draw. DSV_EREFUSED: the signer is
 * an author or annotator of what is judged, or an open plan for the same
 * change stands; it is named. */
int dsv_audit_start(struct dsv_repo *repo,
		    const struct dsv_audit_plan_opts *opts,
		    struct dsv_statement *out_plan,
		    struct dsv_audit_sample *out_sample);
/** Draw the sample of a plan again, from the commit whose snapshot it names.
 * DSV_ENOTFOUND where no commit that is here has it. */
int dsv_audit_draw(struct dsv_repo *repo, const struct dsv_statement *plan,
		   struct dsv_audit_sample *out);
/** The sheet that an auditor fills: CSV, a row a record. */
void dsv_audit_sheet(const struct dsv_statement *plan,
		     const struct dsv_audit_sample *sample,
		     struct dsv_buf *out);
/** Read a filled sheet; it must cover the sample exactly. Every fault is one
 * line "<name>:<line>: ..." in faults; DSV_EREFUSED when there is any. */
int dsv_audit_read_sheet(const struct dsv_statement *plan,
			 const struct dsv_audit_sample *sample,
			 const char *data, size_t len, const char *name,
			 struct dsv_statement *out_result,
			 struct dsv_strlist *faults);
/** All audits about the snapshots (NULL: all), with figures computed anew. */
int dsv_audits_read(struct dsv_audits *out, struct dsv_repo *repo,
		    const struct dsv_evidence *evidence,
		    const struct dsv_id *snapshot);
void dsv_audits_release(struct dsv_audits *audits);
void dsv_audit_sample_release(struct dsv_audit_sample *sample);

DSV_AUTO_RELEASE(audits)
DSV_AUTO_RELEASE(audit_sample)

#endif
