#ifndef REPO_TAGS_H
#define REPO_TAGS_H

#include <dsv/repo.h>

/* A tag and the commit it leads to. */
struct dsv_tag {
	char *name; /* "v1.0" */
	struct dsv_oid commit;
};

struct dsv_tags {
	struct dsv_tag *items; /* in order of name */
	size_t n;
	size_t cap;
};

#define DSV_TAGS_INIT \
	{             \
		0     \
	}

/** All tags of commits. */
int dsv_tags_read(struct dsv_repo *repo, struct dsv_tags *out);
void dsv_tags_release(struct dsv_tags *tags);

DSV_AUTO_RELEASE(tags)

#endif
