#include "govern/pii.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/alloc.h"
#include "govern/pii_rules.h"

/* What a byte can begin, or be in the middle of. */
enum trigger {
	NOTHING,
	DIGIT,
	AT,
	COLON,
	TOKEN,
	ESCAPE, /* of JSON */
	HIGH,	/* not ASCII */
};

#define ROW_OF_HIGH HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH
#define HALF_OF_HIGH                                                     \
	ROW_OF_HIGH, ROW_OF_HIGH, ROW_OF_HIGH, ROW_OF_HIGH, ROW_OF_HIGH, \
		ROW_OF_HIGH, ROW_OF_HIGH, ROW_OF_HIGH

static const unsigned char triggers[256] = {
	['0'] = DIGIT, ['1'] = DIGIT,	['2'] = DIGIT,	      ['3'] = DIGIT,
	['4'] = DIGIT, ['5'] = DIGIT,	['6'] = DIGIT,	      ['7'] = DIGIT,
	['8'] = DIGIT, ['9'] = DIGIT,	['@'] = AT,	      [':'] = COLON,
	['='] = COLON, ['-'] = TOKEN,	['_'] = TOKEN,	      ['A'] = TOKEN,
	['J'] = TOKEN, ['\\'] = ESCAPE, [128] = HALF_OF_HIGH, HALF_OF_HIGH,
};

struct walk {
	struct dsv_pii_finder *finder;
	struct dsv_pii_text in;
	bool is_json; /* escapes have a meaning */
	bool is_folded;
	bool is_plain;	 /* what is not ASCII need not be folded */
	size_t v6_until; /* colons before were looked at */
};

/* A hit that reaches over earlier ones takes their place: the digits of an
 * address were taken for a number. */
static size_t take(struct walk *walk, const struct dsv_pii_span *span)
{
	struct dsv_pii_finder *finder = walk->finder;

	while (finder->n > 0 &&
	       finder->hits[finder->n - 1].at +
			       finder->hits[finder->n - 1].len >
		       span->at)
		free(finder->hits[--finder->n].masked);
	DSV_GROW(finder->hits, finder->cap, finder->n + 1);
	finder->hits[finder->n++] = (struct dsv_pii_hit){
		.kind = span->kind,
		.at = span->at,
		.len = span->end - span->at,
	};
	return span->end;
}

/* "1.2.3.4" is the shortest text of digits that means something. */
#define SHORTEST 7u

static size_t digits_at(const struct dsv_pii_text *in, size_t at)
{
	size_t end = at;

	while (end < in->len && dsv_pii_digit(in->text[end]))
		end++;
	return end - at;
}

static size_t at_digit(struct walk *walk, size_t at)
{
	const struct dsv_pii_text *in = &walk->in;
	size_t n = digits_at(in, at);
	struct dsv_pii_span span;

	if (in->len - at < SHORTEST)
		return at + n;
	if (dsv_pii_iban(in, at, n, &span) || dsv_pii_card(in, at, n, &span) ||
	    dsv_pii_ssn(in, at, n, &span) || dsv_pii_ipv4(in, at, n, &span) ||
	    dsv_pii_phone(in, at, n, &span))
		return take(walk, &span);
	return at + n;
}

static size_t at_sign(struct walk *walk, size_t at)
{
	struct dsv_pii_span span;

	if (dsv_pii_url_password(&walk->in, at, &span)) {
		take(walk, &span);
		return at + 1;
	}
	if (dsv_pii_email(&walk->in, at, &span))
		return take(walk, &span);
	return at + 1;
}

static size_t at_colon(struct walk *walk, size_t at)
{
	const struct dsv_pii_text *in = &walk->in;
	struct dsv_pii_span span;

	if (in->text[at] == ':' && at >= walk->v6_until) {
		if (dsv_pii_ipv6(in, at, &span))
			return take(walk, &span);
		walk->v6_until = at;
		while (walk->v6_until < in->len &&
		       (dsv_pii_hex(in->text[walk->v6_until]) ||
			in->text[walk->v6_until] == ':'))
			walk->v6_until++;
	}
	if (dsv_pii_assigned(in, at, &span))
		return take(walk, &span);
	return at + 1;
}

