#include "cmd/people.h"

#include "cli/term.h"

int dsv_people_at(struct dsv_ctx *ctx, const char *rev,
		  struct dsv_people *people, struct dsv_policy *policy)
{
	struct dsv_version version = {.at = DSV_AT_WORKTREE};
	int rc = 0;

	if (rev)
		rc = dsv_repo_resolve(ctx->repo, rev, &version);
	else if (!dsv_repo_workdir(ctx->repo))
		rc = dsv_repo_head(ctx->repo, &version);
	if (rc == 0)
		rc = dsv_people_read(people, ctx->repo, &version);
	if (rc < 0)
		return rc;
	if (dsv_policy_read(policy, ctx->repo, &version) < 0) {
		dsv_term_say("what is asked of them cannot be told: %s",
			     dsv_error_message());
		dsv_error_clear();
	}
	return 0;
}

bool dsv_people_is_asked(const struct dsv_member *who,
			 const struct dsv_requirement *requirement)
{
	return requirement->role && dsv_member_has_role(who, requirement->role);
}

void dsv_people_add_key(struct dsv_buf *out, const struct dsv_ssh_key *key)
{
	dsv_ssh_key_fingerprint(&key->blob, out);
	dsv_buf_addf(out, "  %s", key->type);
	if (*key->comment)
		dsv_buf_addf(out, "  %s", key->comment);
}

static void json_key(struct dsv_out *out, const struct dsv_ssh_key *key)
{
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_ssh_key_fingerprint(&key->blob, &print);
	dsv_jline_object(out, NULL);
	dsv_jline_text(out, "fingerprint", dsv_buf_str(&print));
	dsv_jline_text(out, "type", key->type);
	dsv_jline_text(out, "comment", key->comment);
	dsv_jline_count(out, "line", key->line);
	dsv_jline_end(out, '}');
}

void dsv_people_json(struct dsv_out *out, const struct dsv_member *who)
{
	size_t i;

	dsv_jline_text(out, "id", who->id);
	dsv_jline_text(out, "name", who->name);
	dsv_jline_list(out, "emails", &who->emails);
	dsv_jline_list(out, "roles", &who->roles);
	dsv_jline_count(out, "line", who->line);
	dsv_jline_array(out, "keys");
	for (i = 0; i < who->n_keys; i++)
		json_key(out, &who->keys[i]);
	dsv_jline_end(out, ']');
}

static const struct dsv_cmd *const people_subs[] = {
	&dsv_cmd_people_add,
	&dsv_cmd_people_list,
	&dsv_cmd_people_show,
	NULL,
};

const struct dsv_cmd dsv_cmd_people = {
	.name = "people",
	.group = DSV_GROUP_GOVERN,
	.brief = "who may sign for the data, in which roles, by which keys",
	.subs = people_subs,
};
