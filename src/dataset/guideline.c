#include <dsv/guideline.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/yaml.h"
#include "dataset/document.h"
#include "repo/tree.h"

#define FOLDER "guidelines/"

static const char *const keys[] = {"id", "version", "status", "effective",
				   NULL};

/* The line at `at` without its end; *next is behind the end. */
static size_t line_len(const char *at, const char *end, const char **next)
{
	const char *feed = memchr(at, '\n', (size_t)(end - at));
	size_t len = (size_t)((feed ? feed : end) - at);

	*next = feed ? feed + 1 : end;
	if (len > 0 && at[len - 1] == '\r')
		len--;
	return len;
}

static bool is_fence(const char *at, size_t len)
{
	return len == 3 && memcmp(at, "---", 3) == 0;
}

/*
 * The front matter with its first fence, which YAML reads as the start of a
 * document, so that lines count from the file's own first line.
 */
static int front_matter(const char *data, size_t len, const char *name,
			const char **out, size_t *out_len)
{
	const char *end = data + len;
	const char *next;
	const char *at;

	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		data += 3;
	if (!is_fence(data, line_len(data, end, &next)))
		return dsv_fail(DSV_ESYNTAX,
				"%s:1: no front matter: the first line is not "
				"'---'",
				name);
	for (at = next; at < end; at = next) {
		if (is_fence(at, line_len(at, end, &next))) {
			*out = data;
			*out_len = (size_t)(at - data);
			return 0;
		}
	}
	return dsv_fail(DSV_ESYNTAX, "%s:1: the front matter has no end '---'",
			name);
}

/* A number without sign or leading zeros, at most 9 digits. */
static bool take_number(const char **at)
{
	size_t n = strspn(*at, "0123456789");

	if (n == 0 || n > 9 || (n > 1 && **at == '0'))
		return false;
	*at += n;
	return true;
}

static bool is_version(const char *text)
{
	for (int part = 0; part < 3; part++) {
		if (part > 0 && *text++ != '.')
			return false;
		if (!take_number(&text))
			return false;
	}
	return *text == '\0';
}

