#include "format/json_array.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/input.h"
#include "format/json_object.h"
#include "format/scan.h"

/* What is expected next. */
enum place {
	AT_START,   /* the array, behind a byte order mark */
	AT_FIRST,   /* an element or the end of the array */
	AT_NEXT,    /* a comma or the end of the array */
	AT_ELEMENT, /* an element */
	AT_END,	    /* nothing more */
	AT_DONE,    /* reading has ended */
};

struct json_array {
	struct dsv_reader base;
	struct dsv_input input;
	struct dsv_json_object object;
	uint64_t line;
	enum place place;
};

/* Where an element ends: brackets are counted, whatever their kind; whether
 * they match is seen when the element is read. */
struct element {
	struct dsv_ending ending;
	int64_t depth;
	bool in_string;
	bool escaped;
	bool closed;
};

static const char *pass_string(struct element *e, const char *p,
			       const char *end)
{
	if (e->escaped && p < end) {
		e->escaped = false;
		p++;
	}
	p = dsv_find3(p, end, '"', '\\', '"');
	if (p == end)
		return end;
	e->in_string = *p != '"';
	e->escaped = e->in_string;
	e->closed = !e->in_string && e->depth == 0;
	return p + 1;
}

/* The byte at p, outside strings; false: the element ended before it. */
static bool take_byte(struct element *e, char ch)
{
	switch (ch) {
	case '"':
		e->in_string = true;
		return true;
	case '{':
	case '[':
		e->depth++;
		return true;
	case '}':
	case ']':
		if (e->depth == 0)
			return false;
		e->closed = --e->depth == 0;
		return true;
	case ',':
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return e->depth > 0;
	}
	return true;
}

static size_t find_end(struct dsv_ending *ending, const char *data, size_t len,
		       bool *out_found)
{
	struct element *e = (struct element *)ending;
	const char *end = data + len;
	const char *p = data;

	while (p < end && !e->closed) {
		if (e->in_string)
			p = pass_string(e, p, end);
		else if (take_byte(e, *p))
			p++;
		else
			break;
	}
	*out_found = e->closed || p < end;
	return (size_t)(p - data);
}

static size_t find_none(struct dsv_ending *ending, const char *data, size_t len,
			bool *out_found)
{
	(void)ending;
	(void)data;
	*out_found = false;
	return len;
}

static uint64_t count_lf(const char *p, size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += p[i] == '\n';
	return n;
}

/* To the next byte that is no blank; 0 at the end of the content. */
static int pass_blanks(struct json_array *array)
{
	struct dsv_input *input = &array->input;
	int rc;

	while ((rc = dsv_input_fill(input)) > 0) {
		const char *p = dsv_json_blanks(input->at, input->end);

		array->line += count_lf(input->at, (size_t)(p - input->at));
		dsv_input_skip(input, (size_t)(p - input->at));
		if (p < input->end)
			return 1;
	}
	return rc;
}

static int pass_bom(struct json_array *array)
{
	static const char bom[] = "\xef\xbb\xbf";
	int rc = 1;

	for (size_t i = 0; i < 3 && rc > 0; i++) {
		rc = dsv_input_fill(&array->input);
		if (rc > 0 && *array->input.at != bom[i])
			return 1;
		if (rc > 0)
			dsv_input_skip(&array->input, 1);
	}
	return rc;
}

static void open_record(struct json_array *array, struct dsv_record *out)
{
	*out = (struct dsv_record){
		.source = "",
		.offset = array->input.offset,
		.line = array->line,
	};
}

static int gather(struct json_array *array, struct dsv_ending *ending,
		  struct dsv_record *out)
{
	struct dsv_gathered gathered;
	int rc;

	rc = dsv_input_gather(&array->input, ending, &gathered);
	if (rc < 0)
		return rc;
	array->line += gathered.lf;
	out->source = gathered.data;
	out->source_len = gathered.len;
	if (gathered.too_long)
		out->issues |= DSV_ISSUE_TOO_LONG;
	return 1;
}

