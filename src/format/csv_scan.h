#ifndef FORMAT_CSV_SCAN_H
#define FORMAT_CSV_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "format/input.h"

/*
 * Where the records of a delimited table begin and end: the states of the
 * reader, one byte each, kept in file maps (the numbers never change).
 *
 * A quote opens only at the start of a field; inside, two quotes are one; what
 * follows the closing quote belongs to the field. A line feed, a carriage
 * return or both together end a record outside quotes. A byte order mark at
 * the start of a record does not keep a quote from opening, since the state
 * alone cannot tell the start of the content from that of another record.
 */
enum dsv_csv_state {
	DSV_CSV_RECORD = 0, /* a record may begin here */
	DSV_CSV_QUOTED = 1, /* inside quotes */
	DSV_CSV_QUOTE = 2,  /* behind a quote that may close or be doubled */
	DSV_CSV_FIELD = 3,  /* inside an unquoted field */
	DSV_CSV_START = 4,  /* at the start of a field, not of a record */
	DSV_CSV_CR = 5,	    /* behind a carriage return that ended a record */
	DSV_CSV_BOM1 = 6,   /* behind one, two, three bytes of a byte order */
	DSV_CSV_BOM2 = 7,   /* mark at the start of a record */
	DSV_CSV_BOM3 = 8,
};

#define DSV_CSV_BOM "\xef\xbb\xbf"

uint8_t dsv_csv_step(uint8_t state, const char *data, size_t len);
uint8_t dsv_tsv_step(uint8_t state, const char *data, size_t len);

/* For dsv_input_gather(): up to the line end that ends the record. */
struct dsv_csv_ending {
	struct dsv_ending ending;
	uint8_t state;
	char delimiter;
};

void dsv_csv_ending_init(struct dsv_csv_ending *csv, char delimiter);

#endif
