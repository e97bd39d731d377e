#ifndef GOVERN_PII_H
#define GOVERN_PII_H

#include <dsv/buf.h>
#include <dsv/record.h>
#include <dsv/scan.h>

#include "base/fold.h"

/*
 * Personal data and secrets in one text.
 *
 *	struct dsv_pii_finder finder DSV_AUTO(pii_finder) = {0};
 *	n = dsv_pii_find(&finder, &field, dsv_pii_context("phone"));
 *	for (size_t i = 0; i < n; i++)
 *		... finder.hits[i] ...
 *
 * One walk over the bytes: a table says which of them can be part of anything
 * (a digit, '@', ':', ...), and only there the rules of a kind are asked. They
 * are written out, not regular expressions: lengths, check digits and numbers
 * that were given out are what tells a card from an order number, and a walk
 * by table is several times faster than a search for alternatives.
 *
 * Text that is not ASCII is folded first where that can matter (base/fold.h),
 * JSON escapes are undone; a hit says where it stands in the text as it was
 * given. docs/formats/scan.md has the rules and their sources.
 */
struct dsv_pii_hit {
	enum dsv_pii kind;
	size_t at; /* bytes of the text as given */
	size_t len;
	char *masked;
};

struct dsv_pii_finder {
	struct dsv_pii_hit *hits; /* in order; they do not overlap */
	size_t n;
	size_t cap;
	struct dsv_folded folded;
};

/* What the name of a column says about its text. */
enum dsv_pii_context {
	DSV_PII_CONTEXT_PHONE = 1u << 0,
	DSV_PII_CONTEXT_SSN = 1u << 1,
	DSV_PII_CONTEXT_SECRET = 1u << 2,
};
unsigned dsv_pii_context(const char *column);

/** How many hits; they are lent until the next call. */
size_t dsv_pii_find(struct dsv_pii_finder *finder,
		    const struct dsv_field *field, unsigned context);
void dsv_pii_finder_release(struct dsv_pii_finder *finder);

/** Grows when the rules change what is found or how it is masked. */
#define DSV_PII_VERSION 1u

DSV_AUTO_RELEASE(pii_finder)

#endif
