#include <dsv/walk.h>

#include <dsv/error.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "repo/private.h"
#include "repo/revlist.h"

static void person_release(struct dsv_person *person)
{
	free(person->name);
	free(person->email);
}

void dsv_commit_info_release(struct dsv_commit_info *info)
{
	person_release(&info->author);
	person_release(&info->committer);
	free(info->parents);
	free(info->subject);
	free(info->body);
	free(info->message);
	*info = (struct dsv_commit_info)DSV_COMMIT_INFO_INIT;
}

static bool is_utf8(const char *encoding)
{
	return !encoding || strcasecmp(encoding, "UTF-8") == 0 ||
	       strcasecmp(encoding, "utf8") == 0;
}

/* Bytes that cannot be read in the encoding that the commit names are given as
 * they are. */
static char *to_utf8(const char *text, const char *encoding)
{
	size_t left = strlen(text);
	size_t room = 4 * left + 1;
	char *in = (char *)text;
	char *out;
	char *at;
	iconv_t cd;
	bool done;

	if (is_utf8(encoding))
		return dsv_strdup(text);
	cd = iconv_open("UTF-8", encoding);
	if (cd == (iconv_t)-1)
		return dsv_strdup(text);
	at = out = dsv_alloc_zero(room, 1);
	room--;
	done = iconv(cd, &in, &left, &at, &room) != (size_t)-1;
	iconv_close(cd);
	if (done)
		return out;
	free(out);
	return dsv_strdup(text);
}

static void take_person(struct dsv_person *out, const git_signature *from,
			const char *encoding)
{
	out->name = to_utf8(from->name, encoding);
	out->email = to_utf8(from->email, encoding);
	out->at_s = from->when.time;
	out->offset_min = from->when.offset;
}

/* Behind the first paragraph and the blank lines after it. */
static const char *behind_subject(const char *message)
{
	const char *end = strstr(message, "\n\n");

	if (!end)
		return message + strlen(message);
	return end + strspn(end, "\n");
}

static char *subject_of(const char *message, const char *end)
{
	char *subject;
	size_t len = (size_t)(end - message);

	while (len && strchr(" \t\r\n", message[len - 1]))
		len--;
	subject = dsv_strndup(message, len);
	for (char *at = subject; *at; at++)
		if (*at == '\n')
			*at = ' ';
	return subject;
}

static void take_message(struct dsv_commit_info *out, const git_commit *commit)
{
	const char *start;
	const char *rest;

	out->message = to_utf8(git_commit_message(commit),
			       git_commit_message_encoding(commit));
	start = out->message + strspn(out->message, "\n");
	rest = behind_subject(start);
	out->subject = subject_of(start, rest);
	out->body = dsv_strdup(rest);
}

static void take_commit(struct dsv_commit_info *out, struct dsv_repo *repo,
			const git_commit *commit)
{
	const char *encoding = git_commit_message_encoding(commit);

	dsv_oid_of_git(&out->oid, git_commit_id(commit));
	dsv_oid_of_git(&out->tree, git_commit_tree_id(commit));
	/* where a shallow clone ends, the parents are not here */
	out->n_parents = dsv_repo_is_shallow_at(repo, &out->oid)
				 ? 0
				 : git_commit_parentcount(commit);
	out->parents =
		dsv_alloc_zero(out->n_parents + 1, sizeof(*out->parents));
	for (unsigned i = 0; i < out->n_parents; i++)
		dsv_oid_of_git(&out->parents[i],
			       git_commit_parent_id(commit, i));
	take_person(&out->author, git_commit_author(commit), encoding);
	take_person(&out->committer, git_commit_committer(commit), encoding);
	take_message(out, commit);
}

int dsv_commit_info_read(struct dsv_repo *repo, const struct dsv_oid *oid,
			 struct dsv_commit_info *out)
{
	git_commit *commit DSV_AUTO(git_commit) = NULL;
	char hex[DSV_OID_HEX];
	git_oid name;
	int rc;

	dsv_oid_to_git(&name, oid);
	rc = git_commit_lookup(&commit, repo->git, &name);
	if (rc < 0)
		return dsv_git_fail(rc, "commit '%s'", dsv_oid_hex(oid, hex));
	dsv_commit_info_release(out);
	take_commit(out, repo, commit);
	return 0;
}
