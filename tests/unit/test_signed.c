#include "gitrepo.h"

#include <dsv/check.h>
#include <dsv/signed.h>
#include <dsv/snapshot.h>

/*
 * A repository with the datasets "reviews" and "other", where alice holds
 * privacy and legal, and bob privacy. Keys are made by ssh-keygen.
 */
static const char sets[] = "version: 1\n"
			   "datasets:\n"
			   "  - name: reviews\n"
			   "    files: [reviews.csv]\n"
			   "    key: [id]\n"
			   "    labels: [label]\n"
			   "  - name: other\n"
			   "    files: [other.csv]\n"
			   "    key: [id]\n"
			   "    labels: [label]\n";

static void add_person(struct dsv_buf *out, const char *id, const char *roles)
{
	char *path DSV_AUTO(str) = dsv_strf("../%s.pub", id);
	char key[512];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_non_null(fgets(key, sizeof(key), file));
	fclose(file);
	key[strcspn(key, "\n")] = '\0';
	dsv_buf_addf(out,
		     "  - {id: %s, name: %s, roles: [%s], keys: [\"%s\"]}\n",
		     id, id, roles, key);
}

static void put_people(bool eve)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&text, "version: 1\npeople:\n");
	add_person(&text, "alice", "privacy, legal");
	add_person(&text, "bob", "privacy");
	if (eve)
		add_person(&text, "eve", "privacy");
	put(".dsv/people.yaml", dsv_buf_str(&text));
}

static void set_up(void)
{
	sh("for k in alice bob eve; do ssh-keygen -q -t ed25519 -N '' -C $k "
	   "-f ../$k; done; mkdir .dsv");
	put_people(false);
	put(".dsv/datasets.yaml", sets);
	put("reviews.csv", "id,label\n1,cat\n");
	put("other.csv", "id,label\n1,cat\n");
	commit_all("one", 0);
}

static struct dsv_version at(struct dsv_repo *repo, const char *rev)
{
	struct dsv_version version;

	if (dsv_repo_resolve(repo, rev, &version) < 0)
		fail_msg("%s", dsv_error_message());
	return version;
}

/* What a statement says; members that are NULL take what fits. */
struct say {
	const char *key;
	const char *person;
	const char *role;
	const char *rev;
	const char *dataset;
	const char *repository;
	enum dsv_statement_kind kind;
	enum dsv_decision decision;
	const struct dsv_id *withdraws;
};

static void find_repository(struct dsv_repo *repo, struct dsv_buf *out)
{
	struct dsv_version main = at(repo, "main");

	assert_int_equal(dsv_repo_identity(repo, &main, out), 0);
}

static void fill_plan(struct dsv_statement *it)
{
	it->plan.number = 12;
	it->plan.of = dsv_strdup("all");
	it->plan.field = dsv_strdup("label");
	it->plan.strata = dsv_alloc_zero(1, sizeof(*it->plan.strata));
	it->plan.strata[0] =
		(struct dsv_stratum){.name = dsv_strdup(""), .size = 1, .n = 1};
	it->plan.n_strata = 1;
	it->plan.population = it->plan.n = 1;
	it->plan.nonce = dsv_strf("%064d", 0);
}

static struct dsv_id say(struct say what)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_statement it DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_buf id DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version version = at(repo, what.rev ? what.rev : "HEAD");
	char *key DSV_AUTO(str) = dsv_strf("../%s", what.key);
	struct dsv_id digest;

	assert_int_equal(
		dsv_snapshot_read(&snapshot, repo, &version, "reviews"), 0);
	find_repository(repo, &id);
	it.kind = what.kind;
	it.subject = snapshot.id;
	it.repository = dsv_strdup(what.repository ? what.repository
						   : dsv_buf_str(&id));
	it.target = dsv_strdup("refs/heads/main");
	it.dataset = dsv_strdup(what.dataset ? what.dataset : "reviews");
	it.person = dsv_strdup(what.person ? what.person : what.key);
	it.role = dsv_strdup(what.role ? what.role : "privacy");
	it.time_s = 1741000000;
	it.signoff.decision = what.decision;
	if (what.decision == DSV_REJECT)
		it.signoff.reason = dsv_strdup("no");
	if (what.withdraws)
		it.signoff.withdraws = *what.withdraws;
	if (what.kind == DSV_AUDIT_PLAN)
		fill_plan(&it);
	if (dsv_evidence_add(repo, &it, key, &digest) < 0)
		fail_msg("%s", dsv_error_message());
	return digest;
}

/* The roles that signed a dataset of a commit, joined by ' '. */
static void assert_roles(const char *rev, const char *dataset, const char *want)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version version = at(repo, rev);
	const struct dsv_signed_data *data;

	assert_int_equal(dsv_signed_open(&said, repo), 0);
	assert_int_equal(dsv_signed_at(said, &version.commit, dataset, &data),
			 0);
	for (size_t i = 0; i < data->roles.n; i++)
		dsv_buf_addf(&got, "%s%s", i ? " " : "", data->roles.items[i]);
	assert_string_equal(dsv_buf_str(&got), want);
}

