#include <dsv/id.h>

#include <string.h>

const char *dsv_id_hex(const struct dsv_id *id, char hex[DSV_ID_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DSV_ID_SIZE; i++) {
		hex[2 * i] = digits[id->bytes[i] >> 4];
		hex[2 * i + 1] = digits[id->bytes[i] & 15];
	}
	hex[2 * DSV_ID_SIZE] = '\0';
	return hex;
}

static int digit_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	return -1;
}

bool dsv_id_parse(struct dsv_id *out, const char *hex, size_t len)
{
	struct dsv_id id;

	if (len != 2 * DSV_ID_SIZE)
		return false;
	for (size_t i = 0; i < DSV_ID_SIZE; i++) {
		int high = digit_value(hex[2 * i]);
		int low = digit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		id.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = id;
	return true;
}

bool dsv_id_equal(const struct dsv_id *a, const struct dsv_id *b)
{
	return memcmp(a->bytes, b->bytes, DSV_ID_SIZE) == 0;
}

int dsv_id_cmp(const struct dsv_id *a, const struct dsv_id *b)
{
	return memcmp(a->bytes, b->bytes, DSV_ID_SIZE);
}
