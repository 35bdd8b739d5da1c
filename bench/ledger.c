/* ledger.c: how long the books take for an event, touches, undo log and assignment included.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/prng.h"
#include "ledger/ledger.h"
#include "plimsoll/event.h"

enum { ACCOUNTS = 1000, INSTRUMENTS = 64, EVENTS = 200000, ROUNDS = 9, HELD = 8 };

static pli_ledger ledger;
static pli_undo undo;
static plm_event_trade trades[EVENTS];
static uint32_t takers[EVENTS];

// Of this process, so that a busy machine does not count.
static double
now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
must(plm_reject reject) {
    if (reject != PLM_REJECT_NONE) {
        fprintf(stderr, "refused: %s\n", plm_reject_name(reject));
        exit(1);
    }
    pli_ledger_assign(&ledger);
    pli_undo_commit(&undo);
}

static void
make_books(void) {
    pli_ledger_limits limits = {2, 1, INSTRUMENTS, ACCOUNTS, 2, INSTRUMENTS, 4};
    pli_arena sizing = pli_arena_init_sizing();
    pli_ledger_carve(&ledger, &limits, &sizing);
    size_t size = pli_arena_used(&sizing);
    size_t undo_size = pli_ledger_undo_size(&limits);
    void *memory = malloc(size);
    void *undo_memory = malloc(undo_size);
    if (memory == NULL || undo_memory == NULL) {
        exit(1);
    }
    pli_arena arena = pli_arena_init(memory, size);
    pli_ledger_carve(&ledger, &limits, &arena);
    pli_undo_init(&undo, undo_memory, undo_size);
    ledger.undo = &undo;
    plm_event_underlying underlying = {"BTC", 0, PLM_PRICE_DOMAIN_POSITIVE, 0, 0, 1, 1, 0};
    must(pli_ledger_underlying(&ledger, &underlying));
    plm_event_asset asset = {.name = "USD",
                             .underlying_index = PLM_NONE,
                             .decimals = 6,
                             .treatment = PLM_TREATMENT_HAIRCUT,
                             .tier_count = 1,
                             .tier_upto_micros = {INT64_MAX},
                             .borrow_cap_atoms = {0, INT64_C(1) << 60},
                             .kink_ppm = 1};
    must(pli_ledger_asset(&ledger, &asset));
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        plm_event_instrument body = {.instrument_index = i,
                                     .kind = PLM_KIND_PERPETUAL,
                                     .settlement = PLM_SETTLEMENT_LINEAR,
                                     .lot_e8 = 100000};
        snprintf(body.name, sizeof body.name, "PERP%u", i);
        must(pli_ledger_instrument(&ledger, &body));
    }
    for (uint32_t i = 0; i < ACCOUNTS; i += 1) {
        plm_event_account body = {i, PLM_ACCOUNT_CROSS, PLM_NONE, PLM_NONE, 0, 0};
        plm_event_deposit cash = {0, 0, {UINT64_C(1) << 60, 0}};
        must(pli_ledger_account(&ledger, 1, &body));
        must(pli_ledger_deposit(&ledger, i, &cash));
    }
}

// Each account has HELD positions; a trade is between two accounts in one of them.
static void
draw_trades(pli_prng *prng, bool is_closing) {
    for (int i = 0; i < EVENTS; i += 1) {
        takers[i] = (uint32_t)pli_prng_below(prng, ACCOUNTS);
        trades[i] = (plm_event_trade){
            .instrument_index = (uint32_t)pli_prng_below(prng, HELD) * (INSTRUMENTS / HELD),
            .maker_account =
                (takers[i] + 1 + (uint32_t)pli_prng_below(prng, ACCOUNTS - 1)) % ACCOUNTS,
            .lots = is_closing && i % 2 == 1 ? -5 : 5,
            .price_e8 = pli_prng_range_i64(prng, 990000000000, 1010000000000),
            .taker_fee_atoms = 2500,
            .maker_fee_atoms = -500};
    }
}

static double
run_trades(void) {
    double start = now_ns();
    for (int i = 0; i < EVENTS; i += 1) {
        plm_reject reject = pli_ledger_touch(&ledger, takers[i]);
        if (reject == PLM_REJECT_NONE) {
            reject = pli_ledger_touch(&ledger, trades[i].maker_account);
        }
        if (reject == PLM_REJECT_NONE) {
            reject = pli_ledger_trade(&ledger, takers[i], 1, &trades[i]);
        }
        must(reject);
    }
    return (now_ns() - start) / EVENTS;
}

static double
run_deposits(void) {
    plm_event_deposit cash = {0, 0, {1000, 0}};
    double start = now_ns();
    for (uint32_t i = 0; i < EVENTS; i += 1) {
        plm_reject reject = pli_ledger_touch(&ledger, i % ACCOUNTS);
        must(reject == PLM_REJECT_NONE ? pli_ledger_deposit(&ledger, i % ACCOUNTS, &cash) : reject);
    }
    return (now_ns() - start) / EVENTS;
}

static double
run_touches(void) {
    double start = now_ns();
    for (uint32_t i = 0; i < EVENTS; i += 1) {
        must(pli_ledger_touch(&ledger, i % ACCOUNTS));
    }
    return (now_ns() - start) / EVENTS;
}

static void
print_median(const char *what, double *times) {
    for (int i = 1; i < ROUNDS; i += 1) {
        double time = times[i];
        int at = i;
        for (; at > 0 && times[at - 1] > time; at -= 1) {
            times[at] = times[at - 1];
        }
        times[at] = time;
    }
    printf("%s: %.0f ns\n", what, times[ROUNDS / 2]);
}

int
main(void) {
    double times[ROUNDS];
    pli_prng prng = pli_prng_init(1);
    make_books();
    draw_trades(&prng, false);
    run_trades();
    draw_trades(&prng, true);
    for (int i = 0; i < ROUNDS; i += 1) {
        times[i] = run_trades();
    }
    print_median("trade with fee and rebate, two touches of 8 positions", times);
    for (int i = 0; i < ROUNDS; i += 1) {
        times[i] = run_deposits();
    }
    print_median("deposit", times);
    for (int i = 0; i < ROUNDS; i += 1) {
        times[i] = run_touches();
    }
    print_median("touch of 8 positions, nothing due", times);
    const char *broken = pli_ledger_check(&ledger);
    if (broken != NULL) {
        fprintf(stderr, "%s\n", broken);
        return 1;
    }
    return 0;
}
