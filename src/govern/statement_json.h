#ifndef GOVERN_STATEMENT_JSON_H
#define GOVERN_STATEMENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/statement.h>

#include "base/json.h"

/*
 * Members of a statement's document, read strictly: those that are asked for
 * and no others, each of its own type. Faults are DSV_ESYNTAX "<document>:
 * '<place>' <fault>".
 */
#define DSV_PLACE_ID_MAX   255u		 /* bytes of an id or a name */
#define DSV_PLACE_TEXT_MAX (64u * 1024u) /* of a reason, a note, an answer */

/* An object, and where it stands in the document. */
struct dsv_place {
	const char *name; /* of the document */
	const char *path; /* "predicate", "" at the top */
	const struct cJSON *node;
};

int dsv_place_fail(const struct dsv_place *in, const char *member,
		   const char *fault);
/** It is an object, and has exactly these members. */
int dsv_place_members(const struct dsv_place *in, const char *const *known,
		      size_t n);
#define DSV_PLACE_MEMBERS(in, known) \
	dsv_place_members((in), (known), sizeof(known) / sizeof((known)[0]))
struct dsv_place dsv_place_inside(const struct dsv_place *in,
				  const char *member, const char *path);
/** A list of max items at most; how many there are. */
int dsv_place_list(const struct dsv_place *in, const char *member, size_t max,
		   size_t *out_n);

bool dsv_place_is_null(const struct dsv_place *in, const char *member);
/** In place of what *out held. max is in bytes. */
int dsv_place_text(const struct dsv_place *in, const char *member, size_t max,
		   char **out);
/** A text that is not empty. */
int dsv_place_word(const struct dsv_place *in, const char *member, size_t max,
		   char **out);
/** *out stays where the value is null. */
int dsv_place_optional(const struct dsv_place *in, const char *member,
		       size_t max, char **out);
/** The id of a person, a role, a checklist: written as a dataset's name. */
int dsv_place_name(const struct dsv_place *in, const char *member, char **out);
int dsv_place_id(const struct dsv_place *in, const char *member,
		 struct dsv_id *out);
int dsv_place_optional_id(const struct dsv_place *in, const char *member,
			  bool *has, struct dsv_id *out);
int dsv_place_number(const struct dsv_place *in, const char *member,
		     uint64_t *out);
int dsv_place_bool(const struct dsv_place *in, const char *member, bool *out);

/* The part of the predicate that each kind has of its own. */
int dsv_statement_read_signoff(const struct dsv_place *predicate,
			       struct dsv_statement_signoff *out);
int dsv_statement_read_plan(const struct dsv_place *predicate,
			    struct dsv_statement_plan *out);
int dsv_statement_read_result(const struct dsv_place *predicate,
			      struct dsv_statement_result *out);

#endif
