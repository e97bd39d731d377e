#include "govern/pii_rules.h"

#include <string.h>

#include "govern/pii.h"

/* A number that a digit or a letter goes on with is none: a part of an
 * identifier, of a decimal, of an address. */
bool dsv_pii_free_before(const struct dsv_pii_text *in, size_t at)
{
	char ch = dsv_pii_before(in, at);

	if (dsv_pii_word(ch) || ch == '@')
		return false;
	if (ch == '.' || ch == ',')
		return at < 2 || !dsv_pii_digit(in->text[at - 2]);
	if (ch == '-' || ch == '/' || ch == '+')
		return at < 2 || !dsv_pii_word(in->text[at - 2]);
	return true;
}

bool dsv_pii_free_after(const struct dsv_pii_text *in, size_t end)
{
	char ch = dsv_pii_at(in, end);

	if (dsv_pii_word(ch) || ch == '@')
		return false;
	if (ch == '.')
		return !dsv_pii_digit(dsv_pii_at(in, end + 1));
	if (ch == '-' || ch == '/')
		return !dsv_pii_word(dsv_pii_at(in, end + 1));
	return true;
}

/* Payment cards. */

#define CARD_MIN 12u
#define CARD_MAX 19u

/* ISO/IEC 7812-1: the numbers that issuers use, and how long theirs are. */
static const struct {
	unsigned from, to;
	unsigned digits;  /* of from and to */
	unsigned lengths; /* 1u << n where n digits are used */
} issuers[] = {
	/* Visa */
	{4, 4, 1, 1u << 13 | 1u << 16 | 1u << 19},
	/* Mastercard */
	{51, 55, 2, 1u << 16},
	{2221, 2720, 4, 1u << 16},
	/* American Express */
	{34, 34, 2, 1u << 15},
	{37, 37, 2, 1u << 15},
	/* Diners Club */
	{300, 305, 3, 1u << 14 | 1u << 16 | 1u << 19},
	{3095, 3095, 4, 1u << 14 | 1u << 16 | 1u << 19},
	{36, 36, 2, 1u << 14 | 1u << 16 | 1u << 19},
	{38, 39, 2, 1u << 14 | 1u << 16 | 1u << 19},
	/* Discover */
	{6011, 6011, 4, 1u << 16 | 1u << 19},
	{644, 659, 3, 1u << 16 | 1u << 19},
	/* JCB */
	{3528, 3589, 4, 1u << 16 | 1u << 19},
	/* UnionPay, with what Discover shares */
	{62, 62, 2, 1u << 16 | 1u << 17 | 1u << 18 | 1u << 19},
	{81, 81, 2, 1u << 16},
	/* Maestro */
	{5018, 5018, 4, 0xffu << 12},
	{5020, 5020, 4, 0xffu << 12},
	{5038, 5038, 4, 0xffu << 12},
	{5893, 5893, 4, 0xffu << 12},
	{6304, 6304, 4, 0xffu << 12},
	{6759, 6759, 4, 0xffu << 12},
	{6761, 6763, 4, 0xffu << 12},
	/* Mir, RuPay */
	{2200, 2204, 4, 1u << 16 | 1u << 19},
	{508, 508, 3, 1u << 16},
	{60, 60, 2, 1u << 16},
};

static bool is_issued(const char *digits, size_t n)
{
	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
		unsigned head = 0;

		for (size_t k = 0; k < issuers[i].digits; k++)
			head = head * 10 + (unsigned)(digits[k] - '0');
		if (head >= issuers[i].from && head <= issuers[i].to &&
		    (issuers[i].lengths >> n & 1))
			return true;
	}
	return false;
}

