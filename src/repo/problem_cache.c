#include "repo/problems.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/private.h"

/*
 * cache/problems: the name of the question, the digest of the answer, the
 * answer (varint count; of each: kind, path, detail). One answer is kept.
 */
#define CACHE_LIMIT (64u * 1024u * 1024u) /* bytes */
#define TEXT_LIMIT  (64u * 1024u)	  /* of one path or detail */
#define N_KINDS	    ((uint8_t)DSV_PROBLEM_NO_HOOKS + 1u)

static char *cache_path(struct dsv_repo *repo)
{
	return dsv_repo_own(repo, "cache/problems");
}

static void put_text(struct dsv_buf *out, const char *text)
{
	dsv_put_string(out, text ? text : "", text ? strlen(text) : 0);
}

static char *get_text(struct dsv_bytes *in)
{
	size_t len;
	const char *text = dsv_get_string(in, TEXT_LIMIT, &len);

	return text && len ? dsv_strndup(text, len) : NULL;
}

static int decode(struct dsv_bytes *in, struct dsv_problems *out)
{
	const uint64_t n = dsv_get_varint(in, CACHE_LIMIT);
	uint64_t i;

	for (i = 0; i < n && dsv_bytes_ok(in); i++) {
		const uint8_t kind = dsv_get_u8(in);
		char *path DSV_AUTO(str) = get_text(in);
		char *detail DSV_AUTO(str) = get_text(in);

		if (!dsv_bytes_ok(in) || kind >= N_KINDS)
			return 0;
		dsv_problems_add(out, (enum dsv_problem_kind)kind, path,
				 detail);
	}
	return dsv_bytes_ok(in) && !dsv_bytes_left(in);
}

int dsv_problems_load(struct dsv_repo *repo, const struct dsv_id *key,
		      struct dsv_problems *out)
{
	char *path DSV_AUTO(str) = cache_path(repo);
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_problems found DSV_AUTO(problems) = DSV_PROBLEMS_INIT;
	struct dsv_bytes in;
	struct dsv_id asked;
	struct dsv_id sum;
	struct dsv_id actual;
	size_t i;

	if (!dsv_fs_exists(path) || dsv_fs_read(path, CACHE_LIMIT, &bytes) < 0)
		return 0;
	in = dsv_bytes(bytes.data, bytes.len);
	dsv_get_id(&in, &asked);
	dsv_get_id(&in, &sum);
	if (!dsv_bytes_ok(&in) || !dsv_id_equal(&asked, key))
		return 0;
	dsv_id_of(in.at, dsv_bytes_left(&in), &actual);
	if (!dsv_id_equal(&actual, &sum) || !decode(&in, &found))
		return 0;
	for (i = 0; i < found.n; i++)
		dsv_problems_add(out, found.items[i].kind, found.items[i].path,
				 found.items[i].detail);
	return 1;
}

void dsv_problems_keep(struct dsv_repo *repo, const struct dsv_id *key,
		       const struct dsv_problems *problems)
{
	char *path DSV_AUTO(str) = cache_path(repo);
	char *dir DSV_AUTO(str) = dsv_repo_own(repo, "cache");
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id sum;
	size_t i;
	int rc;

	dsv_put_varint(&body, problems->n);
	for (i = 0; i < problems->n; i++) {
		dsv_put_u8(&body, (uint8_t)problems->items[i].kind);
		put_text(&body, problems->items[i].path);
		put_text(&body, problems->items[i].detail);
	}
	dsv_id_of(body.data, body.len, &sum);
	dsv_put_id(&head, key);
	dsv_put_id(&head, &sum);

	rc = dsv_fs_mkdirs(dir);
	if (rc == 0)
		rc = dsv_atomic_open(&file, path, NULL, 0666);
	if (rc == 0)
		rc = dsv_atomic_write(&file, head.data, head.len);
	if (rc == 0)
		rc = dsv_atomic_write(&file, body.data, body.len);
	if (rc == 0)
		rc = dsv_atomic_commit_fast(&file, NULL);
	/* a repository that cannot be written to can still be read */
	if (rc < 0)
		dsv_error_clear();
}