static void test_signed__without_evidence_no_snapshot_is_computed(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	const struct dsv_signed_data *data;
	const struct dsv_signed_audits *audits;
	struct dsv_version head;

	(void)s;
	set_up();
	repo = open_here();
	head = at(repo, "HEAD");
	assert_int_equal(dsv_signed_open(&said, repo), 0);
	assert_false(dsv_signed_exists(said));
	assert_null(dsv_signed_fault(said));
	assert_int_equal(dsv_signed_at(said, &head.commit, "reviews", &data),
			 0);
	assert_false(data->has_snapshot);
	assert_int_equal(data->roles.n, 0);
	assert_int_equal(dsv_signed_audits(said, data, &audits), 0);
	assert_int_equal(audits->n, 0);
}

static void test_signed__a_dataset_nobody_spoke_of_costs_no_snapshot(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	const struct dsv_signed_data *data;
	struct dsv_version head;

	(void)s;
	set_up();
	say((struct say){.key = "alice"});
	repo = open_here();
	head = at(repo, "HEAD");
	assert_int_equal(dsv_signed_open(&said, repo), 0);
	assert_true(dsv_signed_exists(said));
	assert_int_equal(dsv_signed_at(said, &head.commit, "other", &data), 0);
	assert_false(data->has_snapshot);
	assert_int_equal(dsv_signed_at(said, &head.commit, "reviews", &data),
			 0);
	assert_true(data->has_snapshot);
	assert_int_equal(data->n, 1);
	assert_string_equal(data->items[0]->by->id, "alice");
}

static void test_signed__an_approval_stands_for_its_data_alone(void **s)
{
	(void)s;
	set_up();
	put("reviews.csv", "id,label\n1,dog\n");
	commit_all("two", 1);
	say((struct say){.key = "bob"});
	put("other.csv", "id,label\n1,dog\n");
	commit_all("three", 2);
	put("reviews.csv", "id,label\n1,owl\n");
	commit_all("four", 3);
	assert_roles("HEAD~3", "reviews", "");
	assert_roles("HEAD~2", "reviews", "privacy");
	/* the same data in another commit */
	assert_roles("HEAD~1", "reviews", "privacy");
	assert_roles("HEAD", "reviews", "");
	assert_roles("HEAD", "nowhere", "");
}

static void test_signed__roles_stand_once_by_name(void **s)
{
	(void)s;
	set_up();
	say((struct say){.key = "alice"});
	say((struct say){.key = "bob"});
	say((struct say){.key = "alice", .role = "legal"});
	assert_roles("HEAD", "reviews", "legal privacy");
}

static void test_signed__a_reject_takes_the_role_until_withdrawn(void **s)
{
	struct dsv_id digest;

	(void)s;
	set_up();
	say((struct say){.key = "alice"});
	say((struct say){.key = "alice", .role = "legal"});
	digest = say((struct say){.key = "bob", .decision = DSV_REJECT});
	assert_roles("HEAD", "reviews", "legal");
	say((struct say){
		.key = "bob", .decision = DSV_WITHDRAW, .withdraws = &digest});
	assert_roles("HEAD", "reviews", "legal privacy");
}

static void test_signed__what_was_taken_back_stands_no_more(void **s)
{
	struct dsv_id digest;

	(void)s;
	set_up();
	digest = say((struct say){.key = "alice"});
	/* nobody takes back what somebody else said */
	say((struct say){
		.key = "bob", .decision = DSV_WITHDRAW, .withdraws = &digest});
	assert_roles("HEAD", "reviews", "privacy");
	say((struct say){.key = "alice",
			 .decision = DSV_WITHDRAW,
			 .withdraws = &digest});
	assert_roles("HEAD", "reviews", "");
}

static void test_signed__an_override_is_no_approval(void **s)
{
	(void)s;
	set_up();
	say((struct say){.key = "alice", .decision = DSV_OVERRIDE});
	assert_roles("HEAD", "reviews", "");
}

static void test_signed__who_is_not_trusted_says_nothing(void **s)
{
	(void)s;
	set_up();
	say((struct say){.key = "eve"});
	say((struct say){.key = "eve", .person = "alice"});
	say((struct say){.key = "bob", .role = "legal"});
	say((struct say){.key = "alice", .dataset = "other"});
	say((struct say){.key = "alice",
			 .repository =
				 "0123456789abcdef0123456789abcdef01234567"});
	assert_roles("HEAD", "reviews", "");
	assert_roles("HEAD", "other", "");
}