static bool is_date(const char *text)
{
	static const unsigned days[] = {31, 29, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31};
	uint64_t year, month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	if (!dsv_parse_u64(text, 4, &year) ||
	    !dsv_parse_u64(text + 5, 2, &month) ||
	    !dsv_parse_u64(text + 8, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 ||
	       (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static bool is_status(const char *text)
{
	return strcmp(text, "draft") == 0 || strcmp(text, "active") == 0 ||
	       strcmp(text, "retired") == 0;
}

/* One entry of the front matter: its form and what to say of another. */
struct entry {
	const char *key;
	bool (*ok)(const char *text);
	const char *form;
	bool optional;
};

static int read_entry(const struct dsv_yaml_doc *doc, const char *name,
		      const struct entry *entry, char **out)
{
	const struct dsv_yaml *node;

	node = dsv_yaml_get(dsv_yaml_root(doc), entry->key);
	if (!node && entry->optional)
		return 0;
	if (!node)
		return dsv_fail(DSV_ESYNTAX,
				"%s:1: the front matter has no '%s'", name,
				entry->key);
	if (node->kind != DSV_YAML_TEXT)
		return dsv_yaml_fail(doc, node, "'%s' must be text",
				     entry->key);
	if (strlen(node->text) != node->len || !entry->ok(node->text))
		return dsv_yaml_fail(doc, node, "'%s' is no %s: %s", node->text,
				     entry->key, entry->form);
	*out = dsv_strdup(node->text);
	return 0;
}

static int read_entries(const struct dsv_yaml_doc *doc, const char *name,
			struct dsv_guideline *out)
{
	static const struct entry id = {"id", dsv_dataset_name_ok,
					"a-z, 0-9, '.', '_', '-', at most 64",
					false};
	static const struct entry version = {
		"version", is_version, "MAJOR.MINOR.PATCH, as in 2.1.0", false};
	static const struct entry status = {"status", is_status,
					    "draft, active or retired", false};
	static const struct entry effective = {
		"effective", is_date, "YYYY-MM-DD, a day that exists", true};
	int rc;

	if ((rc = read_entry(doc, name, &id, &out->id)) < 0 ||
	    (rc = read_entry(doc, name, &version, &out->version)) < 0 ||
	    (rc = read_entry(doc, name, &status, &out->status)) < 0)
		return rc;
	return read_entry(doc, name, &effective, &out->effective);
}

int dsv_guideline_parse(struct dsv_guideline *out, const char *data, size_t len,
			const char *name)
{
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	const struct dsv_yaml *root;
	const char *front = NULL;
	size_t front_len = 0;
	int rc;

	rc = front_matter(data, len, name, &front, &front_len);
	if (rc < 0)
		return rc;
	rc = dsv_yaml_parse(&doc, front, front_len, name);
	if (rc < 0)
		return rc;
	root = dsv_yaml_root(doc);
	if (root->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, root, "the front matter is no map");
	if ((rc = dsv_yaml_only(doc, root, keys)) < 0 ||
	    (rc = read_entries(doc, name, &guideline)) < 0)
		return rc;
	dsv_id_of(data, len, &guideline.digest);
	guideline.path = dsv_strf(FOLDER "%s.md", guideline.id);
	*out = guideline;
	guideline = (struct dsv_guideline)DSV_GUIDELINE_INIT;
	return 0;
}

/* Of the work tree all files count, added or not. */
static int list_names(struct dsv_repo *repo, const struct dsv_version *version,
		      struct dsv_strlist *out)
{
	struct dsv_strlist under DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	int rc;

	if (version->at == DSV_AT_WORKTREE) {
		char *folder DSV_AUTO(str) =
			dsv_fs_join(dsv_repo_workdir(repo), "guidelines");

		return dsv_fs_list(folder, out);
	}
	dsv_strlist_add(&under, "guidelines");
	rc = dsv_tree_list(repo, version, &under, &files);
	for (size_t i = 0; rc == 0 && i < files.n; i++)
		dsv_strlist_add(out, files.items[i].path + strlen(FOLDER));
	return rc;
}

int dsv_guideline_ids(struct dsv_repo *repo, const struct dsv_version *version,
		      struct dsv_strlist *out)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	if (version->at == DSV_AT_NOTHING)
		return 0;
	rc = list_names(repo, version, &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		const char *name = names.items[i];
		size_t len = strlen(name);
		char *id DSV_AUTO(str) =
			dsv_strndup(name, len > 3 ? len - 3 : 0);

		if (len > 3 && strcmp(name + len - 3, ".md") == 0 &&
		    dsv_dataset_name_ok(id))
			dsv_strlist_add(out, id);
	}
	return rc;
}

/* It was written, but it is not added. */
static bool is_only_in_work(struct dsv_repo *repo,
			    const struct dsv_version *version, const char *path)
{
	static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	return version->at == DSV_AT_INDEX && dsv_repo_workdir(repo) &&
	       dsv_document_read(repo, &worktree, path, DSV_GUIDELINE_MAX,
				 &text) > 0;
}

static int not_found(struct dsv_repo *repo, const struct dsv_version *version,
		     const char *id, const char *name)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *path DSV_AUTO(str) = dsv_strf(FOLDER "%s.md", id);
	bool is_work = is_only_in_work(repo, version, path);
	const char *near = NULL;

	if (dsv_guideline_ids(repo, version, &known) == 0)
		near = dsv_nearest(id, &known);
	dsv_fail(DSV_ENOTFOUND, "guideline '%s' not found: no '%s'", id, name);
	if (is_work)
		dsv_hint(DSV_ENOTFOUND, "dsv add %s", path);
	else if (near)
		dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near);
	return DSV_ENOTFOUND;
}

int dsv_guideline_read(struct dsv_repo *repo, const struct dsv_version *version,
		       const char *id, struct dsv_guideline *out)
{
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	char *path DSV_AUTO(str) = NULL;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!dsv_dataset_name_ok(id))
		return dsv_fail(DSV_EUSAGE, "'%s' is no guideline id", id);
	path = dsv_strf(FOLDER "%s.md", id);
	dsv_document_name(version, path, &name);
	rc = dsv_document_read(repo, version, path, DSV_GUIDELINE_MAX, &text);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return not_found(repo, version, id, dsv_buf_str(&name));
	rc = dsv_guideline_parse(&guideline, text.data, text.len,
				 dsv_buf_str(&name));
	if (rc < 0)
		return rc;
	if (strcmp(guideline.id, id) != 0)
		return dsv_fail(DSV_ESYNTAX,
				"%s: the front matter says id '%s'",
				dsv_buf_str(&name), guideline.id);
	*out = guideline;
	guideline = (struct dsv_guideline)DSV_GUIDELINE_INIT;
	return 0;
}

void dsv_guideline_release(struct dsv_guideline *guideline)
{
	free(guideline->id);
	free(guideline->path);
	free(guideline->version);
	free(guideline->status);
	free(guideline->effective);
	*guideline = (struct dsv_guideline)DSV_GUIDELINE_INIT;
}
