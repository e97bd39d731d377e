#include "gitrepo.h"

#include <dsv/evidence.h>
#include <dsv/people.h>
#include <sys/wait.h>

#include "govern/evidence_private.h"

/*
 * A repository with a key "alice" beside it, and a bare one that it pushes to.
 * Keys are made by ssh-keygen.
 */
#define PUB_MAX 512

static void make_key(const char *name)
{
	sh("ssh-keygen -q -t ed25519 -N '' -C %s -f ../%s", name, name);
}

static void set_up(void)
{
	make_key("alice");
	make_key("bob");
	sh("git init -q --bare -b main ../far && git remote add origin ../far");
	put("a.txt", "a\n");
	commit_all("one", 0);
	sh("git push -q origin main");
}

static void fill_id(struct dsv_id *id, uint8_t byte)
{
	memset(id->bytes, byte, sizeof(id->bytes));
}

/* A sign-off of snapshot `byte` that says "person, role". */
static int add_as(const char *key, const char *person, uint8_t byte)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_statement at DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	char *path DSV_AUTO(str) = dsv_strf("../%s", key);
	struct dsv_id digest;

	fill_id(&at.subject, byte);
	fill_id(&at.change, 7);
	at.repository = dsv_strdup("0123456789abcdef0123456789abcdef01234567");
	at.target = dsv_strdup("refs/heads/main");
	at.dataset = dsv_strdup("reviews");
	at.person = dsv_strdup(person);
	at.role = dsv_strdup("privacy");
	at.time_s = 1741000000 + byte;
	return dsv_evidence_add(repo, &at, path, &digest);
}

static void must_add(const char *key, const char *person, uint8_t byte)
{
	if (add_as(key, person, byte) < 0)
		fail_msg("%s", dsv_error_message());
}

static struct dsv_evidence *open_evidence(void)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_evidence *evidence = NULL;

	if (dsv_evidence_open(&evidence, repo) < 0)
		fail_msg("%s", dsv_error_message());
	return evidence;
}

/* alice holds privacy, bob holds quality. */
static void read_people(struct dsv_people *people)
{
	char keys[2][PUB_MAX];
	char *text;

	for (int i = 0; i < 2; i++) {
		FILE *file = fopen(i ? "../bob.pub" : "../alice.pub", "r");

		assert_non_null(file);
		assert_non_null(fgets(keys[i], PUB_MAX, file));
		keys[i][strcspn(keys[i], "\n")] = '\0';
		fclose(file);
	}
	text = dsv_strf("version: 1\npeople:\n"
			"  - {id: alice, name: A, roles: [privacy], "
			"keys: [\"%s\"]}\n"
			"  - {id: bob, name: B, roles: [quality], "
			"keys: [\"%s\"]}\n",
			keys[0], keys[1]);
	if (dsv_people_parse(people, text, strlen(text), "people.yaml") < 0)
		fail_msg("%s", dsv_error_message());
	free(text);
}

static void test_evidence__a_statement_is_read_back_as_it_was_signed(void **s)
{
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	evidence = open_evidence();
	read_people(&people);
	dsv_evidence_judge(evidence, &people);
	assert_true(evidence->exists);
	assert_int_equal(evidence->n, 1);
	assert_int_equal(evidence->items[0].trust, DSV_TRUSTED);
	assert_string_equal(evidence->items[0].by->id, "alice");
	assert_null(evidence->items[0].fault);
	assert_string_equal(evidence->items[0].statement.dataset, "reviews");
	sh("test -z \"$(git status --porcelain)\"");
}

/* What anyone can check without dsv. */
static void test_evidence__ssh_keygen_verifies_what_stands_there(void **s)
{
	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("echo \"alice namespaces=\\\"dsv\\\" $(cat ../alice.pub)\" >../allow"
	   " && p=$(git ls-tree -r --name-only dsv-evidence | grep 'json$') &&"
	   " git show dsv-evidence:$p.sig >../sig &&"
	   " git show dsv-evidence:$p | ssh-keygen -Y verify -f ../allow"
	   " -I alice -n dsv -s ../sig >../said &&"
	   " test \"$(git show dsv-evidence:$p | sha256sum | cut -c1-64)\" ="
	   " \"$(basename $p .json)\"");
}

