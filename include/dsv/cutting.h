#ifndef DSV_CUTTING_H
#define DSV_CUTTING_H

#include <dsv/auto.h>
#include <dsv/repo.h>

/*
 * How files are cut when they are put into the store: by the format of their
 * dataset in the work tree (in the index where that has no definition), else
 * by their extension. A definition with a fault counts as none, since bad
 * definitions never keep data from being stored; the cut decides only what a
 * version costs, never what it is.
 *
 *	struct dsv_cutting_rules *rules DSV_AUTO(cutting_rules) = NULL;
 *	dsv_cutting_install(&rules, repo);
 */
struct dsv_cutting_rules;

/** Must be kept until the last file was added. The definition is read on
 * first use, and again when datasets.yaml has changed. */
void dsv_cutting_install(struct dsv_cutting_rules **out, struct dsv_repo *repo);
void dsv_cutting_rules_free(struct dsv_cutting_rules **rules);

DSV_AUTO_FREE(cutting_rules)

#endif
