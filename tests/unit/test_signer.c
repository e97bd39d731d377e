#include "dsvrepo.h"

#include <dsv/signer.h>

#include "base/fs.h"
#include "repo/commitsig.h"

/* A key without passphrase: "../NAME" and "../NAME.pub". */
static void make_key(const char *name, const char *how)
{
	sh("ssh-keygen -q -t %s -N '' -C %s@example.org -f ../%s", how, name,
	   name);
}

static int sign(const char *key, const char *name_space, const char *text,
		struct dsv_buf *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&message, text);
	return dsv_sign(repo, key, name_space, &message, out);
}

static void sign_by(const char *key, const char *text, struct dsv_buf *out)
{
	if (sign(key, "dsv", text, out) < 0)
		fail_msg("%s", dsv_error_message());
}

static int verify(const struct dsv_buf *armour, const char *text,
		  struct dsv_buf *blob)
{
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};
	int rc;

	dsv_buf_addstr(&message, text);
	rc = dsv_sign_verify(armour, "dsv", &message, &by);
	if (rc == 0)
		dsv_buf_swap(blob, &by.blob);
	return rc;
}

static void public_of(const char *key, struct dsv_buf *blob)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_ssh_key pub DSV_AUTO(ssh_key) = {0};

	if (dsv_sign_key(repo, key, &pub) < 0)
		fail_msg("%s", dsv_error_message());
	dsv_buf_swap(blob, &pub.blob);
}

static void assert_same(const struct dsv_buf *a, const struct dsv_buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
}

static void test_signer__what_ssh_keygen_signs_verifies_here(void **s)
{
	static const char *const how[] = {"ed25519", "ecdsa -b 256",
					  "ecdsa -b 384", "ecdsa -b 521",
					  "rsa -b 2048"};
	size_t i;

	(void)s;
	for (i = 0; i < 5; i++) {
		struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf pub DSV_AUTO(buf) = DSV_BUF_INIT;

		sh("rm -f ../key ../key.pub");
		make_key("key", how[i]);
		sign_by("../key", "text\n", &armour);
		assert_int_equal(verify(&armour, "text\n", &by), 0);
		assert_int_equal(verify(&armour, "test\n", &by), DSV_EREFUSED);
		public_of("../key", &pub);
		assert_same(&by, &pub);
	}
}

static void test_signer__what_is_signed_here_ssh_keygen_verifies(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	make_key("key", "ed25519");
	sign_by("../key", "text\n", &armour);
	put("../sig", armour.data);
	sh("{ printf 'me '; cat ../key.pub; } >../allowed");
	sh("echo text | ssh-keygen -q -Y verify -f ../allowed -I me -n dsv "
	   "-s ../sig >/dev/null");
}

static void test_signer__a_longer_namespace_is_another(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	make_key("key", "ed25519");
	assert_int_equal(sign("../key", "dsv2", "x", &armour), 0);
	assert_int_equal(verify(&armour, "x", &by), DSV_EREFUSED);
	assert_string_equal(dsv_error_message(),
			    "the signature is for 'dsv2', not for 'dsv'");
}

static void test_signer__both_hashes_of_ssh_keygen_verify(void **s)
{
	static const char *const hash[] = {"sha256", "sha512"};
	size_t i;

	(void)s;
	make_key("key", "rsa -b 2048");
	for (i = 0; i < 2; i++) {
		struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;

		put("m", "text\n");
		sh("rm -f m.sig; ssh-keygen -q -Y sign -O hashalg=%s -n dsv "
		   "-f ../key m",
		   hash[i]);
		assert_int_equal(dsv_fs_read("m.sig", 65536, &armour), 0);
		assert_int_equal(verify(&armour, "text\n", &by), 0);
	}
}