static void check_trust(const struct dsv_evidence *evidence, size_t i,
			enum dsv_trust trust, const char *fault)
{
	assert_int_equal(evidence->items[i].trust, trust);
	assert_string_equal(evidence->items[i].fault, fault);
}

static void test_evidence__trust_follows_key_person_and_role(void **s)
{
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	make_key("eve");
	must_add("eve", "alice", 1);
	must_add("bob", "alice", 2);
	must_add("bob", "bob", 3);
	evidence = open_evidence();
	read_people(&people);
	dsv_evidence_judge(evidence, &people);
	assert_int_equal(evidence->n, 3);
	check_trust(evidence, 0, DSV_UNKNOWN_KEY,
		    "signed by a key that nobody holds");
	check_trust(evidence, 1, DSV_WRONG_PERSON,
		    "signed by 'bob', not by 'alice'");
	check_trust(evidence, 2, DSV_NO_ROLE,
		    "'bob' does not hold the role 'privacy'");
	assert_null(evidence->items[1].by);
	assert_string_equal(evidence->items[2].by->id, "bob");
}

/* A commit of the branch made with git: its files after a shell line in a
 * work tree of it. */
static void by_hand(const char *line)
{
	sh("git worktree add -q ../e dsv-evidence 2>/dev/null && cd ../e && "
	   "%s && git add -A && git commit -qm hand && cd ../w && "
	   "git worktree remove --force ../e",
	   line);
}

static void test_evidence__a_changed_document_is_malformed_and_lost(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	by_hand("sed -i s/approve/reject/ $(find v1 -name '*.json')");
	evidence = open_evidence();
	assert_int_equal(evidence->lost.n, 1);
	assert_int_equal(evidence->n, 2);
	/* the one that was signed is still there */
	assert_int_equal(evidence->items[0].trust + evidence->items[1].trust,
			 DSV_MALFORMED + DSV_UNKNOWN_KEY);
}

static void test_evidence__a_deleted_statement_is_still_read(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;
	struct dsv_evidence *again DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	must_add("alice", "alice", 2);
	by_hand("git rm -rq v1/01");
	evidence = open_evidence();
	assert_int_equal(evidence->n, 2);
	assert_int_equal(evidence->lost.n, 2);
	again = open_evidence();
	assert_int_equal(again->n, 2);
	assert_int_equal(again->lost.n, 2);
}

static size_t count_lost(void)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = open_evidence();

	return evidence->lost.n;
}

static void test_evidence__what_is_put_back_is_lost_no_more(void **s)
{
	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("git branch good dsv-evidence");
	by_hand("git rm -rq v1/01");
	assert_int_equal(count_lost(), 2);
	by_hand("git checkout -q good -- v1");
	assert_int_equal(count_lost(), 0);
	by_hand("sed -i s/approve/reject/ $(find v1 -name '*.json')");
	assert_int_equal(count_lost(), 1);
	must_add("alice", "alice", 2);
	assert_int_equal(count_lost(), 1);
	by_hand("git checkout -q good -- v1");
	assert_int_equal(count_lost(), 0);
	/* the same without what was known */
	sh("rm .git/dsv/cache/evidence");
	assert_int_equal(count_lost(), 0);
}

/* Here it is whole, but what was fetched has lost it. */
static void test_evidence__a_loss_on_the_remote_is_seen(void **s)
{
	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("git branch good dsv-evidence");
	by_hand("git rm -rq v1/01");
	sh("git update-ref refs/remotes/origin/dsv-evidence dsv-evidence && "
	   "git branch -f dsv-evidence good");
	assert_int_equal(count_lost(), 2);
}

static void test_evidence__what_is_no_statement_is_shown_as_such(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	by_hand("echo x >README && ln -s README v1/link && mv "
		"$(find v1 -name '*.sig') v1/01/lone.sig");
	evidence = open_evidence();
	assert_int_equal(evidence->n, 4);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(evidence->items[i].trust, DSV_MALFORMED);
	/* the signature that was moved is still known from before */
	assert_int_equal(evidence->items[3].trust, DSV_UNKNOWN_KEY);
}

