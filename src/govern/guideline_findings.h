#ifndef GOVERN_GUIDELINE_FINDINGS_H
#define GOVERN_GUIDELINE_FINDINGS_H

#include <dsv/guideline_lint.h>

/* What the parts of the lint share. */

/** Add a finding without hint. */
void dsv_finding_error(struct dsv_guideline_lint *out, const char *check,
		       unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void dsv_finding_warn(struct dsv_guideline_lint *out, const char *check,
		      unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/** What to do about the finding added last. */
void dsv_finding_hint(struct dsv_guideline_lint *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void dsv_findings_sort(struct dsv_guideline_lint *out); /* by line */

/** The line of the first row of the front matter that is `key`; 1 where there
 * is none. */
unsigned dsv_guideline_line_of(const struct dsv_guideline_text *text,
			       const char *key);

/** Words of rules that everybody reads his own way: warnings. */
void dsv_guideline_lint_words(struct dsv_guideline_lint *out,
			      const struct dsv_guideline_text *text);

#endif
