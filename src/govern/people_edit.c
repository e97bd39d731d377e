#include <dsv/people.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/definition_lines.h"
#include "dataset/document.h"
#include "dataset/yaml_text.h"
#include "govern/people_check.h"

/*
 * Edits of people.yaml as text: comments, order and style of all that is not
 * changed stay. Each is proved by reading the result: it must hold what was
 * wanted, and everybody else as before.
 */
static const struct dsv_item_kind kind = {DSV_PEOPLE_PATH, "people", "id"};
static const char *const custom[] = {"id",    "name", "emails",
				     "roles", "keys", NULL};

/* What one person's entry shall say. */
struct want {
	const char *id;
	const char *name;
	struct dsv_strlist emails;
	struct dsv_strlist roles;
	struct dsv_strlist keys; /* as text */
};

static inline void dsv_want_auto(struct want *want)
{
	dsv_strlist_release(&want->emails);
	dsv_strlist_release(&want->roles);
	dsv_strlist_release(&want->keys);
}

static int cannot_edit(void)
{
	dsv_fail(DSV_EUNSUPPORTED, "'%s' cannot be edited as it is written",
		 DSV_PEOPLE_PATH);
	return dsv_hint(DSV_EUNSUPPORTED,
			"write its people as '  - id: ...', one entry a line, "
			"or edit it by hand");
}

static int not_utf8(void)
{
	return dsv_fail(DSV_EUSAGE, "text that is not UTF-8 cannot be written "
				    "to " DSV_PEOPLE_PATH);
}

static void add_once(struct dsv_strlist *list, const char *text)
{
	if (dsv_strlist_find(list, text) < 0)
		dsv_strlist_add(list, text);
}

static char *key_text(const struct dsv_ssh_key *key)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_ssh_key_text(key, &text);
	return dsv_buf_detach(&text);
}

static void want_of(const struct dsv_member *who, struct want *out)
{
	size_t i;

	out->id = who->id;
	out->name = who->name;
	dsv_strlist_copy(&out->emails, &who->emails);
	dsv_strlist_copy(&out->roles, &who->roles);
	for (i = 0; i < who->n_keys; i++)
		dsv_strlist_take(&out->keys, key_text(&who->keys[i]));
}

static bool same_want(const struct want *a, const struct want *b)
{
	return !strcmp(a->id, b->id) && !strcmp(a->name, b->name) &&
	       dsv_strlist_equal(&a->emails, &b->emails) &&
	       dsv_strlist_equal(&a->roles, &b->roles) &&
	       dsv_strlist_equal(&a->keys, &b->keys);
}

/* A line of its own where the list is written so, else the list anew. */
static int set_list(struct dsv_buf *text, const char *id, const char *name,
		    const struct dsv_strlist *want)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	struct dsv_buf with DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_yaml *member;
	size_t last;
	size_t at;
	int rc;

	rc = dsv_item_find(&item, text, &kind, id);
	if (rc < 0)
		return rc;
	member = item.map ? dsv_yaml_get(item.map, name) : NULL;
	if (!item.map)
		return cannot_edit();
	if (!member || !member->n ||
	    member->items[0].line <= member->name_line) {
		if (!dsv_yaml_add_list(&with, want, false))
			return not_utf8();
		if (member)
			dsv_item_replace(text, &item, member, with.data);
		else
			dsv_item_insert(text, &item, custom, name, with.data);
		return 0;
	}
	last = member->items[member->n - 1].line;
	at = dsv_text_line(text, last);
	dsv_buf_add(&with, text->data + at, strcspn(text->data + at, "-"));
	dsv_buf_addstr(&with, "- ");
	if (!dsv_yaml_add_scalar(&with, want->items[want->n - 1], false))
		return not_utf8();
	dsv_buf_addch(&with, '\n');
	at = dsv_text_line(text, last + 1);
	dsv_text_splice(text, at, at, with.data, with.len);
	return 0;
}

