#include "dataset_repo.h"

#include <dsv/governance.h>

#include "base/digest.h"

static struct dsv_version resolve(struct dsv_repo *repo, const char *rev)
{
	struct dsv_version version = {.at = DSV_AT_NOTHING};

	if (rev && dsv_repo_resolve(repo, rev, &version) < 0)
		fail_msg("%s", dsv_error_message());
	return version;
}

static void read_between(struct dsv_governance *out, const char *base,
			 const char *to)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version from = resolve(repo, base);
	struct dsv_version at = resolve(repo, to);

	if (dsv_governance_read(out, repo, &from, &at) < 0)
		fail_msg("%s", dsv_error_message());
}

static void set_up(void)
{
	define("  - {name: reviews, files: [a.csv], key: [id]}\n"
	       "  - {name: other, files: [b.csv], key: [id]}\n");
	sh("mkdir -p .dsv/checklists guidelines");
	put(".dsv/people.yaml", "version: 1\npeople: []\n");
	put(".dsv/policy.yaml", "version: 1\ntargets: {}\n");
	put(".dsv/checklists/privacy.yaml", "x\n");
	put("guidelines/tone.md", "y\n");
	put("guidelines/tone.png", "no rule\n");
	put("a.csv", "id\n1\n");
	commit_all("one", 0);
}

static void add_file(struct dsv_buf *out, const char *path, const char *text)
{
	struct dsv_id id;
	char hex[DSV_ID_HEX];

	dsv_id_of(text, strlen(text), &id);
	dsv_buf_addf(out, "file %s %zu %s\n", dsv_id_hex(&id, hex),
		     strlen(text), path);
}

static void test_governance__its_text_names_the_rules_of_the_newer(void **s)
{
	struct dsv_governance it DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	(void)s;
	set_up();
	put(".dsv/people.yaml", "version: 1\npeople: [] # x\n");
	define("  - {name: reviews, files: [a.csv], key: [id]}\n");
	commit_all("two", 1);
	read_between(&it, "HEAD~1", "HEAD");
	dsv_buf_addstr(&text, "dsv-governance 1\n");
	add_file(&text, ".dsv/checklists/privacy.yaml", "x\n");
	add_file(&text, ".dsv/people.yaml", "version: 1\npeople: [] # x\n");
	add_file(&text, ".dsv/policy.yaml", "version: 1\ntargets: {}\n");
	add_file(&text, "guidelines/tone.md", "y\n");
	dsv_buf_addstr(&text, "removed other\n");
	assert_string_equal(it.text.data, text.data);
	dsv_id_of(text.data, text.len, &id);
	assert_true(dsv_id_equal(&id, &it.id));
	assert_true(it.changed);
	assert_int_equal(it.paths.n, 1);
	assert_string_equal(it.paths.items[0], ".dsv/people.yaml");
	assert_int_equal(it.removed.n, 1);
}

static void test_governance__data_alone_changes_no_rule(void **s)
{
	struct dsv_governance it DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	struct dsv_governance before DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;

	(void)s;
	set_up();
	put("a.csv", "id\n2\n");
	put("guidelines/tone.png", "other\n");
	commit_all("two", 1);
	read_between(&it, "HEAD~1", "HEAD");
	read_between(&before, "HEAD~1", "HEAD~1");
	assert_false(it.changed);
	assert_int_equal(it.paths.n, 0);
	assert_true(dsv_id_equal(&it.id, &before.id));
}

static void test_governance__each_rule_counts_also_when_it_goes(void **s)
{
	static const char *const paths[] = {
		".dsv/people.yaml", ".dsv/policy.yaml",
		".dsv/checklists/privacy.yaml", "guidelines/tone.md"};

	(void)s;
	set_up();
	for (size_t i = 0; i < 4; i++) {
		struct dsv_governance it DSV_AUTO(governance) =
			DSV_GOVERNANCE_INIT;

		sh("git rm -q %s && git commit -qm gone", paths[i]);
		read_between(&it, "HEAD~1", "HEAD");
		assert_true(it.changed);
		assert_int_equal(it.paths.n, 1);
		assert_string_equal(it.paths.items[0], paths[i]);
		sh("git reset -q --hard HEAD~1");
	}
}

static void test_governance__a_new_repository_brings_all_its_rules(void **s)
{
	struct dsv_governance it DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;

	(void)s;
	set_up();
	read_between(&it, NULL, "HEAD");
	assert_true(it.changed);
	assert_int_equal(it.paths.n, 4);
	assert_int_equal(it.removed.n, 0);
}

static void test_governance__a_rule_that_is_a_link_is_refused(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_governance it DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	struct dsv_version at;

	(void)s;
	set_up();
	sh("ln -sf ../a.csv .dsv/people.yaml");
	commit_all("two", 1);
	repo = open_here();
	at = resolve(repo, "HEAD");
	assert_int_equal(dsv_governance_read(&it, repo, &at, &at),
			 DSV_EUNSUPPORTED);
}

static void base_of(const char *rev, struct dsv_id *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version at = resolve(repo, rev);

	if (dsv_governance_base(repo, &at, out) < 0)
		fail_msg("%s", dsv_error_message());
}

static void test_governance__rules_that_come_back_start_anew(void **s)
{
	struct dsv_id first, later, other, back;

	(void)s;
	set_up();
	base_of("HEAD", &first);
	put("a.csv", "id\n1\n2\n");
	commit_all("data", 1);
	base_of("HEAD", &later);
	assert_true(dsv_id_equal(&first, &later));
	put(".dsv/people.yaml", "version: 1\npeople: [] # x\n");
	commit_all("rules", 2);
	base_of("HEAD", &other);
	assert_false(dsv_id_equal(&first, &other));
	put(".dsv/people.yaml", "version: 1\npeople: []\n");
	commit_all("back", 3);
	base_of("HEAD", &back);
	assert_false(dsv_id_equal(&first, &back));
	assert_false(dsv_id_equal(&other, &back));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_governance__its_text_names_the_rules_of_the_newer),
		gitrepo_test(test_governance__data_alone_changes_no_rule),
		gitrepo_test(
			test_governance__each_rule_counts_also_when_it_goes),
		gitrepo_test(
			test_governance__a_new_repository_brings_all_its_rules),
		gitrepo_test(test_governance__a_rule_that_is_a_link_is_refused),
		gitrepo_test(test_governance__rules_that_come_back_start_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
