#include "govern/decisions.h"

#include <stdio.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/yaml.h"
#include "base/yaml_read.h"
#include "dataset/definition_lines.h"
#include "dataset/document.h"
#include "dataset/yaml_text.h"

void dsv_decisions_release(struct dsv_decisions *decisions)
{
	dsv_map_release(&decisions->by_id);
}

bool dsv_finding_id_ok(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n == DSV_FINDING_HEX - 1 && !text[n];
}

/* A date of the calendar, so far as its form tells. */
static bool is_date(const char *text)
{
	unsigned year, month, day;
	int n = 0;

	return strlen(text) == 10 &&
	       sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &n) == 3 &&
	       n == 10 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* The text of a member, NULL where it is not there. */
static int read_text(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		     const char *name, const char **out)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, name);

	*out = NULL;
	if (!node)
		return 0;
	if (node->kind != DSV_YAML_TEXT || node->len == 0)
		return dsv_yaml_fail(doc, node, "'%s' must be text", name);
	*out = node->text;
	return 0;
}

static int check_members(const struct dsv_yaml_doc *doc,
			 const struct dsv_yaml *map,
			 enum dsv_scan_decision decision)
{
	const char *reason, *by, *date;
	int rc;

	if ((rc = read_text(doc, map, "reason", &reason)) < 0 ||
	    (rc = read_text(doc, map, "by", &by)) < 0 ||
	    (rc = read_text(doc, map, "date", &date)) < 0)
		return rc;
	if (!by)
		return dsv_yaml_fail(doc, map, "'by' is missing");
	if (decision == DSV_SCAN_ACCEPTED && !reason)
		return dsv_yaml_fail(doc, map,
				     "to accept a finding needs a 'reason'");
	if (date && !is_date(date))
		return dsv_yaml_fail(doc, dsv_yaml_get(map, "date"),
				     "'%s' is no date like 2025-03-01", date);
	return 0;
}

static int fail_word(const struct dsv_yaml_doc *doc,
		     const struct dsv_yaml *node, const char *word)
{
	int rc = dsv_yaml_fail(doc, node, "'%s' is no decision", word);

	return dsv_hint(rc, "a decision is false-positive, redacted or "
			    "accepted");
}

static int read_entry(struct dsv_decisions *out, const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *map)
{
	static const char *const names[] = {"finding", "decision", "reason",
					    "by",      "date",	   NULL};
	enum dsv_scan_decision decision;
	const char *id, *word;
	struct dsv_map_entry *entry;
	int rc;

	if (map->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, map, "a decision must be a map");
	if ((rc = dsv_yaml_only(doc, map, names)) < 0 ||
	    (rc = read_text(doc, map, "finding", &id)) < 0 ||
	    (rc = read_text(doc, map, "decision", &word)) < 0)
		return rc;
	if (!id || !word)
		return dsv_yaml_fail(doc, map, "'%s' is missing",
				     id ? "decision" : "finding");
	if (!dsv_finding_id_ok(id))
		return dsv_yaml_fail(doc, dsv_yaml_get(map, "finding"),
				     "'%s' is no finding: 16 digits 0-9a-f",
				     id);
	if (!dsv_scan_decision_parse(word, &decision))
		return fail_word(doc, dsv_yaml_get(map, "decision"), word);
	rc = check_members(doc, map, decision);
	if (rc < 0)
		return rc;
	entry = dsv_map_put(&out->by_id, id, strlen(id));
	if (entry->value)
		return dsv_yaml_fail(doc, map, "finding '%s' stands twice", id);
	entry->value = decision;
	return 0;
}

static int read_all(struct dsv_decisions *out, const struct dsv_yaml_doc *doc)
{
	static const char *const names[] = {"version", "decisions", NULL};
	const struct dsv_yaml *root = dsv_yaml_root(doc);
	const struct dsv_yaml *list;
	int rc;

	if (root->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, root, "must be a map");
	rc = dsv_yaml_only(doc, root, names);
	if (rc == 0)
		rc = dsv_yaml_version_1(doc, root);
	list = dsv_yaml_get(root, "decisions");
	if (rc < 0 || !list || (list->kind == DSV_YAML_TEXT && list->len == 0))
		return rc;
	if (list->kind != DSV_YAML_LIST)
		return dsv_yaml_fail(doc, list, "'decisions' must be a list");
	for (size_t i = 0; i < list->n && rc == 0; i++)
		rc = read_entry(out, doc, &list->items[i]);
	return rc;
}

int dsv_decisions_parse(struct dsv_decisions *out, const char *data, size_t len,
			const char *name)
{
	struct dsv_decisions read DSV_AUTO(decisions) = DSV_DECISIONS_INIT;
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	int rc = dsv_yaml_parse(&doc, data, len, name);

	if (rc == 0)
		rc = read_all(&read, doc);
	if (rc < 0)
		return rc;
	*out = read;
	read = (struct dsv_decisions)DSV_DECISIONS_INIT;
	return 0;
}

int dsv_decisions_read(struct dsv_decisions *out, struct dsv_repo *repo,
		       const struct dsv_version *version)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_document_read(repo, version, DSV_SCAN_PATH,
				   DSV_DECISIONS_MAX, &text);

	if (rc <= 0) {
		*out = (struct dsv_decisions)DSV_DECISIONS_INIT;
		return rc;
	}
	dsv_document_name(version, DSV_SCAN_PATH, &name);
	return dsv_decisions_parse(out, dsv_buf_str(&text), text.len,
				   dsv_buf_str(&name));
}

enum dsv_scan_decision dsv_decisions_of(const struct dsv_decisions *decisions,
					const char *id)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(&decisions->by_id, id, strlen(id));

	return entry ? (enum dsv_scan_decision)entry->value
		     : DSV_SCAN_UNDECIDED;
}

