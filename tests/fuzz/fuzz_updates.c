#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/updates.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read names a reference without blanks, and is one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int form = 0; form < 2; form++) {
		struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
			DSV_REF_UPDATES_INIT;

		if (dsv_ref_updates_parse(&updates, (enum dsv_ref_lines)form,
					  (const char *)data, size) < 0)
			continue;
		for (size_t i = 0; i < updates.n; i++) {
			const char *ref = updates.items[i].ref;

			if (!*ref || strpbrk(ref, " \n"))
				abort();
		}
	}
	return 0;
}
