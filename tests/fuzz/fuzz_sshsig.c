#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <dsv/signer.h>

#include "base/base64.h"

/* What parses fails to verify, for the fuzzer has no key. The first byte says
 * whether the rest is armoured already. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};

	dsv_buf_addstr(&message, "fuzz");
	if (size && *data == '-') {
		dsv_buf_add(&armour, data, size);
	} else {
		dsv_buf_addstr(&armour, "-----BEGIN SSH SIGNATURE-----\n");
		dsv_base64_add(&armour, data, size);
		dsv_buf_addstr(&armour, "\n-----END SSH SIGNATURE-----\n");
	}
	if (dsv_sign_verify(&armour, "dsv", &message, &by) == 0)
		abort();
	return 0;
}
