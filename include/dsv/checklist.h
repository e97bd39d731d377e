#ifndef DSV_CHECKLIST_H
#define DSV_CHECKLIST_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/repo.h>
#include <dsv/statement.h>
#include <dsv/strlist.h>

/*
 * .dsv/checklists/ID.yaml: the questions that a reviewer answers
 * (docs/formats/checklist.md).
 *
 *	version: 1
 *	id: privacy
 *	title: Privacy review
 *	questions:
 *	  - id: consent
 *	    ask: Does every record come with consent or another legal basis?
 *	    answers: [yes, no, n/a]      # default: yes, no
 *	    pass: [yes, n/a]             # default: yes
 */
struct dsv_question {
	char *id;
	char *ask;
	struct dsv_strlist answers;
	struct dsv_strlist pass;
	unsigned line;
};

struct dsv_checklist {
	char *id;
	char *title;
	struct dsv_id digest; /* of the file's bytes */
	struct dsv_question *questions;
	size_t n;
};

#define DSV_CHECKLIST_INIT \
	{                  \
		0          \
	}

int dsv_checklist_parse(struct dsv_checklist *out, const char *data, size_t len,
			const char *name);
/** DSV_ENOTFOUND names the nearest, and the templates that are shipped. */
int dsv_checklist_read(struct dsv_checklist *out, struct dsv_repo *repo,
		       const struct dsv_version *version, const char *id);
/** The ids of the checklists that a version has, sorted. */
int dsv_checklist_list(struct dsv_repo *repo, const struct dsv_version *version,
		       struct dsv_strlist *out);
void dsv_checklist_release(struct dsv_checklist *checklist);
/** Do these answers answer every question, each once, in known words?
 * DSV_ESYNTAX names the first that does not. */
int dsv_checklist_complete(const struct dsv_checklist *checklist,
			   const struct dsv_answer *answers, size_t n);
/** The first answer that does not pass, or NULL. */
const struct dsv_answer *
dsv_checklist_failed(const struct dsv_checklist *checklist,
		     const struct dsv_answer *answers, size_t n);
/** Answers that a person filled into a copy of the checklist: each question
 * with `answer:` and, where wanted, `note:`. */
int dsv_checklist_answers(const struct dsv_checklist *checklist,
			  const char *data, size_t len, const char *name,
			  struct dsv_answer **out, size_t *out_n);
void dsv_answers_free(struct dsv_answer **answers, size_t n);

/** Shipped templates: "privacy", "safety", "storage"; NULL for another. */
const char *dsv_checklist_template(const char *id);
/** Write one to the work tree. DSV_EEXISTS. */
int dsv_checklist_install(struct dsv_repo *repo, const char *id);

DSV_AUTO_RELEASE(checklist)

#endif
