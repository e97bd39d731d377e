#include "repo/revlist.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/map.h"
#include "repo/private.h"

/* Hidden commits read on after no other is left in the queue, for clocks that
 * go wrong; git's own number (revision.c, SLOP). */
#define SLOP 5u

#define SHALLOW_LIMIT ((size_t)64 << 20)

struct node {
	struct dsv_oid oid;
	int64_t time;
	size_t parents; /* place of the first in list->edges */
	size_t n_parents;
	size_t children; /* not yet given; used for the topological order */
	bool hidden;
	bool queued;
	bool listed;
};

struct dsv_revlist {
	struct dsv_repo *repo;
	unsigned flags;
	struct node *nodes;
	size_t n_nodes;
	size_t cap_nodes;
	size_t *edges;
	size_t n_edges;
	size_t cap_edges;
	struct dsv_map numbers; /* oid -> number of the node + 1 */
	size_t *heap;
	size_t n_heap;
	size_t cap_heap;
	size_t n_shown; /* in the heap and not hidden */
	bool hides;
	bool limited; /* found[] holds all, in order */
	size_t *found;
	size_t n_found;
	size_t cap_found;
	size_t at;
};

bool dsv_repo_is_shallow_at(struct dsv_repo *repo, const struct dsv_oid *oid)
{
	char *path DSV_AUTO(str) = NULL;
	char hex[DSV_OID_HEX];

	if (!repo->shallow_known) {
		repo->shallow_known = true;
		path = dsv_fs_join(repo->common_dir, "shallow");
		if (dsv_fs_exists(path) &&
		    dsv_fs_read(path, SHALLOW_LIMIT, &repo->shallow) < 0)
			dsv_buf_reset(&repo->shallow);
	}
	return repo->shallow.len &&
	       strstr(repo->shallow.data, dsv_oid_hex(oid, hex));
}

/* The younger goes first; of one age, the one that was met first. */
static bool before(const struct dsv_revlist *list, size_t a, size_t b)
{
	int64_t x = list->nodes[a].time;
	int64_t y = list->nodes[b].time;

	return x != y ? x > y : a < b;
}

static void heap_swap(struct dsv_revlist *list, size_t i, size_t k)
{
	size_t kept = list->heap[i];

	list->heap[i] = list->heap[k];
	list->heap[k] = kept;
}

