#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/people.h>

/* What can be read can be edited, or is refused and stays; what was edited
 * holds the key. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char key[] =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBhb8Xd9gt7fB+RMItgBXbnRmC"
		"54AkL7N0l6JmDA8uZw x";
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_people after DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_people_add add = {.id = "a", .key = key};

	if (dsv_people_parse(&people, (const char *)data, size, "fuzz") < 0)
		return 0;
	dsv_buf_add(&text, data, size);
	if (dsv_people_edit(&text, &add) < 0)
		return text.len == size && memcmp(dsv_buf_str(&text), data,
						  size) == 0
			       ? 0
			       : (abort(), 0);
	if (dsv_people_parse(&after, dsv_buf_str(&text), text.len, "fuzz") < 0)
		abort();
	if (!dsv_people_named(&after, "a") ||
	    !dsv_people_named(&after, "a")->n_keys || after.n < people.n)
		abort();
	return 0;
}
