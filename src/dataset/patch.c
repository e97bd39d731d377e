#include "dataset/patch.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/buf.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "dataset/pieces.h"

#define RUN_MAX	   (1024u * 1024u) /* bytes handed on at once */
#define LET_GO_MIN (4u * 1024u * 1024u)
#define MAX_PIECES 8u
/* what a record has whose quotes may reach to the end of the content */
#define NO_END (DSV_ISSUE_BAD_QUOTING | DSV_ISSUE_TOO_LONG)

/* Bytes to be handed on: of the content, or of `text` (data NULL). */
struct piece {
	const char *data;
	size_t at; /* in text */
	size_t len;
};

struct patch {
	struct dsv_stream stream;
	struct dsv_patch_opts opts;
	struct dsv_stream *in;
	struct dsv_reader *reader;
	const char *data;
	size_t len;
	uint64_t base; /* of data in the content */
	size_t at;     /* data is handed on up to here */
	size_t passed; /* and not needed any more up to here */
	const char *line_end;
	struct dsv_patched patched;
	struct dsv_buf text;
	struct piece pieces[MAX_PIECES];
	size_t n_pieces;
	size_t next_piece;
	/* the content has no line end at its end: each one waits until
	 * something follows */
	bool unended;
	const char *owed; /* a line end that waits, or NULL */
	bool cr;	  /* \r alone is a line end */
	/* the last record is dropped as far as the next one begins, since
	 * where it ends is not known */
	bool dropping;
	size_t doubtful; /* where a record began that may not end; len: none */
	bool any;	 /* byte was handed on */
	bool header_done;
	bool ended;
};

/* Of the line end at `at`, with a \r that the content ends with. */
static size_t line_end_len(const struct patch *patch, size_t at)
{
	if (at >= patch->len)
		return 0;
	if (patch->data[at] != '\r')
		return patch->data[at] == '\n';
	if (at + 1 < patch->len && patch->data[at + 1] == '\n')
		return 2;
	return patch->cr || at + 1 == patch->len;
}

static void push_run(struct patch *patch, size_t end)
{
	if (end > patch->at)
		patch->pieces[patch->n_pieces++] = (struct piece){
			.data = patch->data + patch->at,
			.len = end - patch->at,
		};
	patch->at = end;
}

static void push_text(struct patch *patch, const char *text, size_t len)
{
	if (len == 0)
		return;
	patch->pieces[patch->n_pieces++] = (struct piece){
		.at = patch->text.len,
		.len = len,
	};
	dsv_buf_add(&patch->text, text, len);
}

static void push_put_in(struct patch *patch, const struct dsv_put_in *records)
{
	push_text(patch, dsv_buf_str(&records->bytes), records->bytes.len);
}

/* Behind the last record of a content that has none. */
static void push_line_end(struct patch *patch)
{
	const char *end = patch->line_end;

	if (patch->len > 0 && patch->data[patch->len - 1] == '\r')
		end = "\n"; /* half of it is there */
	push_text(patch, end, strlen(end));
}

/* The new bytes of a record, which keeps its own line end; one that was within
 * its quotes comes back. */
static void push_instead(struct patch *patch, size_t end, size_t behind)
{
	const struct dsv_buf *bytes = &patch->patched.instead.bytes;
	size_t len = bytes->len;

	if (end < patch->len || patch->unended)
		len -= strlen(patch->line_end);
	push_text(patch, dsv_buf_str(bytes), len);
	patch->at = patch->unended && behind == patch->len ? behind : end;
}

static bool ends(const struct patch *patch, const char *data, size_t len)
{
	const struct dsv_format *format = patch->opts.reading->format;

	return format->step(format->step(0, data, len), "\n", 1) == 0;
}

/* Quotes that nothing closes reach to the end of the content: what would be
 * put behind them would be within them. */
static bool is_open(const struct patch *patch)
{
	size_t begin = patch->doubtful;

	return begin < patch->len &&
	       !ends(patch, patch->data + begin, patch->len - begin);
}

