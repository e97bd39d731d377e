#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/hash.h"
#include "history/changelist.h"
#include "history/keyset.h"
#include "history/listcodec.h"

static const char from_text[] =
	"id,label,text\n1,cat,one\n2,dog,\"two\nlines\"\n3,cat,gone\n4,,x\n"
	"5,a,dup\n5,b,dup\n6,fox\n";
static const char to_text[] =
	"text,id,label,who\none,1,dog,me\n\"two\nlines\",2,dog,\nx,4,cat,me\n"
	"new,7,cat,me,extra\ndup,5,a,\ndup,5,c,\n";

/* A finished comparison of two texts. */
struct fixture {
	struct dsv_reading reading;
	struct dsv_source *from;
	struct dsv_source *to;
	struct dsv_compare compare;
	struct dsv_buf body; /* its change list */
};

static int setup(void **state)
{
	struct fixture *fx = dsv_alloc_zero(1, sizeof(*fx));
	struct dsv_compare_opts opts = {.reading = &fx->reading};

	fx->reading.format = dsv_format_named("csv");
	dsv_strlist_add(&fx->reading.key, "id");
	dsv_strlist_add(&fx->reading.labels, "label");
	dsv_source_of_memory(&fx->from, from_text, strlen(from_text), "from");
	dsv_source_of_memory(&fx->to, to_text, strlen(to_text), "to");
	opts.from = fx->from;
	opts.to = fx->to;
	assert_int_equal(dsv_compare_full(&fx->compare, &opts), 0);
	assert_int_equal(dsv_changelist_write(&fx->body, &fx->compare), 1);
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	dsv_compare_release(&fx->compare);
	dsv_source_free(&fx->from);
	dsv_source_free(&fx->to);
	dsv_reading_release(&fx->reading);
	dsv_buf_release(&fx->body);
	free(fx);
	return 0;
}

static struct dsv_cached cached_of(const char *body, size_t len)
{
	struct dsv_cached cached = DSV_CACHED_INIT;

	cached.body = body;
	cached.len = len;
	return cached;
}

static void same_field(const struct dsv_field *a, const struct dsv_field *b)
{
	assert_true(dsv_field_equal(a, b));
}

static void same_change(const struct dsv_change *a, const struct dsv_change *b)
{
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->relabelled, b->relabelled);
	assert_int_equal(a->label_changed, b->label_changed);
	assert_int_equal(a->common, b->common);
	assert_int_equal(a->shared_key, b->shared_key);
	assert_int_equal(a->n_key, b->n_key);
	assert_int_equal(a->n_fields, b->n_fields);
	for (size_t i = 0; i < a->n_key; i++)
		same_field(&a->key[i], &b->key[i]);
	for (size_t i = 0; i < a->n_fields; i++) {
		assert_string_equal(a->fields[i].name, b->fields[i].name);
		same_field(a->fields[i].from, b->fields[i].from);
		same_field(a->fields[i].to, b->fields[i].to);
	}
	if (a->from) {
		assert_int_equal(a->from->line, b->from->line);
		assert_int_equal(a->from->issues, b->from->issues);
		for (long i = 0; i < 5; i++)
			same_field(dsv_record_field(a->from, i),
				   dsv_record_field(b->from, i));
	}
	if (a->to) {
		assert_int_equal(a->to->line, b->to->line);
		for (long i = 0; i < 6; i++)
			same_field(dsv_record_field(a->to, i),
				   dsv_record_field(b->to, i));
	}
}

static void test_changelist__gives_back_every_change(void **state)
{
	struct fixture *fx = *state;
	struct dsv_cached cached = cached_of(fx->body.data, fx->body.len);
	struct dsv_changelist *list DSV_AUTO(changelist) = NULL;
	struct dsv_emit emit DSV_AUTO(emit) = DSV_EMIT_INIT;
	struct dsv_change want;
	struct dsv_change got;
	int n = 0;

	assert_int_equal(dsv_changelist_open(&list, &fx->reading, &cached), 0);
	dsv_emit_init(&emit, &fx->compare);
	while (dsv_emit_next(&emit, &want) > 0) {
		assert_int_equal(dsv_changelist_next(list, &got), 1);
		same_change(&want, &got);
		n++;
	}
	assert_true(n > 5);
	assert_int_equal(dsv_changelist_next(list, &got), 0);
}

static void test_changelist__gives_back_the_summary(void **state)
{
	struct fixture *fx = *state;
	struct dsv_cached cached = cached_of(fx->body.data, fx->body.len);
	struct dsv_changelist *list DSV_AUTO(changelist) = NULL;
	struct dsv_buf before DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf after DSV_AUTO(buf) = DSV_BUF_INIT;

	assert_int_equal(dsv_changelist_open(&list, &fx->reading, &cached), 0);
	dsv_summary_put(&before, &fx->compare.summary.view);
	dsv_summary_put(&after, dsv_changelist_summary(list));
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	assert_string_equal(
		dsv_changelist_summary(list)->columns_added->items[0], "who");
}