static void heap_push(struct dsv_revlist *list, size_t number)
{
	size_t i = list->n_heap++;

	DSV_GROW(list->heap, list->cap_heap, list->n_heap);
	list->heap[i] = number;
	while (i && before(list, list->heap[i], list->heap[(i - 1) / 2])) {
		heap_swap(list, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static size_t heap_pop(struct dsv_revlist *list)
{
	size_t top = list->heap[0];
	size_t i = 0;
	size_t best;

	list->heap[0] = list->heap[--list->n_heap];
	for (;;) {
		best = i;
		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < list->n_heap &&
			    before(list, list->heap[k], list->heap[best]))
				best = k;
		if (best == i)
			return top;
		heap_swap(list, i, best);
		i = best;
	}
}

/* The number of a commit, which is not read yet where it is new. */
static size_t number_of(struct dsv_revlist *list, const struct dsv_oid *oid)
{
	struct dsv_map_entry *entry =
		dsv_map_put(&list->numbers, oid->bytes, DSV_OID_SIZE);

	if (!entry->value) {
		DSV_GROW(list->nodes, list->cap_nodes, list->n_nodes + 1);
		list->nodes[list->n_nodes++] = (struct node){.oid = *oid};
		entry->value = list->n_nodes;
	}
	return (size_t)entry->value - 1;
}

static void take_parents(struct dsv_revlist *list, size_t number,
			 git_commit *commit)
{
	unsigned n = git_commit_parentcount(commit);
	struct dsv_oid oid;
	size_t parent;

	if (dsv_repo_is_shallow_at(list->repo, &list->nodes[number].oid))
		n = 0;
	list->nodes[number].parents = list->n_edges;
	list->nodes[number].n_parents = n;
	DSV_GROW(list->edges, list->cap_edges, list->n_edges + n);
	for (unsigned i = 0; i < n; i++) {
		dsv_oid_of_git(&oid, git_commit_parent_id(commit, i));
		parent = number_of(list, &oid);
		list->edges[list->n_edges++] = parent;
	}
}

static int enqueue(struct dsv_revlist *list, size_t number)
{
	git_commit *commit DSV_AUTO(git_commit) = NULL;
	struct node *node = &list->nodes[number];
	char hex[DSV_OID_HEX];
	git_oid oid;
	int rc;

	if (node->queued)
		return 0;
	dsv_oid_to_git(&oid, &node->oid);
	rc = git_commit_lookup(&commit, list->repo->git, &oid);
	if (rc < 0)
		return dsv_git_fail(rc, "commit '%s'",
				    dsv_oid_hex(&node->oid, hex));
	node->queued = true;
	node->time = git_commit_time(commit);
	list->n_shown += !node->hidden;
	take_parents(list, number, commit);
	heap_push(list, number);
	return 0;
}

static bool is_waiting(const struct dsv_revlist *list, size_t number)
{
	return list->nodes[number].queued && !list->nodes[number].listed;
}

/* With all that was met of what it comes from. */
static void hide(struct dsv_revlist *list, size_t number)
{
	size_t *stack = NULL;
	size_t n = 0;
	size_t cap = 0;
	const struct node *node;

	DSV_GROW(stack, cap, 1);
	stack[n++] = number;
	while (n) {
		number = stack[--n];
		if (list->nodes[number].hidden)
			continue;
		list->n_shown -= is_waiting(list, number);
		list->nodes[number].hidden = true;
		node = &list->nodes[number];
		if (!node->queued)
			continue;
		DSV_GROW(stack, cap, n + node->n_parents);
		for (size_t i = 0; i < node->n_parents; i++)
			stack[n++] = list->edges[node->parents + i];
	}
	free(stack);
}

/* What is queued was read, so its parents are known, one step ahead of the
 * queue: as far as git sees. */
static void hide_parents(struct dsv_revlist *list, size_t number)
{
	const size_t at = list->nodes[number].parents;

	for (size_t i = 0; i < list->nodes[number].n_parents; i++)
		hide(list, list->edges[at + i]);
}

int dsv_revlist_add(struct dsv_revlist *list, const struct dsv_oid *oid,
		    bool hidden)
{
	size_t number = number_of(list, oid);
	int rc;

	if (hidden) {
		list->hides = true;
		hide(list, number);
	}
	rc = enqueue(list, number);
	if (rc == 0 && hidden)
		hide_parents(list, number);
	return rc;
}

/* Of a hidden commit all parents are hidden, of another the first alone may be
 * asked for. */
static int enqueue_parents(struct dsv_revlist *list, size_t number)
{
	size_t at = list->nodes[number].parents;
	size_t n = list->nodes[number].n_parents;
	bool hidden = list->nodes[number].hidden;
	int rc = 0;

	if (!hidden && n > 1 && list->flags & DSV_REVLIST_FIRST_PARENT)
		n = 1;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (hidden)
			hide(list, list->edges[at + i]);
		rc = enqueue(list, list->edges[at + i]);
		if (rc == 0 && hidden)
			hide_parents(list, list->edges[at + i]);
	}
	return rc;
}

/* The next by time, its parents queued. */
static int step(struct dsv_revlist *list, size_t *out)
{
	size_t number = heap_pop(list);

	list->n_shown -= !list->nodes[number].hidden;
	list->nodes[number].listed = true;
	*out = number;
	return enqueue_parents(list, number);
}

static int run_queue(struct dsv_revlist *list)
{
	int64_t oldest = INT64_MAX;
	unsigned slop = SLOP;
	size_t number;
	int rc;

	while (list->n_heap) {
		if (list->n_shown || list->nodes[list->heap[0]].time >= oldest)
			slop = SLOP;
		else if (!slop--)
			break;
		rc = dsv_cancelled();
		if (rc == 0)
			rc = step(list, &number);
		if (rc < 0)
			return rc;
		if (list->nodes[number].hidden)
			continue;
		oldest = list->nodes[number].time;
		DSV_GROW(list->found, list->cap_found, list->n_found + 1);
		list->found[list->n_found++] = number;
	}
	return 0;
}

/* Some were found to be hidden after they were met. */
static void drop_hidden(struct dsv_revlist *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n_found; i++)
		if (!list->nodes[list->found[i]].hidden)
			list->found[kept++] = list->found[i];
	list->n_found = kept;
}

