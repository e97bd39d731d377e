#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "govern/pii.h"

/* One text and what is found in it: "kind masked" for each, in order. */
struct example {
	const char *text;
	const char *found;
};

static void check_field(const struct dsv_field *field, unsigned context,
			const char *found)
{
	struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};
	struct dsv_buf told DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t n = dsv_pii_find(&finder, field, context);

	for (size_t i = 0; i < n; i++) {
		const struct dsv_pii_hit *hit = &finder.hits[i];

		assert_true(hit->at + hit->len <= field->len);
		dsv_buf_addf(&told, "%s%s %s", i ? ", " : "",
			     dsv_pii_name(hit->kind), hit->masked);
	}
	if (strcmp(dsv_buf_str(&told), found) != 0)
		fail_msg("'%.*s': found '%s', not '%s'", (int)field->len,
			 field->text, dsv_buf_str(&told), found);
}

static void check_text(const char *text, const char *found)
{
	struct dsv_field field = {text, strlen(text), DSV_FIELD_TEXT};

	check_field(&field, 0, found);
}

static void check_all(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_text(examples[i].text, examples[i].found);
}

#define CHECK(examples) \
	check_all(examples, sizeof(examples) / sizeof((examples)[0]))

static void check_none(const char *const *texts)
{
	for (size_t i = 0; texts[i]; i++)
		check_text(texts[i], "");
}

/* RFC 5321 and 5322, and what people write around them. */
static void test_pii__mail_addresses_are_found(void **state)
{
	static const struct example examples[] = {
		{"jane@example.org", "email j***@e***.org"},
		{"Write to jane.doe+tag@mail.example.co.uk, please.",
		 "email j***@m***.uk"},
		{"<jane@example.org>", "email j***@e***.org"},
		{"mailto:jane@example.org?subject=x", "email j***@e***.org"},
		{"a@b.de, c@d.fr", "email a***@b***.de, email c***@d***.fr"},
		{"email=jane@example.org;", "email j***@e***.org"},
		{"o'brien@example.org", "email o***@e***.org"},
		{"'jane@example.org'", "email j***@e***.org"},
		{"\"john doe\"@example.org", "email ***@e***.org"},
		{"x@xn--bcher-kva.example", "email x***@x***.example"},
		{"x@example.xn--p1ai", "email x***@e***.xn--p1ai"},
		{"user@[192.0.2.1]", "email u***@***"},
		{"12345678901@example.org", "email 1***@e***.org"},
		{"+491701234567@example.org", "email 4***@e***.org"},
		{"4111111111111111@example.org", "email 4***@e***.org"},
		{"j\xc3\xbcrgen@example.org", "email j***@e***.org"},
		{"\xc3\xbc@example.org", "email \xc3\xbc***@e***.org"},
		{"jane@example.org.", "email j***@e***.org"},
	};

	(void)state;
	CHECK(examples);
}

static void test_pii__what_only_has_an_at_sign_is_no_mail(void **state)
{
	static const char *const texts[] = {
		"",
		"@",
		"a@",
		"@b.de",
		"@handle hello",
		"user@localhost",
		"5 @ 3.50",
		"icon@2x.png",
		"@types/node",
		"left-pad@1.3.0",
		"a@b",
		"a@b.c",
		"a@-b.de-",
		"a @ b.de",
		"x@.de",
		NULL,
	};

	(void)state;
	check_none(texts);
}

/* The numbers that issuers publish for tests. */
static void test_pii__cards_are_found(void **state)
{
	static const struct example examples[] = {
		{"4111111111111111", "card 4***********1111"},
		{"4111 1111 1111 1111", "card 4*** **** **** 1111"},
		{"4111-1111-1111-1111", "card 4***-****-****-1111"},
		{"4012888888881881", "card 4***********1881"},
		{"4222222222222", "card 4********2222"},
		{"5555555555554444", "card 5***********4444"},
		{"5105105105105100", "card 5***********5100"},
		{"2223003122003222", "card 2***********3222"},
		{"378282246310005", "card 3**********0005"},
		{"3714 496353 98431", "card 3*** ****** *8431"},
		{"30569309025904", "card 3*********5904"},
		{"38520000023237", "card 3*********3237"},
		{"6011111111111117", "card 6***********1117"},
		{"3530111333300000", "card 3***********0000"},
		{"6200000000000005", "card 6***********0005"},
		{"6759649826438453", "card 6***********8453"},
		{"card 4111 1111 1111 1111 exp 12/27",
		 "card 4*** **** **** 1111"},
		{"4111 1111 1111 1111 123", "card 4*** **** **** 1111"},
		{"No.4111111111111111.", "card 4***********1111"},
		{"7 4111 1111 1111 1111", "card 4*** **** **** 1111"},
	};

	(void)state;
	CHECK(examples);
}