/* ISO/IEC 7812-1, annex B. */
static bool passes_luhn(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(digits[n - 1 - i] - '0');

		if (i % 2)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Every EAN-13 ends in its own check digit; those of some countries look like
 * short Visa numbers else. */
static bool is_article(const char *digits, size_t n)
{
	unsigned sum = 0;

	if (n != 13)
		return false;
	for (size_t i = 0; i < n; i++)
		sum += (unsigned)(digits[i] - '0') * (i % 2 ? 3 : 1);
	return sum % 10 == 0;
}

static bool all_same(const char *digits, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (digits[i] != digits[0])
			return false;
	return true;
}

/* Groups as they are embossed. */
static bool is_grouped(const unsigned char *groups, size_t n)
{
	static const unsigned char forms[][6] = {
		{4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {4, 4, 4, 4, 3},
		{6, 13},      {8, 8},	 {4, 4, 5}, {4, 5, 6},
	};

	if (n == 1)
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (memcmp(forms[i], groups, n) == 0 && forms[i][n] == 0)
			return true;
	}
	return false;
}

/* Groups of digits with one kind of blank between them, as far as they can be
 * one number. */
#define GROUPS_MAX 5u

struct card {
	char digits[CARD_MAX];
	unsigned char groups[GROUPS_MAX + 1];
	size_t n_groups;
	size_t n[GROUPS_MAX];	/* digits up to the end of a group */
	size_t end[GROUPS_MAX]; /* and where that is */
};

static void read_groups(const struct dsv_pii_text *in, size_t at,
			struct card *card)
{
	char between = dsv_pii_at(in, at);
	size_t n = 0;

	*card = (struct card){0};
	while (card->n_groups < GROUPS_MAX) {
		size_t first = n;

		while (n < CARD_MAX && dsv_pii_digit(dsv_pii_at(in, at)))
			card->digits[n++] = in->text[at++];
		if (n == first || dsv_pii_digit(dsv_pii_at(in, at)))
			return;
		card->groups[card->n_groups] = (unsigned char)(n - first);
		card->n[card->n_groups] = n;
		card->end[card->n_groups++] = at;
		if (first == 0)
			between = dsv_pii_at(in, at);
		if (dsv_pii_at(in, at) != between ||
		    (between != ' ' && between != '-'))
			return;
		at++;
	}
}

static bool is_card(const struct dsv_pii_text *in, const struct card *card,
		    size_t n_groups)
{
	size_t n = card->n[n_groups - 1];

	return n >= CARD_MIN && is_grouped(card->groups, n_groups) &&
	       is_issued(card->digits, n) && passes_luhn(card->digits, n) &&
	       !is_article(card->digits, n) && !all_same(card->digits, n) &&
	       dsv_pii_free_after(in, card->end[n_groups - 1]);
}

/* No card has fewer than four digits in its second group, every date has. */
static bool has_next_group(const struct dsv_pii_text *in, size_t at, size_t n)
{
	if (n != 4 && n != 6 && n != 8)
		return false;
	for (size_t i = 1; i <= 4; i++)
		if (!dsv_pii_digit(dsv_pii_at(in, at + n + i)))
			return false;
	return true;
}

bool dsv_pii_card(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		  struct dsv_pii_span *out)
{
	struct card card;

	if (n_digits > CARD_MAX ||
	    (n_digits < CARD_MIN && !has_next_group(in, at, n_digits)) ||
	    !dsv_pii_free_before(in, at))
		return false;
	read_groups(in, at, &card);
	/* what follows may be another number: the longest that is a card */
	for (size_t k = card.n_groups; k > 0; k--) {
		if (!is_card(in, &card, k))
			continue;
		*out = (struct dsv_pii_span){DSV_PII_CARD, at, card.end[k - 1]};
		return true;
	}
	return false;
}

/* Social security numbers: SSA, "Randomization", 2011, and the two numbers that
 * were printed in advertisements. */
static bool is_social(const char digits[9])
{
	unsigned area = 0;

	for (size_t i = 0; i < 3; i++)
		area = area * 10 + (unsigned)(digits[i] - '0');
	return area != 0 && area != 666 && area < 900 &&
	       memcmp(digits + 3, "00", 2) != 0 &&
	       memcmp(digits + 5, "0000", 4) != 0 &&
	       memcmp(digits, "078051120", 9) != 0 &&
	       memcmp(digits, "219099999", 9) != 0;
}

bool dsv_pii_ssn(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		 struct dsv_pii_span *out)
{
	static const char *const words[] = {"ssn", "socialsecurity",
					    "socialsecuritynumber", NULL};
	char between = dsv_pii_at(in, at + 3);
	size_t end = at + 9;
	char digits[9];
	size_t n = 0;

	if (n_digits == 3 && (between == '-' || between == ' '))
		end = at + 11;
	else if (n_digits != 9)
		return false;
	for (size_t i = at; i < end; i++) {
		char ch = dsv_pii_at(in, i);

		if (end - at == 11 && (i == at + 3 || i == at + 6)) {
			if (ch != between)
				return false;
		} else if (dsv_pii_digit(ch)) {
			digits[n++] = ch;
		} else {
			return false;
		}
	}
	/* only the dashes make it one without a word that says so */
	if (between != '-' && !(in->context & DSV_PII_CONTEXT_SSN) &&
	    !dsv_pii_word_before(in, at, words))
		return false;
	if (!dsv_pii_free_before(in, at) || !dsv_pii_free_after(in, end) ||
	    !is_social(digits))
		return false;
	*out = (struct dsv_pii_span){DSV_PII_SSN, at, end};
	return true;
}
