#include <dsv/people.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/yaml_read.h"
#include "dataset/document.h"
#include "govern/people_check.h"

static const char *const root_names[] = {"version", "people", NULL};
static const char *const member_names[] = {"id",    "name", "emails",
					   "roles", "keys", NULL};

/* What is being read. */
struct parse {
	const struct dsv_yaml_doc *doc;
	const char *name; /* of the document */
	struct dsv_people *people;
};

bool dsv_email_ok(const char *email)
{
	return strchr(email, '@') && !email[strcspn(email, " \t\n\r\",*?!#")];
}

static const struct dsv_ssh_key *key_of(const struct dsv_member *who,
					const struct dsv_buf *blob)
{
	size_t i;

	for (i = 0; i < who->n_keys; i++)
		if (who->keys[i].blob.len == blob->len &&
		    !memcmp(who->keys[i].blob.data, blob->data, blob->len))
			return &who->keys[i];
	return NULL;
}

static int check_word(const struct parse *in, const struct dsv_yaml *node,
		      const char *what)
{
	if (dsv_dataset_name_ok(node->text))
		return 0;
	return dsv_yaml_fail(in->doc, node,
			     "'%s' is no %s: a-z, 0-9, '.', '_', '-', at most "
			     "64, the first a letter or digit",
			     node->text, what);
}

static int read_id(const struct parse *in, const struct dsv_yaml *map,
		   struct dsv_member *who)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "id");
	const struct dsv_member *other;
	int rc;

	if (!node)
		return dsv_yaml_fail(in->doc, map, "a person without 'id'");
	rc = dsv_yaml_need_text(in->doc, node);
	if (rc == 0)
		rc = check_word(in, node, "id");
	if (rc < 0)
		return rc;
	other = dsv_people_named(in->people, node->text);
	if (other)
		return dsv_yaml_fail(in->doc, node,
				     "'%s' stands in line %u already",
				     node->text, other->line);
	who->id = dsv_strdup(node->text);
	return 0;
}

static int read_name(const struct parse *in, const struct dsv_yaml *map,
		     struct dsv_member *who)
{
	const int rc = dsv_yaml_read_text(in->doc, map, "name", &who->name);

	if (rc == 0 && !who->name)
		who->name = dsv_strdup(who->id);
	return rc;
}

static int read_emails(const struct parse *in, const struct dsv_yaml *map,
		       struct dsv_member *who)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "emails");
	size_t i;
	int rc;

	rc = dsv_yaml_read_list(in->doc, map, "emails", &who->emails);
	for (i = 0; rc == 0 && i < who->emails.n; i++) {
		const char *email = who->emails.items[i];

		if (!dsv_email_ok(email))
			rc = dsv_yaml_fail(in->doc, &node->items[i],
					   "'%s' is no e-mail address", email);
	}
	return rc;
}

static int read_roles(const struct parse *in, const struct dsv_yaml *map,
		      struct dsv_member *who)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "roles");
	size_t i;
	int rc;

	rc = dsv_yaml_read_list(in->doc, map, "roles", &who->roles);
	for (i = 0; rc == 0 && i < who->roles.n; i++)
		rc = check_word(in, &node->items[i], "role");
	return rc;
}

static int doubled_key(const struct parse *in, const struct dsv_yaml *node,
		       const struct dsv_member *other,
		       const struct dsv_buf *blob)
{
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_ssh_key_fingerprint(blob, &print);
	return dsv_yaml_fail(in->doc, node,
			     "the key %s is %s's already (line %u)",
			     dsv_buf_str(&print), other->id,
			     dsv_member_key_line(other, blob));
}

static int read_key(const struct parse *in, const struct dsv_yaml *node,
		    struct dsv_member *who)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};
	const struct dsv_member *other;
	int rc;

	rc = dsv_ssh_key_parse(&key, node->text);
	if (rc < 0)
		return dsv_fail_prefix(rc == DSV_EUNSUPPORTED ? rc
							      : DSV_ESYNTAX,
				       "%s:%u", in->name, node->line);
	other = dsv_people_by_key(in->people, &key.blob);
	if (other)
		return doubled_key(in, node, other, &key.blob);
	key.line = node->line;
	who->keys[who->n_keys++] = key;
	memset(&key, 0, sizeof(key));
	return 0;
}

static int read_keys(const struct parse *in, const struct dsv_yaml *map,
		     struct dsv_member *who)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "keys");
	struct dsv_strlist texts DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	rc = dsv_yaml_read_list(in->doc, map, "keys", &texts);
	if (rc < 0 || !texts.n)
		return rc;
	who->keys = dsv_alloc_zero(texts.n, sizeof(*who->keys));
	for (i = 0; rc == 0 && i < texts.n; i++)
		rc = read_key(in, &node->items[i], who);
	return rc;
}

/* The one that is read counts among the people at once, so that a key which it
 * has twice is found as well. */