static void test_pii__other_long_numbers_are_no_cards(void **state)
{
	static const char *const texts[] = {
		"4111111111111112",	/* Luhn */
		"9111111111111111",	/* nobody's number */
		"411111111111111",	/* 15 digits */
		"41111111111111110000", /* 20 digits */
		"0.4111111111111111",	/* a decimal */
		"4111111111111111.5",
		"x4111111111111111",
		"4111111111111111x",
		"4111 1111 11111111", /* no such groups */
		"4111 1111-1111 1111",
		"4006381000093",    /* EAN-13 */
		"1748000000000",    /* milliseconds since 1970 */
		"0000000000000000", /* all the same */
		"550e8400-e29b-41d4-a716-446655440000",
		"2025-06-12T09:54:22Z",
		"r0000001",
		NULL,
	};

	(void)state;
	check_none(texts);
}

static void test_pii__digits_of_full_width_are_digits(void **state)
{
	/* 4111 1111 1111 1111, full width, with ideographic spaces */
	static const char wide[] =
		"\xef\xbc\x94\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xe3\x80\x80"
		"\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xe3\x80\x80"
		"\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xe3\x80\x80"
		"\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91";
	struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};
	char text[200] = "\xe5\x8f\xb7:";
	struct dsv_field field = {text, 0, DSV_FIELD_TEXT};

	(void)state;
	check_text(wide, "card 4*** **** **** 1111");
	strcat(strcat(text, wide), "!");
	field.len = strlen(text);
	assert_int_equal(dsv_pii_find(&finder, &field, 0), 1);
	assert_int_equal(finder.hits[0].at, 4);
	assert_int_equal(finder.hits[0].len, strlen(wide));
	/* a full-width at sign, a zero width space, a no-break hyphen */
	check_text("jane\xef\xbc\xa0"
		   "example.org",
		   "email j***@e***.org");
	check_text("4111\xe2\x80\x8b"
		   "111111111111",
		   "card 4***********1111");
	check_text("123\xe2\x80\x91"
		   "45\xe2\x80\x91"
		   "6789",
		   "ssn ***-**-**89");
}

/* The examples of the IBAN registry. */
static void test_pii__account_numbers_are_found(void **state)
{
	static const char *const ibans[] = {
		"AD1200012030200359100100",
		"AT611904300234573201",
		"BE68539007547034",
		"CH9300762011623852957",
		"DE89370400440532013000",
		"ES9121000418450200051332",
		"FR1420041010050500013M02606",
		"GB29NWBK60161331926819",
		"IT60X0542811101000000123456",
		"NL91ABNA0417164300",
		"NO9386011117947",
		"PL61109010140000071219812874",
		"SE4550000000058398257466",
		"MT84MALT011000012345MTLCAST001S",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ibans) / sizeof(ibans[0]); i++) {
		struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};
		struct dsv_field field = {ibans[i], strlen(ibans[i]),
					  DSV_FIELD_TEXT};

		if (dsv_pii_find(&finder, &field, 0) != 1 ||
		    finder.hits[0].kind != DSV_PII_IBAN)
			fail_msg("%s", ibans[i]);
	}
	check_text("IBAN: DE89 3704 0044 0532 0130 00.",
		   "iban DE** **** **** **** **** 00");
	check_text("gb29nwbk60161331926819", "iban gb******************19");
}

static void test_pii__a_wrong_account_number_is_none(void **state)
{
	static const char *const texts[] = {
		"DE88370400440532013000",  /* mod 97 */
		"DE8937040044053201300",   /* short */
		"DE893704004405320130001", /* long */
		"ZZ89370400440532013000",  /* no country */
		"XDE89370400440532013000", "DE89-3704-0044-0532-0130-00", NULL,
	};

	(void)state;
	check_none(texts);
}

static void test_pii__social_security_numbers_go_by_their_rules(void **state)
{
	static const struct example examples[] = {
		{"123-45-6789", "ssn ***-**-**89"},
		{"SSN: 123 45 6789", "ssn *** ** **89"},
		{"ssn 123456789", "ssn *******89"},
		{"(899-99-9999)", "ssn ***-**-**99"},
	};
	static const char *const none[] = {
		"000-45-6789",	"666-45-6789",	"900-45-6789",	"123-00-6789",
		"123-45-0000",	"078-05-1120",	"219-09-9999",	"123456789",
		"123 45 6789",	"1123-45-6789", "123-45-67890", "123-45-6789-1",
		"a123-45-6789", "123-456789",	NULL,
	};
	struct dsv_field field = {"123456789", 9, DSV_FIELD_TEXT};

	(void)state;
	CHECK(examples);
	check_none(none);
	check_field(&field, dsv_pii_context("Employee_SSN"), "ssn *******89");
}