/* One by one, since an edit adds one line at a time. */
static int grow_list(struct dsv_buf *text, const char *id, const char *name,
		     const struct dsv_strlist *lists[2])
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc = 0;

	dsv_strlist_copy(&list, lists[0]);
	for (i = list.n; rc == 0 && i < lists[1]->n; i++) {
		dsv_strlist_add(&list, lists[1]->items[i]);
		rc = set_list(text, id, name, &list);
	}
	return rc;
}

static int set_name(struct dsv_buf *text, const struct want *want)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	struct dsv_buf with DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_yaml *member;
	int rc;

	rc = dsv_item_find(&item, text, &kind, want->id);
	if (rc < 0)
		return rc;
	if (!item.map)
		return cannot_edit();
	if (!dsv_yaml_add_scalar(&with, want->name, false))
		return not_utf8();
	member = dsv_yaml_get(item.map, "name");
	if (member)
		dsv_item_replace(text, &item, member, with.data);
	else
		dsv_item_insert(text, &item, custom, "name", with.data);
	return 0;
}

static int change(struct dsv_buf *text, const struct want *old,
		  const struct want *want)
{
	const struct dsv_strlist *emails[] = {&old->emails, &want->emails};
	const struct dsv_strlist *roles[] = {&old->roles, &want->roles};
	const struct dsv_strlist *keys[] = {&old->keys, &want->keys};
	int rc = 0;

	if (strcmp(old->name, want->name) != 0)
		rc = set_name(text, want);
	if (rc == 0)
		rc = grow_list(text, want->id, "emails", emails);
	if (rc == 0)
		rc = grow_list(text, want->id, "roles", roles);
	return rc < 0 ? rc : grow_list(text, want->id, "keys", keys);
}

static int add_block(struct dsv_buf *out, const struct want *want, int indent)
{
	bool ok;

	dsv_buf_addf(out, "%*s- id: %s\n%*sname: ", indent, "", want->id,
		     indent + 2, "");
	ok = dsv_yaml_add_scalar(out, want->name, false);
	dsv_buf_addch(out, '\n');
	if (want->emails.n) {
		dsv_buf_addf(out, "%*semails: ", indent + 2, "");
		ok = ok && dsv_yaml_add_list(out, &want->emails, false);
		dsv_buf_addch(out, '\n');
	}
	dsv_buf_addf(out, "%*sroles: ", indent + 2, "");
	ok = ok && dsv_yaml_add_list(out, &want->roles, false);
	dsv_buf_addf(out, "\n%*skeys:\n%*s- ", indent + 2, "", indent + 4, "");
	ok = ok && dsv_yaml_add_scalar(out, want->keys.items[0], false);
	dsv_buf_addch(out, '\n');
	return ok ? 0 : not_utf8();
}

static int add_person(struct dsv_buf *text, const struct want *want)
{
	struct dsv_item item DSV_AUTO(item) = DSV_ITEM_INIT;
	struct dsv_buf block DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_item_find(&item, text, &kind, want->id);
	if (rc == 0)
		rc = add_block(&block, want,
			       (int)dsv_item_new_indent(text, &item));
	if (rc == 0)
		dsv_item_append(text, &item, &kind, block.data);
	return rc;
}

/* Everybody as before, and this one as wanted, at the end if new. */
static bool is_as_wanted(const struct dsv_people *before,
			 const struct dsv_people *now, const struct want *want)
{
	const bool is_new = !dsv_people_named(before, want->id);
	size_t i;

	if (now->n != before->n + is_new)
		return false;
	for (i = 0; i < now->n; i++) {
		struct want old DSV_AUTO(want) = {0};
		struct want got DSV_AUTO(want) = {0};
		const bool is_it = !strcmp(now->items[i].id, want->id);

		want_of(&now->items[i], &got);
		if (!is_it && i < before->n)
			want_of(&before->items[i], &old);
		else if (!is_it)
			return false;
		if (!same_want(is_it ? want : &old, &got))
			return false;
	}
	return true;
}

