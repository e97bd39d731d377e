#ifndef HISTORY_BLAME_PRIVATE_H
#define HISTORY_BLAME_PRIVATE_H

#include <dsv/blame.h>
#include <dsv/where.h>

#include "base/arena.h"
#include "base/map.h"
#include "dataset/place.h"
#include "history/layout.h"
#include "history/step.h"
#include "history/tally.h"

/*
 * The inside of a blame.
 *
 * A state is a file in a commit. An edge leads from it to a state that its
 * records may come from, a parent's (with `until`: a child's), in parent
 * order. First all states are looked at, and of each edge it is kept which
 * records do not pass over it (blame_graph.c, blame_events.c). Then each key
 * that any edge stopped is led from edge to edge to where it ends
 * (blame_replay.c); all other keys go the way of the first edges. Last the
 * records of the blamed version are read and each one looks up its key, by
 * several threads in pieces of the file (blame_pieces.c); one thread takes
 * these in order and says where each record ends (blame.c).
 *
 * Copies of a key that others share are units of key and value: of n equal
 * ones the edge says how many the other side has more or fewer.
 */
enum dsv_edge_kind {
	DSV_EDGE_ALL,  /* the same content */
	DSV_EDGE_NONE, /* nothing passes */
	DSV_EDGE_SOME, /* what has no event */
};

struct dsv_blame_edge {
	uint32_t from; /* states */
	uint32_t to;
	enum dsv_edge_kind kind;
};

struct dsv_blame_state {
	struct dsv_oid commit;
	char *path;
	struct dsv_entry entry;
	uint32_t first_edge;
	uint32_t n_edges;
	enum dsv_blame_end end;
	/* with `until`: the commit that follows, whatever it has there */
	struct dsv_oid next;
	bool has_next;
	bool expanded;
	uint32_t rank; /* no edge leads to a lower one */
	/* the run of first edges that it is part of */
	uint32_t chain;
	uint32_t place;
	uint32_t origin; /* number + 1 */
};

/* Something that does not pass an edge. */
struct dsv_blame_event {
	uint32_t edge;
	uint32_t next;	/* number + 1 of the one before; 0: none */
	int32_t excess; /* of copies: how many more than the other side has */
};

/* What is known of a key, or of a key with a value. */
struct dsv_blame_unit {
	uint32_t events; /* number + 1 of the last one */
	uint32_t last;	 /* state + 1 in which it was stopped last */
	bool shared;	 /* units of key and value tell more */
	bool settled;
	uint32_t end;	 /* state, where copies are not told apart */
	uint32_t copies; /* in the blamed version */
	uint32_t met;	 /* of these, by the reading */
	uint32_t *ends;	 /* a state for each copy */
};

/* An event where it stands in the order of the walk. */
struct dsv_blame_stop {
	uint32_t chain;
	uint32_t place;
	uint32_t edge;
	bool nothing;	/* passes */
	int32_t excess; /* of copies */
};

/* A key, or a key and a value, as bytes that differ where these do. */
struct dsv_blame_words {
	struct dsv_buf key;
	struct dsv_buf scratch;
};

/* Reads records of the blamed version, and finds in them what is asked for.
 * One for each thread. */
struct dsv_blame_eye {
	struct dsv_stream *stream;
	struct dsv_reader *reader;
	struct dsv_place *places; /* NULL: not set up yet */
	struct dsv_field *cells;  /* of the record at hand */
	struct dsv_where where;	  /* borrows its words */
	struct dsv_layout layout;
	size_t n_bound;
	struct dsv_blame_words words;
};

/* A record that was read, and the units that tell where it ends. */
struct dsv_blame_found {
	uint64_t line;
	uint32_t key;	/* number + 1; 0: no edge stopped it */
	uint32_t value; /* the same, of a key that others share */
	bool shown;	/* it is what was asked for */
};

