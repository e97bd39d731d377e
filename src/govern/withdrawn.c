#include "govern/withdrawn.h"

bool dsv_is_withdrawn(const struct dsv_evidence *evidence,
		      const struct dsv_evidence_item *item)
{
	size_t i;

	for (i = 0; item->by && i < evidence->n; i++) {
		const struct dsv_evidence_item *other = &evidence->items[i];
		const struct dsv_statement *said = &other->statement;

		if (other->by == item->by && said->kind == DSV_SIGN_OFF &&
		    said->signoff.decision == DSV_WITHDRAW &&
		    dsv_id_equal(&said->signoff.withdraws, &item->digest))
			return true;
	}
	return false;
}
