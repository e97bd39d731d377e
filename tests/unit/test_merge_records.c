#include "dsvrepo.h"

#include <dsv/merge.h>

#include "dataset/cut_kind.h"
#include "dataset/source.h"
#include "format/format.h"
#include "history/conflict.h"
#include "repo/blobs.h"
#include "repo/pointer.h"
#include "repo/repo.h"
#include "store/writer.h"

/*
 * One merge: the three versions as text (NULL: none), what the merged file
 * holds, and the conflicts as "word key field base|ours|theirs;" each.
 */
struct merge {
	const char *base, *ours, *theirs;
	const char *merged;
	const char *conflicts;
};

static void define(const char *key, const char *more)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&text,
		     "version: 1\ndatasets:\n  - name: x\n    files: "
		     "[\"x.*\"]\n%s%s%s%s",
		     key ? "    key: [" : "", key ? key : "", key ? "]\n" : "",
		     more ? more : "");
	sh("mkdir -p .dsv");
	put(".dsv/datasets.yaml", dsv_buf_str(&text));
}

static void blob_of(struct dsv_repo *repo, const char *text,
		    struct dsv_oid *out)
{
	*out = (struct dsv_oid){{0}};
	if (text)
		assert_int_equal(dsv_blob_write(repo, text, strlen(text), out),
				 0);
}

static char *content_of(struct dsv_repo *repo, const struct dsv_oid *blob)
{
	const struct dsv_entry entry = {*blob, 0100644};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	const char *data;
	size_t len;

	assert_int_equal(dsv_source_of_entry(&source, repo, "x", &entry), 0);
	assert_int_equal(dsv_source_map(source, &data, &len), 0);
	return dsv_strndup(data, len);
}

static void tell_value(struct dsv_buf *out,
		       const struct dsv_conflict_item *item, size_t side)
{
	const struct dsv_conflict_side *at = &item->sides[side];

	if (side)
		dsv_buf_addch(out, '|');
	if (item->field)
		dsv_buf_addstr(out, at->value.data ? at->value.data : "-");
	for (size_t i = 0; !item->field && i < at->n; i++)
		dsv_buf_addf(out, "%s%s", i ? "+" : "", at->records[i].data);
}

static char *tell(struct dsv_repo *repo, const char *path)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_conflict_record_read(&record, repo, path);

	assert_true(rc >= 0);
	if (rc && record.reason)
		dsv_buf_addf(&out, "file: %s", record.reason);
	for (size_t i = 0; i < record.n; i++) {
		const struct dsv_conflict_item *item = &record.items[i];

		dsv_buf_addf(&out, "%s", dsv_conflict_word_name(item->word));
		for (size_t k = 0; k < item->key.n; k++)
			dsv_buf_addf(&out, " %s", item->key.items[k]);
		if (item->field)
			dsv_buf_addf(&out, " %s", item->field);
		dsv_buf_addch(&out, ' ');
		for (size_t side = 0; side < 3; side++)
			tell_value(&out, item, side);
		dsv_buf_addch(&out, ';');
	}
	return dsv_buf_detach(&out);
}

static void check(const char *path, const struct merge *merge)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_oid stages[3];
	struct dsv_oid out;
	char *merged DSV_AUTO(str) = NULL;
	char *conflicts DSV_AUTO(str) = NULL;
	int rc;

	assert_int_equal(dsv_conflict_drop(repo, path), 0);
	blob_of(repo, merge->base, &stages[0]);
	blob_of(repo, merge->ours, &stages[1]);
	blob_of(repo, merge->theirs, &stages[2]);
	rc = dsv_merge_by_record(NULL, repo, path, stages, &out);
	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	merged = content_of(repo, &out);
	conflicts = tell(repo, path);
	assert_string_equal(merged, merge->merged);
	assert_string_equal(conflicts ? conflicts : "",
			    merge->conflicts ? merge->conflicts : "");
	assert_int_equal(rc, !merge->conflicts);
}

/* Without conflict. */
#define MERGES(path, base, ours, theirs, merged)                         \
	do {                                                             \
		const struct merge merge_ = {base, ours, theirs, merged, \
					     NULL};                      \
		check(path, &merge_);                                    \
	} while (0)

