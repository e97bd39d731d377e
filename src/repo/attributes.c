#include "repo/attributes.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/map.h"
#include "repo/attrrules.h"
#include "repo/blobs.h"
#include "repo/config.h"
#include "repo/glob.h"
#include "repo/private.h"
#include "repo/treewalk.h"

/* As git: a larger attributes file is not read. */
#define ATTRIBUTES_LIMIT ((size_t)100 << 20)

#define FILE_NAME ".gitattributes"

/* The files that hold everywhere, in git's order: a later one counts more.
 * Between USER and INFO come those of the folders, the deepest last. */
enum { BUILTIN, SYSTEM, USER, TOP, INFO, N_FIXED };

static const char BUILTIN_TEXT[] = "[attr]binary -diff -merge -text\n";

struct dsv_attributes {
	struct dsv_attr_names names;
	struct dsv_attr_rules fixed[N_FIXED];
	struct dsv_map dirs; /* "a/b" -> struct dsv_attr_rules *, 0: none */
	const struct dsv_attr_rules *macros[N_FIXED]; /* the first most */
	unsigned glob_flags;
	bool *said; /* of each name; used again and again */
	size_t said_cap;
};

static void free_attributes(struct dsv_attributes *it)
{
	struct dsv_attr_rules *rules;

	for (size_t i = 0; i < N_FIXED; i++)
		dsv_attr_rules_release(&it->fixed[i]);
	for (size_t i = 0; i < it->dirs.n; i++) {
		rules = (void *)(uintptr_t)it->dirs.entries[i].value;
		if (!rules)
			continue;
		dsv_attr_rules_release(rules);
		free(rules);
	}
	dsv_map_release(&it->dirs);
	dsv_attr_names_release(&it->names);
	free(it->said);
	free(it);
}

/* 1 read, 0 no such file. */
static int read_file(const char *path, struct dsv_buf *out)
{
	struct stat st;
	int rc;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	rc = dsv_fs_read(path, ATTRIBUTES_LIMIT, out);
	return rc < 0 ? rc : 1;
}

/* Of the commit that was set; else of the work tree, else of the index (or HEAD
 * where there is no index). */
static int read_of_dir(struct dsv_repo *repo, const char *name,
		       struct dsv_buf *out)
{
	struct dsv_entry entry = {0};
	struct dsv_version head;
	int rc = 0;

	if (!dsv_oid_is_zero(&repo->attributes_at)) {
		rc = dsv_tree_entry_at(repo, &repo->attributes_at, name,
				       &entry);
	} else if (repo->workdir) {
		char *full DSV_AUTO(str) = dsv_fs_join(repo->workdir, name);

		rc = read_file(full, out);
		if (rc != 0)
			return rc;
		rc = dsv_index_entry_at(repo, name, &entry);
	} else {
		rc = dsv_repo_head(repo, &head);
		if (rc == 0 && head.at == DSV_AT_COMMIT)
			rc = dsv_tree_entry_at(repo, &head.commit, name,
					       &entry);
	}
	if (rc < 0 || !S_ISREG(entry.mode))
		return rc;
	rc = dsv_blob_read(repo, &entry.blob, ATTRIBUTES_LIMIT, out);
	return rc < 0 ? rc : 1;
}

static void parse_into(struct dsv_attributes *it, struct dsv_attr_rules *rules,
		       const char *name, const struct dsv_buf *text)
{
	dsv_attr_rules_parse(rules, &it->names, name, dsv_buf_str(text),
			     text->len);
}

static int load_fixed(struct dsv_attributes *it, int which, const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!path)
		return 0;
	rc = read_file(path, &text);
	if (rc > 0)
		parse_into(it, &it->fixed[which], path, &text);
	return rc < 0 ? rc : 0;
}

/* core.attributesFile, else git/attributes of the user's settings. */
static char *user_file(struct dsv_repo *repo)
{
	char *set = dsv_config_str(repo, "core.attributesfile");
	const char *home = getenv("HOME");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	char *whole;

	if (set && set[0] == '~' && set[1] == '/' && home) {
		whole = dsv_fs_join(home, set + 2);
		free(set);
		return whole;
	}
	if (set)
		return set;
	if (xdg && *xdg)
		return dsv_strf("%s/git/attributes", xdg);
	return home ? dsv_strf("%s/.config/git/attributes", home) : NULL;
}

