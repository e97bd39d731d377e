#ifndef DSV_GUIDELINE_DIFF_H
#define DSV_GUIDELINE_DIFF_H

#include <dsv/guideline_text.h>

/*
 * What differs between two guidelines, by meaning: labels, rules and examples
 * that came, went, or say something else; and which kind of version that asks
 * for.
 *
 *	major   a label removed or renamed; another answer of an example or of
 *	        a rule
 *	minor   a label or a rule added, a rule removed
 *	patch   anything else: wording, examples added or removed, the text
 *	        around the tables
 *
 * What differs in case and blanks alone is wording. The front matter's status
 * and day are no content: they may change under a version.
 */
enum dsv_bump {
	DSV_BUMP_NONE,
	DSV_BUMP_PATCH,
	DSV_BUMP_MINOR,
	DSV_BUMP_MAJOR,
};

/** "none", "patch", "minor", "major" */
const char *dsv_bump_word(enum dsv_bump bump);

enum dsv_guideline_part {
	DSV_PART_LABEL,
	DSV_PART_RULE,
	DSV_PART_EXAMPLE,
	DSV_PART_TEXT, /* around the tables */
};

enum dsv_guideline_op {
	DSV_GUIDELINE_ADDED,
	DSV_GUIDELINE_REMOVED,
	DSV_GUIDELINE_RENAMED, /* the same definition, or the same rule */
	DSV_GUIDELINE_ANSWER,  /* its label is another one */
	DSV_GUIDELINE_CHANGED, /* its definition, its "when", its rule */
};

/** "label", "rule", "example", "text"; "added", "removed", ... */
const char *dsv_guideline_part_word(enum dsv_guideline_part part);
const char *dsv_guideline_op_word(enum dsv_guideline_op op);

/* One side of a change; what the part has not is NULL. */
struct dsv_guideline_side {
	const char *name;  /* the label, the rule's name, the example's text */
	const char *text;  /* definition, "when"; NULL of an example */
	const char *label; /* of a rule or an example */
	const char *rule;  /* of an example */
	unsigned line;
};

struct dsv_guideline_change {
	enum dsv_guideline_part part;
	enum dsv_guideline_op op;
	struct dsv_guideline_side from; /* lent by the two guidelines */
	struct dsv_guideline_side to;
	enum dsv_bump needs;
};

struct dsv_guideline_diff {
	struct dsv_guideline_change *items; /* labels, rules, examples, text;
					     * each in order of the files */
	size_t n;
	size_t cap;
	enum dsv_bump needs;
	/* of those that need the most, the first; NULL: nothing changed */
	const struct dsv_guideline_change *why;
	bool front; /* status or day differ */
};

#define DSV_GUIDELINE_DIFF_INIT \
	{                       \
		0               \
	}

/** out lends the names and texts of both: release it first. */
void dsv_guideline_diff(struct dsv_guideline_diff *out,
			const struct dsv_guideline_text *from,
			const struct dsv_guideline_text *to);
void dsv_guideline_diff_release(struct dsv_guideline_diff *diff);

/** "rule R7 added (sarcasm is neg)", raw. */
void dsv_guideline_change_say(const struct dsv_guideline_change *change,
			      struct dsv_buf *out);

/** What lies between two versions "2.1.0"; DSV_BUMP_NONE for the same one and
 * where the later one is the lower one (then *out_back is true). */
enum dsv_bump dsv_bump_between(const char *from, const char *to,
			       bool *out_back);
/** The next version of that kind: "2.1.3" by a minor one is "2.2.0". */
void dsv_bump_next(const char *version, enum dsv_bump bump,
		   struct dsv_buf *out);

/** Text as it is compared: without blanks at its ends, one for several inside,
 * ASCII letters small. */
void dsv_guideline_fold(const char *text, struct dsv_buf *out);
bool dsv_guideline_same(const char *a, const char *b);

DSV_AUTO_RELEASE(guideline_diff)

#endif
