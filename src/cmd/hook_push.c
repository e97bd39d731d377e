#include "cmd/hook_push.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>
#include <dsv/receive.h>
#include <dsv/sharing.h>
#include <dsv/text.h>

#include "cli/term.h"
#include "cmd/check_view.h"

#define REMOTE_WIDTH 8u /* git puts "remote: " before each line */

/* "privacy, audit"; each name once, the scan left out where it did not run. */
static void add_missing(struct dsv_buf *out, const struct dsv_verdict *verdict,
			bool scanned)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	for (size_t i = 0; i < verdict->n; i++) {
		const struct dsv_verdict_item *item = &verdict->items[i];

		if ((item->state != DSV_CHECK_MISSING &&
		     item->state != DSV_CHECK_ERROR) ||
		    (!scanned && item->kind == DSV_REQUIRES_SCAN) ||
		    dsv_strlist_find(&names, item->name) >= 0)
			continue;
		dsv_strlist_add(&names, item->name);
		dsv_buf_addf(out, "%s%s", out->len ? ", " : "", item->name);
	}
}

static void say_advice(const struct dsv_advice *advice, const char *remote)
{
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;

	if (advice->verdict)
		add_missing(&names, advice->verdict,
			    advice->kind == DSV_ADVICE_REFUSED);
	switch (advice->kind) {
	case DSV_ADVICE_NONE:
		break;
	case DSV_ADVICE_REFUSED:
		dsv_term_say("dsv: '%s' will refuse this: %s missing",
			     advice->target, dsv_buf_str(&names));
		dsv_term_say("dsv: see dsv check %s/%s", remote,
			     advice->target);
		break;
	case DSV_ADVICE_REWIND:
		dsv_term_say("dsv: '%s' will refuse this: it only grows, and "
			     "this lacks commits that it has",
			     advice->target);
		break;
	case DSV_ADVICE_REMOVED:
		dsv_term_say("dsv: '%s' will refuse this: it may not be "
			     "removed",
			     advice->target);
		break;
	case DSV_ADVICE_NOT_READY:
		if (names.len)
			dsv_term_say("dsv: not ready for %s: %s missing (dsv "
				     "check)",
				     advice->target, dsv_buf_str(&names));
		break;
	}
}

static int advise(struct dsv_ctx *ctx, const char *remote,
		  const struct dsv_ref_updates *updates)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < updates->n; i++) {
		struct dsv_advice advice DSV_AUTO(advice) = DSV_ADVICE_INIT;

		rc = dsv_push_advise(&advice, ctx->repo, remote,
				     &updates->items[i]);
		if (rc == 0)
			say_advice(&advice, remote);
	}
	return rc;
}

static bool is_sent(const struct dsv_ref_updates *updates)
{
	const char *sent = getenv(DSV_DATA_IS_PUSHED);
	char hex[DSV_OID_HEX];

	for (size_t i = 0; sent && i < updates->n; i++)
		if (!dsv_oid_is_zero(&updates->items[i].tip) &&
		    !strstr(sent, dsv_oid_hex(&updates->items[i].tip, hex)))
			return false;
	return sent != NULL;
}

/* The data goes before the references; `dsv push` has sent it already. */
static int send_data(struct dsv_ctx *ctx, const char *remote,
		     const struct dsv_ref_updates *updates)
{
	struct dsv_sharing_stats sent = DSV_SHARING_STATS_INIT;
	struct dsv_buf size DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (is_sent(updates))
		return 0;
	rc = dsv_sharing_push_data(ctx->repo, remote, updates, &sent);
	if (rc < 0 || !sent.bytes)
		return rc;
	dsv_add_size(&size, sent.bytes);
	dsv_term_say("dsv: %s of data sent", dsv_buf_str(&size));
	return 0;
}

int dsv_hook_pre_push(struct dsv_ctx *ctx, const struct dsv_strlist *args)
{
	const char *remote = args->n ? args->items[0] : "origin";
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	int rc = dsv_ref_updates_read(&updates, DSV_REF_LINES_PUSHED,
				      STDIN_FILENO);

	if (rc == 0)
		rc = send_data(ctx, remote, &updates);
	if (rc < 0)
		return rc;
	rc = advise(ctx, remote, &updates);
	if (rc == 0 || rc == DSV_ECANCELLED)
		return rc;
	dsv_term_say("dsv: cannot tell whether this can be merged: %s",
		     dsv_error_message());
	dsv_error_clear();
	return 0;
}

static int show_refusal(struct dsv_out *out, const char *ref,
			const struct dsv_receipt *receipt)
{
	if (receipt->verdict)
		return dsv_check_view_text(out, receipt->verdict);
	dsv_buf_addstr(&out->buf, "refused: ");
	dsv_out_shown(out, ref);
	dsv_buf_addstr(&out->buf, ": ");
	dsv_out_shown(out, receipt->why);
	dsv_buf_addch(&out->buf, '\n');
	if (receipt->next) {
		dsv_buf_addstr(&out->buf, "next: ");
		dsv_out_shown(out, receipt->next);
		dsv_buf_addch(&out->buf, '\n');
	}
	return dsv_out_line(out);
}

static int show_receipt(struct dsv_out *out, const char *ref,
			const struct dsv_receipt *receipt)
{
	if (receipt->refused)
		return show_refusal(out, ref, receipt);
	if (!receipt->verdict)
		return 0;
	dsv_buf_addstr(&out->buf, "dsv: ");
	dsv_out_shown(out, receipt->branch);
	dsv_buf_addstr(&out->buf, ": ");
	dsv_check_view_count(&out->buf, receipt->verdict);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

/* What is on its way is not there yet; the order matters to who sends both. */
static int say_order(struct dsv_ctx *ctx, const struct dsv_ref_updates *updates)
{
	struct dsv_buf evidence DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_evidence_ref(ctx->repo, &evidence);

	for (size_t i = 0; rc == 0 && i < updates->n; i++) {
		if (strcmp(updates->items[i].ref, dsv_buf_str(&evidence)) != 0)
			continue;
		dsv_buf_addstr(&ctx->out->buf,
			       "the evidence in this push does not count yet: "
			       "push it first\n");
		return dsv_out_line(ctx->out);
	}
	return rc;
}

int dsv_hook_pre_receive(struct dsv_ctx *ctx, const struct dsv_strlist *args)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	bool refused = false;
	bool judged = false;
	int rc = dsv_ref_updates_read(&updates, DSV_REF_LINES_RECEIVED,
				      STDIN_FILENO);

	(void)args;
	ctx->out->width -= REMOTE_WIDTH;
	for (size_t i = 0; rc == 0 && i < updates.n; i++) {
		const struct dsv_ref_update *update = &updates.items[i];
		struct dsv_receipt receipt DSV_AUTO(receipt) = DSV_RECEIPT_INIT;

		rc = dsv_receive_judge(&receipt, ctx->repo, update);
		if (rc == 0)
			rc = show_receipt(ctx->out, update->ref, &receipt);
		refused |= receipt.refused;
		judged |= receipt.refused && receipt.verdict;
	}
	if (rc == 0 && judged)
		rc = say_order(ctx, &updates);
	return rc < 0 ? rc : refused ? DSV_EXIT_NO : 0;
}