/* A run of records, read by whichever thread is free. */
struct dsv_blame_piece {
	struct dsv_blame *blame;
	struct dsv_blame_eye eye;
	size_t first; /* extents */
	size_t n_extents;
	uint64_t offset;
	uint64_t line; /* of its first byte, from 1 */
	size_t len;
	struct dsv_buf bytes;
	struct dsv_blame_found *found;
	size_t n, cap;
	struct dsv_field *cells; /* n_places of each; lent from bytes, texts */
	size_t cells_cap;
	struct dsv_arena texts;
	struct dsv_buf keys; /* those that are yet to be looked up */
	struct dsv_map_query *queries;
	size_t queries_cap;
	uint64_t *issues; /* by bit */
	size_t at;	  /* those before it have been handed on */
};

struct dsv_unreadable {
	struct dsv_oid blob;
	char *message;
	char *hint;
};

struct dsv_blame {
	struct dsv_repo *repo;
	struct dsv_version rev;
	struct dsv_version since;
	struct dsv_version until;
	char *path;
	char *field;
	bool field_is_label;
	struct dsv_datasets sets;
	struct dsv_reading reading;
	bool strict_labels;
	struct dsv_step step;
	struct dsv_where where;
	struct dsv_map wanted; /* keys as dsv_blame_key() writes them */
	bool choosy;	       /* only wanted ones */

	struct dsv_map states_by; /* commit and path to number + 1 */
	struct dsv_blame_state *states;
	size_t n_states, states_cap;
	struct dsv_blame_edge *edges;
	size_t n_edges, edges_cap;
	struct dsv_blame_event *events;
	size_t n_events, events_cap;
	uint32_t *chain_ends;
	size_t n_chains, chains_cap;
	struct dsv_map range;  /* with `since`: the commits that are followed */
	struct dsv_map onward; /* with `until`: commit to its successor */
	struct dsv_oid *onward_oids;

	struct dsv_map keys; /* to the number of a unit + 1 */
	struct dsv_map values;
	struct dsv_blame_unit *units;
	size_t n_units, units_cap;
	bool any_shared;
	struct dsv_blame_stop *stops;
	size_t n_stops, stops_cap;

	struct dsv_unreadable *unreadable;
	size_t n_unreadable, unreadable_cap;
	struct dsv_map noted; /* blob and issue of each problem */
	struct dsv_blame_problem *problems;
	size_t n_problems, problems_cap;

	struct dsv_blame_origin **origins;
	size_t n_origins, origins_cap;
	struct dsv_blame_info info;

	/* the reading of the records */
	struct dsv_source *source;
	size_t n_places; /* key, labels, field */
	struct dsv_strlist only;
	struct dsv_strlist columns; /* those that were seen so far */
	struct dsv_blame_eye eye;   /* for all records, one by one */
	struct dsv_blame_pieces *pieces;
	struct dsv_blame_piece *piece; /* at hand */
	uint64_t *issues;	       /* of the records, by bit */
	struct dsv_blame_words words;
	uint32_t plain_end; /* of what no edge stopped */
	bool done;
};

/* blame_graph.c */

/** Look at all states; DSV_EIO and the like only. */
int dsv_blame_explore(struct dsv_blame *blame);
void dsv_blame_forget(struct dsv_blame *blame);

/* A file that records may come from. */
struct dsv_blame_source {
	struct dsv_oid commit;
	char *path;
	struct dsv_entry entry;
};

struct dsv_blame_sources {
	struct dsv_blame_source *items;
	size_t n;
	size_t cap;
	enum dsv_blame_end end;
	struct dsv_oid next;
	bool has_next;
};

/** In parent order; versions that cannot be read are stepped over. */
int dsv_blame_parents(struct dsv_blame *blame, const struct dsv_oid *commit,
		      const char *path, struct dsv_blame_sources *out);
void dsv_blame_sources_release(struct dsv_blame_sources *sources);

/**
 * Compare two files; from may be of mode 0.
 *
 * @return  0; 1: one of them turned out to be unreadable, which is noted:
 *          begin again; negative
 */
int dsv_blame_compare(struct dsv_blame *blame,
		      const struct dsv_blame_source *from,
		      const struct dsv_blame_source *to,
		      struct dsv_file_diff *out);

/* blame_problems.c */

bool dsv_blame_is_unreadable(const struct dsv_blame *blame,
			     const struct dsv_entry *entry);
/** 1: it cannot be read, which is kept; 0: it can. */
int dsv_blame_try_read(struct dsv_blame *blame, const char *path,
		       const struct dsv_entry *entry);
