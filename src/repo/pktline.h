#ifndef REPO_PKTLINE_H
#define REPO_PKTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>

/*
 * git's pkt-line framing (gitprotocol-common(5)): four hex digits that count
 * themselves, then the bytes; "0000" is a flush packet.
 */
#define DSV_PKT_MAX 65516u /* bytes of one packet without its length */

struct dsv_pkt_reader {
	int fd;
	char *data;
	size_t at, end;
};

void dsv_pkt_reader_init(struct dsv_pkt_reader *in, int fd);
void dsv_pkt_reader_release(struct dsv_pkt_reader *in);

enum dsv_pkt { DSV_PKT_END, DSV_PKT_FLUSH, DSV_PKT_DATA };

/** The next packet, lent until the following call: an enum dsv_pkt, or
 * negative: DSV_ESYNTAX for what is no packet, or one cut short. */
int dsv_pkt_next(struct dsv_pkt_reader *in, const char **out, size_t *out_len);

/** Any number of bytes, as packets. */
int dsv_pkt_write(int fd, const void *data, size_t len);
/** One text packet, with a line feed added. */
int dsv_pkt_text(int fd, const char *text);
int dsv_pkt_flush(int fd);

DSV_AUTO_RELEASE(pkt_reader)

#endif
