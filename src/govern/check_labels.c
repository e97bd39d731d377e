#include "govern/gate.h"

#include <string.h>

#include <dsv/text.h>

#include "base/alloc.h"

static uint64_t check_scarce(const struct dsv_gate_set *set, uint64_t least,
			     struct dsv_buf *found)
{
	uint64_t n = 0;

	for (size_t i = 0; i < set->n_counts; i++) {
		const struct dsv_gate_label *it = &set->counts[i];

		if (it->is_null || it->after >= least ||
		    (it->after == 0 && it->before == 0))
			continue;
		if (n++ > 0)
			continue;
		dsv_gate_add_label(set, it, found);
		dsv_buf_addstr(found, " stands at ");
		dsv_add_count(found, it->after);
		dsv_buf_addf(found, " %s (needs ",
			     it->after == 1 ? "record" : "records");
		dsv_add_count(found, least);
		dsv_buf_addch(found, ')');
	}
	return n;
}

static uint64_t check_drops(const struct dsv_gate_set *set, double most,
			    struct dsv_buf *found)
{
	uint64_t n = 0;

	for (size_t i = 0; i < set->n_counts; i++) {
		const struct dsv_gate_label *it = &set->counts[i];

		if (it->is_null || it->after >= it->before ||
		    (double)(it->before - it->after) <=
			    most * (double)it->before)
			continue;
		if (n++ > 0)
			continue;
		if (found->len)
			dsv_buf_addstr(found, "; ");
		dsv_gate_add_label(set, it, found);
		dsv_buf_addstr(found, " loses ");
		dsv_add_share(found, it->before - it->after, it->before);
		dsv_buf_addf(found, " of its records (at most %g%%)",
			     most * 100);
	}
	return n;
}

int dsv_check_labels(struct dsv_gate *gate, struct dsv_gate_set *set,
		     const struct dsv_requirement *it)
{
	struct dsv_buf found DSV_AUTO(buf) = DSV_BUF_INIT;
	uint64_t n = 0;

	if (gate->opts->no_data)
		return 0;
	if (it->each_at_least != DSV_POLICY_UNSET)
		n += check_scarce(set, it->each_at_least, &found);
	if (it->drop_at_most >= 0)
		n += check_drops(set, it->drop_at_most, &found);
	if (n > 1)
		dsv_buf_addf(&found, ", and %llu more",
			     (unsigned long long)(n - 1));
	if (n == 0)
		dsv_buf_addf(&found, "%zu labels", set->n_counts);
	dsv_gate_answer(
		gate,
		&(struct dsv_gate_item){
			.dataset = set->name,
			.state = n ? DSV_CHECK_MISSING : DSV_CHECK_OK,
			.requirement = it,
			.found = dsv_buf_detach(&found),
			.next = n ? dsv_strdup("dsv diff --summary") : NULL});
	return 0;
}
