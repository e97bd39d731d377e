/*
 * Makes the data of `make bench`: the same seed gives the same bytes on every
 * machine.
 *
 *	gen table DIR ROWS VERSIONS [SHARE]
 *	gen files DIR COUNT
 *
 * table: DIR/v01.csv ... and DIR/shuffled.csv (the last version in another row
 * order), DIR/column.csv (the last version with one column more). Seven
 * columns; one row in ten has a quoted field, one in a hundred a line feed in
 * it; words follow Zipf's law, as those of a language do. From one version to
 * the next 0.1 % of the rows are relabelled here and there, 0.05 % removed,
 * 0.05 % inserted and 0.5 % appended; SHARE (1 by default) multiplies these.
 *
 * files: DIR/NNN/NNNNN.json, 200 to 4,000 bytes each, a hundred to a folder.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define N_WORDS	   20000u
#define WORD_MAX   12u
#define N_LABELS   3u
#define TABLE_SEED 20250203u

struct row {
	uint32_t id; /* decides all but the label */
	uint8_t label;
};

struct table {
	struct row *rows;
	size_t n;
	uint32_t next_id;
};

struct words {
	char text[N_WORDS][WORD_MAX];
	double weight[N_WORDS]; /* running sum, the last is 1 */
};

static const char *const labels[N_LABELS] = {"pos", "neg", "neutral"};

static void die(const char *what)
{
	fprintf(stderr, "gen: %s: %s\n", what, strerror(errno));
	exit(3);
}

/* splitmix64 (Steele, Lea, Flood 2014): one step, one number. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
	return (uint32_t)((next_random(state) >> 32) * limit >> 32);
}

static void make_words(struct words *words)
{
	static const char *const heads[] = {"b", "br", "c", "d",  "f", "g",
					    "h", "l",  "m", "n",  "p", "r",
					    "s", "st", "t", "th", "v", "w"};
	static const char *const vowels[] = {"a", "e", "i", "o", "u", "ea"};
	uint64_t state = TABLE_SEED;
	double sum = 0;

	for (size_t i = 0; i < N_WORDS; i++) {
		unsigned n = i < 60 ? 1 : 1 + below(&state, 3);

		words->text[i][0] = 0;
		while (n--) {
			strcat(words->text[i], heads[below(&state, 18)]);
			strcat(words->text[i], vowels[below(&state, 6)]);
		}
		sum += 1.0 / (double)(i + 2);
		words->weight[i] = sum;
	}
	for (size_t i = 0; i < N_WORDS; i++)
		words->weight[i] /= sum;
}

static const char *pick_word(const struct words *words, uint64_t *state)
{
	double at = (double)(next_random(state) >> 11) / 9007199254740992.0;
	size_t low = 0, high = N_WORDS - 1;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (words->weight[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return words->text[low];
}

static void put_text(FILE *out, const struct words *words, uint64_t *state)
{
	uint32_t kind = below(state, 100);
	unsigned n = 7 + below(state, 14);

	if (kind < 10)
		fputc('"', out);
	for (unsigned i = 0; i < n; i++) {
		if (i == 2 && kind == 0)
			fputc('\n', out);
		else if (i == 3 && kind < 10)
			fputs(kind < 5 ? ", " : " \"\"", out);
		else if (i)
			fputc(' ', out);
		fputs(pick_word(words, state), out);
		if (i == 3 && kind >= 5 && kind < 10)
			fputs("\"\"", out);
	}
	if (kind < 10)
		fputc('"', out);
}

static void put_row(FILE *out, const struct words *words, const struct row *row,
		    bool more)
{
	static const uint32_t limits[8] = {40, 1000, 10, 12, 28, 24, 60, 60};
	uint64_t state = TABLE_SEED ^ ((uint64_t)row->id << 20);
	uint32_t part[8];

	fprintf(out, "r%07u,", row->id);
	put_text(out, words, &state);
	for (size_t i = 0; i < 8; i++)
		part[i] = below(&state, limits[i]);
	fprintf(out, ",%s,w%02u,0.%03u,src-%u,2025-%02u-%02uT%02u:%02u:%02uZ",
		labels[row->label], part[0], part[1], part[2], 1 + part[3],
		1 + part[4], part[5], part[6], part[7]);
	if (more)
		fprintf(out, ",%s", row->id % 7 ? "en" : "de");
	fputc('\n', out);
}

static void write_table(const char *dir, const char *name,
			const struct table *table, const struct words *words,
			bool more)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	if (!out)
		die(path);
	fprintf(out, "id,text,sentiment,worker,score,source,created%s\n",
		more ? ",language" : "");
	for (size_t i = 0; i < table->n; i++)
		put_row(out, words, &table->rows[i], more);
	if (fclose(out))
		die(path);
}

static struct row new_row(struct table *table, uint64_t *state)
{
	return (struct row){table->next_id++, (uint8_t)below(state, N_LABELS)};
}

/* Walk the rows once; each meets its fate by chance. */
static void next_version(struct table *table, uint64_t *state, double share)
{
	uint32_t unit = (uint32_t)(100000 * share); /* of 100,000,000 */
	size_t appended = (size_t)((double)table->n * 0.005 * share);
	struct row *rows = malloc((table->n * 2 + appended) * sizeof(*rows));
	size_t n = 0;

	if (!rows)
		die("rows");
	for (size_t i = 0; i < table->n; i++) {
		uint32_t fate = below(state, 100000000);
		struct row row = table->rows[i];

		if (fate < unit)
			row.label =
				(uint8_t)((row.label + 1 + below(state, 2)) %
					  N_LABELS);
		else if (fate < unit + unit / 2)
			continue;
		else if (fate < 2 * unit)
			rows[n++] = new_row(table, state);
		rows[n++] = row;
	}
	while (appended--)
		rows[n++] = new_row(table, state);
	free(table->rows);
	table->rows = rows;
	table->n = n;
}