static void test_pii__addresses_of_hosts_are_found(void **state)
{
	static const struct example examples[] = {
		{"1.2.3.4", "ip 1.*.*.*"},
		{"from 192.168.1.17:8080", "ip 192.*.*.*"},
		{"10.0.0.0/8", "ip 10.*.*.*"},
		{"http://203.0.113.9/x", "ip 203.*.*.*"},
		{"2001:db8::1", "ip 2001:***"},
		{"2001:0db8:85a3:0000:0000:8a2e:0370:7334", "ip 2001:***"},
		{"[fe80::1ff:fe23:4567:890a]", "ip fe80:***"},
		{"::ffff:192.0.2.128", "ip :***"},
	};

	(void)state;
	CHECK(examples);
}

static void test_pii__versions_and_times_are_no_hosts(void **state)
{
	static const char *const texts[] = {
		"1.2.3",
		"1.2.3.4.5",
		"v1.2.3.4",
		"version 1.2.3.4",
		"1.2.3.4-beta",
		"256.1.1.1",
		"01.02.03.04",
		"127.0.0.1",
		"0.0.0.0",
		"255.255.255.0",
		"1.2.3.4a",
		"12:34:56",
		"std::vector",
		"a::b",
		"::1",
		"::",
		"aa:bb:cc:dd:ee:ff",
		"1:2:3:4:5:6:7:8",
		"09:54:22",
		"12::30",
		"2001:db8::1::2",
		"2001:db8:::1",
		"12345::1",
		NULL,
	};

	(void)state;
	check_none(texts);
}

static void test_pii__telephone_numbers_are_found(void **state)
{
	static const struct example examples[] = {
		{"+49 30 1234567", "phone +** ** *****67"},
		{"+1 (212) 555-0123", "phone +* (***) ***-**23"},
		{"+44 (0)20 7946 0958", "phone +** (*)** **** **58"},
		{"+4917012345678", "phone +***********78"},
		{"(212) 555-0123", "phone (***) ***-**23"},
		{"212-555-0123", "phone ***-***-**23"},
		{"1-800-555-0199", "phone *-***-***-**99"},
		{"call 212.555.0123 now", "phone ***.***.**23"},
		{"0171/1234567", "phone ****/*****67"},
		{"030 1234567", "phone *** *****67"},
		{"(030) 1234567", "phone (***) *****67"},
		{"020 7946 0958", "phone *** **** **58"},
		{"01 23 45 67 89", "phone ** ** ** ** 89"},
		{"0049 30 1234567", "phone **** ** *****67"},
		{"Tel: 5551234567", "phone ********67"},
		{"212-555-0123 2024", "phone ***-***-**23"},
	};
	struct dsv_field field = {"2125550123", 10, DSV_FIELD_TEXT};

	(void)state;
	CHECK(examples);
	check_field(&field, 0, "");
	check_field(&field, dsv_pii_context("Phone Number"),
		    "phone ********23");
}

static void test_pii__dates_and_numbers_are_no_telephones(void **state)
{
	static const char *const texts[] = {
		"2025-06-12",
		"2025-06-12 09:54:22",
		"12.06.2025 10:00",
		"01.02.2023 04.05.2023",
		"03/2021-04/2021",
		"0.123 0.456",
		"0 1 2 3 4 5 6 7 8 9",
		"1234567890",
		"20250612095422",
		"INV-0123-4567-89",
		"02139-4307",
		"978-0-306-40615-7",
		"111-555-0123",
		"212-911-0123",
		"a+12345678",
		"+0123456789",
		"+1234567",
		"250 300 4000",
		"1,234,567,890",
		NULL,
	};

	(void)state;
	check_none(texts);
}

/* Tokens are put together here, so that no scanner takes the source for a
 * place where one leaked. */
static void check_token(const char *head, const char *rest, const char *found)
{
	char *text DSV_AUTO(str) = dsv_strf("x %s%s.", head, rest);

	check_text(text, found);
}

static void test_pii__secrets_are_found(void **state)
{
	static const char rest[] = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";

	(void)state;
	check_token("AKIA", "IOSFODNN7EXAMPLE", "secret AKIA***");
	check_token("ghp_", rest, "secret ghp_***");
	check_token("gho_", rest, "secret gho_***");
	check_token("github_pat_", rest, "secret github_pat_***");
	check_token("xoxb-", "123456789012-abcdef", "secret xoxb-***");
	check_token("glpat-", "abcdefghij0123456789", "secret glpat-***");
	check_token("sk_live_", rest, "secret sk_live_***");
	check_token("AIza", "SyA1234567890abcdefghijklmnopqrstuv",
		    "secret AIza***");
	check_token("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123",
		    "secret eyJ***");
	check_text("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA "
		   "PRIVATE KEY-----",
		   "secret -----BEGIN***");
	check_text("-----BEGIN OPENSSH PRIVATE KEY-----", "secret "
							  "-----BEGIN***");
	check_text("api_key=k9Xw2Lq8Zr4Tn6Vb1Mc3", "secret ***");
	check_text("{\"apiKey\": \"k9Xw2Lq8Zr4Tn6Vb1Mc3\"}", "secret ***");
	check_text("Authorization: Bearer k9Xw2Lq8Zr4Tn6Vb1Mc3", "secret ***");
	check_text("password = tr0ub4dor&3x", "secret ***");
	check_text("postgres://admin:hunter2@db.example.org/x", "secret ***");
}