#define COLLIDES(path, base, ours, theirs, merged, conflicts)            \
	do {                                                             \
		const struct merge merge_ = {base, ours, theirs, merged, \
					     conflicts};                 \
		check(path, &merge_);                                    \
	} while (0)

#define HEAD "id,x,y\n"

static void test_merge_records__each_side_changes_its_records(void **state)
{
	(void)state;
	define("id", NULL);
	MERGES("x.csv", HEAD "1,a,b\n2,a,b\n", HEAD "1,z,b\n2,a,b\n",
	       HEAD "1,a,b\n2,a,\"q\"\n", HEAD "1,z,b\n2,a,\"q\"\n");
	MERGES("x.csv", HEAD "1,a,b\r\n2,a,b", HEAD "1,z,b\r\n2,a,b",
	       HEAD "1,a,b\r\n2,a,q", HEAD "1,z,b\r\n2,a,q");
}

static void test_merge_records__different_fields_are_joined(void **state)
{
	(void)state;
	define("id", NULL);
	MERGES("x.csv", HEAD "1,a,b\n", HEAD "1,\"z\",b\n", HEAD "1,a,\"q,\"\n",
	       HEAD "1,\"z\",\"q,\"\n");
	MERGES("x.jsonl", "{\"id\":1,\"a\":1,\"b\":2}\n",
	       "{\"id\":1,\"a\":1.10,\"b\":2}\n",
	       "{ \"b\": [3], \"id\":1,\"a\":1, \"c\": null}\n",
	       "{\"id\":1,\"a\":1.10,\"b\":[3],\"c\":null}\n");
}

static void test_merge_records__one_field_two_values_is_a_conflict(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n2,k,l\n", HEAD "1,z,b\n2,k,l\n",
		 HEAD "1,w,q\n2,k,m\n", HEAD "1,z,q\n2,k,m\n",
		 "both_changed 1 x a|z|w;");
	MERGES("x.csv", HEAD "1,a,b\n", HEAD "1,z,b\n", HEAD "1,z,b\n",
	       HEAD "1,z,b\n");
}

static void test_merge_records__changed_against_removed(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n2,k,l\n3,m,n\n", HEAD "1,z,b\n3,m,n\n",
		 HEAD "2,w,l\n3,m,n\n", HEAD "1,z,b\n3,m,n\n",
		 "changed_removed 1 1,a,b|1,z,b|;"
		 "removed_changed 2 2,k,l||2,w,l;");
	MERGES("x.csv", HEAD "1,a,b\n2,k,l\n3,m,n\n", HEAD "2,k,l\n3,m,n\n",
	       HEAD "1,a,b\n3,m,n\n", HEAD "3,m,n\n");
}

static void test_merge_records__both_added(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n", HEAD "1,a,b\n2,c,d\n3,e,f\n",
		 HEAD "3,e,g\n1,a,b\n2,c,d\n", HEAD "1,a,b\n2,c,d\n3,e,f\n",
		 "both_added 3 y -|f|g;");
	MERGES("x.csv", NULL, HEAD "1,a,b\n2,c,d\n", HEAD "2,c,d\n3,e,f\n",
	       HEAD "1,a,b\n2,c,d\n3,e,f\n");
}

static void
test_merge_records__added_records_stand_behind_their_anchor(void **state)
{
	(void)state;
	define("id", NULL);
	/* behind ours' own insertions; at the start; chained */
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n", HEAD "1,a,b\n5,o,o\n2,c,d\n",
	       HEAD "7,t,t\n1,a,b\n8,t,t\n9,t,t\n2,c,d\n6,t,t\n",
	       HEAD "7,t,t\n1,a,b\n5,o,o\n8,t,t\n9,t,t\n2,c,d\n6,t,t\n");
	/* the anchor is gone: the one before it */
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n3,e,f\n", HEAD "1,a,b\n3,e,f\n",
	       HEAD "1,a,b\n2,c,d\n9,t,t\n3,e,f\n",
	       HEAD "1,a,b\n9,t,t\n3,e,f\n");
}

