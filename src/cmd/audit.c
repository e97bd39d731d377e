#include "cmd/audit.h"

#include <dsv/interval.h>

int dsv_audit_share(const char *option, const char *text, double *out)
{
	double share;

	if (!text)
		return 0;
	if (dsv_fraction_parse(text, &share) && share > 0 && share < 1) {
		*out = share;
		return 0;
	}
	dsv_fail(DSV_EUSAGE, "--%s: '%s' is no share", option, text);
	return dsv_hint(DSV_EUSAGE, "a number between 0 and 1, such as 0.95");
}

static const struct dsv_cmd *const audit_subs[] = {
	&dsv_cmd_audit_start, &dsv_cmd_audit_finish,	&dsv_cmd_audit_list,
	&dsv_cmd_audit_show,  &dsv_cmd_audit_agreement, NULL,
};

const struct dsv_cmd dsv_cmd_audit = {
	.name = "audit",
	.group = DSV_GROUP_GOVERN,
	.brief = "measure the quality of labels",
	.subs = audit_subs,
};
