#ifndef DSV_UPDATES_H
#define DSV_UPDATES_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/repo.h>

/*
 * What a push does to references, as git tells its hooks on standard input, a
 * line each.
 */
struct dsv_ref_update {
	struct dsv_oid old; /* what the remote has; zero: nothing */
	struct dsv_oid tip; /* what it shall have; zero: the reference goes */
	char *ref;	    /* there: "refs/heads/main" */
};

struct dsv_ref_updates {
	struct dsv_ref_update *items; /* in the order of the lines */
	size_t n;
	size_t cap;
};

#define DSV_REF_UPDATES_INIT \
	{                    \
		0            \
	}

enum dsv_ref_lines {
	DSV_REF_LINES_RECEIVED, /* "<old> <tip> <ref>": pre-receive */
	/* "<local ref> <tip> <ref> <old>": pre-push */
	DSV_REF_LINES_PUSHED,
};

#define DSV_REF_LINES_MAX (64u * 1024u * 1024u) /* bytes of all lines */

/** DSV_ESYNTAX names the first line that is of another form. */
int dsv_ref_updates_parse(struct dsv_ref_updates *out, enum dsv_ref_lines form,
			  const char *text, size_t len);
/** All that a descriptor has. */
int dsv_ref_updates_read(struct dsv_ref_updates *out, enum dsv_ref_lines form,
			 int fd);
void dsv_ref_updates_release(struct dsv_ref_updates *updates);

DSV_AUTO_RELEASE(ref_updates)

#endif
