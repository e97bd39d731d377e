#include "format/csv_scan.h"

#include <string.h>

#include "format/scan.h"

static uint8_t after(uint8_t state, char ch, char delimiter)
{
	switch (state) {
	case DSV_CSV_QUOTED:
		return ch == '"' ? DSV_CSV_QUOTE : DSV_CSV_QUOTED;
	case DSV_CSV_QUOTE:
	case DSV_CSV_START:
	case DSV_CSV_BOM3:
		if (ch == '"')
			return DSV_CSV_QUOTED;
		break;
	case DSV_CSV_RECORD:
	case DSV_CSV_CR:
		if (ch == '"')
			return DSV_CSV_QUOTED;
		if (ch == '\xef')
			return DSV_CSV_BOM1;
		break;
	case DSV_CSV_BOM1:
		if (ch == '\xbb')
			return DSV_CSV_BOM2;
		break;
	case DSV_CSV_BOM2:
		if (ch == '\xbf')
			return DSV_CSV_BOM3;
		break;
	}
	if (ch == '\n')
		return DSV_CSV_RECORD;
	if (ch == '\r')
		return DSV_CSV_CR;
	return ch == delimiter ? DSV_CSV_START : DSV_CSV_FIELD;
}

/*
 * Over a run that holds no quote, from a state outside quotes. The longest
 * memory outside quotes is a line end and the three bytes of a mark behind it,
 * so the last four bytes tell.
 */
static uint8_t after_run(uint8_t state, const char *data, size_t len,
			 char delimiter)
{
	const char *end = data + len;

	if (len >= 4) {
		data = end - 4;
		state = DSV_CSV_FIELD;
	}
	while (data < end)
		state = after(state, *data++, delimiter);
	return state;
}

/* From quote to quote; what lies between is seen only where it ends. */
static uint8_t step(uint8_t state, const char *p, size_t len, char delimiter)
{
	const char *end = p + len;
	size_t n;

	for (const char *block = p; block < end; block += n) {
		uint64_t quotes;

		n = end - block < 64 ? (size_t)(end - block) : 64;
		quotes = dsv_mask(block, n, '"');
		for (; quotes; quotes &= quotes - 1) {
			const char *quote = block + __builtin_ctzll(quotes);

			if (state != DSV_CSV_QUOTED)
				state = after_run(state, p, (size_t)(quote - p),
						  delimiter);
			state = after(state, '"', delimiter);
			p = quote + 1;
		}
	}
	if (state != DSV_CSV_QUOTED)
		state = after_run(state, p, (size_t)(end - p), delimiter);
	return state;
}

uint8_t dsv_csv_step(uint8_t state, const char *data, size_t len)
{
	return step(state, data, len, ',');
}

uint8_t dsv_tsv_step(uint8_t state, const char *data, size_t len)
{
	return step(state, data, len, '\t');
}

static size_t find_end(struct dsv_ending *ending, const char *data, size_t len,
		       bool *out_found)
{
	struct dsv_csv_ending *csv = (struct dsv_csv_ending *)ending;
	const char *end = data + len;
	const char *p = data;

	while (p < end) {
		const char *stop;

		if (csv->state == DSV_CSV_QUOTED) {
			stop = memchr(p, '"', (size_t)(end - p));
			if (!stop)
				return len;
		} else {
			stop = dsv_find3(p, end, '"', '\n', '\r');
			csv->state =
				after_run(csv->state, p, (size_t)(stop - p),
					  csv->delimiter);
			*out_found = stop < end && *stop != '"';
			if (stop == end || *out_found)
				return (size_t)(stop - data);
		}
		csv->state = after(csv->state, '"', csv->delimiter);
		p = stop + 1;
	}
	return len;
}

void dsv_csv_ending_init(struct dsv_csv_ending *csv, char delimiter)
{
	*csv = (struct dsv_csv_ending){
		.ending = {find_end},
		.state = DSV_CSV_RECORD,
		.delimiter = delimiter,
	};
}
