#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include <pthread.h>
#include <time.h>

#include "store/objects.h"

/* The inside of struct dsv_store, for store.c (life, lookup), objects.c
 * (decoding) and hold.c (the lock) alone. */
struct dsv_store {
	char *dir;
	char *packs_dir;
	char *tmp_dir;
	struct dsv_pool *pool;
	pthread_rwlock_t lock; /* over packs, n, cap, listed */
	struct dsv_packed **packs;
	size_t n;
	size_t cap;
	atomic_bool listed_once;
	struct timespec listed; /* mtime of packs_dir when it was listed */
	bool listed_early;	/* so soon after that mtime may not tell */
	atomic_size_t last;	/* the pack of the last hit */
	atomic_bool skipped;	/* some index or pack is not usable */
	pthread_mutex_t dict_lock;
	struct dsv_dict **dicts;
	size_t n_dicts;
	size_t dicts_cap;
	pthread_mutex_t fetch_lock;
	dsv_fetch_fn fetch;
	void *fetch_ctx;
	const struct dsv_lent *lent; /* n_lent, sorted by id */
	size_t n_lent;
	int hold_fd;  /* the lock, -1 where it is not held */
	int packs_fd; /* that of whoever replaces packs */
};

/* Where copies of one object lie: one after the other. */
struct dsv_places {
	enum dsv_object type;
	const struct dsv_id *id;
	size_t tried;
	size_t first; /* the pack that is tried first */
	struct dsv_packed *packed;
	uint64_t offset;
};

#define DSV_PLACES(type_, id_)               \
	{                                    \
		.type = (type_), .id = (id_) \
	}

/** 1 with the next place, 0 where there is no further one. */
int dsv_places_next(struct dsv_store *store, struct dsv_places *places);

#endif