static size_t at_token(struct walk *walk, size_t at)
{
	struct dsv_pii_span span;

	if (dsv_pii_token(&walk->in, at, &span))
		return take(walk, &span);
	return at + 1;
}

/* The next byte that is a trigger. Running text is lower case, blanks and
 * commas, sixteen at a time. */
static size_t next_trigger(const struct dsv_pii_text *in, size_t at)
{
#if defined(__SSE2__)
	const __m128i below = _mm_set1_epi8('-');
	const __m128i above = _mm_set1_epi8('_');
	const __m128i ascii = _mm_set1_epi8(-1);

	while (at + 16 <= in->len) {
		__m128i v = _mm_loadu_si128((const __m128i *)(in->text + at));
		__m128i low = _mm_and_si128(_mm_cmplt_epi8(v, below),
					    _mm_cmpgt_epi8(v, ascii));
		__m128i idle = _mm_or_si128(low, _mm_cmpgt_epi8(v, above));
		unsigned busy = ~(unsigned)_mm_movemask_epi8(idle) & 0xffffu;

		if (!busy) {
			at += 16;
			continue;
		}
		at += (size_t)__builtin_ctz(busy);
		if (triggers[(unsigned char)in->text[at]] != NOTHING)
			return at;
		at++;
	}
#endif
	while (at < in->len && triggers[(unsigned char)in->text[at]] == NOTHING)
		at++;
	return at;
}

/* False: the text has to be folded before it is walked. */
static bool walk_text(struct walk *walk)
{
	const struct dsv_pii_text *in = &walk->in;
	size_t at = 0;

	while ((at = next_trigger(in, at)) < in->len) {
		switch ((enum trigger)triggers[(unsigned char)in->text[at]]) {
		case NOTHING:
			at++;
			break;
		case DIGIT:
			at = at_digit(walk, at);
			break;
		case AT:
			at = at_sign(walk, at);
			break;
		case COLON:
			at = at_colon(walk, at);
			break;
		case TOKEN:
			at = at_token(walk, at);
			break;
		case ESCAPE:
			if (walk->is_json && !walk->is_folded)
				return false;
			at++;
			break;
		case HIGH:
			if (!walk->is_plain &&
			    dsv_fold_matters(in->text + at, in->len - at))
				return false;
			walk->is_plain = true;
			at++;
			break;
		}
	}
	return true;
}

static void forget(struct dsv_pii_finder *finder)
{
	while (finder->n > 0)
		free(finder->hits[--finder->n].masked);
}

/* One escape of JSON becomes one byte. */
static size_t add_escape(struct dsv_folded *folded, const char *text,
			 size_t len, uint32_t at)
{
	size_t n = len > 1 && text[1] == 'u' ? 6 : 2;

	if (len > 1 && (text[1] == '"' || text[1] == '\\' || text[1] == '/'))
		dsv_folded_add(folded, text + 1, 1, at);
	else
		dsv_folded_add(folded, " ", 1, at);
	return n < len ? n : len;
}

static void fold(struct walk *walk, const struct dsv_field *field)
{
	struct dsv_folded *folded = &walk->finder->folded;
	size_t at = 0;

	dsv_folded_reset(folded);
	while (at < field->len) {
		const char *text = field->text + at;
		const char *escape = NULL;
		size_t n = field->len - at;

		if (walk->is_json)
			escape = memchr(text, '\\', n);
		if (escape)
			n = (size_t)(escape - text);
		dsv_folded_add(folded, text, n, (uint32_t)at);
		at += n;
		if (escape)
			at += add_escape(folded, field->text + at,
					 field->len - at, (uint32_t)at);
	}
	dsv_folded_end(folded, (uint32_t)field->len);
	walk->in.text = dsv_buf_str(&folded->text);
	walk->in.len = folded->text.len;
	walk->is_folded = true;
	walk->is_plain = true;
	walk->v6_until = 0;
}

