#include "history/blame_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/lineage.h"
#include "repo/revlist.h"

void dsv_blame_sources_release(struct dsv_blame_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		free(sources->items[i].path);
	free(sources->items);
	memset(sources, 0, sizeof(*sources));
}

/* 1: the file is there, under the path it has there. */
static int find_file(struct dsv_blame *blame, const struct dsv_oid *here,
		     const struct dsv_oid *there, const char *path,
		     struct dsv_blame_source *out)
{
	bool back = blame->until.at == DSV_AT_NOTHING;
	struct dsv_version versions[2] = {
		{.at = DSV_AT_COMMIT, .commit = back ? *there : *here},
		{.at = DSV_AT_COMMIT, .commit = back ? *here : *there},
	};
	struct dsv_lineage lineage = {
		.repo = blame->repo,
		.sets = &blame->sets,
		.from = versions[0],
		.to = versions[1],
	};
	int rc = dsv_tree_entry(blame->repo, &versions[!back], path,
				&out->entry);

	if (rc < 0)
		return rc;
	out->commit = *there;
	if (S_ISREG(out->entry.mode)) {
		out->path = dsv_strdup(path);
		return 1;
	}
	return dsv_lineage_find(&lineage, path, back, &out->path, &out->entry);
}

static int add_neighbours(struct dsv_blame *blame, const struct dsv_oid *commit,
			  const char *path, struct dsv_blame_sources *out);

static int add_file(struct dsv_blame *blame, const struct dsv_oid *here,
		    const struct dsv_oid *there, const char *path,
		    struct dsv_blame_sources *out)
{
	struct dsv_blame_source source = {0};
	int rc = find_file(blame, here, there, path, &source);

	if (rc <= 0)
		return rc;
	if (!dsv_blame_is_unreadable(blame, &source.entry)) {
		DSV_GROW(out->items, out->cap, out->n + 1);
		out->items[out->n++] = source;
		return 0;
	}
	dsv_blame_note_unreadable(blame, there, source.path, &source.entry);
	rc = add_neighbours(blame, there, source.path, out);
	free(source.path);
	return rc;
}

static int add_parents(struct dsv_blame *blame, const struct dsv_oid *commit,
		       const char *path, struct dsv_blame_sources *out)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	int rc;

	if (blame->since.at == DSV_AT_COMMIT &&
	    !dsv_map_get(&blame->range, commit->bytes, DSV_OID_SIZE)) {
		out->end = DSV_BLAME_SINCE;
		return 0;
	}
	if (dsv_repo_is_shallow_at(blame->repo, commit)) {
		out->end = DSV_BLAME_SHALLOW;
		return 0;
	}
	rc = dsv_commit_info_read(blame->repo, commit, &info);
	for (size_t i = 0; rc == 0 && i < info.n_parents; i++)
		rc = add_file(blame, commit, &info.parents[i], path, out);
	return rc;
}

static int add_neighbours(struct dsv_blame *blame, const struct dsv_oid *commit,
			  const char *path, struct dsv_blame_sources *out)
{
	const struct dsv_map_entry *next;

	if (blame->until.at == DSV_AT_NOTHING)
		return add_parents(blame, commit, path, out);
	next = dsv_map_get(&blame->onward, commit->bytes, DSV_OID_SIZE);
	if (!next)
		return 0;
	out->next = blame->onward_oids[next->value];
	out->has_next = true;
	return add_file(blame, commit, &out->next, path, out);
}

int dsv_blame_parents(struct dsv_blame *blame, const struct dsv_oid *commit,
		      const char *path, struct dsv_blame_sources *out)
{
	return add_neighbours(blame, commit, path, out);
}

/* The comparison failed: because of a side that cannot be read? */
static int judge(struct dsv_blame *blame, const struct dsv_blame_source *from,
		 const struct dsv_blame_source *to, int rc)
{
	char *message DSV_AUTO(str) = dsv_strdup(dsv_error_message());
	char *hint DSV_AUTO(str) =
		dsv_error_hint() ? dsv_strdup(dsv_error_hint()) : NULL;
	int bad;

	if (rc == DSV_ECANCELLED || rc == DSV_EUSAGE)
		return rc;
	bad = dsv_blame_try_read(blame, from->path, &from->entry);
	if (bad == 0)
		bad = dsv_blame_try_read(blame, to->path, &to->entry);
	if (bad != 0)
		return bad;
	dsv_fail(rc, "%s", message);
	return hint ? dsv_hint(rc, "%s", hint) : rc;
}

