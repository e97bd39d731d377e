#include "govern/pii_rules.h"

#include <string.h>

#include "govern/pii.h"

/*
 * Telephone numbers: what ITU-T E.123 and the North American Numbering Plan
 * write. A row of bare digits is one only where a word says so.
 */
#define DIGITS_MAX 15u /* ITU-T E.164 */
#define GROUPS_MAX 8u

/* Groups of digits, as far as they can be one number. */
struct number {
	char digits[DIGITS_MAX];
	size_t n;
	unsigned char groups[GROUPS_MAX];
	size_t ends[GROUPS_MAX];  /* of groups, in the text */
	char between[GROUPS_MAX]; /* the first byte behind a group */
	size_t n_groups;
};

/* Blanks, dashes, dots, a slash, brackets: what stands between two groups. */
static size_t between_at(const struct dsv_pii_text *in, size_t at)
{
	size_t n = 0;

	while (n < 2 && dsv_pii_at(in, at + n) &&
	       strchr(" -./()", dsv_pii_at(in, at + n)))
		n++;
	return dsv_pii_digit(dsv_pii_at(in, at + n)) ? n : 0;
}

static void read_number(const struct dsv_pii_text *in, size_t at,
			struct number *number)
{
	*number = (struct number){0};
	for (;;) {
		size_t n = 0;

		while (dsv_pii_digit(dsv_pii_at(in, at + n)))
			n++;
		if (n == 0 || number->n + n > DIGITS_MAX ||
		    number->n_groups == GROUPS_MAX)
			return;
		memcpy(number->digits + number->n, in->text + at, n);
		number->n += n;
		at += n;
		number->groups[number->n_groups] = (unsigned char)n;
		number->between[number->n_groups] = dsv_pii_at(in, at);
		number->ends[number->n_groups++] = at;
		n = between_at(in, at);
		if (n == 0)
			return;
		at += n;
	}
}

/* Up to the end of the n-th group. */
static bool give(const struct dsv_pii_text *in, size_t at,
		 const struct number *number, size_t n,
		 struct dsv_pii_span *out)
{
	size_t end = number->ends[n - 1];

	if (!dsv_pii_free_after(in, end))
		return false;
	/* "(030) 1234567": the bracket before the number */
	if (dsv_pii_before(in, at) == '(')
		at--;
	*out = (struct dsv_pii_span){DSV_PII_PHONE, at, end};
	return true;
}

/* +49 30 1234567 */
static bool is_international(const struct dsv_pii_text *in, size_t at,
			     struct dsv_pii_span *out)
{
	struct number number;
	size_t plus = at;

	if (dsv_pii_before(in, plus) == '(')
		plus--;
	if (dsv_pii_before(in, plus) != '+' || in->text[at] == '0')
		return false;
	plus--;
	if (dsv_pii_word(dsv_pii_before(in, plus)))
		return false;
	read_number(in, at, &number);
	return number.n >= 8 && give(in, plus, &number, number.n_groups, out);
}

static bool is_code(const char *digits)
{
	return digits[0] >= '2' && !(digits[1] == '1' && digits[2] == '1');
}

/* (212) 555-0123, 212-555-0123, 1-212-555-0123 */
static bool is_american(const struct dsv_pii_text *in, size_t at,
			const struct number *number, struct dsv_pii_span *out)
{
	size_t first = number->n_groups > 0 && number->groups[0] == 1;
	const unsigned char *groups = number->groups + first;
	const char *digits = number->digits + first;

	if (number->n_groups < 3 + first || groups[0] != 3 || groups[1] != 3 ||
	    groups[2] != 4)
		return false;
	/* blanks alone stand between any three numbers */
	if (number->between[first] == ' ' && number->between[first + 1] == ' ')
		return false;
	if ((first && number->digits[0] != '1') || !is_code(digits) ||
	    !is_code(digits + 3) || digits[1] == '9')
		return false;
	return give(in, at, number, 3 + first, out);
}

/* 21.03.2025 14:05, 2025-03-21, 03/2024-05/2025; 02139-4307 and 078-05-1120 */
static bool is_other(const struct number *number)
{
	const unsigned char *g = number->groups;
	size_t n = number->n_groups;

	return (n >= 3 && g[0] <= 2 && g[1] <= 2 && g[2] == 4) ||
	       (n >= 3 && g[0] == 4 && g[1] <= 2 && g[2] <= 2) ||
	       (n == 4 && g[0] == 2 && g[1] == 4 && g[2] == 2 && g[3] == 4) ||
	       (n == 2 && g[0] == 5 && g[1] == 4) ||
	       (n == 3 && g[0] == 3 && g[1] == 2 && g[2] == 4);
}

/* 030 1234567, 0171/1234567, 06 12 34 56 78, 0049 30 1234567 */
static bool is_national(const struct dsv_pii_text *in, size_t at,
			const struct number *number, struct dsv_pii_span *out)
{
	bool abroad = number->digits[0] == '0' && number->digits[1] == '0';

	if (number->digits[0] != '0' || number->n_groups < 2 ||
	    number->groups[0] < 2 || is_other(number))
		return false;
	if (abroad && (number->digits[2] == '0' || number->n < 11))
		return false;
	if (!abroad && (number->n < 9 || number->n > 12))
		return false;
	for (size_t i = 1; i < number->n_groups; i++)
		if (number->groups[i] < 2)
			return false;
	return give(in, at, number, number->n_groups, out);
}

static bool is_named(const struct dsv_pii_text *in, size_t at,
		     const struct number *number, struct dsv_pii_span *out)
{
	static const char *const words[] = {
		"phone", "telephone", "telefon", "tel",	     "mobile",
		"mobil", "cell",      "fax",	 "whatsapp", "phonenumber",
		"handy", "call",      "phoneno", NULL,
	};

	if (number->n < 7 || is_other(number))
		return false;
	if (!(in->context & DSV_PII_CONTEXT_PHONE) &&
	    !dsv_pii_word_before(in, at, words))
		return false;
	return give(in, at, number, number->n_groups, out);
}

bool dsv_pii_phone(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		   struct dsv_pii_span *out)
{
	struct number number;

	if (is_international(in, at, out))
		return true;
	/* dates and times come by the million: three digits or less in front,
	 * a zero, or a word make the difference */
	if (n_digits > DIGITS_MAX || !dsv_pii_free_before(in, at))
		return false;
	if (n_digits > 3 && in->text[at] != '0' && n_digits < 7 &&
	    !(in->context & DSV_PII_CONTEXT_PHONE) &&
	    dsv_pii_before(in, at) != ' ' && dsv_pii_before(in, at) != ':')
		return false;
	read_number(in, at, &number);
	return number.n_groups > 0 && (is_american(in, at, &number, out) ||
				       is_national(in, at, &number, out) ||
				       is_named(in, at, &number, out));
}
