#include <dsv/scan.h>

#include <string.h>

static const char *const kinds[] = {
	[DSV_PII_EMAIL] = "email",   [DSV_PII_PHONE] = "phone",
	[DSV_PII_CARD] = "card",     [DSV_PII_IBAN] = "iban",
	[DSV_PII_SSN] = "ssn",	     [DSV_PII_IP] = "ip",
	[DSV_PII_SECRET] = "secret",
};

static const char *const decisions[] = {
	[DSV_SCAN_UNDECIDED] = "undecided",
	[DSV_SCAN_FALSE_POSITIVE] = "false-positive",
	[DSV_SCAN_REDACTED] = "redacted",
	[DSV_SCAN_ACCEPTED] = "accepted",
};

const char *dsv_pii_name(enum dsv_pii kind)
{
	return kinds[kind];
}

bool dsv_pii_parse(const char *name, enum dsv_pii *out)
{
	for (unsigned i = 0; i < DSV_PII_KINDS; i++) {
		if (strcmp(kinds[i], name) != 0)
			continue;
		*out = (enum dsv_pii)i;
		return true;
	}
	return false;
}

const char *dsv_scan_decision_name(enum dsv_scan_decision decision)
{
	return decisions[decision];
}

bool dsv_scan_decision_parse(const char *name, enum dsv_scan_decision *out)
{
	for (unsigned i = DSV_SCAN_UNDECIDED + 1; i < DSV_SCAN_DECISIONS; i++) {
		if (strcmp(decisions[i], name) != 0)
			continue;
		*out = (enum dsv_scan_decision)i;
		return true;
	}
	return false;
}