static void test_merge_records__columns_of_both_sides(void **state)
{
	(void)state;
	define("id", NULL);
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n",
	       "id,x,y,o\n1,a,b,O\n2,c,d,P\n4,n,n,N\n",
	       "id,x,y,t\n1,a,q,T\n2,c,d,U\n3,e,f,V\n",
	       "id,x,y,o,t\n1,a,q,O,T\n2,c,d,P,U\n4,n,n,N,\n3,e,f,,V\n");
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n", HEAD "1,a,q\n2,c,d\n",
	       "id,y\n1,b\n2,d\n", "id,y\n1,q\n2,d\n");
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n", "id,y\n1,b\n2,d\n",
	       HEAD "1,a,q\n2,c,d\n", "id,y\n1,q\n2,d\n");
	COLLIDES("x.csv", HEAD "1,a,b\n", "id,x,y,n\n1,a,b,k\n",
		 "id,x,n,y\n1,a,l,b\n", "id,x,y,n\n1,a,b,k\n",
		 "both_changed 1 n -|k|l;");
	COLLIDES("x.csv", HEAD "1,a,b\n2,c,d\n", "id,x,y,n\n1,a,b,k\n2,c,d,m\n",
		 "id,x,y,n\n1,a,b,l\n2,c,d,m\n", "id,x,y,n\n1,a,b,k\n2,c,d,m\n",
		 "both_changed 1 n -|k|l;");
}

static void test_merge_records__removed_column_that_changed(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n", HEAD "1,z,b\n", "id,y\n1,b\n",
		 HEAD "1,z,b\n",
		 "file: column 'x' was removed by theirs and changed by the "
		 "other side");
	COLLIDES(
		"x.csv", HEAD "1,a,b\n", "id,y\n1,b\n", HEAD "1,z,b\n",
		"id,y\n1,b\n",
		"file: column 'x' was removed by ours and changed by the other "
		"side");
}

static void test_merge_records__renamed_columns_meet(void **state)
{
	(void)state;
	define("id", "    renamed: {\"new\": [\"x\"]}\n");
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n", HEAD "1,z,b\n2,c,d\n",
	       "id,new,y\n1,a,b\n2,w,d\n", "id,new,y\n1,z,b\n2,w,d\n");
}

static void test_merge_records__doubled_keys_are_never_guessed(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n2,c,d\n", HEAD "1,a,b\n1,o,o\n2,c,d\n",
		 HEAD "1,t,b\n2,c,d\n", HEAD "1,a,b\n1,o,o\n2,c,d\n",
		 "duplicate_key 1 1,a,b|1,a,b+1,o,o|1,t,b;");
	/* one side only */
	MERGES("x.csv", HEAD "1,a,b\n1,c,d\n2,e,f\n",
	       HEAD "1,a,b\n1,c,d\n2,o,f\n", HEAD "1,a,b\n1,t,t\n2,e,f\n",
	       HEAD "1,a,b\n1,t,t\n2,o,f\n");
	/* without key */
	COLLIDES("x.csv", HEAD ",a,b\n2,e,f\n", HEAD ",o,b\n2,e,f\n",
		 HEAD ",a,t\n2,e,f\n", HEAD ",o,b\n2,e,f\n",
		 "no_key  ,a,b|,o,b|,a,t;");
}

static void test_merge_records__without_key_contents_are_counted(void **state)
{
	(void)state;
	define(NULL, NULL);
	MERGES("x.csv", HEAD "1,a,b\n2,c,d\n2,c,d\n",
	       HEAD "1,o,b\n2,c,d\n2,c,d\n", HEAD "1,a,b\n2,c,d\n9,t,t\n",
	       HEAD "1,o,b\n2,c,d\n9,t,t\n");
	COLLIDES("x.csv", HEAD "2,c,d\n", HEAD "2,c,d\n2,c,d\n", HEAD,
		 HEAD "2,c,d\n2,c,d\n", "no_key 2,c,d|2,c,d+2,c,d|;");
}

static void
test_merge_records__what_cannot_be_read_is_a_whole_file(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n", HEAD "1,z,b\n", HEAD "1,w,\"b\n",
		 HEAD "1,z,b\n", "file: line 2 cannot be merged (bad_quoting)");
	COLLIDES("x.csv", HEAD "2,a,b\n", HEAD "1,z,b\n", HEAD "1,w,\"b\n",
		 HEAD "1,z,b\n", "file: line 2 cannot be merged (bad_quoting)");
	COLLIDES("x.bin", "1", "2", "3", "2",
		 "file: both sides changed it, and files of format 'bytes' are "
		 "not merged by record");
	COLLIDES("y.csv", "1", "2", "3", "2",
		 "file: both sides changed it, and no dataset has it");
}

