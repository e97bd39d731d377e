#include "govern/checklist_read.h"

#include <dsv/checklist.h>
#include <dsv/dataset.h>
#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/yaml_read.h"

static const char *const root_names[] = {"version", "id", "title", "questions",
					 NULL};
static const char *const question_names[] = {"id", "ask", "answers", "pass",
					     NULL};
static const char *const filled_names[] = {"id",     "ask",  "answers", "pass",
					   "answer", "note", NULL};

struct parse {
	const struct dsv_yaml_doc *doc;
	struct dsv_checklist *list;
};

static int check_word(const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *node)
{
	if (dsv_dataset_name_ok(node->text))
		return 0;
	return dsv_yaml_fail(doc, node,
			     "'%s' is no id: a-z, 0-9, '.', '_', '-', at most "
			     "64, the first a letter or digit",
			     node->text);
}

/* A text that must be there, on one line. */
static int need_line(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		     const char *name, char **out)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, name);

	if (!node)
		return dsv_yaml_fail(doc, map, "'%s' is missing", name);
	if (node->kind == DSV_YAML_TEXT &&
	    node->text[strcspn(node->text, "\r\n")])
		return dsv_yaml_fail(doc, node, "'%s' is more than a line",
				     name);
	return dsv_yaml_read_text(doc, map, name, out);
}

static int need_id(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		   char **out)
{
	const int rc = need_line(doc, map, "id", out);

	return rc < 0 ? rc : check_word(doc, dsv_yaml_get(map, "id"));
}

static int read_words(const struct parse *in, const struct dsv_yaml *map,
		      struct dsv_question *question)
{
	const struct dsv_yaml *pass = dsv_yaml_get(map, "pass");
	size_t i;
	int rc;

	rc = dsv_yaml_read_list(in->doc, map, "answers", &question->answers);
	if (rc == 0)
		rc = dsv_yaml_read_list(in->doc, map, "pass", &question->pass);
	if (rc < 0)
		return rc;
	if (!dsv_yaml_get(map, "answers"))
		dsv_strlist_split(&question->answers, "yes,no", ',');
	if (!pass)
		dsv_strlist_add(&question->pass, "yes");
	if (question->answers.n < 2)
		return dsv_yaml_fail(in->doc, map,
				     "a question needs two answers at least");
	if (!question->pass.n)
		return dsv_yaml_fail(in->doc, pass, "no answer passes");
	for (i = 0; i < question->pass.n; i++)
		if (dsv_strlist_find(&question->answers,
				     question->pass.items[i]) < 0)
			return dsv_yaml_fail(
				in->doc, pass ? &pass->items[i] : map,
				"'%s' passes and is not among the answers",
				question->pass.items[i]);
	return 0;
}

