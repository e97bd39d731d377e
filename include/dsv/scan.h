#ifndef DSV_SCAN_H
#define DSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * What looks like personal data or a secret in the records of a version, and
 * what was decided about it.
 *
 *	struct dsv_scan_options options = {.dataset = "reviews"};
 *	rc = dsv_scan_run(&scan, repo, &version, &options);
 *	set = dsv_scan_named(scan, "reviews");
 *	if (set->counts.undecided > 0)
 *		...
 *	dsv_scan_free(&scan);
 *
 * Every field of every record is looked at, keys and labels too, after
 * compatibility folding, so that digits of full width are digits. Nothing
 * here holds a value that was found: only its masked form.
 *
 * Answers are cached by content and by what its chunks are: a version of which
 * most was scanned before costs what changed (docs/formats/cache.md).
 */
enum dsv_pii {
	DSV_PII_EMAIL,
	DSV_PII_PHONE,
	DSV_PII_CARD, /* payment card */
	DSV_PII_IBAN,
	DSV_PII_SSN, /* US social security number */
	DSV_PII_IP,
	DSV_PII_SECRET,
	DSV_PII_KINDS,
};

/** "email", "phone", "card", "iban", "ssn", "ip", "secret". */
const char *dsv_pii_name(enum dsv_pii kind);
/** False: no such word. */
bool dsv_pii_parse(const char *name, enum dsv_pii *out);

enum dsv_scan_decision {
	DSV_SCAN_UNDECIDED,
	DSV_SCAN_FALSE_POSITIVE,
	/* the value was taken out: where it is found still, it counts as
	 * undecided */
	DSV_SCAN_REDACTED,
	DSV_SCAN_ACCEPTED,
	DSV_SCAN_DECISIONS,
};

/** "undecided", "false-positive", "redacted", "accepted". */
const char *dsv_scan_decision_name(enum dsv_scan_decision decision);
/** False: no such word, or "undecided", which is not one. */
bool dsv_scan_decision_parse(const char *name, enum dsv_scan_decision *out);

#define DSV_FINDING_HEX 17u /* 16 digits and the NUL */
#define DSV_SCAN_PATH	".dsv/scan.yaml"

struct dsv_finding {
	enum dsv_pii kind;
	const char *path;
	uint64_t line;	    /* where its record begins */
	const char *key;    /* of the record, escaped as in an address, with
			     * what was found in it masked; "" where none */
	const char *field;  /* the column, "" where the record has none */
	uint64_t offset;    /* bytes into the field's text */
	uint64_t len;	    /* bytes */
	const char *masked; /* "j***@e***.org" */
	/* the first 16 digits of the SHA-256 of docs/formats/scan.md: of kind,
	 * dataset, key, field, offset and the digest of the whole text. Records
	 * without key can share one. */
	char id[DSV_FINDING_HEX];
	enum dsv_scan_decision decision; /* as it is written */
	bool undecided;			 /* not decided, or decided as redacted
					  * and there still */
	bool fresh; /* the base has no such finding; true without base */
};

struct dsv_scan_counts {
	uint64_t total;
	uint64_t undecided;
	uint64_t decisions[DSV_SCAN_DECISIONS];
	uint64_t kinds[DSV_PII_KINDS];
	uint64_t kinds_undecided[DSV_PII_KINDS];
};

/* One dataset, or one file that is in none. */
struct dsv_scan_set {
	const char *name; /* of the dataset, or the path */
	bool is_dataset;
	const struct dsv_strlist *files;
	const struct dsv_strlist *unread; /* files without records: not
					   * scanned */
	uint64_t records;
	uint64_t unscanned; /* records that are too long to be read */
	struct dsv_scan_counts counts;
	struct dsv_scan_counts fresh; /* of those that the base lacks */
	/* SHA-256 of the sorted lines "<id> <kind> <decision>\n": what was
	 * found and decided, the same wherever it is computed */
	struct dsv_id digest;
	const struct dsv_finding *findings; /* in order of file and place */
	size_t n;
};

struct dsv_scan_options {
	const char *dataset;		 /* this one alone; NULL: all */
	const struct dsv_strlist *paths; /* pathspecs; NULL or empty: all */
	const struct dsv_strlist *key;	 /* over the definition */
	const char *format;
	/* where .dsv/scan.yaml is read; NULL: in the version itself */
	const struct dsv_version *decisions;
	/* findings that this version has too are not `fresh`; NULL: none */
	const struct dsv_version *base;
	bool no_cache; /* neither read nor written */
};

struct dsv_scan;

/**
 * Scan the data files of a version. Progress goes to that of the repository.
 *
 * @error   DSV_ENOTFOUND  no such dataset, no data file matches
 *          DSV_ESYNTAX    the decisions cannot be read: file and line
 *          DSV_EMISSING   content is not here
 */
int dsv_scan_run(struct dsv_scan **out, struct dsv_repo *repo,
		 const struct dsv_version *version,
		 const struct dsv_scan_options *options);
void dsv_scan_free(struct dsv_scan **scan);

/** Datasets in the order of their definitions, then files that are in none. */
size_t dsv_scan_n_sets(const struct dsv_scan *scan);
const struct dsv_scan_set *dsv_scan_set(const struct dsv_scan *scan, size_t i);
/** Of a dataset; NULL where it was not scanned, or has no file. */
const struct dsv_scan_set *dsv_scan_named(const struct dsv_scan *scan,
					  const char *dataset);
/** Over all sets. */
const struct dsv_scan_counts *dsv_scan_counts(const struct dsv_scan *scan);
const struct dsv_scan_counts *dsv_scan_fresh(const struct dsv_scan *scan);
/** Ids that scan.yaml decides about and that no longer are findings of what
 * was scanned. Only told where all data was. */
const struct dsv_strlist *dsv_scan_unused(const struct dsv_scan *scan);

struct dsv_scan_decide {
	const struct dsv_strlist *findings; /* ids, or their first digits */
	enum dsv_scan_decision decision;
	const char *reason; /* NULL: none; needed to accept */
	const char *by;	    /* who; NULL: the id that people.yaml has for
			     * git's author, or the author's name */
};

/**
 * Write decisions about findings of a scan into .dsv/scan.yaml of the work
 * tree. Comments and order of what is there stay; a decision that was taken
 * before is replaced. All are written or none.
 *
 * @error   DSV_ENOTFOUND     not a finding of the scan, with the nearest
 *          DSV_EUSAGE        several findings begin like that; no reason
 *          DSV_ESYNTAX       the file cannot be read: file and line
 *          DSV_EUNSUPPORTED  written in a way that cannot be edited as text
 */
int dsv_scan_decide(const struct dsv_scan *scan, struct dsv_repo *repo,
		    const struct dsv_scan_decide *decide);

DSV_AUTO_FREE(scan)

#endif
