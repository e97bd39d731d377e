#include "cli/opt.h"

#include <assert.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

/* Where the reading stands. */
struct parse {
	const struct dsv_opt *opts;
	char **argv;
	int argc;
	int at;
	bool ended; /* `--` was seen */
	char *args;
	struct dsv_parsed *out;
	struct dsv_operands operands;
};

bool dsv_opt_is_option(const struct dsv_opt *opt)
{
	return opt->kind > DSV_KIND_END && opt->kind < DSV_KIND_ARG;
}

static bool takes_value(const struct dsv_opt *opt)
{
	return opt->kind != DSV_KIND_FLAG && opt->kind != DSV_KIND_JSON;
}

static const struct dsv_opt *find_long(const struct dsv_opt *opts,
				       const char *name, size_t len)
{
	for (; opts->kind != DSV_KIND_END; opts++)
		if (dsv_opt_is_option(opts) && strlen(opts->name) == len &&
		    !memcmp(opts->name, name, len))
			return opts;
	return NULL;
}

static const struct dsv_opt *find_short(const struct dsv_opt *opts, char name)
{
	for (; opts->kind != DSV_KIND_END; opts++)
		if (dsv_opt_is_option(opts) && opts->brief == name)
			return opts;
	return NULL;
}

static int unknown_long(const struct dsv_opt *opts, const char *name,
			size_t len)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf typed DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *near;

	dsv_buf_add(&typed, name, len);
	for (; opts->kind != DSV_KIND_END; opts++)
		if (dsv_opt_is_option(opts))
			dsv_strlist_add(&known, opts->name);
	dsv_fail(DSV_EUSAGE, "unknown option '--%s'", dsv_buf_str(&typed));
	near = dsv_nearest(dsv_buf_str(&typed), &known);
	if (near)
		return dsv_hint(DSV_EUSAGE, "did you mean '--%s'?", near);
	return DSV_EUSAGE;
}

static int set_word(const struct dsv_opt *opt, const char *value, unsigned *out)
{
	struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;
	unsigned i;

	for (i = 0; opt->words[i]; i++) {
		if (!strcmp(opt->words[i], value)) {
			*out = i + 1;
			return 0;
		}
		dsv_buf_addf(&words, "%s%s", i ? ", " : "", opt->words[i]);
	}
	return dsv_fail(DSV_EUSAGE, "'--%s' takes one of %s, not '%s'",
			opt->name, dsv_buf_str(&words), value);
}

static int set_count(const struct dsv_opt *opt, const char *value,
		     uint64_t *out)
{
	if (!dsv_parse_u64(value, strlen(value), out))
		return dsv_fail(DSV_EUSAGE, "'--%s' takes a number, not '%s'",
				opt->name, value);
	return 0;
}

static int set_value(struct parse *p, const struct dsv_opt *opt,
		     const char *value)
{
	void *field = p->args + opt->at;

	switch (opt->kind) {
	case DSV_KIND_JSON:
		p->out->json = true;
		return 0;
	case DSV_KIND_FLAG:
		*(bool *)field = true;
		return 0;
	case DSV_KIND_STR:
		*(const char **)field = value;
		return 0;
	case DSV_KIND_LIST:
		dsv_strlist_add(field, value);
		return 0;
	case DSV_KIND_COLS:
		if (!*value)
			return dsv_fail(DSV_EUSAGE,
					"'--%s' needs at least one column",
					opt->name);
		dsv_strlist_split(field, value, ',');
		return 0;
	case DSV_KIND_COUNT:
		return set_count(opt, value, field);
	case DSV_KIND_WORD:
		return set_word(opt, value, field);
	default:
		assert(!"an option");
		return 0;
	}
}

static int parse_long(struct parse *p, const char *arg)
{
	const char *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
	const struct dsv_opt *opt;

	if (len == 4 && !memcmp(arg, "help", 4)) {
		p->out->help = true;
		return 0;
	}
	opt = find_long(p->opts, arg, len);
	if (!opt)
		return unknown_long(p->opts, arg, len);
	if (!takes_value(opt)) {
		if (equals)
			return dsv_fail(DSV_EUSAGE,
					"option '--%s' takes no value",
					opt->name);
		return set_value(p, opt, NULL);
	}
	if (equals)
		return set_value(p, opt, equals + 1);
	if (p->at == p->argc)
		return dsv_fail(DSV_EUSAGE, "option '--%s' needs a value",
				opt->name);
	return set_value(p, opt, p->argv[p->at++]);
}