static int read_question(const struct parse *in, const struct dsv_yaml *map)
{
	struct dsv_question *question = &in->list->questions[in->list->n++];
	size_t i;
	int rc;

	if (map->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(in->doc, map,
				     "a question must be a map: 'id: ...'");
	question->line = map->line;
	rc = dsv_yaml_only(in->doc, map, question_names);
	if (rc == 0)
		rc = need_id(in->doc, map, &question->id);
	if (rc == 0)
		rc = need_line(in->doc, map, "ask", &question->ask);
	if (rc < 0)
		return rc;
	for (i = 0; i + 1 < in->list->n; i++)
		if (strcmp(in->list->questions[i].id, question->id) == 0)
			return dsv_yaml_fail(
				in->doc, map, "'%s' stands in line %u already",
				question->id, in->list->questions[i].line);
	return read_words(in, map, question);
}

static int read_questions(const struct parse *in, const struct dsv_yaml *root)
{
	const struct dsv_yaml *node = dsv_yaml_get(root, "questions");
	size_t i;
	int rc = 0;

	if (!node || node->kind != DSV_YAML_LIST || !node->n)
		return dsv_yaml_fail(in->doc, node ? node : root,
				     "'questions' must be a list");
	if (node->n > DSV_QUESTIONS_MAX)
		return dsv_yaml_fail(in->doc, node, "more than %u questions",
				     DSV_QUESTIONS_MAX);
	in->list->questions =
		dsv_alloc_zero(node->n, sizeof(*in->list->questions));
	for (i = 0; rc == 0 && i < node->n; i++)
		rc = read_question(in, &node->items[i]);
	return rc;
}

static int open_root(struct dsv_yaml_doc **doc, const char *data, size_t len,
		     const char *name)
{
	const struct dsv_yaml *root;
	int rc;

	if (len > DSV_CHECKLIST_MAX)
		return dsv_fail(DSV_ERANGE, "%s: longer than %u bytes", name,
				DSV_CHECKLIST_MAX);
	rc = dsv_yaml_parse(doc, data, len, name);
	if (rc < 0)
		return rc;
	root = dsv_yaml_root(*doc);
	if (root->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(*doc, root, "must be a map");
	rc = dsv_yaml_only(*doc, root, root_names);
	return rc < 0 ? rc : dsv_yaml_version_1(*doc, root);
}

int dsv_checklist_parse(struct dsv_checklist *out, const char *data, size_t len,
			const char *name)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	struct parse in = {.list = &list};
	const struct dsv_yaml *root;
	int rc;

	rc = open_root(&doc, data, len, name);
	if (rc < 0)
		return rc;
	in.doc = doc;
	root = dsv_yaml_root(doc);
	rc = need_id(doc, root, &list.id);
	if (rc == 0 && dsv_yaml_get(root, "title"))
		rc = need_line(doc, root, "title", &list.title);
	if (rc == 0)
		rc = read_questions(&in, root);
	if (rc < 0)
		return rc;
	if (!list.title)
		list.title = dsv_strdup(list.id);
	dsv_id_of(data, len, &list.digest);
	*out = list;
	list = (struct dsv_checklist)DSV_CHECKLIST_INIT;
	return 0;
}

/* What is answered must be what is asked. */
static int check_asked(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *id,
		       const struct dsv_checklist *list)
{
	const struct dsv_yaml *ask = dsv_yaml_get(map, "ask");
	size_t i;

	for (i = 0; i < list->n; i++)
		if (strcmp(list->questions[i].id, id) == 0)
			break;
	if (i == list->n)
		return dsv_yaml_fail(doc, map,
				     "checklist '%s' does not ask '%s'",
				     list->id, id);
	if (ask && (ask->kind != DSV_YAML_TEXT ||
		    strcmp(ask->text, list->questions[i].ask) != 0))
		return dsv_yaml_fail(doc, ask,
				     "checklist '%s' asks something else as "
				     "'%s'",
				     list->id, id);
	return 0;
}

static int read_note(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		     char **out)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "note");
	int rc = 0;

	if (node && node->kind == DSV_YAML_TEXT && node->len > DSV_NOTE_MAX)
		return dsv_yaml_fail(doc, node, "a note of more than %u bytes",
				     DSV_NOTE_MAX);
	if (node && !(node->kind == DSV_YAML_TEXT && !node->len))
		rc = dsv_yaml_read_text(doc, map, "note", out);
	if (rc == 0 && !*out)
		*out = dsv_strdup("");
	return rc;
}

static int read_answer(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map,
		       const struct dsv_checklist *list, struct dsv_answer *out)
{
	int rc;

	if (map->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, map,
				     "an answer must be a map: 'id: ...'");
	rc = dsv_yaml_only(doc, map, filled_names);
	if (rc == 0)
		rc = need_id(doc, map, &out->id);
	if (rc == 0)
		rc = check_asked(doc, map, out->id, list);
	if (rc < 0)
		return rc;
	if (!dsv_yaml_get(map, "answer"))
		return dsv_yaml_fail(doc, map, "no answer to '%s'", out->id);
	rc = need_line(doc, map, "answer", &out->answer);
	return rc < 0 ? rc : read_note(doc, map, &out->note);
}

static int read_answers(const struct dsv_yaml_doc *doc,
			const struct dsv_yaml *node,
			const struct dsv_checklist *list,
			struct dsv_answer *answers, const char *name)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < node->n; i++)
		rc = read_answer(doc, &node->items[i], list, &answers[i]);
	if (rc < 0)
		return rc;
	rc = dsv_checklist_complete(list, answers, node->n);
	return rc < 0 ? dsv_fail_prefix(rc, "%s", name) : 0;
}

int dsv_checklist_answers(const struct dsv_checklist *list, const char *data,
			  size_t len, const char *name, struct dsv_answer **out,
			  size_t *out_n)
{
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	const struct dsv_yaml *root;
	const struct dsv_yaml *node;
	struct dsv_answer *answers;
	int rc;

	rc = open_root(&doc, data, len, name);
	if (rc < 0)
		return rc;
	root = dsv_yaml_root(doc);
	node = dsv_yaml_get(root, "id");
	if (!node || node->kind != DSV_YAML_TEXT ||
	    strcmp(node->text, list->id) != 0)
		return dsv_yaml_fail(doc, node ? node : root,
				     "these are not answers to checklist '%s'",
				     list->id);
	node = dsv_yaml_get(root, "questions");
	if (!node || node->kind != DSV_YAML_LIST || node->n > DSV_QUESTIONS_MAX)
		return dsv_yaml_fail(doc, node ? node : root,
				     "'questions' must be a list");
	answers = dsv_alloc_zero(node->n + 1, sizeof(*answers));
	rc = read_answers(doc, node, list, answers, name);
	if (rc < 0) {
		dsv_answers_free(&answers, node->n);
		return rc;
	}
	*out = answers;
	*out_n = node->n;
	return 0;
}
