#include "govern/evidence_export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/check.h>
#include <dsv/error.h>
#include <dsv/policy.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/document.h"

static void release(struct dsv_exporting *exporting)
{
	dsv_buf_release(&exporting->target);
	dsv_people_release(&exporting->people);
	dsv_snapshots_release(&exporting->snapshots);
	dsv_governance_release(&exporting->governance);
	dsv_evidence_free(&exporting->evidence);
	free(exporting->items);
}

bool dsv_exporting_has(const struct dsv_exporting *exporting,
		       const struct dsv_snapshot *snapshot)
{
	const char *only = exporting->opts->dataset;

	return !only || strcmp(only, snapshot->dataset) == 0;
}

static int read_target(struct dsv_exporting *out)
{
	int rc = 0;

	if (out->opts->target)
		dsv_buf_addstr(&out->target, out->opts->target);
	else
		rc = dsv_repo_target(out->repo, &out->target);
	if (rc == 0)
		rc = dsv_repo_target_tip(out->repo, dsv_buf_str(&out->target),
					 &out->tip);
	if (rc == 0 && out->tip.at == DSV_AT_NOTHING)
		return dsv_fail(DSV_ENOTFOUND, "no branch '%s' is here",
				dsv_buf_str(&out->target));
	return rc;
}

/* The rules as the commit left them, against its first parent. */
static int read_governance(struct dsv_exporting *out)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	struct dsv_version parent = {.at = DSV_AT_NOTHING};
	int rc = dsv_commit_info_read(out->repo, &out->opts->version.commit,
				      &info);

	if (rc < 0)
		return rc;
	if (info.n_parents > 0) {
		parent.at = DSV_AT_COMMIT;
		parent.commit = info.parents[0];
	}
	return dsv_governance_read(&out->governance, out->repo, &parent,
				   &out->opts->version);
}

static int read_all(struct dsv_exporting *out)
{
	const char *only = out->opts->dataset;
	int rc = read_target(out);

	if (rc == 0)
		rc = dsv_people_read(&out->people, out->repo, &out->tip);
	if (rc == 0)
		rc = dsv_snapshots_read(&out->snapshots, out->repo,
					&out->opts->version);
	if (rc == 0 && only && !dsv_snapshots_named(&out->snapshots, only))
		rc = dsv_fail(DSV_ENOTFOUND, "no dataset '%s'", only);
	if (rc == 0)
		rc = read_governance(out);
	if (rc == 0)
		rc = dsv_evidence_open(&out->evidence, out->repo);
	if (rc == 0)
		dsv_evidence_judge(out->evidence, &out->people);
	return rc;
}

static bool is_about(const struct dsv_exporting *out, const struct dsv_id *id)
{
	for (size_t i = 0; i < out->snapshots.n; i++)
		if (dsv_exporting_has(out, &out->snapshots.items[i]) &&
		    dsv_id_equal(&out->snapshots.items[i].id, id))
			return true;
	return false;
}

static void choose(struct dsv_exporting *out)
{
	const struct dsv_evidence *evidence = out->evidence;

	out->items = dsv_alloc_zero(evidence->n + 1, sizeof(*out->items));
	for (size_t i = 0; i < evidence->n; i++) {
		const struct dsv_evidence_item *item = &evidence->items[i];
		const struct dsv_id *subject = &item->statement.subject;
		const bool is_rules =
			!out->opts->dataset &&
			dsv_id_equal(subject, &out->governance.id);

		if (item->trust == DSV_MALFORMED ||
		    (!is_rules && !is_about(out, subject)))
			continue;
		if (item->trust != DSV_TRUSTED) {
			out->counts.untrusted++;
			continue;
		}
		out->has_rules |= is_rules;
		out->items[out->n++] = item;
	}
	out->counts.statements = out->n;
}

static int put(const char *dir, const char *name, const struct dsv_buf *data,
	       mode_t mode)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir, name);

	return dsv_atomic_put(path, dsv_buf_str(data), data->len, mode);
}

static int put_statements(const struct dsv_exporting *out, const char *dir)
{
	char *folder DSV_AUTO(str) = dsv_fs_join(dir, "statements");
	int rc = dsv_fs_mkdirs(folder);

	for (size_t i = 0; rc == 0 && i < out->n; i++) {
		char hex[DSV_ID_HEX];
		char *name DSV_AUTO(str) = dsv_strf(
			"%s.json", dsv_id_hex(&out->items[i]->digest, hex));
		char *beside DSV_AUTO(str) = dsv_strf("%s.sig", name);

		rc = put(folder, name, &out->items[i]->document, 0666);
		if (rc == 0)
			rc = put(folder, beside, &out->items[i]->signature,
				 0666);
	}
	return rc;
}

