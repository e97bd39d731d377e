#include "govern/pii_rules.h"

#include <math.h>
#include <string.h>

/*
 * Secrets: tokens whose form their issuers publish, and values behind a word
 * such as "password" that look drawn at random.
 */
#define BASE64URL                                              \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789-_"
#define WORD                                                   \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* At the trigger, which is the byte `at` of the head. */
static const struct {
	const char *head;
	unsigned char trigger;
	unsigned short least; /* characters that follow */
	const char *of;
} tokens[] = {
	{"AKIA", 0, 16, CAPITALS}, /* Amazon Web Services */
	{"ASIA", 0, 16, CAPITALS},
	{"ABIA", 0, 16, CAPITALS},
	{"ACCA", 0, 16, CAPITALS},
	{"AIza", 0, 35, BASE64URL}, /* Google */
	{"ghp_", 3, 36, WORD},	    /* GitHub */
	{"gho_", 3, 36, WORD},
	{"ghu_", 3, 36, WORD},
	{"ghs_", 3, 36, WORD},
	{"ghr_", 3, 36, WORD},
	{"github_pat_", 6, 22, WORD "_"},
	{"glpat-", 5, 20, BASE64URL}, /* GitLab */
	{"xoxb-", 4, 10, WORD "-"},   /* Slack */
	{"xoxp-", 4, 10, WORD "-"},
	{"xoxa-", 4, 10, WORD "-"},
	{"xoxr-", 4, 10, WORD "-"},
	{"xoxs-", 4, 10, WORD "-"},
	{"xoxe-", 4, 10, WORD "-"},
	{"xapp-", 4, 10, WORD "-"},
	{"sk_live_", 2, 16, WORD}, /* Stripe */
	{"rk_live_", 2, 16, WORD},
	{"npm_", 3, 36, WORD},
	{"pypi-", 4, 50, BASE64URL},
	{"sk-", 2, 32, BASE64URL}, /* OpenAI, Anthropic */
	{"hf_", 2, 30, WORD},	   /* Hugging Face */
};

/* No further than a secret is long, so that many heads cost no square. */
#define RUN_MAX 512u

static size_t run_of(const struct dsv_pii_text *in, size_t at, const char *of)
{
	size_t n = 0;

	while (n < RUN_MAX && at + n < in->len && in->text[at + n] &&
	       strchr(of, in->text[at + n]))
		n++;
	return n;
}

static bool stands_at(const struct dsv_pii_text *in, size_t at,
		      const char *word)
{
	size_t n = strlen(word);

	return in->len - at >= n && memcmp(in->text + at, word, n) == 0;
}

#define KEY_MAX 16384u /* bytes of a key in text */

/* -----BEGIN RSA PRIVATE KEY-----, up to its end where that is there */
static bool is_private_key(const struct dsv_pii_text *in, size_t at,
			   struct dsv_pii_span *out)
{
	size_t i = at + strlen("-----BEGIN ");
	const char *end;
	size_t left;

	if (!stands_at(in, at, "-----BEGIN "))
		return false;
	while (i < in->len &&
	       (dsv_pii_letter(in->text[i]) || in->text[i] == ' ' ||
		dsv_pii_digit(in->text[i])))
		i++;
	if (!memmem(in->text + at, i - at, "PRIVATE KEY", 11))
		return false;
	left = in->len - i < KEY_MAX ? in->len - i : KEY_MAX;
	end = memmem(in->text + i, left, "-----END ", 9);
	if (end)
		i = (size_t)(end - in->text) + 9;
	while (end && i < in->len && in->text[i] != '-')
		i++;
	i += run_of(in, i, "-");
	*out = (struct dsv_pii_span){DSV_PII_SECRET, at, i};
	return true;
}

/* A JSON Web Token (RFC 7519): two parts at least begin with '{"'. */
static bool is_web_token(const struct dsv_pii_text *in, size_t at,
			 struct dsv_pii_span *out)
{
	size_t i = at + run_of(in, at, BASE64URL);

	if (i - at < 10 || !stands_at(in, i, ".eyJ"))
		return false;
	i++;
	i += run_of(in, i, BASE64URL);
	if (dsv_pii_at(in, i) == '.')
		i += 1 + run_of(in, i + 1, BASE64URL);
	*out = (struct dsv_pii_span){DSV_PII_SECRET, at, i};
	return true;
}

static bool is_token(const struct dsv_pii_text *in, size_t at, size_t which,
		     struct dsv_pii_span *out)
{
	const char *head = tokens[which].head;
	size_t begin = at - tokens[which].trigger;
	size_t n;

