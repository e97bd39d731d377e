#include "cmd/audit.h"

static const struct dsv_cmd *const audit_subs[] = {
	&dsv_cmd_audit_agreement,
	NULL,
};

const struct dsv_cmd dsv_cmd_audit = {
	.name = "audit",
	.group = DSV_GROUP_GOVERN,
	.brief = "measure the quality of labels",
	.subs = audit_subs,
};
