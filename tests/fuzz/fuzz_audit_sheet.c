#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/audit.h>

static char one[] = "a.csv:1", two[] = "a.csv:2", cat[] = "cat", dog[] = "dog";
static char id_1[] = "1", id_2[] = "2", plain[] = "plain";
static char quoted[] = "a \"q\", and\nline";
static char id[] = "id", text[] = "text", label[] = "label", no_name[] = "";

static void free_rows(struct dsv_statement_result *result)
{
	for (size_t i = 0; i < result->n_rows; i++) {
		free(result->rows[i].address);
		free(result->rows[i].answer);
		free(result->rows[i].cause);
		free(result->rows[i].note);
	}
	free(result->rows);
}

/* Whatever a sheet holds, what is taken of it covers the sample. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *columns[] = {id, text, label};
	char *first[] = {id_1, plain, cat};
	char *second[] = {id_2, quoted, dog};
	char *known[] = {cat, dog};
	struct dsv_audit_record items[] = {
		{.address = one, .label = cat, .fields = {first, 3, 3}},
		{.address = two, .label = dog, .fields = {second, 3, 3}}};
	struct dsv_stratum whole = {no_name, 2, 2};
	const struct dsv_statement_plan plan = {.field = label,
						.strata = &whole,
						.n_strata = 1,
						.population = 2,
						.n = 2};
	const struct dsv_audit_sample sample = {
		.columns = {columns, 3, 3}, .items = items, .n = 2};
	const struct dsv_strlist labels = {known, 2, 2};
	const struct dsv_audit_reading in = {&plan, &sample, &labels, "fuzz"};
	struct dsv_statement_result result = {.rows = NULL};
	struct dsv_strlist faults DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_audit_read_sheet(&in, (const char *)data, size, &result,
				      &faults);

	if (rc == 0 && (result.n_rows != 2 || faults.n ||
			strcmp(result.rows[0].address, one) != 0 ||
			strcmp(result.rows[1].address, two) != 0 ||
			!*result.rows[0].answer || !*result.rows[1].answer))
		abort();
	if (rc < 0 && result.n_rows)
		abort();
	free_rows(&result);
	return 0;
}
