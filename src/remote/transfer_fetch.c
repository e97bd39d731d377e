#include "remote/transfer.h"

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "remote/bring.h"
#include "repo/repo.h"
#include "store/cutter.h"
#include "store/objects.h"
#include "store/repack.h"

/* A pack that costs about as much as asking for its parts one by one. */
#define SMALL_BYTES (1024u * 1024u)

/* Maps, nodes, chunks: each names the next. */
#define ROUNDS 4u

struct fetching {
	struct dsv_bring bring;
	bool wants; /* something that the remote has */
};

static int want_part(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	struct fetching *fetching = ctx;

	if (!dsv_store_knows(fetching->bring.store, type, id))
		fetching->wants |= dsv_bring_want(&fetching->bring, type, id);
	return dsv_cancelled();
}

static bool knows_map(struct dsv_store *store,
		      const struct dsv_content *content)
{
	return dsv_store_knows(store, DSV_OBJECT_MAP, &content->id) ||
	       dsv_store_knows(store, DSV_OBJECT_CHUNK, &content->id);
}

/* What is known of a content that is not here as a whole. */
static int want_content(struct fetching *fetching,
			const struct dsv_content *content)
{
	struct dsv_store *store = fetching->bring.store;
	int rc;

	if (content->size == 0)
		return 0;
	if (!knows_map(store, content)) {
		rc = want_part(fetching, DSV_OBJECT_MAP, &content->id);
		if (rc == 0 && content->size <= DSV_CHUNK_MAX)
			rc = want_part(fetching, DSV_OBJECT_CHUNK,
				       &content->id);
		return rc;
	}
	rc = dsv_content_parts(store, content, want_part, fetching);
	if (rc != DSV_EMISSING)
		return rc;
	dsv_error_clear();
	return 0;
}

static int run(struct fetching *fetching, const struct dsv_content *contents,
	       size_t n)
{
	int rc = 0;

	for (unsigned round = 0; rc >= 0 && round < ROUNDS; round++) {
		fetching->wants = false;
		for (size_t i = 0; rc >= 0 && i < n; i++)
			rc = want_content(fetching, &contents[i]);
		if (rc < 0 || !fetching->wants)
			return rc < 0 ? rc : 0;
		rc = dsv_bring(&fetching->bring);
	}
	return rc < 0 ? rc : 0;
}

static int check_all(struct dsv_store *store,
		     const struct dsv_content *contents, size_t n,
		     struct dsv_transfer_stats *out)
{
	char hex[DSV_ID_HEX];

	for (size_t i = 0; i < n; i++) {
		int rc = dsv_store_has_content(store, &contents[i]);

		if (rc > 0)
			continue;
		if (rc < 0)
			return rc;
		out->missing = i;
		return dsv_fail(DSV_EMISSING, "content '%s' is not there",
				dsv_id_hex(&contents[i].id, hex));
	}
	return 0;
}

int dsv_transfer_fetch(struct dsv_repo *repo, struct dsv_remote *remote,
		       const struct dsv_content *contents, size_t n,
		       struct dsv_transfer_stats *out)
{
	struct dsv_holdings *holdings DSV_AUTO(holdings) = NULL;
	uint64_t before = remote->received;
	struct fetching fetching = {
		.bring = {.repo = repo,
			  .progress = dsv_repo_progress(repo),
			  .small = SMALL_BYTES,
			  .stats = out},
	};
	int rc = dsv_repo_store(repo, &fetching.bring.store);

	if (rc == 0)
		rc = dsv_store_hold(fetching.bring.store);
	if (rc == 0)
		rc = dsv_store_list(fetching.bring.store);
	if (rc == 0)
		rc = dsv_holdings_open(&holdings, repo, remote);
	fetching.bring.holdings = holdings;
	if (rc == 0)
		rc = run(&fetching, contents, n);
	dsv_objectset_release(&fetching.bring.wanted);
	out->bytes += remote->received - before;
	return rc < 0 ? rc : check_all(fetching.bring.store, contents, n, out);
}
