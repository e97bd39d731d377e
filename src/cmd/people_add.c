#include <string.h>

#include <dsv/signer.h>
#include <dsv/stage.h>

#include "cmd/people.h"
#include "cmd/words.h"

struct add_args {
	const char *id;
	const char *name;
	const char *email;
	const char *key;
	struct dsv_strlist roles;
	bool me;
};

static const struct dsv_opt add_opts[] = {
	DSV_OPT_VALUE_(DSV_KIND_COLS, 'r', "role", "ROLE,..", struct add_args,
		       roles, "roles that they hold from now on as well"),
	DSV_OPT_VALUE_(DSV_KIND_STR, 'k', "key", "FILE|TEXT", struct add_args,
		       key,
		       "their public key: a .pub file, or its text (default: "
		       "the key that you sign with)"),
	DSV_OPT_STR(0, "name", "NAME", struct add_args, name,
		    "how people call them (default: the id)"),
	DSV_OPT_STR(0, "email", "MAIL", struct add_args, email,
		    "an address of theirs"),
	DSV_OPT_FLAG(0, "me", struct add_args, me,
		     "it is you: also let git sign your commits with the key"),
	DSV_OPT_JSON,
	DSV_ARG("ID", struct add_args, id, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

/* What was done. */
struct added {
	const struct add_args *args;
	struct dsv_ssh_key key;
	bool changed;
	struct dsv_strlist set;
};

static int add_human(struct dsv_out *out, void *result)
{
	const struct added *added = result;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	dsv_people_add_key(&key, &added->key);
	dsv_buf_addf(&out->buf, "%s  %s\n    ", added->args->id,
		     added->changed ? "written to " DSV_PEOPLE_PATH
				    : "is in " DSV_PEOPLE_PATH " as it is");
	dsv_out_shown(out, dsv_buf_str(&key));
	dsv_buf_addch(&out->buf, '\n');
	for (i = 0; i < added->set.n; i++) {
		dsv_buf_addf(&out->buf, "%s", i ? "    " : "set ");
		dsv_out_shown(out, added->set.items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
	if (added->changed)
		dsv_buf_addstr(&out->buf, "next: dsv commit\n");
	return dsv_out_line(out);
}

static int add_json(struct dsv_out *out, void *result)
{
	const struct added *added = result;
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.people-add/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_ssh_key_fingerprint(&added->key.blob, &print);
	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "id", added->args->id);
	dsv_jline_text(out, "fingerprint", dsv_buf_str(&print));
	dsv_jline_flag(out, "changed", added->changed);
	dsv_jline_list(out, "set", &added->set);
	return dsv_jline_close(out);
}

static const struct dsv_view add_view = {add_human, add_json};

static int find_key(struct dsv_ctx *ctx, const struct add_args *args,
		    struct dsv_ssh_key *out)
{
	const int rc = dsv_sign_key(ctx->repo, args->key, out);

	if (rc != DSV_ENOTFOUND)
		return rc;
	if (args->key)
		return dsv_hint(rc,
				"a file, or the text of a .pub file in quotes");
	dsv_fail(rc, "whose key? none is set for you");
	return dsv_hint(rc,
			"--key FILE.pub; 'ssh-keygen -t ed25519' makes one");
}

static bool is_own(struct dsv_ctx *ctx, const struct dsv_ssh_key *key)
{
	struct dsv_ssh_key own DSV_AUTO(ssh_key) = {0};

	if (dsv_sign_key(ctx->repo, NULL, &own) < 0) {
		dsv_error_clear();
		return false;
	}
	return own.blob.len == key->blob.len &&
	       !memcmp(own.blob.data, key->blob.data, own.blob.len);
}

static int put(struct dsv_ctx *ctx, struct added *added)
{
	const struct add_args *args = added->args;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_stage_opts opts = {.paths = &paths};
	struct dsv_people_add add = {
		.id = args->id,
		.name = args->name,
		.email = args->email,
		.roles = &args->roles,
	};
	int rc;

	dsv_ssh_key_text(&added->key, &key);
	add.key = dsv_buf_str(&key);
	rc = dsv_people_put(ctx->repo, &add);
	if (rc < 0)
		return rc;
	added->changed = rc > 0;
	dsv_words_literal(&paths, DSV_PEOPLE_PATH);
	return dsv_stage(ctx->repo, &opts, &staged);
}

static int add(struct dsv_ctx *ctx, struct added *added)
{
	const struct add_args *args = added->args;
	int rc;

	rc = find_key(ctx, args, &added->key);
	if (rc == 0)
		rc = put(ctx, added);
	if (rc < 0)
		return rc;
	if (args->me || is_own(ctx, &added->key))
		return dsv_people_set_up_signing(ctx->repo, args->key,
						 &added->set);
	return dsv_people_write_signers(ctx->repo);
}

static int add_run(struct dsv_ctx *ctx, const void *argp)
{
	struct added added = {.args = argp};
	int rc;

	rc = add(ctx, &added);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &add_view, &added);
	dsv_ssh_key_release(&added.key);
	dsv_strlist_release(&added.set);
	return rc;
}

const struct dsv_cmd dsv_cmd_people_add = {
	.name = "people add",
	.brief = "enrol somebody, or another key or role of theirs",
	.about = "Writes and stages .dsv/people.yaml; it counts once it is "
		 "merged into the branch whose gate asks for it. For yourself "
		 "it also sets up git's signing of commits in this "
		 "repository.",
	.opts = add_opts,
	.args_size = sizeof(struct add_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = add_run,
};
