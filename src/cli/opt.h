#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

/*
 * What a command accepts, as a table. Parsing, -h, the synopsis and the
 * completions all read it; values land in a struct of the command.
 *
 *	static const struct dsv_opt blame_opts[] = {
 *		DSV_OPT_FLAG(0, "fields", struct blame_args, fields,
 *			     "blame each field, not each record"),
 *		DSV_ARG("PATH", struct blame_args, path),
 *		DSV_OPT_END,
 *	};
 */
enum dsv_opt_kind {
	DSV_KIND_END,
	DSV_KIND_FLAG,	/* bool */
	DSV_KIND_STR,	/* const char *; lent by argv */
	DSV_KIND_LIST,	/* struct dsv_strlist; each use adds one */
	DSV_KIND_COLS,	/* struct dsv_strlist; each use adds a,b,c */
	DSV_KIND_COUNT, /* uint64_t */
	DSV_KIND_WORD,	/* unsigned: place in words, from 1; 0: not given */
	DSV_KIND_JSON,	/* --json: the frame's own */
	DSV_KIND_ARG,	/* const char *: an operand that must be there */
	DSV_KIND_MAYBE, /* const char *: an operand that may be there */
	DSV_KIND_MANY,	/* struct dsv_operands: the rest, may be none */
	DSV_KIND_SOME,	/* struct dsv_operands: the rest, at least one */
};

/* What completes a value. */
enum dsv_complete {
	DSV_COMPLETE_NONE,
	DSV_COMPLETE_PATH,
	DSV_COMPLETE_REV,
	DSV_COMPLETE_WORD, /* one of words */
	DSV_COMPLETE_COMMAND,
};

/* Operands; `--` parts revisions from paths. */
struct dsv_operands {
	struct dsv_strlist list;
	bool dashed;	 /* `--` was there... */
	size_t n_before; /* ...after this many */
};

struct dsv_opt {
	enum dsv_opt_kind kind;
	char brief; /* 0: none */
	const char *name;
	const char *value; /* "REV"; NULL for a flag */
	size_t at;
	const char *const *words; /* NULL-ended */
	const char *help;
	enum dsv_complete complete;
};

#define DSV_OPT_END                  \
	{                            \
		.kind = DSV_KIND_END \
	}
#define DSV_OPT_FLAG(brief_, name_, type_, field_, help_)                  \
	{                                                                  \
		.kind = DSV_KIND_FLAG, .brief = (brief_), .name = (name_), \
		.at = offsetof(type_, field_), .help = (help_)             \
	}
#define DSV_OPT_VALUE_(kind_, brief_, name_, value_, type_, field_, help_) \
	{                                                                  \
		.kind = (kind_), .brief = (brief_), .name = (name_),       \
		.value = (value_), .at = offsetof(type_, field_),          \
		.help = (help_)                                            \
	}
#define DSV_OPT_STR(brief_, name_, value_, type_, field_, help_)           \
	DSV_OPT_VALUE_(DSV_KIND_STR, brief_, name_, value_, type_, field_, \
		       help_)
#define DSV_OPT_LIST(brief_, name_, value_, type_, field_, help_)           \
	DSV_OPT_VALUE_(DSV_KIND_LIST, brief_, name_, value_, type_, field_, \
		       help_)
#define DSV_OPT_COLS(brief_, name_, type_, field_, help_)                     \
	DSV_OPT_VALUE_(DSV_KIND_COLS, brief_, name_, "COL,..", type_, field_, \
		       help_)
#define DSV_OPT_COUNT(brief_, name_, type_, field_, help_) \
	DSV_OPT_VALUE_(DSV_KIND_COUNT, brief_, name_, "N", type_, field_, help_)
#define DSV_OPT_PATH(brief_, name_, type_, field_, help_)                 \
	{                                                                 \
		.kind = DSV_KIND_STR, .brief = (brief_), .name = (name_), \
		.value = "PATH", .at = offsetof(type_, field_),           \
		.help = (help_), .complete = DSV_COMPLETE_PATH            \
	}
#define DSV_OPT_REV(brief_, name_, type_, field_, help_)                  \
	{                                                                 \
		.kind = DSV_KIND_STR, .brief = (brief_), .name = (name_), \
		.value = "REV", .at = offsetof(type_, field_),            \
		.help = (help_), .complete = DSV_COMPLETE_REV             \
	}
#define DSV_OPT_WORD(brief_, name_, words_, type_, field_, help_)          \
	{                                                                  \
		.kind = DSV_KIND_WORD, .brief = (brief_), .name = (name_), \
		.at = offsetof(type_, field_), .words = (words_),          \
		.help = (help_), .complete = DSV_COMPLETE_WORD             \
	}
#define DSV_OPT_JSON                                        \
	{                                                   \
		.kind = DSV_KIND_JSON, .name = "json",      \
		.help = "answer in JSON, one object a line" \
	}
#define DSV_ARG_(kind_, value_, type_, field_, complete_)              \
	{                                                              \
		.kind = (kind_), .value = (value_),                    \
		.at = offsetof(type_, field_), .complete = (complete_) \
	}
#define DSV_ARG(value_, type_, field_, complete_) \
	DSV_ARG_(DSV_KIND_ARG, value_, type_, field_, complete_)
#define DSV_ARG_MAYBE(value_, type_, field_, complete_) \
	DSV_ARG_(DSV_KIND_MAYBE, value_, type_, field_, complete_)
#define DSV_ARG_MANY(value_, type_, field_, complete_) \
	DSV_ARG_(DSV_KIND_MANY, value_, type_, field_, complete_)
#define DSV_ARG_SOME(value_, type_, field_, complete_) \
	DSV_ARG_(DSV_KIND_SOME, value_, type_, field_, complete_)

/* What the frame learns beside the command's own values. */
struct dsv_parsed {
	bool help;
	bool json;
};

/** True for a row that begins with a dash on the command line. */
bool dsv_opt_is_option(const struct dsv_opt *opt);

/**
 * Read argv[0..argc) into args by the rules of git: long and short names,
 * --name=value, -n5, -am joined, operands anywhere, `--` ends the options.
 * -h and --help stop the reading.
 *
 * @error  DSV_EUSAGE  unknown option (with the nearest), missing or surplus
 *                     value or operand, not a number, not one of the words
 */
int dsv_opt_parse(const struct dsv_opt *opts, int argc, char **argv, void *args,
		  struct dsv_parsed *out);
/** Free what the lists in args hold. */
void dsv_opt_release(const struct dsv_opt *opts, void *args);

#endif
