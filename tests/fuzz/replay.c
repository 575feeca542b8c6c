/* SPDX-License-Identifier: MIT */

/*
 * replay - run a fuzz target without a fuzzer: on each file of its corpus, and
 * on bytes that are random but the same each time.
 *
 *     fuzz-x CORPUS-DIRECTORY HOW-MANY-RANDOM
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX    65536
#define RANDOM_BYTES 512

static void replay_file(const char *dir, const char *name)
{
	static uint8_t input[INPUT_MAX];
	char path[4096];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	len = fread(input, 1, sizeof(input), file);
	fclose(file);
	LLVMFuzzerTestOneInput(input, len);
}

static unsigned int replay_corpus(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int n = 0;
	struct dirent *entry;

	if (!dir) {
		perror(path);
		exit(1);
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		replay_file(path, entry->d_name);
		printf("ok %u - %s\n", ++n, entry->d_name);
		fflush(stdout);
	}
	closedir(dir);
	return n;
}

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Zeros are common in what guests write, so they are common here too. */
static void replay_random(int runs)
{
	uint64_t state = 88172645463325252;
	uint8_t input[RANDOM_BYTES];

	for (int run = 0; run < runs; run++) {
		uint64_t zeros = next(&state) & next(&state);

		for (size_t i = 0; i < sizeof(input); i++)
			input[i] = zeros >> i % 64 & 1 ? 0 : next(&state);
		LLVMFuzzerTestOneInput(input, next(&state) % sizeof(input));
	}
}

int main(int argc, char **argv)
{
	int runs = argc == 3 ? atoi(argv[2]) : 0;
	unsigned int n;

	if (runs <= 0)
		return 2;

	n = replay_corpus(argv[1]) + 1;
	replay_random(runs);
	printf("ok %u - %d random inputs\n1..%u\n", n, runs, n);
	return 0;
}
