#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <dsv/buf.h>
#include <dsv/record.h>
#include <dsv/strlist.h>

/*
 * Standard output, for people or for programs. A view adds to out->buf and
 * ends each line or record with dsv_out_line(), which writes when enough has
 * come together.
 */
struct dsv_out {
	struct dsv_buf buf;
	int fd; /* standard output, but for dsv_out_file() */
	bool json;
	bool tty; /* standard output is a terminal */
	bool colour;
	bool utf8;	/* the locale says so: block and ellipsis characters */
	unsigned width; /* columns; 80 where there is no terminal */
	bool page;	/* start the pager with the first byte */
	pid_t pager;	/* 0: none */
	int fault;	/* errno of the first write that failed */
};

enum dsv_style {
	DSV_PLAIN,
	DSV_BOLD,
	DSV_DIM,
	DSV_GREEN,
	DSV_RED,
	DSV_YELLOW,
	DSV_CYAN,
};

/* How a result is shown. */
struct dsv_view {
	int (*human)(struct dsv_out *out, void *result);
	int (*json)(struct dsv_out *out, void *result);
};

void dsv_out_init(struct dsv_out *out);
int dsv_out_show(struct dsv_out *out, const struct dsv_view *view,
		 void *result);
/** 0, or DSV_EIO once standard output takes nothing more. */
int dsv_out_line(struct dsv_out *out);
int dsv_out_flush(struct dsv_out *out);
/** Write what is left, check that it arrived, wait for the pager. */
int dsv_out_end(struct dsv_out *out);

/**
 * Write a file: show() fills an output that is no terminal, and the file
 * appears whole or not at all, over one that was there.
 */
typedef int (*dsv_out_fn)(struct dsv_out *out, void *ctx);
int dsv_out_file(const char *path, dsv_out_fn show, void *ctx);

/** Begin a style; DSV_PLAIN ends it. Nothing without colour. */
void dsv_out_style(struct dsv_out *out, enum dsv_style style);
/** printf in a style. */
void dsv_out_styled(struct dsv_out *out, enum dsv_style style, const char *fmt,
		    ...) __attribute__((format(printf, 3, 4)));
/** Text of data or of a path, safe on a terminal. */
void dsv_out_shown(struct dsv_out *out, const char *text);
/** The same, its words in lines below each other from column `indent` on,
 * where the cursor stands now; a word that is too long stands alone. */
void dsv_out_wrapped(struct dsv_out *out, const char *text, size_t indent);

/*
 * One JSON object a line:
 *
 *	dsv_jline_open(out, "summary");
 *	dsv_jline_text(out, "path", path);
 *	dsv_jline_object(out, "labels");
 *	dsv_jline_end(out, '}');
 *	return dsv_jline_close(out);
 *
 * Inside an array names are NULL.
 */
void dsv_jline_open(struct dsv_out *out, const char *type);
int dsv_jline_close(struct dsv_out *out);
/** NULL text becomes null. */
void dsv_jline_text(struct dsv_out *out, const char *name, const char *text);
void dsv_jline_count(struct dsv_out *out, const char *name, uint64_t n);
void dsv_jline_flag(struct dsv_out *out, const char *name, bool on);
void dsv_jline_list(struct dsv_out *out, const char *name,
		    const struct dsv_strlist *list);
/** A field as JSON: text as a string, JSON as it is, missing as null. */
void dsv_jline_field(struct dsv_out *out, const char *name,
		     const struct dsv_field *field);
/** The same for a name of any bytes. */
void dsv_jline_name(struct dsv_out *out, const char *name);
void dsv_jline_object(struct dsv_out *out, const char *name);
void dsv_jline_array(struct dsv_out *out, const char *name);
/** '}' or ']' */
void dsv_jline_end(struct dsv_out *out, char close);

#endif
