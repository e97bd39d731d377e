#ifndef CMD_CSV_TEXT_H
#define CMD_CSV_TEXT_H

#include <stddef.h>

#include <dsv/buf.h>

/** A cell by RFC 4180: quoted where it must be. */
void dsv_csv_cell(struct dsv_buf *out, const char *text, size_t len);
/** ',' and a cell. */
void dsv_csv_text(struct dsv_buf *out, const char *text);

#endif