/* Records that are put in must not swallow what comes behind them. */
static bool is_closed(const struct patch *patch,
		      const struct dsv_put_in *records)
{
	return !records->bytes.len ||
	       ends(patch, records->bytes.data, records->bytes.len);
}

static int refuse_put(const struct patch *patch)
{
	return dsv_fail(DSV_ECORRUPT,
			"%s: a record whose quotes are not closed cannot be "
			"put in",
			dsv_source_name(patch->opts.source));
}

static int refuse_open(const struct patch *patch)
{
	return dsv_fail(DSV_ECORRUPT,
			"%s: nothing can be put behind the last record, whose "
			"quotes are not closed",
			dsv_source_name(patch->opts.source));
}

static size_t begin_of(const struct patch *patch,
		       const struct dsv_record *record)
{
	return (size_t)(record->offset - patch->base);
}

static int carry_out(struct patch *patch, const struct dsv_record *record)
{
	struct dsv_patched *patched = &patch->patched;
	size_t begin = begin_of(patch, record);
	size_t end = begin + record->source_len;
	size_t behind;
	bool stays = patched->fate == DSV_FATE_KEEP ||
		     (patched->fate == DSV_FATE_REPLACE &&
		      patched->instead.bytes.len);
	bool known = !(record->issues & DSV_ISSUE_TOO_LONG);

	if (!known &&
	    (patched->fate == DSV_FATE_REPLACE || patched->after.bytes.len))
		return dsv_fail(DSV_ECORRUPT, "%s:%llu: the record is too long",
				dsv_source_name(patch->opts.source),
				(unsigned long long)record->line);
	if (!is_closed(patch, &patched->before) ||
	    !is_closed(patch, &patched->instead) ||
	    !is_closed(patch, &patched->after))
		return refuse_put(patch);
	push_run(patch, begin);
	push_put_in(patch, &patched->before);
	patch->dropping = !known && patched->fate == DSV_FATE_DROP;
	if (!known)
		return 0;
	behind = end + line_end_len(patch, end);
	if (!stays)
		patch->at = behind;
	else if (patched->fate == DSV_FATE_REPLACE)
		push_instead(patch, end, behind);
	if (patched->fate != DSV_FATE_KEEP)
		patch->doubtful = patch->len;
	if (!patched->after.bytes.len)
		return 0;
	if (is_open(patch))
		return refuse_open(patch);
	push_run(patch, behind);
	if (behind == patch->len && stays && patch->unended)
		push_line_end(patch);
	push_put_in(patch, &patched->after);
	return 0;
}

static void reset_patched(struct dsv_patched *patched)
{
	patched->fate = DSV_FATE_KEEP;
	dsv_buf_reset(&patched->before.bytes);
	dsv_buf_reset(&patched->instead.bytes);
	dsv_buf_reset(&patched->after.bytes);
}

static bool is_untouched(const struct dsv_patched *patched)
{
	return patched->fate == DSV_FATE_KEEP && !patched->before.bytes.len &&
	       !patched->after.bytes.len;
}

static int can_append(const struct patch *patch)
{
	if (patch->reader->format->has_header &&
	    !dsv_reader_columns(patch->reader)->n)
		return dsv_fail(DSV_ECORRUPT, "%s has no header",
				dsv_source_name(patch->opts.source));
	if (!is_closed(patch, &patch->patched.before))
		return refuse_put(patch);
	return is_open(patch) ? refuse_open(patch) : 0;
}

static int put_end(struct patch *patch)
{
	struct dsv_put_in *records = &patch->patched.before;
	bool tail;
	int rc = 0;

	if (patch->dropping)
		patch->at = patch->doubtful = patch->len;
	reset_patched(&patch->patched);
	if (patch->opts.end)
		rc = patch->opts.end(patch->opts.ctx,
				     dsv_reader_columns(patch->reader),
				     records);
	if (rc == 0 && records->bytes.len)
		rc = can_append(patch);
	if (rc < 0)
		return rc;
	tail = patch->len > patch->at;
	push_run(patch, patch->len);
	/* a line end that waits stands in front of the tail */
	if (records->bytes.len && patch->unended &&
	    (tail || (patch->any && !patch->owed)))
		push_line_end(patch);
	push_put_in(patch, records);
	patch->ended = true;
	return 0;
}