static void shuffle(struct table *table, uint64_t *state)
{
	for (size_t i = table->n; i > 1; i--) {
		size_t j = below(state, (uint32_t)i);
		struct row row = table->rows[i - 1];

		table->rows[i - 1] = table->rows[j];
		table->rows[j] = row;
	}
}

static void make_table(const char *dir, size_t n, unsigned versions,
		       double share)
{
	static struct words words;
	struct table table = {.rows = malloc(n * sizeof(struct row))};
	uint64_t state = TABLE_SEED;
	char name[32];

	if (!table.rows)
		die("rows");
	make_words(&words);
	while (table.n < n) {
		struct row row = new_row(&table, &state);

		table.rows[table.n++] = row;
	}
	for (unsigned v = 1; v <= versions; v++) {
		snprintf(name, sizeof(name), "v%02u.csv", v);
		if (v > 1)
			next_version(&table, &state, share);
		write_table(dir, name, &table, &words, false);
	}
	write_table(dir, "column.csv", &table, &words, true);
	shuffle(&table, &state);
	write_table(dir, "shuffled.csv", &table, &words, false);
	free(table.rows);
}

static void make_file(const char *path, const struct words *words,
		      uint64_t *state)
{
	unsigned n = 20 + below(state, 600);
	FILE *out = fopen(path, "w");

	if (!out)
		die(path);
	fprintf(out, "{\"label\": \"%s\", \"text\": \"",
		labels[below(state, N_LABELS)]);
	while (n--)
		fprintf(out, "%s ", pick_word(words, state));
	fputs("\"}\n", out);
	if (fclose(out))
		die(path);
}

static void make_files(const char *dir, unsigned n)
{
	static struct words words;
	uint64_t state = TABLE_SEED;
	char path[4096];

	make_words(&words);
	for (unsigned i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%03u", dir, i / 100);
		if (i % 100 == 0 && mkdir(path, 0777) && errno != EEXIST)
			die(path);
		snprintf(path, sizeof(path), "%s/%03u/%05u.json", dir, i / 100,
			 i);
		make_file(path, &words, &state);
	}
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "table"))
		make_table(argv[2], strtoul(argv[3], NULL, 10),
			   (unsigned)strtoul(argv[4], NULL, 10),
			   argc > 5 ? strtod(argv[5], NULL) : 1);
	else if (argc == 4 && !strcmp(argv[1], "files"))
		make_files(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
	else
		return fprintf(stderr, "usage: gen table DIR ROWS VERSIONS "
				       "[SHARE] | gen files DIR COUNT\n"),
		       2;
	return 0;
}
