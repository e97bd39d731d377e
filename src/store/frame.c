#include "store/chunk.h"

size_t dsv_object_limit(enum dsv_object type)
{
	switch (type) {
	case DSV_OBJECT_CHUNK:
		return DSV_CHUNK_MAX;
	case DSV_OBJECT_NODE:
		return DSV_NODE_BYTES_MAX;
	case DSV_OBJECT_MAP:
		return DSV_MAP_BYTES_MAX;
	case DSV_OBJECT_DICT:
		return DSV_DICT_BYTES_MAX;
	}
	return 0;
}

unsigned dsv_object_depth(enum dsv_object type)
{
	return type == DSV_OBJECT_NODE ? DSV_NODE_DEPTH_MAX
				       : DSV_DELTA_DEPTH_MAX;
}

const char *dsv_object_name(enum dsv_object type)
{
	switch (type) {
	case DSV_OBJECT_CHUNK:
		return "chunk";
	case DSV_OBJECT_NODE:
		return "file map node";
	case DSV_OBJECT_MAP:
		return "file map";
	case DSV_OBJECT_DICT:
		return "dictionary";
	}
	return "object";
}

static void read_bases(struct dsv_frame *frame, struct dsv_bytes *in)
{
	uint8_t both = dsv_get_u8(in);

	frame->depth = both & 15;
	frame->n_bases = both >> 4;
	if (frame->depth == 0 || frame->depth > dsv_object_depth(frame->type) ||
	    frame->n_bases == 0 || frame->n_bases > DSV_DELTA_BASES_MAX ||
	    (frame->encoding >= DSV_ENCODING_SPLICE && frame->n_bases != 1)) {
		dsv_bytes_fail(in);
		return;
	}
	for (unsigned i = 0; i < frame->n_bases; i++)
		dsv_get_id(in, &frame->bases[i]);
}

void dsv_frame_read(struct dsv_frame *out, struct dsv_bytes *in)
{
	uint8_t tag = dsv_get_u8(in);
	struct dsv_frame frame = {.type = (enum dsv_object)(tag >> 4),
				  .encoding = (enum dsv_encoding)(tag & 15)};
	size_t limit = dsv_object_limit(frame.type);

	if (limit == 0 || frame.encoding > DSV_ENCODING_SPLICE_DICT)
		dsv_bytes_fail(in);
	frame.raw_len = (size_t)dsv_get_varint(in, limit);
	frame.payload_len = frame.raw_len;
	if (frame.encoding != DSV_ENCODING_RAW)
		frame.payload_len = (size_t)dsv_get_varint(in, frame.raw_len);
	if (dsv_encoding_has_dict(frame.encoding))
		frame.dict = dsv_get_u8(in);
	if (dsv_encoding_has_bases(frame.encoding))
		read_bases(&frame, in);
	frame.payload = dsv_get_run(in, frame.payload_len);
	*out = frame;
}

void dsv_frame_write(const struct dsv_frame *frame, struct dsv_buf *out)
{
	dsv_put_u8(out, (uint8_t)((unsigned)frame->type << 4 |
				  (unsigned)frame->encoding));
	dsv_put_varint(out, frame->raw_len);
	if (frame->encoding != DSV_ENCODING_RAW)
		dsv_put_varint(out, frame->payload_len);
	if (dsv_encoding_has_dict(frame->encoding))
		dsv_put_u8(out, frame->dict);
	if (dsv_encoding_has_bases(frame->encoding))
		dsv_put_u8(out, (uint8_t)(frame->n_bases << 4 | frame->depth));
	for (unsigned i = 0; i < frame->n_bases; i++)
		dsv_put_id(out, &frame->bases[i]);
	dsv_buf_add(out, frame->payload, frame->payload_len);
}
