#ifndef DSV_RULES_H
#define DSV_RULES_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/repo.h>

/*
 * The tables of a guideline: what labels there are, by what rules they are
 * given, and examples with their answer (docs/formats/guideline.md).
 *
 *	| label | definition |
 *	|-------|------------|
 *	| spam  | sent to many, asked for by none |
 *
 * A table is known by the names in its header, in any case and order: labels
 * (label, definition), rules (rule, when, label), examples (example, label,
 * rule). Other columns and other tables are for people. Several tables of one
 * kind are read one after the other.
 *
 * Cells are the text that a reader sees, without marks: `spam` and **spam**
 * are spam.
 */
struct dsv_rules_label {
	char *label;
	char *definition;
	unsigned line; /* in the file, from 1 */
};

struct dsv_rules_rule {
	char *rule;
	char *when;
	char *label; /* "" where it names none */
	unsigned line;
};

struct dsv_rules_example {
	char *example;
	char *label;
	char *rule; /* "" where it names none */
	unsigned line;
};

struct dsv_rules {
	struct dsv_rules_label *labels;
	size_t n_labels;
	struct dsv_rules_rule *rules;
	size_t n_rules;
	struct dsv_rules_example *examples;
	size_t n_examples;
};

#define DSV_RULES_INIT \
	{              \
		0      \
	}

/** data is a whole guideline, front matter and all; the front matter's lines
 * count. Nothing in Markdown is ill-formed, so no table is no fault. */
void dsv_rules_parse(struct dsv_rules *out, const char *data, size_t len);
/** The guideline as it stands in a version. DSV_ENOTFOUND: there is none. */
int dsv_rules_read(struct dsv_rules *out, struct dsv_repo *repo,
		   const struct dsv_version *version, const char *id);
void dsv_rules_release(struct dsv_rules *rules);

DSV_AUTO_RELEASE(rules)

#endif
