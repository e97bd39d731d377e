#include "format/lines.h"

#include <string.h>

#include <dsv/record.h>

void dsv_lines_init(struct dsv_lines *lines, struct dsv_stream *in,
		    uint64_t offset, uint64_t line)
{
	dsv_input_init(&lines->input, in, offset);
	lines->next_line = line;
}

void dsv_lines_release(struct dsv_lines *lines)
{
	dsv_input_release(&lines->input);
}

static size_t find_end(struct dsv_ending *ending, const char *data, size_t len,
		       bool *out_found)
{
	const char *lf = memchr(data, '\n', len);

	(void)ending;
	*out_found = lf != NULL;
	return lf ? (size_t)(lf - data) : len;
}

/* The line goes on behind this piece, or is too long. */
static int read_gathered(struct dsv_lines *lines, struct dsv_line *out)
{
	struct dsv_ending ending = {find_end};
	struct dsv_gathered gathered;
	int rc;

	rc = dsv_input_gather(&lines->input, &ending, &gathered);
	if (rc < 0)
		return rc;
	out->text = gathered.data;
	out->len = gathered.len;
	out->too_long = gathered.too_long;
	if (gathered.ended)
		dsv_input_skip(&lines->input, 1);
	return 1;
}

static void trim(struct dsv_line *line)
{
	if (line->too_long)
		return;
	if (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	if (line->offset == 0 && line->len >= 3 &&
	    memcmp(line->text, "\xef\xbb\xbf", 3) == 0) {
		line->text += 3;
		line->len -= 3;
		line->offset += 3;
	}
}

int dsv_lines_next(struct dsv_lines *lines, struct dsv_line *out)
{
	struct dsv_input *input = &lines->input;
	const char *lf;
	int rc;

	rc = dsv_input_fill(input);
	if (rc <= 0)
		return rc;
	*out = (struct dsv_line){
		.offset = input->offset,
		.number = lines->next_line++,
	};
	lf = memchr(input->at, '\n', (size_t)(input->end - input->at));
	if (lf && lf - input->at <= DSV_RECORD_MAX) {
		out->text = input->at;
		out->len = (size_t)(lf - input->at);
		dsv_input_skip(input, out->len + 1);
	} else {
		rc = read_gathered(lines, out);
	}
	if (rc > 0)
		trim(out);
	return rc;
}

uint8_t dsv_lines_step(uint8_t state, const char *data, size_t len)
{
	if (len == 0)
		return state;
	return data[len - 1] != '\n';
}