static void test_signer__key_is_found_as_configured(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf own DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	assert_int_equal(sign(NULL, "dsv", "x", &armour), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), "no key to sign with is set");
	assert_non_null(strstr(dsv_error_hint(), "dsv.signingKey"));
	make_key("git", "ed25519");
	make_key("dsv", "ed25519");
	sh("git config user.signingKey ../git");
	assert_int_equal(sign(NULL, "dsv", "x", &armour), DSV_ENOTFOUND);
	sh("git config gpg.format ssh");
	sign_by(NULL, "x", &armour);
	assert_int_equal(verify(&armour, "x", &by), 0);
	public_of("../git", &own);
	assert_same(&by, &own);
	sh("mv ../dsv ../dsv.pub ../home && "
	   "git config dsv.signingKey '~/dsv'");
	sign_by(NULL, "x", &armour);
	assert_int_equal(verify(&armour, "x", &by), 0);
	dsv_buf_reset(&own);
	public_of("../home/dsv", &own);
	assert_same(&by, &own);
}

static void test_signer__an_agent_signs_for_a_public_key(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf pub DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	char *agent DSV_AUTO(str) = NULL;

	(void)s;
	make_key("key", "ed25519");
	agent = output("ssh-agent -a ../agent.sock -s | "
		       "sed -n 's/.*AGENT_PID=\\([0-9]*\\);.*/\\1/p'");
	setenv("SSH_AUTH_SOCK", "../agent.sock", 1);
	sh("ssh-add -q ../key && rm ../key");
	dsv_buf_addstr(&line, "key::");
	assert_int_equal(dsv_fs_read("../key.pub", 65536, &pub), 0);
	dsv_buf_add(&line, pub.data, pub.len - 1);
	sign_by(line.data, "x", &armour);
	assert_int_equal(verify(&armour, "x", &by), 0);
	dsv_buf_reset(&armour);
	sign_by(line.data + 5, "x", &armour);
	dsv_buf_reset(&armour);
	sign_by("../key.pub", "x", &armour);
	sh("kill %s", agent);
	unsetenv("SSH_AUTH_SOCK");
	dsv_buf_reset(&armour);
	assert_int_equal(sign(line.data, "dsv", "x", &armour), DSV_EREFUSED);
	assert_int_equal(armour.len, 0);
}

static void test_signer__public_key_of_a_private_file_alone(void **s)
{
	struct dsv_buf beside DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf inside DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	sh("ssh-keygen -q -t ed25519 -N secret -f ../key");
	public_of("../key", &beside);
	sh("rm ../key.pub");
	public_of("../key", &inside);
	assert_same(&beside, &inside);
}

static void test_signer__a_passphrase_that_nobody_types_is_refused(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	sh("ssh-keygen -q -t ed25519 -N secret -f ../key");
	setenv("SSH_ASKPASS", "/bin/false", 1);
	setenv("SSH_ASKPASS_REQUIRE", "force", 1);
	assert_int_equal(sign("../key", "dsv", "x", &armour), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_message(), "not signed: "));
	assert_null(strstr(dsv_error_message(), "status"));
	unsetenv("SSH_ASKPASS");
	unsetenv("SSH_ASKPASS_REQUIRE");
}

static void test_signer__without_ssh_keygen_the_package_is_named(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	make_key("key", "ed25519");
	sh("git config gpg.ssh.program no-such-keygen");
	assert_int_equal(sign("../key", "dsv", "x", &armour), DSV_ENOTFOUND);
	assert_non_null(strstr(dsv_error_message(), "no-such-keygen"));
	assert_non_null(strstr(dsv_error_hint(), "openssh-client"));
	sh("git config gpg.ssh.program true");
	assert_true(sign("../key", "dsv", "x", &armour) < 0);
	assert_int_equal(armour.len, 0);
}

static void test_signer__nothing_is_left_behind(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	make_key("key", "ed25519");
	sign_by("../key", "x", &armour);
	sh("git config gpg.ssh.program false");
	dsv_buf_reset(&armour);
	assert_int_equal(sign("../key", "dsv", "x", &armour), DSV_EREFUSED);
	assert_output("find .git/dsv/tmp -type f", "");
}

