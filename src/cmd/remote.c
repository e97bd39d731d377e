#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/sharing.h>

#include "cli/cmd.h"
#include "cli/table.h"

static const char *const origins[] = {
	[DSV_STORE_NONE] = "none",
	[DSV_STORE_CONFIG] = "config",
	[DSV_STORE_FILE] = "store.yaml",
	[DSV_STORE_DEFAULT] = "default",
};

/* One remote, as it is shown. */
struct told {
	const char *name;
	char *url;
	char *push_url;
	struct dsv_data_stores stores;
};

static void told_release(struct told *told)
{
	free(told->url);
	free(told->push_url);
	dsv_data_stores_release(&told->stores);
}

static int read_remote(struct dsv_ctx *ctx, const char *name, struct told *out)
{
	int rc;

	out->name = name;
	rc = dsv_sharing_url(ctx->repo, name, false, &out->url);
	if (rc == 0)
		rc = dsv_sharing_url(ctx->repo, name, true, &out->push_url);
	return rc < 0 ? rc : dsv_sharing_stores(&out->stores, ctx->repo, name);
}

static int tell_json(struct dsv_out *out, const struct told *told)
{
	dsv_jline_open(out, "remote");
	dsv_jline_text(out, "name", told->name);
	dsv_jline_text(out, "url", told->url);
	dsv_jline_text(out, "push_url", told->push_url);
	dsv_jline_text(out, "origin", origins[told->stores.origin]);
	dsv_jline_array(out, "stores");
	for (size_t i = 0; i < told->stores.n; i++) {
		const struct dsv_data_store *store = &told->stores.items[i];

		dsv_jline_object(out, NULL);
		dsv_jline_text(out, "name", store->name);
		dsv_jline_text(out, "url", store->url);
		dsv_jline_flag(out, "push", store->push);
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, ']');
	return dsv_jline_close(out);
}

static void tell_row(struct dsv_table *table, const struct told *told)
{
	const struct dsv_data_stores *stores = &told->stores;

	for (size_t i = 0; i < stores->n || i == 0; i++) {
		dsv_table_text(table, i ? "" : told->name, DSV_PLAIN);
		dsv_table_text(table, i ? "" : told->url, DSV_PLAIN);
		dsv_table_text(table,
			       stores->n ? stores->items[i].url : "no data",
			       stores->n ? DSV_PLAIN : DSV_DIM);
	}
}

static int tell_all(struct dsv_ctx *ctx, const struct dsv_strlist *names)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("sss");
	int rc = 0;

	if (ctx->out->json) {
		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.remote/1");
		rc = dsv_jline_close(ctx->out);
	}
	for (size_t i = 0; rc == 0 && i < names->n; i++) {
		struct told told = {.stores = DSV_DATA_STORES_INIT};

		rc = read_remote(ctx, names->items[i], &told);
		if (rc == 0 && ctx->out->json)
			rc = tell_json(ctx->out, &told);
		else if (rc == 0)
			tell_row(&table, &told);
		told_release(&told);
	}
	return rc < 0 || ctx->out->json ? rc
					: dsv_table_print(&table, ctx->out);
}

struct list_args {
	char none;
};

static const struct dsv_opt list_opts[] = {
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static int list_run(struct dsv_ctx *ctx, const void *argp)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_sharing_remotes(ctx->repo, &names);

	(void)argp;
	return rc < 0 ? rc : tell_all(ctx, &names);
}

static const struct dsv_cmd list_cmd = {
	.name = "remote list",
	.brief = "list the remotes and where their data is",
	.opts = list_opts,
	.args_size = sizeof(struct list_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = list_run,
};

struct add_args {
	const char *name;
	const char *url;
	const char *data;
};

static const struct dsv_opt add_opts[] = {
	DSV_OPT_STR(0, "data", "STORE", struct add_args, data,
		    "where its data is: a folder"),
	DSV_ARG("NAME", struct add_args, name, DSV_COMPLETE_NONE),
	DSV_ARG("URL", struct add_args, url, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int add_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct add_args *args = argp;

	return dsv_sharing_add(ctx->repo, args->name, args->url, args->data);
}

static const struct dsv_cmd add_cmd = {
	.name = "remote add",
	.brief = "add a remote, and say where its data is",
	.about = "Without --data it is in the stores of .dsv/store.yaml, else "
		 "in the remote repository itself where that is a folder.",
	.opts = add_opts,
	.args_size = sizeof(struct add_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = add_run,
};

struct name_args {
	const char *name;
};

static const struct dsv_opt remove_opts[] = {
	DSV_ARG("NAME", struct name_args, name, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static int remove_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct name_args *args = argp;

	return dsv_sharing_remove(ctx->repo, args->name);
}

static const struct dsv_cmd remove_cmd = {
	.name = "remote remove",
	.brief = "forget a remote and what was fetched of its branches",
	.opts = remove_opts,
	.args_size = sizeof(struct name_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = remove_run,
};

static const struct dsv_opt show_opts[] = {
	DSV_OPT_JSON,
	DSV_ARG("NAME", struct name_args, name, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static int show_human(struct dsv_out *out, const struct told *told)
{
	const struct dsv_data_stores *stores = &told->stores;

	dsv_buf_addstr(&out->buf, "url    ");
	dsv_out_shown(out, told->url);
	if (strcmp(told->url, told->push_url) != 0) {
		dsv_buf_addstr(&out->buf, "\npush   ");
		dsv_out_shown(out, told->push_url);
	}
	for (size_t i = 0; i < stores->n; i++) {
		dsv_buf_addstr(&out->buf, i ? "\n       " : "\ndata   ");
		dsv_out_shown(out, stores->items[i].url);
		if (!stores->items[i].push)
			dsv_buf_addstr(&out->buf, "  read only");
	}
	if (!stores->n)
		dsv_buf_addstr(&out->buf, "\ndata   no store is known");
	else
		dsv_buf_addf(&out->buf, "\nsaid   by %s",
			     stores->origin == DSV_STORE_CONFIG
				     ? "git's configuration"
			     : stores->origin == DSV_STORE_FILE
				     ? ".dsv/store.yaml"
				     : "default");
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct name_args *args = argp;
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct told told = {.stores = DSV_DATA_STORES_INIT};
	int rc = dsv_sharing_remotes(ctx->repo, &names);

	if (rc == 0 && dsv_strlist_find(&names, args->name) < 0)
		return dsv_fail(DSV_ENOTFOUND, "no remote '%s'", args->name);
	if (rc == 0 && ctx->out->json) {
		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.remote/1");
		rc = dsv_jline_close(ctx->out);
	}
	if (rc == 0)
		rc = read_remote(ctx, args->name, &told);
	if (rc == 0)
		rc = ctx->out->json ? tell_json(ctx->out, &told)
				    : show_human(ctx->out, &told);
	told_release(&told);
	return rc;
}

static const struct dsv_cmd show_cmd = {
	.name = "remote show",
	.brief = "one remote: its address and where its data is",
	.opts = show_opts,
	.args_size = sizeof(struct name_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = show_run,
};

static const struct dsv_cmd *const remote_subs[] = {
	&list_cmd, &add_cmd, &remove_cmd, &show_cmd, NULL,
};

const struct dsv_cmd dsv_cmd_remote = {
	.name = "remote",
	.group = DSV_GROUP_SHARE,
	.brief = "other repositories, and where their data is",
	.subs = remote_subs,
};
