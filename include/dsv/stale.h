#ifndef DSV_STALE_H
#define DSV_STALE_H

#include <dsv/blame.h>

/*
 * Records whose label does not hold by the guideline of now.
 *
 *	struct dsv_stale_opts opts = {.version = head, .dataset = "reviews"};
 *	rc = dsv_stale_read(&stale, repo, &opts);
 *	use(stale.n_stale, stale.complete);
 *
 * A record was last labelled by the commit that last changed its label, or
 * its annotator where the dataset has such a column (who labels it again and
 * comes to the same answer writes his name). The guideline of that commit is
 * the one in its tree. The label is stale where that was none, another one,
 * or an older major version; or where the label means something else since:
 * it is gone from the table, its definition changed, or an example or a rule
 * that had or got this label has another answer. What was labelled by a newer
 * version than that of now is never stale. An empty label is none.
 *
 * Cost: one blame for each label column.
 */
enum dsv_stale_reason {
	DSV_STALE_NOT,
	DSV_STALE_NO_GUIDELINE, /* labelled by none */
	DSV_STALE_OTHER,	/* labelled by another one */
	DSV_STALE_OLDER,	/* by an older major version */
	DSV_STALE_CHANGED,	/* the label means something else since */
};
#define DSV_STALE_REASONS 5u

/** "no_guideline", "other_guideline", "older", "changed" */
const char *dsv_stale_word(enum dsv_stale_reason reason);

/* One stale label, lent. */
struct dsv_stale_record {
	const char *dataset;
	const char *path;
	const struct dsv_blame_line *line; /* key, field, place */
	const char *field;		   /* the label's column */
	const char *label;
	const char *guideline; /* "sentiment@2.0.0"; NULL: none */
	enum dsv_stale_reason reason;
	const char *why; /* what changed, as in "label neg changed"; or NULL */
	const struct dsv_commit_info *commit; /* that labelled it last */
};

typedef int (*dsv_stale_fn)(void *ctx, const struct dsv_stale_record *record);

struct dsv_stale_opts {
	struct dsv_version version; /* a commit: of the data */
	/* whose guidelines count; DSV_AT_NOTHING: those of `version` */
	struct dsv_version guideline;
	const char *id;	     /* of the guideline; NULL: any */
	const char *dataset; /* NULL: each that has a guideline */
	const struct dsv_strlist *where;
	dsv_stale_fn take; /* each stale label; may be NULL */
	void *ctx;
	bool no_cache;
};

/* Labels of one value, or of one version of the guideline. */
struct dsv_stale_count {
	char *name; /* NULL: of no guideline */
	uint64_t labels;
	uint64_t stale;
	uint64_t reasons[DSV_STALE_REASONS];
};

struct dsv_stale_counts {
	struct dsv_stale_count *items;
	size_t n;
	size_t cap;
};

#define DSV_STALE_SAMPLE 5u /* addresses that a group names */

struct dsv_stale_group {
	char *dataset;
	char *guideline; /* id */
	char *version;	 /* of now */
	uint64_t records;
	uint64_t unlabelled;		    /* labels that are empty */
	uint64_t stale;			    /* records with a stale label */
	struct dsv_stale_counts by_label;   /* by stale, then labels falling */
	struct dsv_stale_counts by_version; /* the youngest first */
	struct dsv_strlist sample;	    /* the first stale addresses */
	bool complete; /* false: a version could not be read */
	bool shallow;  /* the history is cut off behind some */
};

struct dsv_stale {
	struct dsv_stale_group *groups; /* in the order of the definition */
	size_t n;
	uint64_t n_stale; /* records */
	bool complete;
};

#define DSV_STALE_INIT \
	{              \
		0      \
	}

/**
 * @error  DSV_ENOTFOUND  no such dataset or guideline, or none that has one
 */
int dsv_stale_read(struct dsv_stale *out, struct dsv_repo *repo,
		   const struct dsv_stale_opts *opts);
void dsv_stale_release(struct dsv_stale *stale);

DSV_AUTO_RELEASE(stale)

#endif
