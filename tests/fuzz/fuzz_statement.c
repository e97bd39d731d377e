#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/statement.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read and written again reads as the same statement. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_statement first DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	struct dsv_statement second DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	struct dsv_buf once DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf twice DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_statement_parse(&first, (const char *)data, size, "fuzz") < 0)
		return 0;
	dsv_statement_format(&first, &once);
	if (dsv_statement_parse(&second, once.data, once.len, "again") < 0)
		abort();
	dsv_statement_format(&second, &twice);
	if (once.len != twice.len ||
	    memcmp(once.data, twice.data, once.len) != 0)
		abort();
	return 0;
}
