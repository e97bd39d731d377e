#ifndef REPO_CONFIG_H
#define REPO_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <dsv/repo.h>

/*
 * Settings of git: read from all levels (system, user, repository), written to
 * the repository's own. What is read is one state of the files: a value that
 * another process writes is seen by the next run, one that is written here at
 * once.
 */

/** The value, of the caller's; NULL where it is not set. */
char *dsv_config_str(struct dsv_repo *repo, const char *name);
/** The value as git reads a boolean; fallback where it is not set or not one.
 */
bool dsv_config_bool(struct dsv_repo *repo, const char *name, bool fallback);
/** The value as git reads a number ("64m"); fallback where it is not set,
 * negative or not one. */
uint64_t dsv_config_u64(struct dsv_repo *repo, const char *name,
			uint64_t fallback);

int dsv_config_set(struct dsv_repo *repo, const char *name, const char *value);
/** 0 also where it was not set. */
int dsv_config_unset(struct dsv_repo *repo, const char *name);

#endif