/* A change list does not hold the bytes of what could not be read as a record,
 * and these alone tell two such lines apart. */
static bool needs_bytes(const struct dsv_file_diff *file)
{
	const struct dsv_diff_summary *summary = file->summary;

	for (size_t i = 0; file->list && i < summary->n_issues; i++)
		if (summary->issues[i].issue &
		    (DSV_ISSUE_NOT_JSON | DSV_ISSUE_TOO_LONG))
			return true;
	return false;
}

static int compare_lists(struct dsv_blame *blame,
			 const struct dsv_blame_source *from,
			 const struct dsv_blame_source *to,
			 struct dsv_file_diff *out)
{
	bool use_cache = blame->step.use_cache;
	int rc = dsv_step_compare(&blame->step, to->path, &from->entry,
				  &to->entry, out);

	if (rc < 0 || !needs_bytes(out))
		return rc;
	dsv_file_diff_reset(out);
	blame->step.use_cache = false;
	rc = dsv_step_compare(&blame->step, to->path, &from->entry, &to->entry,
			      out);
	blame->step.use_cache = use_cache;
	return rc;
}

int dsv_blame_compare(struct dsv_blame *blame,
		      const struct dsv_blame_source *from,
		      const struct dsv_blame_source *to,
		      struct dsv_file_diff *out)
{
	const struct dsv_diff_summary *summary;
	int rc = compare_lists(blame, from, to, out);

	if (rc < 0)
		return judge(blame, from, to, rc);
	summary = dsv_file_diff_summary(out);
	for (size_t i = 0; summary && i < summary->n_issues; i++) {
		const struct dsv_issue_line *line = &summary->issues[i];
		const struct dsv_blame_source *side = line->to ? to : from;

		dsv_blame_note_issue(blame, &side->commit, side->path,
				     &side->entry, line->issue, line->count);
	}
	return 0;
}

static uint32_t state_of(struct dsv_blame *blame,
			 const struct dsv_blame_source *source)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_map_entry *entry;

	dsv_buf_add(&name, source->commit.bytes, DSV_OID_SIZE);
	dsv_buf_addstr(&name, source->path);
	entry = dsv_map_put(&blame->states_by, name.data, name.len);
	if (entry->value)
		return (uint32_t)entry->value - 1;
	DSV_GROW(blame->states, blame->states_cap, blame->n_states + 1);
	blame->states[blame->n_states++] = (struct dsv_blame_state){
		.commit = source->commit,
		.path = dsv_strdup(source->path),
		.entry = source->entry,
	};
	entry->value = blame->n_states;
	return (uint32_t)blame->n_states - 1;
}

static bool same_entry(const struct dsv_entry *a, const struct dsv_entry *b)
{
	return dsv_oid_equal(&a->blob, &b->blob);
}

/* An edge that leads back in time is read as the change from there to here;
 * one that leads on, the other way round, so that both find one list. */
static int compare_edge(struct dsv_blame *blame, uint32_t number,
			const struct dsv_blame_source *there)
{
	const struct dsv_blame_edge *edge = &blame->edges[number];
	const struct dsv_blame_state *state = &blame->states[edge->from];
	struct dsv_blame_source here = {
		.commit = state->commit,
		.path = state->path,
		.entry = state->entry,
	};
	bool back = blame->until.at == DSV_AT_NOTHING;
	struct dsv_file_diff file;
	int rc = dsv_blame_compare(blame, back ? there : &here,
				   back ? &here : there, &file);

	/* what lacks the key on both sides holds nothing that is asked for */
	if (rc == DSV_EUSAGE && edge->from > 0) {
		dsv_error_clear();
		blame->edges[number].kind = DSV_EDGE_NONE;
		return 0;
	}
	if (rc != 0)
		return rc;
	rc = dsv_blame_take_changes(blame, number, &file);
	dsv_file_diff_reset(&file);
	return rc;
}

