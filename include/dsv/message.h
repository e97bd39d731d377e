#ifndef DSV_MESSAGE_H
#define DSV_MESSAGE_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

/* Commit messages. */

enum dsv_cleanup {
	DSV_CLEANUP_WHITESPACE, /* blanks at line ends, empty lines at the ends
				 * and in a row */
	DSV_CLEANUP_STRIP,	/* comment lines and all below scissors too */
	DSV_CLEANUP_VERBATIM,
};

/** Clean message in place as git commit --cleanup does. */
void dsv_message_cleanup(struct dsv_buf *message, enum dsv_cleanup how,
			 char comment);

/** True where a person has written nothing: blank lines, comments, what is
 * below scissors, and trailers of ours do not count. */
bool dsv_message_is_empty(const char *message, size_t len, char comment);

/**
 * Drop every Dsv-* trailer and put lines ("Dsv-Snapshot: ...", each ended by
 * LF) at the end of the trailer block, which is made where there is none.
 * Comments and what is below scissors stay at the end. A message empty of text
 * stays as it was.
 */
void dsv_message_set_trailers(struct dsv_buf *message, const char *lines,
			      char comment);

/** The values of all trailers with this name ("Dsv-Snapshot"), in order. */
void dsv_message_trailers(const char *message, const char *name,
			  struct dsv_strlist *out);

#endif
