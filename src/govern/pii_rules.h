#ifndef GOVERN_PII_RULES_H
#define GOVERN_PII_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/buf.h>
#include <dsv/scan.h>

/* The rules of each kind; for pii.c alone. */

struct dsv_pii_text {
	const char *text;
	size_t len;
	unsigned context; /* enum dsv_pii_context */
};

struct dsv_pii_span {
	enum dsv_pii kind;
	size_t at;
	size_t end;
};

/* Each looks at the byte `at` that can be part of its kind, and around it. */

/** At the first digit of a run of n_digits. */
bool dsv_pii_card(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		  struct dsv_pii_span *out);
bool dsv_pii_iban(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		  struct dsv_pii_span *out);
bool dsv_pii_ssn(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		 struct dsv_pii_span *out);
bool dsv_pii_phone(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		   struct dsv_pii_span *out);
bool dsv_pii_ipv4(const struct dsv_pii_text *in, size_t at, size_t n_digits,
		  struct dsv_pii_span *out);
/** At the first colon of a run of hexadecimal digits and colons. */
bool dsv_pii_ipv6(const struct dsv_pii_text *in, size_t at,
		  struct dsv_pii_span *out);
/** At '@'. */
bool dsv_pii_email(const struct dsv_pii_text *in, size_t at,
		   struct dsv_pii_span *out);
/** At '@': the password of a URL. */
bool dsv_pii_url_password(const struct dsv_pii_text *in, size_t at,
			  struct dsv_pii_span *out);
/** At '-', '_', 'A' or 'J': a token of a known form. */
bool dsv_pii_token(const struct dsv_pii_text *in, size_t at,
		   struct dsv_pii_span *out);
/** At '=' or ':': a value behind a word like "password". */
bool dsv_pii_assigned(const struct dsv_pii_text *in, size_t at,
		      struct dsv_pii_span *out);
/** The whole text, of a column with such a name. */
bool dsv_pii_named_secret(const struct dsv_pii_text *in,
			  struct dsv_pii_span *out);

/** The form that is shown: enough to recognise, too little to use. */
void dsv_pii_mask(struct dsv_buf *out, enum dsv_pii kind, const char *text,
		  size_t len);

/* Bytes. Outside the text there is NUL. */
static inline char dsv_pii_at(const struct dsv_pii_text *in, size_t i)
{
	return i < in->len ? in->text[i] : '\0';
}

static inline char dsv_pii_before(const struct dsv_pii_text *in, size_t i)
{
	return i > 0 ? in->text[i - 1] : '\0';
}

static inline bool dsv_pii_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static inline bool dsv_pii_letter(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static inline bool dsv_pii_word(char ch)
{
	return dsv_pii_digit(ch) || dsv_pii_letter(ch) || ch == '_';
}

static inline char dsv_pii_lower(char ch)
{
	return ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
}

static inline bool dsv_pii_hex(char ch)
{
	return dsv_pii_digit(ch) ||
	       (dsv_pii_lower(ch) >= 'a' && dsv_pii_lower(ch) <= 'f');
}

/** What stands before a number, or behind it, does not go on with it: it is no
 * part of an identifier, of a decimal, of an address. */
bool dsv_pii_free_before(const struct dsv_pii_text *in, size_t at);
bool dsv_pii_free_after(const struct dsv_pii_text *in, size_t end);
/** One of the words, of lower-case letters, stands right before `at`, with
 * blanks and ':', '.', '#', '=' or '"' between. Case and '_', '-' and blanks
 * inside do not count. */
bool dsv_pii_word_before(const struct dsv_pii_text *in, size_t at,
			 const char *const *words);

#endif
