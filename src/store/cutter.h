#ifndef STORE_CUTTER_H
#define STORE_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where a content is cut into chunks. The bytes alone decide, so an edit moves
 * only the cuts near it.
 *
 * Lines: from the start of a chunk, cut behind the line with the smallest
 * hash among those that end within [A/2, 3A/2], A = 12 KiB. A stretch without a
 * line end in the window is cut by bytes, at the smallest rolling hash. What is
 * left at the end and fits the window is one chunk.
 * Bytes: FastCDC, 16/64/256 KiB.
 */
enum dsv_cut { DSV_CUT_LINES, DSV_CUT_BYTES };

#define DSV_CHUNK_MAX (256u * 1024u) /* no chunk is longer */

/**
 * How far the cut of [data, data + len) reaches from data.
 *
 * @return  bytes of the next chunk, 1 to DSV_CHUNK_MAX; 0: more input is
 *          needed to tell (only when !at_end)
 */
size_t dsv_cut_next(enum dsv_cut cut, const char *data, size_t len,
		    bool at_end);

/** As many bytes from where a chunk begins tell where it ends. */
size_t dsv_cut_reach(enum dsv_cut cut);

/*
 * What a record format knows of a byte stream while it is cut: the state of
 * its reader. State 0 stands for "a record may begin here". Kept with each
 * chunk, so that a reader can start there.
 */
struct dsv_states {
	uint8_t kind; /* stored in the file map; 0: nothing is known */
	/** The state after len more bytes. */
	uint8_t (*step)(uint8_t state, const char *data, size_t len);
};

#define DSV_STATE_RECORD 0u /* at the start of a record */

/** How a path is cut and scanned: what the store must be told. */
struct dsv_cutting {
	enum dsv_cut cut;
	struct dsv_states scan; /* step NULL: kind 0 */
};

#endif
