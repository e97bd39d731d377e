#include <dsv/error.h>
#include <dsv/guideline_lint.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Two guidelines, parted by the first NUL: what is taken in is linted and
 * compared; the same text twice has no difference.
 */
static void judge(const struct dsv_guideline_text *base,
		  const struct dsv_guideline_text *text)
{
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;
	struct dsv_guideline_diff none DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;

	dsv_guideline_lint_text(&lint, text, 1740000000);
	dsv_guideline_lint_step(&lint, base, text);
	assert(lint.n == lint.errors + lint.warnings);
	dsv_guideline_diff(&none, text, text);
	assert(none.n == 0 && !none.front);
	dsv_guideline_diff(&diff, base, text);
	assert((diff.n > 0) == (diff.why != NULL));
	for (size_t i = 0; i < diff.n; i++) {
		struct dsv_buf says DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_guideline_change_say(&diff.items[i], &says);
		assert(says.len > 0 && diff.items[i].needs <= diff.needs);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_guideline_text base DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	const char *bytes = (const char *)data;
	const char *nul = size ? memchr(bytes, '\0', size) : NULL;
	size_t first = nul ? (size_t)(nul - bytes) : size;
	size_t next = nul ? first + 1 : 0;

	if (dsv_guideline_text_parse(&base, bytes, first, "a.md") == 0 &&
	    dsv_guideline_text_parse(&text, bytes + next, size - next,
				     "b.md") == 0)
		judge(&base, &text);
	return 0;
}