/* 1: read to the end without a fault. */
static int read_all(const struct fixture *fx, const char *body, size_t len)
{
	struct dsv_cached cached = cached_of(body, len);
	struct dsv_changelist *list DSV_AUTO(changelist) = NULL;
	struct dsv_change change;
	int rc = dsv_changelist_open(&list, &fx->reading, &cached);

	if (rc < 0)
		return rc;
	while ((rc = dsv_changelist_next(list, &change)) > 0)
		continue;
	return rc < 0 ? rc : 1;
}

static void test_changelist__a_truncated_one_is_refused(void **state)
{
	struct fixture *fx = *state;

	for (size_t len = 0; len < fx->body.len; len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, fx->body.data, len);
		assert_int_equal(read_all(fx, copy, len), DSV_ECORRUPT);
		free(copy);
	}
}

/* The raw bytes as well as their compressed form: nothing is read beyond the
 * end, whatever the bytes say. */
static void test_changelist__flipped_bits_do_no_harm(void **state)
{
	struct fixture *fx = *state;
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < fx->body.len * 8; i++) {
		fx->body.data[i / 8] ^= (char)(1 << i % 8);
		read_all(fx, fx->body.data, fx->body.len);
		fx->body.data[i / 8] ^= (char)(1 << i % 8);
	}
	assert_int_equal(dsv_blocks_get(&raw, fx->body.data, fx->body.len,
					DSV_CHANGELIST_MAX),
			 0);
	for (size_t i = 0; i < raw.len * 8; i++) {
		struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;

		raw.data[i / 8] ^= (char)(1 << i % 8);
		dsv_blocks_put(&body, raw.data, raw.len);
		read_all(fx, body.data, body.len);
		raw.data[i / 8] ^= (char)(1 << i % 8);
	}
}

static void test_changelist__an_empty_one_is_refused(void **state)
{
	assert_int_equal(read_all(*state, "", 0), DSV_ECORRUPT);
}

static void cache_file(struct dsv_buf *out, const char *body, size_t len)
{
	dsv_buf_add(out, "DSVC", 4);
	dsv_put_u32(out, 1);
	dsv_buf_add(out, body, len);
	dsv_put_u64(out, dsv_hash_stable(out->data, out->len));
}