static int parse_short(struct parse *p, const char *arg)
{
	const struct dsv_opt *opt;
	int rc;

	for (; *arg; arg++) {
		opt = find_short(p->opts, *arg);
		if (!opt && *arg == 'h') {
			p->out->help = true;
			return 0;
		}
		if (!opt)
			return dsv_fail(DSV_EUSAGE, "unknown option '-%c'",
					*arg);
		if (takes_value(opt)) {
			if (arg[1])
				return set_value(p, opt, arg + 1);
			if (p->at == p->argc)
				return dsv_fail(DSV_EUSAGE,
						"option '-%c' needs a value",
						*arg);
			return set_value(p, opt, p->argv[p->at++]);
		}
		rc = set_value(p, opt, NULL);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int parse_one(struct parse *p, const char *arg)
{
	if (p->ended || arg[0] != '-' || !arg[1]) {
		dsv_strlist_add(&p->operands.list, arg);
		return 0;
	}
	if (!strcmp(arg, "--")) {
		p->ended = true;
		p->operands.dashed = true;
		p->operands.n_before = p->operands.list.n;
		return 0;
	}
	return arg[1] == '-' ? parse_long(p, arg + 2) : parse_short(p, arg + 1);
}

/* An operand of argv, which outlives the list that was made of it. */
static const char *lent(const struct parse *p, const char *text)
{
	int i;

	for (i = 0; i < p->argc; i++)
		if (!strcmp(p->argv[i], text))
			return p->argv[i];
	return NULL;
}

static void hand_over_rest(struct parse *p, size_t first,
			   struct dsv_operands *out)
{
	size_t i;

	for (i = first; i < p->operands.list.n; i++)
		dsv_strlist_add(&out->list, p->operands.list.items[i]);
	out->dashed = p->operands.dashed;
	out->n_before =
		p->operands.n_before > first ? p->operands.n_before - first : 0;
}

static int hand_over(struct parse *p)
{
	const struct dsv_strlist *list = &p->operands.list;
	const struct dsv_opt *opt;
	size_t i = 0;

	for (opt = p->opts; opt->kind != DSV_KIND_END; opt++) {
		if (dsv_opt_is_option(opt))
			continue;
		if (i == list->n &&
		    (opt->kind == DSV_KIND_ARG || opt->kind == DSV_KIND_SOME))
			return dsv_fail(DSV_EUSAGE, "%s is missing",
					opt->value);
		if (opt->kind == DSV_KIND_MANY || opt->kind == DSV_KIND_SOME) {
			hand_over_rest(p, i, (void *)(p->args + opt->at));
			i = list->n;
		} else if (i < list->n) {
			*(const char **)(p->args + opt->at) =
				lent(p, list->items[i++]);
		}
	}
	if (i < list->n)
		return dsv_fail(DSV_EUSAGE, "'%s' is one argument too many",
				list->items[i]);
	return 0;
}

int dsv_opt_parse(const struct dsv_opt *opts, int argc, char **argv, void *args,
		  struct dsv_parsed *out)
{
	struct parse p = {
		.opts = opts,
		.argc = argc,
		.argv = argv,
		.args = args,
		.out = out,
	};
	int rc = 0;

	while (rc == 0 && !out->help && p.at < argc)
		rc = parse_one(&p, argv[p.at++]);
	if (rc == 0 && !out->help)
		rc = hand_over(&p);
	dsv_strlist_release(&p.operands.list);
	return rc;
}

void dsv_opt_release(const struct dsv_opt *opts, void *args)
{
	for (; opts->kind != DSV_KIND_END; opts++) {
		void *field = (char *)args + opts->at;

		if (opts->kind == DSV_KIND_LIST || opts->kind == DSV_KIND_COLS)
			dsv_strlist_release(field);
		if (opts->kind == DSV_KIND_MANY || opts->kind == DSV_KIND_SOME)
			dsv_strlist_release(
				&((struct dsv_operands *)field)->list);
	}
}
