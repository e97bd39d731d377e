#ifndef DATASET_DEFINITION_EDIT_H
#define DATASET_DEFINITION_EDIT_H

#include <dsv/buf.h>
#include <dsv/dataset.h>

/*
 * Edits of datasets.yaml as text: comments, order and style of all that is not
 * changed stay. Each edit is proved by reading the result: it must hold
 * exactly what was wanted, and every other dataset as it was.
 */

/**
 * Add the dataset, or make the one of this name so. `renamed` stays as it is
 * in the file.
 *
 * @owner   text is replaced; empty: a new file
 * @error   DSV_EUNSUPPORTED  written in a way that cannot be edited as text
 *          DSV_EUSAGE        a name that YAML cannot hold
 */
int dsv_definition_put(struct dsv_buf *text, const struct dsv_dataset *want);
/** Drop a dataset. */
int dsv_definition_drop(struct dsv_buf *text, const char *name);

#endif
