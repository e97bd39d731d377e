#include "govern/pii_rules.h"

#include <string.h>

/* Characters of an IBAN by country: ISO 13616, SWIFT's "IBAN Registry",
 * release 98. */
static const struct {
	char country[3];
	unsigned char len;
} countries[] = {
	{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20},
	{"BE", 16}, {"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28},
	{"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
	{"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
	{"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23},
	{"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
	{"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30},
	{"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20},
	{"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22},
	{"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28},
	{"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28}, {"PS", 29},
	{"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
	{"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27},
	{"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26},
	{"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};

#define IBAN_MAX 33u

static char upper(char ch)
{
	return ch >= 'a' && ch <= 'z' ? (char)(ch - 32) : ch;
}

static size_t len_of(char a, char b)
{
	for (size_t i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		if (countries[i].country[0] == a &&
		    countries[i].country[1] == b)
			return countries[i].len;
	}
	return 0;
}

static unsigned add(unsigned rest, char ch)
{
	if (dsv_pii_digit(ch))
		return (rest * 10 + (unsigned)(ch - '0')) % 97;
	return (rest * 100 + (unsigned)(ch - 'A') + 10) % 97;
}

/* ISO 7064, MOD 97-10: the first four characters count last. */
static bool passes_97(const char *iban, size_t len)
{
	unsigned rest = 0;

	for (size_t i = 4; i < len; i++)
		rest = add(rest, iban[i]);
	for (size_t i = 0; i < 4; i++)
		rest = add(rest, iban[i]);
	return rest == 1;
}

/* In one run, or in groups of four with blanks between. */
bool dsv_pii_iban(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		  struct dsv_pii_span *out)
{
	char iban[IBAN_MAX];
	size_t len, i;
	size_t n = 0;

	if (n_digits < 2 || at < 2 || !dsv_pii_letter(in->text[at - 1]) ||
	    !dsv_pii_letter(in->text[at - 2]) ||
	    (at > 2 && dsv_pii_word(in->text[at - 3])))
		return false;
	len = len_of(upper(in->text[at - 2]), upper(in->text[at - 1]));
	for (i = at - 2; n < len; i++) {
		char ch = dsv_pii_at(in, i);

		if (ch == ' ' && n > 0 && n % 4 == 0)
			continue;
		if (!dsv_pii_digit(ch) && !dsv_pii_letter(ch))
			return false;
		iban[n++] = upper(ch);
	}
	if (n == 0 || dsv_pii_word(dsv_pii_at(in, i)) || !passes_97(iban, n))
		return false;
	*out = (struct dsv_pii_span){DSV_PII_IBAN, at - 2, i};
	return true;
}
