#include <dsv/policy.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/content.h>

#include "cli/cmd.h"
#include "cmd/guideline.h"

struct policy_args {
	const char *rev;
	const char *target;
};

static const struct dsv_opt policy_opts[] = {
	DSV_OPT_REV('r', "rev", struct policy_args, rev,
		    "as it stands in REV (default: the work tree)"),
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static const struct dsv_opt explain_opts[] = {
	DSV_OPT_REV('r', "rev", struct policy_args, rev,
		    "as it stands in REV (default: the work tree)"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("BRANCH", struct policy_args, target, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static int no_policy(const char *name)
{
	int rc = dsv_fail(DSV_ENOTFOUND, "%s has no " DSV_POLICY_PATH, name);

	return dsv_hint(rc, "man dsv-policy shows one to begin with");
}

/* The policy at the revision that was asked for; where there is none that is
 * an error. */
static int read_policy(struct dsv_ctx *ctx, const struct policy_args *args,
		       struct dsv_version *version, struct dsv_policy *out)
{
	const char *name;
	int rc = dsv_guideline_at(ctx, args->rev, version, &name);

	if (rc == 0)
		rc = dsv_policy_read(out, ctx->repo, version);
	if (rc == 0 && !out->exists)
		rc = no_policy(name);
	return rc;
}

static int json_header(struct dsv_out *out, const struct dsv_policy *policy)
{
	char hex[DSV_ID_HEX];

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.policy/1");
	dsv_jline_text(out, "policy", dsv_id_hex(&policy->digest, hex));
	return dsv_jline_close(out);
}

/* show: the file, or its requirements one by one */

static int take_bytes(void *ctx, const char *data, size_t len)
{
	struct dsv_out *out = ctx;

	dsv_buf_add(&out->buf, data, len);
	return 0;
}

static int show_file(struct dsv_ctx *ctx, const struct dsv_version *version)
{
	struct dsv_out text = {0};
	int rc = dsv_content_read(ctx->repo, version, DSV_POLICY_PATH,
				  take_bytes, &text);
	const char *line = dsv_buf_str(&text.buf);

	while (rc == 0 && *line) {
		size_t len = strcspn(line, "\n");
		char *copy = strndup(line, len);

		if (copy)
			dsv_out_shown(ctx->out, copy);
		free(copy);
		dsv_buf_addch(&ctx->out->buf, '\n');
		line += len + (line[len] == '\n');
		rc = dsv_out_line(ctx->out);
	}
	dsv_buf_release(&text.buf);
	return rc;
}

static int json_requirement(struct dsv_out *out, const char *target,
			    const struct dsv_requirement *it)
{
	struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_requirement_tell(it, &words);
	dsv_jline_open(out, "requirement");
	dsv_jline_text(out, "target", target);
	dsv_jline_text(out, "requirement", dsv_requires_name(it->kind));
	dsv_jline_text(out, "role", it->role);
	dsv_jline_list(out, "datasets", &it->datasets);
	dsv_jline_text(out, "words", dsv_buf_str(&words));
	dsv_jline_count(out, "policy_line", it->line);
	return dsv_jline_close(out);
}

static int json_policy(struct dsv_out *out, const struct dsv_policy *policy)
{
	int rc = json_header(out, policy);

	for (size_t i = 0; i < policy->n_targets; i++) {
		const struct dsv_policy_target *target = &policy->targets[i];

		for (size_t k = 0; rc == 0 && k < target->n; k++)
			rc = json_requirement(out, target->pattern,
					      &target->items[k]);
	}
	return rc;
}

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	struct dsv_version version;
	int rc = read_policy(ctx, argp, &version, &policy);

	if (rc < 0)
		return rc;
	return ctx->out->json ? json_policy(ctx->out, &policy)
			      : show_file(ctx, &version);
}

/* explain: in plain words */

static int explain_target(struct dsv_out *out,
			  const struct dsv_policy_target *target)
{
	int rc = 0;

	dsv_out_styled(out, DSV_BOLD, "A merge into ");
	dsv_out_shown(out, target->pattern);
	dsv_buf_addstr(&out->buf, " needs\n\n");
	for (size_t i = 0; rc == 0 && i < target->n; i++) {
		const struct dsv_requirement *it = &target->items[i];
		struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_requirement_tell(it, &words);
		dsv_buf_addf(&out->buf, "  %-10s  ",
			     dsv_requires_name(it->kind));
		dsv_out_wrapped(out, dsv_buf_str(&words), 14);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	return rc;
}

static int explain_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct policy_args *args = argp;
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	const struct dsv_policy_target *only = NULL;
	struct dsv_version version;
	int rc = read_policy(ctx, args, &version, &policy);

	if (rc < 0)
		return rc;
	if (ctx->out->json)
		return json_policy(ctx->out, &policy);
	if (args->target) {
		only = dsv_policy_for(&policy, args->target);
		if (!only)
			return dsv_fail(DSV_ENOTFOUND,
					"the policy asks nothing of '%s'",
					args->target);
		return explain_target(ctx->out, only);
	}
	for (size_t i = 0; rc == 0 && i < policy.n_targets; i++) {
		if (i > 0)
			dsv_buf_addch(&ctx->out->buf, '\n');
		rc = explain_target(ctx->out, &policy.targets[i]);
	}
	return rc;
}

/* lint */

static int human_fault(struct dsv_out *out, const struct dsv_policy_fault *it)
{
	dsv_buf_addf(&out->buf, DSV_POLICY_PATH ":%u: ", it->line);
	dsv_out_styled(out, it->error ? DSV_RED : DSV_YELLOW, "%s",
		       it->error ? "error" : "warning");
	dsv_buf_addstr(&out->buf, ": ");
	dsv_out_shown(out, it->text);
	dsv_buf_addch(&out->buf, '\n');
	if (it->next) {
		dsv_buf_addstr(&out->buf, "  next: ");
		dsv_out_shown(out, it->next);
		dsv_buf_addch(&out->buf, '\n');
	}
	return dsv_out_line(out);
}

static int json_fault(struct dsv_out *out, const struct dsv_policy_fault *it)
{
	dsv_jline_open(out, "finding");
	dsv_jline_text(out, "path", DSV_POLICY_PATH);
	dsv_jline_count(out, "line", it->line);
	dsv_jline_text(out, "level", it->error ? "error" : "warning");
	dsv_jline_text(out, "message", it->text);
	dsv_jline_text(out, "next", it->next);
	return dsv_jline_close(out);
}

static int lint_run(struct dsv_ctx *ctx, const void *argp)
{
	struct dsv_policy_faults faults DSV_AUTO(policy_faults) =
		DSV_POLICY_FAULTS_INIT;
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	struct dsv_out *out = ctx->out;
	struct dsv_version version;
	bool bad = false;
	int rc = read_policy(ctx, argp, &version, &policy);

	if (rc == 0)
		rc = dsv_policy_lint(&policy, ctx->repo, &version, &faults);
	if (rc == 0 && out->json)
		rc = json_header(out, &policy);
	for (size_t i = 0; rc == 0 && i < faults.n; i++) {
		bad |= faults.items[i].error;
		rc = out->json ? json_fault(out, &faults.items[i])
			       : human_fault(out, &faults.items[i]);
	}
	if (rc == 0 && faults.n == 0 && !out->json) {
		dsv_buf_addstr(&out->buf, "the policy is sound\n");
		rc = dsv_out_line(out);
	}
	return rc < 0 ? rc : bad ? DSV_EXIT_NO : 0;
}

static const struct dsv_cmd policy_show = {
	.name = "policy show",
	.brief = "print the policy",
	.opts = policy_opts,
	.args_size = sizeof(struct policy_args),
	.needs = DSV_NEEDS_REPO,
	.run = show_run,
};

static const struct dsv_cmd policy_lint = {
	.name = "policy lint",
	.brief = "can the policy be fulfilled?",
	.about = "Holds the policy against the people, checklists and datasets "
		 "of the same version. Exit 1 where there is an error.",
	.opts = policy_opts,
	.args_size = sizeof(struct policy_args),
	.needs = DSV_NEEDS_REPO,
	.run = lint_run,
};

static const struct dsv_cmd policy_explain = {
	.name = "policy explain",
	.brief = "say in plain words what a merge needs",
	.opts = explain_opts,
	.args_size = sizeof(struct policy_args),
	.needs = DSV_NEEDS_REPO,
	.run = explain_run,
};

static const struct dsv_cmd *const policy_subs[] = {
	&policy_show,
	&policy_lint,
	&policy_explain,
	NULL,
};

const struct dsv_cmd dsv_cmd_policy = {
	.name = "policy",
	.group = DSV_GROUP_GOVERN,
	.brief = "what a merge needs",
	.subs = policy_subs,
};
