#include "history/blame_private.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

/* The longest way along first edges, from a state that is on none yet. */
static void lay_chain(struct dsv_blame *blame, uint32_t state)
{
	uint32_t place = 0;

	DSV_GROW(blame->chain_ends, blame->chains_cap, blame->n_chains + 1);
	for (;;) {
		struct dsv_blame_state *at = &blame->states[state];
		const struct dsv_blame_edge *edge;

		at->chain = (uint32_t)blame->n_chains + 1;
		at->place = place++;
		blame->chain_ends[blame->n_chains] = state;
		if (at->n_edges == 0)
			break;
		edge = &blame->edges[at->first_edge];
		if (edge->kind == DSV_EDGE_NONE ||
		    blame->states[edge->to].chain)
			break;
		state = edge->to;
	}
	blame->n_chains++;
}

/* The blamed state was done last, so it has the highest number so far. States
 * that only a closed edge leads to were never looked at. */
void dsv_blame_order(struct dsv_blame *blame)
{
	uint32_t n = (uint32_t)blame->n_states;
	uint32_t top = blame->states[0].rank;
	uint32_t *by_rank = dsv_alloc_zero(n + 1, sizeof(*by_rank));

	for (uint32_t i = 0; i < n; i++) {
		struct dsv_blame_state *state = &blame->states[i];

		if (!state->expanded)
			continue;
		state->rank = top - state->rank;
		by_rank[state->rank] = i;
	}
	for (uint32_t i = 0; i <= top; i++)
		if (!blame->states[by_rank[i]].chain)
			lay_chain(blame, by_rank[i]);
	free(by_rank);
}

static int by_place(const void *ap, const void *bp)
{
	const struct dsv_blame_stop *a = ap;
	const struct dsv_blame_stop *b = bp;

	if (a->chain != b->chain)
		return a->chain < b->chain ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return a->edge < b->edge ? -1 : a->edge > b->edge;
}

static void gather(struct dsv_blame *blame, const struct dsv_blame_unit *unit,
		   bool nothing_passes)
{
	uint32_t number = unit ? unit->events : 0;

	while (number > 0) {
		const struct dsv_blame_event *event =
			&blame->events[number - 1];
		const struct dsv_blame_state *state =
			&blame->states[blame->edges[event->edge].from];

		DSV_GROW(blame->stops, blame->stops_cap, blame->n_stops + 1);
		blame->stops[blame->n_stops++] = (struct dsv_blame_stop){
			.chain = state->chain,
			.place = state->place,
			.edge = event->edge,
			.nothing = nothing_passes,
			.excess = event->excess,
		};
		number = event->next;
	}
}

static void sort_stops(struct dsv_blame *blame)
{
	if (blame->n_stops > 1)
		qsort(blame->stops, blame->n_stops, sizeof(*blame->stops),
		      by_place);
}

/* The first stop at or behind a state on its chain; n_stops: none. */
static size_t next_stop(const struct dsv_blame *blame, uint32_t at)
{
	const struct dsv_blame_state *state = &blame->states[at];
	size_t low = 0;
	size_t high = blame->n_stops;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct dsv_blame_stop *stop = &blame->stops[mid];

		if (stop->chain < state->chain ||
		    (stop->chain == state->chain && stop->place < state->place))
			low = mid + 1;
		else
			high = mid;
	}
	if (low < blame->n_stops && blame->stops[low].chain != state->chain)
		low = blame->n_stops;
	return low;
}

/* The state where it has to be asked which way to go. */
static uint32_t run_ahead(const struct dsv_blame *blame, uint32_t at,
			  size_t *out_stop)
{
	const struct dsv_blame_edge *edge;

	*out_stop = next_stop(blame, at);
	if (*out_stop == blame->n_stops)
		return blame->chain_ends[blame->states[at].chain - 1];
	edge = &blame->edges[blame->stops[*out_stop].edge];
	return edge->from;
}

/* What a key, or a value of it, meets at an edge. */
struct gate {
	bool nothing;
	int64_t excess;
};

