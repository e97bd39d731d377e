#include "format/input.h"

#include <string.h>

#include <dsv/record.h>

#include "base/digest.h"

/* What is known of a record while it is gathered. */
struct gathering {
	struct dsv_digest digest;
	uint64_t len;
	bool too_long;
};

void dsv_input_init(struct dsv_input *input, struct dsv_stream *in,
		    uint64_t offset)
{
	*input = (struct dsv_input){.in = in, .offset = offset};
}

void dsv_input_release(struct dsv_input *input)
{
	dsv_buf_release(&input->carry);
}

int dsv_input_fill(struct dsv_input *input)
{
	size_t len;
	int rc;

	if (input->at < input->end)
		return 1;
	rc = dsv_stream_next(input->in, &input->at, &len);
	if (rc <= 0) {
		input->at = input->end = NULL;
		return rc;
	}
	input->end = input->at + len;
	return 1;
}

void dsv_input_skip(struct dsv_input *input, size_t len)
{
	input->at += len;
	input->offset += len;
}

static uint64_t count(const char *data, size_t len, char ch)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += data[i] == ch;
	return n;
}

static void stand_in(struct dsv_buf *carry, struct dsv_digest *digest,
		     uint64_t len)
{
	char hex[DSV_ID_HEX];
	struct dsv_id id;

	dsv_digest_final(digest, &id);
	dsv_buf_reset(carry);
	dsv_buf_addf(carry, "too long: %llu %s", (unsigned long long)len,
		     dsv_id_hex(&id, hex));
}

static void take(struct dsv_input *input, struct gathering *g, size_t len)
{
	g->len += len;
	if (!g->too_long && g->len > DSV_RECORD_MAX) {
		g->too_long = true;
		dsv_digest_init(&g->digest);
		dsv_digest_update(&g->digest, input->carry.data,
				  input->carry.len);
		dsv_buf_reset(&input->carry);
	}
	if (g->too_long)
		dsv_digest_update(&g->digest, input->at, len);
	else
		dsv_buf_add(&input->carry, input->at, len);
	dsv_input_skip(input, len);
}

/* With a line feed behind the bytes, so that the end of a record can be seen
 * by the same rule as inside a piece. */
static void hand_out(struct dsv_input *input, struct dsv_gathered *out)
{
	out->len = input->carry.len;
	dsv_buf_addch(&input->carry, '\n');
	out->data = input->carry.data;
}

int dsv_input_gather(struct dsv_input *input, struct dsv_ending *ending,
		     struct dsv_gathered *out)
{
	struct gathering g = {0};
	int rc = 1;

	*out = (struct dsv_gathered){0};
	dsv_buf_reset(&input->carry);
	while (!out->ended && rc > 0) {
		size_t len = (size_t)(input->end - input->at);

		len = ending->find(ending, input->at, len, &out->ended);
		out->lf += count(input->at, len, '\n');
		out->cr += count(input->at, len, '\r');
		take(input, &g, len);
		if (!out->ended)
			rc = dsv_input_fill(input);
	}
	if (g.too_long) {
		stand_in(&input->carry, &g.digest, g.len);
		dsv_digest_release(&g.digest);
	}
	if (rc < 0)
		return rc;
	out->too_long = g.too_long;
	hand_out(input, out);
	return 0;
}

void dsv_input_stand_in(struct dsv_input *input, struct dsv_gathered *gathered)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};

	dsv_digest_init(&digest);
	dsv_digest_update(&digest, gathered->data, gathered->len);
	stand_in(&input->carry, &digest, gathered->len);
	gathered->too_long = true;
	hand_out(input, gathered);
}
