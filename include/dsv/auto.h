#ifndef DSV_AUTO_H
#define DSV_AUTO_H

/*
 * Release at the end of a scope.
 *
 *	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
 *	struct dsv_store *store DSV_AUTO(store) = NULL;
 *
 * A module makes this work for its struct with one line in its header:
 * DSV_AUTO_RELEASE(buf) for storage that the caller holds, DSV_AUTO_FREE(store)
 * for storage that the module holds. dsv_take() hands a pointer on and leaves
 * NULL behind, so that nothing is released.
 */
#define DSV_AUTO(module) __attribute__((cleanup(dsv_##module##_auto)))

#define DSV_AUTO_RELEASE(module)                                           \
	static inline void dsv_##module##_auto(struct dsv_##module *value) \
	{                                                                  \
		dsv_##module##_release(value);                             \
	}

#define DSV_AUTO_FREE(module)                                               \
	static inline void dsv_##module##_auto(struct dsv_##module **value) \
	{                                                                   \
		dsv_##module##_free(value);                                 \
	}

#define dsv_take(pp)                              \
	__extension__({                           \
		__typeof__(*(pp)) taken_ = *(pp); \
		*(pp) = NULL;                     \
		taken_;                           \
	})

#endif
