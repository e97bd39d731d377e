#include "repo/transport.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/spawn.h"
#include "repo/config.h"
#include "repo/private.h"

#define HEADS	 "refs/heads/"
#define NO_REF	 "couldn't find remote ref"
#define ARGS_MAX 8u

static char *remote_of_branch(struct dsv_repo *repo)
{
	git_reference *head DSV_AUTO(git_reference) = NULL;
	char *name DSV_AUTO(str) = NULL;

	if (git_repository_head(&head, repo->git) < 0 ||
	    !git_reference_is_branch(head))
		return NULL;
	name = dsv_strf("branch.%s.remote", git_reference_shorthand(head));
	return dsv_config_str(repo, name);
}

/* "remote.<name>.<key>": the name of a remote may have dots. */
static void add_remote(struct dsv_strlist *out, const char *entry)
{
	static const char head[] = "remote.";
	const char *name = entry + sizeof(head) - 1;
	const char *end = strrchr(entry, '.');
	char *text DSV_AUTO(str) = NULL;

	if (strncmp(entry, head, sizeof(head) - 1) != 0 || end <= name)
		return;
	text = dsv_strndup(name, (size_t)(end - name));
	if (dsv_strlist_find(out, text) < 0)
		dsv_strlist_add(out, text);
}

/* git_remote_list() of libgit2 1.5 leaks. */
int dsv_transport_remotes(struct dsv_repo *repo, struct dsv_strlist *out)
{
	git_config *config DSV_AUTO(git_config) = NULL;
	git_config_iterator *it = NULL;
	git_config_entry *entry;
	int rc = git_repository_config_snapshot(&config, repo->git);

	if (rc == 0)
		rc = git_config_iterator_new(&it, config);
	while (rc == 0 && (rc = git_config_next(&entry, it)) == 0)
		add_remote(out, entry->name);
	git_config_iterator_free(it);
	if (rc < 0 && rc != GIT_ITEROVER)
		return dsv_git_fail(rc, "cannot list the remotes");
	return 0;
}

static char *choose(const struct dsv_strlist *all)
{
	if (dsv_strlist_find(all, "origin") >= 0)
		return dsv_strdup("origin");
	return all->n == 1 ? dsv_strdup(all->items[0]) : NULL;
}

int dsv_transport_remote(struct dsv_repo *repo, char **out)
{
	char *name = dsv_config_str(repo, "dsv.remote");
	struct dsv_strlist all DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	if (!name)
		name = dsv_config_str(repo, "remote.pushDefault");
	if (!name)
		name = remote_of_branch(repo);
	if (name && strcmp(name, ".") != 0) {
		*out = name;
		return 1;
	}
	free(name);
	rc = dsv_transport_remotes(repo, &all);
	if (rc < 0)
		return rc;
	*out = choose(&all);
	return *out != NULL;
}

/* Run "git <args>" in this repository; words is what it says. */
static int run_git(struct dsv_repo *repo, const char *const *args,
		   struct dsv_buf *words, int *out_status)
{
	char *git_dir DSV_AUTO(str) = dsv_strf("--git-dir=%s", repo->git_dir);
	const char *argv[ARGS_MAX + 4] = {"env", "LC_ALL=C", "git", git_dir};

	for (size_t i = 0; args[i]; i++)
		argv[4 + i] = args[i];
	return dsv_spawn((char *const *)argv, NULL, words, out_status);
}

/* The line that says most: what the remote's hook said, else what git calls
 * fatal, else the first. */
static void find_words(const struct dsv_buf *words, struct dsv_buf *out)
{
	static const char *const marks[] = {
		"remote: ", "fatal: ", "error: ", ""};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *line = dsv_buf_str(words);
		const char *end;

		for (; *line; line = *end ? end + 1 : end) {
			end = strchrnul(line, '\n');
			if (end == line ||
			    strncmp(line, marks[i], strlen(marks[i])) != 0)
				continue;
			line += strlen(marks[i]);
			while (end > line && end[-1] == ' ')
				end--;
			dsv_buf_add(out, line, (size_t)(end - line));
			return;
		}
	}
	dsv_buf_addstr(out, "git said nothing");
}

static int fail_with(int code, const char *what, const char *remote,
		     const struct dsv_buf *words)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	find_words(words, &line);
	return dsv_fail(code, "%s '%s': %s", what, remote, line.data);
}

int dsv_transport_fetch(struct dsv_repo *repo, const char *remote,
			const char *ref)
{
	struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;
	char *spec DSV_AUTO(str) = dsv_strf("+%s:refs/remotes/%s/%s", ref,
					    remote, ref + strlen(HEADS));
	const char *const args[] = {
		"fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
		"--",	 remote,    spec,	 NULL};
	int status;
	int rc = run_git(repo, args, &words, &status);

	if (rc < 0)
		return rc;
	if (status == 0)
		return 1;
	if (strstr(dsv_buf_str(&words), NO_REF))
		return 0;
	return fail_with(DSV_EGIT, "cannot fetch from", remote, &words);
}

int dsv_transport_push(struct dsv_repo *repo, const char *remote,
		       const char *ref)
{
	struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;
	char *spec DSV_AUTO(str) = dsv_strf("%s:%s", ref, ref);
	/* git's hook sees the pushes of people; this one is dsv's own */
	const char *const args[] = {"push", "--quiet", "--no-verify", "--",
				    remote, spec,      NULL};
	int status;
	int rc = run_git(repo, args, &words, &status);

	if (rc < 0 || status == 0)
		return rc;
	if (strstr(dsv_buf_str(&words), "rejected]"))
		return fail_with(DSV_EREFUSED, "refused by", remote, &words);
	return fail_with(DSV_EGIT, "cannot push to", remote, &words);
}

int dsv_transport_fetched(struct dsv_repo *repo, const char *remote,
			  const char *ref, struct dsv_oid *out)
{
	char *name DSV_AUTO(str) =
		dsv_strf("refs/remotes/%s/%s", remote, ref + strlen(HEADS));
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, repo->git, name);

	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read '%s'", name);
	dsv_oid_of_git(out, &oid);
	return 1;
}
