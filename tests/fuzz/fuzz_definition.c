#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/guideline.h>

#include "dataset/definition_edit.h"

/* A pattern more for each dataset: the edit must give just that, or refuse and
 * leave the text. */
static void edit(const struct dsv_datasets *sets, const char *data, size_t size)
{
	for (size_t i = 0; i < sets->n && i < 4; i++) {
		struct dsv_datasets now DSV_AUTO(datasets) = DSV_DATASETS_INIT;
		struct dsv_datasets less DSV_AUTO(datasets) = DSV_DATASETS_INIT;
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_dataset want = sets->items[i];
		size_t n = want.files.n;

		dsv_buf_add(&text, data, size);
		want.files = (struct dsv_strlist)DSV_STRLIST_INIT;
		dsv_strlist_copy(&want.files, &sets->items[i].files);
		dsv_strlist_add(&want.files, "one more/*.csv");
		if (dsv_definition_put(&text, &want) == 0 &&
		    (dsv_datasets_parse(&now, text.data, text.len, "x") < 0 ||
		     now.n != sets->n || now.items[i].files.n != n + 1))
			abort();
		dsv_strlist_release(&want.files);
		if (dsv_definition_drop(&text, want.name) == 0 &&
		    (dsv_datasets_parse(&less, text.data, text.len, "x") < 0 ||
		     less.n + 1 != sets->n))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	const char *text = (const char *)data;

	dsv_guideline_parse(&guideline, text, size, "guideline");
	if (dsv_datasets_parse(&sets, text, size, "definition") == 0)
		edit(&sets, text, size);
	return 0;
}