static int load_all_fixed(struct dsv_attributes *it, struct dsv_repo *repo)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *user DSV_AUTO(str) = user_file(repo);
	char *info DSV_AUTO(str) = NULL;
	int rc = 0;

	if (!getenv("GIT_ATTR_NOSYSTEM"))
		rc = load_fixed(it, SYSTEM, "/etc/gitattributes");
	if (rc == 0)
		rc = load_fixed(it, USER, user);
	if (rc < 0)
		return rc;
	rc = read_of_dir(repo, FILE_NAME, &text);
	if (rc < 0)
		return rc;
	if (rc > 0)
		parse_into(it, &it->fixed[TOP], FILE_NAME, &text);
	info = dsv_fs_join(repo->common_dir, "info/attributes");
	return load_fixed(it, INFO, info);
}

static int load(struct dsv_repo *repo)
{
	struct dsv_attributes *it;
	int rc;

	if (repo->attributes)
		return 0;
	it = dsv_alloc_zero(1, sizeof(*it));
	dsv_attr_names_init(&it->names);
	for (size_t i = 0; i < N_FIXED; i++)
		it->macros[i] = &it->fixed[N_FIXED - 1 - i];
	dsv_attr_rules_parse(&it->fixed[BUILTIN], &it->names, "git",
			     BUILTIN_TEXT, strlen(BUILTIN_TEXT));
	if (dsv_config_bool(repo, "core.ignorecase", false))
		it->glob_flags = DSV_GLOB_NOCASE;
	rc = load_all_fixed(it, repo);
	if (rc < 0) {
		free_attributes(it);
		return rc;
	}
	repo->attributes = it;
	return 0;
}

/* The rules of the folder "a/b"; *out NULL where it has none. */
static int rules_of_dir(struct dsv_repo *repo, const char *dir, size_t len,
			struct dsv_attr_rules **out)
{
	struct dsv_attributes *it = repo->attributes;
	struct dsv_map_entry *entry = dsv_map_get(&it->dirs, dir, len);
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *name DSV_AUTO(str) = NULL;
	int rc;

	if (!entry) {
		name = dsv_strf("%.*s/" FILE_NAME, (int)len, dir);
		rc = read_of_dir(repo, name, &text);
		if (rc < 0)
			return rc;
		entry = dsv_map_put(&it->dirs, dir, len);
		if (rc > 0) {
			*out = dsv_alloc_zero(1, sizeof(**out));
			parse_into(it, *out, name, &text);
			entry->value = (uintptr_t)*out;
		}
	}
	*out = (void *)(uintptr_t)entry->value;
	return 0;
}

/* All files of the path's folders are read before any is applied, since each
 * may bring new names. */
static int load_dirs(struct dsv_repo *repo, const char *path)
{
	struct dsv_attr_rules *rules = NULL;
	int rc = 0;

	for (size_t len = strlen(path); rc == 0 && len-- > 0;)
		if (path[len] == '/')
			rc = rules_of_dir(repo, path, len, &rules);
	return rc;
}

/* From the deepest folder up; the top is among the fixed ones. */
static void apply_dirs(const struct dsv_attributes *it, const char *path,
		       struct dsv_attr_answer *answer)
{
	const struct dsv_map_entry *entry;

	for (size_t len = strlen(path); len-- > 0;) {
		if (path[len] != '/')
			continue;
		entry = dsv_map_get(&it->dirs, path, len);
		if (entry && entry->value)
			dsv_attr_rules_apply((void *)(uintptr_t)entry->value,
					     path + len + 1, answer);
	}
}

static int look_up(struct dsv_repo *repo, const char *path,
		   struct dsv_attr_value out[DSV_ATTR_N])
{
	struct dsv_attr_answer answer = {.n_macros = N_FIXED, .values = out};
	struct dsv_attributes *it;
	int rc;

	rc = load(repo);
	if (rc == 0)
		rc = load_dirs(repo, path);
	if (rc < 0)
		return rc;
	it = repo->attributes;
	DSV_GROW(it->said, it->said_cap, it->names.ids.n);
	memset(it->said, 0, it->names.ids.n * sizeof(*it->said));
	answer.said = it->said;
	answer.macros = it->macros;
	answer.glob_flags = it->glob_flags;
	dsv_attr_rules_apply(&it->fixed[INFO], path, &answer);
	apply_dirs(it, path, &answer);
	for (int i = TOP; i > BUILTIN; i--)
		dsv_attr_rules_apply(&it->fixed[i], path, &answer);
	return 0;
}

