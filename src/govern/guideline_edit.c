#include <dsv/guideline_edit.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/dataset.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"

/* A cell that is read back as this text. */
static void add_cell(struct dsv_buf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_[]<>|#&~!", *text))
			dsv_buf_addch(out, '\\');
		dsv_buf_addch(out, *text);
	}
}

/* A value that Markdown cannot hold (line ends, blanks at its ends) must not
 * become another label in silence. */
static int check_labels(const struct dsv_buf *text,
			const struct dsv_strlist *labels)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	dsv_rules_parse(&rules, dsv_buf_str(text), text->len);
	for (size_t i = 0; i < labels->n; i++) {
		if (i < rules.n_labels &&
		    strcmp(rules.labels[i].label, labels->items[i]) == 0)
			continue;
		return dsv_fail(DSV_EUSAGE,
				"label '%s' cannot stand in a table",
				labels->items[i]);
	}
	return 0;
}

int dsv_guideline_template(const char *id, const struct dsv_strlist *labels,
			   struct dsv_buf *out)
{
	static const struct dsv_strlist none = DSV_STRLIST_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	labels = labels ? labels : &none;
	dsv_buf_addf(&text,
		     "---\nid: %s\nversion: 1.0.0\nstatus: draft\n---\n"
		     "# %s\n\n"
		     "What is labelled, and what for.\n\n"
		     "## Labels\n\n"
		     "| label | definition |\n"
		     "|-------|------------|\n",
		     id, id);
	for (size_t i = 0; i < labels->n; i++) {
		dsv_buf_addstr(&text, "| ");
		add_cell(&text, labels->items[i]);
		dsv_buf_addstr(&text, " | |\n");
	}
	dsv_buf_addstr(&text, "\n## Rules\n\n"
			      "| rule | when | label |\n"
			      "|------|------|-------|\n"
			      "\n## Examples\n\n"
			      "| example | label | rule |\n"
			      "|---------|-------|------|\n");
	rc = check_labels(&text, labels);
	if (rc == 0)
		dsv_buf_swap(out, &text);
	return rc;
}

static int work_file(struct dsv_repo *repo, const char *id, char **out)
{
	if (!dsv_dataset_name_ok(id)) {
		dsv_fail(DSV_EUSAGE, "'%s' is no guideline id", id);
		return dsv_hint(DSV_EUSAGE, "a-z, 0-9, '.', '_', '-', at most "
					    "64");
	}
	*out = dsv_strf("%s/guidelines/%s.md", dsv_repo_workdir(repo), id);
	return 0;
}

int dsv_guideline_create(struct dsv_repo *repo, const char *id,
			 const struct dsv_strlist *labels)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *folder DSV_AUTO(str) =
		dsv_strf("%s/guidelines", dsv_repo_workdir(repo));
	char *file DSV_AUTO(str) = NULL;
	int rc = work_file(repo, id, &file);

	if (rc < 0)
		return rc;
	if (dsv_fs_exists(file)) {
		dsv_fail(DSV_EEXISTS, "'guidelines/%s.md' exists", id);
		return dsv_hint(DSV_EEXISTS, "dsv guideline show %s", id);
	}
	if ((rc = dsv_guideline_template(id, labels, &text)) < 0 ||
	    (rc = dsv_fs_mkdirs(folder)) < 0)
		return rc;
	return dsv_atomic_put(file, text.data, text.len, 0666);
}

/* The line of the front matter that begins with "key:": where it starts and
 * ends (before its line end). */
static bool find_line(const struct dsv_buf *data, const char *key, size_t *from,
		      size_t *to)
{
	const char *text = dsv_buf_str(data);
	size_t len = strlen(key);
	size_t at = 0;

	for (unsigned line = 0; at < data->len; line++) {
		const char *feed = memchr(text + at, '\n', data->len - at);
		size_t end = feed ? (size_t)(feed - text) : data->len;
		size_t start = at + strspn(text + at, " ");

		if (line && strncmp(text + at, "---", 3) == 0)
			return false;
		if (line && start < end && !strncmp(text + start, key, len) &&
		    text[start + len] == ':') {
			*from = start;
			*to = end > at && text[end - 1] == '\r' ? end - 1 : end;
			return true;
		}
		at = end + 1;
	}
	return false;
}

static void replace(struct dsv_buf *data, size_t from, size_t to,
		    const char *with)
{
	struct dsv_buf made DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&made, data->data, from);
	dsv_buf_addstr(&made, with);
	dsv_buf_add(&made, data->data + to, data->len - to);
	dsv_buf_swap(data, &made);
}

/* The value of a line, within quotes where there are such. */
static void find_value(const char *text, size_t *from, size_t *to)
{
	size_t at = *from;
	size_t end;

	at += strcspn(text + at, ":") + 1;
	at += strspn(text + at, " \t");
	if (at < *to && (text[at] == '"' || text[at] == '\''))
		at++;
	end = at;
	while (end < *to && !strchr("\"' \t#", text[end]))
		end++;
	*from = at;
	*to = end;
}

int dsv_guideline_set(struct dsv_buf *data, const char *key, const char *value,
		      const char *after)
{
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t from, to;

	if (find_line(data, key, &from, &to)) {
		find_value(data->data, &from, &to);
		replace(data, from, to, value);
		return 0;
	}
	if (!after || !find_line(data, after, &from, &to)) {
		dsv_fail(DSV_EUNSUPPORTED,
			 "the front matter has no line '%s: ...'", key);
		return dsv_hint(DSV_EUNSUPPORTED,
				"write it line by line, or edit it by hand");
	}
	dsv_buf_addf(&line, "%s%s: %s", data->data[to] == '\r' ? "\r\n" : "\n",
		     key, value);
	replace(data, to, to, dsv_buf_str(&line));
	return 0;
}

