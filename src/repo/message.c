#include <dsv/message.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

#define SCISSORS "------------------------ >8 ------------------------"

/* A line of a message, without its line end. */
struct line {
	const char *text;
	size_t len;
	const char *next; /* behind the line end */
};

static bool next_line(const char **at, const char *end, struct line *out)
{
	const char *feed;

	if (*at >= end)
		return false;
	feed = memchr(*at, '\n', (size_t)(end - *at));
	out->text = *at;
	out->len = (size_t)((feed ? feed : end) - *at);
	out->next = feed ? feed + 1 : end;
	*at = out->next;
	return true;
}

static bool is_blank(const struct line *line)
{
	size_t i;

	for (i = 0; i < line->len; i++) {
		if (!isspace((unsigned char)line->text[i]))
			return false;
	}
	return true;
}

static bool is_comment(const struct line *line, char comment)
{
	return line->len && line->text[0] == comment;
}

static bool is_scissors(const struct line *line, char comment)
{
	const size_t len = strlen(SCISSORS);

	return line->len >= len + 2 && line->text[0] == comment &&
	       line->text[1] == ' ' && !memcmp(line->text + 2, SCISSORS, len);
}

/* Length of the name in "Name: value", 0 where the line is no trailer. */
static size_t trailer_name(const struct line *line)
{
	size_t i = 0;

	while (i < line->len &&
	       (isalnum((unsigned char)line->text[i]) || line->text[i] == '-'))
		i++;
	if (!i)
		return 0;
	return i < line->len && line->text[i] == ':' ? i : 0;
}

static bool begins(const struct line *line, const char *text)
{
	return line->len >= strlen(text) &&
	       !strncasecmp(line->text, text, strlen(text));
}

static bool is_ours(const struct line *line)
{
	return begins(line, "Dsv-") && trailer_name(line) > strlen("Dsv-");
}

static bool is_continuation(const struct line *line)
{
	return line->len && (line->text[0] == ' ' || line->text[0] == '\t');
}

/* What git writes itself marks a trailer block even among other lines. */
static bool is_from_git(const struct line *line)
{
	return begins(line, "Signed-off-by: ") ||
	       begins(line, "(cherry picked from commit ");
}

/* The rule of git interpret-trailers: all lines are trailers, or one is git's
 * own and at least a quarter are trailers. */
static bool is_trailer_block(const char *at, const char *end, char comment)
{
	size_t trailers = 0;
	size_t others = 0;
	bool known = false;
	bool in_trailer = false;
	struct line line;

	while (next_line(&at, end, &line)) {
		if (is_comment(&line, comment))
			continue;
		if (is_continuation(&line)) {
			others += !in_trailer;
			continue;
		}
		in_trailer = trailer_name(&line) || is_from_git(&line);
		known = known || is_from_git(&line);
		trailers += in_trailer;
		others += !in_trailer;
	}
	return trailers && (!others || (known && trailers * 3 >= others));
}

/* Behind the last line of text: what follows is blank or comment, or below
 * scissors. message itself where there is no text. */
static const char *text_end(const char *message, size_t len, char comment)
{
	const char *end = message + len;
	const char *at = message;
	const char *last = message;
	struct line line;

	while (next_line(&at, end, &line)) {
		if (is_scissors(&line, comment))
			break;
		if (!is_blank(&line) && !is_comment(&line, comment))
			last = line.next;
	}
	return last;
}

static void rtrim(struct line *line)
{
	while (line->len && isspace((unsigned char)line->text[line->len - 1]))
		line->len--;
}

void dsv_message_cleanup(struct dsv_buf *message, enum dsv_cleanup how,
			 char comment)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *at = dsv_buf_str(message);
	const char *end = at + message->len;
	bool gap = false;
	struct line line;

	if (how == DSV_CLEANUP_VERBATIM)
		return;
	while (next_line(&at, end, &line)) {
		if (how == DSV_CLEANUP_STRIP && is_scissors(&line, comment))
			break;
		if (how == DSV_CLEANUP_STRIP && is_comment(&line, comment))
			continue;
		rtrim(&line);
		if (!line.len) {
			gap = out.len > 0;
			continue;
		}
		if (gap)
			dsv_buf_addch(&out, '\n');
		gap = false;
		dsv_buf_add(&out, line.text, line.len);
		dsv_buf_addch(&out, '\n');
	}
	dsv_buf_swap(message, &out);
}

