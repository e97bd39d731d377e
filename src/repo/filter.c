#include <dsv/filter.h>

#include <dsv/error.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "base/stream.h"
#include "repo/clean.h"
#include "repo/pktline.h"
#include "repo/pointer.h"
#include "repo/private.h"
#include "store/filemap.h"

/*
 * git writes a whole content before it reads the answer, so nothing is
 * answered before the flush packet behind the content has come: an answer
 * that filled the pipe while git still writes would stop both for ever.
 */
struct filter {
	struct dsv_repo *repo;
	const struct dsv_filter_opts *opts;
	struct dsv_pkt_reader in;
	char *command;
	char *path;
	bool at_flush;	   /* the content that is being read has ended */
	bool said_missing; /* once a run */
};

/* The content packets of one request as a stream. */
struct pkt_stream {
	struct dsv_stream stream;
	struct filter *filter;
	const char *head; /* what was read ahead */
	size_t head_len;
};

static void say_error(struct filter *filter)
{
	char *text DSV_AUTO(str) = NULL;

	if (!filter->opts->say)
		return;
	text = dsv_strf("%s", dsv_error_message());
	filter->opts->say(filter->opts->ctx, text, dsv_error_hint());
}

/* 1 with a piece, 0 behind the flush packet, negative. */
static int next_content(struct filter *filter, const char **out, size_t *len)
{
	int rc;

	if (filter->at_flush)
		return 0;
	rc = dsv_pkt_next(&filter->in, out, len);
	if (rc < 0)
		return rc;
	if (rc == DSV_PKT_END)
		return dsv_fail(DSV_ESYNTAX, "git ended within a file");
	filter->at_flush = rc == DSV_PKT_FLUSH;
	return rc == DSV_PKT_DATA;
}

static int pkt_stream_next(struct dsv_stream *in, const char **out,
			   size_t *out_len)
{
	struct pkt_stream *pkt = (struct pkt_stream *)in;

	if (pkt->head_len) {
		*out = pkt->head;
		*out_len = pkt->head_len;
		pkt->head_len = 0;
		return 1;
	}
	return next_content(pkt->filter, out, out_len);
}

static void pkt_stream_free(struct dsv_stream *in)
{
	(void)in; /* lives on the stack of its user */
}

/* Read to the end of what git sends, so that the next request is in step. */
static int drain(struct filter *filter)
{
	const char *piece;
	size_t len;
	int rc;

	while ((rc = next_content(filter, &piece, &len)) > 0)
		continue;
	return rc;
}

static int send_status(struct filter *filter, const char *status)
{
	int rc;

	rc = dsv_pkt_text(filter->opts->out, status);
	return rc < 0 ? rc : dsv_pkt_flush(filter->opts->out);
}

/* A small answer, whole. */
static int answer(struct filter *filter, const char *data, size_t len)
{
	const int out = filter->opts->out;
	int rc;

	rc = send_status(filter, "status=success");
	if (rc == 0)
		rc = dsv_pkt_write(out, data, len);
	if (rc == 0)
		rc = dsv_pkt_flush(out);
	return rc < 0 ? rc : dsv_pkt_flush(out); /* keeps the status */
}

/* Content of the start, up to one byte more than a pointer may have. */
static int read_head(struct filter *filter, struct dsv_buf *out)
{
	const char *piece;
	size_t len;
	int rc;

	while (out->len <= DSV_POINTER_LIMIT) {
		rc = next_content(filter, &piece, &len);
		if (rc <= 0)
			return rc;
		dsv_buf_add(out, piece, len);
	}
	return 0;
}

static int clean(struct filter *filter, struct dsv_buf *out)
{
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;
	struct pkt_stream in = {
		.stream = {.next = pkt_stream_next, .free = pkt_stream_free},
		.filter = filter,
	};
	int rc;

	rc = read_head(filter, &head);
	if (rc < 0)
		return rc;
	in.head = head.data;
	in.head_len = head.len;
	return dsv_clean(filter->repo, filter->path, &head, &in.stream, out);
}

/* 0 answered, also with an error status; negative: the pipe is broken. */
static int serve_clean(struct filter *filter)
{
	struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = clean(filter, &pointer);
	if (rc < 0) {
		dsv_fail_prefix(rc, "%s", filter->path);
		say_error(filter);
		rc = drain(filter);
		return rc < 0 ? rc : send_status(filter, "status=error");
	}
	return answer(filter, pointer.data, pointer.len);
}

/* What is no pointer goes back as it came, by way of a file. */
static int pass_through(struct filter *filter, const struct dsv_buf *head)
{
	char *tmp DSV_AUTO(str) = dsv_repo_own(filter->repo, "tmp");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_stream *back DSV_AUTO(stream) = NULL;
	const char *piece;
	size_t len;
	int fd;
	int rc;

	rc = dsv_atomic_open(&file, NULL, tmp, 0600);
	if (rc == 0)
		rc = dsv_atomic_write(&file, head->data, head->len);
	while (rc == 0 && (rc = next_content(filter, &piece, &len)) > 0)
		rc = dsv_atomic_write(&file, piece, len);
	if (rc < 0)
		return rc;
	fd = open(file.tmp_path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
				      file.tmp_path);

	dsv_stream_of_fd(&back, fd, filter->path);
	rc = send_status(filter, "status=success");
	while (rc == 0 && (rc = dsv_stream_next(back, &piece, &len)) > 0)
		rc = dsv_pkt_write(filter->opts->out, piece, len);
	close(fd);
	if (rc == 0)
		rc = dsv_pkt_flush(filter->opts->out);
	return rc < 0 ? rc : dsv_pkt_flush(filter->opts->out);
}

