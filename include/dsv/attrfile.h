#ifndef DSV_ATTRFILE_H
#define DSV_ATTRFILE_H

#include <dsv/repo.h>

/*
 * The lines of dsv in the .gitattributes at the top of the work tree:
 *
 *	data/x.csv filter=dsv diff=dsv merge=dsv -text
 *
 * Other lines stay byte for byte. The file is written whole or not at all.
 */
#define DSV_ATTRFILE_PATH ".gitattributes"

/** Make pattern's line the last one. 1 written, 0 was there and in effect. */
int dsv_attrfile_add(struct dsv_repo *repo, const char *pattern);
/** Drop pattern's line. 1 written, 0 was not there. */
int dsv_attrfile_remove(struct dsv_repo *repo, const char *pattern);
/** The patterns of our lines, in order. */
int dsv_attrfile_list(struct dsv_repo *repo, struct dsv_strlist *out);

#endif
