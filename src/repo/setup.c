#include <dsv/setup.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/config.h"
#include "repo/index.h"
#include "repo/private.h"
#include "repo/workfile.h"

/* An exact pointer has no other length: its lines with 1 to 20 digits. */
#define POINTER_MIN 93
#define POINTER_MAX 112

static const struct {
	const char *name;
	const char *command; /* behind the program; NULL: plain is the value */
	const char *plain;
} settings[] = {
	{"filter.dsv.process", "filter-process", NULL},
	{"filter.dsv.required", NULL, "true"},
	{"diff.dsv.command", "diff-driver", NULL},
	{"diff.dsv.textconv", "diff-driver --textconv", NULL},
	{"merge.dsv.name", NULL, "dsv merge of data files"},
	{"merge.dsv.driver", "merge-driver %O %A %B %L %P", NULL},
	{"merge.dsv.recursive", NULL, "binary"},
};

#define N_SETTINGS (sizeof(settings) / sizeof(settings[0]))

int dsv_repo_create(const char *path)
{
	git_repository_init_options opts;
	git_repository *git = NULL;
	int rc;

	git_libgit2_init();
	git_repository_init_options_init(&opts,
					 GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	opts.flags = GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH |
		     GIT_REPOSITORY_INIT_NO_REINIT;
	rc = git_repository_init_ext(&git, path, &opts);
	if (rc < 0)
		rc = dsv_git_fail(rc, "cannot create a repository in '%s'",
				  path);
	git_repository_free(git);
	git_libgit2_shutdown();
	return rc;
}

bool dsv_repo_exists(const char *path)
{
	git_repository *git = NULL;
	int rc;

	git_libgit2_init();
	rc = git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
				     NULL);
	git_repository_free(git);
	git_libgit2_shutdown();
	return rc == 0 || rc == GIT_EOWNER;
}

/* As the shell reads it back: 'it'\''s'. */
static void add_shell_quoted(struct dsv_buf *out, const char *text)
{
	dsv_buf_addch(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '!')
			dsv_buf_addf(out, "'\\%c'", *text);
		else
			dsv_buf_addch(out, *text);
	}
	dsv_buf_addch(out, '\'');
}

/* %O and such in the program's own path would be replaced by git. */
static void add_merge_quoted(struct dsv_buf *out, const char *text)
{
	struct dsv_buf quoted DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *at;

	add_shell_quoted(&quoted, text);
	for (at = dsv_buf_str(&quoted); *at; at++) {
		if (*at == '%')
			dsv_buf_addch(out, '%');
		dsv_buf_addch(out, *at);
	}
}

static char *value_of(size_t i, const char *program)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (settings[i].plain)
		return dsv_strdup(settings[i].plain);
	if (strchr(settings[i].command, '%'))
		add_merge_quoted(&out, program);
	else
		add_shell_quoted(&out, program);
	dsv_buf_addf(&out, " %s", settings[i].command);
	return dsv_buf_detach(&out);
}

/* 1 written, 0 was so. */
static int set(struct dsv_repo *repo, const char *name, const char *value)
{
	char *old DSV_AUTO(str) = dsv_config_str(repo, name);
	int rc;

	if (old && !strcmp(old, value))
		return 0;
	rc = dsv_config_set(repo, name, value);
	return rc < 0 ? rc : 1;
}

static int configure(struct dsv_repo *repo, const char *program, bool *wrote)
{
	size_t i;
	int rc;

	rc = set(repo, "dsv.program", program);
	*wrote = rc > 0;
	for (i = 0; rc >= 0 && i < N_SETTINGS; i++) {
		char *value DSV_AUTO(str) = value_of(i, program);

		rc = set(repo, settings[i].name, value);
		*wrote = *wrote || rc > 0;
	}
	return rc < 0 ? rc : 0;
}

bool dsv_is_set_up(struct dsv_repo *repo)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++) {
		char *value DSV_AUTO(str) =
			dsv_config_str(repo, settings[i].name);

		if (!value)
			return false;
	}
	return true;
}

/* 1 where a work file is an exact pointer at a filtered path. */
static int is_pointer_file(struct dsv_repo *repo, const git_index_entry *entry,
			   struct dsv_content *out)
{
	struct stat st;
	int rc;

	if (GIT_INDEX_ENTRY_STAGE(entry) || !S_ISREG(entry->mode))
		return 0;
	rc = dsv_work_stat(repo, entry->path, &st);
	if (rc <= 0 || st.st_size < POINTER_MIN || st.st_size > POINTER_MAX)
		return rc < 0 ? rc : 0;
	rc = dsv_work_pointer(repo, entry->path, &st, out);
	/* a damaged one is status's to tell */
	if (rc <= 0)
		return rc == DSV_ECORRUPT ? 0 : rc;
	return dsv_path_is_filtered(repo, entry->path);
}

static int write_one(struct dsv_repo *repo, struct dsv_index_edit *edit,
		     const git_index_entry *at,
		     const struct dsv_content *content, struct dsv_setup *out)
{
	git_index_entry entry = *at;
	char *path DSV_AUTO(str) = dsv_strdup(at->path);
	struct stat st;
	int rc;

	rc = dsv_work_write_content(repo, path, entry.mode, content, &st);
	if (rc == DSV_EMISSING) {
		out->missing++;
		return 0;
	}
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", path);
	entry.path = path;
	dsv_index_entry_stat(&entry, &st);
	rc = git_index_add(edit->index, &entry);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot edit the index");
	dsv_strlist_add(&out->written, path);
	return 0;
}

/* A clone was checked out without us: its data files are pointers. */
static int write_files(struct dsv_repo *repo, struct dsv_setup *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct dsv_content content;
	size_t i;
	int rc;

	if (!repo->workdir || !dsv_fs_exists(repo->index_path))
		return 0;
	rc = dsv_index_edit_open(&edit, repo);
	for (i = 0; rc >= 0 && i < git_index_entrycount(edit.index); i++) {
		const git_index_entry *at =
			git_index_get_byindex(edit.index, i);

		rc = is_pointer_file(repo, at, &content);
		if (rc > 0)
			rc = write_one(repo, &edit, at, &content, out);
	}
	/* what was written is known to the index, whatever came after */
	if (edit.index && out->written.n) {
		const int saved = dsv_index_edit_commit_fast(&edit);

		rc = rc < 0 ? rc : saved;
	}
	return rc < 0 ? rc : 0;
}

int dsv_setup(struct dsv_repo *repo, const char *program, struct dsv_setup *out)
{
	int rc;

	rc = configure(repo, program, &out->configured);
	if (rc < 0 || !repo->workdir)
		return rc;
	rc = dsv_hooks_install(repo, out->hooks);
	return rc < 0 ? rc : write_files(repo, out);
}

void dsv_setup_release(struct dsv_setup *setup)
{
	size_t i;

	for (i = 0; i < DSV_N_HOOKS; i++)
		dsv_hook_result_release(&setup->hooks[i]);
	dsv_strlist_release(&setup->written);
	*setup = (struct dsv_setup)DSV_SETUP_INIT;
}
