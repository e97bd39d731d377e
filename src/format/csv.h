#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include "format/format.h"

/*
 * Comma and tabulator separated tables: RFC 4180, and where a file breaks it,
 * what Python's csv.reader does. docs/formats/records.md has the rules.
 */
extern const struct dsv_format dsv_format_csv;
extern const struct dsv_format dsv_format_tsv;

#endif