static void test_cache__any_flipped_bit_is_seen(void **state)
{
	struct fixture *fx = *state;
	struct dsv_buf file DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *body;
	size_t len;

	cache_file(&file, fx->body.data, fx->body.len);
	assert_true(dsv_cache_check(DSV_CACHE_CHANGES, file.data, file.len,
				    &body, &len));
	assert_int_equal(len, fx->body.len);
	for (size_t i = 0; i < file.len * 8; i++) {
		file.data[i / 8] ^= (char)(1 << i % 8);
		assert_false(dsv_cache_check(DSV_CACHE_CHANGES, file.data,
					     file.len, &body, &len));
		file.data[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < file.len; n++)
		assert_false(dsv_cache_check(DSV_CACHE_CHANGES, file.data, n,
					     &body, &len));
}

/* The example of docs/formats/change-list.md. */
static void test_changelist__reads_the_golden_file(void **state)
{
	struct fixture *fx = *state;
	struct dsv_changelist *list DSV_AUTO(changelist) = NULL;
	struct dsv_buf file DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_cached cached;
	struct dsv_change change;
	const char *body;
	size_t len;

	if (dsv_fs_read("tests/data/one.changes", 4096, &file) < 0)
		fail_msg("%s", dsv_error_message());
	assert_true(dsv_cache_check(DSV_CACHE_CHANGES, file.data, file.len,
				    &body, &len));
	cached = cached_of(body, len);
	assert_int_equal(dsv_changelist_open(&list, &fx->reading, &cached), 0);
	assert_int_equal(dsv_changelist_next(list, &change), 1);
	assert_true(change.relabelled);
	assert_int_equal(change.to->line, 2);
	assert_memory_equal(change.key[0].text, "1", 1);
	assert_memory_equal(change.fields[0].from->text, "cat", 3);
	assert_memory_equal(change.fields[0].to->text, "dog", 3);
	assert_int_equal(dsv_changelist_next(list, &change), 0);
}

/* ------------------------------------------------------------ keys */

static uint64_t *hashes_from(uint64_t first, size_t n)
{
	uint64_t *out = malloc((n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = (first + i) * 0x9e3779b97f4a7c15u;
	return out;
}

static void test_keyset__knows_what_came_and_went(void **state)
{
	struct dsv_keyset set DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_keyset next DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_id name = {{1}};
	uint64_t *all = hashes_from(1, 10000);
	uint64_t *come = hashes_from(20000, 100);
	uint64_t *gone = hashes_from(500, 100);

	(void)state;
	assert_true(dsv_keys_sort(all, 10000));
	dsv_keyset_of_array(&set, all, 10000, &name);
	dsv_keyset_derive(&next, &set, come, 100, gone, 100, &name);
	assert_int_equal(next.n_added, 100);
	assert_int_equal(next.n_removed, 100);
	next.base = set.base;
	for (uint64_t i = 1; i <= 10000; i++) {
		uint64_t hash = i * 0x9e3779b97f4a7c15u;

		assert_true(dsv_keyset_has(&set, hash));
		assert_int_equal(dsv_keyset_has(&next, hash),
				 i < 500 || i >= 600);
	}
	for (size_t i = 0; i < 100; i++) {
		assert_false(dsv_keyset_has(&set, come[i]));
		assert_true(dsv_keyset_has(&next, come[i]));
	}
	free(come);
	free(gone);
}

static void test_keyset__what_comes_back_leaves_no_trace(void **state)
{
	struct dsv_keyset a DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_keyset b DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_keyset c DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_id name = {{1}};
	uint64_t *all = hashes_from(1, 1000);
	uint64_t *come = hashes_from(2000, 10);
	uint64_t *gone = hashes_from(5, 10);

	(void)state;
	assert_true(dsv_keys_sort(all, 1000));
	dsv_keyset_of_array(&a, all, 1000, &name);
	dsv_keyset_derive(&b, &a, come, 10, gone, 10, &name);
	dsv_keyset_derive(&c, &b, gone, 10, come, 10, &name);
	assert_int_equal(c.n_added, 0);
	assert_int_equal(c.n_removed, 0);
	free(come);
	free(gone);
}

static void test_keyset__a_big_difference_gets_a_base_of_its_own(void **state)
{
	struct dsv_keyset a DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_keyset b DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	struct dsv_id name = {{1}};
	struct dsv_id other = {{2}};
	uint64_t *all = hashes_from(1, 1000);
	uint64_t *come = hashes_from(2000, 200);
	uint64_t *gone = hashes_from(5, 10);

	(void)state;
	assert_true(dsv_keys_sort(all, 1000));
	dsv_keyset_of_array(&a, all, 1000, &name);
	dsv_keyset_derive(&b, &a, come, 200, gone, 10, &other);
	assert_non_null(b.owned);
	assert_int_equal(b.n_base, 1190);
	assert_true(dsv_id_equal(&b.base_name, &other));
	for (size_t i = 0; i < 200; i++)
		assert_true(dsv_keyset_has(&b, come[i]));
	for (size_t i = 0; i < 10; i++)
		assert_false(dsv_keyset_has(&b, gone[i]));
	for (size_t i = 1; i < b.n_base; i++)
		assert_true(b.base[i - 1] < b.base[i]);
	free(come);
	free(gone);
}

static void test_keyset__equal_hashes_are_told(void **state)
{
	uint64_t few[] = {5, 3, 5};
	uint64_t *many = hashes_from(1, 9000);

	(void)state;
	assert_false(dsv_keys_sort(few, 3));
	many[8999] = many[17];
	assert_false(dsv_keys_sort(many, 9000));
	free(many);
}

static void test_keyset__truncated_bytes_are_refused(void **state)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (int i = 0; i < 32; i++)
		dsv_put_u8(&body, 7);
	dsv_put_u64(&body, 100);
	dsv_put_u64(&body, 2);
	dsv_put_u64(&body, 1);
	dsv_put_u64(&body, 5);
	dsv_put_u64(&body, 9);
	dsv_put_u64(&body, 4);
	for (size_t len = 0; len <= body.len; len++) {
		struct dsv_keyset set DSV_AUTO(keyset) = DSV_KEYSET_INIT;
		struct dsv_bytes in = dsv_bytes(body.data, len);

		dsv_keyset_get(&in, &set);
		assert_int_equal(dsv_bytes_ok(&in), len == body.len);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_changelist__gives_back_every_change),
		T(test_changelist__gives_back_the_summary),
		T(test_changelist__a_truncated_one_is_refused),
		T(test_changelist__flipped_bits_do_no_harm),
		T(test_changelist__an_empty_one_is_refused),
		T(test_changelist__reads_the_golden_file),
		T(test_cache__any_flipped_bit_is_seen),
		cmocka_unit_test(test_keyset__knows_what_came_and_went),
		cmocka_unit_test(test_keyset__what_comes_back_leaves_no_trace),
		cmocka_unit_test(
			test_keyset__a_big_difference_gets_a_base_of_its_own),
		cmocka_unit_test(test_keyset__equal_hashes_are_told),
		cmocka_unit_test(test_keyset__truncated_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
