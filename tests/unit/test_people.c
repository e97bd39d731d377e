#include "gitrepo.h"

#include <dsv/people.h>
#include <dsv/text.h>

#define KEY_A                                                      \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBhb8Xd9gt7fB+RMItgB" \
	"XbnRmC54AkL7N0l6JmDA8uZw"
#define KEY_B                                                             \
	"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHA" \
	"yNTYAAABBB"

static int parse(struct dsv_people *out, const char *text)
{
	return dsv_people_parse(out, text, strlen(text), "people.yaml");
}

static void must_parse(struct dsv_people *out, const char *text)
{
	if (parse(out, text) < 0)
		fail_msg("%s", dsv_error_message());
}

static void refused(const char *text, const char *message)
{
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;

	assert_int_equal(parse(&people, text), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), message);
	assert_int_equal(people.n, 0);
}

/* Keys that are valid: points of their curve. */
static char *new_key(unsigned n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOP";
	char *key = dsv_strdup(KEY_A);

	/* any 32 bytes can stand for a key of ed25519 */
	key[strlen(key) - 4] = digits[n % 16];
	return key;
}

static const char two[] = "# who is who\n"
			  "version: 1\n"
			  "people:\n"
			  "  - id: lead-a\n"
			  "    name: Lead A   # of the team\n"
			  "    emails: [lead@example.org]\n"
			  "    roles: [governance, data]\n"
			  "    keys: [\"" KEY_A " lead's\"]\n"
			  "\n"
			  "  # since spring\n"
			  "  - id: privacy-b\n"
			  "    roles: [privacy]\n";

static void test_people__what_the_file_says(void **s)
{
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_member *lead;

	(void)s;
	must_parse(&people, two);
	assert_int_equal(people.n, 2);
	lead = dsv_people_named(&people, "lead-a");
	assert_string_equal(lead->name, "Lead A");
	assert_string_equal(lead->emails.items[0], "lead@example.org");
	assert_true(dsv_member_has_role(lead, "data"));
	assert_false(dsv_member_has_role(lead, "dat"));
	assert_int_equal(lead->line, 4);
	assert_int_equal(lead->n_keys, 1);
	assert_int_equal(lead->keys[0].line, 8);
	assert_string_equal(lead->keys[0].type, "ssh-ed25519");
	assert_string_equal(lead->keys[0].comment, "lead's");
	assert_ptr_equal(dsv_people_by_key(&people, &lead->keys[0].blob), lead);
	assert_string_equal(people.items[1].name, "privacy-b");
	assert_int_equal(dsv_people_holding(&people, "privacy"), 1);
	assert_int_equal(dsv_people_holding(&people, "safety"), 0);
	assert_null(dsv_people_named(&people, "nobody"));
	dsv_ssh_key_fingerprint(&lead->keys[0].blob, &print);
	/* as `ssh-keygen -l` prints it */
	assert_string_equal(
		print.data,
		"SHA256:xh3Bz/GAjUmVy5+17/GgM27zVDSELZrcJYz6GEzEiWM");
}

static void test_people__nobody_in_an_empty_file(void **s)
{
	static const char *const texts[] = {"", "version: 1\n",
					    "version: 1\npeople: []\n",
					    "version: 1\npeople:\n"};
	size_t i;

	(void)s;
	for (i = 0; i < 4; i++) {
		struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;

		must_parse(&people, texts[i]);
		assert_int_equal(people.n, 0);
	}
}

static void test_people__faults_name_their_line(void **s)
{
	(void)s;
	refused("people: []\n", "people.yaml:1: 'version: 1' is missing");
	refused("version: 1\npeople:\n  - name: x\n",
		"people.yaml:3: a person without 'id'");
	refused("version: 1\npeople:\n  - id: A b\n",
		"people.yaml:3: 'A b' is no id: a-z, 0-9, '.', '_', '-', at "
		"most 64, the first a letter or digit");
	refused("version: 1\npeople:\n  - id: a\n    role: [x]\n",
		"people.yaml:4: unknown key 'role'");
	refused("version: 1\npeople:\n  - id: a\n    roles: [X]\n",
		"people.yaml:4: 'X' is no role: a-z, 0-9, '.', '_', '-', at "
		"most 64, the first a letter or digit");
	refused("version: 1\npeople:\n  - id: a\n    emails: [x]\n",
		"people.yaml:4: 'x' is no e-mail address");
	refused("version: 1\npeople:\n  - id: a\n    keys: [x y]\n",
		"people.yaml:4: not a public key");
	refused("version: 1\npeople:\n  - x\n",
		"people.yaml:3: a person must be a map: 'id: ...'");
	refused("version: 1\npeople: x\n",
		"people.yaml:2: 'people' must be a list");
}

