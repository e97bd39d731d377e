#ifndef CMD_PEOPLE_H
#define CMD_PEOPLE_H

#include <dsv/people.h>
#include <dsv/policy.h>

#include "cli/cmd.h"

/* The commands of dsv people, and what they share. */
extern const struct dsv_cmd dsv_cmd_people_add, dsv_cmd_people_list;
extern const struct dsv_cmd dsv_cmd_people_show;

/** People and policy of REV, NULL: of the work tree. A policy that cannot be
 * read is told and counts as none. */
int dsv_people_at(struct dsv_ctx *ctx, const char *rev,
		  struct dsv_people *people, struct dsv_policy *policy);
/** Does a requirement ask for somebody whom this person can be? */
bool dsv_people_is_asked(const struct dsv_member *who,
			 const struct dsv_requirement *requirement);
/** "SHA256:...  ssh-ed25519  comment" */
void dsv_people_add_key(struct dsv_buf *out, const struct dsv_ssh_key *key);
/** The fields of a person, in a line that is open. */
void dsv_people_json(struct dsv_out *out, const struct dsv_member *who);

#endif
