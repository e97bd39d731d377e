#include "cli/cmd.h"

extern const struct dsv_cmd dsv_cmd_init, dsv_cmd_track, dsv_cmd_untrack;
extern const struct dsv_cmd dsv_cmd_clone, dsv_cmd_remote, dsv_cmd_push;
extern const struct dsv_cmd dsv_cmd_fetch, dsv_cmd_pull;
extern const struct dsv_cmd dsv_cmd_status, dsv_cmd_add, dsv_cmd_commit;
extern const struct dsv_cmd dsv_cmd_switch, dsv_cmd_restore, dsv_cmd_apply;
extern const struct dsv_cmd dsv_cmd_merge, dsv_cmd_conflicts, dsv_cmd_resolve;
extern const struct dsv_cmd dsv_cmd_log, dsv_cmd_show, dsv_cmd_diff;
extern const struct dsv_cmd dsv_cmd_blame;
extern const struct dsv_cmd dsv_cmd_changelog, dsv_cmd_labels;
extern const struct dsv_cmd dsv_cmd_guideline;
extern const struct dsv_cmd dsv_cmd_audit, dsv_cmd_scan;
extern const struct dsv_cmd dsv_cmd_people, dsv_cmd_check, dsv_cmd_policy;
extern const struct dsv_cmd dsv_cmd_review;
extern const struct dsv_cmd dsv_cmd_signoff, dsv_cmd_evidence;
extern const struct dsv_cmd dsv_cmd_fsck;
extern const struct dsv_cmd dsv_cmd_help, dsv_cmd_version;
extern const struct dsv_cmd dsv_cmd_completion, dsv_cmd_filter_process;
extern const struct dsv_cmd dsv_cmd_diff_driver, dsv_cmd_merge_driver;
extern const struct dsv_cmd dsv_cmd_hook;

/* clang-format off */
const struct dsv_cmd *const dsv_cmds[] = {
	&dsv_cmd_init,
	&dsv_cmd_clone,
	&dsv_cmd_track,
	&dsv_cmd_untrack,
	&dsv_cmd_status,
	&dsv_cmd_add,
	&dsv_cmd_commit,
	&dsv_cmd_switch,
	&dsv_cmd_restore,
	&dsv_cmd_apply,
	&dsv_cmd_merge,
	&dsv_cmd_conflicts,
	&dsv_cmd_resolve,
	&dsv_cmd_log,
	&dsv_cmd_show,
	&dsv_cmd_diff,
	&dsv_cmd_blame,
	&dsv_cmd_changelog,
	&dsv_cmd_labels,
	&dsv_cmd_remote,
	&dsv_cmd_push,
	&dsv_cmd_fetch,
	&dsv_cmd_pull,
	&dsv_cmd_guideline,
	&dsv_cmd_audit,
	&dsv_cmd_check,
	&dsv_cmd_policy,
	&dsv_cmd_scan,
	&dsv_cmd_review,
	&dsv_cmd_signoff,
	&dsv_cmd_evidence,
	&dsv_cmd_people,
	&dsv_cmd_fsck,
	&dsv_cmd_help,
	&dsv_cmd_version,
	&dsv_cmd_completion,
	&dsv_cmd_filter_process,
	&dsv_cmd_diff_driver,
	&dsv_cmd_merge_driver,
	&dsv_cmd_hook,
	NULL,
};
/* clang-format on */
