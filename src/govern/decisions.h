#ifndef GOVERN_DECISIONS_H
#define GOVERN_DECISIONS_H

#include <dsv/scan.h>

#include "base/map.h"

/* .dsv/scan.yaml: what was decided about findings (docs/formats/scan.md). */
struct dsv_decisions {
	struct dsv_map by_id; /* enum dsv_scan_decision */
};

#define DSV_DECISIONS_INIT \
	{                  \
		0          \
	}

#define DSV_DECISIONS_MAX (16u * 1024u * 1024u) /* bytes of the file */

/** name stands in messages. Faults: DSV_ESYNTAX "<name>:<line>: ..." */
int dsv_decisions_parse(struct dsv_decisions *out, const char *data, size_t len,
			const char *name);
/** None where the version has no such file. */
int dsv_decisions_read(struct dsv_decisions *out, struct dsv_repo *repo,
		       const struct dsv_version *version);
void dsv_decisions_release(struct dsv_decisions *decisions);
enum dsv_scan_decision dsv_decisions_of(const struct dsv_decisions *decisions,
					const char *id);
/** 16 lower-case hexadecimal digits. */
bool dsv_finding_id_ok(const char *text);

/* One decision, as it is written. */
struct dsv_decision_entry {
	const char *finding;
	enum dsv_scan_decision decision;
	const char *reason; /* NULL: none */
	const char *by;
	const char *date; /* "2025-03-01" */
};

/**
 * Put decisions, each about another finding, into the text of the file; empty:
 * a new file. Whatever is not changed stays as it is written.
 *
 * @error  DSV_EUNSUPPORTED  written in a way that cannot be edited as text
 *         DSV_EUSAGE        a reason that YAML cannot hold
 */
int dsv_decisions_put(struct dsv_buf *text,
		      const struct dsv_decision_entry *entries, size_t n);

DSV_AUTO_RELEASE(decisions)

#endif