static void test_pii__words_are_no_secrets(void **state)
{
	static const char *const texts[] = {
		"api_key=",
		"api_key=your-key-goes-here-please",
		"api_key=xxxxxxxxxxxxxxxxxxxxxxxx1",
		"password: forgotten again",
		"the token: something",
		"AKIA",
		"AKIAshort",
		"XAKIAIOSFODNN7EXAMPLE",
		"ghp_short",
		"eyJust a word",
		"-----BEGIN CERTIFICATE-----",
		"-----BEGIN PGP PUBLIC KEY BLOCK-----",
		"https://example.org/a@b",
		NULL,
	};

	(void)state;
	check_none(texts);
}

static void test_pii__a_column_of_secrets_says_so(void **state)
{
	struct dsv_field field = {"tr0ub4dor&3x", 12, DSV_FIELD_TEXT};

	(void)state;
	check_field(&field, 0, "");
	check_field(&field, dsv_pii_context("password"), "secret ***");
	assert_int_equal(dsv_pii_context("text"), 0);
}

static void test_pii__json_escapes_end_words(void **state)
{
	static const char text[] = "[\"a\\njane@example.org\",\"\\t4111"
				   "111111111111\",4012888888881881]";
	struct dsv_field field = {text, strlen(text), DSV_FIELD_JSON};
	struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};

	(void)state;
	check_field(&field, 0,
		    "email j***@e***.org, card 4***********1111, card "
		    "4***********1881");
	assert_int_equal(dsv_pii_find(&finder, &field, 0), 3);
	assert_memory_equal(text + finder.hits[0].at, "jane@example.org", 16);
	assert_int_equal(finder.hits[0].len, 16);
}

static void test_pii__bytes_that_are_no_text_are_passed(void **state)
{
	static const char text[] = "\xff\xfe\0jane@example.org\0\x80"
				   "4111111111111111\xed\xa0\x80";
	struct dsv_field field = {text, sizeof(text) - 1, DSV_FIELD_TEXT};

	(void)state;
	check_field(&field, 0, "email j***@e***.org, card 4***********1111");
}

/* Every text cut short anywhere is looked at without reading over its end. */
static void test_pii__any_text_may_end_anywhere(void **state)
{
	static const char text[] =
		"\xef\xbc\x94 jane@[192.0.2.1] +49 30 1234567 DE89 3704 0044 "
		"0532 0130 00 2001:db8::1 -----BEGIN PRIVATE KEY----- eyJhbGc"
		"iOiJI.eyJz password=\"a1b2c3d4e5\" 123-45-6789 http://a:b@c";

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};
		char *copy DSV_AUTO(str) = malloc(len ? len : 1);
		struct dsv_field field = {copy, len, DSV_FIELD_TEXT};

		memcpy(copy, text, len);
		dsv_pii_find(&finder, &field, 7);
		field.kind = DSV_FIELD_JSON;
		dsv_pii_find(&finder, &field, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pii__mail_addresses_are_found),
		cmocka_unit_test(test_pii__what_only_has_an_at_sign_is_no_mail),
		cmocka_unit_test(test_pii__cards_are_found),
		cmocka_unit_test(test_pii__other_long_numbers_are_no_cards),
		cmocka_unit_test(test_pii__digits_of_full_width_are_digits),
		cmocka_unit_test(test_pii__account_numbers_are_found),
		cmocka_unit_test(test_pii__a_wrong_account_number_is_none),
		cmocka_unit_test(
			test_pii__social_security_numbers_go_by_their_rules),
		cmocka_unit_test(test_pii__addresses_of_hosts_are_found),
		cmocka_unit_test(test_pii__versions_and_times_are_no_hosts),
		cmocka_unit_test(test_pii__telephone_numbers_are_found),
		cmocka_unit_test(test_pii__dates_and_numbers_are_no_telephones),
		cmocka_unit_test(test_pii__secrets_are_found),
		cmocka_unit_test(test_pii__words_are_no_secrets),
		cmocka_unit_test(test_pii__a_column_of_secrets_says_so),
		cmocka_unit_test(test_pii__json_escapes_end_words),
		cmocka_unit_test(test_pii__bytes_that_are_no_text_are_passed),
		cmocka_unit_test(test_pii__any_text_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