bool dsv_message_is_empty(const char *message, size_t len, char comment)
{
	const char *end = message + len;
	const char *at = message;
	bool in_trailer = false;
	struct line line;

	while (next_line(&at, end, &line)) {
		if (is_scissors(&line, comment))
			break;
		if (is_blank(&line) || is_comment(&line, comment))
			continue;
		if (in_trailer && is_continuation(&line))
			continue;
		in_trailer = is_ours(&line) || begins(&line, "Signed-off-by: ");
		if (!in_trailer)
			return false;
	}
	return true;
}

/* One paragraph without its Dsv-* trailers. */
static void add_without_ours(struct dsv_buf *out, const char *at,
			     const char *end)
{
	bool dropping = false;
	struct line line;

	while (next_line(&at, end, &line)) {
		if (is_ours(&line))
			dropping = true;
		else if (!is_continuation(&line))
			dropping = false;
		if (!dropping)
			dsv_buf_add(out, line.text,
				    (size_t)(line.next - line.text));
	}
}

/* The end of the paragraph that starts at `at`: a blank line or end. */
static const char *paragraph_end(const char *at, const char *end)
{
	struct line line;

	while (next_line(&at, end, &line)) {
		if (is_blank(&line))
			return line.text;
	}
	return end;
}

/* Blank lines at the end, which a dropped block leaves behind. */
static void trim_blank_end(struct dsv_buf *out)
{
	while (out->len > 1 && out->data[out->len - 1] == '\n' &&
	       out->data[out->len - 2] == '\n')
		dsv_buf_truncate(out, out->len - 1);
}

/*
 * Copy the text without our trailers; true when what stands last is a trailer
 * block to which more can be added. The first paragraph is the title, and
 * never one.
 */
static bool copy_text(struct dsv_buf *out, const char *at, const char *end,
		      char comment)
{
	bool title_seen = false;
	bool block = false;
	struct line line;

	while (at < end) {
		const char *stop = paragraph_end(at, end);
		const size_t before = out->len;

		if (stop == at) {
			next_line(&at, end, &line);
			dsv_buf_add(out, line.text,
				    (size_t)(line.next - line.text));
			continue;
		}
		if (title_seen && is_trailer_block(at, stop, comment)) {
			add_without_ours(out, at, stop);
			block = out->len > before;
			if (!block)
				trim_blank_end(out);
		} else {
			dsv_buf_add(out, at, (size_t)(stop - at));
			block = false;
		}
		title_seen = title_seen ||
			     text_end(at, (size_t)(stop - at), comment) != at;
		at = stop;
	}
	return block;
}

void dsv_message_set_trailers(struct dsv_buf *message, const char *lines,
			      char comment)
{
	const char *text = dsv_buf_str(message);
	const char *end = text_end(text, message->len, comment);
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	bool block;

	if (dsv_message_is_empty(text, message->len, comment))
		return;

	block = copy_text(&out, text, end, comment);
	if (out.len && out.data[out.len - 1] != '\n')
		dsv_buf_addch(&out, '\n');
	trim_blank_end(&out);
	if (*lines && !block)
		dsv_buf_addch(&out, '\n');
	dsv_buf_addstr(&out, lines);
	dsv_buf_add(&out, end, (size_t)(text + message->len - end));
	dsv_buf_swap(message, &out);
}

void dsv_message_trailers(const char *message, const char *name,
			  struct dsv_strlist *out)
{
	const char *at = message;
	const char *end = message + strlen(message);
	const size_t len = strlen(name);
	struct line line;

	while (next_line(&at, end, &line)) {
		size_t skip = len + 1;

		if (trailer_name(&line) != len || !begins(&line, name))
			continue;
		while (skip < line.len && line.text[skip] == ' ')
			skip++;
		dsv_strlist_addn(out, line.text + skip, line.len - skip);
	}
}
