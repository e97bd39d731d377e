#ifndef GOVERN_SCAN_RECORDS_H
#define GOVERN_SCAN_RECORDS_H

#include "base/digest.h"
#include "base/stream.h"
#include "govern/pii.h"
#include "govern/scanned.h"
#include "history/layout.h"

/* Scans records one after the other. Not for two threads. */
struct dsv_scan_records {
	const struct dsv_scanned_opts *opts;
	struct dsv_pii_finder finder;
	struct dsv_digest digest;
	struct dsv_layout layout;
	unsigned *contexts; /* of the columns */
	size_t n_columns;   /* that are bound */
	bool is_bound;
};

struct dsv_scan_run {
	struct dsv_stream *in;
	const struct dsv_strlist *columns; /* NULL: the run has the header */
	uint64_t offset;
	uint64_t line;
};

void dsv_scan_records_init(struct dsv_scan_records *records,
			   const struct dsv_scanned_opts *opts);
void dsv_scan_records_release(struct dsv_scan_records *records);
/** Scan a run of records into a part. */
int dsv_scan_records_add(struct dsv_scan_records *records,
			 const struct dsv_scan_run *run,
			 struct dsv_scan_part *part);

DSV_AUTO_RELEASE(scan_records)

#endif
