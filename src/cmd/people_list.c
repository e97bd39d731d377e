#include <string.h>

#include <dsv/text.h>

#include "cmd/people.h"

#define GAP 2u

struct list_args {
	const char *rev;
};

static const struct dsv_opt list_opts[] = {
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("REV", struct list_args, rev, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct listed {
	struct dsv_people people;
	struct dsv_policy policy;
};

/* The branches for which somebody is asked of something. */
static void targets_of(const struct dsv_policy *policy,
		       const struct dsv_member *who, struct dsv_strlist *out)
{
	size_t i, k;

	for (i = 0; i < policy->n_targets; i++) {
		const struct dsv_policy_target *target = &policy->targets[i];

		for (k = 0; k < target->n; k++)
			if (dsv_people_is_asked(who, &target->items[k]))
				break;
		if (k < target->n)
			dsv_strlist_add(out, target->pattern);
	}
}

static void join(struct dsv_buf *out, const struct dsv_strlist *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		dsv_buf_addstr(out, i ? ", " : "");
		dsv_add_shown(out, list->items[i], strlen(list->items[i]));
	}
	if (!list->n)
		dsv_buf_addch(out, '-');
}

/* The columns of one person; only the widths differ between the two uses. */
struct cells {
	struct dsv_buf cell[4];
};

static void fill(struct cells *cells, const struct listed *listed,
		 const struct dsv_member *who)
{
	struct dsv_strlist targets DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	targets_of(&listed->policy, who, &targets);
	dsv_buf_addstr(&cells->cell[0], who->id);
	dsv_add_shown(&cells->cell[1], who->name, strlen(who->name));
	join(&cells->cell[2], &who->roles);
	join(&cells->cell[3], &targets);
}

static const char *const head[4] = {"person", "name", "roles", "signs for"};

static int line(struct dsv_out *out, const struct cells *cells,
		const size_t width[4])
{
	size_t i;

	for (i = 0; i < 4; i++) {
		const char *text =
			cells ? dsv_buf_str(&cells->cell[i]) : head[i];
		const size_t len = dsv_shown_width(text, strlen(text));

		dsv_out_style(out, !cells   ? DSV_DIM
				   : i == 0 ? DSV_BOLD
					    : DSV_PLAIN);
		dsv_buf_addstr(&out->buf, text);
		dsv_out_style(out, DSV_PLAIN);
		if (i < 3)
			dsv_buf_addf(&out->buf, "%*s",
				     (int)(width[i] - len + GAP), "");
	}
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int keys(struct dsv_out *out, const struct dsv_member *who)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < who->n_keys; i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_people_add_key(&text, &who->keys[i]);
		dsv_buf_addstr(&out->buf, "    ");
		dsv_out_shown(out, dsv_buf_str(&text));
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	if (!who->n_keys) {
		dsv_buf_addstr(&out->buf, "    no key\n");
		rc = dsv_out_line(out);
	}
	return rc;
}

static void cells_release(struct cells *cells)
{
	size_t i;

	for (i = 0; i < 4; i++)
		dsv_buf_release(&cells->cell[i]);
}

static void measure(const struct listed *listed, size_t width[4])
{
	size_t i, k;

	for (k = 0; k < 4; k++)
		width[k] = strlen(head[k]);
	for (i = 0; i < listed->people.n; i++) {
		struct cells cells = {0};

		fill(&cells, listed, &listed->people.items[i]);
		for (k = 0; k < 4; k++) {
			const struct dsv_buf *at = &cells.cell[k];
			const size_t is =
				dsv_shown_width(dsv_buf_str(at), at->len);

			width[k] = is > width[k] ? is : width[k];
		}
		cells_release(&cells);
	}
}

static int list_human(struct dsv_out *out, void *result)
{
	const struct listed *listed = result;
	size_t width[4];
	size_t i;
	int rc;

	if (!listed->people.n) {
		dsv_buf_addstr(&out->buf, "nobody; 'dsv people add' enrols "
					  "somebody with a key\n");
		return dsv_out_line(out);
	}
	measure(listed, width);
	rc = line(out, NULL, width);
	for (i = 0; rc == 0 && i < listed->people.n; i++) {
		struct cells cells = {0};

		fill(&cells, listed, &listed->people.items[i]);
		rc = line(out, &cells, width);
		cells_release(&cells);
		if (rc == 0)
			rc = keys(out, &listed->people.items[i]);
	}
	return rc;
}

static int list_json(struct dsv_out *out, void *result)
{
	const struct listed *listed = result;
	char hex[DSV_ID_HEX];
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.people-list/1");
	dsv_jline_text(out, "people",
		       listed->people.n
			       ? dsv_id_hex(&listed->people.digest, hex)
			       : NULL);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < listed->people.n; i++) {
		const struct dsv_member *who = &listed->people.items[i];
		struct dsv_strlist targets DSV_AUTO(strlist) = DSV_STRLIST_INIT;

		targets_of(&listed->policy, who, &targets);
		dsv_jline_open(out, "person");
		dsv_people_json(out, who);
		dsv_jline_list(out, "targets", &targets);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static const struct dsv_view list_view = {list_human, list_json};

static int list_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct list_args *args = argp;
	struct listed listed = {DSV_PEOPLE_INIT, DSV_POLICY_INIT};
	int rc;

	rc = dsv_people_at(ctx, args->rev, &listed.people, &listed.policy);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &list_view, &listed);
	dsv_people_release(&listed.people);
	dsv_policy_release(&listed.policy);
	return rc;
}

const struct dsv_cmd dsv_cmd_people_list = {
	.name = "people list",
	.brief = "everybody, with roles and keys",
	.about = "Of the work tree, or of REV. The gate reads the people of "
		 "the branch that is merged into.",
	.opts = list_opts,
	.args_size = sizeof(struct list_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = list_run,
};
