#include "history/blame_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

static void free_events(struct dsv_life_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < events[i].n_fields; k++) {
			free(events[i].fields[k].name);
			free(events[i].fields[k].from);
			free(events[i].fields[k].to);
		}
		free(events[i].fields);
	}
	free(events);
}

void dsv_life_release(struct dsv_life *life)
{
	free_events(life->events, life->n);
	dsv_blame_free(&life->blame);
	memset(life, 0, sizeof(*life));
}

static struct dsv_life_event *add_event(struct dsv_life *out)
{
	DSV_GROW(out->events, out->cap, out->n + 1);
	memset(&out->events[out->n], 0, sizeof(*out->events));
	return &out->events[out->n++];
}

static char *text_of(const struct dsv_field *field)
{
	return dsv_field_is_absent(field)
		       ? NULL
		       : dsv_strndup(field->text, field->len);
}

static void add_fields(struct dsv_life_event *event,
		       const struct dsv_change *change, bool labels)
{
	for (size_t i = 0; i < change->n_fields; i++) {
		const struct dsv_field_change *field = &change->fields[i];

		if (field->is_label != labels)
			continue;
		event->fields[event->n_fields++] = (struct dsv_life_field){
			.name = dsv_strdup(field->name),
			.from = text_of(field->from),
			.to = text_of(field->to),
			.is_label = labels,
		};
	}
}

static bool touches(const struct dsv_blame *blame,
		    const struct dsv_change *change)
{
	if (!blame->field || change->op != DSV_CHANGED)
		return true;
	for (size_t i = 0; i < change->n_fields; i++)
		if (strcmp(change->fields[i].name, blame->field) == 0)
			return true;
	return false;
}

/* What one step did to the record. */
static void take_change(struct dsv_blame *blame,
			const struct dsv_change *change, struct dsv_life *out)
{
	static const enum dsv_life_op ops[] = {
		[DSV_ADDED] = DSV_LIFE_ADDED,
		[DSV_REMOVED] = DSV_LIFE_REMOVED,
		[DSV_CHANGED] = DSV_LIFE_CHANGED,
	};
	struct dsv_life_event *event;

	dsv_blame_key(&blame->words.key, change->key, change->n_key);
	if (!dsv_map_get(&blame->wanted, dsv_buf_str(&blame->words.key),
			 blame->words.key.len))
		return;
	event = add_event(out);
	event->op = ops[change->op];
	event->fields =
		dsv_alloc_zero(change->n_fields + 1, sizeof(*event->fields));
	if (!touches(blame, change))
		return;
	add_fields(event, change, true);
	add_fields(event, change, false);
}

static int compare(struct dsv_blame *blame, const struct dsv_blame_source *from,
		   const struct dsv_blame_source *to, struct dsv_life *out)
{
	struct dsv_file_diff file;
	struct dsv_change change;
	int rc;

	if (dsv_oid_equal(&from->entry.blob, &to->entry.blob))
		return 0;
	rc = dsv_blame_compare(blame, from, to, &file);
	if (rc != 0)
		return rc;
	while ((rc = dsv_file_diff_next(&file, &change)) > 0)
		take_change(blame, &change, out);
	dsv_file_diff_reset(&file);
	return rc;
}

/* The parent that is followed, and what the step from it did: nothing where
 * its record is equal. n: none of them. */
static int choose(struct dsv_blame *blame, const struct dsv_blame_source *here,
		  const struct dsv_blame_sources *parents,
		  struct dsv_life *out_step, size_t *out)
{
	int rc = 0;

	*out = 0;
	for (size_t i = 0; i < parents->n && rc == 0; i++) {
		struct dsv_life step = DSV_LIFE_INIT;

		rc = compare(blame, &parents->items[i], here, &step);
		if (rc == 0 && step.n == 0) {
			dsv_life_release(out_step);
			*out = i;
			return 0;
		}
		if (i == 0)
			*out_step = step;
		else
			dsv_life_release(&step);
	}
	return rc;
}

/* Hand the events of a step on under the name of its commit. */
static int take_step(struct dsv_blame *blame, struct dsv_life *step,
		     const struct dsv_blame_source *here,
		     enum dsv_blame_end end, struct dsv_life *out)
{
	struct dsv_blame_origin *origin = NULL;
	int rc = 0;

