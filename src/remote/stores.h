#ifndef REMOTE_STORES_H
#define REMOTE_STORES_H

#include <dsv/sharing.h>

/* Where the data of a remote is kept. */

#define DSV_STORE_FILE_PATH ".dsv/store.yaml"

/** Read the document; appends. DSV_ESYNTAX names file and line. */
int dsv_store_file_parse(struct dsv_data_stores *out, const char *data,
			 size_t len);
/** The folder dsv/ of the repository at an address that is a path: 1, or 0
 * where none stands there. */
int dsv_store_of_path(struct dsv_repo *repo, const char *url, char **out);

void dsv_data_stores_add(struct dsv_data_stores *stores, const char *name,
			 const char *url, bool push);

#endif