/* The rest of the content is not what it should be: one record without
 * fields, so that nothing is lost without a word. */
static int read_rest(struct json_array *array, struct dsv_record *out)
{
	struct dsv_ending ending = {find_none};
	int rc;

	array->place = AT_DONE;
	open_record(array, out);
	out->issues = DSV_ISSUE_NOT_JSON;
	rc = dsv_input_fill(&array->input);
	if (rc <= 0)
		return rc < 0 ? rc : 1;
	return gather(array, &ending, out);
}

static int read_element(struct json_array *array, struct dsv_record *out)
{
	struct element first = {.ending = {find_end}};
	struct element again = first;
	struct dsv_input *input = &array->input;
	bool found;
	size_t len;
	int rc = 1;

	len = find_end(&first.ending, input->at,
		       (size_t)(input->end - input->at), &found);
	if (len == 0)
		return read_rest(array, out);
	array->place = AT_NEXT;
	open_record(array, out);
	if (found && len <= DSV_RECORD_MAX) {
		out->source = input->at;
		out->source_len = len;
		array->line += count_lf(input->at, len);
		dsv_input_skip(input, len);
	} else {
		rc = gather(array, &again.ending, out);
	}
	if (rc > 0 && !(out->issues & DSV_ISSUE_TOO_LONG))
		dsv_json_object_read(&array->object, out->source,
				     out->source_len, out);
	return rc;
}

/* What follows the byte at hand, -1: it should not stand here. */
static int place_behind(enum place place, char ch)
{
	if (place == AT_START)
		return ch == '[' ? AT_FIRST : -1;
	if (place == AT_FIRST)
		return ch == ']' ? AT_END : AT_ELEMENT;
	if (place == AT_NEXT && ch == ']')
		return AT_END;
	return place == AT_NEXT && ch == ',' ? AT_ELEMENT : -1;
}

static int array_next(struct dsv_reader *reader, struct dsv_record *out)
{
	struct json_array *array = (struct json_array *)reader;
	int rc;

	while (array->place != AT_DONE) {
		enum place place = array->place;
		int next;

		rc = pass_blanks(array);
		if (rc < 0)
			return rc;
		if (rc == 0 && (place == AT_START || place == AT_END))
			return 0;
		if (rc == 0)
			return read_rest(array, out);
		if (place == AT_ELEMENT)
			return read_element(array, out);
		next = place_behind(place, *array->input.at);
		if (next < 0)
			return read_rest(array, out);
		array->place = (enum place)next;
		if (place != AT_FIRST || next == AT_END)
			dsv_input_skip(&array->input, 1);
	}
	return 0;
}

static void array_free(struct dsv_reader *reader)
{
	struct json_array *array = (struct json_array *)reader;

	dsv_input_release(&array->input);
	dsv_json_object_release(&array->object);
	free(array);
}

static int array_open(struct dsv_reader **out, const struct dsv_format *format,
		      struct dsv_stream *in, const struct dsv_reader_opts *opts)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct json_array *array = dsv_alloc_zero(1, sizeof(*array));
	int rc;

	reader = &array->base;
	reader->format = format;
	reader->next = array_next;
	reader->free = array_free;
	if (opts->columns)
		dsv_strlist_copy(&reader->columns, opts->columns);
	array->line = opts->line;
	dsv_input_init(&array->input, in, opts->offset);
	dsv_json_object_init(&array->object, &reader->columns, opts->only);
	rc = pass_bom(array);
	if (rc < 0)
		return rc;
	*out = dsv_take(&reader);
	return 0;
}

static const char *const extensions[] = {".json", NULL};

const struct dsv_format dsv_format_json = {
	.name = "json",
	.extensions = extensions,
	.has_fields = true,
	.nested = true,
	.scan_version = 1,
	.open = array_open,
};
