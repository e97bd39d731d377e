#ifndef DSV_SHARING_H
#define DSV_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/repo.h>
#include <dsv/updates.h>

/*
 * A repository and the others: references travel by git's own program, data
 * beside them, always the data first.
 *
 * The data of a remote is kept where git's configuration says
 * (remote.NAME.dsvData), else in the stores that .dsv/store.yaml names
 * (docs/formats/store-yaml.md), else in the remote repository itself, where it
 * is a folder or reached by ssh.
 *
 *	rc = dsv_sharing_push_plan(&updates, repo, "origin", &args);
 *	rc = dsv_sharing_push_data(repo, "origin", &updates, &stats);
 *	rc = dsv_sharing_push_refs(repo, "origin", &args);
 */
enum dsv_store_origin {
	DSV_STORE_NONE,	   /* there is none: why is in dsv_sharing_stores() */
	DSV_STORE_CONFIG,  /* git's configuration */
	DSV_STORE_FILE,	   /* .dsv/store.yaml */
	DSV_STORE_DEFAULT, /* the remote repository's own */
};

struct dsv_data_store {
	char *name; /* in store.yaml, else NULL */
	char *url;
	bool push;
};

/* Where the data of one remote is, the first that is asked first. */
struct dsv_data_stores {
	enum dsv_store_origin origin;
	struct dsv_data_store *items;
	size_t n, cap;
};

#define DSV_DATA_STORES_INIT \
	{                    \
		0            \
	}

struct dsv_sharing_stats {
	uint64_t contents; /* that were looked for */
	uint64_t objects;
	uint64_t packs;
	uint64_t bytes; /* that went or came */
	uint64_t stores;
};

#define DSV_SHARING_STATS_INIT \
	{                      \
		0              \
	}

/** The names of all remotes. */
int dsv_sharing_remotes(struct dsv_repo *repo, struct dsv_strlist *out);
/** The one that is meant where none is named; 1, or 0 where there is none. */
int dsv_sharing_remote(struct dsv_repo *repo, char **out);
/** Its address, or the name itself where none is set by that name. */
int dsv_sharing_url(struct dsv_repo *repo, const char *remote, bool push,
		    char **out);
/** DSV_ESYNTAX where .dsv/store.yaml cannot be read. Not having any is no
 * error. */
int dsv_sharing_stores(struct dsv_data_stores *out, struct dsv_repo *repo,
		       const char *remote);
void dsv_data_stores_release(struct dsv_data_stores *stores);

/** `git remote add`, and its store (NULL: none is set). DSV_EUSAGE where the
 * store is at no place that data could go to. */
int dsv_sharing_add(struct dsv_repo *repo, const char *name, const char *url,
		    const char *data);
int dsv_sharing_remove(struct dsv_repo *repo, const char *name);

/* What stands behind `git push` or `git fetch`, before and behind the
 * remote. */
struct dsv_git_args {
	struct dsv_strlist options;
	struct dsv_strlist refs;
};

/** What `git push <args>` would do, asked with --dry-run; what git would refuse
 * is left out. */
int dsv_sharing_push_plan(struct dsv_ref_updates *out, struct dsv_repo *repo,
			  const char *remote, const struct dsv_git_args *args);
/**
 * The contents of all commits that the updates bring and that the remote's
 * references lack. To an empty store everything.
 *
 * @error  DSV_EMISSING  a content is neither here nor there; names its file
 *         DSV_EUSAGE    there is data to push and no store to push it to
 */
int dsv_sharing_push_data(struct dsv_repo *repo, const char *remote,
			  const struct dsv_ref_updates *updates,
			  struct dsv_sharing_stats *out);
/** git's words are on standard error. DSV_EREFUSED where it has failed. */
int dsv_sharing_push_refs(struct dsv_repo *repo, const char *remote,
			  const struct dsv_git_args *args);
/** A branch that only grows: fetched, united, pushed, never forced. ref:
 * "refs/heads/x". 1 pushed, 0 nothing to do. */
int dsv_sharing_push_ledger(struct dsv_repo *repo, const char *remote,
			    const char *ref);

struct dsv_fetch_opts {
	bool all; /* of the whole history of all references */
	const struct dsv_strlist *paths; /* of these alone; pathspecs */
	const char *since; /* of the history behind this revision */
};

/** `git fetch`. out gets what the remote's branches became, where that is new
 * since the last dsv_sharing_fetched(): so what was cut off is still new. */
int dsv_sharing_fetch_refs(struct dsv_repo *repo, const char *remote,
			   const struct dsv_git_args *args,
			   struct dsv_ref_updates *out);
/**
 * Contents that are not here: of HEAD, of what it follows, and of the updates;
 * or what opts asks for.
 *
 * @error  DSV_EMISSING  no store has it; what they had was brought
 *         DSV_EUSAGE    something is missing and there is no store
 */
int dsv_sharing_fetch_data(struct dsv_repo *repo, const char *remote,
			   const struct dsv_fetch_opts *opts,
			   const struct dsv_ref_updates *updates,
			   struct dsv_sharing_stats *out);
/** What came is complete, or was not asked for. */
int dsv_sharing_fetched(struct dsv_repo *repo, const char *remote);
/** The branch that this one follows, "origin/main". DSV_EUSAGE with a hint
 * where it follows none. */
int dsv_sharing_upstream(struct dsv_repo *repo, char **out);
/** True where only what is asked for is fetched (dsv.fetchData is false). */
bool dsv_sharing_is_partial(struct dsv_repo *repo);
int dsv_sharing_set_partial(struct dsv_repo *repo, bool partial);

struct dsv_clone_opts {
	const char *url;
	const char *dir;
	const char *branch; /* NULL: the remote's own */
};

/**
 * `git clone`, before any data. Data files are pointers after it. A clone of
 * the same address that was cut off behind this is gone on with.
 */
int dsv_sharing_clone(const struct dsv_clone_opts *opts);
/** It is whole. */
int dsv_sharing_cloned(struct dsv_repo *repo);

/** Let readers of repo bring what they lack, by ranges, out of the stores of
 * its remote. */
struct dsv_on_demand;
void dsv_on_demand_open(struct dsv_on_demand **out, struct dsv_repo *repo);
/** Before the repository. */
void dsv_on_demand_free(struct dsv_on_demand **demand);
/** Bytes that came. */
uint64_t dsv_on_demand_bytes(const struct dsv_on_demand *demand);

DSV_AUTO_RELEASE(data_stores)

#endif
