#ifndef GOVERN_PEOPLE_CHECK_H
#define GOVERN_PEOPLE_CHECK_H

#include <stdbool.h>

#include <dsv/people.h>

/* What reading and writing people.yaml both ask; see people.c. */

bool dsv_email_ok(const char *email);
/** Where in the file a key of this person stands. */
unsigned dsv_member_key_line(const struct dsv_member *who,
			     const struct dsv_buf *blob);
/** DSV_EREFUSED: the people of the target do not have the key; with how that
 * would change. */
int dsv_people_stranger(const struct dsv_people *people, const char *target,
			const struct dsv_ssh_key *key);

#endif
