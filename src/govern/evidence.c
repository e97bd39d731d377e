#include <dsv/evidence.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/signer.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "govern/evidence_private.h"
#include "repo/blobs.h"

const char *dsv_trust_name(enum dsv_trust trust)
{
	static const char *const names[] = {
		[DSV_TRUSTED] = "trusted",
		[DSV_UNKNOWN_KEY] = "unknown-key",
		[DSV_WRONG_PERSON] = "wrong-person",
		[DSV_NO_ROLE] = "no-role",
		[DSV_BAD_SIGNATURE] = "bad-signature",
		[DSV_MALFORMED] = "malformed",
	};

	return names[trust];
}

static int compare_files(const void *a, const void *b)
{
	const struct dsv_evidence_file *x = a;
	const struct dsv_evidence_file *y = b;
	const int cmp = strcmp(x->path, y->path);

	return cmp ? cmp : memcmp(&x->blob, &y->blob, sizeof(x->blob));
}

static int add_files(struct dsv_evidence_cache *cache, struct dsv_repo *repo,
		     const struct dsv_files *files)
{
	static const struct dsv_evidence_file none = {.path = NULL};

	for (size_t i = 0; i < files->n; i++) {
		struct dsv_evidence_file *file;
		int rc;

		DSV_GROW(cache->files, cache->cap, cache->n + 1);
		file = &cache->files[cache->n++];
		*file = none;
		file->path = dsv_strdup(files->items[i].path);
		file->blob = files->items[i].entry.blob;
		/* what cannot be a statement is malformed, and said to be */
		if (!S_ISREG(files->items[i].entry.mode))
			continue;
		rc = dsv_blob_read(repo, &file->blob, DSV_STATEMENT_MAX,
				   &file->data);
		if (rc == DSV_ERANGE)
			dsv_error_clear();
		else if (rc < 0)
			return rc;
	}
	return 0;
}

/* Bring what is known up to the branch as it is now. */
static int update(struct dsv_evidence_cache *cache, struct dsv_repo *repo,
		  const struct dsv_ledger_tips *tips)
{
	struct dsv_ledger_scan scan DSV_AUTO(ledger_scan) =
		DSV_LEDGER_SCAN_INIT;
	int rc = dsv_ledger_scan(repo, tips, &cache->tips, &scan);

	if (rc < 0)
		return rc;
	if (scan.anew)
		dsv_evidence_cache_release(cache);
	rc = add_files(cache, repo, &scan.files);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < scan.lost.n; i++)
		dsv_strlist_add(&cache->lost, scan.lost.items[i]);
	if (cache->n > 1)
		qsort(cache->files, cache->n, sizeof(*cache->files),
		      compare_files);
	cache->tips.n = 0;
	for (size_t i = 0; i < tips->n; i++) {
		DSV_GROW(cache->tips.items, cache->tips.cap, i + 1);
		cache->tips.items[cache->tips.n++] = tips->items[i];
	}
	cache->changed = true;
	return 0;
}

