#include "repo/ident.h"

#include <dsv/error.h>
#include <dsv/text.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "repo/config.h"
#include "repo/private.h"

static const struct {
	const char *word;
	const char *env_name;
	const char *env_email;
	const char *env_date;
	const char *config_name;
	const char *config_email;
} sources[] = {
	[DSV_IDENT_AUTHOR] = {"author", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL",
			      "GIT_AUTHOR_DATE", "author.name", "author.email"},
	[DSV_IDENT_COMMITTER] = {"committer", "GIT_COMMITTER_NAME",
				 "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE",
				 "committer.name", "committer.email"},
};

git_time dsv_ident_now(void)
{
	const time_t now = (time_t)dsv_now_s();
	struct tm local;
	git_time out = {.time = now, .sign = '+'};

	tzset(); /* localtime_r need not look at TZ */
	if (localtime_r(&now, &local)) {
		out.offset = (int)(local.tm_gmtoff / 60);
		out.sign = out.offset < 0 ? '-' : '+';
	}
	return out;
}

/* What git takes off the ends of a name, and out of it. */
static bool is_crud(char ch)
{
	return (unsigned char)ch <= 32 || strchr(".,:;<>\"\\'", ch);
}

static char *without_crud(const char *text)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t len = strlen(text);

	while (len && is_crud(text[len - 1]))
		len--;
	while (len && is_crud(*text)) {
		text++;
		len--;
	}
	for (; len; text++, len--) {
		if (!strchr("<>\n", *text))
			dsv_buf_addch(&out, *text);
	}
	return dsv_buf_detach(&out);
}

static char *from_env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? dsv_strdup(value) : NULL;
}

/* The real name that the system knows. */
static char *from_system(void)
{
	const struct passwd *who = getpwuid(geteuid());

	if (!who || !who->pw_gecos || !*who->pw_gecos || *who->pw_gecos == ',')
		return NULL;
	return dsv_strndup(who->pw_gecos, strcspn(who->pw_gecos, ","));
}

static char *find_name(struct dsv_repo *repo, enum dsv_ident who)
{
	char *name = from_env(sources[who].env_name);

	if (!name)
		name = dsv_config_str(repo, sources[who].config_name);
	if (!name)
		name = dsv_config_str(repo, "user.name");
	if (!name && !dsv_config_bool(repo, "user.useConfigOnly", false))
		name = from_system();
	return name;
}

static char *find_email(struct dsv_repo *repo, enum dsv_ident who)
{
	char *email = from_env(sources[who].env_email);

	if (!email)
		email = dsv_config_str(repo, sources[who].config_email);
	if (!email)
		email = dsv_config_str(repo, "user.email");
	if (!email)
		email = from_env("EMAIL");
	return email;
}

static int fail_unknown(enum dsv_ident who)
{
	dsv_fail(DSV_EUSAGE, "%s identity unknown", sources[who].word);
	return dsv_hint(DSV_EUSAGE,
			"git config --global user.email \"you@example.com\"; "
			"git config --global user.name \"Your Name\"");
}

static int make(const char *name, const char *email, const git_time *when,
		git_signature **out)
{
	char *clean_name DSV_AUTO(str) = without_crud(name);
	char *clean_email DSV_AUTO(str) = without_crud(email);
	int rc;

	if (!*clean_name)
		return dsv_fail(DSV_EUSAGE, "empty name for <%s>", email);
	rc = git_signature_new(out, clean_name,
			       *clean_email ? clean_email : " ", when->time,
			       when->offset);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot sign as '%s <%s>'", name,
				    email);
	return 0;
}

int dsv_ident_signature(struct dsv_repo *repo, enum dsv_ident who,
			git_signature **out)
{
	char *name DSV_AUTO(str) = find_name(repo, who);
	char *email DSV_AUTO(str) = find_email(repo, who);
	char *date DSV_AUTO(str) = from_env(sources[who].env_date);
	git_time when = dsv_ident_now();
	int rc;

	if (!name || !email)
		return fail_unknown(who);
	if (date) {
		rc = dsv_date_parse(date, &when);
		if (rc < 0)
			return rc;
	}
	return make(name, email, &when, out);
}

int dsv_ident_parse(const char *text, git_signature **out)
{
	const char *open = strchr(text, '<');
	const char *close = open ? strchr(open, '>') : NULL;
	const git_time now = dsv_ident_now();
	char *name DSV_AUTO(str) = NULL;
	char *email DSV_AUTO(str) = NULL;

	if (!close || close[1] || open == text) {
		dsv_fail(DSV_EUSAGE, "'%s' is no author", text);
		return dsv_hint(DSV_EUSAGE, "write 'Name <email>'");
	}
	name = dsv_strndup(text, (size_t)(open - text));
	email = dsv_strndup(open + 1, (size_t)(close - open - 1));
	return make(name, email, &now, out);
}
