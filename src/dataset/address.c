#include "dataset/address.h"

#include <string.h>

static bool is_special(char c)
{
	return c == '%' || c == ',' || c == ':';
}

void dsv_address_add_part(struct dsv_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_special(text[i]))
			dsv_buf_addf(out, "%%%02X", (unsigned)text[i]);
		else
			dsv_buf_addch(out, text[i]);
	}
}

void dsv_address_add_key(struct dsv_buf *out, const struct dsv_strlist *key)
{
	for (size_t i = 0; i < key->n; i++) {
		if (i)
			dsv_buf_addch(out, ',');
		dsv_address_add_part(out, key->items[i], strlen(key->items[i]));
	}
}

void dsv_address_decode(struct dsv_buf *out, const char *text, size_t len)
{
	static const struct {
		const char *code;
		char byte;
	} codes[] = {{"%25", '%'},
		     {"%2C", ','},
		     {"%2c", ','},
		     {"%3A", ':'},
		     {"%3a", ':'}};
	size_t i = 0;

	while (i < len) {
		size_t k = 0;

		while (k < 5 &&
		       (len - i < 3 || memcmp(text + i, codes[k].code, 3) != 0))
			k++;
		dsv_buf_addch(out, k < 5 ? codes[k].byte : text[i]);
		i += k < 5 ? 3 : 1;
	}
}

bool dsv_address_split(const char *text, struct dsv_buf *out_key,
		       struct dsv_buf *out_field)
{
	const char *colon = strchr(text, ':');

	dsv_buf_add(out_key, text,
		    colon ? (size_t)(colon - text) : strlen(text));
	if (colon)
		dsv_address_decode(out_field, colon + 1, strlen(colon + 1));
	return colon != NULL;
}
