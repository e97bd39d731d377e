#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A pattern, a NUL and a text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, 0, size);
	char *pattern;
	char *text;

	if (!nul)
		return 0;
	pattern = dsv_strndup((const char *)data, (size_t)(nul - data));
	text = dsv_strndup((const char *)nul + 1,
			   size - (size_t)(nul - data) - 1);
	for (unsigned flags = 0; flags < 4; flags++)
		dsv_glob_match(pattern, text, flags);
	if (!pattern[dsv_glob_literal(pattern)] &&
	    dsv_glob_match(pattern, text, 0) != (strcmp(pattern, text) == 0))
		abort();
	free(pattern);
	free(text);
	return 0;
}