/* Edits. */

static bool is_decided(const struct dsv_decisions *decisions, const char *id)
{
	return dsv_decisions_of(decisions, id) != DSV_SCAN_UNDECIDED;
}

static const struct dsv_item_kind kind = {DSV_SCAN_PATH, "decisions",
					  "finding"};

static int cannot_edit(void)
{
	dsv_fail(DSV_EUNSUPPORTED, "'%s' cannot be edited as it is written",
		 DSV_SCAN_PATH);
	return dsv_hint(DSV_EUNSUPPORTED,
			"write its decisions as '  - finding: ...', one entry "
			"a line, or edit it by hand");
}

/* Its members with their values, as they are written; false: not UTF-8. */
static bool add_member(struct dsv_buf *out, size_t indent, const char *name,
		       const char *value)
{
	if (!value)
		return true;
	dsv_buf_addf(out, "%*s%s: ", (int)indent, "", name);
	if (!dsv_yaml_add_scalar(out, value, true))
		return false;
	dsv_buf_addch(out, '\n');
	return true;
}

static int add_block(struct dsv_buf *out, size_t indent,
		     const struct dsv_decision_entry *entry)
{
	dsv_buf_addf(out, "%*s- finding: %s\n", (int)indent, "",
		     entry->finding);
	dsv_buf_addf(out, "%*sdecision: %s\n", (int)indent + 2, "",
		     dsv_scan_decision_name(entry->decision));
	if (!add_member(out, indent + 2, "reason", entry->reason) ||
	    !add_member(out, indent + 2, "by", entry->by))
		return dsv_fail(DSV_EUSAGE,
				"a reason or name that is not UTF-8 cannot be "
				"written to '%s'",
				DSV_SCAN_PATH);
	dsv_buf_addf(out, "%*sdate: %s\n", (int)indent + 2, "", entry->date);
	return 0;
}

/* In place of the lines that an item has; comments around it stay. */
static void replace(struct dsv_buf *text, const struct dsv_item *item,
		    const struct dsv_buf *block)
{
	size_t end = item->end;

	while (end > item->first + 1 && dsv_text_is_idle(text, end - 1, false))
		end--;
	dsv_text_splice(text, dsv_text_line(text, item->first),
			dsv_text_line(text, end), block->data, block->len);
}

static int replace_one(struct dsv_buf *text,
		       const struct dsv_decision_entry *entry)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	struct dsv_buf block DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_item_find(&item, text, &kind, entry->finding);

	if (rc < 0)
		return rc;
	if (!item.map || dsv_text_first(text, item.first) != '-')
		return cannot_edit();
	rc = add_block(&block, dsv_item_new_indent(text, &item), entry);
	if (rc == 0)
		replace(text, &item, &block);
	return rc;
}

/* Those that are new, behind the last, in one go. */
static int append(struct dsv_buf *text, const struct dsv_decisions *before,
		  const struct dsv_decision_entry *entries, size_t n)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	struct dsv_buf block DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_item_find(&item, text, &kind, "");

	for (size_t i = 0; i < n && rc == 0; i++)
		if (!is_decided(before, entries[i].finding))
			rc = add_block(&block, dsv_item_new_indent(text, &item),
				       &entries[i]);
	if (rc == 0 && block.len > 0)
		dsv_item_append(text, &item, &kind, block.data);
	return rc;
}

static int edit(struct dsv_buf *text, const struct dsv_decisions *before,
		const struct dsv_decision_entry *entries, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		if (is_decided(before, entries[i].finding))
			rc = replace_one(text, &entries[i]);
	return rc < 0 ? rc : append(text, before, entries, n);
}

/* What there must be after an edit. */
static void expect(struct dsv_map *out, const struct dsv_decisions *before,
		   const struct dsv_decision_entry *entries, size_t n)
{
	for (size_t i = 0; i < before->by_id.n; i++) {
		const struct dsv_map_entry *old = &before->by_id.entries[i];

		dsv_map_put(out, old->key, old->key_len)->value = old->value;
	}
	for (size_t i = 0; i < n; i++)
		dsv_map_put(out, entries[i].finding, strlen(entries[i].finding))
			->value = entries[i].decision;
}

static bool is_as_expected(const struct dsv_decisions *after,
			   const struct dsv_map *expected)
{
	if (after->by_id.n != expected->n)
		return false;
	for (size_t i = 0; i < expected->n; i++)
		if (dsv_decisions_of(after, expected->entries[i].key) !=
		    (enum dsv_scan_decision)expected->entries[i].value)
			return false;
	return true;
}

int dsv_decisions_put(struct dsv_buf *text,
		      const struct dsv_decision_entry *entries, size_t n)
{
	struct dsv_decisions before DSV_AUTO(decisions) = DSV_DECISIONS_INIT;
	struct dsv_decisions after DSV_AUTO(decisions) = DSV_DECISIONS_INIT;
	struct dsv_map expected DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_buf edited DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	if (text->len > 0)
		rc = dsv_decisions_parse(&before, text->data, text->len,
					 DSV_SCAN_PATH);
	dsv_buf_reserve(&edited, 1);
	dsv_buf_add(&edited, dsv_buf_str(text), text->len);
	if (rc == 0)
		rc = edit(&edited, &before, entries, n);
	if (rc < 0)
		return rc;
	/* what was written is read again: an edit that did anything else is
	 * none */
	expect(&expected, &before, entries, n);
	if (dsv_decisions_parse(&after, dsv_buf_str(&edited), edited.len,
				DSV_SCAN_PATH) < 0 ||
	    !is_as_expected(&after, &expected))
		return cannot_edit();
	dsv_buf_swap(text, &edited);
	return 0;
}
