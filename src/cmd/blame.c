#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include <dsv/address.h>

#include "cli/cmd.h"
#include "cmd/blame_view.h"
#include "cmd/signed_view.h"

struct blame_args {
	struct dsv_operands operands;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	struct dsv_strlist where;
	const char *field;
	const char *keys_from;
	const char *since;
	const char *format;
	bool reverse;
	bool summary;
	bool history;
	bool csv;
	bool no_cache;
};

static const struct dsv_opt blame_opts[] = {
	DSV_OPT_STR(0, "field", "F", struct blame_args, field,
		    "blame this field, not the whole record"),
	DSV_OPT_LIST(0, "where", "FIELD=VALUE", struct blame_args, where,
		     "only records for which it is true now"),
	DSV_OPT_STR(0, "keys-from", "FILE", struct blame_args, keys_from,
		    "only records whose keys FILE names, one a line"),
	DSV_OPT_REV(0, "since", struct blame_args, since,
		    "go back no further than REV"),
	DSV_OPT_FLAG(0, "reverse", struct blame_args, reverse,
		     "from REV on to HEAD: which commit took it away"),
	DSV_OPT_FLAG(0, "summary", struct blame_args, summary,
		     "how many records each commit still holds"),
	DSV_OPT_FLAG(0, "history", struct blame_args, history,
		     "all that happened to the one record of an address"),
	DSV_OPT_COLS('k', "key", struct blame_args, key,
		     "columns that name a record (default: the definition's)"),
	DSV_OPT_COLS('l', "label", struct blame_args, labels,
		     "columns that hold the label (default: the definition's)"),
	DSV_OPT_STR(0, "format", "FORMAT", struct blame_args, format,
		    "read as csv, tsv, jsonl or json (default: by extension)"),
	DSV_OPT_FLAG(0, "csv", struct blame_args, csv, "answer in CSV"),
	DSV_OPT_FLAG(0, "no-cache", struct blame_args, no_cache,
		     "neither read nor keep change lists"),
	DSV_OPT_JSON,
	DSV_ARG_SOME("REV|PATH", struct blame_args, operands,
		     DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

/* What is asked for. */
struct dsv_asked {
	const char *rev; /* as it was typed; NULL: HEAD */
	struct dsv_buf path;
	struct dsv_strlist keys;
	bool has_keys;
	bool one; /* an address names the record */
	const char *field;
	struct dsv_address address;
};

#define DSV_ASKED_INIT \
	{              \
		0      \
	}

static void dsv_asked_release(struct dsv_asked *asked)
{
	dsv_buf_release(&asked->path);
	dsv_strlist_release(&asked->keys);
	dsv_address_release(&asked->address);
}

DSV_AUTO_RELEASE(asked)

static bool file_exists(const char *path)
{
	return !faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW);
}

static int read_address(struct dsv_ctx *ctx, const char *word,
			const struct dsv_strlist *own_key,
			struct dsv_asked *out)
{
	struct dsv_address *address = &out->address;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version version;
	int rc = out->rev ? dsv_repo_resolve(ctx->repo, out->rev, &version)
			  : dsv_repo_head(ctx->repo, &version);

	if (rc == 0)
		rc = dsv_address_parse_by(address, ctx->repo, word, &version,
					  own_key);
	if (rc < 0)
		return rc;
	if (out->rev && address->rev)
		return dsv_fail(DSV_EUSAGE, "'%s' names a second revision",
				word);
	if (address->rev && !*address->rev)
		return dsv_fail(DSV_EUSAGE, "the index has no history");
	if (address->rev)
		out->rev = address->rev;
	if (address->has_key) {
		dsv_address_add_key(&key, &address->key);
		dsv_strlist_add(&out->keys, dsv_buf_str(&key));
		out->has_keys = out->one = true;
	}
	if (address->field)
		out->field = address->field;
	dsv_buf_addstr(&out->path, address->path);
	return 0;
}

static int read_operands(struct dsv_ctx *ctx, const struct blame_args *args,
			 struct dsv_asked *out)
{
	const struct dsv_strlist *list = &args->operands.list;
	const char *word = list->items[list->n - 1];

	if (list->n > 2)
		return dsv_fail(DSV_EUSAGE, "one file at a time");
	out->field = args->field;
	if (list->n == 2)
		out->rev = list->items[0];
	if (strchr(word, ':') && !file_exists(word))
		return read_address(ctx, word, args->key.n ? &args->key : NULL,
				    out);
	return dsv_repo_path(ctx->repo, word, &out->path);
}

static int read_keys(struct dsv_asked *out, const char *path)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	FILE *file;

	file = strcmp(path, "-") ? fopen(path, "rbe") : stdin;
	if (!file)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	while ((len = getline(&line, &cap, file)) > 0) {
		while (len > 0 && strchr("\r\n", line[len - 1]))
			line[--len] = 0;
		if (len > 0)
			dsv_strlist_add(&out->keys, line);
	}
	free(line);
	if (file != stdin)
		fclose(file);
	out->has_keys = true;
	return 0;
}

static int resolve(struct dsv_ctx *ctx, const char *rev,
		   struct dsv_version *out)
{
	int rc;

