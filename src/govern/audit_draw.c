#include "govern/audit_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "govern/population.h"
#include "govern/sample.h"

static void add_name(struct dsv_watch *watch, const char *name)
{
	char *folded DSV_AUTO(str) = dsv_strdup(name);

	for (char *p = folded; *p; p++)
		*p |= *p >= 'A' && *p <= 'Z' ? 0x20 : 0;
	dsv_map_put(&watch->names, folded, strlen(folded))->value = watch->n;
}

void dsv_watch_add(struct dsv_watch *watch, const struct dsv_member *member)
{
	watch->people = dsv_realloc(watch->people, watch->n + 1,
				    sizeof(*watch->people));
	watch->people[watch->n++] = member;
	add_name(watch, member->id);
	add_name(watch, member->name);
	for (size_t i = 0; i < member->emails.n; i++)
		add_name(watch, member->emails.items[i]);
}

void dsv_watch_see(struct dsv_watch *watch, const char *text, size_t len,
		   const struct dsv_buf *address)
{
	char folded[256];
	const struct dsv_map_entry *at;

	if (watch->found || len == 0 || len >= sizeof(folded))
		return;
	for (size_t i = 0; i < len; i++)
		folded[i] =
			(char)(text[i] |
			       (text[i] >= 'A' && text[i] <= 'Z' ? 0x20 : 0));
	at = dsv_map_get(&watch->names, folded, len);
	if (!at)
		return;
	watch->found = watch->people[at->value - 1];
	watch->where = dsv_strdup(address->data);
}

void dsv_watch_release(struct dsv_watch *watch)
{
	dsv_map_release(&watch->names);
	free(watch->people);
	free(watch->where);
	*watch = (struct dsv_watch)DSV_WATCH_INIT;
}

/* A record of the sample so far, by the names of its columns. */
struct drawn {
	char *address;
	char *label;
	size_t stratum;
	struct dsv_strlist names, values;
};

static void drawn_free(struct drawn *drawn)
{
	if (!drawn)
		return;
	free(drawn->address);
	free(drawn->label);
	dsv_strlist_release(&drawn->names);
	dsv_strlist_release(&drawn->values);
	free(drawn);
}

struct draw {
	const struct dsv_statement *statement;
	struct dsv_sample sample;
	struct dsv_map strata; /* name: place + 1 */
	struct dsv_watch *watch;
};

static void draw_release(struct draw *draw)
{
	const struct dsv_statement_plan *plan = &draw->statement->plan;

	for (size_t i = 0; draw->sample.strata && i < plan->n_strata; i++)
		for (size_t k = 0; k < draw->sample.strata[i].n; k++)
			drawn_free(draw->sample.strata[i].entries[k].item);
	dsv_sample_release(&draw->sample);
	dsv_map_release(&draw->strata);
}

static struct drawn *copy_record(const struct dsv_population_item *item,
				 size_t stratum)
{
	struct drawn *out = dsv_alloc_zero(1, sizeof(*out));
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	out->address = dsv_strndup(item->address->data, item->address->len);
	out->label = dsv_strdup(item->label);
	out->stratum = stratum;
	for (size_t i = 0; i < item->columns->n; i++) {
		const struct dsv_field *field =
			dsv_record_field(item->record, (long)i);

		if (field->kind == DSV_FIELD_MISSING)
			continue;
		dsv_buf_reset(&text);
		dsv_population_text(&text, field);
		dsv_strlist_add(&out->names, item->columns->items[i]);
		dsv_strlist_addn(&out->values, dsv_buf_str(&text), text.len);
	}
	return out;
}

static int take_record(void *ctx, const struct dsv_population_item *item)
{
	struct draw *draw = ctx;
	const struct dsv_map_entry *at = dsv_map_get(
		&draw->strata, item->stratum, strlen(item->stratum));
	void **slot;

	if (!at)
		return dsv_fail(DSV_EREFUSED,
				"the plan has no stratum '%.64s' that the data "
				"has",
				item->stratum);
	if (draw->watch && item->annotator)
		dsv_watch_see(draw->watch, item->annotator->text,
			      item->annotator->len, item->address);
	slot = dsv_sample_offer(&draw->sample, at->value - 1,
				item->address->data, item->address->len);
	if (!slot)
		return 0;
	drawn_free(*slot);
	*slot = copy_record(item, at->value - 1);
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct drawn *const *x = a;
	const struct drawn *const *y = b;

	return strcmp((*x)->address, (*y)->address);
}

/* The columns of all of them, in the order in which they come up. */
static void join_columns(struct drawn **all, size_t n, struct dsv_map *places,
			 struct dsv_strlist *out)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->names.n; k++) {
			const char *name = all[i]->names.items[k];
			struct dsv_map_entry *at =
				dsv_map_put(places, name, strlen(name));

			if (at->value)
				continue;
			dsv_strlist_add(out, name);
			at->value = out->n;
		}
}

