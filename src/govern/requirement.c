#include "govern/requirement.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/yaml_read.h"

#define COUNT_MAX   100u	  /* persons */
#define RECORDS_MAX 1000000000u	  /* of a sample, of a label */
#define DAYS_MAX    (100u * 366u) /* of max_age */
#define DAY_S	    86400u

static const char *const names[DSV_REQUIRES_KINDS] = {
	[DSV_REQUIRES_SIGNOFF] = "sign-off",
	[DSV_REQUIRES_AUDIT] = "audit",
	[DSV_REQUIRES_GUIDELINE] = "guideline",
	[DSV_REQUIRES_LABELS] = "labels",
	[DSV_REQUIRES_DISJOINT] = "disjoint",
	[DSV_REQUIRES_SCAN] = "scan",
	[DSV_REQUIRES_GOVERNANCE] = "governance",
	[DSV_REQUIRES_OVERRIDE] = "override",
};

/* The words that each kind knows; the first one must stand there. */
static const char *const words[DSV_REQUIRES_KINDS][10] = {
	[DSV_REQUIRES_SIGNOFF] = {"role", "count", "not_author", "checklist",
				  "max_age", "datasets"},
	[DSV_REQUIRES_AUDIT] = {"sample", "of", "accuracy_lower", "confidence",
				"raters", "kappa", "role", "datasets"},
	[DSV_REQUIRES_GUIDELINE] = {"active", "labels_subset", "stale",
				    "datasets"},
	[DSV_REQUIRES_LABELS] = {"each_at_least", "drop_at_most", "datasets"},
	[DSV_REQUIRES_DISJOINT] = {"datasets"},
	[DSV_REQUIRES_SCAN] = {"undecided", "datasets"},
	[DSV_REQUIRES_GOVERNANCE] = {"role", "count", "not_author"},
	[DSV_REQUIRES_OVERRIDE] = {"role", "count", "not_author"},
};

const char *dsv_requires_name(enum dsv_requires kind)
{
	return kind < DSV_REQUIRES_KINDS ? names[kind] : "data";
}

void dsv_requirement_release(struct dsv_requirement *requirement)
{
	dsv_strlist_release(&requirement->datasets);
	free(requirement->role);
	free(requirement->checklist);
	*requirement = (struct dsv_requirement){0};
}

bool dsv_requirement_means(const struct dsv_requirement *requirement,
			   const char *dataset)
{
	return requirement->datasets.n == 0 ||
	       dsv_strlist_find(&requirement->datasets, dataset) >= 0;
}

static int read_kind(const struct dsv_yaml_doc *doc,
		     const struct dsv_yaml *node, enum dsv_requires *out)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;
	int rc;

	for (size_t i = 0; i < DSV_REQUIRES_KINDS; i++) {
		if (strcmp(names[i], node->name) == 0) {
			*out = (enum dsv_requires)i;
			return 0;
		}
		dsv_strlist_add(&known, names[i]);
	}
	near = dsv_nearest(node->name, &known);
	rc = dsv_yaml_fail(doc, node, "requirement '%s' is not known",
			   node->name);
	return near ? dsv_hint(rc, "did you mean '%s'?", near) : rc;
}

/* "0.95" or "95%": digits, one point at most, so that no locale, exponent or
 * NaN comes in. */
static bool parse_share(const char *text, double *out)
{
	size_t digits = strspn(text, "0123456789");
	size_t more = 0;
	const char *rest = text + digits;

	if (*rest == '.') {
		more = strspn(rest + 1, "0123456789");
		rest += 1 + more;
	}
	if (digits + more == 0 || digits + more > 15)
		return false;
	*out = 0;
	for (const char *at = text; at < rest; at++) {
		if (*at != '.')
			*out = *out * 10 + (*at - '0');
	}
	for (size_t i = 0; i < more; i++)
		*out /= 10;
	if (strcmp(rest, "%") == 0)
		*out /= 100;
	else if (*rest)
		return false;
	return *out <= 1;
}

static int read_share(const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *map, const char *key, double *out)
{
	const struct dsv_yaml *node;
	int rc = dsv_yaml_find_text(doc, map, key, &node);

	if (rc <= 0)
		return rc;
	if (!parse_share(node->text, out))
		return dsv_yaml_fail(doc, node,
				     "'%s' must be a share from \"0\" to "
				     "\"1\", such as \"0.95\" or \"95%%\", not "
				     "'%s'",
				     key, node->text);
	return 0;
}

/* "90d", "12w". */
static int read_age(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		    uint64_t *out)
{
	const struct dsv_yaml *node;
	uint64_t n;
	int rc = dsv_yaml_find_text(doc, map, "max_age", &node);

	if (rc <= 0)
		return rc;
	if (node->len > 1 && dsv_parse_u64(node->text, node->len - 1, &n) &&
	    n > 0 && n <= DAYS_MAX) {
		*out = n * DAY_S;
		if (node->text[node->len - 1] == 'd')
			return 0;
		*out *= 7;
		if (node->text[node->len - 1] == 'w' && n <= DAYS_MAX / 7)
			return 0;
	}
	return dsv_yaml_fail(doc, node,
			     "'max_age' must be days or weeks, such as 90d or "
			     "12w, not '%s'",
			     node->text);
}

