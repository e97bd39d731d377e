#include <dsv/repo.h>

#include <string.h>

const char *dsv_oid_hex(const struct dsv_oid *oid, char hex[DSV_OID_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DSV_OID_SIZE; i++) {
		hex[2 * i] = digits[oid->bytes[i] >> 4];
		hex[2 * i + 1] = digits[oid->bytes[i] & 15];
	}
	hex[2 * DSV_OID_SIZE] = '\0';
	return hex;
}

bool dsv_oid_equal(const struct dsv_oid *a, const struct dsv_oid *b)
{
	return memcmp(a->bytes, b->bytes, DSV_OID_SIZE) == 0;
}

bool dsv_oid_is_zero(const struct dsv_oid *oid)
{
	static const struct dsv_oid zero;

	return dsv_oid_equal(oid, &zero);
}
