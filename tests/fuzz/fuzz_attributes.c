#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "repo/attrrules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_attr_rules rules DSV_AUTO(attr_rules) = DSV_ATTR_RULES_INIT;
	struct dsv_attr_names names DSV_AUTO(attr_names) = {0};
	const struct dsv_attr_rules *macros = &rules;
	struct dsv_attr_value values[DSV_ATTR_N] = {0};
	struct dsv_attr_answer answer = {
		.macros = &macros, .n_macros = 1, .values = values};

	dsv_attr_names_init(&names);
	dsv_attr_rules_parse(&rules, &names, "f", (const char *)data, size);
	answer.said = dsv_alloc_zero(names.ids.n, sizeof(bool));
	dsv_attr_rules_apply(&rules, "d/q.csv", &answer);
	free(answer.said);
	return 0;
}
