#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>

/*
 * Text in a form in which what looks the same is the same (Unicode Standard
 * Annex 15, by utf8proc). Bytes that are not UTF-8 stay as they are.
 */

/** Append the text in NFKC: full-width, circled, superscript and styled
 * characters become plain ones, what has two codes has one. */
void dsv_fold_compat(struct dsv_buf *out, const char *text, size_t len);
/** The same without case, for comparing: also what nobody sees is gone (zero
 * width, soft hyphens). */
void dsv_fold_caseless(struct dsv_buf *out, const char *text, size_t len);

/*
 * For looking for ASCII in text: what folds to plain characters, what nobody
 * sees left out, all blanks and dashes made ' ' and '-'. Nothing is composed,
 * so each byte is known to be of one place in the text.
 */
struct dsv_folded {
	struct dsv_buf text;
	uint32_t *from; /* for each byte, and one behind the last: where its
			 * character stands in what was folded */
	size_t cap;
};

#define DSV_FOLDED_INIT \
	{               \
		0       \
	}

void dsv_folded_release(struct dsv_folded *folded);
void dsv_folded_reset(struct dsv_folded *folded);
/** Append text that stands at `at`; dsv_folded_end() once behind the last. */
void dsv_folded_add(struct dsv_folded *folded, const char *text, size_t len,
		    uint32_t at);
void dsv_folded_end(struct dsv_folded *folded, uint32_t at);
/** False: nothing in it would become ASCII, nor would anything vanish, but
 * for accents that come off letters. A quick look that may say true in
 * vain. */
bool dsv_fold_matters(const char *text, size_t len);

DSV_AUTO_RELEASE(folded)

#endif
