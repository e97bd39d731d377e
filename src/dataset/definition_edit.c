#include "dataset/definition_edit.h"

#include <string.h>

#include <dsv/error.h>

#include "dataset/definition_lines.h"
#include "dataset/yaml_text.h"

#define NAME DSV_DATASETS_PATH

static const struct dsv_item_kind kind = {NAME, "datasets", "name"};
static const char *const custom[] = {"name",   "files",	    "format",	 "key",
				     "labels", "annotator", "guideline", NULL};

static int cannot_edit(void)
{
	dsv_fail(DSV_EUNSUPPORTED, "'%s' cannot be edited as it is written",
		 NAME);
	return dsv_hint(DSV_EUNSUPPORTED,
			"write its datasets as '  - name: ...', one entry a "
			"line, or edit it by hand");
}

static void remove_member(struct dsv_buf *text, const struct dsv_item *item,
			  const struct dsv_yaml *member)
{
	size_t end = dsv_item_member_end(text, item, member);

	dsv_text_splice(text, dsv_text_line(text, member->name_line),
			dsv_text_line(text, end), "", 0);
}

/* value NULL: the member goes. */
static int set_member(struct dsv_buf *text, const char *name, const char *key,
		      const char *value)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	const struct dsv_yaml *member;
	int rc = dsv_item_find(&item, text, &kind, name);

	if (rc < 0)
		return rc;
	if (!item.map)
		return cannot_edit();
	member = dsv_yaml_get(item.map, key);
	if (member && value)
		dsv_item_replace(text, &item, member, value);
	else if (member)
		remove_member(text, &item, member);
	else if (value)
		dsv_item_insert(text, &item, custom, key, value);
	return 0;
}

static int not_utf8(const char *what)
{
	return dsv_fail(DSV_EUSAGE,
			"'%s': a name that is not UTF-8 cannot be "
			"written to " NAME,
			what);
}

static int set_list(struct dsv_buf *text, const char *name, const char *key,
		    const struct dsv_strlist *list)
{
	struct dsv_buf value DSV_AUTO(buf) = DSV_BUF_INIT;

	if (list->n == 0)
		return set_member(text, name, key, NULL);
	if (!dsv_yaml_add_list(&value, list, strcmp(key, "files") == 0))
		return not_utf8(key);
	return set_member(text, name, key, value.data);
}

static int set_text(struct dsv_buf *text, const char *name, const char *key,
		    const char *want)
{
	struct dsv_buf value DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!want)
		return set_member(text, name, key, NULL);
	if (!dsv_yaml_add_scalar(&value, want, false))
		return not_utf8(key);
	return set_member(text, name, key, value.data);
}

/* `files` with one pattern a line: the lines of the others stay. 1 done, 0 it
 * is not written so. */
static int set_file_lines(struct dsv_buf *text, const char *name,
			  const struct dsv_strlist *want)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	struct dsv_buf added DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_yaml *files;
	size_t last, at;
	int rc = dsv_item_find(&item, text, &kind, name);

	files = rc == 0 && item.map ? dsv_yaml_get(item.map, "files") : NULL;
	if (!files || files->n == 0 ||
	    files->items[0].line <= files->name_line ||
	    dsv_text_first(text, files->items[0].line) != '-')
		return rc;
	last = files->items[files->n - 1].line;
	at = dsv_text_line(text, last);
	for (size_t i = 0; i < want->n; i++) {
		bool there = false;

		for (size_t k = 0; k < files->n; k++)
			there = there || strcmp(files->items[k].text,
						want->items[i]) == 0;
		if (there)
			continue;
		dsv_buf_add(&added, text->data + at,
			    strcspn(text->data + at, "-"));
		dsv_buf_addstr(&added, "- ");
		if (!dsv_yaml_add_scalar(&added, want->items[i], true))
			return not_utf8("files");
		dsv_buf_addch(&added, '\n');
	}
	at = dsv_text_line(text, last + 1);
	dsv_text_splice(text, at, at, dsv_buf_str(&added), added.len);
	for (size_t k = files->n; k-- > 0;) {
		size_t line = files->items[k].line;

		if (dsv_strlist_find(want, files->items[k].text) < 0)
			dsv_text_splice(text, dsv_text_line(text, line),
					dsv_text_line(text, line + 1), "", 0);
	}
	return 1;
}

