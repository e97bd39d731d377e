#ifndef REMOTE_WANTED_H
#define REMOTE_WANTED_H

#include <dsv/repo.h>

#include "base/map.h"

/* The contents that commits point to, each once, with a file that has it. */
struct dsv_wanted_at {
	char *path;
	struct dsv_oid commit;
};

struct dsv_wanted {
	struct dsv_content *items;
	struct dsv_wanted_at *at; /* of each item */
	size_t n, cap, at_cap;
	struct dsv_map ids;   /* of items */
	struct dsv_map blobs; /* that were looked at */
};

#define DSV_WANTED_INIT \
	{               \
		0       \
	}

struct dsv_oids {
	struct dsv_oid *items;
	size_t n, cap;
};

#define DSV_OIDS_INIT \
	{             \
		0     \
	}

void dsv_oids_add(struct dsv_oids *oids, const struct dsv_oid *oid);
void dsv_oids_release(struct dsv_oids *oids);

/** Of all files of a commit that match (NULL: any). */
int dsv_wanted_of_commit(struct dsv_wanted *wanted, struct dsv_repo *repo,
			 const struct dsv_oid *commit,
			 const struct dsv_strlist *pathspecs);
/** Of what the commits of tips bring that those of hidden do not have in their
 * history. A commit that is not here hides nothing. */
int dsv_wanted_of_history(struct dsv_wanted *wanted, struct dsv_repo *repo,
			  const struct dsv_oids *tips,
			  const struct dsv_oids *hidden,
			  const struct dsv_strlist *pathspecs);
void dsv_wanted_release(struct dsv_wanted *wanted);

DSV_AUTO_RELEASE(oids)
DSV_AUTO_RELEASE(wanted)

#endif
