#include "govern/gate.h"

#include <string.h>

#include <dsv/diff.h>
#include <dsv/error.h>
#include <dsv/text.h>
#include <dsv/walk.h>

#include "base/alloc.h"

/* Somebody signed, and then the data changed: who, what, and by how much. */

#define COMMITS_MAX 200u /* of the change that are looked at */

struct search {
	const struct dsv_gate *gate;
	const struct dsv_gate_set *set;
	const char *role;
};

static bool is_approval(const struct search *in,
			const struct dsv_evidence_item *item)
{
	const struct dsv_statement *it = &item->statement;

	return item->trust == DSV_TRUSTED && it->kind == DSV_SIGN_OFF &&
	       it->signoff.decision == DSV_APPROVE &&
	       strcmp(it->role, in->role) == 0 &&
	       strcmp(it->dataset, in->set->name) == 0 &&
	       strcmp(it->target, in->gate->ref) == 0 &&
	       strcmp(it->repository, in->gate->repository) == 0;
}

static bool has_approval(const struct search *in)
{
	const struct dsv_evidence *evidence = in->gate->evidence;

	for (size_t i = 0; i < evidence->n; i++) {
		if (is_approval(in, &evidence->items[i]))
			return true;
	}
	return false;
}

static const struct dsv_evidence_item *approval_of(const struct search *in,
						   const struct dsv_id *id)
{
	const struct dsv_evidence *evidence = in->gate->evidence;

	for (size_t i = evidence->n; i-- > 0;) {
		const struct dsv_evidence_item *item = &evidence->items[i];

		if (is_approval(in, item) &&
		    dsv_id_equal(&item->statement.subject, id))
			return item;
	}
	return NULL;
}

/* Of a commit that is no more (amended, rebased): it was compared with what the
 * target has now. */
static const struct dsv_evidence_item *
approval_from_tip(const struct search *in)
{
	const struct dsv_evidence *evidence = in->gate->evidence;
	const struct dsv_snapshot *tip = in->set->tip;

	for (size_t i = evidence->n; i-- > 0;) {
		const struct dsv_evidence_item *item = &evidence->items[i];

		if (is_approval(in, item) &&
		    item->statement.has_base == (tip != NULL) &&
		    (!tip || dsv_id_equal(&item->statement.base, &tip->id)))
			return item;
	}
	return NULL;
}

static int open_walk(const struct search *in, struct dsv_walk **out)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk_opts opts = {.revs = &revs, .limit = COMMITS_MAX};
	const struct dsv_gate *gate = in->gate;
	char hex[DSV_OID_HEX];

	dsv_strlist_add(&revs, dsv_oid_hex(&gate->head.commit, hex));
	if (gate->fork.at == DSV_AT_COMMIT)
		dsv_strlist_take(
			&revs,
			dsv_strf("^%s", dsv_oid_hex(&gate->fork.commit, hex)));
	return dsv_walk_open(out, gate->repo, &opts);
}

/* The youngest commit of the change that was approved: 1, or 0. */
static int find_commit(const struct search *in, struct dsv_version *out,
		       const struct dsv_evidence_item **out_item)
{
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	const struct dsv_commit_info *info;
	int rc = open_walk(in, &walk);

	while (rc >= 0 && (rc = dsv_walk_next(walk, &info)) > 0) {
		struct dsv_snapshot snapshot DSV_AUTO(snapshot) =
			DSV_SNAPSHOT_INIT;

		*out = (struct dsv_version){.at = DSV_AT_COMMIT,
					    .commit = info->oid};
		if (dsv_snapshot_read(&snapshot, in->gate->repo, out,
				      in->set->name) < 0) {
			dsv_error_clear();
			continue;
		}
		*out_item = approval_of(in, &snapshot.id);
		if (*out_item)
			return 1;
	}
	return rc;
}

/* Records of the dataset that differ from what was signed. */
static int count_changes(const struct search *in,
			 const struct dsv_version *since, uint64_t *out)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_opts opts = {.from = *since, .to = in->gate->head};
	const struct dsv_diff_summary *it;
	struct dsv_file_diff *file;
	int rc = dsv_diff_open(&diff, in->gate->repo, &opts);

	*out = 0;
	while (rc >= 0 && (rc = dsv_diff_next(diff, &file)) > 0) {
		const struct dsv_file_info *info = dsv_file_diff_info(file);

		it = dsv_file_diff_summary(file);
		if (it && info->dataset &&
		    strcmp(info->dataset, in->set->name) == 0)
			*out += it->added + it->removed + it->changed;
	}
	return rc;
}

static void add_who(struct dsv_buf *out, const struct dsv_evidence_item *item)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "; %s signed %.8s", item->by->name,
		     dsv_id_hex(&item->statement.subject, hex));
}

/* "; Privacy B signed 4b81e0c2, 3 records changed since" */
int dsv_gate_tell_earlier(const struct dsv_gate *gate,
			  const struct dsv_gate_set *set, const char *role,
			  struct dsv_buf *out)
{
	const struct search in = {.gate = gate, .set = set, .role = role};
	const struct dsv_evidence_item *item = NULL;
	struct dsv_version since;
	uint64_t n = 0;
	int rc;

	if (!has_approval(&in))
		return 0;
	rc = find_commit(&in, &since, &item);
	if (rc == 0)
		item = approval_from_tip(&in);
	if (rc < 0 || !item)
		return rc;
	add_who(out, item);
	if (rc == 0 || gate->opts->no_data)
		return 0;
	rc = count_changes(&in, &since, &n);
	if (rc < 0)
		return rc;
	if (n == 0) {
		dsv_buf_addstr(out, ", other data");
		return 0;
	}
	dsv_buf_addstr(out, ", ");
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s changed since", n == 1 ? "record" : "records");
	return 0;
}