static void
test_merge_records__unsure_records_are_one_or_the_other(void **state)
{
	(void)state;
	define("id", NULL);
	COLLIDES("x.csv", HEAD "1,a,b\n2,c,d\n", HEAD "1,z,b\n2,c\n",
		 HEAD "1,a,\"b\"x\n2,c,d\n", HEAD "1,z,b\n2,c\n",
		 "both_changed 1 1,a,b|1,z,b|1,a,\"b\"x;");
	MERGES("x.csv", HEAD "1,a\n2,c,d\n", HEAD "1,a\n2,z,d\n",
	       HEAD "1,\"b\"x\n2,c,d\n", HEAD "1,\"b\"x\n2,z,d\n");
}

/* Many records, stored: compared by chunks, found behind unread ones. */
static char *table(unsigned side)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&out, HEAD);
	for (unsigned i = 0; i < 40000; i++) {
		const bool ours = i % 4000 == 17 && side & 1;
		const bool theirs = i % 4000 == 2017 && side & 2;

		if (i % 9000 == 100 && side & 2)
			dsv_buf_addf(&out, "t%u,new,new\n", i);
		dsv_buf_addf(&out, "%u,%s value %u,%s\n", i,
			     ours ? "ours" : "some", i * 7919,
			     theirs ? "theirs" : "same");
	}
	return dsv_buf_detach(&out);
}

static void store(struct dsv_repo *repo, const char *text, struct dsv_oid *out)
{
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_writer_opts opts = {.previous = NULL};
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content;
	struct dsv_store *into;

	opts.cutting = dsv_cutting_of_format(dsv_format_named("csv"));
	dsv_stream_of_memory(&in, text, strlen(text));
	assert_int_equal(dsv_repo_store(repo, &into), 0);
	assert_int_equal(dsv_writer_open(&writer, into), 0);
	assert_int_equal(dsv_writer_add(writer, in, &opts, &content), 0);
	assert_int_equal(dsv_writer_commit(writer), 0);
	dsv_pointer_format(&content, &pointer);
	assert_int_equal(dsv_blob_write(repo, pointer.data, pointer.len, out),
			 0);
}

static void test_merge_records__stored_tables_are_merged_by_chunks(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	char *wanted DSV_AUTO(str) = table(3);
	char *merged DSV_AUTO(str) = NULL;
	struct dsv_oid stages[3];
	struct dsv_oid out;

	(void)state;
	define("id", NULL);
	for (unsigned i = 0; i < 3; i++) {
		char *text DSV_AUTO(str) = table(i);

		store(repo, text, &stages[i]);
	}
	assert_int_equal(dsv_merge_by_record(NULL, repo, "x.csv", stages, &out),
			 1);
	merged = content_of(repo, &out);
	assert_true(strcmp(merged, wanted) == 0);
}

static const struct CMUnitTest tests[] = {
	dsvrepo_test(test_merge_records__each_side_changes_its_records),
	dsvrepo_test(test_merge_records__different_fields_are_joined),
	dsvrepo_test(test_merge_records__one_field_two_values_is_a_conflict),
	dsvrepo_test(test_merge_records__changed_against_removed),
	dsvrepo_test(test_merge_records__both_added),
	dsvrepo_test(
		test_merge_records__added_records_stand_behind_their_anchor),
	dsvrepo_test(test_merge_records__columns_of_both_sides),
	dsvrepo_test(test_merge_records__removed_column_that_changed),
	dsvrepo_test(test_merge_records__renamed_columns_meet),
	dsvrepo_test(test_merge_records__doubled_keys_are_never_guessed),
	dsvrepo_test(test_merge_records__without_key_contents_are_counted),
	dsvrepo_test(test_merge_records__what_cannot_be_read_is_a_whole_file),
	dsvrepo_test(test_merge_records__unsure_records_are_one_or_the_other),
	dsvrepo_test(test_merge_records__stored_tables_are_merged_by_chunks),
};

DSVREPO_MAIN(tests)
