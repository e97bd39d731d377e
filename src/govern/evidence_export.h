#ifndef GOVERN_EVIDENCE_EXPORT_H
#define GOVERN_EVIDENCE_EXPORT_H

#include <dsv/evidence.h>
#include <dsv/evidence_export.h>
#include <dsv/governance.h>
#include <dsv/snapshot.h>

/* What is exported, and the text that is written of it. */
struct dsv_exporting {
	struct dsv_repo *repo;
	const struct dsv_evidence_export_opts *opts;
	struct dsv_buf target;
	struct dsv_version tip;
	struct dsv_people people;
	struct dsv_snapshots snapshots;
	struct dsv_governance governance;
	struct dsv_evidence *evidence;
	const struct dsv_evidence_item **items; /* that are exported */
	size_t n;
	bool has_rules; /* one of them is about the rules */
	struct dsv_evidence_export counts;
};

/** Does the dataset belong to what is exported? */
bool dsv_exporting_has(const struct dsv_exporting *exporting,
		       const struct dsv_snapshot *snapshot);
/** "snapshot-reviews.txt" */
void dsv_export_snapshot_name(struct dsv_buf *out, const char *dataset);
void dsv_export_readme(const struct dsv_exporting *exporting,
		       struct dsv_buf *out);
void dsv_export_script(const struct dsv_exporting *exporting,
		       struct dsv_buf *out);
void dsv_export_signers(const struct dsv_exporting *exporting,
			struct dsv_buf *out);
/** What `sha256sum -c` reads. */
void dsv_export_sums(const struct dsv_exporting *exporting,
		     struct dsv_buf *out);

#endif
