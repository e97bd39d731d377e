#ifndef REPO_OBJECTS_H
#define REPO_OBJECTS_H

#include <git2.h>

#include <dsv/buf.h>
#include <dsv/repo.h>

#include "base/map.h"

/*
 * Many small objects into git as packs, not as one file each.
 *
 *	rc = dsv_objects_add(&objects, data, len, &oid);   (any number)
 *	rc = dsv_objects_commit(&objects);
 *
 * After commit all are durable. Few of them become loose objects, as git
 * would write them.
 */
struct dsv_objects {
	struct dsv_repo *repo;
	struct dsv_buf pack;  /* the objects, in the form of a pack */
	struct dsv_buf plain; /* the few: u8 type, u32 length, bytes */
	size_t n;
	struct dsv_map seen; /* names in pack: each stands there once */
};

#define DSV_OBJECTS_INIT \
	{                \
		0        \
	}

void dsv_objects_init(struct dsv_objects *objects, struct dsv_repo *repo);
void dsv_objects_release(struct dsv_objects *objects);
/** Objects may be written before commit, where there are many. */
int dsv_objects_add(struct dsv_objects *objects, const void *data, size_t len,
		    struct dsv_oid *out);
int dsv_objects_add_typed(struct dsv_objects *objects, git_object_t type,
			  const void *data, size_t len, struct dsv_oid *out);
int dsv_objects_commit(struct dsv_objects *objects);

/** The tree of an index and all below it; durable when it returns. */
int dsv_objects_write_tree(struct dsv_repo *repo, git_index *index,
			   git_oid *out);

DSV_AUTO_RELEASE(objects)

#endif