/* HEAD's, or nothing where it has none that can be read. */
static int read_base(struct dsv_repo *repo, const char *id,
		     struct dsv_guideline_text *out)
{
	struct dsv_version head;
	int rc = dsv_repo_head(repo, &head);

	if (rc < 0 || head.at == DSV_AT_NOTHING)
		return rc;
	rc = dsv_guideline_text_read(out, repo, &head, id);
	if (rc == DSV_ENOTFOUND || rc == DSV_ESYNTAX || rc == DSV_ERANGE) {
		dsv_error_clear();
		return 0;
	}
	return rc;
}

static int refuse_small(const struct dsv_guideline_bumped *it,
			enum dsv_bump wanted)
{
	dsv_fail(DSV_EREFUSED, "%s, which needs a %s version, not a %s one",
		 it->why, dsv_bump_word(it->needs), dsv_bump_word(wanted));
	return dsv_hint(DSV_EREFUSED, "dsv guideline bump --%s",
			dsv_bump_word(it->needs));
}

/* Which version it is to be: it->to, with it->done. */
static int choose_version(struct dsv_guideline_bumped *it, enum dsv_bump wanted)
{
	const char *base = it->base ? it->base : it->from;
	struct dsv_buf next DSV_AUTO(buf) = DSV_BUF_INIT;
	bool back;
	enum dsv_bump bump = wanted ? wanted : it->needs;
	enum dsv_bump now = dsv_bump_between(base, it->from, &back);

	if (bump < it->needs)
		return refuse_small(it, bump);
	if (!back && now >= bump && it->base) {
		it->to = dsv_strdup(it->from);
		it->done = now;
		return 0;
	}
	dsv_bump_next(base, bump, &next);
	it->to = dsv_buf_detach(&next);
	it->done = bump;
	return 0;
}

static int edit(struct dsv_buf *data, const struct dsv_guideline_bumped *it,
		const struct dsv_guideline_bump_opts *opts)
{
	int rc = dsv_guideline_set(data, "version", it->to, NULL);

	if (rc == 0 && opts->status)
		rc = dsv_guideline_set(data, "status", opts->status, "version");
	if (rc == 0 && opts->effective)
		rc = dsv_guideline_set(data, "effective", opts->effective,
				       "status");
	return rc;
}

/* What was written must be read as it was meant. */
static int check_edit(const struct dsv_buf *data,
		      const struct dsv_guideline_bumped *it,
		      const struct dsv_guideline_bump_opts *opts)
{
	struct dsv_guideline made DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	int rc = dsv_guideline_parse(&made, data->data, data->len, it->path);

	if (rc == DSV_ESYNTAX && (opts->effective || opts->status)) {
		char *message DSV_AUTO(str) = dsv_strdup(dsv_error_message());

		return dsv_fail(DSV_EUSAGE, "%s", message);
	}
	if (rc < 0)
		return rc;
	if (strcmp(made.version, it->to) != 0)
		return dsv_fail(DSV_EUNSUPPORTED,
				"'%s' does not say its version on a line of "
				"its own",
				it->path);
	return 0;
}

static int write_it(struct dsv_repo *repo, const char *id, struct dsv_buf *data,
		    struct dsv_guideline_bumped *it,
		    const struct dsv_guideline_bump_opts *opts)
{
	char *file DSV_AUTO(str) = NULL;
	struct stat st;
	struct dsv_buf made DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_buf_add(&made, data->data, data->len);
	if ((rc = work_file(repo, id, &file)) < 0 ||
	    (rc = edit(&made, it, opts)) < 0 ||
	    (rc = check_edit(&made, it, opts)) < 0)
		return rc;
	if (made.len == data->len &&
	    memcmp(made.data, data->data, made.len) == 0)
		return 0;
	if (stat(file, &st) < 0)
		return dsv_fail_errno(DSV_EIO, "'%s'", it->path);
	it->written = true;
	return dsv_atomic_put(file, made.data, made.len, st.st_mode & 0777);
}

int dsv_guideline_bump(struct dsv_guideline_bumped *out, struct dsv_repo *repo,
		       const char *id,
		       const struct dsv_guideline_bump_opts *opts)
{
	static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_guideline_text base DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text now DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_bumped it DSV_AUTO(guideline_bumped) =
		DSV_GUIDELINE_BUMPED_INIT;
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;
	struct dsv_buf why DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if ((rc = dsv_guideline_text_read(&now, repo, &worktree, id)) < 0 ||
	    (rc = read_base(repo, id, &base)) < 0)
		return rc;
	it.path = dsv_strdup(now.front.path);
	it.from = dsv_strdup(now.front.version);
	if (base.front.version) {
		it.base = dsv_strdup(base.front.version);
		dsv_guideline_diff(&diff, &base, &now);
		it.needs = diff.needs;
		if (diff.why)
			dsv_guideline_change_say(diff.why, &why);
	}
	it.why = why.len ? dsv_buf_detach(&why) : NULL;
	if ((rc = choose_version(&it, opts->bump)) < 0 ||
	    (rc = write_it(repo, id, &now.bytes, &it, opts)) < 0)
		return rc;
	*out = it;
	it = (struct dsv_guideline_bumped)DSV_GUIDELINE_BUMPED_INIT;
	return 0;
}

void dsv_guideline_bumped_release(struct dsv_guideline_bumped *bumped)
{
	free(bumped->path);
	free(bumped->base);
	free(bumped->from);
	free(bumped->to);
	free(bumped->why);
	*bumped = (struct dsv_guideline_bumped)DSV_GUIDELINE_BUMPED_INIT;
}