static void test_signer__no_such_file_is_hinted(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	assert_int_equal(sign("../none", "dsv", "x", &armour), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), "no key file '../none'");
	assert_non_null(strstr(dsv_error_hint(), "ssh-keygen -t ed25519"));
}

/* Commits. */

static void sign_commits(const char *key)
{
	sh("git config gpg.format ssh && git config user.signingKey %s && "
	   "git config commit.gpgSign true",
	   key);
	sh("{ printf 'c@example.org '; cat %s.pub; } >../allowed && "
	   "git config gpg.ssh.allowedSignersFile ../allowed",
	   key);
}

static int signer_of_head(struct dsv_buf *blob)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};
	struct dsv_version head;
	int rc;

	assert_int_equal(dsv_repo_head(repo, &head), 0);
	rc = dsv_sign_of_commit(repo, &head.commit, &by);
	if (rc > 0)
		dsv_buf_swap(blob, &by.blob);
	return rc;
}

static void test_signer__a_commit_by_git_names_its_signer(void **s)
{
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf pub DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	put("f", "1\n");
	commit_all("unsigned", 0);
	assert_int_equal(signer_of_head(&by), 0);
	make_key("key", "ecdsa");
	sign_commits("../key");
	put("f", "2\n");
	commit_all("signed", 1);
	assert_int_equal(signer_of_head(&by), 1);
	public_of("../key", &pub);
	assert_same(&by, &pub);
}

static void test_signer__a_commit_signed_here_git_verifies(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_commit_opts opts = DSV_COMMIT_OPTS_INIT;
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid oid;

	(void)s;
	make_key("key", "ed25519");
	sign_commits("../key");
	put("a.csv", "id\n1\n");
	stage_all();
	repo = open_here();
	opts.message = "First labels\n\nand more\n";
	opts.sign = dsv_sign_commit;
	if (dsv_commit(repo, &opts, &oid) < 0)
		fail_msg("%s", dsv_error_message());
	sh("git verify-commit HEAD 2>/dev/null && git fsck --strict "
	   "2>/dev/null");
	assert_output("git log -1 --format='%G? %GS %s|%b'",
		      "G c@example.org First labels|and more\n\n");
	assert_int_equal(signer_of_head(&by), 1);
}

/* The commit as it is, with a byte changed by sed. */
static void forge(const char *script)
{
	sh("git cat-file commit HEAD | sed '%s' >../forged && git update-ref "
	   "HEAD $(git hash-object -t commit -w ../forged)",
	   script);
}

static void test_signer__an_altered_commit_is_refused(void **s)
{
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	make_key("key", "ed25519");
	sign_commits("../key");
	put("f", "1\n");
	commit_all("signed", 1);
	forge("s/a@example.org/b@example.org/");
	assert_int_equal(signer_of_head(&by), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_message(), "does not match"));
	forge("s/b@example.org/a@example.org/");
	assert_int_equal(signer_of_head(&by), 1);
	forge("s/^signed/Signed/");
	assert_int_equal(signer_of_head(&by), DSV_EREFUSED);
}

static void test_signer__a_statement_is_no_commit_signature(void **s)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;
	char *body DSV_AUTO(str) = NULL;

	(void)s;
	make_key("key", "ed25519");
	put("f", "1\n");
	commit_all("plain", 0);
	body = output("git cat-file commit HEAD");
	sign_by("../key", body, &armour);
	put("../sig", armour.data);
	sh("{ git cat-file commit HEAD | sed '/^$/,$d'; "
	   "sed -e '1s/^/gpgsig /' -e '2,$s/^/ /' ../sig; "
	   "git cat-file commit HEAD | sed -n '/^$/,$p'; } >../forged && "
	   "git update-ref HEAD $(git hash-object -t commit -w ../forged)");
	assert_int_equal(signer_of_head(&by), DSV_EREFUSED);
	assert_non_null(
		strstr(dsv_error_message(), "for 'dsv', not for 'git'"));
}

