#ifndef DSV_ADDRESS_H
#define DSV_ADDRESS_H

#include <stdbool.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/record.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * The record part of an address, KEY[:FIELD]: the fields of a composite key
 * are joined by ',', and '%', ',' and ':' are written %25, %2C, %3A.
 */

/** Append one key field or field name. */
void dsv_address_add_part(struct dsv_buf *out, const char *text, size_t len);
/** Append a key. */
void dsv_address_add_key(struct dsv_buf *out, const struct dsv_strlist *key);
/** Append a part as it was before it was escaped. */
void dsv_address_decode(struct dsv_buf *out, const char *text, size_t len);
/** Split "KEY[:FIELD]": the key stays escaped. False: no field is named. */
bool dsv_address_split(const char *text, struct dsv_buf *out_key,
		       struct dsv_buf *out_field);

/* [REV:]PATH[:KEY[:FIELD]] */
struct dsv_address {
	char *rev; /* as it was typed, "" is the index; NULL: none */
	struct dsv_version version;
	char *path;
	struct dsv_strlist key; /* in the order of the definition */
	bool has_key;
	char *field; /* NULL: the whole record */
};

#define DSV_ADDRESS_INIT \
	{                \
		0        \
	}

/**
 * Read an address as a person typed it in the current folder. The first part
 * is a revision only where it is no file of the work tree or of deflt, the
 * version that is meant where none is named.
 *
 * @error  DSV_EUSAGE     too many parts, or a key of another number of fields
 *                        than the dataset's
 *         DSV_ENOTFOUND  no such revision
 */
int dsv_address_parse(struct dsv_address *out, struct dsv_repo *repo,
		      const char *text, const struct dsv_version *deflt);
/** The same, with a key of these columns in place of the definition's. */
int dsv_address_parse_by(struct dsv_address *out, struct dsv_repo *repo,
			 const char *text, const struct dsv_version *deflt,
			 const struct dsv_strlist *key);
void dsv_address_release(struct dsv_address *address);

struct dsv_found {
	const struct dsv_record *record;
	const struct dsv_strlist *columns;
	/* what the address names, MISSING where it is not there; NULL: it
	 * names none */
	const struct dsv_field *field;
};

/** A negative code stops. */
typedef int (*dsv_record_fn)(void *ctx, const struct dsv_found *found);

/**
 * Hand on all records that have the address's key, by one pass over the file.
 * Its field may be a JSON Pointer, and a name that the column bears by now,
 * as the definition of the version or of the work tree has it.
 *
 * @error  DSV_ENOTFOUND  no such file or record
 */
int dsv_record_find(struct dsv_repo *repo, const struct dsv_address *address,
		    dsv_record_fn take, void *ctx);

/**
 * Make the record of the work file what it is in the address's version: its
 * bytes are put back in its place, at the end where the file lacks it; a
 * record that the version does not have goes. All other bytes stay, and the
 * file is replaced as a whole or not at all.
 *
 * @error  DSV_ENOTFOUND     no such file in the version or the work tree
 *         DSV_EUNSUPPORTED  a table whose columns are others there
 */
int dsv_record_restore(struct dsv_repo *repo,
		       const struct dsv_address *address);

DSV_AUTO_RELEASE(address)

#endif
