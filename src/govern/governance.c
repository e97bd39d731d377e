#include <dsv/governance.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/guideline.h>
#include <dsv/people.h>
#include <dsv/policy.h>
#include <dsv/text.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "dataset/document.h"
#include "repo/tree.h"

/* Whatever may be a document of the rules; guidelines are the largest. */
static const char *const rules[] = {
	DSV_PEOPLE_PATH,
	DSV_POLICY_PATH,
	".dsv/checklists/*.yaml",
	"guidelines/*.md",
};

struct side {
	const struct dsv_version *version;
	struct dsv_files files;
	struct dsv_content *contents; /* of files */
	struct dsv_datasets sets;
};

static void side_release(struct side *side)
{
	dsv_files_release(&side->files);
	dsv_datasets_release(&side->sets);
	free(side->contents);
}

static int digest_file(struct dsv_repo *repo, const struct dsv_version *version,
		       const char *path, struct dsv_content *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_document_read(repo, version, path, DSV_GUIDELINE_MAX,
				   &text);

	if (rc < 0)
		return rc;
	dsv_id_of(text.data, text.len, &out->id);
	out->size = text.len;
	return 0;
}

static int read_side(struct side *side, struct dsv_repo *repo)
{
	struct dsv_strlist patterns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	if (side->version->at == DSV_AT_NOTHING)
		return 0;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		dsv_strlist_add(&patterns, rules[i]);
	rc = dsv_tree_list(repo, side->version, &patterns, &side->files);
	if (rc < 0)
		return rc;
	side->contents =
		dsv_alloc_zero(side->files.n + 1, sizeof(*side->contents));
	for (size_t i = 0; rc == 0 && i < side->files.n; i++)
		rc = digest_file(repo, side->version, side->files.items[i].path,
				 &side->contents[i]);
	return rc < 0 ? rc
		      : dsv_datasets_read(&side->sets, repo, side->version);
}

static void add_text(struct dsv_buf *text, const struct side *side)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addstr(text, "dsv-governance 1\n");
	for (size_t i = 0; i < side->files.n; i++) {
		const struct dsv_content *content = &side->contents[i];
		const char *path = side->files.items[i].path;

		dsv_buf_addf(text, "file %s %" PRIu64 " ",
			     dsv_id_hex(&content->id, hex), content->size);
		dsv_add_quoted_path(text, path, strlen(path));
		dsv_buf_addch(text, '\n');
	}
}

static bool same_file(const struct side sides[2], size_t i, size_t j)
{
	return sides[0].files.items[i].entry.mode ==
		       sides[1].files.items[j].entry.mode &&
	       dsv_id_equal(&sides[0].contents[i].id, &sides[1].contents[j].id);
}

/* Paths of one side alone, or with other bytes in each. */
static void compare(struct dsv_governance *out, const struct side sides[2])
{
	const struct dsv_files *from = &sides[0].files;
	const struct dsv_files *to = &sides[1].files;
	size_t i = 0;
	size_t j = 0;

	while (i < from->n || j < to->n) {
		const char *a = i < from->n ? from->items[i].path : NULL;
		const char *b = j < to->n ? to->items[j].path : NULL;
		const int cmp = !a ? 1 : !b ? -1 : strcmp(a, b);

		if (cmp != 0 || !same_file(sides, i, j))
			dsv_strlist_add(&out->paths, cmp <= 0 ? a : b);
		i += cmp <= 0;
		j += cmp >= 0;
	}
}

static void add_removed(struct dsv_governance *out, const struct side sides[2])
{
	const struct dsv_datasets *before = &sides[0].sets;

	for (size_t i = 0; i < before->n; i++)
		if (!dsv_datasets_named(&sides[1].sets, before->items[i].name))
			dsv_strlist_add(&out->removed, before->items[i].name);
	dsv_strlist_sort(&out->removed);
	for (size_t i = 0; i < out->removed.n; i++)
		dsv_buf_addf(&out->text, "removed %s\n", out->removed.items[i]);
}

static int read_both(struct dsv_governance *out, struct dsv_repo *repo,
		     struct side sides[2])
{
	int rc = read_side(&sides[0], repo);

	if (rc == 0)
		rc = read_side(&sides[1], repo);
	if (rc < 0)
		return rc;
	add_text(&out->text, &sides[1]);
	compare(out, sides);
	add_removed(out, sides);
	dsv_id_of(out->text.data, out->text.len, &out->id);
	out->changed = out->paths.n > 0 || out->removed.n > 0;
	return 0;
}

int dsv_governance_read(struct dsv_governance *out, struct dsv_repo *repo,
			const struct dsv_version *base,
			const struct dsv_version *to)
{
	struct side sides[2] = {{.version = base}, {.version = to}};
	struct dsv_governance read = DSV_GOVERNANCE_INIT;
	int rc = read_both(&read, repo, sides);

	side_release(&sides[0]);
	side_release(&sides[1]);
	if (rc < 0)
		dsv_governance_release(&read);
	else
		*out = read;
	return rc;
}

/* The last step of the first-parent line that changed the rules. */
static int last_change(struct dsv_repo *repo, const struct dsv_version *version,
		       struct dsv_oid *out)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_walk_opts opts = {.revs = &revs,
				     .flags = DSV_WALK_FIRST_PARENT};
	const struct dsv_commit_info *info;
	char hex[DSV_OID_HEX];
	int rc;

	dsv_strlist_add(&revs, dsv_oid_hex(&version->commit, hex));
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		dsv_strlist_add(&paths, rules[i]);
	rc = dsv_walk_open(&walk, repo, &opts);
	while (rc >= 0 && (rc = dsv_walk_next(walk, &info)) > 0) {
		*out = info->oid;
		if (info->n_parents == 0)
			break;
		rc = dsv_commit_touches(repo, &info->parents[0], &info->oid,
					&paths);
		if (rc > 0)
			break;
	}
	return rc < 0 ? rc : 0;
}

int dsv_governance_base(struct dsv_repo *repo,
			const struct dsv_version *version, struct dsv_id *out)
{
	struct dsv_governance at DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	struct dsv_version none = {.at = DSV_AT_NOTHING};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid since = {{0}};
	char id[DSV_ID_HEX], hex[DSV_OID_HEX];
	int rc = dsv_governance_read(&at, repo, &none, version);

	if (rc == 0 && version->at == DSV_AT_COMMIT)
		rc = last_change(repo, version, &since);
	if (rc < 0)
		return rc;
	dsv_buf_addf(&text, "dsv-governance-base 1\nrules %s\nsince %s\n",
		     dsv_id_hex(&at.id, id), dsv_oid_hex(&since, hex));
	dsv_id_of(text.data, text.len, out);
	return 0;
}

void dsv_governance_release(struct dsv_governance *governance)
{
	static const struct dsv_governance none = DSV_GOVERNANCE_INIT;

	dsv_buf_release(&governance->text);
	dsv_strlist_release(&governance->paths);
	dsv_strlist_release(&governance->removed);
	*governance = none;
}