/* Masked, and told where it stands in what was given. */
static void finish(struct walk *walk, bool is_copy)
{
	struct dsv_pii_finder *finder = walk->finder;

	for (size_t i = 0; i < finder->n; i++) {
		struct dsv_pii_hit *hit = &finder->hits[i];
		struct dsv_buf masked DSV_AUTO(buf) = DSV_BUF_INIT;
		const uint32_t *from = finder->folded.from;
		size_t end = hit->at + hit->len;

		dsv_pii_mask(&masked, hit->kind, walk->in.text + hit->at,
			     hit->len);
		hit->masked = dsv_buf_detach(&masked);
		if (!is_copy)
			continue;
		hit->at = from[hit->at];
		hit->len = from[end] - hit->at;
	}
}

size_t dsv_pii_find(struct dsv_pii_finder *finder,
		    const struct dsv_field *field, unsigned context)
{
	struct walk walk = {
		.finder = finder,
		.in = {field->text, field->len, context},
		.is_json = field->kind == DSV_FIELD_JSON,
	};
	struct dsv_pii_span span;
	bool is_copy = false;

	forget(finder);
	if (!walk_text(&walk)) {
		is_copy = true;
		forget(finder);
		fold(&walk, field);
		walk_text(&walk);
	}
	if (finder->n == 0 && (context & DSV_PII_CONTEXT_SECRET) &&
	    dsv_pii_named_secret(&walk.in, &span))
		take(&walk, &span);
	if (finder->n > 0)
		finish(&walk, is_copy);
	return finder->n;
}

void dsv_pii_finder_release(struct dsv_pii_finder *finder)
{
	forget(finder);
	free(finder->hits);
	dsv_folded_release(&finder->folded);
	*finder = (struct dsv_pii_finder){0};
}

static bool holds(const char *name, const char *word)
{
	for (; *name; name++) {
		size_t n = 0;
		const char *at = name;

		while (*at && word[n]) {
			if (*at == '_' || *at == '-' || *at == ' ')
				at++;
			else if (dsv_pii_lower(*at) == word[n])
				at++, n++;
			else
				break;
		}
		if (!word[n])
			return true;
	}
	return false;
}

unsigned dsv_pii_context(const char *column)
{
	static const struct {
		const char *word;
		unsigned context;
	} words[] = {
		{"phone", DSV_PII_CONTEXT_PHONE},
		{"telefon", DSV_PII_CONTEXT_PHONE},
		{"mobile", DSV_PII_CONTEXT_PHONE},
		{"cellnumber", DSV_PII_CONTEXT_PHONE},
		{"faxnumber", DSV_PII_CONTEXT_PHONE},
		{"ssn", DSV_PII_CONTEXT_SSN},
		{"socialsecurity", DSV_PII_CONTEXT_SSN},
		{"password", DSV_PII_CONTEXT_SECRET},
		{"passwd", DSV_PII_CONTEXT_SECRET},
		{"apikey", DSV_PII_CONTEXT_SECRET},
		{"accesskey", DSV_PII_CONTEXT_SECRET},
		{"accesstoken", DSV_PII_CONTEXT_SECRET},
		{"secret", DSV_PII_CONTEXT_SECRET},
	};
	unsigned context = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (holds(column, words[i].word))
			context |= words[i].context;
	}
	return context;
}

bool dsv_pii_word_before(const struct dsv_pii_text *in, size_t at,
			 const char *const *words)
{
	/* no more than a few, so that a row of them costs no square */
	for (size_t n = 0; n < 6 && at > 0; n++, at--)
		if (!strchr(" :.#=\"'\t(", in->text[at - 1]))
			break;
	if (at == 0 || !dsv_pii_letter(in->text[at - 1]))
		return false;
	for (size_t i = 0; words[i]; i++) {
		size_t n = strlen(words[i]);
		size_t k = at;

		while (n > 0 && k > 0) {
			char ch = dsv_pii_lower(in->text[k - 1]);

			if (ch == words[i][n - 1])
				n--;
			else if (ch != '_' && ch != '-' && ch != ' ')
				break;
			k--;
		}
		if (n == 0)
			return true;
	}
	return false;
}
