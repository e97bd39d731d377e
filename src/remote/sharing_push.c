#include "remote/sharing.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "remote/transfer.h"
#include "repo/gitrun.h"

static void add_args(struct dsv_strlist *out, const char *remote,
		     const struct dsv_git_args *args)
{
	for (size_t i = 0; i < args->options.n; i++)
		dsv_strlist_add(out, args->options.items[i]);
	dsv_strlist_add(out, "--");
	dsv_strlist_add(out, remote);
	for (size_t i = 0; i < args->refs.n; i++)
		dsv_strlist_add(out, args->refs.items[i]);
}

/* "<flag>\t<from>:<to>\t<summary>"; a deletion has no from. */
static void read_line(struct dsv_ref_updates *out, struct dsv_repo *repo,
		      const char *line, const char *end)
{
	const char *tab = memchr(line, '\t', (size_t)(end - line));
	const char *colon = tab ? memchr(tab, ':', (size_t)(end - tab)) : NULL;
	const char *stop =
		colon ? memchr(colon, '\t', (size_t)(end - colon)) : NULL;
	char *from DSV_AUTO(str) = NULL;
	struct dsv_version version;

	if (!stop || tab != line + 1 || *line == '!' || colon == tab + 1)
		return;
	from = dsv_strndup(tab + 1, (size_t)(colon - tab - 1));
	/* a tag of something else than a commit brings no data */
	if (dsv_repo_resolve(repo, from, &version) < 0) {
		dsv_error_clear();
		return;
	}
	DSV_GROW(out->items, out->cap, out->n + 1);
	out->items[out->n++] = (struct dsv_ref_update){
		.tip = version.commit,
		.ref = dsv_strndup(colon + 1, (size_t)(stop - colon - 1)),
	};
}

static void read_plan(struct dsv_ref_updates *out, struct dsv_repo *repo,
		      const struct dsv_buf *text)
{
	const char *line = dsv_buf_str(text);

	while (*line) {
		const char *end = strchrnul(line, '\n');

		read_line(out, repo, line, end);
		line = *end ? end + 1 : end;
	}
}

int dsv_sharing_push_plan(struct dsv_ref_updates *out, struct dsv_repo *repo,
			  const char *remote, const struct dsv_git_args *args)
{
	struct dsv_strlist words DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_strlist_add(&words, "push");
	dsv_strlist_add(&words, "--dry-run");
	dsv_strlist_add(&words, "--porcelain");
	dsv_strlist_add(&words, "--no-verify");
	add_args(&words, remote, args);
	rc = dsv_git_run_quiet(repo, &words, &text);
	/* 1: some references are refused, which the push itself will tell */
	if (rc > 1) {
		rc = dsv_git_run(repo, &words, NULL);
		return dsv_fail(DSV_EGIT, "nothing was pushed to '%s'", remote);
	}
	if (rc < 0)
		return rc;
	read_plan(out, repo, &text);
	return 0;
}

int dsv_sharing_push_refs(struct dsv_repo *repo, const char *remote,
			  const struct dsv_git_args *args)
{
	struct dsv_strlist words DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	dsv_strlist_add(&words, "push");
	add_args(&words, remote, args);
	rc = dsv_git_run(repo, &words, NULL);
	if (rc <= 0)
		return rc;
	dsv_fail(DSV_EREFUSED, "'%s' has not taken all of it", remote);
	return dsv_hint(DSV_EREFUSED,
			"where it has moved: dsv pull, then push again");
}

/* What the push brings, and what the remote has already. */
struct outgoing {
	struct dsv_oids tips;
	struct dsv_oids hidden;
};

static int find_outgoing(struct outgoing *out, struct dsv_repo *repo,
			 const char *remote,
			 const struct dsv_ref_updates *updates)
{
	struct dsv_ref_updates tracked DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	int rc = dsv_sharing_tracked(repo, remote, &tracked);

	for (size_t i = 0; rc == 0 && i < tracked.n; i++)
		dsv_oids_add(&out->hidden, &tracked.items[i].tip);
	for (size_t i = 0; rc == 0 && i < updates->n; i++) {
		const struct dsv_ref_update *update = &updates->items[i];

		if (!dsv_oid_is_zero(&update->tip))
			dsv_oids_add(&out->tips, &update->tip);
		if (!dsv_oid_is_zero(&update->old))
			dsv_oids_add(&out->hidden, &update->old);
	}
	return rc;
}

