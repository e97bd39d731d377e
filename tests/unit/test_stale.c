#include "guideline_made.h"

#include <dsv/stale.h>

static const char sets[] = "version: 1\n"
			   "datasets:\n"
			   "  - name: mail\n"
			   "    files: [mail.csv]\n"
			   "    key: [id]\n"
			   "    labels: [label]\n"
			   "    guideline: mail\n";

/* The first commit: two records by 2.1.0, and one without label. */
static void begin(const char *definition)
{
	sh("mkdir -p guidelines .dsv");
	put(".dsv/datasets.yaml", definition);
	put("guidelines/mail.md", made_base);
	put("mail.csv", "id,label,who\n1,spam,a\n2,ham,a\n3,,a\n");
	commit_all("first", 0);
}

/* The guideline with one change and another version. */
static void guide(const char *version, const char *old, const char *with)
{
	char *text = made_with(old, with);

	put("guidelines/mail.md", text);
	free(text);
	sh("sed -i 's/^version: .*/version: %s/' guidelines/mail.md", version);
}

static int note(void *ctx, const struct dsv_stale_record *record)
{
	dsv_buf_addf(ctx, "%.*s %s %s %s\n", (int)record->line->key[0].len,
		     record->line->key[0].text, record->label,
		     dsv_stale_word(record->reason),
		     record->why ? record->why : "-");
	return 0;
}

/* What is stale in HEAD by its own guideline, a line each. */
static void expect(const char *want)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_buf told DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stale stale DSV_AUTO(stale) = DSV_STALE_INIT;
	struct dsv_stale_opts opts = {.take = note, .ctx = &told};

	assert_int_equal(dsv_repo_head(repo, &opts.version), 0);
	if (dsv_stale_read(&stale, repo, &opts) < 0)
		fail_msg("%s", dsv_error_message());
	assert_string_equal(dsv_buf_str(&told), want);
	assert_int_equal(stale.groups[0].records, 3);
	assert_int_equal(stale.groups[0].unlabelled, 1);
	assert_true(stale.complete);
}

static void test_stale__what_was_labelled_by_this_version_is_not(void **s)
{
	(void)s;
	begin(sets);
	expect("");
	guide("2.1.1", "all else", "All  else");
	commit_all("wording", 1);
	expect("");
}

static void test_stale__older_major_versions_are_but_not_empty_labels(void **s)
{
	(void)s;
	begin(sets);
	guide("3.0.0", "# Mail", "# Mails");
	commit_all("major", 1);
	expect("1 spam older -\n2 ham older -\n");
	put("mail.csv", "id,label,who\n1,ham,a\n2,ham,b\n3,,a\n");
	commit_all("again", 2);
	expect("2 ham older -\n");
}

static void test_stale__a_label_that_means_something_else_is(void **s)
{
	(void)s;
	begin(sets);
	guide("2.2.0", "all else", "what we asked for");
	commit_all("definition", 1);
	expect("2 ham changed label ham changed\n");
	guide("2.2.0", "Buy now | spam", "Buy now | ham");
	commit_all("answer", 2);
	expect("1 spam changed example 'Buy now' is ham, was spam\n"
	       "2 ham changed example 'Buy now' is ham, was spam\n");
	guide("2.2.0", "| spam | asked for by nobody |\n", "");
	commit_all("gone", 3);
	expect("1 spam changed label spam removed\n");
}

static void test_stale__who_annotated_it_again_vouches_for_it(void **s)
{
	char *with = dsv_strf("%s    annotator: who\n", sets);

	(void)s;
	begin(with);
	free(with);
	guide("3.0.0", "# Mail", "# Mails");
	commit_all("major", 1);
	put("mail.csv", "id,label,who\n1,spam,a\n2,ham,b\n3,,a\n");
	commit_all("again", 2);
	expect("1 spam older -\n");
}

static void test_stale__what_was_labelled_by_none_or_another_is(void **s)
{
	(void)s;
	begin(sets);
	sh("git rm -q --cached guidelines/mail.md && git commit -q --amend "
	   "-m first");
	commit_all("guideline", 1);
	expect("1 spam no_guideline -\n2 ham no_guideline -\n");
	sh("sed 's/^id: .*/id: other/' guidelines/mail.md >guidelines/other.md "
	   "&& sed -i 's/guideline: mail/guideline: other/' "
	   ".dsv/datasets.yaml");
	put("mail.csv", "id,label,who\n1,ham,a\n2,spam,a\n3,,a\n");
	commit_all("by the other", 2);
	put(".dsv/datasets.yaml", sets);
	commit_all("by this one", 3);
	expect("1 ham other_guideline -\n2 spam other_guideline -\n");
}

static void test_stale__a_newer_version_than_that_of_now_is_not(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_stale stale DSV_AUTO(stale) = DSV_STALE_INIT;
	struct dsv_stale_opts opts = {.dataset = "mail", .id = "mail"};

	(void)s;
	begin(sets);
	guide("3.0.0", "Buy now | spam", "Buy now | ham");
	put("mail.csv", "id,label,who\n1,ham,a\n2,ham,a\n3,,a\n");
	commit_all("a proposed change", 1);
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &opts.version), 0);
	assert_int_equal(dsv_repo_resolve(repo, "HEAD~1", &opts.guideline), 0);
	assert_int_equal(dsv_stale_read(&stale, repo, &opts), 0);
	assert_int_equal(stale.n_stale, 0);
	assert_string_equal(stale.groups[0].version, "2.1.0");
	assert_string_equal(stale.groups[0].by_version.items[0].name,
			    "mail@3.0.0");
}

static void test_stale__names_that_are_not_there(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_stale stale DSV_AUTO(stale) = DSV_STALE_INIT;
	struct dsv_stale_opts opts = {.dataset = "letters"};

	(void)s;
	begin(sets);
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &opts.version), 0);
	assert_int_equal(dsv_stale_read(&stale, repo, &opts), DSV_ENOTFOUND);
	opts = (struct dsv_stale_opts){.version = opts.version, .id = "x"};
	assert_int_equal(dsv_stale_read(&stale, repo, &opts), DSV_ENOTFOUND);
	assert_null(stale.groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_stale__what_was_labelled_by_this_version_is_not),
		gitrepo_test(
			test_stale__older_major_versions_are_but_not_empty_labels),
		gitrepo_test(test_stale__a_label_that_means_something_else_is),
		gitrepo_test(test_stale__who_annotated_it_again_vouches_for_it),
		gitrepo_test(
			test_stale__what_was_labelled_by_none_or_another_is),
		gitrepo_test(
			test_stale__a_newer_version_than_that_of_now_is_not),
		gitrepo_test(test_stale__names_that_are_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