/** Name a version that is stepped over, once. */
void dsv_blame_note_unreadable(struct dsv_blame *blame,
			       const struct dsv_oid *commit, const char *path,
			       const struct dsv_entry *entry);
/** Name what is wrong with the records of a version, once. */
void dsv_blame_note_issue(struct dsv_blame *blame, const struct dsv_oid *commit,
			  const char *path, const struct dsv_entry *entry,
			  enum dsv_issue issue, uint64_t count);

/* blame_events.c */

/** A key as bytes that differ where keys do. */
void dsv_blame_key(struct dsv_buf *out, const struct dsv_field *key, size_t n);
/** Keep what does not pass an edge, and set its kind. */
int dsv_blame_take_changes(struct dsv_blame *blame, uint32_t edge,
			   struct dsv_file_diff *file);
/** The unit of the bytes in blame->words.key, or NULL. */
struct dsv_blame_unit *dsv_blame_find(struct dsv_blame *blame,
				      struct dsv_map *map, bool make);
/** Add to words->key what tells the value of a record apart. */
void dsv_blame_add_value(const struct dsv_blame *blame,
			 struct dsv_blame_words *words,
			 const struct dsv_layout *layout,
			 const struct dsv_field *field,
			 const struct dsv_record *record);
/** Two values of the blamed field are equal. */
bool dsv_blame_same(const struct dsv_blame *blame, const struct dsv_field *a,
		    const struct dsv_field *b);

/* blame_replay.c */

/** Ranks and chains, once all states are known. */
void dsv_blame_order(struct dsv_blame *blame);
/** Where a key ends whose copies go together. */
uint32_t dsv_blame_replay(struct dsv_blame *blame,
			  const struct dsv_blame_unit *unit);
/** Where each of unit->copies ends; key holds the events of the key alone. */
void dsv_blame_replay_copies(struct dsv_blame *blame,
			     const struct dsv_blame_unit *key,
			     struct dsv_blame_unit *unit);

/* blame_origin.c */

/** The origin of a state; NULL: nothing happened (with `until`). */
int dsv_blame_origin_of(struct dsv_blame *blame, uint32_t state,
			struct dsv_blame_origin **out);
/** Of a commit itself. */
int dsv_blame_origin_at(struct dsv_blame *blame, const struct dsv_oid *commit,
			const char *path, enum dsv_blame_end end,
			struct dsv_blame_origin **out);

/* blame_eye.c */

void dsv_blame_eye_release(const struct dsv_blame *blame,
			   struct dsv_blame_eye *eye);
/** Begin to read; takes the stream over. opts->columns NULL: the stream begins
 * with the header. */
int dsv_blame_eye_open(const struct dsv_blame *blame, struct dsv_blame_eye *eye,
		       struct dsv_stream *stream,
		       const struct dsv_reader_opts *opts);
/** Find the cells of a record. */
void dsv_blame_eye_look(const struct dsv_blame *blame,
			struct dsv_blame_eye *eye,
			const struct dsv_record *record);
/** The blamed field among the cells of a record, NULL without one. */
const struct dsv_field *dsv_blame_field(const struct dsv_blame *blame,
					const struct dsv_field *cells);
/** The columns to be read, NULL: all; lent. Copies are told apart by all they
 * hold. */
const struct dsv_strlist *dsv_blame_only(struct dsv_blame *blame);
/** All columns are known: those that were asked for are among them. */
int dsv_blame_check_columns(struct dsv_blame *blame);

/* blame_pieces.c */

/** Read the head of the file; what is to be found in the records need not be
 * known yet. */
int dsv_blame_pieces_open(struct dsv_blame *blame);
/** Begin to read all records through blame->eye. */
int dsv_blame_read_all(struct dsv_blame *blame);
/** The next run of records, in order: 1 and blame->piece, 0, negative. */
int dsv_blame_next_piece(struct dsv_blame *blame);
void dsv_blame_pieces_free(struct dsv_blame *blame);

/* blame.c */

/** All but the exploring. */
int dsv_blame_prepare(struct dsv_blame **out, struct dsv_repo *repo,
		      const struct dsv_blame_opts *opts);

#endif
