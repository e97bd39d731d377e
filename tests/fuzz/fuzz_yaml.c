#include <stddef.h>
#include <stdint.h>

#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;

	dsv_yaml_parse(&doc, (const char *)data, size, "fuzz.yaml");
	return 0;
}
