#include <dsv/policy.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/yaml.h"
#include "base/yaml_read.h"
#include "dataset/document.h"
#include "govern/requirement.h"
#include "repo/glob.h"

static const char *const root_keys[] = {"version", "targets", NULL};

struct parse {
	const struct dsv_yaml_doc *doc;
	struct dsv_policy *policy;
};

/* "- audit: {...}": a map of one name. */
static int read_requirement(const struct parse *in, const struct dsv_yaml *item,
			    struct dsv_requirement *out)
{
	if (item->kind != DSV_YAML_MAP || item->n != 1)
		return dsv_yaml_fail(in->doc, item,
				     "a requirement is one name and its words, "
				     "such as 'scan: {undecided: 0}'");
	return dsv_requirement_read(in->doc, &item->items[0], out);
}

/* Two of these would leave open which one holds. */
static int check_once(const struct parse *in, const struct dsv_yaml *item,
		      const struct dsv_policy_target *target)
{
	const struct dsv_requirement *last = &target->items[target->n - 1];

	if (last->kind != DSV_REQUIRES_GOVERNANCE &&
	    last->kind != DSV_REQUIRES_OVERRIDE)
		return 0;
	for (size_t i = 0; i + 1 < target->n; i++) {
		if (target->items[i].kind == last->kind)
			return dsv_yaml_fail(in->doc, item,
					     "'%s' stands on line %u too",
					     dsv_requires_name(last->kind),
					     target->items[i].line);
	}
	return 0;
}

static int read_target(const struct parse *in, const struct dsv_yaml *node)
{
	struct dsv_policy *policy = in->policy;
	struct dsv_policy_target *target =
		&policy->targets[policy->n_targets++];
	int rc;

	target->pattern = dsv_strdup(node->name);
	target->line = node->name_line;
	if (node->kind != DSV_YAML_LIST)
		return dsv_yaml_fail(in->doc, node,
				     "'%s' must be a list of requirements",
				     node->name);
	target->items = dsv_alloc_zero(node->n + 1, sizeof(*target->items));
	for (size_t i = 0; i < node->n; i++) {
		rc = read_requirement(in, &node->items[i],
				      &target->items[target->n++]);
		if (rc < 0)
			return rc;
		rc = check_once(in, &node->items[i], target);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int read_targets(const struct parse *in, const struct dsv_yaml *root)
{
	const struct dsv_yaml *node = dsv_yaml_get(root, "targets");
	int rc;

	if (!node)
		return dsv_yaml_fail(in->doc, root,
				     "a policy without "
				     "'targets'");
	if (node->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(in->doc, node,
				     "'targets' must be a map of branches");
	in->policy->targets =
		dsv_alloc_zero(node->n + 1, sizeof(*in->policy->targets));
	for (size_t i = 0; i < node->n; i++) {
		rc = read_target(in, &node->items[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int dsv_policy_parse(struct dsv_policy *out, const char *data, size_t len,
		     const char *name)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	const struct dsv_yaml *root;
	struct parse in = {.policy = &policy};
	int rc;

	rc = dsv_yaml_parse(&doc, data, len, name);
	if (rc < 0)
		return rc;
	in.doc = doc;
	root = dsv_yaml_root(doc);
	if (root->kind != DSV_YAML_MAP || root->n == 0)
		return dsv_yaml_fail(doc, root,
				     "a policy must be a map with "
				     "'version' and 'targets'");
	if ((rc = dsv_yaml_only(doc, root, root_keys)) < 0 ||
	    (rc = dsv_yaml_version_1(doc, root)) < 0 ||
	    (rc = read_targets(&in, root)) < 0)
		return rc;
	policy.exists = true;
	dsv_id_of(data, len, &policy.digest);
	*out = policy;
	policy = (struct dsv_policy)DSV_POLICY_INIT;
	return 0;
}

int dsv_policy_read(struct dsv_policy *out, struct dsv_repo *repo,
		    const struct dsv_version *version)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_document_read(repo, version, DSV_POLICY_PATH, DSV_POLICY_MAX,
			       &text);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		*out = (struct dsv_policy)DSV_POLICY_INIT;
		return 0;
	}
	dsv_document_name(version, DSV_POLICY_PATH, &name);
	return dsv_policy_parse(out, text.data, text.len, dsv_buf_str(&name));
}

void dsv_policy_release(struct dsv_policy *policy)
{
	for (size_t i = 0; i < policy->n_targets; i++) {
		struct dsv_policy_target *target = &policy->targets[i];

		free(target->pattern);
		for (size_t j = 0; j < target->n; j++)
			dsv_requirement_release(&target->items[j]);
		free(target->items);
	}
	free(policy->targets);
	*policy = (struct dsv_policy)DSV_POLICY_INIT;
}

const struct dsv_policy_target *dsv_policy_for(const struct dsv_policy *policy,
					       const char *branch)
{
	for (size_t i = 0; i < policy->n_targets; i++) {
		if (dsv_glob_match(policy->targets[i].pattern, branch,
				   DSV_GLOB_PATH))
			return &policy->targets[i];
	}
	return NULL;
}