static void test_signed__people_are_those_of_the_target(void **s)
{
	(void)s;
	set_up();
	sh("git switch -qc side");
	put_people(true);
	commit_all("side", 1);
	say((struct say){.key = "eve"});
	assert_roles("HEAD", "reviews", "");
	sh("git switch -q main && git merge -q side");
	assert_roles("HEAD", "reviews", "privacy");
}

static void test_signed__a_file_has_the_dataset_of_its_commit(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	const struct dsv_signed_data *data;
	struct dsv_version old;

	(void)s;
	set_up();
	say((struct say){.key = "alice"});
	sh("sed -i s/reviews$/opinions/ .dsv/datasets.yaml");
	commit_all("renamed", 1);
	repo = open_here();
	old = at(repo, "HEAD~1");
	assert_int_equal(dsv_signed_open(&said, repo), 0);
	assert_int_equal(
		dsv_signed_of_path(said, &old.commit, "reviews.csv", &data), 0);
	assert_int_equal(data->roles.n, 1);
	assert_int_equal(dsv_signed_of_path(said, &old.commit, "a.txt", &data),
			 0);
	assert_int_equal(data->roles.n, 0);
}

static void test_signed__people_with_a_fault_are_told(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;

	(void)s;
	set_up();
	say((struct say){.key = "alice"});
	put(".dsv/people.yaml", "version: 1\npeople: no\n");
	commit_all("fault", 1);
	repo = open_here();
	assert_int_equal(dsv_signed_open(&said, repo), 0);
	assert_false(dsv_signed_exists(said));
	assert_non_null(strstr(dsv_signed_fault(said), "people.yaml"));
}

static void test_signed__asked_is_what_the_policy_of_the_target_says(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	struct dsv_strlist roles DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist others DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	bool audit;

	(void)s;
	set_up();
	put(".dsv/policy.yaml",
	    "version: 1\ntargets:\n  main:\n    - sign-off: {role: privacy}\n"
	    "    - sign-off: {role: legal, datasets: [reviews]}\n"
	    "    - audit: {of: all, sample: 3, datasets: [other]}\n"
	    "  release:\n    - sign-off: {role: editor}\n");
	commit_all("policy", 1);
	repo = open_here();
	assert_int_equal(dsv_signed_open(&said, repo), 0);
	assert_int_equal(dsv_signed_asked(said, "reviews", &roles, &audit), 0);
	assert_int_equal(roles.n, 2);
	assert_string_equal(roles.items[0], "privacy");
	assert_string_equal(roles.items[1], "legal");
	assert_false(audit);
	assert_int_equal(dsv_signed_asked(said, "other", &others, &audit), 0);
	assert_int_equal(others.n, 1);
	assert_true(audit);
}

static void
test_signed__audits_are_those_that_were_planned_by_someone_trusted(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	const struct dsv_signed_data *data;
	const struct dsv_signed_audits *audits;
	struct dsv_version head;

	(void)s;
	set_up();
	say((struct say){.key = "bob", .kind = DSV_AUDIT_PLAN});
	say((struct say){.key = "eve", .kind = DSV_AUDIT_PLAN});
	put("reviews.csv", "id,label\n1,dog\n");
	commit_all("two", 1);
	repo = open_here();
	assert_int_equal(dsv_signed_open(&said, repo), 0);
	head = at(repo, "HEAD~1");
	assert_int_equal(dsv_signed_at(said, &head.commit, "reviews", &data),
			 0);
	assert_int_equal(data->n, 0);
	assert_int_equal(dsv_signed_audits(said, data, &audits), 0);
	assert_int_equal(audits->n, 1);
	assert_int_equal(audits->items[0]->plan->statement.plan.number, 12);
	assert_string_equal(audits->items[0]->plan->by->id, "bob");
	head = at(repo, "HEAD");
	assert_int_equal(dsv_signed_at(said, &head.commit, "reviews", &data),
			 0);
	assert_int_equal(dsv_signed_audits(said, data, &audits), 0);
	assert_int_equal(audits->n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_signed__without_evidence_no_snapshot_is_computed),
		gitrepo_test(
			test_signed__a_dataset_nobody_spoke_of_costs_no_snapshot),
		gitrepo_test(
			test_signed__an_approval_stands_for_its_data_alone),
		gitrepo_test(test_signed__roles_stand_once_by_name),
		gitrepo_test(
			test_signed__a_reject_takes_the_role_until_withdrawn),
		gitrepo_test(test_signed__what_was_taken_back_stands_no_more),
		gitrepo_test(test_signed__an_override_is_no_approval),
		gitrepo_test(test_signed__who_is_not_trusted_says_nothing),
		gitrepo_test(test_signed__people_are_those_of_the_target),
		gitrepo_test(test_signed__a_file_has_the_dataset_of_its_commit),
		gitrepo_test(test_signed__people_with_a_fault_are_told),
		gitrepo_test(
			test_signed__asked_is_what_the_policy_of_the_target_says),
		gitrepo_test(
			test_signed__audits_are_those_that_were_planned_by_someone_trusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