/* Where the files of this path begin. */
static size_t find_path(const struct dsv_evidence_cache *cache,
			const char *path)
{
	size_t low = 0;
	size_t high = cache->n;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (strcmp(cache->files[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void set_fault(struct dsv_evidence_item *item, enum dsv_trust trust,
		      const char *text)
{
	item->trust = trust;
	free(item->fault);
	item->fault = dsv_strdup(text);
}

static void copy_key(struct dsv_ssh_key *out, const struct dsv_ssh_key *key)
{
	dsv_ssh_key_release(out);
	out->type = dsv_strdup(key->type);
	out->comment = dsv_strdup(key->comment ? key->comment : "");
	dsv_buf_reset(&out->blob);
	dsv_buf_add(&out->blob, key->blob.data, key->blob.len);
}

/* Try one signature, or take the answer of an earlier time. */
static int verify(struct dsv_evidence_cache *cache,
		  struct dsv_evidence_file *document,
		  const struct dsv_evidence_file *signature)
{
	struct dsv_id digest;

	dsv_id_of(dsv_buf_str(&signature->data), signature->data.len, &digest);
	if (document->judged && dsv_id_equal(&document->signature, &digest) &&
	    document->verdict == 0)
		return 0;
	dsv_ssh_key_release(&document->key);
	document->verdict =
		dsv_sign_verify(&signature->data, DSV_SIGN_NAMESPACE,
				&document->data, &document->key);
	document->judged = true;
	document->signature = digest;
	cache->changed |= document->verdict == 0;
	return document->verdict;
}

/* Several bytes may stand at the place of one signature where a commit changed
 * it; the first that holds counts. */
static void find_signature(struct dsv_evidence_cache *cache,
			   struct dsv_evidence_file *document,
			   struct dsv_evidence_item *item)
{
	char *path DSV_AUTO(str) = dsv_strf("%s.sig", document->path);
	size_t at = find_path(cache, path);

	set_fault(item, DSV_BAD_SIGNATURE, "no signature stands beside it");
	for (; at < cache->n && strcmp(cache->files[at].path, path) == 0;
	     at++) {
		const struct dsv_buf *data = &cache->files[at].data;

		dsv_buf_reset(&item->signature);
		dsv_buf_add(&item->signature, dsv_buf_str(data), data->len);
		if (verify(cache, document, &cache->files[at]) == 0) {
			copy_key(&item->key, &document->key);
			free(item->fault);
			item->fault = NULL;
			item->trust = DSV_UNKNOWN_KEY;
			return;
		}
		set_fault(item, DSV_BAD_SIGNATURE, dsv_error_message());
		dsv_error_clear();
	}
}

static void make_item(struct dsv_evidence_cache *cache,
		      struct dsv_evidence_file *file,
		      struct dsv_evidence_item *item)
{
	item->path = dsv_strdup(file->path);
	dsv_buf_add(&item->document, dsv_buf_str(&file->data), file->data.len);
	dsv_id_of(item->document.data, item->document.len, &item->digest);
	if (dsv_evidence_read_document(&item->document, file->path,
				       &item->statement) < 0) {
		set_fault(item, DSV_MALFORMED, dsv_error_message());
		dsv_error_clear();
		return;
	}
	find_signature(cache, file, item);
}

/* A signature belongs to the document beside it, if there is one. */
static bool has_document(const struct dsv_evidence_cache *cache,
			 const struct dsv_evidence_file *file)
{
	struct dsv_evidence_place place;
	char *path DSV_AUTO(str) = NULL;
	size_t at;

	if (!dsv_evidence_place_parse(&place, file->path) ||
	    !place.is_signature)
		return false;
	path = dsv_strndup(file->path, strlen(file->path) - strlen(".sig"));
	at = find_path(cache, path);
	return at < cache->n && strcmp(cache->files[at].path, path) == 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct dsv_evidence_item *x = a;
	const struct dsv_evidence_item *y = b;
	const int64_t s = x->statement.time_s;
	const int64_t t = y->statement.time_s;

	return s != t ? (s > t) - (s < t) : dsv_id_cmp(&x->digest, &y->digest);
}

static void make_items(struct dsv_evidence *evidence,
		       struct dsv_evidence_cache *cache)
{
	evidence->items =
		dsv_alloc_zero(cache->n + 1, sizeof(*evidence->items));
	for (size_t i = 0; i < cache->n; i++)
		if (!has_document(cache, &cache->files[i]))
			make_item(cache, &cache->files[i],
				  &evidence->items[evidence->n++]);
	if (evidence->n > 1)
		qsort(evidence->items, evidence->n, sizeof(*evidence->items),
		      compare_items);
}

static int read_branch(struct dsv_evidence *evidence, struct dsv_repo *repo,
		       struct dsv_evidence_cache *cache)
{
	struct dsv_ledger_tips tips DSV_AUTO(ledger_tips) =
		DSV_LEDGER_TIPS_INIT;
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_evidence_ref(repo, &ref);

	if (rc == 0)
		rc = dsv_ledger_tips(repo, ref.data, &tips);
	if (rc < 0)
		return rc;
	evidence->exists = tips.n > 0;
	if (!evidence->exists)
		return 0;
	dsv_evidence_cache_load(cache, repo, ref.data);
	if (!dsv_ledger_tips_equal(&tips, &cache->tips))
		rc = update(cache, repo, &tips);
	if (rc < 0)
		return rc;
	rc = dsv_ledger_missing(repo, &tips, &cache->lost, &evidence->lost);
	if (rc < 0)
		return rc;
	make_items(evidence, cache);
	if (cache->changed)
		dsv_evidence_cache_save(cache, repo, ref.data);
	return 0;
}

int dsv_evidence_open(struct dsv_evidence **out, struct dsv_repo *repo)
{
	struct dsv_evidence *evidence DSV_AUTO(evidence) =
		dsv_alloc_zero(1, sizeof(*evidence));
	struct dsv_evidence_cache cache = {.changed = false};
	int rc = read_branch(evidence, repo, &cache);

	dsv_evidence_cache_release(&cache);
	if (rc < 0)
		return rc;
	*out = dsv_take(&evidence);
	return 0;
}

static void item_release(struct dsv_evidence_item *item)
{
	free(item->path);
	dsv_buf_release(&item->document);
	dsv_buf_release(&item->signature);
	dsv_statement_release(&item->statement);
	dsv_ssh_key_release(&item->key);
	free(item->fault);
}

void dsv_evidence_free(struct dsv_evidence **evidencep)
{
	struct dsv_evidence *evidence = dsv_take(evidencep);

	if (!evidence)
		return;
	for (size_t i = 0; i < evidence->n; i++)
		item_release(&evidence->items[i]);
	free(evidence->items);
	dsv_strlist_release(&evidence->lost);
	free(evidence);
}

static void judge_item(struct dsv_evidence_item *item,
		       const struct dsv_people *people)
{
	const struct dsv_statement *statement = &item->statement;
	const struct dsv_member *by =
		dsv_people_by_key(people, &item->key.blob);
	char *text DSV_AUTO(str) = NULL;

	item->by = NULL;
	free(item->fault);
	item->fault = NULL;
	item->trust = DSV_TRUSTED;
	if (!by) {
		set_fault(item, DSV_UNKNOWN_KEY,
			  "signed by a key that nobody holds");
		return;
	}
	if (strcmp(by->id, statement->person) != 0) {
		text = dsv_strf("signed by '%s', not by '%s'", by->id,
				statement->person);
		set_fault(item, DSV_WRONG_PERSON, text);
		return;
	}
	item->by = by;
	if (dsv_member_has_role(by, statement->role))
		return;
	text = dsv_strf("'%s' does not hold the role '%s'", by->id,
			statement->role);
	set_fault(item, DSV_NO_ROLE, text);
}

void dsv_evidence_judge(struct dsv_evidence *evidence,
			const struct dsv_people *people)
{
	for (size_t i = 0; i < evidence->n; i++) {
		struct dsv_evidence_item *item = &evidence->items[i];

		if (item->trust != DSV_MALFORMED &&
		    item->trust != DSV_BAD_SIGNATURE)
			judge_item(item, people);
	}
}
