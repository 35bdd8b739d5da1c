/* driver.c: runs a fuzz target without libFuzzer: given files, then seeded mutations. SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_SIZE_MAX ((size_t)1 << 16)
#define SEED_COUNT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct seed {
    uint8_t *bytes;
    size_t size;
} seed;

static seed seeds[SEED_COUNT_MAX];
static size_t seed_count;

static void
fail(const char *what, const char *path) {
    fprintf(stderr, "%s: %s\n", what, path);
    exit(3);
}

static void
add_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail("cannot open", path);
    }
    if (seed_count == SEED_COUNT_MAX) {
        fail("more files than the driver holds", path);
    }
    uint8_t *bytes = malloc(INPUT_SIZE_MAX);
    if (bytes == NULL) {
        fail("no memory for", path);
    }
    seeds[seed_count] = (seed){.bytes = bytes, .size = fread(bytes, 1, INPUT_SIZE_MAX, file)};
    seed_count += 1;
    fclose(file);
}

static int
compare_names(const struct dirent **left, const struct dirent **right) {
    return strcmp((*left)->d_name, (*right)->d_name);
}

// Files of a folder in the order of their names, so that a seed gives the same inputs everywhere.
static void
add_path(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) {
        fail("cannot find", path);
    }
    if (!S_ISDIR(status.st_mode)) {
        add_file(path);
        return;
    }
    struct dirent **entries;
    int entry_count = scandir(path, &entries, NULL, compare_names);
    for (int i = 0; i < entry_count; i += 1) {
        char child[4096];
        snprintf(child, sizeof child, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            add_file(child);
        }
        free(entries[i]);
    }
    free(entries);
}

// xorshift64*, seeded with a constant: a failure is found again by the same number of mutations.
static uint64_t
next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static size_t
mutate_once(uint8_t *bytes, size_t size, uint64_t *state) {
    static const char tokens[] = "0123456789.-+eE{}[]\",: \n\\\t#&*!|>ntfNaIx/<=\xff\x80";
    size_t at = size == 0 ? 0 : next_random(state) % size;
    size_t rest = size - at;
    switch (next_random(state) % 6) {
    case 0:
        bytes[at] ^= (uint8_t)(1U << next_random(state) % 8);
        return size == 0 ? 1 : size;
    case 1:
        bytes[at] = (uint8_t)tokens[next_random(state) % (sizeof tokens - 1)];
        return size == 0 ? 1 : size;
    case 2: {
        size_t count = rest == 0 ? 0 : 1 + next_random(state) % (rest < 16 ? rest : 16);
        memmove(bytes + at, bytes + at + count, rest - count);
        return size - count;
    }
    case 3: {
        size_t room = INPUT_SIZE_MAX - size;
        size_t count = 1 + next_random(state) % 16;
        count = count < rest ? count : rest;
        count = count < room ? count : room;
        memmove(bytes + at + count, bytes + at, rest);
        return size + count;
    }
    case 4:
        return at;
    default:
        if (size == INPUT_SIZE_MAX) {
            return size;
        }
        memmove(bytes + at + 1, bytes + at, rest);
        bytes[at] = (uint8_t)tokens[next_random(state) % (sizeof tokens - 1)];
        return size + 1;
    }
}

// The input is copied to a block of its exact size, so that a sanitizer sees a read past its end.
static void
run_one(const uint8_t *bytes, size_t size) {
    uint8_t *exact = malloc(size + (size == 0));
    if (exact == NULL) {
        fail("no memory for", "an input");
    }
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void
run_mutations(unsigned long mutation_count) {
    static uint8_t bytes[INPUT_SIZE_MAX];
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned long i = 0; i < mutation_count; i += 1) {
        size_t size = 0;
        if (seed_count > 0) {
            const seed *start = &seeds[next_random(&state) % seed_count];
            size = start->size;
            memcpy(bytes, start->bytes, size);
        }
        uint64_t step_count = 1 + next_random(&state) % 8;
        for (uint64_t step = 0; step < step_count; step += 1) {
            size = mutate_once(bytes, size, &state);
        }
        run_one(bytes, size);
    }
}

static bool
is_number(const char *text) {
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

int
main(int argument_count, char **arguments) {
    unsigned long mutation_count = 0;
    for (int i = 1; i < argument_count; i += 1) {
        if (is_number(arguments[i])) {
            mutation_count = strtoul(arguments[i], NULL, 10);
        } else {
            add_path(arguments[i]);
        }
    }
    for (size_t i = 0; i < seed_count; i += 1) {
        run_one(seeds[i].bytes, seeds[i].size);
    }
    run_mutations(mutation_count);
    printf("%zu files, %lu mutations\n", seed_count, mutation_count);
    for (size_t i = 0; i < seed_count; i += 1) {
        free(seeds[i].bytes);
    }
    return 0;
}
