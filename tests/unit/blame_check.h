#ifndef TESTS_BLAME_CHECK_H
#define TESTS_BLAME_CHECK_H

#include "dataset_repo.h"

#include <dsv/blame.h>

/* A blame in words: "1:one 2:^two 3:-", each record's key and the subject of
 * its commit, '^' where the history is not followed further. */
struct asking {
	const char *rev; /* NULL: HEAD */
	const char *path;
	const char *key; /* "a,b"; NULL: the definition's */
	const char *label;
	const char *field;
	const char *since;
	const char *until;
	const char *where;
	const char *only; /* a key */
	bool no_cache;
};

/* What was told beside the records. */
struct told {
	bool complete;
	bool shallow;
	size_t n_problems;
	char *key_name;
	char *problem; /* "subject: message or issue" of the first */
};

struct asked_lists {
	struct dsv_strlist key, labels, where, only;
};

static inline void split_words(struct dsv_strlist *out, const char *text)
{
	if (text)
		dsv_strlist_split(out, text, ',');
}

static inline void version_of(struct dsv_repo *repo, const char *rev,
			      struct dsv_version *out)
{
	if (rev && dsv_repo_resolve(repo, rev, out) < 0)
		fail_msg("%s", dsv_error_message());
}

static inline void opts_of(struct dsv_repo *repo, const struct asking *asking,
			   struct asked_lists *lists,
			   struct dsv_blame_opts *out)
{
	split_words(&lists->key, asking->key);
	split_words(&lists->labels, asking->label);
	if (asking->where)
		dsv_strlist_add(&lists->where, asking->where);
	if (asking->only)
		dsv_strlist_add(&lists->only, asking->only);
	*out = (struct dsv_blame_opts){
		.path = asking->path,
		.field = asking->field,
		.key = &lists->key,
		.labels = &lists->labels,
		.where = &lists->where,
		.keys = asking->only ? &lists->only : NULL,
		.no_cache = asking->no_cache,
	};
	version_of(repo, asking->rev ? asking->rev : "HEAD", &out->rev);
	version_of(repo, asking->since, &out->since);
	version_of(repo, asking->until, &out->until);
}

static inline void lists_release(struct asked_lists *lists)
{
	dsv_strlist_release(&lists->key);
	dsv_strlist_release(&lists->labels);
	dsv_strlist_release(&lists->where);
	dsv_strlist_release(&lists->only);
}

static inline void add_line(struct dsv_buf *out,
			    const struct dsv_blame_line *line)
{
	if (out->len > 0)
		dsv_buf_addch(out, ' ');
	for (size_t i = 0; i < line->n_key; i++) {
		if (i > 0)
			dsv_buf_addch(out, ',');
		dsv_buf_add(out, line->key[i].text, line->key[i].len);
	}
	dsv_buf_addch(out, ':');
	if (!line->origin) {
		dsv_buf_addch(out, '-');
		return;
	}
	if (line->origin->end != DSV_BLAME_CHANGED)
		dsv_buf_addch(out, '^');
	dsv_buf_addstr(out, line->origin->commit.subject);
}

static inline void tell(const struct dsv_blame_info *info, struct told *told)
{
	const struct dsv_blame_problem *first = info->problems;

	told->complete = info->complete;
	told->shallow = info->shallow;
	told->n_problems = info->n_problems;
	told->key_name = info->key_name ? dsv_strdup(info->key_name) : NULL;
	if (info->n_problems > 0)
		told->problem = dsv_strdup(
			first->message ? first->message
				       : dsv_issue_word(first->issue));
}

/* 0 or the code of the failure; text holds the words. */
static inline int blame_words(const struct asking *asking, struct dsv_buf *text,
			      struct told *told)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	struct asked_lists lists = {0};
	struct dsv_blame_opts opts;
	struct dsv_blame_line line;
	int rc;

	opts_of(repo, asking, &lists, &opts);
	rc = dsv_blame_open(&blame, repo, &opts);
	while (rc >= 0 && (rc = dsv_blame_next(blame, &line)) > 0)
		add_line(text, &line);
	if (rc == 0 && told)
		tell(dsv_blame_info(blame), told);
	lists_release(&lists);
	return rc;
}

static inline void told_release(struct told *told)
{
	free(told->key_name);
	free(told->problem);
}

/* With change lists, with those that the first run left, and without. */
#define BLAME_IS(words_, ...)                                               \
	do {                                                                \
		struct asking asking_ = {                                   \
			.path = "x.csv", .key = "id", __VA_ARGS__};         \
                                                                            \
		for (int round_ = 0; round_ < 3; round_++) {                \
			struct dsv_buf text_ DSV_AUTO(buf) = DSV_BUF_INIT;  \
                                                                            \
			asking_.no_cache = round_ == 0;                     \
			if (blame_words(&asking_, &text_, NULL) < 0)        \
				fail_msg("%s", dsv_error_message());        \
			assert_string_equal(dsv_buf_str(&text_), (words_)); \
		}                                                           \
	} while (0)

#endif
