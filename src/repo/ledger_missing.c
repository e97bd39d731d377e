#include "repo/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "repo/private.h"
#include "repo/treewalk.h"

#define HEX (DSV_OID_HEX - 1)

bool dsv_ledger_holds(struct dsv_repo *repo, const struct dsv_ledger_tips *tips,
		      const struct dsv_oid *commit)
{
	git_oid old;

	dsv_oid_to_git(&old, commit);
	for (size_t i = 0; i < tips->n; i++) {
		git_oid tip;

		if (dsv_oid_equal(&tips->items[i], commit))
			return true;
		dsv_oid_to_git(&tip, &tips->items[i]);
		if (git_graph_descendant_of(repo->git, &tip, &old) == 1)
			return true;
	}
	return false;
}

/* One place where something was lost. */
struct loss {
	struct dsv_oid commit;
	struct dsv_oid blob;
	const char *path;
};

/* False: not as dsv_ledger_scan() writes it. */
static bool read_loss(const char *text, struct loss *out)
{
	git_oid commit;
	git_oid blob;

	if (strlen(text) < 2 * HEX + 3 || text[HEX] != ' ' ||
	    text[2 * HEX + 1] != ' ' ||
	    git_oid_fromstrn(&commit, text, HEX) < 0 ||
	    git_oid_fromstrn(&blob, text + HEX + 1, HEX) < 0)
		return false;
	dsv_oid_of_git(&out->commit, &commit);
	dsv_oid_of_git(&out->blob, &blob);
	out->path = text + 2 * HEX + 2;
	return true;
}

/* 1 where a tip that comes from the loss has not these bytes at the path. */
static int is_missing(struct dsv_repo *repo, const struct dsv_ledger_tips *tips,
		      const struct loss *loss, const struct dsv_oid *blob)
{
	for (size_t i = 0; i < tips->n; i++) {
		struct dsv_oid tip = tips->items[i];
		const struct dsv_ledger_tips one = {&tip, 1, 1};
		struct dsv_entry entry;
		int rc;

		if (!dsv_ledger_holds(repo, &one, &loss->commit))
			continue;
		rc = dsv_tree_entry_at(repo, &tip, loss->path, &entry);
		if (rc < 0)
			return rc;
		if (entry.mode == 0 || !dsv_oid_equal(&entry.blob, blob))
			return 1;
	}
	return 0;
}

int dsv_ledger_missing(struct dsv_repo *repo,
		       const struct dsv_ledger_tips *tips,
		       const struct dsv_strlist *lost, struct dsv_strlist *out)
{
	struct dsv_map first DSV_AUTO(map) = DSV_MAP_INIT;

	for (size_t i = 0; i < lost->n; i++) {
		struct dsv_map_entry *at;
		struct loss original;
		struct loss loss;
		int rc;

		if (!read_loss(lost->items[i], &loss))
			continue;
		at = dsv_map_put(&first, loss.path, strlen(loss.path));
		if (at->value == 0)
			at->value = i + 1;
		read_loss(lost->items[at->value - 1], &original);
		rc = is_missing(repo, tips, &loss, &original.blob);
		if (rc < 0)
			return rc;
		if (rc > 0 && dsv_strlist_find(out, loss.path) < 0)
			dsv_strlist_add(out, loss.path);
	}
	dsv_strlist_sort(out);
	return 0;
}
