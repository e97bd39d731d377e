#include <dsv/address.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "dataset/reading.h"
#include "repo/tree.h"

static bool is_special(char c)
{
	return c == '%' || c == ',' || c == ':';
}

void dsv_address_add_part(struct dsv_buf *out, const char *text, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_special(text[i]))
			continue;
		dsv_buf_add(out, text + from, i - from);
		dsv_buf_addf(out, "%%%02X", (unsigned)text[i]);
		from = i + 1;
	}
	dsv_buf_add(out, text + from, len - from);
}

void dsv_address_add_key(struct dsv_buf *out, const struct dsv_strlist *key)
{
	for (size_t i = 0; i < key->n; i++) {
		if (i)
			dsv_buf_addch(out, ',');
		dsv_address_add_part(out, key->items[i], strlen(key->items[i]));
	}
}

void dsv_address_decode(struct dsv_buf *out, const char *text, size_t len)
{
	static const struct {
		const char *code;
		char byte;
	} codes[] = {{"%25", '%'},
		     {"%2C", ','},
		     {"%2c", ','},
		     {"%3A", ':'},
		     {"%3a", ':'}};
	size_t i = 0;

	while (i < len) {
		size_t k = 0;

		while (k < 5 &&
		       (len - i < 3 || memcmp(text + i, codes[k].code, 3) != 0))
			k++;
		dsv_buf_addch(out, k < 5 ? codes[k].byte : text[i]);
		i += k < 5 ? 3 : 1;
	}
}

bool dsv_address_split(const char *text, struct dsv_buf *out_key,
		       struct dsv_buf *out_field)
{
	const char *colon = strchr(text, ':');

	dsv_buf_add(out_key, text,
		    colon ? (size_t)(colon - text) : strlen(text));
	if (colon)
		dsv_address_decode(out_field, colon + 1, strlen(colon + 1));
	return colon != NULL;
}

static bool is_file(struct dsv_repo *repo, const char *typed,
		    const struct dsv_version *version)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_entry entry = {0};
	struct stat st;
	bool found;

	if (!*typed)
		return false;
	if (dsv_repo_workdir(repo) && lstat(typed, &st) == 0 &&
	    S_ISREG(st.st_mode))
		return true;
	found = dsv_repo_path(repo, typed, &path) == 0 &&
		dsv_tree_entry(repo, version, dsv_buf_str(&path), &entry) ==
			0 &&
		entry.mode;
	dsv_error_clear();
	return found;
}

static int read_rev(struct dsv_address *out, struct dsv_repo *repo,
		    const char *rev)
{
	out->rev = dsv_strdup(rev);
	if (*rev)
		return dsv_repo_resolve(repo, rev, &out->version);
	out->version = (struct dsv_version){.at = DSV_AT_INDEX};
	return 0;
}

static void read_key(struct dsv_address *out, const char *text)
{
	struct dsv_strlist parts DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_split(&parts, text, ',');
	for (size_t i = 0; i < parts.n; i++) {
		struct dsv_buf part DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_address_decode(&part, parts.items[i],
				   strlen(parts.items[i]));
		dsv_strlist_add(&out->key, dsv_buf_str(&part));
	}
	out->has_key = true;
}

static int fail_key(const struct dsv_address *address,
		    const struct dsv_strlist *key)
{
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < key->n; i++)
		dsv_buf_addf(&names, "%s%s", i ? "," : "", key->items[i]);
	return dsv_fail(DSV_EUSAGE, "the key of '%s' is %s, not %zu fields",
			address->path, dsv_buf_str(&names), address->key.n);
}

/* key: in place of the definition's, or NULL. */
static int check_key(const struct dsv_address *address, struct dsv_repo *repo,
		     const struct dsv_strlist *key)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	int rc;

	if (key)
		return key->n == address->key.n ? 0 : fail_key(address, key);
	rc = dsv_datasets_read(&sets, repo, &address->version);
	if (rc == 0)
		rc = dsv_reading_of_path(&reading, &sets, address->path, NULL);
	if (rc < 0 || reading.key.n == address->key.n)
		return rc;
	if (!reading.key.n)
		return dsv_hint(
			dsv_fail(DSV_EUSAGE, "'%s' has no key", address->path),
			"dsv track --key COL names one");
	return fail_key(address, &reading.key);
}

int dsv_address_parse_by(struct dsv_address *out, struct dsv_repo *repo,
			 const char *text, const struct dsv_version *deflt,
			 const struct dsv_strlist *key)
{
	struct dsv_strlist parts DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t at = 0;
	int rc = 0;

	out->version = *deflt;
	if (is_file(repo, text, deflt))
		dsv_strlist_add(&parts, text);
	else
		dsv_strlist_split(&parts, text, ':');
	if (parts.n > 1 && !is_file(repo, parts.items[0], deflt))
		rc = read_rev(out, repo, parts.items[at++]);
	if (rc == 0 && parts.n - at > 3)
		return dsv_hint(
			dsv_fail(DSV_EUSAGE, "'%s' is no address", text),
			"write [REV:]PATH:KEY[:FIELD], with %%3A for a ':' in "
			"them");
	if (rc == 0)
		rc = dsv_repo_path(repo, parts.items[at], &path);
	if (rc < 0)
		return rc;
	out->path = dsv_strdup(dsv_buf_str(&path));
	if (parts.n - at > 2) {
		struct dsv_buf field DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_address_decode(&field, parts.items[at + 2],
				   strlen(parts.items[at + 2]));
		out->field = dsv_strdup(dsv_buf_str(&field));
	}
	if (parts.n - at < 2)
		return 0;
	read_key(out, parts.items[at + 1]);
	return check_key(out, repo, key);
}

int dsv_address_parse(struct dsv_address *out, struct dsv_repo *repo,
		      const char *text, const struct dsv_version *deflt)
{
	return dsv_address_parse_by(out, repo, text, deflt, NULL);
}

void dsv_address_release(struct dsv_address *address)
{
	free(address->rev);
	free(address->path);
	free(address->field);
	dsv_strlist_release(&address->key);
}