/* The header's own record: read as a row, since a reader keeps only names. */
static int read_first(struct patch *patch, struct dsv_reader **out,
		      struct dsv_stream **in, struct dsv_record *first)
{
	static const char mark[] = "\xef\xbb\xbf";
	const struct dsv_strlist *columns = dsv_reader_columns(patch->reader);
	struct dsv_reader_opts opts = {.columns = columns};
	int rc;

	if (patch->len >= 3 && memcmp(patch->data, mark, 3) == 0)
		opts.offset = 3;
	dsv_stream_of_memory(in, patch->data + opts.offset,
			     patch->len - (size_t)opts.offset);
	rc = dsv_reader_open(out, patch->reader->format, *in, &opts);
	return rc < 0 ? rc : dsv_reader_next(*out, first);
}

static int put_header(struct patch *patch)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record first;
	int rc;

	patch->header_done = true;
	if (!patch->opts.header || !patch->reader->format->has_header)
		return 0;
	rc = read_first(patch, &reader, &in, &first);
	if (rc <= 0)
		return rc;
	rc = patch->opts.header(patch->opts.ctx, &first,
				dsv_reader_columns(patch->reader), &text);
	if (rc <= 0)
		return rc;
	push_run(patch, (size_t)first.offset);
	push_text(patch, dsv_buf_str(&text), text.len);
	patch->at = (size_t)first.offset + first.source_len;
	return 0;
}

/* What was handed on lies behind. */
static void let_go(struct patch *patch)
{
	size_t len = patch->at - patch->passed;

	if (len < LET_GO_MIN)
		return;
	dsv_source_pass(patch->opts.source, patch->passed, len);
	patch->passed = patch->at;
}

/* Note what the end of the content must know of its last record. */
static void note_record(struct patch *patch, const struct dsv_record *record)
{
	if (patch->dropping)
		patch->at = begin_of(patch, record);
	patch->dropping = false;
	patch->doubtful = patch->len;
	if (record->issues & NO_END)
		patch->doubtful = begin_of(patch, record);
}

/* Go on to the next change, or so far that a run is worth handing on. */
static int work(struct patch *patch)
{
	struct dsv_patched *patched = &patch->patched;
	struct dsv_record record;
	int rc;

	patch->n_pieces = patch->next_piece = 0;
	dsv_buf_reset(&patch->text);
	let_go(patch);
	if (!patch->header_done)
		return put_header(patch);
	reset_patched(patched);
	for (;;) {
		rc = dsv_reader_next(patch->reader, &record);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return put_end(patch);
		note_record(patch, &record);
		rc = patch->opts.decide(patch->opts.ctx, &record,
					dsv_reader_columns(patch->reader),
					patched);
		if (rc < 0)
			return rc;
		if (!is_untouched(patched))
			return carry_out(patch, &record);
		if (begin_of(patch, &record) - patch->at >= RUN_MAX) {
			push_run(patch, begin_of(patch, &record));
			return dsv_cancelled();
		}
	}
}

/* A line end at the end of the piece waits. */
static void hold_line_end(struct patch *patch, const char *data, size_t *len)
{
	size_t n = *len;

	if (n > 0 && data[n - 1] == '\n') {
		patch->owed = n > 1 && data[n - 2] == '\r' ? "\r\n" : "\n";
	} else if (n > 0 && patch->cr && data[n - 1] == '\r') {
		patch->owed = "\r";
	} else {
		return;
	}
	*len = n - strlen(patch->owed);
}

