#ifndef CMD_SIGNED_VIEW_H
#define CMD_SIGNED_VIEW_H

#include <dsv/signed.h>

#include "cli/out.h"

/* What was said of a dataset in a commit, in the words of all commands. */
struct dsv_signed_view {
	struct dsv_signed *said;
	const struct dsv_oid *commit;
	const char *dataset;
};

/** Open it; that nothing can be told goes to standard error. */
int dsv_signed_begin(struct dsv_signed **out, struct dsv_repo *repo);
/** "audit 97.7% of 300   privacy -": audits, and the roles that the policy asks
 * for or that said something. Nothing where there is neither. */
int dsv_signed_marks(const struct dsv_signed_view *view, struct dsv_buf *out);
/** "audit 12: 293 of 300 correct, ...", "signed off by privacy (Privacy B,
 * 2025-03-03)"; raw: a view makes them safe. */
int dsv_signed_lines(const struct dsv_signed_view *view,
		     struct dsv_strlist *out);
/** {"type":"signed",...}: what dsv_signed_marks() tells; nothing where that is
 * nothing. */
int dsv_signed_json_marks(struct dsv_out *out,
			  const struct dsv_signed_view *view);
/** {"type":"audit",...} and {"type":"sign_off",...}, one each. */
int dsv_signed_json(struct dsv_out *out, const struct dsv_signed_view *view);

#endif
