#include "govern/gate.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "dataset/place.h"
#include "dataset/reading.h"
#include "dataset/source.h"

/*
 * Do datasets share keys, as training and test data must not? Each is read
 * once, as it will stand on the target; 16 bytes a record are kept, so a
 * shared key is told by its hash (XXH3-128, seeded anew in each process).
 */
struct keys {
	struct dsv_hash128 *items; /* sorted, of the datasets before */
	size_t n;
	size_t sorted;
	size_t cap;
};

struct work {
	struct dsv_gate *gate;
	struct dsv_datasets at_base; /* as the target defines them */
	struct keys keys;
	uint64_t shared;
	struct dsv_buf first; /* the key that was first found twice */
	const char *first_set;
};

static void work_auto(struct work *work)
{
	dsv_datasets_release(&work->at_base);
	free(work->keys.items);
	dsv_buf_release(&work->first);
}

static int compare(const void *a, const void *b)
{
	const struct dsv_hash128 *x = a, *y = b;

	if (x->high != y->high)
		return x->high < y->high ? -1 : 1;
	return (x->low > y->low) - (x->low < y->low);
}

static void add_key(struct work *work, const char *set,
		    const struct dsv_buf *key)
{
	struct keys *keys = &work->keys;
	struct dsv_hash128 hash = dsv_hash128(key->data, key->len);

	if (keys->sorted > 0 &&
	    bsearch(&hash, keys->items, keys->sorted, sizeof(hash), compare)) {
		if (work->shared++ == 0) {
			dsv_buf_add(&work->first, key->data, key->len);
			work->first_set = set;
		}
		return;
	}
	DSV_GROW(keys->items, keys->cap, keys->n + 1);
	keys->items[keys->n++] = hash;
}

/* Records without key name nothing that could be shared. */
static bool key_of(struct dsv_place *places, size_t n,
		   const struct dsv_record *record, struct dsv_buf *out)
{
	bool any = false;

	dsv_buf_truncate(out, 0);
	for (size_t i = 0; i < n; i++) {
		const struct dsv_field *field =
			dsv_place_field(&places[i], record);

		if (i > 0)
			dsv_buf_addch(out, ',');
		dsv_address_add_part(out, field->text, field->len);
		any |= !dsv_field_is_empty(field);
	}
	return any;
}

static int read_records(struct work *work, const char *set,
			struct dsv_reader *reader,
			const struct dsv_reading *reading)
{
	struct dsv_place *places =
		dsv_alloc_zero(reading->key.n + 1, sizeof(*places));
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record record;
	int rc;

	dsv_buf_reserve(&key, 1);
	for (size_t i = 0; i < reading->key.n; i++)
		dsv_place_init(&places[i], reading, reading->key.items[i]);
	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		for (size_t i = 0; i < reading->key.n; i++)
			dsv_place_bind(&places[i], dsv_reader_columns(reader));
		if (key_of(places, reading->key.n, &record, &key))
			add_key(work, set, &key);
		if ((rc = dsv_cancelled()) < 0)
			break;
	}
	for (size_t i = 0; i < reading->key.n; i++)
		dsv_place_release(&places[i]);
	free(places);
	return rc;
}

static int read_file(struct work *work, const char *set,
		     const struct dsv_version *version, const char *path,
		     const struct dsv_datasets *sets)
{
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_reader_opts opts = {.only = &reading.key};
	int rc = dsv_reading_of_path(&reading, sets, path, NULL);

	if (rc < 0 || !reading.format->has_fields || reading.key.n == 0)
		return rc;
	rc = dsv_source_open(&source, work->gate->repo, version, path);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, reading.format, in, &opts);
	return rc < 0 ? rc : read_records(work, set, reader, &reading);
}

/* A dataset that the change leaves alone stands as the target has it. */
static bool stands(const struct dsv_gate *gate, const char *name)
{
	for (size_t i = 0; i < gate->n_sets; i++) {
		const struct dsv_gate_set *set = &gate->sets[i];

		if (strcmp(set->name, name) == 0)
			return !set->judged && set->tip;
	}
	return false;
}

/* Nothing can be said of what is not there, or has no keys. */
static int check_keyed(const struct dsv_dataset *set, const char *name)
{
	if (!set)
		return dsv_fail(DSV_ENOTFOUND, "dataset '%s' is not there",
				name);
	if (set->key.n == 0)
		return dsv_fail(DSV_EREFUSED,
				"dataset '%s' has no key, so its records "
				"cannot be told from others",
				name);
	return 0;
}

static int read_set(struct work *work, const char *name)
{
	const struct dsv_gate *gate = work->gate;
	const bool old = stands(gate, name);
	const struct dsv_datasets *sets =
		old ? &work->at_base : &gate->definitions;
	const struct dsv_snapshot *snapshot = dsv_snapshots_named(
		old ? &gate->at_base : &gate->at_head, name);
	struct keys *keys = &work->keys;
	int rc = check_keyed(dsv_datasets_named(sets, name), name);

	for (size_t i = 0; rc == 0 && snapshot && i < snapshot->n_files; i++)
		rc = read_file(work, name, old ? &gate->base : &gate->head,
			       snapshot->files[i].path, sets);
	if (keys->n > 1)
		qsort(keys->items, keys->n, sizeof(*keys->items), compare);
	keys->sorted = keys->n;
	return rc;
}

static char *words(const struct work *work, const struct dsv_requirement *it)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (work->shared == 0) {
		dsv_buf_addstr(&text, "no key shared by ");
	} else {
		dsv_add_count(&text, work->shared);
		dsv_buf_addf(&text, " records of '%s' have a key of another, '",
			     work->first_set);
		dsv_add_shown(&text, work->first.data, work->first.len);
		dsv_buf_addstr(&text, "' the first: ");
	}
	for (size_t i = 0; i < it->datasets.n; i++)
		dsv_buf_addf(&text, "%s%s", i ? ", " : "",
			     it->datasets.items[i]);
	return dsv_buf_detach(&text);
}

int dsv_check_disjoint(struct dsv_gate *gate, const struct dsv_requirement *it)
{
	struct work work __attribute__((cleanup(work_auto))) = {.gate = gate};
	int rc = 0;

	if (gate->opts->no_data)
		return 0;
	rc = dsv_datasets_read(&work.at_base, gate->repo, &gate->base);
	for (size_t i = 0; rc == 0 && i < it->datasets.n; i++)
		rc = read_set(&work, it->datasets.items[i]);
	if (rc < 0)
		return dsv_gate_error(gate, rc, "", NULL, it);
	dsv_gate_answer(gate, &(struct dsv_gate_item){
				      .dataset = "",
				      .state = work.shared ? DSV_CHECK_MISSING
							   : DSV_CHECK_OK,
				      .requirement = it,
				      .found = words(&work, it)});
	return 0;
}
