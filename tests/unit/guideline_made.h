#ifndef TESTS_GUIDELINE_MADE_H
#define TESTS_GUIDELINE_MADE_H

#include "gitrepo.h"

#include <dsv/guideline_text.h>

/* A sound guideline with one change: the first `old` is replaced by `with`. */
static const char made_base[] = "---\n"
				"id: mail\n"
				"version: 2.1.0\n"
				"status: active\n"
				"effective: 2025-02-01\n"
				"---\n"
				"# Mail\n"
				"\n"
				"| label | definition |\n"
				"|---|---|\n"
				"| spam | asked for by nobody |\n"
				"| ham | all else |\n"
				"\n"
				"| rule | when | label |\n"
				"|---|---|---|\n"
				"| R1 | it sells something | spam |\n"
				"| R2 | it answers a mail of ours | ham |\n"
				"\n"
				"| example | label | rule |\n"
				"|---|---|---|\n"
				"| Buy now | spam | R1 |\n"
				"| Re: your question | ham | R2 |\n";

static inline char *made_with(const char *old, const char *with)
{
	const char *at = strstr(made_base, old);

	assert_non_null(at);
	return dsv_strf("%.*s%s%s", (int)(at - made_base), made_base, with,
			at + strlen(old));
}

static inline void made_parse(struct dsv_guideline_text *out, const char *text)
{
	if (dsv_guideline_text_parse(out, text, strlen(text), "mail.md") < 0)
		fail_msg("%s", dsv_error_message());
}

static inline void made_parse_with(struct dsv_guideline_text *out,
				   const char *old, const char *with)
{
	char *text = made_with(old, with);

	made_parse(out, text);
	free(text);
}

#endif