	if (rev)
		return dsv_repo_resolve(ctx->repo, rev, out);
	rc = dsv_repo_head(ctx->repo, out);
	if (rc == 0 && out->at == DSV_AT_NOTHING)
		return dsv_fail(DSV_ENOTFOUND, "there is no commit yet");
	return rc;
}

static int check_words(const struct blame_args *args,
		       const struct dsv_asked *asked)
{
	if (args->history && !asked->one)
		return dsv_hint(
			dsv_fail(DSV_EUSAGE, "--history is told of one record"),
			"name it by its address: PATH:KEY");
	if (args->history && (args->reverse || args->summary || args->csv))
		return dsv_fail(DSV_EUSAGE, "--history goes alone");
	if (args->reverse && !asked->rev)
		return dsv_hint(
			dsv_fail(DSV_EUSAGE, "--reverse begins at a revision"),
			"dsv blame --reverse REV PATH");
	if (args->reverse && args->since)
		return dsv_fail(DSV_EUSAGE, "--reverse has no --since");
	return 0;
}

static int read_opts(struct dsv_ctx *ctx, const struct blame_args *args,
		     struct dsv_asked *asked, struct dsv_blame_opts *out)
{
	int rc = read_operands(ctx, args, asked);

	if (rc == 0 && args->keys_from)
		rc = read_keys(asked, args->keys_from);
	if (rc == 0)
		rc = check_words(args, asked);
	if (rc == 0)
		rc = resolve(ctx, asked->rev, &out->rev);
	if (rc == 0 && args->since)
		rc = resolve(ctx, args->since, &out->since);
	if (rc == 0 && args->reverse)
		rc = resolve(ctx, NULL, &out->until);
	out->path = dsv_buf_str(&asked->path);
	out->field = asked->field;
	out->key = &args->key;
	out->labels = &args->labels;
	out->format = args->format;
	out->where = &args->where;
	out->keys = asked->has_keys ? &asked->keys : NULL;
	out->no_cache = args->no_cache;
	return rc;
}

static int show_life(struct dsv_ctx *ctx, const struct dsv_asked *asked,
		     const struct dsv_blame_opts *opts, struct dsv_signed *said)
{
	struct dsv_life life DSV_AUTO(life) = DSV_LIFE_INIT;
	struct dsv_life_show show = {
		.life = &life,
		.rev = asked->rev ? asked->rev : "HEAD",
		.key = asked->keys.items[0],
		.signs = {.said = said},
	};
	int rc = dsv_life_read(&life, ctx->repo, opts);

	if (rc == 0)
		rc = ctx->out->json ? dsv_life_json(ctx->out, &show)
				    : dsv_life_human(ctx->out, &show);
	if (rc < 0)
		return rc;
	dsv_blame_say(dsv_blame_info(life.blame));
	return dsv_blame_info(life.blame)->complete ? 0 : DSV_EXIT_NO;
}

static int show(struct dsv_ctx *ctx, const struct blame_args *args,
		struct dsv_blame_show *show)
{
	if (ctx->out->json)
		return dsv_blame_json(ctx->out, show, args->summary);
	if (args->summary)
		return dsv_blame_summary(ctx->out, show);
	if (args->csv)
		return dsv_blame_csv(ctx->out, show);
	return dsv_blame_human(ctx->out, show);
}

static int blame_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct blame_args *args = argp;
	struct dsv_asked asked DSV_AUTO(asked) = DSV_ASKED_INIT;
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	struct dsv_signed *said DSV_AUTO(signed) = NULL;
	struct dsv_blame_opts opts = {0};
	struct dsv_blame_show how = {0};
	const struct dsv_blame_info *info;
	int rc = read_opts(ctx, args, &asked, &opts);

	if (rc == 0)
		rc = dsv_signed_begin(&said, ctx->repo);
	if (rc == 0 && args->history)
		return show_life(ctx, &asked, &opts, said);
	if (rc == 0)
		rc = dsv_blame_open(&blame, ctx->repo, &opts);
	if (rc < 0)
		return rc;
	how.blame = blame;
	how.rev = asked.rev ? asked.rev : "HEAD";
	how.until = args->reverse ? "HEAD" : NULL;
	how.field = opts.field;
	how.one = asked.one;
	how.signs.said = said;
	rc = show(ctx, args, &how);
	dsv_blame_tails_release(&how.tails);
	if (rc >= 0)
		rc = how.signs.rc;
	if (rc < 0)
		return rc;
	info = dsv_blame_info(blame);
	if (asked.one && info->records == 0)
		return dsv_fail(DSV_ENOTFOUND,
				"there is no record '%s' in "
				"'%s'",
				asked.keys.items[0], info->path);
	dsv_blame_say(info);
	return info->complete ? 0 : DSV_EXIT_NO;
}

static const char *const blame_forms[] = {
	"[REV] PATH",
	"[REV:]PATH:KEY[:FIELD]",
	NULL,
};

const struct dsv_cmd dsv_cmd_blame = {
	.name = "blame",
	.group = DSV_GROUP_LOOK,
	.brief = "which commit last changed each record, or one field of it",
	.forms = blame_forms,
	.about = "Of HEAD, or of REV. Merges are blamed only for what they "
		 "changed themselves; renamed files are followed. Before a "
		 "commit '^' stands where the history is not followed "
		 "further.",
	.opts = blame_opts,
	.args_size = sizeof(struct blame_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = blame_run,
};