static void test_evidence__a_signature_over_other_bytes_is_bad(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	must_add("alice", "alice", 2);
	sh("git worktree add -q ../e dsv-evidence && cd ../e && "
	   "cp $(find v1/01 -name '*.sig') $(find v1/02 -name '*.sig') && "
	   "git checkout -q --orphan other && git add -A && "
	   "git commit -qm x && cd ../w && git worktree remove --force ../e && "
	   "git branch -f dsv-evidence other");
	evidence = open_evidence();
	assert_int_equal(evidence->n, 2);
	assert_int_equal(evidence->items[0].trust, DSV_UNKNOWN_KEY);
	assert_int_equal(evidence->items[1].trust, DSV_BAD_SIGNATURE);
}

static void test_evidence__a_second_read_has_the_same_answer(void **s)
{
	struct dsv_evidence *first DSV_AUTO(evidence) = NULL;
	struct dsv_evidence *second DSV_AUTO(evidence) = NULL;
	struct dsv_evidence *third DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	must_add("bob", "bob", 2);
	first = open_evidence();
	second = open_evidence();
	sh("test -s .git/dsv/cache/evidence && "
	   "truncate -s -1 .git/dsv/cache/evidence");
	must_add("bob", "bob", 3);
	third = open_evidence();
	assert_int_equal(first->n, 2);
	assert_int_equal(second->n, 2);
	assert_int_equal(third->n, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(first->items[i].path,
				    second->items[i].path);
		assert_int_equal(first->items[i].key.blob.len,
				 second->items[i].key.blob.len);
		assert_memory_equal(first->items[i].key.blob.data,
				    second->items[i].key.blob.data,
				    first->items[i].key.blob.len);
		assert_string_equal(first->items[i].path, third->items[i].path);
	}
}

/* A branch that was set back has what it has: the cache does not add to it. */
static void test_evidence__the_cache_does_not_outlive_the_branch(void **s)
{
	struct dsv_evidence *first DSV_AUTO(evidence) = NULL;
	struct dsv_evidence *second DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	must_add("alice", "alice", 2);
	first = open_evidence();
	sh("git branch -f dsv-evidence dsv-evidence~1");
	second = open_evidence();
	assert_int_equal(first->n, 2);
	assert_int_equal(second->n, 1);
}