/* 1: all that is here passes, so later parents need not be asked. */
static int add_edge(struct dsv_blame *blame, uint32_t from,
		    const struct dsv_blame_source *source)
{
	uint32_t to = state_of(blame, source);
	uint32_t number = (uint32_t)blame->n_edges;
	struct dsv_blame_state *state = &blame->states[from];
	size_t events = blame->n_events;

	DSV_GROW(blame->edges, blame->edges_cap, blame->n_edges + 1);
	blame->edges[blame->n_edges++] = (struct dsv_blame_edge){
		.from = from,
		.to = to,
		.kind = DSV_EDGE_ALL,
	};
	state->n_edges++;
	if (!same_entry(&source->entry, &state->entry)) {
		int rc = compare_edge(blame, number, source);

		/* 1 here: begin again */
		if (rc != 0)
			return rc < 0 ? rc : 2;
	}
	return blame->edges[number].kind == DSV_EDGE_ALL ||
	       (blame->edges[number].kind == DSV_EDGE_SOME &&
		blame->n_events == events);
}

static int expand(struct dsv_blame *blame, uint32_t number)
{
	struct dsv_blame_sources sources = {0};
	struct dsv_blame_state *state = &blame->states[number];
	int rc = dsv_cancelled();

	if (rc == 0)
		rc = dsv_blame_parents(blame, &state->commit, state->path,
				       &sources);
	state->expanded = true;
	state->end = sources.end;
	state->next = sources.next;
	state->has_next = sources.has_next;
	state->first_edge = (uint32_t)blame->n_edges;
	for (size_t i = 0; i < sources.n && rc == 0; i++)
		rc = add_edge(blame, number, &sources.items[i]);
	dsv_blame_sources_release(&sources);
	return rc == 1 ? 0 : rc;
}

/* Depth first, so that a state is done when all that it leads to is. */
struct frame {
	uint32_t state;
	uint32_t edge;
};

static int explore(struct dsv_blame *blame)
{
	struct dsv_blame_source first = {
		.commit = blame->rev.commit,
		.path = blame->path,
	};
	struct frame *stack = NULL;
	size_t cap = 0;
	size_t n = 0;
	uint32_t done = 0;
	int rc;

	rc = dsv_tree_entry(blame->repo, &blame->rev, blame->path,
			    &first.entry);
	if (rc < 0)
		return rc;
	DSV_GROW(stack, cap, ++n);
	stack[0] = (struct frame){.state = state_of(blame, &first)};
	rc = expand(blame, 0);
	while (n > 0 && rc == 0) {
		struct frame *top = &stack[n - 1];
		const struct dsv_blame_state *state =
			&blame->states[top->state];
		const struct dsv_blame_edge *edge;

		if (top->edge == state->n_edges) {
			blame->states[top->state].rank = done++;
			n--;
			continue;
		}
		edge = &blame->edges[state->first_edge + top->edge++];
		if (edge->kind == DSV_EDGE_NONE ||
		    blame->states[edge->to].expanded)
			continue;
		DSV_GROW(stack, cap, ++n);
		stack[n - 1] = (struct frame){.state = edge->to};
		rc = expand(blame, edge->to);
	}
	free(stack);
	return rc;
}

void dsv_blame_forget(struct dsv_blame *blame)
{
	for (size_t i = 0; i < blame->n_states; i++)
		free(blame->states[i].path);
	for (size_t i = 0; i < blame->n_units; i++)
		free(blame->units[i].ends);
	blame->n_states = blame->n_edges = blame->n_events = 0;
	blame->n_units = blame->n_chains = 0;
	blame->any_shared = false;
	dsv_map_release(&blame->states_by);
	dsv_map_release(&blame->keys);
	dsv_map_release(&blame->values);
}

int dsv_blame_explore(struct dsv_blame *blame)
{
	int rc;

	do {
		dsv_blame_forget(blame);
		rc = explore(blame);
	} while (rc > 0);
	if (rc == 0)
		dsv_blame_order(blame);
	return rc;
}
