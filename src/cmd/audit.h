#ifndef CMD_AUDIT_H
#define CMD_AUDIT_H

#include <dsv/audit.h>

#include "cli/cmd.h"

/* The commands of dsv audit, and what they share. */
extern const struct dsv_cmd dsv_cmd_audit_agreement, dsv_cmd_audit_start;
extern const struct dsv_cmd dsv_cmd_audit_finish, dsv_cmd_audit_list;
extern const struct dsv_cmd dsv_cmd_audit_show;

/** A share between 0 and 1 as it was typed; NULL leaves *out as it is. */
int dsv_audit_share(const char *option, const char *text, double *out);

/** "300 of 412 records that changed, by vendor (3 strata)" */
void dsv_audit_add_drawn(struct dsv_buf *out,
			 const struct dsv_statement_plan *plan);
/** All that is known of an audit, for people. */
int dsv_audit_human(struct dsv_out *out, const struct dsv_audit *audit);
/** The fields of an audit, in a line that is open. */
void dsv_audit_json_fields(struct dsv_out *out, const struct dsv_audit *audit);
/** The same and its figures, many lines. */
int dsv_audit_json(struct dsv_out *out, const struct dsv_audit *audit);

#endif