static void test_evidence__no_cut_or_flip_of_the_cache_is_taken(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;
	static char data[65536];
	FILE *file;
	size_t len;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	evidence = open_evidence();
	file = fopen(".git/dsv/cache/evidence", "r");
	assert_non_null(file);
	len = fread(data, 1, sizeof(data), file);
	fclose(file);
	for (size_t i = 0; i <= len; i++) {
		struct dsv_evidence_cache cache = {.changed = false};
		bool taken = dsv_evidence_cache_decode(
			&cache, data, i, "refs/heads/dsv-evidence");

		assert_int_equal(taken, i == len);
		dsv_evidence_cache_release(&cache);
	}
	for (size_t bit = 0; bit < len * 8; bit += 3) {
		struct dsv_evidence_cache cache = {.changed = false};

		data[bit / 8] ^= (char)(1 << bit % 8);
		assert_false(dsv_evidence_cache_decode(
			&cache, data, len, "refs/heads/dsv-evidence"));
		data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void push(void)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	if (dsv_evidence_push(repo, NULL) < 0)
		fail_msg("%s", dsv_error_message());
}

static void test_evidence__two_clones_unite(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	push();
	sh("git clone -q ../far ../w2");
	assert_int_equal(chdir("../w2"), 0);
	/* a root of its own: the clone has no local branch yet */
	must_add("bob", "bob", 2);
	sh("test $(git rev-list --count dsv-evidence) = 1");
	push();
	assert_int_equal(chdir("../w"), 0);
	must_add("alice", "alice", 3);
	push();
	evidence = open_evidence();
	assert_int_equal(evidence->n, 3);
	assert_int_equal(evidence->lost.n, 0);
	sh("test \"$(git rev-parse dsv-evidence)\" = "
	   "\"$(git -C ../far rev-parse dsv-evidence)\"");
	sh("test $(git ls-tree -r dsv-evidence | wc -l) = 6");
}

/* Who may push any branch but this one must not be able to spoil it. */
static void test_evidence__a_branch_of_like_name_is_not_read(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;
	struct dsv_evidence *other DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("git update-ref refs/remotes/origin/x/dsv-evidence dsv-evidence && "
	   "git update-ref -d refs/heads/dsv-evidence");
	evidence = open_evidence();
	assert_false(evidence->exists);
	sh("git remote add origin/x ../far");
	other = open_evidence();
	assert_int_equal(other->n, 1);
}

/* Somebody pushes between our fetch and our push: a hook of the remote does,
 * once, in the moment that ours arrives. */
static void test_evidence__a_lost_race_is_united_and_pushed_again(void **s)
{
	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	push();
	sh("git clone -q ../far ../w2");
	assert_int_equal(chdir("../w2"), 0);
	sh("git fetch -q && git branch -q dsv-evidence origin/dsv-evidence");
	must_add("bob", "bob", 2);
	sh("git push -q ../far dsv-evidence:refs/heads/waiting");
	assert_int_equal(chdir("../w"), 0);
	sh("printf '#!/bin/sh\\nif [ $1 = refs/heads/dsv-evidence ] && "
	   "git rev-parse -q --verify waiting >/dev/null; then\\n"
	   "unset GIT_QUARANTINE_PATH\\n"
	   "git update-ref refs/heads/dsv-evidence waiting && "
	   "git update-ref -d refs/heads/waiting\\nfi\\n' "
	   ">../far/hooks/update && chmod +x ../far/hooks/update");
	must_add("alice", "alice", 3);
	push();
	sh("test $(git -C ../far ls-tree -r dsv-evidence | wc -l) = 6");
}

static void test_evidence__a_refusal_by_the_remote_is_told(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("printf '#!/bin/sh\\necho no statements here >&2\\nexit 1\\n' "
	   ">../far/hooks/pre-receive && chmod +x ../far/hooks/pre-receive");
	repo = open_here();
	assert_int_equal(dsv_evidence_push(repo, NULL), DSV_EREFUSED);
	assert_string_equal(dsv_error_message(),
			    "refused by 'origin': no statements here");
}

static void test_evidence__writers_at_once_lose_nothing(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	for (uint8_t i = 1; i <= 6; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(add_as("alice", "alice", i) < 0);
		assert_true(pid > 0);
	}
	for (int i = 0; i < 6; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	evidence = open_evidence();
	assert_int_equal(evidence->n, 6);
	assert_int_equal(evidence->lost.n, 0);
}

static void test_evidence__a_linked_work_tree_shares_the_branch(void **s)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) = NULL;

	(void)s;
	set_up();
	sh("git worktree add -q ../linked");
	assert_int_equal(chdir("../linked"), 0);
	must_add("alice", "alice", 1);
	sh("test -z \"$(git status --porcelain)\"");
	assert_int_equal(chdir("../w"), 0);
	evidence = open_evidence();
	assert_int_equal(evidence->n, 1);
}

static void test_evidence__a_checked_out_branch_is_not_written(void **s)
{
	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("git worktree add -q ../e dsv-evidence");
	assert_int_equal(add_as("alice", "alice", 2), DSV_EREFUSED);
	assert_string_equal(dsv_error_message(),
			    "'refs/heads/dsv-evidence' is checked out");
}

static int check_step(const char *old, const char *tip)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version from = {.at = DSV_AT_NOTHING};
	struct dsv_version to;

	if (old && dsv_repo_resolve(repo, old, &from) < 0)
		fail_msg("%s", dsv_error_message());
	if (dsv_repo_resolve(repo, tip, &to) < 0)
		fail_msg("%s", dsv_error_message());
	return dsv_evidence_check_step(repo, &from.commit, &to.commit);
}