static void test_people__an_id_or_a_key_stands_once(void **s)
{
	(void)s;
	refused("version: 1\npeople:\n  - id: a\n  - id: b\n  - id: a\n",
		"people.yaml:5: 'a' stands in line 3 already");
	refused("version: 1\npeople:\n"
		"  - id: a\n    keys: [\"" KEY_A " one\"]\n"
		"  - id: b\n    keys: [\"" KEY_A " two\"]\n",
		"people.yaml:6: the key "
		"SHA256:xh3Bz/GAjUmVy5+17/GgM27zVDSELZrcJYz6GEzEiWM is a's "
		"already (line 4)");
	refused("version: 1\npeople:\n"
		"  - id: a\n    keys:\n"
		"      - " KEY_A " one\n      - " KEY_A " two\n",
		"people.yaml:6: the key "
		"SHA256:xh3Bz/GAjUmVy5+17/GgM27zVDSELZrcJYz6GEzEiWM is a's "
		"already (line 5)");
}

static void test_people__truncated_never_reads_as_whole(void **s)
{
	size_t len;

	(void)s;
	for (len = 0; len < sizeof(two) - 1; len++) {
		struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
		const int rc = dsv_people_parse(&people, two, len, "p");

		if (rc == 0 && people.n)
			assert_true(people.items[0].n_keys <= 1);
	}
}

static void test_people__flipped_bits_do_no_harm(void **s)
{
	char text[sizeof(two)];
	size_t bit;

	(void)s;
	memcpy(text, two, sizeof(two));
	for (bit = 0; bit < (sizeof(two) - 1) * 8; bit++) {
		struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;

		text[bit / 8] ^= (char)(1 << bit % 8);
		dsv_people_parse(&people, text, sizeof(two) - 1, "p");
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_people__keys_as_in_a_pub_file(void **s)
{
	static const char *const bad[] = {
		"",
		"ssh-ed25519",
		"ssh-ed25519 AAAA",
		"ssh-rsa "
		"AAAAC3NzaC1lZDI1NTE5AAAAIBhb8Xd9gt7fB+RMItgB"
		"XbnRmC54AkL7N0l6JmDA8uZw",
		KEY_A "\n" KEY_A "\n",
		KEY_B,
	};
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};
	size_t i;

	(void)s;
	assert_int_equal(dsv_ssh_key_parse(&key, KEY_A "\n"), 0);
	assert_string_equal(key.comment, "");
	dsv_ssh_key_release(&key);
	assert_int_equal(dsv_ssh_key_parse(&key, "  " KEY_A "  a b \r\n"), 0);
	assert_string_equal(key.comment, "a b");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct dsv_ssh_key no DSV_AUTO(ssh_key) = {0};

		assert_int_equal(dsv_ssh_key_parse(&no, bad[i]), DSV_ESYNTAX);
		assert_null(no.type);
	}
}

static void test_people__a_private_key_is_refused_as_such(void **s)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};

	(void)s;
	assert_int_equal(
		dsv_ssh_key_parse(&key, "-----BEGIN OPENSSH PRIVATE KEY-----\n"
					"b3BlbnNzaC1rZXktdjEA\n"),
		DSV_EREFUSED);
	assert_string_equal(dsv_error_message(), "that is a private key");
}

/* Edits. */

static int edit(struct dsv_buf *text, const char *id, const char *roles,
		const char *key)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_people_add add = {
		.id = id, .roles = &list, .key = key};

	if (roles)
		dsv_strlist_split(&list, roles, ',');
	return dsv_people_edit(text, &add);
}

static void test_people__a_new_file(void **s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_strlist roles DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_people_add add = {.id = "privacy-b",
					   .name = "Privacy: B",
					   .email = "b@example.org",
					   .roles = &roles,
					   .key = KEY_A " b's\n"};

	(void)s;
	dsv_strlist_add(&roles, "privacy");
	assert_int_equal(dsv_people_edit(&text, &add), 1);
	assert_string_equal(text.data, "version: 1\n"
				       "people:\n"
				       "  - id: privacy-b\n"
				       "    name: \"Privacy: B\"\n"
				       "    emails: [\"b@example.org\"]\n"
				       "    roles: [privacy]\n"
				       "    keys:\n"
				       "      - \"" KEY_A " b's\"\n");
	assert_int_equal(dsv_people_edit(&text, &add), 0);
}

static void test_people__all_other_bytes_stay(void **s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *key DSV_AUTO(str) = new_key(1);
	char *third DSV_AUTO(str) = new_key(2);
	char *expect DSV_AUTO(str) = NULL;

	(void)s;
	dsv_buf_addstr(&text, two);
	assert_int_equal(edit(&text, "privacy-b", "privacy,safety", key), 1);
	expect = dsv_strf("%.*s    roles: [privacy, safety]\n"
			  "    keys: [\"%s\"]\n",
			  (int)(strlen(two) - strlen("    roles: [privacy]\n")),
			  two, key);
	assert_string_equal(text.data, expect);

	assert_int_equal(edit(&text, "new-c", "data", third), 1);
	assert_memory_equal(text.data, expect, strlen(expect));
	assert_non_null(strstr(text.data + strlen(expect), "  - id: new-c\n"));
}