static size_t shown_parents(const struct dsv_revlist *list,
			    const struct node *node)
{
	return node->n_parents > 1 && list->flags & DSV_REVLIST_FIRST_PARENT
		       ? 1
		       : node->n_parents;
}

/* Kahn's order (1962), the youngest of those whose children were all given. */
static void sort_topologically(struct dsv_revlist *list)
{
	struct node *node;
	size_t n = 0;

	for (size_t i = 0; i < list->n_found; i++) {
		node = &list->nodes[list->found[i]];
		for (size_t k = 0; k < shown_parents(list, node); k++)
			list->nodes[list->edges[node->parents + k]].children++;
	}
	list->n_heap = 0;
	for (size_t i = 0; i < list->n_found; i++)
		if (!list->nodes[list->found[i]].children)
			heap_push(list, list->found[i]);
	while (list->n_heap) {
		list->found[n] = heap_pop(list);
		node = &list->nodes[list->found[n++]];
		for (size_t k = 0; k < shown_parents(list, node); k++) {
			size_t parent = list->edges[node->parents + k];

			if (!--list->nodes[parent].children &&
			    list->nodes[parent].listed &&
			    !list->nodes[parent].hidden)
				heap_push(list, parent);
		}
	}
	list->n_found = n;
}

static void reverse(struct dsv_revlist *list)
{
	for (size_t i = 0; i < list->n_found / 2; i++) {
		size_t kept = list->found[i];

		list->found[i] = list->found[list->n_found - 1 - i];
		list->found[list->n_found - 1 - i] = kept;
	}
}

static int find_all(struct dsv_revlist *list)
{
	int rc;

	rc = run_queue(list);
	if (rc < 0)
		return rc;
	drop_hidden(list);
	sort_topologically(list);
	if (list->flags & DSV_REVLIST_REVERSE)
		reverse(list);
	list->limited = true;
	return 0;
}

int dsv_revlist_next(struct dsv_revlist *list, struct dsv_oid *out)
{
	bool all = list->hides ||
		   list->flags & (DSV_REVLIST_REVERSE | DSV_REVLIST_TOPO);
	size_t number;
	int rc = 0;

	if (all && !list->limited)
		rc = find_all(list);
	if (rc < 0)
		return rc;
	if (all) {
		if (list->at == list->n_found)
			return 0;
		number = list->found[list->at++];
	} else {
		if (!list->n_heap)
			return 0;
		rc = step(list, &number);
		if (rc < 0)
			return rc;
	}
	*out = list->nodes[number].oid;
	return 1;
}

void dsv_revlist_open(struct dsv_revlist **out, struct dsv_repo *repo,
		      unsigned flags)
{
	struct dsv_revlist *list = dsv_alloc_zero(1, sizeof(*list));

	list->repo = repo;
	list->flags = flags;
	*out = list;
}

void dsv_revlist_free(struct dsv_revlist **list)
{
	struct dsv_revlist *it = *list;

	if (!it)
		return;
	free(it->nodes);
	free(it->edges);
	free(it->heap);
	free(it->found);
	dsv_map_release(&it->numbers);
	free(it);
	*list = NULL;
}