	if (at < tokens[which].trigger || !stands_at(in, begin, head) ||
	    dsv_pii_word(dsv_pii_before(in, begin)))
		return false;
	n = run_of(in, begin + strlen(head), tokens[which].of);
	if (n < tokens[which].least)
		return false;
	*out = (struct dsv_pii_span){DSV_PII_SECRET, begin,
				     begin + strlen(head) + n};
	return true;
}

bool dsv_pii_token(const struct dsv_pii_text *in, size_t at,
		   struct dsv_pii_span *out)
{
	char ch = in->text[at];

	if (ch == 'J')
		return at >= 2 && in->text[at - 1] == 'y' &&
		       in->text[at - 2] == 'e' &&
		       !dsv_pii_word(dsv_pii_before(in, at - 2)) &&
		       is_web_token(in, at - 2, out);
	/* dates come by the million */
	if (ch != 'A' && dsv_pii_digit(dsv_pii_before(in, at)))
		return false;
	if (ch == '-' && is_private_key(in, at, out))
		return true;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		if (tokens[i].head[tokens[i].trigger] == ch &&
		    is_token(in, at, i, out))
			return true;
	}
	return false;
}

/* Bits a character (Shannon). */
static double entropy(const char *text, size_t len)
{
	unsigned counts[256] = {0};
	double sum = 0;

	for (size_t i = 0; i < len; i++)
		counts[(unsigned char)text[i]]++;
	for (size_t i = 0; i < 256; i++) {
		double share = (double)counts[i] / (double)len;

		if (counts[i])
			sum -= share * log2(share);
	}
	return sum;
}

#define VALUE	  WORD "+/_.~!@#$%^&*-="
#define VALUE_MAX 256u
/* English words have about 2.5 to 3 bits, 16 random characters above 3.3 */
#define BITS_LEAST 3.0

/* Drawn at random: letters and digits in no order. */
static bool is_random(const char *text, size_t len, size_t least)
{
	bool digit = false;
	bool letter = false;

	if (len < least || len > VALUE_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		digit |= dsv_pii_digit(text[i]);
		letter |= dsv_pii_letter(text[i]);
	}
	return digit && letter && entropy(text, len) >= BITS_LEAST - (len < 12);
}

#define KEY_LEAST      16u
#define PASSWORD_LEAST 8u

bool dsv_pii_assigned(const struct dsv_pii_text *in, size_t at,
		      struct dsv_pii_span *out)
{
	static const char *const keys[] = {
		"apikey",      "secret",	"secretkey",	 "accesskey",
		"token",       "authorization", "privatekey",	 "credential",
		"credentials", "accountkey",	"encryptionkey", "bearer",
		NULL};
	static const char *const passwords[] = {"password", "passwd", "pwd",
						"passphrase", NULL};
	size_t least = KEY_LEAST;
	size_t begin = at + 1;
	size_t n;

	if (dsv_pii_digit(dsv_pii_before(in, at))) /* a time */
		return false;
	if (dsv_pii_word_before(in, at, passwords))
		least = PASSWORD_LEAST;
	else if (!dsv_pii_word_before(in, at, keys))
		return false;
	for (n = 0; n < 6 && begin < in->len; n++, begin++)
		if (!strchr(" \t\"'=>:", in->text[begin]))
			break;
	if (stands_at(in, begin, "Bearer ") || stands_at(in, begin, "Basic "))
		begin += in->text[begin + 1] == 'e' ? 7 : 6;
	n = run_of(in, begin, VALUE);
	if (!is_random(in->text + begin, n, least))
		return false;
	*out = (struct dsv_pii_span){DSV_PII_SECRET, begin, begin + n};
	return true;
}

bool dsv_pii_named_secret(const struct dsv_pii_text *in,
			  struct dsv_pii_span *out)
{
	if (run_of(in, 0, VALUE) < in->len ||
	    !is_random(in->text, in->len, PASSWORD_LEAST))
		return false;
	*out = (struct dsv_pii_span){DSV_PII_SECRET, 0, in->len};
	return true;
}

#define URL_MAX 256u

/* scheme://user:password@host */
bool dsv_pii_url_password(const struct dsv_pii_text *in, size_t at,
			  struct dsv_pii_span *out)
{
	size_t begin = at;
	size_t colon = 0;

	while (begin > 0 && at - begin < URL_MAX) {
		char ch = in->text[begin - 1];

		if (ch == '/' || ch == ' ' || ch == '@' || ch == '"')
			break;
		if (ch == ':')
			colon = begin;
		begin--;
	}
	if (!colon || colon == at || begin < 3 ||
	    memcmp(in->text + begin - 3, "://", 3) != 0)
		return false;
	*out = (struct dsv_pii_span){DSV_PII_SECRET, colon, at};
	return true;
}
