#ifndef DSV_FILTER_H
#define DSV_FILTER_H

#include <dsv/repo.h>

/*
 * git's long-running filter process, protocol version 2 (gitattributes(5)):
 * clean puts a content into the store and answers its pointer, smudge answers
 * the content of a pointer. Both stream: a whole file is never held.
 */
struct dsv_filter_opts {
	int in;	 /* pkt-lines from git */
	int out; /* pkt-lines to git */
	/** Messages for people; hint may be NULL. */
	void (*say)(void *ctx, const char *message, const char *hint);
	void *ctx;
};

/** Serve until git closes the pipe. A file that fails is answered with
 * status=error and said; only a broken pipe or protocol is a failure. */
int dsv_filter_process(struct dsv_repo *repo,
		       const struct dsv_filter_opts *opts);

#endif
