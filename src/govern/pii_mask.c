#include "govern/pii_rules.h"

#include <string.h>

#include "base/utf8.h"

#define STARS "***"

/* The first character and stars. */
static void add_first(struct dsv_buf *out, const char *text, size_t len)
{
	uint32_t code;
	size_t n = len > 0 ? dsv_utf8_decode(text, len, &code) : 0;

	if (n > 1 || (n == 1 && dsv_pii_word(text[0])))
		dsv_buf_add(out, text, n);
	dsv_buf_addstr(out, STARS);
}

static void mask_email(struct dsv_buf *out, const char *text, size_t len)
{
	const char *at = memrchr(text, '@', len);
	const char *dot = memrchr(text, '.', len);
	size_t n_local = at ? (size_t)(at - text) : len;

	add_first(out, text, n_local);
	if (!at || !dot || dot < at)
		return;
	dsv_buf_addch(out, '@');
	add_first(out, at + 1, (size_t)(dot - at) - 1);
	if (text[len - 1] != ']')
		dsv_buf_add(out, dot, len - (size_t)(dot - text));
}

/* Letters and digits but the first and last few become stars; what stands
 * between them stays. */
static void mask_number(struct dsv_buf *out, const char *text, size_t len,
			size_t first, size_t last)
{
	size_t n = 0;
	size_t seen = 0;

	for (size_t i = 0; i < len; i++)
		n += dsv_pii_word(text[i]);
	for (size_t i = 0; i < len; i++) {
		bool shown = !dsv_pii_word(text[i]);

		if (!shown) {
			shown = seen < first || seen + last >= n;
			seen++;
		}
		dsv_buf_addch(out, shown ? text[i] : '*');
	}
}

static void mask_ip(struct dsv_buf *out, const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] != '.' && text[n] != ':')
		n++;
	dsv_buf_add(out, text, n);
	dsv_buf_addstr(out, memchr(text, ':', len) ? ":" STARS : ".*.*.*");
}

/* The head of a known token tells whose it is. */
static void mask_secret(struct dsv_buf *out, const char *text, size_t len)
{
	static const char *const heads[] = {
		"-----BEGIN", "AKIA",  "ASIA",	"AIza",	    "ghp_",
		"gho_",	      "ghu_",  "ghs_",	"ghr_",	    "github_pat_",
		"glpat-",     "xoxb-", "xoxp-", "sk_live_", "rk_live_",
		"npm_",	      "pypi-", "eyJ",	"hf_",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t n = strlen(heads[i]);

		if (len > n && memcmp(text, heads[i], n) == 0) {
			dsv_buf_add(out, text, n);
			break;
		}
	}
	dsv_buf_addstr(out, STARS);
}

void dsv_pii_mask(struct dsv_buf *out, enum dsv_pii kind, const char *text,
		  size_t len)
{
	switch (kind) {
	case DSV_PII_EMAIL:
		mask_email(out, text, len);
		break;
	case DSV_PII_PHONE:
		mask_number(out, text, len, 0, 2);
		break;
	case DSV_PII_CARD:
		mask_number(out, text, len, 1, 4);
		break;
	case DSV_PII_IBAN:
		mask_number(out, text, len, 2, 2);
		break;
	case DSV_PII_SSN:
		mask_number(out, text, len, 0, 2);
		break;
	case DSV_PII_IP:
		mask_ip(out, text, len);
		break;
	case DSV_PII_SECRET:
	case DSV_PII_KINDS:
		mask_secret(out, text, len);
		break;
	}
}