static void fill_record(struct drawn *drawn, const struct dsv_map *places,
			size_t n_columns, struct dsv_audit_record *out)
{
	char **values = dsv_alloc_zero(n_columns + 1, sizeof(*values));

	out->address = dsv_take(&drawn->address);
	out->label = dsv_take(&drawn->label);
	out->stratum = drawn->stratum;
	for (size_t k = 0; k < drawn->names.n; k++) {
		const char *name = drawn->names.items[k];

		values[dsv_map_get(places, name, strlen(name))->value - 1] =
			drawn->values.items[k];
	}
	for (size_t i = 0; i < n_columns; i++)
		dsv_strlist_add(&out->fields, values[i] ? values[i] : "");
	free(values);
}

static void hand_over(struct draw *draw, struct dsv_audit_sample *out)
{
	const struct dsv_statement_plan *plan = &draw->statement->plan;
	struct dsv_map places DSV_AUTO(map) = DSV_MAP_INIT;
	struct drawn **all;
	size_t n = 0;

	all = dsv_alloc_zero((size_t)plan->n + 1, sizeof(struct drawn *));
	for (size_t i = 0; i < plan->n_strata; i++)
		for (size_t k = 0; k < draw->sample.strata[i].n; k++)
			all[n++] = draw->sample.strata[i].entries[k].item;
	if (n > 1)
		qsort(all, n, sizeof(struct drawn *), by_address);
	join_columns(all, n, &places, &out->columns);
	out->items = dsv_alloc_zero(n + 1, sizeof(*out->items));
	for (size_t i = 0; i < n; i++)
		fill_record(all[i], &places, out->columns.n,
			    &out->items[out->n++]);
	free(all);
}

/* Sizes are the data's, and the shares follow from them: who drew had nothing
 * to choose but how many. */
static int check_numbers(const struct draw *draw)
{
	const struct dsv_statement_plan *plan = &draw->statement->plan;
	struct dsv_stratum *again =
		dsv_alloc_zero(plan->n_strata + 1, sizeof(*again));
	const char *fault = NULL;

	for (size_t i = 0; i < plan->n_strata; i++) {
		again[i].size = draw->sample.strata[i].seen;
		if (again[i].size != plan->strata[i].size)
			fault = "the plan counts other records than there are";
	}
	if (!fault &&
	    dsv_sample_allocate(again, plan->n_strata, plan->n) != plan->n)
		fault = "the plan draws more records than there are";
	for (size_t i = 0; !fault && i < plan->n_strata; i++)
		if (again[i].n != plan->strata[i].n)
			fault = "the plan does not draw from its strata by "
				"their size";
	free(again);
	return fault ? dsv_fail(DSV_EREFUSED, "%s", fault) : 0;
}

static int set_up(struct draw *draw)
{
	const struct dsv_statement_plan *plan = &draw->statement->plan;

	if (plan->n > DSV_AUDIT_ROWS_MAX ||
	    plan->n_strata > DSV_AUDIT_STRATA_MAX)
		return dsv_fail(DSV_ERANGE, "the plan draws too many records, "
					    "or from too many strata");
	for (size_t i = 0; i < plan->n_strata; i++) {
		const char *name = plan->strata[i].name;

		dsv_map_put(&draw->strata, name, strlen(name))->value = i + 1;
	}
	dsv_sample_init(&draw->sample, plan, &draw->statement->subject);
	return 0;
}

int dsv_audit_draw_at(struct dsv_repo *repo, const struct dsv_statement *plan,
		      const struct dsv_audit_at *at, struct dsv_watch *watch,
		      struct dsv_audit_sample *out)
{
	struct draw draw = {.statement = plan, .watch = watch};
	const struct dsv_population_opts opts = {
		.repo = repo,
		.base = at->base,
		.head = at->head,
		.dataset = plan->dataset,
		.plan = &plan->plan,
	};
	int rc = set_up(&draw);

	if (rc == 0)
		rc = dsv_population_walk(&opts, take_record, &draw);
	if (rc == 0)
		rc = check_numbers(&draw);
	if (rc == 0)
		hand_over(&draw, out);
	draw_release(&draw);
	return rc;
}

int dsv_audit_draw(struct dsv_repo *repo, const struct dsv_statement *plan,
		   struct dsv_audit_sample *out)
{
	struct dsv_audit_finder finder DSV_AUTO(audit_finder) = {.repo = repo};
	struct dsv_audit_at at;
	int rc = dsv_audit_find(&finder, plan, &at);

	return rc < 0 ? rc : dsv_audit_draw_at(repo, plan, &at, NULL, out);
}

void dsv_audit_sample_release(struct dsv_audit_sample *sample)
{
	for (size_t i = 0; i < sample->n; i++) {
		free(sample->items[i].address);
		free(sample->items[i].label);
		dsv_strlist_release(&sample->items[i].fields);
	}
	free(sample->items);
	dsv_strlist_release(&sample->columns);
	*sample = (struct dsv_audit_sample)DSV_AUDIT_SAMPLE_INIT;
}
