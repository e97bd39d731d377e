#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runs a fuzz target without a fuzzer: over every seed of the folder that is
 * named, over the seed cut short at many places, and over copies with single
 * bits flipped. A fault shows as a crash or a sanitizer's report.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS_MAX  512u /* places where a seed is cut; all of a small one */
#define FLIPS_MAX 512u /* bits that are flipped, spread over the seed */

static uint8_t *read_seed(const char *path, size_t *out_len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t len = 0;
	size_t n;

	if (!file) {
		perror(path);
		exit(3);
	}
	do {
		data = realloc(data, len + 65536);
		if (!data)
			abort();
		n = fread(data + len, 1, 65536, file);
		len += n;
	} while (n > 0);
	fclose(file);
	*out_len = len;
	return data;
}

/* From a block of exactly len bytes, so that reading behind it is caught. */
static void run_exact(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void run_seed(uint8_t *data, size_t len)
{
	size_t cut_step = len / CUTS_MAX + 1;
	size_t flip_step = len * 8 / FLIPS_MAX + 1;

	run_exact(data, len);
	for (size_t cut = 0; cut < len; cut += cut_step)
		run_exact(data, cut);
	for (size_t bit = 0; bit < len * 8; bit += flip_step) {
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		run_exact(data, len);
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int main(int argc, char **argv)
{
	DIR *dir = argc > 1 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	unsigned n_seeds = 0;

	run_exact((const uint8_t *)"", 0);
	while (dir && (entry = readdir(dir))) {
		char path[4096];
		uint8_t *data;
		size_t len;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		data = read_seed(path, &len);
		run_seed(data, len);
		free(data);
		n_seeds++;
	}
	if (dir)
		closedir(dir);
	if (argc > 1 && n_seeds == 0) {
		fprintf(stderr, "no seeds in '%s'\n", argv[1]);
		printf("0 passed, 1 failed\n");
		return 1;
	}
	printf("1 passed, 0 failed\n");
	return 0;
}