static int refuse_key(const struct dsv_member *other,
		      const struct dsv_ssh_key *key)
{
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_ssh_key_fingerprint(&key->blob, &print);
	dsv_fail(DSV_EEXISTS, "%s:%u: the key %s is %s's", DSV_PEOPLE_PATH,
		 dsv_member_key_line(other, &key->blob), dsv_buf_str(&print),
		 other->id);
	return dsv_hint(DSV_EEXISTS, "everybody signs with a key of their "
				     "own: ssh-keygen -t ed25519");
}

/* What the entry shall say, from what it says and what is added. */
static int make_want(const struct dsv_people *people,
		     const struct dsv_people_add *add, struct want *out)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};
	const struct dsv_member *who = dsv_people_named(people, add->id);
	const struct dsv_member *other;
	size_t i;
	int rc;

	rc = dsv_ssh_key_parse(&key, add->key);
	if (rc < 0)
		return rc;
	other = dsv_people_by_key(people, &key.blob);
	if (other && other != who)
		return refuse_key(other, &key);
	if (who)
		want_of(who, out);
	out->id = add->id;
	if (add->name || !who)
		out->name = add->name ? add->name : add->id;
	if (add->email)
		add_once(&out->emails, add->email);
	for (i = 0; add->roles && i < add->roles->n; i++)
		add_once(&out->roles, add->roles->items[i]);
	if (!other)
		dsv_strlist_take(&out->keys, key_text(&key));
	return 0;
}

static int check_add(const struct dsv_people_add *add)
{
	size_t i;

	if (!dsv_dataset_name_ok(add->id))
		return dsv_fail(DSV_EUSAGE,
				"'%s' is no id: a-z, 0-9, '.', '_', '-', at "
				"most 64, the first a letter or digit",
				add->id);
	for (i = 0; add->roles && i < add->roles->n; i++)
		if (!dsv_dataset_name_ok(add->roles->items[i]))
			return dsv_fail(DSV_EUSAGE,
					"'%s' is no role: a-z, 0-9, '.', '_', "
					"'-'",
					add->roles->items[i]);
	if (add->email && !dsv_email_ok(add->email))
		return dsv_fail(DSV_EUSAGE, "'%s' is no e-mail address",
				add->email);
	return 0;
}

int dsv_people_edit(struct dsv_buf *text, const struct dsv_people_add *add)
{
	struct dsv_people before DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_people now DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_buf edited DSV_AUTO(buf) = DSV_BUF_INIT;
	struct want old DSV_AUTO(want) = {0};
	struct want want DSV_AUTO(want) = {0};
	const struct dsv_member *who;
	int rc;

	rc = check_add(add);
	if (rc == 0)
		rc = dsv_people_parse(&before, dsv_buf_str(text), text->len,
				      DSV_PEOPLE_PATH);
	if (rc == 0)
		rc = make_want(&before, add, &want);
	if (rc < 0)
		return rc;
	dsv_buf_add(&edited, dsv_buf_str(text), text->len);
	who = dsv_people_named(&before, add->id);
	if (who)
		want_of(who, &old);
	rc = who ? change(&edited, &old, &want) : add_person(&edited, &want);
	if (rc < 0)
		return rc;
	if (dsv_people_parse(&now, dsv_buf_str(&edited), edited.len,
			     DSV_PEOPLE_PATH) < 0 ||
	    !is_as_wanted(&before, &now, &want))
		return cannot_edit();
	rc = edited.len != text->len;
	dsv_buf_swap(text, &edited);
	return rc;
}

int dsv_people_put(struct dsv_repo *repo, const struct dsv_people_add *add)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = NULL;
	char *folder DSV_AUTO(str) = NULL;
	int rc;

	rc = dsv_document_read(repo, &worktree, DSV_PEOPLE_PATH, DSV_PEOPLE_MAX,
			       &text);
	if (rc >= 0)
		rc = dsv_people_edit(&text, add);
	if (rc <= 0)
		return rc;
	path = dsv_fs_join(dsv_repo_workdir(repo), DSV_PEOPLE_PATH);
	folder = dsv_fs_join(dsv_repo_workdir(repo), ".dsv");
	rc = dsv_fs_mkdirs(folder);
	if (rc == 0)
		rc = dsv_atomic_put(path, text.data, text.len, 0666);
	return rc < 0 ? rc : 1;
}
