#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "dataset/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Contents patched at random hold the records that they shall, and where
 * nothing is asked for the bytes stay. */
struct plan {
	const char *put; /* the record that is put in */
	const char *fates;
	size_t n_fates;
	size_t at;
	bool all_kept;
	bool end;
	struct dsv_buf wanted; /* the sources of the records to come */
};

/* A source that ends with \r has one less where its line end goes. */
static void add_source(struct dsv_buf *out, const char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '\r')
		len--;
	dsv_buf_addf(out, "%zu:", len);
	dsv_buf_add(out, text, len);
}

static void put(struct plan *plan, struct dsv_put_in *to)
{
	dsv_put_in_add(to, plan->put, strlen(plan->put));
	add_source(&plan->wanted, plan->put, strlen(plan->put));
	plan->all_kept = false;
}

static int decide(void *ctx, const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	struct plan *plan = ctx;
	char what = plan->fates[plan->at++ % plan->n_fates];

	(void)columns;
	out->fate = (enum dsv_fate)((what & 3) % 3);
	if (what & 4)
		put(plan, &out->before);
	if (out->fate == DSV_FATE_KEEP)
		add_source(&plan->wanted, record->source, record->source_len);
	else
		plan->all_kept = false;
	if (out->fate == DSV_FATE_REPLACE)
		put(plan, &out->instead);
	if (what & 8)
		put(plan, &out->after);
	return 0;
}

static int end(void *ctx, const struct dsv_strlist *columns,
	       struct dsv_put_in *out)
{
	struct plan *plan = ctx;

	(void)columns;
	if (plan->end)
		put(plan, out);
	return 0;
}

static void read_sources(const struct dsv_format *format,
			 const struct dsv_buf *content, struct dsv_buf *out)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_record record;

	dsv_stream_of_memory(&in, dsv_buf_str(content), content->len);
	if (dsv_reader_open(&reader, format, in, NULL) < 0)
		abort();
	while (dsv_reader_next(reader, &record) > 0)
		add_source(out, record.source, record.source_len);
}

static bool same(const struct dsv_buf *buf, const char *text, size_t len)
{
	return buf->len == len && (!len || memcmp(buf->data, text, len) == 0);
}

static int patch(const struct dsv_format *format, struct plan *plan,
		 const char *text, size_t len, struct dsv_buf *out)
{
	struct dsv_reading reading = {.format = format};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_patch_opts opts = {
		.reading = &reading, .decide = decide, .end = end, .ctx = plan};
	const char *piece;
	int rc;

	dsv_source_of_memory(&source, text, len, "fuzz");
	opts.source = source;
	if (dsv_patch_stream(&in, &opts) < 0)
		abort();
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0)
		dsv_buf_add(out, piece, len);
	return rc;
}

static void check(const char *name, const char *record, const uint8_t *data,
		  size_t size)
{
	const struct dsv_format *format = dsv_format_named(name);
	const char *text = (const char *)data + 4;
	struct plan plan = {.put = record,
			    .fates = (const char *)data,
			    .n_fates = 3,
			    .all_kept = true,
			    .end = data[3] & 1};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = patch(format, &plan, text, size - 4, &out);

	if (rc < 0 && plan.all_kept)
		abort();
	if (rc == 0 && plan.all_kept && !same(&out, text, size - 4))
		abort();
	if (rc == 0) {
		read_sources(format, &out, &got);
		if (!same(&got, plan.wanted.data, plan.wanted.len))
			abort();
	}
	dsv_buf_release(&plan.wanted);
	dsv_error_clear();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* one within would be a mark as soon as its record is the first */
	if (size < 4 ||
	    (size > 5 && memmem(data + 5, size - 5, "\xef\xbb\xbf", 3)))
		return 0;
	check("csv", "p,\"q\"", data, size);
	check("tsv", "p\tq", data, size);
	check("jsonl", "{\"p\": 1}", data, size);
	return 0;
}