static void say_missing(struct filter *filter)
{
	char *text DSV_AUTO(str) = NULL;

	if (filter->said_missing || !filter->opts->say)
		return;
	filter->said_missing = true;
	text = dsv_strf("content is not here, pointers stay: '%s'",
			filter->path);
	filter->opts->say(filter->opts->ctx, text,
			  "copy .git/dsv/packs from a repository that has it, "
			  "then run 'dsv init'");
}

/* Damage that shows in mid-stream is told in the closing status. */
static int send_stream(struct filter *filter, struct dsv_stream *in)
{
	const int out = filter->opts->out;
	const char *piece;
	size_t len;
	int damage;
	int rc;

	rc = send_status(filter, "status=success");
	if (rc < 0)
		return rc;
	while ((damage = dsv_stream_next(in, &piece, &len)) > 0) {
		rc = dsv_pkt_write(out, piece, len);
		if (rc < 0)
			return rc;
	}
	if (damage < 0) {
		dsv_fail_prefix(damage, "%s", filter->path);
		say_error(filter);
	}
	rc = dsv_pkt_flush(out);
	if (rc < 0)
		return rc;
	return damage < 0 ? send_status(filter, "status=error")
			  : dsv_pkt_flush(out);
}

static int smudge_content(struct filter *filter, const struct dsv_buf *pointer,
			  const struct dsv_content *content)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_store *store;
	int rc;

	rc = dsv_repo_store(filter->repo, &store);
	if (rc == 0)
		rc = dsv_store_has_content(store, content);
	if (rc == 0) {
		say_missing(filter);
		return answer(filter, pointer->data, pointer->len);
	}
	if (rc > 0)
		rc = dsv_content_stream(&in, store, content);
	if (rc < 0) {
		dsv_fail_prefix(rc, "%s", filter->path);
		say_error(filter);
		return send_status(filter, "status=error");
	}
	return send_stream(filter, in);
}

static int serve_smudge(struct filter *filter)
{
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content;
	int rc;

	rc = read_head(filter, &head);
	if (rc < 0)
		return rc;
	if (head.len <= DSV_POINTER_LIMIT &&
	    dsv_pointer_parse(dsv_buf_str(&head), head.len, &content) ==
		    DSV_POINTER_EXACT)
		return smudge_content(filter, &head, &content);
	return pass_through(filter, &head);
}

static bool starts(const char *text, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(text, with, strlen(with));
}

/* key=value, with the value of one of ours kept. */
static void keep_value(char **out, const char *text, size_t len,
		       const char *key)
{
	const size_t skip = strlen(key);

	if (!starts(text, len, key))
		return;
	free(*out);
	*out = dsv_strndup(text + skip, len - skip);
}

/* The lines before a content: 1, 0 when git has gone, negative. */
static int read_request(struct filter *filter)
{
	const char *text;
	size_t len;
	int rc;

	free(filter->command);
	free(filter->path);
	filter->command = NULL;
	filter->path = NULL;
	filter->at_flush = false;
	while ((rc = dsv_pkt_next(&filter->in, &text, &len)) == DSV_PKT_DATA) {
		if (len && text[len - 1] == '\n')
			len--;
		keep_value(&filter->command, text, len, "command=");
		keep_value(&filter->path, text, len, "pathname=");
	}
	if (rc < 0 || (rc == DSV_PKT_END && !filter->command))
		return rc;
	if (rc == DSV_PKT_END || !filter->command || !filter->path)
		return dsv_fail(DSV_ESYNTAX, "git sent no whole request");
	return 1;
}

static int serve(struct filter *filter)
{
	int rc;

	if (!strcmp(filter->command, "clean"))
		return serve_clean(filter);
	if (!strcmp(filter->command, "smudge"))
		return serve_smudge(filter);
	rc = drain(filter);
	return rc < 0 ? rc : send_status(filter, "status=error");
}

/* Every text packet up to the flush; true when wanted was among them. */
static int expect(struct filter *filter, const char *wanted)
{
	const char *text;
	size_t len;
	bool found = false;
	int rc;

	while ((rc = dsv_pkt_next(&filter->in, &text, &len)) == DSV_PKT_DATA) {
		if (len && text[len - 1] == '\n')
			len--;
		found = found ||
			(len == strlen(wanted) && !memcmp(text, wanted, len));
	}
	if (rc < 0)
		return rc;
	if (!found || rc == DSV_PKT_END)
		return dsv_fail(DSV_EUNSUPPORTED,
				"git did not say '%s' to the filter process",
				wanted);
	return 0;
}

static int greet(struct filter *filter)
{
	const int out = filter->opts->out;
	int rc;

	rc = expect(filter, "version=2");
	if (rc == 0)
		rc = dsv_pkt_text(out, "git-filter-server");
	if (rc == 0)
		rc = send_status(filter, "version=2");
	if (rc == 0)
		rc = expect(filter, "capability=clean");
	if (rc == 0)
		rc = dsv_pkt_text(out, "capability=clean");
	if (rc == 0)
		rc = send_status(filter, "capability=smudge");
	return rc;
}

int dsv_filter_process(struct dsv_repo *repo,
		       const struct dsv_filter_opts *opts)
{
	struct filter filter = {.repo = repo, .opts = opts};
	int rc;

	dsv_pkt_reader_init(&filter.in, opts->in);
	rc = greet(&filter);
	while (rc == 0 && (rc = read_request(&filter)) > 0)
		rc = serve(&filter);
	free(filter.command);
	free(filter.path);
	dsv_pkt_reader_release(&filter.in);
	return rc;
}
