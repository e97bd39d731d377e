#include <dsv/checklist.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/text.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/document.h"
#include "govern/checklist_read.h"
#include "repo/tree.h"

#define FOLDER	  ".dsv/checklists"
#define SUFFIX	  ".yaml"
#define TEMPLATES "privacy, safety, storage"

static char *path_of(const char *id)
{
	return dsv_strf(FOLDER "/%s" SUFFIX, id);
}

int dsv_checklist_list(struct dsv_repo *repo, const struct dsv_version *version,
		       struct dsv_strlist *out)
{
	struct dsv_strlist specs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	const size_t before = strlen(FOLDER "/");
	const size_t behind = strlen(SUFFIX);
	size_t i;
	int rc;

	if (version->at == DSV_AT_NOTHING)
		return 0;
	dsv_strlist_add(&specs, FOLDER "/*" SUFFIX);
	rc = dsv_tree_list(repo, version, &specs, &files);
	for (i = 0; rc == 0 && i < files.n; i++)
		dsv_strlist_addn(out, files.items[i].path + before,
				 strlen(files.items[i].path) - before - behind);
	return rc;
}

static int not_there(struct dsv_repo *repo, const struct dsv_version *version,
		     const char *id)
{
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;

	if (dsv_checklist_list(repo, version, &ids) < 0)
		dsv_error_clear();
	near = dsv_nearest(id, &ids);
	dsv_fail(DSV_ENOTFOUND, "no checklist '%s': %s/%s%s is not there", id,
		 FOLDER, id, SUFFIX);
	if (near)
		return dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near);
	if (dsv_checklist_template(id))
		return dsv_hint(DSV_ENOTFOUND,
				"'dsv signoff checklist %s' writes one to "
				"begin with",
				id);
	return dsv_hint(DSV_ENOTFOUND,
			"'dsv signoff checklist' lists what there is; shipped "
			"are " TEMPLATES);
}

int dsv_checklist_read(struct dsv_checklist *out, struct dsv_repo *repo,
		       const struct dsv_version *version, const char *id)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = path_of(id);
	int rc;

	if (!dsv_dataset_name_ok(id))
		return dsv_fail(DSV_ENOTFOUND, "'%s' names no checklist", id);
	rc = dsv_document_read(repo, version, path, DSV_CHECKLIST_MAX, &text);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return not_there(repo, version, id);
	dsv_document_name(version, path, &name);
	rc = dsv_checklist_parse(&list, dsv_buf_str(&text), text.len,
				 dsv_buf_str(&name));
	if (rc < 0)
		return rc;
	if (strcmp(list.id, id) != 0)
		return dsv_fail(DSV_ESYNTAX, "%s: its id is '%s', not '%s'",
				dsv_buf_str(&name), list.id, id);
	*out = list;
	list = (struct dsv_checklist)DSV_CHECKLIST_INIT;
	return 0;
}

void dsv_checklist_release(struct dsv_checklist *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		free(list->questions[i].id);
		free(list->questions[i].ask);
		dsv_strlist_release(&list->questions[i].answers);
		dsv_strlist_release(&list->questions[i].pass);
	}
	free(list->questions);
	free(list->id);
	free(list->title);
	*list = (struct dsv_checklist)DSV_CHECKLIST_INIT;
}

static const struct dsv_question *find(const struct dsv_checklist *list,
				       const char *id)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (strcmp(list->questions[i].id, id) == 0)
			return &list->questions[i];
	return NULL;
}

static int unknown_answer(const struct dsv_question *question,
			  const struct dsv_answer *answer)
{
	struct dsv_buf known DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	for (i = 0; i < question->answers.n; i++)
		dsv_buf_addf(&known, "%s%s", i ? ", " : "",
			     question->answers.items[i]);
	return dsv_fail(DSV_ESYNTAX, "'%s' is no answer to '%s': %s",
			answer->answer, answer->id, dsv_buf_str(&known));
}

static int check_answer(const struct dsv_checklist *list,
			const struct dsv_answer *answers, size_t i)
{
	const struct dsv_question *question = find(list, answers[i].id);
	size_t k;

	if (!question)
		return dsv_fail(DSV_ESYNTAX, "checklist '%s' does not ask '%s'",
				list->id, answers[i].id);
	for (k = 0; k < i; k++)
		if (strcmp(answers[k].id, answers[i].id) == 0)
			return dsv_fail(DSV_ESYNTAX, "'%s' is answered twice",
					answers[i].id);
	if (dsv_strlist_find(&question->answers, answers[i].answer) < 0)
		return unknown_answer(question, &answers[i]);
	return 0;
}

static bool is_answered(const struct dsv_question *question,
			const struct dsv_answer *answers, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(answers[i].id, question->id) == 0)
			return true;
	return false;
}

int dsv_checklist_complete(const struct dsv_checklist *list,
			   const struct dsv_answer *answers, size_t n)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++)
		rc = check_answer(list, answers, i);
	for (i = 0; rc == 0 && i < list->n; i++)
		if (!is_answered(&list->questions[i], answers, n))
			rc = dsv_fail(DSV_ESYNTAX, "no answer to '%s': %s",
				      list->questions[i].id,
				      list->questions[i].ask);
	return rc;
}

const struct dsv_answer *dsv_checklist_failed(const struct dsv_checklist *list,
					      const struct dsv_answer *answers,
					      size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct dsv_question *question = find(list, answers[i].id);

		if (!question ||
		    dsv_strlist_find(&question->pass, answers[i].answer) < 0)
			return &answers[i];
	}
	return NULL;
}

void dsv_answers_free(struct dsv_answer **answers, size_t n)
{
	size_t i;

	for (i = 0; *answers && i < n; i++) {
		free((*answers)[i].id);
		free((*answers)[i].answer);
		free((*answers)[i].note);
	}
	free(*answers);
	*answers = NULL;
}

int dsv_checklist_install(struct dsv_repo *repo, const char *id)
{
	const char *text = dsv_checklist_template(id);
	char *path DSV_AUTO(str) = path_of(id);
	char *full DSV_AUTO(str) = NULL;
	char *folder DSV_AUTO(str) = NULL;
	int rc;

	if (!text) {
		dsv_fail(DSV_ENOTFOUND, "no template '%s'", id);
		return dsv_hint(DSV_ENOTFOUND, "there are " TEMPLATES);
	}
	full = dsv_fs_join(dsv_repo_workdir(repo), path);
	folder = dsv_fs_join(dsv_repo_workdir(repo), FOLDER);
	if (dsv_fs_exists(full))
		return dsv_fail(DSV_EEXISTS, "'%s' is there already", path);
	rc = dsv_fs_mkdirs(folder);
	return rc < 0 ? rc : dsv_atomic_put(full, text, strlen(text), 0666);
}
