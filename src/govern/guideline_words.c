#include "govern/guideline_findings.h"

#include <ctype.h>
#include <string.h>

/*
 * Words by which a rule leaves the decision to its reader: two people who
 * follow it may label one record differently and both be right. After the
 * lists of weak words in requirements engineering.
 *
 * Source: NASA, "Automated Requirement Measurement" (Wilson, Rosenberg, Hyatt
 * 1996), weak phrases and options; INCOSE, "Guide for Writing Requirements",
 * rule R7, avoid vague terms.
 */
static const char *const vague[] = {
	"adequate",    "almost always", "and so on",	"and/or",
	"appropriate", "approximately", "as needed",	"as required",
	"basically",   "case by case",	"clearly",	"common sense",
	"etc",	       "generally",	"if possible",	"in general",
	"kind of",     "mainly",	"mostly",	"might",
	"normal",      "normally",	"obvious",	"obviously",
	"often",       "or so",		"possibly",	"probably",
	"reasonable",  "roughly",	"several",	"some kind",
	"sometimes",   "somewhat",	"sort of",	"sufficient",
	"typically",   "use judgement", "use judgment", "usually",
};

static bool is_word(char ch)
{
	return isalnum((unsigned char)ch) || (ch & 0x80) || ch == '_';
}

/* The word in folded text, between others. */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == text || !is_word(at[-1])) && !is_word(at[len]))
			return true;
		at++;
	}
	return false;
}

static void check_text(struct dsv_guideline_lint *out, const char *what,
		       const struct dsv_guideline_side *row)
{
	struct dsv_buf fold DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_guideline_fold(row->text, &fold);
	for (size_t i = 0; i < sizeof(vague) / sizeof(vague[0]); i++) {
		if (!has_word(dsv_buf_str(&fold), vague[i]))
			continue;
		dsv_finding_warn(out, "vague", row->line,
				 "%s '%s' says '%s', which everybody reads his "
				 "own way",
				 what, row->name, vague[i]);
		dsv_finding_hint(out, "say what can be seen in the record");
	}
}

void dsv_guideline_lint_words(struct dsv_guideline_lint *out,
			      const struct dsv_guideline_text *text)
{
	const struct dsv_rules *rules = &text->rules;

	for (size_t i = 0; i < rules->n_labels; i++) {
		struct dsv_guideline_side row = {
			.name = rules->labels[i].label,
			.text = rules->labels[i].definition,
			.line = rules->labels[i].line,
		};

		check_text(out, "label", &row);
	}
	for (size_t i = 0; i < rules->n_rules; i++) {
		struct dsv_guideline_side row = {
			.name = rules->rules[i].rule,
			.text = rules->rules[i].when,
			.line = rules->rules[i].line,
		};

		check_text(out, "rule", &row);
	}
}
