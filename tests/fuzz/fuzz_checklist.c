#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/checklist.h>

/* The bytes as a checklist, and as answers to the shipped one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	struct dsv_checklist shipped DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	const char *text = dsv_checklist_template("storage");
	struct dsv_answer *answers = NULL;
	size_t n = 0;

	if (dsv_checklist_parse(&list, (const char *)data, size, "fuzz") == 0 &&
	    !list.n)
		abort();
	if (dsv_checklist_parse(&shipped, text, strlen(text), "shipped") < 0)
		abort();
	if (dsv_checklist_answers(&shipped, (const char *)data, size, "fuzz",
				  &answers, &n) == 0 &&
	    n != shipped.n)
		abort();
	dsv_answers_free(&answers, n);
	return 0;
}
