#include <dsv/governance.h>

#include <inttypes.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/guideline.h>
#include <dsv/people.h>
#include <dsv/policy.h>
#include <dsv/text.h>

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
	struct dsv_datasets sets;
};

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
	return dsv_datasets_read(&side->sets, repo, side->version);
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

static void add_file(struct dsv_buf *text, const char *path,
		     const struct dsv_content *content)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(text, "file %s %" PRIu64 " ",
		     dsv_id_hex(&content->id, hex), content->size);
	dsv_add_quoted_path(text, path, strlen(path));
	dsv_buf_addch(text, '\n');
}

/* Do both have the file in the same bytes? Work tree files have no blob. */
static int compare_file(struct dsv_repo *repo, const struct side *base,
			const struct dsv_file *from, const struct dsv_file *to,
			const struct dsv_content *content)
{
	struct dsv_content before;
	int rc;

	if (from->entry.mode != to->entry.mode)
		return 1;
	if (dsv_oid_equal(&from->entry.blob, &to->entry.blob) &&
	    !dsv_oid_is_zero(&to->entry.blob))
		return 0;
	rc = digest_file(repo, base->version, from->path, &before);
	return rc < 0 ? rc : !dsv_id_equal(&before.id, &content->id);
}

/* One path: of the base alone, of `to` alone, or of both. */
static int add_path(struct dsv_governance *out, struct dsv_repo *repo,
		    const struct side sides[2], const struct dsv_file *from,
		    const struct dsv_file *to)
{
	struct dsv_content content;
	int differs = 1;

	if (to) {
		int rc =
			digest_file(repo, sides[1].version, to->path, &content);

		if (rc < 0)
			return rc;
		add_file(&out->text, to->path, &content);
	}
	if (from && to)
		differs = compare_file(repo, &sides[0], from, to, &content);
	if (differs > 0)
		dsv_strlist_add(&out->paths, (to ? to : from)->path);
	return differs < 0 ? differs : 0;
}

static int add_files(struct dsv_governance *out, struct dsv_repo *repo,
		     const struct side sides[2])
{
	const struct dsv_files *from = &sides[0].files;
	const struct dsv_files *to = &sides[1].files;
	size_t i = 0;
	size_t j = 0;

	while (i < from->n || j < to->n) {
		const struct dsv_file *a = i < from->n ? &from->items[i] : NULL;
		const struct dsv_file *b = j < to->n ? &to->items[j] : NULL;
		const int cmp = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);
		int rc = add_path(out, repo, sides, cmp <= 0 ? a : NULL,
				  cmp >= 0 ? b : NULL);

		if (rc < 0)
			return rc;
		i += cmp <= 0;
		j += cmp >= 0;
	}
	return 0;
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
	dsv_buf_addstr(&out->text, "dsv-governance 1\n");
	if (rc == 0)
		rc = add_files(out, repo, sides);
	if (rc < 0)
		return rc;
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

	for (size_t i = 0; i < 2; i++) {
		dsv_files_release(&sides[i].files);
		dsv_datasets_release(&sides[i].sets);
	}
	if (rc < 0)
		dsv_governance_release(&read);
	else
		*out = read;
	return rc;
}

void dsv_governance_release(struct dsv_governance *governance)
{
	static const struct dsv_governance none = DSV_GOVERNANCE_INIT;

	dsv_buf_release(&governance->text);
	dsv_strlist_release(&governance->paths);
	dsv_strlist_release(&governance->removed);
	*governance = none;
}