/* 1 with the next piece, 0 when none is left. */
static int take_piece(struct patch *patch, const char **out, size_t *out_len)
{
	while (patch->next_piece < patch->n_pieces) {
		const struct piece *piece = &patch->pieces[patch->next_piece];

		if (patch->owed) {
			*out = patch->owed;
			*out_len = strlen(patch->owed);
			patch->owed = NULL;
			return 1;
		}
		patch->next_piece++;
		*out = piece->data ? piece->data : patch->text.data + piece->at;
		*out_len = piece->len;
		if (patch->unended)
			hold_line_end(patch, *out, out_len);
		patch->any |= *out_len > 0;
		if (*out_len)
			return 1;
	}
	return 0;
}

static int patch_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct patch *patch = (struct patch *)in;
	int rc;

	while (!take_piece(patch, out, out_len)) {
		if (patch->ended)
			return 0;
		rc = work(patch);
		if (rc < 0)
			return rc;
	}
	return 1;
}

static void patch_free(struct dsv_stream *in)
{
	struct patch *patch = (struct patch *)in;

	dsv_reader_free(&patch->reader);
	dsv_stream_free(&patch->in);
	dsv_buf_release(&patch->patched.before.bytes);
	dsv_buf_release(&patch->patched.instead.bytes);
	dsv_buf_release(&patch->patched.after.bytes);
	dsv_buf_release(&patch->text);
	free(patch);
}

/* That of the first line which is not within quotes; in a JSON line there are
 * none. */
static const char *first_line_end(const struct patch *patch)
{
	bool quoted = false;
	bool csv = patch->cr;

	for (size_t i = 0; i < patch->len; i++) {
		char c = patch->data[i];

		if (csv && c == '"')
			quoted = !quoted;
		else if (!quoted && c == '\n')
			return "\n";
		else if (!quoted && c == '\r' && line_end_len(patch, i) == 2)
			return "\r\n";
		else if (!quoted && csv && c == '\r')
			return "\r";
	}
	return "\n";
}

static bool has_last_line_end(const struct patch *patch)
{
	char last = patch->len ? patch->data[patch->len - 1] : 0;

	return last == '\n' || (patch->cr && last == '\r');
}

int dsv_patch_stream(struct dsv_stream **out, const struct dsv_patch_opts *opts)
{
	const struct dsv_format *format = opts->reading->format;
	const struct dsv_patch_part whole = {.line = 1};
	const struct dsv_patch_part *at = opts->part ? opts->part : &whole;
	struct dsv_reader_opts how = {.only = opts->only,
				      .columns = at->columns,
				      .offset = at->offset,
				      .line = at->line};
	struct patch *patch;
	struct dsv_stream *stream DSV_AUTO(stream) = NULL;
	int rc;

	if (!format->by_line || !format->has_fields)
		return dsv_fail(DSV_EUNSUPPORTED,
				"the records of a %s file cannot be edited",
				format->name);
	patch = dsv_alloc_zero(1, sizeof(*patch));
	stream = &patch->stream;
	stream->next = patch_next;
	stream->free = patch_free;
	patch->opts = *opts;
	patch->base = at->offset;
	patch->header_done = at->columns != NULL;
	rc = dsv_source_map(opts->source, &patch->data, &patch->len);
	if (rc < 0)
		return rc;
	dsv_pieces_open(&patch->in, patch->data, patch->len, false);
	rc = dsv_reader_open(&patch->reader, format, patch->in, &how);
	if (rc < 0)
		return rc;
	patch->cr = format->has_header;
	patch->doubtful = patch->reader->issues & NO_END ? 0 : patch->len;
	patch->line_end = at->line_end ? at->line_end : first_line_end(patch);
	patch->unended = patch->len > 0 && !has_last_line_end(patch);
	patch->patched.before.line_end = patch->line_end;
	patch->patched.instead.line_end = patch->line_end;
	patch->patched.after.line_end = patch->line_end;
	*out = dsv_take(&stream);
	return 0;
}

const struct dsv_strlist *dsv_patch_columns(const struct dsv_stream *stream,
					    const char **out_line_end)
{
	*out_line_end = ((const struct patch *)stream)->line_end;
	return dsv_reader_columns(((const struct patch *)stream)->reader);
}
