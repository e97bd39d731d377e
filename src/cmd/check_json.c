#include "cmd/check_view.h"

static void version_text(struct dsv_out *out, const char *name,
			 const struct dsv_version *version)
{
	char hex[DSV_OID_HEX];

	dsv_jline_text(out, name,
		       version->at == DSV_AT_COMMIT
			       ? dsv_oid_hex(&version->commit, hex)
			       : NULL);
}

static void id_text(struct dsv_out *out, const char *name,
		    const struct dsv_id *id, bool is_set)
{
	char hex[DSV_ID_HEX];

	dsv_jline_text(out, name, is_set ? dsv_id_hex(id, hex) : NULL);
}

static int show_header(struct dsv_out *out, const struct dsv_verdict *verdict)
{
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.check/1");
	dsv_jline_text(out, "target", verdict->target);
	version_text(out, "base", &verdict->base);
	version_text(out, "head", &verdict->head);
	id_text(out, "policy", &verdict->policy, verdict->has_policy);
	return dsv_jline_close(out);
}

static int show_dataset(struct dsv_out *out,
			const struct dsv_verdict_dataset *set)
{
	static const struct dsv_id none;

	dsv_jline_open(out, "dataset");
	dsv_jline_text(out, "dataset", set->name);
	id_text(out, "snapshot", &set->snapshot,
		!dsv_id_equal(&set->snapshot, &none));
	id_text(out, "base", &set->base, !dsv_id_equal(&set->base, &none));
	dsv_jline_flag(out, "changed", set->changed);
	return dsv_jline_close(out);
}

static int show_item(struct dsv_out *out, const struct dsv_verdict_item *item)
{
	dsv_jline_open(out, "requirement");
	dsv_jline_text(out, "dataset", item->dataset[0] ? item->dataset : NULL);
	dsv_jline_text(out, "requirement",
		       item->line ? dsv_requires_name(item->kind) : NULL);
	dsv_jline_text(out, "name", item->name);
	dsv_jline_text(out, "answer", dsv_answer_state_name(item->state));
	dsv_jline_text(out, "found", item->found);
	dsv_jline_text(out, "next", item->next);
	if (item->line)
		dsv_jline_count(out, "policy_line", item->line);
	return dsv_jline_close(out);
}

int dsv_check_view_json(struct dsv_out *out, void *result)
{
	const struct dsv_verdict *verdict = result;
	int rc = show_header(out, verdict);

	for (size_t i = 0; rc == 0 && i < verdict->n_datasets; i++)
		rc = show_dataset(out, &verdict->datasets[i]);
	for (size_t i = 0; rc == 0 && i < verdict->n; i++)
		rc = show_item(out, &verdict->items[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_flag(out, "passed", !verdict->refused);
	dsv_jline_count(out, "missing", verdict->n_missing);
	dsv_jline_count(out, "errors", verdict->n_errors);
	return dsv_jline_close(out);
}
