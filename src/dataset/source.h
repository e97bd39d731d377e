#ifndef DATASET_SOURCE_H
#define DATASET_SOURCE_H

#include <dsv/repo.h>

#include "base/stream.h"
#include "repo/tree.h"
#include "store/filemap.h"

/*
 * The bytes of one data file at one version, wherever they are: in chunks
 * behind a pointer, in a plain blob, in a file. Who reads records need not
 * know which.
 */
struct dsv_source;

/** The file at path in a version; DSV_ENOTFOUND where there is none. */
int dsv_source_open(struct dsv_source **out, struct dsv_repo *repo,
		    const struct dsv_version *version, const char *path);
/** The same for an entry that is known. A zero blob: the work tree's file. */
int dsv_source_of_entry(struct dsv_source **out, struct dsv_repo *repo,
			const char *path, const struct dsv_entry *entry);
/** Any file of the system ("-" is standard input). */
int dsv_source_of_file(struct dsv_source **out, const char *path);
/** Borrows data. */
int dsv_source_of_memory(struct dsv_source **out, const char *data, size_t len,
			 const char *name);
/** Of no bytes: the side of a diff that does not exist. */
int dsv_source_of_nothing(struct dsv_source **out);
void dsv_source_free(struct dsv_source **source);

const char *dsv_source_name(const struct dsv_source *source);
uint64_t dsv_source_size(const struct dsv_source *source);
/** The content's name: known at once behind a pointer, else computed once. */
int dsv_source_content(struct dsv_source *source, struct dsv_content *out);
/** The list of chunks when the bytes lie in the store, else NULL. */
int dsv_source_filemap(struct dsv_source *source,
		       const struct dsv_filemap **out);
/** Extents [first, first + n) of a stored source. */
int dsv_source_read(struct dsv_source *source, size_t first, size_t n,
		    struct dsv_buf *out);
/** All bytes in order; may be called again for another pass. */
int dsv_source_stream(struct dsv_source *source, struct dsv_stream **out);
/** All bytes in one run, mapped; lent while the source lives. Content of the
 * store above DSV_SOURCE_IN_MEMORY is decoded into an unlinked temporary file,
 * so that memory stays bounded. */
int dsv_source_map(struct dsv_source *source, const char **out_data,
		   size_t *out_len);

/** So many bytes from `at` of that run are not needed soon: pages of a mapped
 * file may go, and come back when they are looked at. */
void dsv_source_pass(const struct dsv_source *source, size_t at, size_t len);

#define DSV_SOURCE_IN_MEMORY (64u * 1024u * 1024u)

DSV_AUTO_FREE(source)

#endif