static void test_signer__another_kind_of_signature_counts_as_none(void **s)
{
	struct dsv_buf by DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	put("f", "1\n");
	commit_all("plain", 0);
	sh("git cat-file commit HEAD | awk '/^$/ && !n++ { print \"gpgsig "
	   "-----BEGIN PGP SIGNATURE-----\"; print \" x\" } { print }' "
	   ">../forged && git update-ref HEAD $(git hash-object -t commit -w "
	   "../forged)");
	assert_int_equal(signer_of_head(&by), 0);
}

static void test_commitsig__two_signatures_are_refused(void **s)
{
	static const char two[] = "tree x\n"
				  "gpgsig a\n"
				  " b\n"
				  "gpgsig c\n"
				  "\n"
				  "m\n";
	struct dsv_buf payload DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf signature DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	assert_int_equal(
		dsv_commitsig_split(two, sizeof(two) - 1, &payload, &signature),
		DSV_ECORRUPT);
}

/* A message may speak of signatures, and a tag within the commit have one. */
static void test_commitsig__only_the_header_itself_is_taken(void **s)
{
	static const char raw[] = "tree x\n"
				  "mergetag object y\n"
				  " gpgsig no\n"
				  "gpgsig a\n"
				  " b\n"
				  "gpgsig-sha256 c\n"
				  " d\n"
				  "encoding z\n"
				  "\n"
				  "gpgsig e\n"
				  " f\n";
	struct dsv_buf payload DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf signature DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	assert_int_equal(
		dsv_commitsig_split(raw, sizeof(raw) - 1, &payload, &signature),
		1);
	assert_string_equal(signature.data, "a\nb\n");
	assert_string_equal(payload.data, "tree x\nmergetag object y\n"
					  " gpgsig no\nencoding z\n\n"
					  "gpgsig e\n f\n");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		dsvrepo_test(test_signer__what_ssh_keygen_signs_verifies_here),
		dsvrepo_test(
			test_signer__what_is_signed_here_ssh_keygen_verifies),
		dsvrepo_test(test_signer__a_longer_namespace_is_another),
		dsvrepo_test(test_signer__both_hashes_of_ssh_keygen_verify),
		dsvrepo_test(test_signer__key_is_found_as_configured),
		dsvrepo_test(test_signer__an_agent_signs_for_a_public_key),
		dsvrepo_test(test_signer__public_key_of_a_private_file_alone),
		dsvrepo_test(
			test_signer__a_passphrase_that_nobody_types_is_refused),
		dsvrepo_test(
			test_signer__without_ssh_keygen_the_package_is_named),
		dsvrepo_test(test_signer__nothing_is_left_behind),
		dsvrepo_test(test_signer__no_such_file_is_hinted),
		dsvrepo_test(test_signer__a_commit_by_git_names_its_signer),
		dsvrepo_test(test_signer__a_commit_signed_here_git_verifies),
		dsvrepo_test(test_signer__an_altered_commit_is_refused),
		dsvrepo_test(test_signer__a_statement_is_no_commit_signature),
		dsvrepo_test(
			test_signer__another_kind_of_signature_counts_as_none),
		cmocka_unit_test(test_commitsig__two_signatures_are_refused),
		cmocka_unit_test(
			test_commitsig__only_the_header_itself_is_taken),
	};
	static const struct CMUnitTest without[] = {
		cmocka_unit_test(test_commitsig__two_signatures_are_refused),
		cmocka_unit_test(
			test_commitsig__only_the_header_itself_is_taken),
	};

	if (argc > 1)
		return serve(argc, argv);
	if (system("command -v ssh-keygen >/dev/null") != 0) {
		fprintf(stderr, "skipped: no ssh-keygen\n");
		return cmocka_run_group_tests(without, NULL, NULL);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
