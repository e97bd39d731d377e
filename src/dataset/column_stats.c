#include "dataset/column_stats.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

#define FIRST_SLOTS 64u

void dsv_column_stats_init(struct dsv_column_stats *stats, size_t exact_max)
{
	*stats = (struct dsv_column_stats){
		.exact_max = exact_max,
		.is_exact = true,
		.listed = true,
	};
}

void dsv_column_stats_release(struct dsv_column_stats *stats)
{
	free(stats->set);
	free(stats->registers);
	dsv_map_release(&stats->values);
	*stats = (struct dsv_column_stats){0};
}

/* Digits with at most one point, and an exponent. */
static bool is_number(const char *text, size_t len)
{
	const char *at = text;
	const char *end = text + len;
	size_t digits = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		digits++;
	if (at < end && *at == '.')
		for (at++; at < end && *at >= '0' && *at <= '9'; at++)
			digits++;
	if (digits == 0)
		return false;
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '-' || *at == '+'))
			at++;
		if (at == end)
			return false;
		while (at < end && *at >= '0' && *at <= '9')
			at++;
	}
	return at == end;
}

/* The same value as text and as a number are two values. */
static uint64_t hash_of(const struct dsv_field *field)
{
	uint64_t hash = dsv_hash_stable(field->text, field->len);

	if (field->kind == DSV_FIELD_JSON)
		hash = hash * 0x9e3779b97f4a7c15u + 1;
	return hash ? hash : 1;
}

static void insert(struct dsv_column_stats *stats, uint64_t hash)
{
	size_t at = hash & (stats->n_slots - 1);

	while (stats->set[at] != 0) {
		if (stats->set[at] == hash)
			return;
		at = (at + 1) & (stats->n_slots - 1);
	}
	stats->set[at] = hash;
	stats->n_set++;
}

static void grow(struct dsv_column_stats *stats)
{
	uint64_t *old = stats->set;
	size_t n_old = stats->n_slots;

	stats->n_slots = n_old ? n_old * 2 : FIRST_SLOTS;
	stats->set = dsv_alloc_zero(stats->n_slots, sizeof(*stats->set));
	stats->n_set = 0;
	for (size_t i = 0; i < n_old; i++) {
		if (old[i] != 0)
			insert(stats, old[i]);
	}
	free(old);
}

static void observe(uint8_t *registers, uint64_t hash)
{
	uint8_t rank = 1;
	uint64_t rest = hash << DSV_HLL_BITS;
	size_t at = hash >> (64 - DSV_HLL_BITS);

	while (rank <= 64 - DSV_HLL_BITS && !(rest >> 63)) {
		rank++;
		rest <<= 1;
	}
	if (registers[at] < rank)
		registers[at] = rank;
}

static void stop_exact(struct dsv_column_stats *stats)
{
	stats->registers = dsv_alloc_zero(DSV_HLL_REGISTERS, 1);
	for (size_t i = 0; i < stats->n_slots; i++) {
		if (stats->set[i] != 0)
			observe(stats->registers, stats->set[i]);
	}
	free(stats->set);
	stats->set = NULL;
	stats->is_exact = false;
}

static void count_distinct(struct dsv_column_stats *stats, uint64_t hash)
{
	if (stats->is_exact) {
		if (stats->n_set * 4 >= stats->n_slots * 3)
			grow(stats);
		insert(stats, hash);
		if (stats->n_set > stats->exact_max)
			stop_exact(stats);
		return;
	}
	observe(stats->registers, hash);
}

static void list_value(struct dsv_column_stats *stats,
		       const struct dsv_field *field)
{
	dsv_map_put(&stats->values, field->text, field->len)->value++;
	if (stats->values.n <= DSV_PROPOSE_VALUES)
		return;
	stats->listed = false;
	dsv_map_release(&stats->values);
	stats->values = (struct dsv_map)DSV_MAP_INIT;
}

void dsv_column_stats_add(struct dsv_column_stats *stats,
			  const struct dsv_field *field)
{
	if (dsv_field_is_empty(field))
		return;
	stats->filled++;
	if (field->len > stats->max_len)
		stats->max_len = field->len;
	if (is_number(field->text, field->len))
		stats->numeric++;
	if (stats->listed)
		list_value(stats, field);
	count_distinct(stats, hash_of(field));
}

/* Flajolet et al. 2007, "HyperLogLog". The correction for the small range (up
 * to 2.5 values a register) is left out: such columns are counted exactly. The
 * one for the large range is not needed with 64-bit hashes. */
static uint64_t estimate(const uint8_t *registers)
{
	const double m = DSV_HLL_REGISTERS;
	const double alpha = 0.7213 / (1.0 + 1.079 / m);
	double sum = 0;

	for (unsigned i = 0; i < DSV_HLL_REGISTERS; i++)
		sum += 1.0 / (double)(1ull << registers[i]);
	return (uint64_t)(alpha * m * m / sum + 0.5);
}

static int by_count(const void *a, const void *b)
{
	const struct dsv_value_count *x = a;
	const struct dsv_value_count *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->value, y->value);
}

static void give_values(const struct dsv_column_stats *stats,
			struct dsv_column *out)
{
	out->n_values = stats->values.n;
	out->values = dsv_alloc_zero(out->n_values + 1, sizeof(*out->values));
	for (size_t i = 0; i < out->n_values; i++) {
		const struct dsv_map_entry *entry = &stats->values.entries[i];

		out->values[i].value = dsv_strndup(entry->key, entry->key_len);
		out->values[i].n = entry->value;
	}
	qsort(out->values, out->n_values, sizeof(*out->values), by_count);
}

void dsv_column_stats_finish(struct dsv_column_stats *stats, uint64_t records,
			     struct dsv_column *out)
{
	out->empty = records - stats->filled;
	out->numeric = stats->numeric;
	out->max_len = stats->max_len;
	out->distinct_exact = stats->is_exact;
	out->distinct =
		stats->is_exact ? stats->n_set : estimate(stats->registers);
	if (!stats->is_exact && out->distinct > stats->filled)
		out->distinct = stats->filled;
	out->unique = stats->is_exact && records > 0 && out->empty == 0 &&
		      out->distinct == records;
	if (stats->listed)
		give_values(stats, out);
}