static int put_snapshots(struct dsv_exporting *out, const char *dir)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < out->snapshots.n; i++) {
		const struct dsv_snapshot *at = &out->snapshots.items[i];
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

		if (!dsv_exporting_has(out, at))
			continue;
		dsv_export_snapshot_name(&name, at->dataset);
		rc = put(dir, name.data, &at->text, 0666);
		out->counts.datasets++;
		out->counts.files += at->n_files;
	}
	if (rc == 0 && out->has_rules)
		rc = put(dir, "governance.txt", &out->governance.text, 0666);
	return rc;
}

/* One file of a version, under the same path in a folder of the export. */
static int put_copy(const struct dsv_exporting *out, const char *dir,
		    const struct dsv_version *version, const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *name = strrchr(path, '/');
	char *folder DSV_AUTO(str) = dsv_fs_join(dir, "rules");
	int rc = dsv_document_read(out->repo, version, path, DSV_GUIDELINE_MAX,
				   &text);

	if (rc <= 0)
		return rc;
	rc = dsv_fs_mkdirs(folder);
	return rc < 0 ? rc : put(folder, name ? name + 1 : path, &text, 0666);
}

static int put_rules(const struct dsv_exporting *out, const char *dir)
{
	int rc = put_copy(out, dir, &out->tip, DSV_PEOPLE_PATH);

	if (rc == 0)
		rc = put_copy(out, dir, &out->tip, DSV_POLICY_PATH);
	for (size_t i = 0; rc == 0 && i < out->snapshots.n; i++) {
		const struct dsv_snapshot *at = &out->snapshots.items[i];

		if (at->guideline.id && dsv_exporting_has(out, at))
			rc = put_copy(out, dir, &out->opts->version,
				      at->guideline.path);
	}
	return rc;
}

static int put_text(const struct dsv_exporting *out, const char *dir)
{
	static const struct {
		const char *name;
		void (*make)(const struct dsv_exporting *, struct dsv_buf *);
		mode_t mode;
	} texts[] = {
		{"README.md", dsv_export_readme, 0666},
		{"verify.sh", dsv_export_script, 0777},
		{"allowed_signers", dsv_export_signers, 0666},
		{"SHA256SUMS", dsv_export_sums, 0666},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]);
	     i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		texts[i].make(out, &text);
		rc = put(dir, texts[i].name, &text, texts[i].mode);
	}
	return rc;
}

static int write_folder(struct dsv_exporting *out, const char *dir)
{
	int rc = put_statements(out, dir);

	if (rc == 0)
		rc = put_snapshots(out, dir);
	if (rc == 0)
		rc = put_rules(out, dir);
	return rc < 0 ? rc : put_text(out, dir);
}

static void remove_folder(const char *dir)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	if (dsv_fs_list(dir, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		char *path DSV_AUTO(str) = dsv_fs_join(dir, names.items[i]);

		if (dsv_fs_is_dir(path))
			remove_folder(path);
		else
			unlink(path);
	}
	rmdir(dir);
}

static int check_dir(const char *dir)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = 0;

	if (!dsv_fs_exists(dir))
		return 0;
	if (dsv_fs_is_dir(dir))
		rc = dsv_fs_list(dir, &names);
	if (rc < 0 || (dsv_fs_is_dir(dir) && names.n == 0))
		return rc;
	dsv_fail(DSV_EEXISTS, "'%s' is there", dir);
	return dsv_hint(DSV_EEXISTS, "name a folder that is new or empty");
}

/* rename() puts a folder in the place of an empty one. */
static int put_in_place(struct dsv_exporting *out, const char *dir)
{
	char *made DSV_AUTO(str) = dsv_strf("%s.partial", dir);
	int rc;

	remove_folder(made);
	rc = dsv_fs_mkdirs(made);
	if (rc == 0)
		rc = write_folder(out, made);
	if (rc == 0 && rename(made, dir) < 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot write '%s'", dir);
	if (rc < 0)
		remove_folder(made);
	return rc;
}

int dsv_evidence_export(struct dsv_repo *repo,
			const struct dsv_evidence_export_opts *opts,
			struct dsv_evidence_export *out)
{
	struct dsv_exporting exporting = {.repo = repo, .opts = opts};
	char *dir DSV_AUTO(str) = dsv_strdup(opts->dir);
	int rc;

	for (size_t len = strlen(dir); len > 1 && dir[len - 1] == '/';)
		dir[--len] = '\0';
	rc = check_dir(dir);
	if (rc == 0)
		rc = read_all(&exporting);
	if (rc == 0) {
		choose(&exporting);
		rc = put_in_place(&exporting, dir);
	}
	if (rc == 0)
		*out = exporting.counts;
	release(&exporting);
	return rc;
}