static int read_member(const struct parse *in, const struct dsv_yaml *map)
{
	struct dsv_member *who = &in->people->items[in->people->n];
	int rc;

	if (map->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(in->doc, map,
				     "a person must be a map: 'id: ...'");
	who->line = map->line;
	rc = dsv_yaml_only(in->doc, map, member_names);
	if (rc == 0)
		rc = read_id(in, map, who);
	if (rc < 0)
		return rc;
	in->people->n++;
	rc = read_name(in, map, who);
	if (rc == 0)
		rc = read_emails(in, map, who);
	if (rc == 0)
		rc = read_roles(in, map, who);
	return rc < 0 ? rc : read_keys(in, map, who);
}

static int read_people(const struct parse *in, const struct dsv_yaml *node)
{
	size_t i;
	int rc = 0;

	if (!node || (node->kind == DSV_YAML_TEXT && node->len == 0))
		return 0;
	if (node->kind != DSV_YAML_LIST)
		return dsv_yaml_fail(in->doc, node, "'people' must be a list");
	in->people->items =
		dsv_alloc_zero(node->n + 1, sizeof(*in->people->items));
	for (i = 0; rc == 0 && i < node->n; i++)
		rc = read_member(in, &node->items[i]);
	return rc;
}

int dsv_people_parse(struct dsv_people *out, const char *data, size_t len,
		     const char *name)
{
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	struct parse in = {.name = name, .people = &people};
	const struct dsv_yaml *root;
	int rc;

	rc = dsv_yaml_parse(&doc, data, len, name);
	if (rc < 0)
		return rc;
	in.doc = doc;
	root = dsv_yaml_root(doc);
	if (root->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, root, "must be a map");
	rc = dsv_yaml_only(doc, root, root_names);
	if (rc == 0)
		rc = dsv_yaml_version_1(doc, root);
	if (rc == 0)
		rc = read_people(&in, dsv_yaml_get(root, "people"));
	if (rc < 0)
		return rc;
	dsv_id_of(data, len, &people.digest);
	*out = people;
	people = (struct dsv_people)DSV_PEOPLE_INIT;
	return 0;
}

int dsv_people_read(struct dsv_people *out, struct dsv_repo *repo,
		    const struct dsv_version *version)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_document_read(repo, version, DSV_PEOPLE_PATH, DSV_PEOPLE_MAX,
			       &text);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		*out = (struct dsv_people)DSV_PEOPLE_INIT;
		return 0;
	}
	dsv_document_name(version, DSV_PEOPLE_PATH, &name);
	return dsv_people_parse(out, dsv_buf_str(&text), text.len,
				dsv_buf_str(&name));
}

static void member_release(struct dsv_member *who)
{
	size_t i;

	for (i = 0; i < who->n_keys; i++)
		dsv_ssh_key_release(&who->keys[i]);
	free(who->keys);
	free(who->id);
	free(who->name);
	dsv_strlist_release(&who->emails);
	dsv_strlist_release(&who->roles);
}

void dsv_people_release(struct dsv_people *people)
{
	size_t i;

	for (i = 0; i < people->n; i++)
		member_release(&people->items[i]);
	free(people->items);
	*people = (struct dsv_people)DSV_PEOPLE_INIT;
}

const struct dsv_member *dsv_people_named(const struct dsv_people *people,
					  const char *id)
{
	size_t i;

	for (i = 0; i < people->n; i++)
		if (strcmp(people->items[i].id, id) == 0)
			return &people->items[i];
	return NULL;
}

unsigned dsv_member_key_line(const struct dsv_member *who,
			     const struct dsv_buf *blob)
{
	const struct dsv_ssh_key *key = key_of(who, blob);

	return key ? key->line : who->line;
}

const struct dsv_member *dsv_people_by_key(const struct dsv_people *people,
					   const struct dsv_buf *blob)
{
	size_t i;

	for (i = 0; blob->len && i < people->n; i++)
		if (key_of(&people->items[i], blob))
			return &people->items[i];
	return NULL;
}

bool dsv_member_has_role(const struct dsv_member *member, const char *role)
{
	return dsv_strlist_find(&member->roles, role) >= 0;
}

size_t dsv_people_holding(const struct dsv_people *people, const char *role)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < people->n; i++)
		n += dsv_member_has_role(&people->items[i], role);
	return n;
}

int dsv_people_stranger(const struct dsv_people *people, const char *target,
			const struct dsv_ssh_key *key)
{
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_ssh_key_fingerprint(&key->blob, &print);
	if (people->n == 0)
		dsv_fail(DSV_EREFUSED,
			 "'%s' has no " DSV_PEOPLE_PATH
			 ": nobody can sign for it",
			 target);
	else
		dsv_fail(DSV_EREFUSED,
			 "nobody in the people of '%s' has the key %s", target,
			 dsv_buf_str(&print));
	return dsv_hint(DSV_EREFUSED,
			"enrol with 'dsv people add ID --role ROLE --key "
			"FILE.pub' and bring " DSV_PEOPLE_PATH " to '%s'; or "
			"name another key with --key",
			target);
}
