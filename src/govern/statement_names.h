#ifndef GOVERN_STATEMENT_NAMES_H
#define GOVERN_STATEMENT_NAMES_H

#include <dsv/statement.h>

/* Words of the format that its writer and its reader share. */
#define DSV_STATEMENT_TYPE    "https://in-toto.io/Statement/v1"
#define DSV_PREDICATE_PREFIX  "urn:dsv:"
#define DSV_PREDICATE_VERSION 1u
#define DSV_DECISIONS	      (DSV_OVERRIDE + 1)

#endif
