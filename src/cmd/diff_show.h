#ifndef CMD_DIFF_SHOW_H
#define CMD_DIFF_SHOW_H

#include <dsv/diff.h>
#include <dsv/where.h>

#include "cli/out.h"

/*
 * A diff on its way to a person or a program: where it comes from, how it is
 * called, which of its records are wanted. Each form of output is one function
 * over this.
 */
enum dsv_diff_form {
	DSV_FORM_RECORDS,
	DSV_FORM_SUMMARY,
	DSV_FORM_STAT,
	DSV_FORM_MD,
	DSV_FORM_CSV,
};

enum dsv_diff_only {
	DSV_ONLY_ALL,
	DSV_ONLY_ADDED,
	DSV_ONLY_REMOVED,
	DSV_ONLY_CHANGED,
	DSV_ONLY_RELABELLED,
};

struct dsv_diff_show {
	struct dsv_diff *diff; /* borrowed */
	enum dsv_diff_form form;
	const char *from_name; /* "main", "index", NULL: nothing */
	const char *to_name;
	const struct dsv_version *from, *to; /* NULL: files */
	enum dsv_diff_only only;
	const char *field; /* NULL: all */
	bool bare; /* JSON without header: it stands inside another answer */
	struct dsv_where *where[2];    /* the same conditions for each side */
	const struct dsv_strlist *key; /* of the one record; NULL: all */
	bool where_known; /* some file had the fields of all conditions */
	bool field_known;
	struct dsv_strlist columns; /* of all files, for messages */
	uint64_t files;		    /* out: that differ */
	uint64_t records;	    /* out: that were shown */
};

/** Show all of it. Counts files and records into show. */
int dsv_diff_show(struct dsv_out *out, struct dsv_diff_show *show);

/* What follows is shared by the forms. */

/** True when something narrows the records down. */
bool dsv_diff_show_narrows(const struct dsv_diff_show *show);
/** The next wanted change of a file: 1, 0, negative. */
int dsv_diff_show_next(struct dsv_diff_show *show, struct dsv_file_diff *file,
		       struct dsv_change *out);
/** Before the changes of a file: find the columns of its conditions. */
void dsv_diff_show_bind(struct dsv_diff_show *show,
			const struct dsv_file_diff *file);
/** "main..acme-07" */
void dsv_diff_show_range(struct dsv_buf *out, const struct dsv_diff_show *show);

/* The forms, one file each. */
int dsv_diff_records(struct dsv_out *out, struct dsv_diff_show *show,
		     struct dsv_file_diff *file);
int dsv_diff_summary(struct dsv_out *out, struct dsv_diff_show *show,
		     struct dsv_file_diff *file);
int dsv_diff_md(struct dsv_out *out, struct dsv_diff_show *show,
		struct dsv_file_diff *file);
int dsv_diff_csv(struct dsv_out *out, struct dsv_diff_show *show,
		 struct dsv_file_diff *file);
/** The whole diff, since a table needs its widths first. */
int dsv_diff_stat(struct dsv_out *out, struct dsv_diff_show *show);
/** The header, and then file by file. */
int dsv_diff_json_header(struct dsv_out *out, const struct dsv_diff_show *show);
int dsv_diff_json(struct dsv_out *out, struct dsv_diff_show *show,
		  struct dsv_file_diff *file);

#endif
