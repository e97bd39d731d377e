#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "govern/guideline_findings.h"

/* The line of what asks for the version: of the row where there is one. */
static void say_small(struct dsv_guideline_lint *out,
		      const struct dsv_guideline_diff *diff, unsigned line,
		      const char *base)
{
	struct dsv_buf what DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf next DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *word = dsv_bump_word(diff->needs);
	bool same = strcmp(base, out->version) == 0;

	dsv_guideline_change_say(diff->why, &what);
	dsv_bump_next(base, diff->needs, &next);
	if (same)
		dsv_finding_error(out, "version-unchanged", line,
				  "%s, version still %s", dsv_buf_str(&what),
				  base);
	else
		dsv_finding_error(out, "version-small", line,
				  "%s, which needs a new %s version: %s to %s "
				  "is not enough",
				  dsv_buf_str(&what), word, base, out->version);
	dsv_finding_hint(out, "a %s version: %s (dsv guideline bump)", word,
			 dsv_buf_str(&next));
}

static void say_definitions(struct dsv_guideline_lint *out,
			    const struct dsv_guideline_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++) {
		const struct dsv_guideline_change *change = &diff->items[i];

		if (change->part != DSV_PART_LABEL ||
		    change->op != DSV_GUIDELINE_CHANGED ||
		    dsv_guideline_same(change->from.text, change->to.text))
			continue;
		dsv_finding_warn(
			out, "definition-changed", change->to.line,
			"another definition of '%s' by a patch version",
			change->to.name);
		dsv_finding_hint(out, "if it means something else now: dsv "
				      "guideline bump --minor");
	}
}

void dsv_guideline_lint_step(struct dsv_guideline_lint *out,
			     const struct dsv_guideline_text *base,
			     const struct dsv_guideline_text *text)
{
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;
	const char *version = text->front.version;
	unsigned line = dsv_guideline_line_of(text, "version");
	enum dsv_bump done;
	bool back;

	free(out->base_version);
	out->base_version = dsv_strdup(base->front.version);
	free(out->version);
	out->version = dsv_strdup(version);
	dsv_guideline_diff(&diff, base, text);
	done = dsv_bump_between(base->front.version, version, &back);
	if (back) {
		dsv_finding_error(out, "version-back", line,
				  "version %s is lower than %s, which it "
				  "follows",
				  version, base->front.version);
		dsv_finding_hint(out, "versions only grow: dsv guideline bump");
	} else if (done < diff.needs) {
		say_small(out, &diff, line, base->front.version);
	}
	if (!back && done == DSV_BUMP_PATCH)
		say_definitions(out, &diff);
	dsv_findings_sort(out);
}
