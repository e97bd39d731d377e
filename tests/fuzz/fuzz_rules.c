#include <dsv/rules.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any bytes are a guideline; what is taken from them has a name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	dsv_rules_parse(&rules, (const char *)data, size);
	for (size_t i = 0; i < rules.n_labels; i++)
		assert(*rules.labels[i].label && rules.labels[i].line > 0);
	for (size_t i = 0; i < rules.n_rules; i++)
		assert(*rules.rules[i].rule && rules.rules[i].label);
	for (size_t i = 0; i < rules.n_examples; i++)
		assert(*rules.examples[i].example && rules.examples[i].rule);
	return 0;
}
