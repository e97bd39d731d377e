#include <dsv/guideline_lint.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/map.h"
#include "govern/guideline_findings.h"

/* Names of a table, each with its line; of the doubled ones the first. */
static void note_name(struct dsv_map *map, const char *name, unsigned line)
{
	struct dsv_map_entry *entry = dsv_map_put(map, name, strlen(name));

	if (!entry->value)
		entry->value = line;
}

static bool knows(const struct dsv_map *map, const char *name)
{
	return dsv_map_get(map, name, strlen(name)) != NULL;
}

static const char *nearest(const struct dsv_map *map, const char *name)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;

	for (size_t i = 0; i < map->n; i++)
		dsv_strlist_add(&names, map->entries[i].key);
	near = dsv_nearest(name, &names);
	return near ? dsv_map_get(map, near, strlen(near))->key : NULL;
}

/* What a guideline names, and where; labels that examples are of. */
struct names {
	struct dsv_map labels;
	struct dsv_map folded; /* labels in any case and blanks */
	struct dsv_map rules;
	struct dsv_map shown; /* labels of examples */
	struct dsv_map used;  /* rules of examples */
};

static void names_release(struct names *names)
{
	dsv_map_release(&names->labels);
	dsv_map_release(&names->folded);
	dsv_map_release(&names->rules);
	dsv_map_release(&names->shown);
	dsv_map_release(&names->used);
}

static void check_doubled(struct dsv_guideline_lint *out, struct dsv_map *map,
			  const char *name, unsigned line, bool is_label)
{
	const struct dsv_map_entry *known =
		dsv_map_get(map, name, strlen(name));

	if (known) {
		dsv_finding_error(out,
				  is_label ? "label-doubled" : "rule-doubled",
				  line, "%s '%s' stands on line %u too",
				  is_label ? "label" : "rule", name,
				  (unsigned)known->value);
		dsv_finding_hint(out, "keep one of the two rows");
	}
	note_name(map, name, line);
}

static void check_similar(struct dsv_guideline_lint *out, struct names *names,
			  const struct dsv_rules_label *label)
{
	struct dsv_buf fold DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_map_entry *known;

	dsv_guideline_fold(label->label, &fold);
	known = dsv_map_get(&names->folded, dsv_buf_str(&fold), fold.len);
	if (known && !knows(&names->labels, label->label)) {
		dsv_finding_warn(out, "label-similar", label->line,
				 "label '%s' differs from that of line %u in "
				 "case or blanks alone",
				 label->label, (unsigned)known->value);
		dsv_finding_hint(out, "give one of them another name");
	}
	note_name(&names->folded, dsv_buf_str(&fold), label->line);
}

static void gather(struct dsv_guideline_lint *out,
		   const struct dsv_rules *rules, struct names *names)
{
	for (size_t i = 0; i < rules->n_labels; i++) {
		check_similar(out, names, &rules->labels[i]);
		check_doubled(out, &names->labels, rules->labels[i].label,
			      rules->labels[i].line, true);
	}
	for (size_t i = 0; i < rules->n_rules; i++)
		check_doubled(out, &names->rules, rules->rules[i].rule,
			      rules->rules[i].line, false);
	for (size_t i = 0; i < rules->n_examples; i++) {
		note_name(&names->shown, rules->examples[i].label,
			  rules->examples[i].line);
		note_name(&names->used, rules->examples[i].rule,
			  rules->examples[i].line);
	}
}

static void check_labels(struct dsv_guideline_lint *out,
			 const struct dsv_guideline_text *text,
			 const struct names *names)
{
	const struct dsv_rules *rules = &text->rules;

	if (!rules->n_labels) {
		dsv_finding_warn(out, "labels-missing",
				 dsv_guideline_line_of(text, "id"),
				 "no table of labels");
		dsv_finding_hint(out, "add a table with the columns label and "
				      "definition");
	}
	for (size_t i = 0; i < rules->n_labels; i++) {
		const struct dsv_rules_label *label = &rules->labels[i];

		if (!*label->definition) {
			dsv_finding_error(out, "label-definition", label->line,
					  "label '%s' has no definition",
					  label->label);
			dsv_finding_hint(out, "say in one sentence what is "
					      "labelled so");
		}
		if (!knows(&names->shown, label->label)) {
			dsv_finding_error(out, "label-example", label->line,
					  "label '%s' has no example",
					  label->label);
			dsv_finding_hint(out, "add a row to the table of "
					      "examples");
		}
	}
}

/* A reference to a label or a rule that is not there. */
static void check_name(struct dsv_guideline_lint *out, const char *check,
		       const struct dsv_map *known,
		       const struct dsv_guideline_side *row, const char *name)
{
	bool is_rule = strcmp(check, "example-rule") == 0;
	const char *what = is_rule ? "rule" : "label";
	const char *near;

	if (knows(known, name))
		return;
	if (!*name)
		dsv_finding_error(out, check, row->line,
				  "example '%.60s' has no %s", row->name, what);
	else
		dsv_finding_error(out, check, row->line,
				  "%s '%.60s' names the %s '%s', which is not "
				  "there",
				  strcmp(check, "rule-label") ? "example"
							      : "rule",
				  row->name, what, name);
	near = nearest(known, name);
	if (near)
		dsv_finding_hint(out, "did you mean '%s'?", near);
	else
		dsv_finding_hint(out, "add it to the table of %ss", what);
}

