#ifndef DATASET_PATCH_H
#define DATASET_PATCH_H

#include <dsv/buf.h>
#include <dsv/record.h>

#include "base/stream.h"
#include "dataset/reading.h"
#include "dataset/source.h"

/*
 * A content with some of its records dropped, replaced, or with others put
 * between them, as a stream: everything else keeps its bytes, its order and
 * its line ends.
 *
 * The content is read once, with bounded memory. For each record `decide` says
 * what becomes of it; bytes are handed on in runs as long as nothing changes,
 * so an untouched record costs its reading alone.
 *
 * A record that is put in gets the line end of the first line of the content
 * (LF where it has none). A content without a line end at its end stays so.
 */
enum dsv_fate { DSV_FATE_KEEP, DSV_FATE_DROP, DSV_FATE_REPLACE };

/* Records to be put in, each followed by the content's line end. */
struct dsv_put_in {
	struct dsv_buf bytes;
	const char *line_end; /* set before a callback is called */
};

static inline void dsv_put_in_add(struct dsv_put_in *records,
				  const char *record, size_t len)
{
	dsv_buf_add(&records->bytes, record, len);
	dsv_buf_addstr(&records->bytes, records->line_end);
}

struct dsv_patched {
	enum dsv_fate fate;
	struct dsv_put_in before;  /* in front of the record... */
	struct dsv_put_in instead; /* ...in its place (REPLACE)... */
	struct dsv_put_in after;   /* ...and behind it */
};

/* A part of a content, from between two records to between two others, or to
 * the end. */
struct dsv_patch_part {
	uint64_t offset; /* of its first byte in the content */
	uint64_t line;
	/* known so far, those of the header among them; NULL: the content
	 * begins here */
	const struct dsv_strlist *columns;
	const char *line_end; /* of the content; NULL: its first one is here */
};

struct dsv_patch_opts {
	const struct dsv_reading *reading;
	struct dsv_source *source; /* borrowed until the stream is freed */
	/* source holds a part alone; NULL: the whole content */
	const struct dsv_patch_part *part;
	/* columns that decide must see; NULL: all (dsv_reader_opts.only) */
	const struct dsv_strlist *only;
	/** The header as it shall be, without line end, into out; 0 leaves it
	 * as it is, 1 takes out. NULL: it stays. `first` is its record. */
	int (*header)(void *ctx, const struct dsv_record *first,
		      const struct dsv_strlist *columns, struct dsv_buf *out);
	/** out comes with KEEP and empty buffers. */
	int (*decide)(void *ctx, const struct dsv_record *record,
		      const struct dsv_strlist *columns,
		      struct dsv_patched *out);
	/** Records to put behind the last one. NULL: none. */
	int (*end)(void *ctx, const struct dsv_strlist *columns,
		   struct dsv_put_in *out);
	void *ctx;
};

/**
 * The patched bytes. A failing callback ends the stream with its code.
 *
 * A record too long to be read (DSV_ISSUE_TOO_LONG) can be kept or dropped;
 * blank lines behind it go with it. The stream fails with DSV_ECORRUPT where
 * something else is asked of it, and where a record would be put within quotes
 * that nothing closes, has such quotes itself, or would become the header of a
 * content that has none.
 *
 * @error  DSV_EUNSUPPORTED  a format whose records are not lines
 */
int dsv_patch_stream(struct dsv_stream **out,
		     const struct dsv_patch_opts *opts);

/** The columns that such a stream knows so far, and what it puts behind
 * records. */
const struct dsv_strlist *dsv_patch_columns(const struct dsv_stream *stream,
					    const char **out_line_end);

#endif