static int read_of(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		   bool *out_all)
{
	const struct dsv_yaml *node;
	int rc = dsv_yaml_find_text(doc, map, "of", &node);

	if (rc <= 0)
		return rc;
	*out_all = strcmp(node->text, "all") == 0;
	if (*out_all || strcmp(node->text, "changed") == 0)
		return 0;
	return dsv_yaml_fail(doc, node, "'of' must be changed or all, not '%s'",
			     node->text);
}

static int read_numbers(const struct dsv_yaml_doc *doc,
			const struct dsv_yaml *map, struct dsv_requirement *out)
{
	static const struct dsv_yaml_range persons = {1, COUNT_MAX};
	static const struct dsv_yaml_range records = {0, RECORDS_MAX};
	static const struct dsv_yaml_range some = {1, RECORDS_MAX};
	int rc;

	if ((rc = dsv_yaml_read_u64(doc, map, "count", &persons, &out->count)) <
		    0 ||
	    (rc = dsv_yaml_read_u64(doc, map, "raters", &persons,
				    &out->raters)) < 0 ||
	    (rc = dsv_yaml_read_u64(doc, map, "sample", &some, &out->sample)) <
		    0 ||
	    (rc = dsv_yaml_read_u64(doc, map, "stale", &records, &out->stale)) <
		    0 ||
	    (rc = dsv_yaml_read_u64(doc, map, "each_at_least", &records,
				    &out->each_at_least)) < 0)
		return rc;
	return dsv_yaml_read_u64(doc, map, "undecided", &records,
				 &out->undecided);
}

static int read_shares(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, struct dsv_requirement *out)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "confidence");
	int rc;

	if ((rc = read_share(doc, map, "accuracy_lower",
			     &out->accuracy_lower)) < 0 ||
	    (rc = read_share(doc, map, "confidence", &out->confidence)) < 0 ||
	    (rc = read_share(doc, map, "kappa", &out->kappa)) < 0 ||
	    (rc = read_share(doc, map, "drop_at_most", &out->drop_at_most)) < 0)
		return rc;
	if (out->confidence < 0.5 || out->confidence > 0.9999)
		return dsv_yaml_fail(doc, node,
				     "'confidence' must lie between 0.5 and "
				     "0.9999");
	return 0;
}

static int check_fit(const struct dsv_yaml_doc *doc,
		     const struct dsv_yaml *node,
		     const struct dsv_requirement *it)
{
	if (it->kind == DSV_REQUIRES_AUDIT && it->kappa >= -1 && it->raters < 2)
		return dsv_yaml_fail(doc, node,
				     "'kappa' needs two raters at least");
	if (it->kind == DSV_REQUIRES_DISJOINT && it->datasets.n < 2)
		return dsv_yaml_fail(doc, node,
				     "'disjoint' needs two datasets at least");
	return 0;
}

static int check_first(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *node, enum dsv_requires kind)
{
	if (kind == DSV_REQUIRES_GUIDELINE || kind == DSV_REQUIRES_LABELS) {
		if (node->n > 0)
			return 0;
		return dsv_yaml_fail(doc, node, "'%s' asks for nothing",
				     node->name);
	}
	if (dsv_yaml_get(node, words[kind][0]))
		return 0;
	return dsv_yaml_fail(doc, node, "'%s' without '%s'", node->name,
			     words[kind][0]);
}

static void set_defaults(struct dsv_requirement *out)
{
	out->count = 1;
	out->raters = 1;
	out->max_age_s = DSV_POLICY_UNSET;
	out->stale = DSV_POLICY_UNSET;
	out->each_at_least = DSV_POLICY_UNSET;
	out->accuracy_lower = -1;
	out->confidence = 0.95;
	out->kappa = -2;
	out->drop_at_most = -1;
}

int dsv_requirement_read(const struct dsv_yaml_doc *doc,
			 const struct dsv_yaml *node,
			 struct dsv_requirement *out)
{
	int rc;

	set_defaults(out);
	out->line = node->name_line;
	if ((rc = read_kind(doc, node, &out->kind)) < 0)
		return rc;
	if (node->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, node,
				     "'%s' must be a map, such as "
				     "{%s: ...}",
				     node->name, words[out->kind][0]);
	if ((rc = dsv_yaml_only(doc, node, words[out->kind])) < 0 ||
	    (rc = check_first(doc, node, out->kind)) < 0 ||
	    (rc = dsv_yaml_read_text(doc, node, "role", &out->role)) < 0 ||
	    (rc = dsv_yaml_read_text(doc, node, "checklist", &out->checklist)) <
		    0 ||
	    (rc = dsv_yaml_read_list(doc, node, "datasets", &out->datasets)) <
		    0 ||
	    (rc = dsv_yaml_read_bool(doc, node, "not_author",
				     &out->not_author)) < 0 ||
	    (rc = dsv_yaml_read_bool(doc, node, "active", &out->active)) < 0 ||
	    (rc = dsv_yaml_read_bool(doc, node, "labels_subset",
				     &out->labels_subset)) < 0 ||
	    (rc = read_age(doc, node, &out->max_age_s)) < 0 ||
	    (rc = read_of(doc, node, &out->of_all)) < 0 ||
	    (rc = read_numbers(doc, node, out)) < 0 ||
	    (rc = read_shares(doc, node, out)) < 0)
		return rc;
	return check_fit(doc, node, out);
}