	for (size_t i = 0; i < step->n && rc == 0; i++) {
		struct dsv_life_event *event = &step->events[i];

		if (event->n_fields == 0)
			continue;
		if (!origin)
			rc = dsv_blame_origin_at(blame, &here->commit,
						 here->path, end, &origin);
		if (rc == 0)
			origin->records++;
		event->origin = origin;
		*add_event(out) = *event;
		memset(event, 0, sizeof(*event));
	}
	dsv_life_release(step);
	return rc;
}

/* Where the way ends the record was added, as far as can be told. */
static int take_end(struct dsv_blame *blame,
		    const struct dsv_blame_source *here, enum dsv_blame_end end,
		    struct dsv_life *out)
{
	struct dsv_blame_source nothing = {.path = here->path};
	struct dsv_life step = DSV_LIFE_INIT;
	int rc = compare(blame, &nothing, here, &step);

	if (rc != 0)
		dsv_life_release(&step);
	return rc != 0 ? rc : take_step(blame, &step, here, end, out);
}

/* 1: go on from *here, which is a parent now; 2: begin again. */
static int go_back(struct dsv_blame *blame, struct dsv_blame_source *here,
		   struct dsv_life *out)
{
	struct dsv_blame_sources parents = {0};
	struct dsv_life step = DSV_LIFE_INIT;
	size_t parent = 0;
	int rc = dsv_blame_parents(blame, &here->commit, here->path, &parents);
	bool more = parents.n > 0;

	if (rc == 0 && !more)
		rc = take_end(blame, here, parents.end, out);
	else if (rc == 0)
		rc = choose(blame, here, &parents, &step, &parent);
	if (rc == 0 && more) {
		rc = take_step(blame, &step, here, DSV_BLAME_CHANGED, out);
		free(here->path);
		*here = parents.items[parent];
		here->path = dsv_strdup(here->path);
	}
	dsv_life_release(&step);
	dsv_blame_sources_release(&parents);
	if (rc == DSV_EUSAGE && out->n > 0) {
		dsv_error_clear();
		return 0;
	}
	return rc > 0 ? 2 : rc < 0 ? rc : more;
}

static int walk(struct dsv_blame *blame, struct dsv_life *out)
{
	struct dsv_blame_source here = {.commit = blame->rev.commit};
	int rc = dsv_tree_entry(blame->repo, &blame->rev, blame->path,
				&here.entry);

	here.path = dsv_strdup(blame->path);
	if (rc == 0)
		rc = 1;
	while (rc == 1) {
		rc = dsv_cancelled();
		if (rc == 0)
			rc = go_back(blame, &here, out);
	}
	free(here.path);
	return rc;
}

static void turn(struct dsv_life *life)
{
	for (size_t i = 0; i + 1 < life->n - i; i++) {
		struct dsv_life_event kept = life->events[i];

		life->events[i] = life->events[life->n - 1 - i];
		life->events[life->n - 1 - i] = kept;
	}
	for (size_t i = 1; i < life->n; i++)
		if (life->events[i].op == DSV_LIFE_ADDED &&
		    life->events[i - 1].op == DSV_LIFE_REMOVED &&
		    life->events[i].origin != life->events[i - 1].origin)
			life->events[i].op = DSV_LIFE_BACK;
}

static int not_there(const struct dsv_blame_opts *opts)
{
	return dsv_fail(DSV_ENOTFOUND, "no version of '%s' has a record '%s'",
			opts->path, opts->keys->items[0]);
}

int dsv_life_read(struct dsv_life *out, struct dsv_repo *repo,
		  const struct dsv_blame_opts *opts)
{
	struct dsv_life life DSV_AUTO(life) = DSV_LIFE_INIT;
	int rc = dsv_blame_prepare(&life.blame, repo, opts);

	if (rc < 0)
		return rc;
	while ((rc = walk(life.blame, &life)) == 2) {
		free_events(life.events, life.n);
		life.events = NULL;
		life.n = life.cap = 0;
	}
	if (rc < 0)
		return rc;
	if (life.n == 0)
		return not_there(opts);
	turn(&life);
	*out = life;
	life = (struct dsv_life)DSV_LIFE_INIT;
	return 0;
}