static void test_people__a_key_goes_below_those_that_have_a_line(void **s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *key DSV_AUTO(str) = new_key(1);
	char *expect DSV_AUTO(str) =
		dsv_strf("version: 1\npeople:\n- id: a\n  keys:\n"
			 "  - " KEY_A " # old\n  - \"%s\"\n# end\n",
			 key);

	(void)s;
	dsv_buf_addstr(&text, "version: 1\npeople:\n- id: a\n  keys:\n"
			      "  - " KEY_A " # old\n# end\n");
	assert_int_equal(edit(&text, "a", NULL, key), 1);
	assert_string_equal(text.data, expect);
}

static void test_people__somebody_elses_key_is_refused(void **s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	dsv_buf_addstr(&text, two);
	assert_int_equal(edit(&text, "privacy-b", NULL, KEY_A " mine"),
			 DSV_EEXISTS);
	assert_string_equal(
		dsv_error_message(),
		".dsv/people.yaml:8: the key "
		"SHA256:xh3Bz/GAjUmVy5+17/GgM27zVDSELZrcJYz6GEzEiWM is "
		"lead-a's");
	assert_string_equal(text.data, two);
}

static void test_people__what_cannot_be_edited_stays(void **s)
{
	static const char flow[] =
		"version: 1\npeople: [{id: a, roles: [data]}]\n";
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	dsv_buf_addstr(&text, flow);
	assert_int_equal(edit(&text, "a", NULL, KEY_A), DSV_EUNSUPPORTED);
	assert_string_equal(text.data, flow);
	assert_int_equal(edit(&text, "b", "data", KEY_A), DSV_EUNSUPPORTED);
	assert_string_equal(text.data, flow);
	assert_int_equal(edit(&text, "B", "data", KEY_A), DSV_EUSAGE);
	assert_int_equal(edit(&text, "b", "Da ta", KEY_A), DSV_EUSAGE);
}

static void test_people__read_of_each_version(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_version head;

	(void)s;
	put("f", "1\n");
	commit_all("before", 0);
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	sh("mkdir .dsv");
	put(".dsv/people.yaml", two);
	commit_all("people", 1);
	assert_int_equal(dsv_people_read(&people, repo, &head), 0);
	assert_int_equal(people.n, 0);
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	assert_int_equal(dsv_people_read(&people, repo, &head), 0);
	assert_int_equal(people.n, 2);
	dsv_people_release(&people);
	put(".dsv/people.yaml", "version: 1\nnobody: []\n");
	commit_all("broken", 2);
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	assert_int_equal(dsv_people_read(&people, repo, &head), DSV_ESYNTAX);
	assert_non_null(strstr(dsv_error_message(), ".dsv/people.yaml:2:"));
}

static void test_people__signing_is_set_up_once(void **s)
{
	struct dsv_strlist set DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	(void)s;
	sh("mkdir .dsv");
	put(".dsv/people.yaml", two);
	put("../key.pub", KEY_A "\n");
	assert_int_equal(dsv_people_set_up_signing(repo, "../key.pub", &set),
			 0);
	assert_int_equal(set.n, 5);
	assert_string_equal(set.items[0], "gpg.format = ssh");
	sh("test \"$(git config user.signingKey)\" = \"$(realpath "
	   "../key.pub)\"");
	sh("test \"$(cat .git/dsv/allowed_signers)\" = 'lead@example.org "
	   "namespaces=\"git,dsv\" " KEY_A "'");
	dsv_strlist_release(&set);
	assert_int_equal(dsv_people_set_up_signing(repo, NULL, &set), 0);
	assert_int_equal(set.n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people__what_the_file_says),
		cmocka_unit_test(test_people__nobody_in_an_empty_file),
		cmocka_unit_test(test_people__faults_name_their_line),
		cmocka_unit_test(test_people__an_id_or_a_key_stands_once),
		cmocka_unit_test(test_people__truncated_never_reads_as_whole),
		cmocka_unit_test(test_people__flipped_bits_do_no_harm),
		cmocka_unit_test(test_people__keys_as_in_a_pub_file),
		cmocka_unit_test(test_people__a_private_key_is_refused_as_such),
		cmocka_unit_test(test_people__a_new_file),
		cmocka_unit_test(test_people__all_other_bytes_stay),
		cmocka_unit_test(
			test_people__a_key_goes_below_those_that_have_a_line),
		cmocka_unit_test(test_people__somebody_elses_key_is_refused),
		cmocka_unit_test(test_people__what_cannot_be_edited_stays),
		gitrepo_test(test_people__read_of_each_version),
		gitrepo_test(test_people__signing_is_set_up_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
