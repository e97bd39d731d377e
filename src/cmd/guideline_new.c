#include <dsv/guideline_edit.h>

#include <string.h>

#include <dsv/dataset.h>
#include <dsv/labels.h>

#include "cmd/guideline.h"

struct new_args {
	const char *id;
	const char *dataset;
	struct dsv_strlist labels;
};

static const struct dsv_opt new_opts[] = {
	DSV_OPT_STR('d', "from-dataset", "NAME", struct new_args, dataset,
		    "a row for each label that stands in its data"),
	DSV_OPT_LIST('l', "with-label", "LABEL", struct new_args, labels,
		     "a row for this label"),
	DSV_OPT_JSON,
	DSV_ARG("ID", struct new_args, id, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

#define LABELS_MAX 500u /* more different values are no labels */

static int no_dataset(const struct dsv_datasets *sets, const char *name)
{
	struct dsv_buf all DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	for (i = 0; i < sets->n; i++)
		dsv_buf_addf(&all, "%s%s", i ? ", " : "", sets->items[i].name);
	dsv_fail(DSV_ENOTFOUND, "no dataset '%s'", name);
	if (sets->n)
		return dsv_hint(DSV_ENOTFOUND, "there are: %s",
				dsv_buf_str(&all));
	return dsv_hint(DSV_ENOTFOUND, "dsv track FILE");
}

static int take_values(const struct dsv_label_group *group,
		       struct dsv_strlist *out)
{
	size_t i, k;

	for (i = 0; i < group->n_tables; i++) {
		const struct dsv_label_table *table = &group->tables[i];

		if (table->n_values > LABELS_MAX)
			return dsv_fail(DSV_EUSAGE,
					"'%s' of '%s' has more than %u values",
					table->name, group->dataset,
					LABELS_MAX);
		for (k = 0; k < table->n_values; k++)
			if (!table->values[k].is_null &&
			    dsv_strlist_find(out, table->values[k].value) < 0)
				dsv_strlist_add(out, table->values[k].value);
	}
	return 0;
}

/* The labels of the work tree's data, the most frequent first. */
static int read_labels(struct dsv_ctx *ctx, const char *dataset,
		       struct dsv_strlist *out)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_labels labels DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_labels_opts opts = {.version = {.at = DSV_AT_WORKTREE},
				       .paths = &paths};
	const struct dsv_dataset *set;
	size_t i;
	int rc = dsv_datasets_read(&sets, ctx->repo, &opts.version);

	if (rc < 0)
		return rc;
	set = dsv_datasets_named(&sets, dataset);
	if (!set)
		return no_dataset(&sets, dataset);
	for (i = 0; i < set->files.n; i++) {
		struct dsv_buf glob DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addf(&glob, ":(top,glob)%s", set->files.items[i]);
		dsv_strlist_add(&paths, dsv_buf_str(&glob));
	}
	rc = dsv_labels_read(&labels, ctx->repo, &opts);
	for (i = 0; rc == 0 && i < labels.n; i++)
		if (labels.groups[i].dataset &&
		    !strcmp(labels.groups[i].dataset, dataset))
			rc = take_values(&labels.groups[i], out);
	return rc;
}

static int new_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct new_args *args = argp;
	struct dsv_strlist labels DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	dsv_strlist_copy(&labels, &args->labels);
	if (args->dataset)
		rc = read_labels(ctx, args->dataset, &labels);
	if (rc == 0)
		rc = dsv_guideline_create(ctx->repo, args->id, &labels);
	if (rc < 0)
		return rc;
	dsv_buf_addf(&path, "guidelines/%s.md", args->id);
	if (ctx->out->json) {
		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.guideline-new/1");
		rc = dsv_jline_close(ctx->out);
		dsv_jline_open(ctx->out, "guideline");
		dsv_jline_text(ctx->out, "guideline", args->id);
		dsv_jline_text(ctx->out, "path", dsv_buf_str(&path));
		dsv_jline_text(ctx->out, "version", "1.0.0");
		dsv_jline_list(ctx->out, "labels", &labels);
		return rc < 0 ? rc : dsv_jline_close(ctx->out);
	}
	dsv_buf_addf(&ctx->out->buf, "wrote %s, draft 1.0.0, %zu label%s\n",
		     dsv_buf_str(&path), labels.n, labels.n == 1 ? "" : "s");
	dsv_buf_addf(&ctx->out->buf,
		     "next: fill it in, then dsv guideline lint %s\n",
		     args->id);
	return dsv_out_line(ctx->out);
}

const struct dsv_cmd dsv_cmd_guideline_new = {
	.name = "guideline new",
	.brief = "write the frame of a guideline",
	.about = "guidelines/ID.md, a draft 1.0.0 with tables of labels, rules "
		 "and examples.",
	.opts = new_opts,
	.args_size = sizeof(struct new_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = new_run,
};
