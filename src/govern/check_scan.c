#include "govern/gate.h"

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

int dsv_gate_scan(struct dsv_gate *gate, const struct dsv_gate_set *set,
		  const struct dsv_scan_set **out)
{
	struct dsv_scan_options options = {0};
	int rc = 0;

	*out = NULL;
	if (gate->scan_failed)
		return 0;
	if (gate->since.at == DSV_AT_COMMIT)
		options.base = &gate->since;
	if (!gate->scan)
		rc = dsv_scan_run(&gate->scan, gate->repo, &gate->head,
				  &options);
	if (rc < 0) {
		gate->scan_failed = true;
		return dsv_gate_error(gate, rc, "", "scan", NULL);
	}
	*out = dsv_scan_named(gate->scan, set->name);
	return 0;
}

/* "2 findings without a decision (email 2)" */
static char *words(const struct dsv_scan_counts *counts)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	bool first = true;

	dsv_add_count(&text, counts->undecided);
	dsv_buf_addf(&text, " %s without a decision (",
		     counts->undecided == 1 ? "finding" : "findings");
	for (size_t i = 0; i < DSV_PII_KINDS; i++) {
		if (counts->kinds_undecided[i] == 0)
			continue;
		dsv_buf_addf(&text, "%s%s ", first ? "" : ", ",
			     dsv_pii_name((enum dsv_pii)i));
		dsv_add_count(&text, counts->kinds_undecided[i]);
		first = false;
	}
	dsv_buf_addch(&text, ')');
	return dsv_buf_detach(&text);
}

static char *decided_words(const struct dsv_scan_counts *counts)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (counts->total == 0)
		return dsv_strdup("no findings");
	dsv_add_count(&text, counts->total);
	dsv_buf_addf(&text, " %s, ",
		     counts->total == 1 ? "finding" : "findings");
	if (counts->undecided == 0)
		dsv_buf_addstr(&text, "all decided");
	else
		dsv_add_count(&text, counts->undecided);
	if (counts->undecided)
		dsv_buf_addstr(&text, " without a decision");
	return dsv_buf_detach(&text);
}

int dsv_check_scan(struct dsv_gate *gate, const struct dsv_gate_set *set,
		   const struct dsv_requirement *it)
{
	const struct dsv_scan_set *found;
	bool fits;
	int rc;

	if (gate->opts->no_data)
		return 0;
	if (gate->opts->no_scan) {
		dsv_gate_answer(gate, &(struct dsv_gate_item){
					      .dataset = set->name,
					      .state = DSV_CHECK_MISSING,
					      .requirement = it,
					      .found = dsv_strdup("left out"),
					      .next = dsv_strdup("dsv scan")});
		return 0;
	}
	rc = dsv_gate_scan(gate, set, &found);
	if (rc < 0 || gate->scan_failed)
		return rc;
	fits = !found || found->counts.undecided <= it->undecided;
	dsv_gate_answer(
		gate,
		&(struct dsv_gate_item){
			.dataset = set->name,
			.state = fits ? DSV_CHECK_OK : DSV_CHECK_MISSING,
			.requirement = it,
			.found = !found ? dsv_strdup("no files")
				 : fits ? decided_words(&found->counts)
					: words(&found->counts),
			.next = fits ? NULL : dsv_strdup("dsv scan --show")});
	return 0;
}
