#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <dsv/text.h>

#include "cli/term.h"
#include "cmd/review.h"

#define INDENT 4u

/* The answer that a person means: whole, or the first letters of just one. */
static const char *meant(const struct dsv_question *question, const char *typed)
{
	const char *found = NULL;
	size_t i;

	for (i = 0; *typed && i < question->answers.n; i++) {
		const char *answer = question->answers.items[i];

		if (strcasecmp(answer, typed) == 0)
			return answer;
		if (strncasecmp(answer, typed, strlen(typed)) != 0)
			continue;
		if (found)
			return NULL;
		found = answer;
	}
	return found;
}

static bool passes(const struct dsv_question *question, const char *answer)
{
	return dsv_strlist_find(&question->pass, answer) >= 0;
}

static int ended(void)
{
	dsv_fail(DSV_ECANCELLED, "stopped before the end");
	return dsv_hint(DSV_ECANCELLED, "nothing was signed");
}

/* Text on lines that fit the terminal, further ones set in. */
static void say_wrapped(const char *text)
{
	const unsigned width = dsv_term_width(STDERR_FILENO);
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	while (*text) {
		const size_t len = strcspn(text, " ");

		if (line.len > INDENT &&
		    dsv_shown_width(dsv_buf_str(&line), line.len) + 1 + len >
			    width) {
			dsv_term_say("%s", dsv_buf_str(&line));
			dsv_buf_reset(&line);
			dsv_buf_addf(&line, "%*s", (int)INDENT - 1, "");
		}
		dsv_buf_addstr(&line, line.len ? " " : "");
		dsv_buf_add(&line, text, len);
		text += len + strspn(text + len, " ");
	}
	dsv_term_say("%s", dsv_buf_str(&line));
}

static void say_question(const struct dsv_question *question, size_t i,
			 size_t n)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&text, "%zu/%zu %s", i + 1, n, question->ask);
	say_wrapped(dsv_buf_str(&text));
}

static int ask_one(const struct dsv_question *question, struct dsv_answer *out)
{
	struct dsv_buf prompt DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *answer = NULL;
	size_t i;
	int rc;

	for (i = 0; i < question->answers.n; i++)
		dsv_buf_addf(&prompt, "%s%s", i ? ", " : "    (",
			     question->answers.items[i]);
	dsv_buf_addstr(&prompt, ")");
	while (!answer) {
		rc = dsv_term_line(dsv_buf_str(&prompt), &line);
		if (rc <= 0)
			return rc < 0 ? rc : ended();
		answer = meant(question, dsv_buf_str(&line));
	}
	rc = dsv_term_line(passes(question, answer) ? "    note (may be empty):"
						    : "    does not pass; why:",
			   &line);
	if (rc <= 0)
		return rc < 0 ? rc : ended();
	out->id = strdup(question->id);
	out->answer = strdup(answer);
	out->note = dsv_buf_detach(&line);
	if (!out->note)
		out->note = strdup("");
	return 0;
}

int dsv_review_ask(const struct dsv_checklist *list, struct dsv_answer **out)
{
	struct dsv_answer *answers = calloc(list->n, sizeof(*answers));
	size_t i;
	int rc = 0;

	dsv_term_say("%s: %zu question%s", list->title, list->n,
		     list->n == 1 ? "" : "s");
	for (i = 0; rc == 0 && answers && i < list->n; i++) {
		say_question(&list->questions[i], i, list->n);
		rc = ask_one(&list->questions[i], &answers[i]);
	}
	if (!answers)
		rc = dsv_fail(DSV_EIO, "no memory");
	if (rc < 0) {
		dsv_answers_free(&answers, list->n);
		return rc;
	}
	*out = answers;
	return 0;
}
