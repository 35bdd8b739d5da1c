/* make_venue.c: write a made-up venue's book of any size, in the form of examples/shadow.  SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/libc.h"
#include "base/prng.h"

/*
 * Usage: make_venue ACCOUNTS FOLDER [SEED]. Writes accounts.csv, positions.csv and incumbent.csv beside the marks and the
 * mapping of examples/shadow. One account in ten is a busy one; the incumbent requires 5 % and 2.5 % of notional. */
#define SEED_STANDARD 1876u
#define PATH_SIZE 512

typedef struct listed {
    const char *symbol;
    int64_t lot_micros;   /* of the size: 0.001 is 1000 */
    int64_t mark_cents;   /* of one unit, in USD */
    int64_t notional_usd; /* of one unit */
    int64_t lots_max;
} listed;

static const listed table[] = {
    {"XBT/USD", 1000, 6501000, 65010, 3000},
    {"ETH/USD", 1000, 340120, 3401, 40000},
    {"INV.XBT", 1000000, 6500500, 10, 5000},
    {"XBT.27MAR26", 1000, 6524000, 65240, 2000},
    {"XBT.27MAR26.60000.P", 10000, 168900, 65000, 200},
    {"XBT.27MAR26.70000.C", 10000, 173550, 65000, 200},
    {"XBT.27MAR26.65000.C", 10000, 371600, 65000, 200},
};

#define TABLE_SIZE (sizeof table / sizeof table[0])

static FILE *
open_file(const char *folder, const char *name) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(3);
    }
    return file;
}

// One position; answers its notional in USD.
static int64_t
write_position(FILE *file, pli_prng *random, uint64_t account, const listed *of, bool is_busy) {
    int64_t lots = pli_prng_range_i64(random, 1, is_busy ? of->lots_max : of->lots_max / 20);
    int64_t size = lots * of->lot_micros;
    int64_t entry = of->mark_cents * pli_prng_range_i64(random, 950, 1050) / 1000;
    fprintf(file, "a%08" PRIu64 ",,%s,%c,%" PRId64 ".%06" PRId64 ",%" PRId64 ".%02" PRId64 ",\n",
            account, of->symbol, pli_prng_below(random, 2) == 0 ? 'L' : 'S', size / 1000000,
            size % 1000000, entry / 100, entry % 100);
    return size * of->notional_usd / 1000000 + 1;
}

static void
write_account(FILE *files[3], pli_prng *random, uint64_t account) {
    bool is_busy = pli_prng_below(random, 10) == 0;
    int64_t notional = 0;
    uint64_t first = pli_prng_below(random, TABLE_SIZE);
    uint64_t count = 1 + pli_prng_below(random, is_busy ? TABLE_SIZE : 2);
    for (uint64_t i = 0; i < count; i += 1) {
        const listed *of = &table[(first + i) % TABLE_SIZE];
        notional += write_position(files[1], random, account, of, is_busy);
    }
    int64_t cents = notional * pli_prng_range_i64(random, 6, 40);
    fprintf(files[0], "a%08" PRIu64 ",,USD,%" PRId64 "\n", account, cents);
    if (is_busy) {
        fprintf(files[0], "a%08" PRIu64 ",,XBT,%" PRId64 "\n", account,
                pli_prng_range_i64(random, 1, 200));
    }
    fprintf(files[2], "a%08" PRIu64 ",,%" PRId64 ",%" PRId64 ",\n", account, notional / 20,
            notional / 40);
}

int
main(int count, char **words) {
    uint64_t accounts = count >= 3 ? strtoull(words[1], NULL, 10) : 0;
    if (accounts == 0) {
        fputs("usage: make_venue ACCOUNTS FOLDER [SEED]\n", stderr);
        return 2;
    }
    pli_prng random = pli_prng_init(count > 3 ? strtoull(words[3], NULL, 10) : SEED_STANDARD);
    FILE *files[3] = {open_file(words[2], "accounts.csv"), open_file(words[2], "positions.csv"),
                      open_file(words[2], "incumbent.csv")};
    fputs("uid,book,ccy,cents\n", files[0]);
    fputs("uid,book,symbol,ls,size,avg,funding_due\n", files[1]);
    fputs("uid,book,im,mm,eq\n", files[2]);
    for (uint64_t i = 0; i < accounts; i += 1) {
        write_account(files, &random, i);
    }
    for (int i = 0; i < 3; i += 1) {
        if (fclose(files[i]) != 0) {
            perror(words[2]);
            return 3;
        }
    }
    return 0;
}