static void test_evidence__a_server_takes_what_was_added(void **s)
{
	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	assert_int_equal(check_step(NULL, "dsv-evidence"), 0);
	must_add("alice", "alice", 2);
	assert_int_equal(check_step("dsv-evidence~1", "dsv-evidence"), 0);
}

static void test_evidence__a_server_refuses_any_other_step(void **s)
{
	static const struct {
		const char *line;
		const char *words;
	} bad[] = {
		{"git rm -rq v1/01", "leaves out 'v1/01/"},
		{"sed -i s/approve/reject/ $(find v1 -name '*.json')",
		 "changes 'v1/01/"},
		{"echo x >README", "'README' is no place of a statement"},
		{"mkdir -p v1/02 && cp -r v1/01/* v1/02/",
		 "is no place of a statement"},
		{"d=$(dirname $(find v1 -name '*.json')) && cp $d/*.json "
		 "$d/$(echo x | sha256sum | cut -c1-64).json",
		 "has other bytes than its name says"},
		{"d=$(dirname $(find v1 -name '*.json')) && cp $d/*.sig "
		 "$d/$(echo x | sha256sum | cut -c1-64).json.sig",
		 "is of no statement"},
		{"d=$(dirname $(find v1 -name '*.json')) && sed "
		 "s/approve/reject/ $d/*.json >x && "
		 "mv x $d/$(sha256sum <x | cut -c1-64).json",
		 "has no signature"},
		{"d=$(dirname $(find v1 -name '*.json')) && sed "
		 "s/approve/reject/ $d/*.json >x && "
		 "n=$(sha256sum <x | cut -c1-64) && cp $d/*.sig y && "
		 "mv x $d/$n.json && mv y $d/$n.json.sig",
		 ".json: "},
	};

	(void)s;
	set_up();
	must_add("alice", "alice", 1);
	sh("git branch good dsv-evidence");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		by_hand(bad[i].line);
		assert_int_equal(check_step("good", "dsv-evidence"),
				 DSV_EREFUSED);
		if (!strstr(dsv_error_message(), bad[i].words))
			fail_msg("'%s': %s", bad[i].line, dsv_error_message());
		sh("git branch -qf dsv-evidence good");
	}
	must_add("alice", "alice", 2);
	assert_int_equal(check_step("dsv-evidence", "good"), DSV_EREFUSED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_evidence__a_statement_is_read_back_as_it_was_signed),
		gitrepo_test(
			test_evidence__ssh_keygen_verifies_what_stands_there),
		gitrepo_test(test_evidence__trust_follows_key_person_and_role),
		gitrepo_test(
			test_evidence__a_changed_document_is_malformed_and_lost),
		gitrepo_test(test_evidence__a_deleted_statement_is_still_read),
		gitrepo_test(test_evidence__what_is_put_back_is_lost_no_more),
		gitrepo_test(test_evidence__a_loss_on_the_remote_is_seen),
		gitrepo_test(
			test_evidence__what_is_no_statement_is_shown_as_such),
		gitrepo_test(
			test_evidence__a_signature_over_other_bytes_is_bad),
		gitrepo_test(test_evidence__a_second_read_has_the_same_answer),
		gitrepo_test(
			test_evidence__the_cache_does_not_outlive_the_branch),
		gitrepo_test(
			test_evidence__no_cut_or_flip_of_the_cache_is_taken),
		gitrepo_test(test_evidence__two_clones_unite),
		gitrepo_test(test_evidence__a_branch_of_like_name_is_not_read),
		gitrepo_test(
			test_evidence__a_lost_race_is_united_and_pushed_again),
		gitrepo_test(test_evidence__a_refusal_by_the_remote_is_told),
		gitrepo_test(test_evidence__writers_at_once_lose_nothing),
		gitrepo_test(
			test_evidence__a_linked_work_tree_shares_the_branch),
		gitrepo_test(
			test_evidence__a_checked_out_branch_is_not_written),
		gitrepo_test(test_evidence__a_server_takes_what_was_added),
		gitrepo_test(test_evidence__a_server_refuses_any_other_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