int dsv_attributes_of_path(struct dsv_repo *repo, const char *path,
			   struct dsv_attr_value out[DSV_ATTR_N])
{
	int rc;

	memset(out, 0, sizeof(*out) * DSV_ATTR_N);
	pthread_mutex_lock(&repo->attributes_lock);
	rc = look_up(repo, path, out);
	pthread_mutex_unlock(&repo->attributes_lock);
	return rc;
}

static bool has_value(const struct dsv_attr_value *value, const char *text)
{
	return value->state == DSV_ATTR_VALUE &&
	       strcmp(value->value, text) == 0;
}

bool dsv_path_is_filtered(struct dsv_repo *repo, const char *path)
{
	struct dsv_attr_value values[DSV_ATTR_N];

	return dsv_attributes_of_path(repo, path, values) == 0 &&
	       has_value(&values[DSV_ATTR_FILTER], "dsv");
}

static void add_place(struct dsv_buf *out, const struct dsv_attr_value *value)
{
	if (value->file)
		dsv_buf_addf(out, "%s:%u ", value->file, value->line);
	else
		dsv_buf_addstr(out, "no .gitattributes ");
}

static int fault(struct dsv_buf *out, enum dsv_attr attr,
		 const struct dsv_attr_value *value)
{
	const char *name = dsv_attr_name(attr);

	add_place(out, value);
	if (value->state == DSV_ATTR_UNSET)
		dsv_buf_addf(out, "unsets %s", name);
	else if (value->state == DSV_ATTR_VALUE)
		dsv_buf_addf(out, "sets %s=%s", name, value->value);
	else if (value->state == DSV_ATTR_SET)
		dsv_buf_addf(out, "sets %s", name);
	else
		dsv_buf_addf(out, "%s %s", value->file ? "leaves out" : "sets",
			     attr == DSV_ATTR_FILTER ? "filter=dsv" : "-text");
	return 1;
}

int dsv_attributes_fault(struct dsv_repo *repo, const char *path,
			 struct dsv_buf *out)
{
	struct dsv_attr_value values[DSV_ATTR_N];
	int rc;

	rc = dsv_attributes_of_path(repo, path, values);
	if (rc < 0)
		return rc;
	if (!has_value(&values[DSV_ATTR_FILTER], "dsv"))
		return fault(out, DSV_ATTR_FILTER, &values[DSV_ATTR_FILTER]);
	if (values[DSV_ATTR_ENCODING].state == DSV_ATTR_VALUE)
		return fault(out, DSV_ATTR_ENCODING,
			     &values[DSV_ATTR_ENCODING]);
	if (values[DSV_ATTR_IDENT].state == DSV_ATTR_SET)
		return fault(out, DSV_ATTR_IDENT, &values[DSV_ATTR_IDENT]);
	/* with -text an eol is not asked for */
	if (values[DSV_ATTR_TEXT].state == DSV_ATTR_UNSET ||
	    (values[DSV_ATTR_TEXT].state == DSV_ATTR_UNSPECIFIED &&
	     values[DSV_ATTR_CRLF].state == DSV_ATTR_UNSET))
		return 0;
	if (values[DSV_ATTR_TEXT].state == DSV_ATTR_UNSPECIFIED &&
	    values[DSV_ATTR_EOL].state == DSV_ATTR_VALUE)
		return fault(out, DSV_ATTR_EOL, &values[DSV_ATTR_EOL]);
	return fault(out, DSV_ATTR_TEXT, &values[DSV_ATTR_TEXT]);
}

void dsv_attributes_at(struct dsv_repo *repo, const struct dsv_oid *commit)
{
	dsv_attributes_forget(repo);
	repo->attributes_at = commit ? *commit : (struct dsv_oid){0};
}

void dsv_attributes_forget(struct dsv_repo *repo)
{
	pthread_mutex_lock(&repo->attributes_lock);
	if (repo->attributes)
		free_attributes(repo->attributes);
	repo->attributes = NULL;
	pthread_mutex_unlock(&repo->attributes_lock);
}
