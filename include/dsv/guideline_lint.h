#ifndef DSV_GUIDELINE_LINT_H
#define DSV_GUIDELINE_LINT_H

#include <stdint.h>

#include <dsv/guideline_diff.h>

/*
 * What is wrong with a guideline, by itself and as a follower of the version
 * before. The checks, each by the name that a finding bears:
 *
 *	error    front-matter        cannot be read
 *	         label-definition    a label without definition
 *	         label-example       a label that no example is of
 *	         label-doubled, rule-doubled
 *	         rule-label, example-label   names a label that is not there
 *	         example-rule        names a rule that is not there
 *	         example-answers     one example, two labels
 *	         version-unchanged   other content under the same version
 *	         version-small       a change that needs a greater step
 *	         version-back        the version is lower than before
 *	warning  labels-missing      no labels, so nothing can be checked
 *	         label-similar       labels that differ in case and blanks alone
 *	         rule-when           a rule that does not say when
 *	         rule-example        a rule that no example is of
 *	         example-doubled     one example twice
 *	         vague               a word that everybody reads his own way
 *	         effective           active without a day, or ahead of it
 *	         definition-changed  by a patch version
 *	         base                the version before cannot be read
 */
enum dsv_finding_level {
	DSV_FINDING_ERROR,
	DSV_FINDING_WARNING,
};

struct dsv_guideline_finding {
	enum dsv_finding_level level;
	const char *check; /* its name above */
	unsigned line;	   /* in the file, from 1 */
	char *message;
	char *hint; /* what to do, or NULL */
};

struct dsv_guideline_lint {
	struct dsv_guideline_finding *items; /* in order of lines */
	size_t n;
	size_t cap;
	size_t errors, warnings;
	char *version;	    /* of the guideline; NULL where it cannot be read */
	char *base_version; /* of the one before; NULL: there is none */
};

#define DSV_GUIDELINE_LINT_INIT \
	{                       \
		0               \
	}

/** A guideline alone. now_s: seconds since 1970 (dsv_now_s()). */
void dsv_guideline_lint_text(struct dsv_guideline_lint *out,
			     const struct dsv_guideline_text *text,
			     int64_t now_s);
/** What its version says, after what has changed since base. */
void dsv_guideline_lint_step(struct dsv_guideline_lint *out,
			     const struct dsv_guideline_text *base,
			     const struct dsv_guideline_text *text);

/**
 * Both, as the guideline stands in two versions. base may be DSV_AT_NOTHING,
 * and may lack the guideline, which is a new one then. A file that cannot be
 * read is a finding.
 *
 * @error  DSV_ENOTFOUND  no such guideline in `version`
 */
int dsv_guideline_lint(struct dsv_guideline_lint *out, struct dsv_repo *repo,
		       const struct dsv_version *version,
		       const struct dsv_version *base, const char *id);
void dsv_guideline_lint_release(struct dsv_guideline_lint *lint);

/** "error", "warning" */
const char *dsv_finding_word(enum dsv_finding_level level);

DSV_AUTO_RELEASE(guideline_lint)

#endif
