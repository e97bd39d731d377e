#ifndef CMD_AUDIT_H
#define CMD_AUDIT_H

#include "cli/cmd.h"

/* The commands of dsv audit. */
extern const struct dsv_cmd dsv_cmd_audit_agreement;

#endif