static int stop(void *ctx, const char *name, uint64_t size)
{
	(void)name;
	(void)size;
	*(bool *)ctx = true;
	return 1;
}

/* To an empty one all data goes, also of commits that are there already. */
static int is_empty(struct dsv_remote *remote)
{
	bool found = false;
	int rc = dsv_remote_list(remote, "packs/", stop, &found);

	return rc < 0 ? rc : !found;
}

static int push_to(struct dsv_repo *repo, struct dsv_remote *remote,
		   const struct outgoing *outgoing,
		   struct dsv_sharing_stats *out)
{
	static const struct dsv_oids none = DSV_OIDS_INIT;
	struct dsv_wanted wanted DSV_AUTO(wanted) = DSV_WANTED_INIT;
	struct dsv_transfer_stats stats = DSV_TRANSFER_STATS_INIT;
	int empty = is_empty(remote);
	int rc;

	if (empty < 0)
		return empty;
	rc = dsv_wanted_of_history(&wanted, repo, &outgoing->tips,
				   empty ? &none : &outgoing->hidden, NULL);
	if (rc < 0 || wanted.n == 0)
		return rc;
	rc = dsv_transfer_push(repo, remote, wanted.items, wanted.n, &stats);
	out->contents += wanted.n;
	out->objects += stats.objects;
	out->packs += stats.packs;
	out->bytes += stats.bytes;
	out->stores++;
	if (rc != DSV_EMISSING)
		return rc;
	dsv_sharing_fail_content(rc, &wanted, stats.missing);
	return dsv_hint(rc, "bring it first, from where it is: dsv fetch "
			    "--data PATH");
}

/* Without a store a push is fine as long as there is nothing to store. */
static int need_no_store(struct dsv_repo *repo, const char *remote,
			 const struct outgoing *outgoing)
{
	struct dsv_wanted wanted DSV_AUTO(wanted) = DSV_WANTED_INIT;
	int rc = dsv_wanted_of_history(&wanted, repo, &outgoing->tips,
				       &outgoing->hidden, NULL);

	if (rc < 0 || wanted.n == 0)
		return rc;
	dsv_fail(DSV_EUSAGE, "no store is known for the data of '%s'", remote);
	return dsv_hint(DSV_EUSAGE,
			"name a folder, s3:// or ssh:// in .dsv/store.yaml, or "
			"for you alone: git config remote.%s.dsvData STORE",
			remote);
}

static int push_to_all(struct dsv_repo *repo, const char *name,
		       const struct outgoing *outgoing,
		       struct dsv_sharing_stats *out)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;
	size_t n = 0;
	int rc = dsv_sharing_stores(&stores, repo, name);

	for (size_t i = 0; rc == 0 && i < stores.n; i++) {
		struct dsv_remote *remote DSV_AUTO(remote) = NULL;

		if (!stores.items[i].push)
			continue;
		n++;
		rc = dsv_remote_open(&remote, repo, stores.items[i].url);
		if (rc == 0)
			rc = push_to(repo, remote, outgoing, out);
	}
	if (rc == 0 && n == 0)
		rc = need_no_store(repo, name, outgoing);
	return rc;
}

int dsv_sharing_push_data(struct dsv_repo *repo, const char *remote,
			  const struct dsv_ref_updates *updates,
			  struct dsv_sharing_stats *out)
{
	struct outgoing outgoing = {.tips = DSV_OIDS_INIT,
				    .hidden = DSV_OIDS_INIT};
	int rc = find_outgoing(&outgoing, repo, remote, updates);

	if (rc == 0 && outgoing.tips.n)
		rc = push_to_all(repo, remote, &outgoing, out);
	dsv_oids_release(&outgoing.tips);
	dsv_oids_release(&outgoing.hidden);
	return rc;
}