static struct gate gate_of(const struct dsv_blame *blame, size_t stop,
			   uint32_t edge)
{
	struct gate gate = {.nothing =
				    blame->edges[edge].kind == DSV_EDGE_NONE};
	uint32_t from = blame->edges[edge].from;

	for (; stop < blame->n_stops; stop++) {
		const struct dsv_blame_stop *at = &blame->stops[stop];

		if (blame->edges[at->edge].from != from)
			break;
		if (at->edge != edge)
			continue;
		gate.nothing |= at->nothing;
		gate.excess += at->excess;
	}
	return gate;
}

uint32_t dsv_blame_replay(struct dsv_blame *blame,
			  const struct dsv_blame_unit *unit)
{
	uint32_t at = 0;

	blame->n_stops = 0;
	gather(blame, unit, true);
	sort_stops(blame);
	for (;;) {
		size_t stop;
		uint32_t i, first, end;

		at = run_ahead(blame, at, &stop);
		first = i = blame->states[at].first_edge;
		end = first + blame->states[at].n_edges;
		while (i < end && gate_of(blame, stop, i).nothing)
			i++;
		if (i == end)
			return at;
		at = blame->edges[i].to;
	}
}

/* Copies on their way, each as one of the equal records of its state. So many
 * as the other side has of them pass, in file order; two may come to the same
 * record by two ways. */
struct herd {
	struct dsv_blame *blame;
	struct dsv_blame_unit *unit;
	uint32_t *at;	/* the state of each copy */
	int64_t *nth;	/* which of the equal records there it is */
	int64_t *there; /* how many its state has in all */
	bool *done;
};

static void run_copies(struct herd *herd, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < herd->unit->copies; i++)
		if (!herd->done[i] && herd->at[i] == from)
			herd->at[i] = to;
}

static void pass_copy(struct herd *herd, uint32_t copy, size_t stop)
{
	struct dsv_blame *blame = herd->blame;
	const struct dsv_blame_state *state = &blame->states[herd->at[copy]];
	uint32_t end = state->first_edge + state->n_edges;

	for (uint32_t edge = state->first_edge; edge < end; edge++) {
		struct gate gate = gate_of(blame, stop, edge);
		int64_t there = herd->there[copy] - gate.excess;

		if (gate.nothing)
			continue;
		if (herd->nth[copy] < there) {
			herd->at[copy] = blame->edges[edge].to;
			herd->there[copy] = there;
			return;
		}
		herd->nth[copy] -= there;
	}
	herd->done[copy] = true;
}

static void pass_copies(struct herd *herd, uint32_t state, size_t stop)
{
	for (uint32_t i = 0; i < herd->unit->copies; i++)
		if (!herd->done[i] && herd->at[i] == state)
			pass_copy(herd, i, stop);
}

/* The copy whose state comes first; copies: all are done. */
static uint32_t first_copy(const struct herd *herd)
{
	const struct dsv_blame_state *states = herd->blame->states;
	uint32_t best = herd->unit->copies;

	for (uint32_t i = 0; i < herd->unit->copies; i++)
		if (!herd->done[i] &&
		    (best == herd->unit->copies ||
		     states[herd->at[i]].rank < states[herd->at[best]].rank))
			best = i;
	return best;
}

void dsv_blame_replay_copies(struct dsv_blame *blame,
			     const struct dsv_blame_unit *key,
			     struct dsv_blame_unit *unit)
{
	uint32_t n = unit->copies;
	struct herd herd = {
		.blame = blame,
		.unit = unit,
		.at = dsv_alloc_zero(n, sizeof(*herd.at)),
		.nth = dsv_alloc_zero(n, sizeof(*herd.nth)),
		.there = dsv_alloc_zero(n, sizeof(*herd.there)),
		.done = dsv_alloc_zero(n, sizeof(*herd.done)),
	};
	uint32_t copy;

	blame->n_stops = 0;
	gather(blame, key, true);
	gather(blame, unit, false);
	sort_stops(blame);
	for (uint32_t i = 0; i < n; i++) {
		herd.nth[i] = i;
		herd.there[i] = n;
	}
	while ((copy = first_copy(&herd)) < n) {
		size_t stop;
		uint32_t from = herd.at[copy];
		uint32_t to = run_ahead(blame, from, &stop);

		if (to != from)
			run_copies(&herd, from, to);
		else
			pass_copies(&herd, to, stop);
	}
	unit->ends = herd.at;
	free(herd.nth);
	free(herd.there);
	free(herd.done);
}