static int set_files(struct dsv_buf *text, const struct dsv_dataset *want)
{
	int rc = set_file_lines(text, want->name, &want->files);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	return set_list(text, want->name, "files", &want->files);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static int change(struct dsv_buf *text, const struct dsv_dataset *old,
		  const struct dsv_dataset *want)
{
	const char *name = want->name;
	int rc = 0;

	if (!dsv_strlist_equal(&old->files, &want->files))
		rc = set_files(text, want);
	if (rc == 0 && !same_text(old->format, want->format))
		rc = set_text(text, name, "format", want->format);
	if (rc == 0 && !dsv_strlist_equal(&old->key, &want->key))
		rc = set_list(text, name, "key", &want->key);
	if (rc == 0 && !dsv_strlist_equal(&old->labels, &want->labels))
		rc = set_list(text, name, "labels", &want->labels);
	if (rc == 0 && !same_text(old->annotator, want->annotator))
		rc = set_text(text, name, "annotator", want->annotator);
	if (rc == 0 && !same_text(old->guideline, want->guideline))
		rc = set_text(text, name, "guideline", want->guideline);
	return rc;
}

static bool add_block(struct dsv_buf *out, const struct dsv_dataset *want,
		      size_t indent)
{
	const struct {
		const char *key;
		const struct dsv_strlist *list;
		const char *text;
	} members[] = {
		{"files", &want->files, NULL},
		{"format", NULL, want->format},
		{"key", &want->key, NULL},
		{"labels", &want->labels, NULL},
		{"annotator", NULL, want->annotator},
		{"guideline", NULL, want->guideline},
	};

	dsv_buf_addf(out, "%*s- name: ", (int)indent, "");
	if (!dsv_yaml_add_scalar(out, want->name, false))
		return false;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct dsv_strlist *list = members[i].list;

		if (list ? list->n == 0 : !members[i].text)
			continue;
		dsv_buf_addf(out, "\n%*s%s: ", (int)indent + 2, "",
			     members[i].key);
		if (list ? !dsv_yaml_add_list(out, list, i == 0)
			 : !dsv_yaml_add_scalar(out, members[i].text, false))
			return false;
	}
	dsv_buf_addch(out, '\n');
	return true;
}

static int add(struct dsv_buf *text, const struct dsv_item *item,
	       const struct dsv_dataset *want)
{
	struct dsv_buf block DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!add_block(&block, want, dsv_item_new_indent(text, item)))
		return not_utf8(want->name);
	dsv_item_append(text, item, &kind, block.data);
	return 0;
}

static bool same_set(const struct dsv_dataset *a, const struct dsv_dataset *b)
{
	struct dsv_buf x DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf y DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_dataset_canonical(a, &x);
	dsv_dataset_canonical(b, &y);
	return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

static bool same_renames(const struct dsv_dataset *a,
			 const struct dsv_dataset *b)
{
	if (a->n_renamed != b->n_renamed)
		return false;
	for (size_t i = 0; i < a->n_renamed; i++) {
		if (strcmp(a->renamed[i].name, b->renamed[i].name) != 0 ||
		    !dsv_strlist_equal(&a->renamed[i].older,
				       &b->renamed[i].older))
			return false;
	}
	return true;
}

/* Is `now` what `before` was, but for the one dataset? want NULL: without. */
static bool is_as_wanted(const struct dsv_datasets *before,
			 const struct dsv_datasets *now, const char *name,
			 const struct dsv_dataset *want)
{
	size_t k = 0;

	for (size_t i = 0; i < before->n; i++) {
		const struct dsv_dataset *old = &before->items[i];
		bool is_it = strcmp(old->name, name) == 0;

		if (is_it && !want)
			continue;
		if (k >= now->n ||
		    !same_set(is_it ? want : old, &now->items[k]) ||
		    !same_renames(old, &now->items[k]))
			return false;
		k++;
	}
	if (want && !dsv_datasets_named(before, name))
		return k + 1 == now->n && same_set(want, &now->items[k]);
	return k == now->n;
}

static int finish(struct dsv_buf *text, struct dsv_buf *edited,
		  const struct dsv_datasets *before, const char *name,
		  const struct dsv_dataset *want)
{
	struct dsv_datasets now DSV_AUTO(datasets) = DSV_DATASETS_INIT;

	if (dsv_datasets_parse(&now, edited->data, edited->len, NAME) < 0 ||
	    !is_as_wanted(before, &now, name, want))
		return cannot_edit();
	dsv_buf_swap(text, edited);
	return 0;
}

int dsv_definition_put(struct dsv_buf *text, const struct dsv_dataset *want)
{
	struct dsv_datasets before DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_buf edited DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	const struct dsv_dataset *old;
	int rc;

	rc = dsv_datasets_parse(&before, dsv_buf_str(text), text->len, NAME);
	if (rc < 0)
		return rc;
	dsv_buf_add(&edited, dsv_buf_str(text), text->len);
	old = dsv_datasets_named(&before, want->name);
	rc = dsv_item_find(&item, &edited, &kind, want->name);
	if (rc == 0)
		rc = old ? change(&edited, old, want)
			 : add(&edited, &item, want);
	return rc < 0 ? rc : finish(text, &edited, &before, want->name, want);
}

int dsv_definition_drop(struct dsv_buf *text, const char *name)
{
	struct dsv_datasets before DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_buf edited DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	int rc;

	rc = dsv_datasets_parse(&before, dsv_buf_str(text), text->len, NAME);
	if (rc < 0)
		return rc;
	dsv_buf_add(&edited, dsv_buf_str(text), text->len);
	rc = dsv_item_find(&item, &edited, &kind, name);
	if (rc < 0)
		return rc;
	if (!item.map)
		return dsv_fail(DSV_ENOTFOUND, "dataset '%s' not found", name);
	dsv_text_splice(&edited, dsv_text_line(&edited, item.first),
			dsv_text_line(&edited, item.end), "", 0);
	if (item.list->n == 1) {
		size_t at = dsv_text_value(&edited, item.list);

		dsv_text_splice(&edited, at, at, " []", 3);
	}
	return finish(text, &edited, &before, name, NULL);
}
