#ifndef DSV_RATINGS_H
#define DSV_RATINGS_H

#include <dsv/agreement.h>
#include <dsv/repo.h>

/*
 * Ratings out of a table, wide or long.
 *
 *	wide   id,ann,ben,cho     an item a row, a rater a column
 *	       1,cat,cat,dog
 *
 *	long   item,rater,label   a rating a row
 *	       1,ann,cat
 *	       1,ben,cat
 *
 * An empty cell is a missing rating. A faulty row is an error that names its
 * line: figures are about all of the data or they are not given.
 *
 * Labels and raters of a long table are numbered by value where all are
 * numbers, else by their bytes; labels by `order` where it is given, raters of
 * a wide table by column.
 */
/* In a table; 12 bytes are held for each. */
#define DSV_RATINGS_MAX 100000000u

struct dsv_ratings_opts {
	const char *format; /* NULL: the definition's, or by extension */
	/* wide: the columns of the raters; none: all but the key's */
	const struct dsv_strlist *raters;
	const struct dsv_strlist *key; /* none: the definition's */
	/* long: columns that name the item, that name the rater, that hold the
	 * label. None: where the definition's key has its annotator among
	 * others, those, the annotator and the first label */
	const struct dsv_strlist *item;
	const char *rater;
	const char *label;
	enum dsv_level level;
	/* every label, the lowest first; none: the labels must be numbers when
	 * the level is above nominal */
	const struct dsv_strlist *order;
};

/* What was read as what. */
struct dsv_ratings_shape {
	bool is_long;
	struct dsv_strlist item; /* columns that name an item */
	char *rater, *label;	 /* long: columns */
	uint64_t rows;
};

#define DSV_RATINGS_SHAPE_INIT \
	{                      \
		0              \
	}

/**
 * Read a file of a version of the repository, or (version NULL) any file; then
 * repo may be NULL.
 *
 * @error   DSV_EUSAGE   a column that is not there, with the nearest; a wide
 *                       table of which neither key nor raters are known;
 *                       labels that have no order; a repeated rater
 *          DSV_ESYNTAX  "<path>:<line>: ...": a faulty row, a row without item
 *                       or rater, an item that stands twice, a rater who gave
 *                       an item two labels
 *          DSV_ERANGE   more than DSV_RATINGS_MAX ratings
 */
int dsv_ratings_read(struct dsv_ratings *out, struct dsv_ratings_shape *shape,
		     struct dsv_repo *repo, const struct dsv_version *version,
		     const char *path, const struct dsv_ratings_opts *opts);
void dsv_ratings_shape_release(struct dsv_ratings_shape *shape);

DSV_AUTO_RELEASE(ratings_shape)

#endif