static void check_rules(struct dsv_guideline_lint *out,
			const struct dsv_rules *rules,
			const struct names *names)
{
	for (size_t i = 0; i < rules->n_rules; i++) {
		const struct dsv_rules_rule *rule = &rules->rules[i];
		struct dsv_guideline_side row = {.name = rule->rule,
						 .line = rule->line};

		if (*rule->label && rules->n_labels)
			check_name(out, "rule-label", &names->labels, &row,
				   rule->label);
		if (!*rule->when)
			dsv_finding_warn(out, "rule-when", rule->line,
					 "rule '%s' does not say when",
					 rule->rule);
		if (!knows(&names->used, rule->rule)) {
			dsv_finding_warn(out, "rule-example", rule->line,
					 "rule '%s' has no example",
					 rule->rule);
			dsv_finding_hint(out, "add one, so that the rule can "
					      "be tested");
		}
	}
}

/* The same example above, with the same answer or another. */
static void check_twice(struct dsv_guideline_lint *out,
			const struct dsv_rules *rules, size_t at,
			struct dsv_map *seen)
{
	const struct dsv_rules_example *example = &rules->examples[at];
	const struct dsv_rules_example *first;
	struct dsv_buf fold DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_map_entry *entry;

	dsv_guideline_fold(example->example, &fold);
	entry = dsv_map_put(seen, dsv_buf_str(&fold), fold.len);
	if (!entry->value) {
		entry->value = at + 1;
		return;
	}
	first = &rules->examples[entry->value - 1];
	if (strcmp(first->label, example->label) != 0) {
		dsv_finding_error(out, "example-answers", example->line,
				  "example '%.60s' is '%s' here and '%s' on "
				  "line %u",
				  example->example, example->label,
				  first->label, first->line);
		dsv_finding_hint(out, "decide for one answer");
		return;
	}
	dsv_finding_warn(out, "example-doubled", example->line,
			 "example '%.60s' stands on line %u too",
			 example->example, first->line);
}

static void check_examples(struct dsv_guideline_lint *out,
			   const struct dsv_rules *rules,
			   const struct names *names)
{
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;

	for (size_t i = 0; i < rules->n_examples; i++) {
		const struct dsv_rules_example *example = &rules->examples[i];
		struct dsv_guideline_side row = {.name = example->example,
						 .line = example->line};

		if (rules->n_labels || !*example->label)
			check_name(out, "example-label", &names->labels, &row,
				   example->label);
		if (*example->rule)
			check_name(out, "example-rule", &names->rules, &row,
				   example->rule);
		check_twice(out, rules, i, &seen);
	}
}

static void check_effective(struct dsv_guideline_lint *out,
			    const struct dsv_guideline_text *text,
			    int64_t now_s)
{
	struct dsv_buf today DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *effective = text->front.effective;

	if (strcmp(text->front.status, "active") != 0)
		return;
	dsv_add_date(&today, now_s, 0);
	if (!effective) {
		dsv_finding_warn(out, "effective",
				 dsv_guideline_line_of(text, "status"),
				 "active, but it does not say since when");
		dsv_finding_hint(out, "add 'effective: %s'",
				 dsv_buf_str(&today));
	} else if (strcmp(effective, dsv_buf_str(&today)) > 0) {
		dsv_finding_warn(out, "effective",
				 dsv_guideline_line_of(text, "effective"),
				 "active, but effective from %s on only",
				 effective);
		dsv_finding_hint(out, "let it be a draft until then");
	}
}

void dsv_guideline_lint_text(struct dsv_guideline_lint *out,
			     const struct dsv_guideline_text *text,
			     int64_t now_s)
{
	struct names names = {.labels = DSV_MAP_INIT};

	free(out->version);
	out->version = dsv_strdup(text->front.version);
	gather(out, &text->rules, &names);
	check_labels(out, text, &names);
	check_rules(out, &text->rules, &names);
	check_examples(out, &text->rules, &names);
	check_effective(out, text, now_s);
	dsv_guideline_lint_words(out, text);
	names_release(&names);
	dsv_findings_sort(out);
}

/* The recorded error "<name>:<line>: <fault>" as a finding. */
static void take_fault(struct dsv_guideline_lint *out)
{
	const char *message = dsv_error_message();
	const char *at = strstr(message, ".md:");
	unsigned line = 1;

	if (at) {
		char *end;
		unsigned long n = strtoul(at + 4, &end, 10);

		if (end > at + 4) {
			line = (unsigned)n;
			at = end;
		} else {
			at += 3;
		}
		message = strncmp(at, ": ", 2) ? at : at + 2;
	}
	dsv_finding_error(out, "front-matter", line, "%s", message);
	dsv_finding_hint(out, "it needs id, version and status: see "
			      "dsv-guideline(1)");
	dsv_error_clear();
}

/* 1: there is one before, and it can be read. */
static int read_base(struct dsv_guideline_lint *out, struct dsv_repo *repo,
		     const struct dsv_version *base, const char *id,
		     struct dsv_guideline_text *text)
{
	int rc;

	if (base->at == DSV_AT_NOTHING)
		return 0;
	rc = dsv_guideline_text_read(text, repo, base, id);
	if (rc == DSV_ESYNTAX || rc == DSV_ERANGE) {
		dsv_finding_warn(out, "base", 1,
				 "the version before cannot be read: %s",
				 dsv_error_message());
		dsv_error_clear();
		return 0;
	}
	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	return rc < 0 ? rc : 1;
}

int dsv_guideline_lint(struct dsv_guideline_lint *out, struct dsv_repo *repo,
		       const struct dsv_version *version,
		       const struct dsv_version *base, const char *id)
{
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text before DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	int rc;

	rc = dsv_guideline_text_read(&text, repo, version, id);
	if (rc == DSV_ESYNTAX || rc == DSV_ERANGE) {
		take_fault(out);
		return 0;
	}
	if (rc < 0)
		return rc;
	dsv_guideline_lint_text(out, &text, dsv_now_s());
	rc = read_base(out, repo, base, id, &before);
	if (rc <= 0)
		return rc;
	dsv_guideline_lint_step(out, &before, &text);
	return 0;
}
