#ifndef CMD_BLAME_VIEW_H
#define CMD_BLAME_VIEW_H

#include <dsv/blame.h>
#include <dsv/signed.h>

#include "cli/out.h"

/* What stands behind the values of a record: the same for all of a commit, so
 * it is made once, on first use. */
struct dsv_blame_tails {
	struct dsv_buf text; /* one behind the other */
	struct dsv_buf ends; /* of each: size_t */
	size_t n;
};

/** What was added to tails->text is the next origin's. */
void dsv_blame_end_tail(struct dsv_blame_tails *tails);
void dsv_blame_add_tail(const struct dsv_blame_tails *tails, size_t i,
			struct dsv_buf *out);
void dsv_blame_tails_release(struct dsv_blame_tails *tails);

/* Who signed the data of the commits that are shown. */
struct dsv_blame_signed {
	struct dsv_signed *said;
	int rc; /* what went wrong while a text was made */
};

/* How `dsv blame` shows what it finds. */
struct dsv_blame_show {
	struct dsv_blame *blame;
	const char *rev;   /* as it was typed */
	const char *until; /* of --reverse, or NULL */
	const char *field;
	bool one; /* a record was named: no heading, the subject instead */
	uint64_t still_there;
	struct dsv_blame_tails tails;
	struct dsv_blame_signed signs;
};

int dsv_blame_human(struct dsv_out *out, struct dsv_blame_show *show);
int dsv_blame_json(struct dsv_out *out, struct dsv_blame_show *show,
		   bool summary_only);
int dsv_blame_csv(struct dsv_out *out, struct dsv_blame_show *show);
int dsv_blame_summary(struct dsv_out *out, struct dsv_blame_show *show);

/* How many records each author, guideline version or role that signed still
 * has, most first; a record that two roles signed counts for both. */
enum dsv_blame_by {
	DSV_BLAME_BY_AUTHOR,
	DSV_BLAME_BY_GUIDELINE,
	DSV_BLAME_BY_ROLE,
};

struct dsv_blame_share {
	const char *name; /* "-": none; lent */
	uint64_t n;
};

struct dsv_blame_shares {
	struct dsv_blame_share *items;
	size_t n;
};

#define DSV_BLAME_SHARES_INIT \
	{                     \
		0             \
	}

int dsv_blame_shares_read(struct dsv_blame_shares *out,
			  const struct dsv_blame_show *show,
			  enum dsv_blame_by by);
void dsv_blame_shares_release(struct dsv_blame_shares *shares);

/** Roles whose sign-off stands for the data of that commit; lent. */
int dsv_blame_roles(const struct dsv_blame_signed *signs,
		    const struct dsv_blame_origin *origin,
		    const struct dsv_strlist **out);
/** "legal privacy": 1, or nothing: 0. Failure goes to signs->rc. */
int dsv_blame_add_roles(struct dsv_blame_signed *signs,
			const struct dsv_blame_origin *origin,
			struct dsv_buf *out);
/** "signed_off":["legal","privacy"] */
void dsv_blame_json_roles(struct dsv_out *out, struct dsv_blame_signed *signs,
			  const struct dsv_blame_origin *origin);

/** What was met on the way, on standard error. */
void dsv_blame_say(const struct dsv_blame_info *info);

/* How `dsv blame --history` shows the life of a record. */
struct dsv_life_show {
	const struct dsv_life *life;
	const char *rev; /* as it was typed */
	const char *key;
	struct dsv_blame_signed signs;
};

int dsv_life_human(struct dsv_out *out, struct dsv_life_show *show);
int dsv_life_json(struct dsv_out *out, struct dsv_life_show *show);

DSV_AUTO_RELEASE(blame_shares)

#endif
