#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/guideline.h"

struct show_args {
	const char *id;
	const char *rev;
};

static const struct dsv_opt show_opts[] = {
	DSV_OPT_JSON,
	DSV_ARG("ID", struct show_args, id, DSV_COMPLETE_NONE),
	DSV_ARG_MAYBE("REV", struct show_args, rev, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct shown {
	const char *version;
	struct dsv_guideline_text text;
	struct dsv_strlist datasets;
};

static void view_head(struct dsv_out *out, const struct shown *shown)
{
	const struct dsv_guideline *front = &shown->text.front;
	struct dsv_buf sets DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_out_styled(out, DSV_BOLD, "%s %s", front->id, front->version);
	dsv_buf_addf(&out->buf, "  %s", front->status);
	if (front->effective)
		dsv_buf_addf(&out->buf, " from %s", front->effective);
	dsv_buf_addf(&out->buf, "  %s  ", front->path);
	dsv_out_shown(out, shown->version);
	dsv_guideline_join(&sets, &shown->datasets);
	dsv_buf_addf(&out->buf, "\nlabels dataset%s: %s\n",
		     shown->datasets.n == 1 ? "" : "s", dsv_buf_str(&sets));
}

static void add_head(struct dsv_table *table, const char *const names[3])
{
	size_t i;

	for (i = 0; i < 3 && names[i]; i++)
		dsv_table_text(table, names[i], DSV_DIM);
}

static int view_labels(struct dsv_out *out, const struct dsv_rules *rules)
{
	static const char *const head[3] = {"label", "definition", NULL};
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("ls");
	size_t i;

	if (!rules->n_labels)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	add_head(&table, head);
	for (i = 0; i < rules->n_labels; i++) {
		dsv_table_text(&table, rules->labels[i].label, DSV_BOLD);
		dsv_table_text(&table, rules->labels[i].definition, DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static int view_rules(struct dsv_out *out, const struct dsv_rules *rules)
{
	static const char *const head[3] = {"rule", "label", "when"};
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lls");
	size_t i;

	if (!rules->n_rules)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	add_head(&table, head);
	for (i = 0; i < rules->n_rules; i++) {
		dsv_table_text(&table, rules->rules[i].rule, DSV_BOLD);
		dsv_table_text(&table, rules->rules[i].label, DSV_PLAIN);
		dsv_table_text(&table, rules->rules[i].when, DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static int view_examples(struct dsv_out *out, const struct dsv_rules *rules)
{
	static const char *const head[3] = {"label", "rule", "example"};
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lls");
	size_t i;

	if (!rules->n_examples)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	add_head(&table, head);
	for (i = 0; i < rules->n_examples; i++) {
		dsv_table_text(&table, rules->examples[i].label, DSV_BOLD);
		dsv_table_text(&table, rules->examples[i].rule, DSV_PLAIN);
		dsv_table_text(&table, rules->examples[i].example, DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static int show_human(struct dsv_out *out, void *result)
{
	const struct shown *shown = result;
	int rc;

	view_head(out, shown);
	if ((rc = view_labels(out, &shown->text.rules)) < 0 ||
	    (rc = view_rules(out, &shown->text.rules)) < 0)
		return rc;
	return view_examples(out, &shown->text.rules);
}

static int json_row(struct dsv_out *out, const char *type,
		    const char *const names[3], const char *const texts[3],
		    unsigned line)
{
	size_t i;

	dsv_jline_open(out, type);
	for (i = 0; i < 3 && names[i]; i++)
		dsv_jline_text(out, names[i], texts[i]);
	dsv_jline_count(out, "line", line);
	return dsv_jline_close(out);
}

static int json_rows(struct dsv_out *out, const struct dsv_rules *rules)
{
	static const char *const label[3] = {"label", "definition", NULL};
	static const char *const rule[3] = {"rule", "when", "label"};
	static const char *const example[3] = {"example", "label", "rule"};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < rules->n_labels; i++) {
		const struct dsv_rules_label *it = &rules->labels[i];
		const char *const texts[3] = {it->label, it->definition};

		rc = json_row(out, "label", label, texts, it->line);
	}
	for (i = 0; rc == 0 && i < rules->n_rules; i++) {
		const struct dsv_rules_rule *it = &rules->rules[i];
		const char *const texts[3] = {it->rule, it->when, it->label};

		rc = json_row(out, "rule", rule, texts, it->line);
	}
	for (i = 0; rc == 0 && i < rules->n_examples; i++) {
		const struct dsv_rules_example *it = &rules->examples[i];
		const char *const texts[3] = {it->example, it->label, it->rule};

		rc = json_row(out, "example", example, texts, it->line);
	}
	return rc;
}

static int show_json(struct dsv_out *out, void *result)
{
	const struct shown *shown = result;
	const struct dsv_guideline *front = &shown->text.front;
	char hex[DSV_ID_HEX];
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.guideline-show/1");
	dsv_jline_text(out, "version", shown->version);
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "guideline");
	dsv_jline_text(out, "guideline", front->id);
	dsv_jline_text(out, "version", front->version);
	dsv_jline_text(out, "status", front->status);
	dsv_jline_text(out, "effective", front->effective);
	dsv_jline_text(out, "path", front->path);
	dsv_jline_text(out, "sha256", dsv_id_hex(&front->digest, hex));
	dsv_jline_list(out, "datasets", &shown->datasets);
	rc = dsv_jline_close(out);
	return rc < 0 ? rc : json_rows(out, &shown->text.rules);
}

static const struct dsv_view show_view = {show_human, show_json};

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct show_args *args = argp;
	struct shown shown = {0};
	struct dsv_version version;
	int rc = dsv_guideline_at(ctx, args->rev, &version, &shown.version);

	if (rc == 0)
		rc = dsv_guideline_text_read(&shown.text, ctx->repo, &version,
					     args->id);
	if (rc == 0)
		rc = dsv_guideline_datasets(ctx, &version, args->id,
					    &shown.datasets);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &show_view, &shown);
	dsv_guideline_text_release(&shown.text);
	dsv_strlist_release(&shown.datasets);
	return rc;
}

const struct dsv_cmd dsv_cmd_guideline_show = {
	.name = "guideline show",
	.brief = "labels, rules and examples of a guideline",
	.about = "Of the work tree, or of REV.",
	.opts = show_opts,
	.args_size = sizeof(struct show_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = show_run,
};
