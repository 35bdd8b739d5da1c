/* core.c: how long the state machine takes per event, by kind and model.                SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/prng.h"
#include "base/wide.h"
#include "os/memory.h"
#include "plimsoll/core.h"

/*
 * Usage: core. A venue of 256 accounts and 8 linear perpetuals, one a coin; events are decoded from bytes and applied one
 * by one. Model `portfolio` runs on rows of 44 grid points, 6 stresses and 7 probes, without history. Trades are random, so
 * accounts come to hold most of the 8 positions.
 */
#define ACCOUNTS 256u
#define COINS 8u
#define EVENTS 200000u
#define E8 INT64_C(100000000)
#define START INT64_C(1767225600000000000)

typedef struct venue {
    plm_core *core;
    int64_t time_ns;
    pli_prng prng;
    plm_effect entries[256];
    plm_effects effects;
    uint64_t accepted;
} venue;

static double
now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static plm_event
write_event(const venue *v, plm_event_type type, uint32_t account) {
    plm_event event;
    memset(&event, 0, sizeof event);
    event.header.type = (uint16_t)type;
    event.header.version = 1;
    event.header.time_ns = v->time_ns;
    event.header.account = account;
    return event;
}

static plm_reject
apply(venue *v, const plm_event *event) {
    plm_outcome outcome;
    if (plm_core_apply(v->core, event, &v->effects, &outcome, NULL) != PLM_OK) {
        exit(1);
    }
    v->accepted += outcome.reject == PLM_REJECT_NONE ? 1 : 0;
    return outcome.reject;
}

static void
must(venue *v, const plm_event *event) {
    plm_reject reject = apply(v, event);
    if (reject != PLM_REJECT_NONE) {
        fprintf(stderr, "core: setup refused: %s\n", plm_reject_name(reject));
        exit(1);
    }
}

static int64_t
price_of(uint32_t coin) {
    return (coin + 1) * 1000 * E8;
}

static void
list_coin(venue *v, uint32_t coin) {
    plm_event event = write_event(v, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
    snprintf(event.underlying_body.name, PLM_NAME_SIZE, "COIN%u", coin);
    event.underlying_body.underlying_index = coin;
    event.underlying_body.domain = PLM_PRICE_DOMAIN_POSITIVE;
    event.underlying_body.price_unit = 1;
    event.underlying_body.tick_e8 = 1;
    must(v, &event);
    event = write_event(v, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
    snprintf(event.instrument_body.name, PLM_NAME_SIZE, "PERP%u", coin);
    event.instrument_body.instrument_index = coin;
    event.instrument_body.kind = PLM_KIND_PERPETUAL;
    event.instrument_body.settlement = PLM_SETTLEMENT_LINEAR;
    event.instrument_body.underlying_index = coin;
    event.instrument_body.lot_e8 = E8 / 1000;
    must(v, &event);
    event = write_event(v, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event.mark_body.instrument_index = coin;
    event.mark_body.is_present = 1;
    event.mark_body.mark_e8 = price_of(coin);
    must(v, &event);
}

static plm_event
write_price(const venue *v, uint32_t coin, int64_t price_e8) {
    plm_event event = write_event(v, PLM_EVENT_TYPE_PRICE, PLM_NONE);
    event.price_body.underlying_index = coin;
    event.price_body.state = PLM_PRICE_STATE_VALID;
    event.price_body.price_e8 = price_e8;
    event.price_body.slow_e8 = price_e8;
    event.price_body.publish_ns = v->time_ns;
    return event;
}

static plm_event
write_deposit(const venue *v, uint32_t account, int64_t atoms) {
    plm_event event = write_event(v, PLM_EVENT_TYPE_DEPOSIT, account);
    event.deposit_body.atoms = pli_wide_from_i128(atoms);
    return event;
}

static void
list_venue(venue *v) {
    plm_event event = write_event(v, PLM_EVENT_TYPE_ASSET, PLM_NONE);
    strcpy(event.asset_body.name, "USD");
    event.asset_body.underlying_index = PLM_NONE;
    event.asset_body.decimals = 6;
    event.asset_body.treatment = PLM_TREATMENT_HAIRCUT;
    event.asset_body.tier_count = 1;
    event.asset_body.tier_upto_micros[0] = INT64_MAX;
    event.asset_body.kink_ppm = 800000;
    must(v, &event);
    for (uint32_t coin = 0; coin < COINS; coin += 1) {
        list_coin(v, coin);
        event = write_price(v, coin, price_of(coin));
        must(v, &event);
    }
    for (uint32_t account = 0; account < ACCOUNTS; account += 1) {
        event = write_event(v, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event.account_body.account_index = account;
        event.account_body.kind = PLM_ACCOUNT_CROSS;
        event.account_body.parent_index = PLM_NONE;
        event.account_body.instrument_index = PLM_NONE;
        must(v, &event);
        event = write_deposit(v, account, INT64_C(100000000000));
        must(v, &event);
    }
}

static void
change_record(venue *v, const plm_descriptor *descriptor, uint32_t index, const char *const *paths,
              const int64_t *values) {
    plm_event event = write_event(v, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    plm_event_parameters *body = &event.parameters_body;
    strcpy(body->record, descriptor->id);
    body->record_index = index;
    body->record_version = 2;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        body->values[i] = descriptor->fields[i].standard;
        for (uint32_t k = 0; paths[k] != NULL; k += 1) {
            if (strcmp(paths[k], descriptor->fields[i].path) == 0) {
                body->values[i] = values[k];
            }
        }
    }
    must(v, &event);
}

static void
use_portfolio(venue *v) {
    change_record(v, &plm_shock_descriptor, 0,
                  (const char *const[]){"step_ppm", "level_min", "level_max", NULL},
                  (const int64_t[]){150000, 1, 1});
    for (uint32_t h = 0; h < 2; h += 1) {
        change_record(v, &plm_set_descriptor, h,
                      (const char *const[]){"history_count", "sticky_moneyness", NULL},
                      (const int64_t[]){0, 0});
        plm_event event = write_event(v, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        event.scenario_commit_body.horizon = h + 1;
        must(v, &event);
    }
    plm_event event = write_event(v, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event.continue_body.step_count = 2 * COINS;
    must(v, &event);
    event = write_event(v, PLM_EVENT_TYPE_MODEL, PLM_NONE);
    strcpy(event.model_body.name, "portfolio");
    event.model_body.model_version = 1;
    must(v, &event);
}

typedef plm_event (*maker)(venue *v, uint32_t i);

static plm_event
make_trade(venue *v, uint32_t i) {
    (void)i;
    uint32_t coin = (uint32_t)pli_prng_below(&v->prng, COINS);
    plm_event event =
        write_event(v, PLM_EVENT_TYPE_TRADE, (uint32_t)pli_prng_below(&v->prng, ACCOUNTS / 2));
    event.trade_body.instrument_index = coin;
    event.trade_body.maker_account =
        ACCOUNTS / 2 + (uint32_t)pli_prng_below(&v->prng, ACCOUNTS / 2);
    event.trade_body.lots = pli_prng_below(&v->prng, 2) == 0 ? 10 : -10;
    event.trade_body.price_e8 = price_of(coin) + (int64_t)pli_prng_below(&v->prng, 1000);
    event.trade_body.taker_fee_atoms = 100;
    return event;
}

static plm_event
make_deposit(venue *v, uint32_t i) {
    return write_deposit(v, i % ACCOUNTS, 1000);
}

static plm_event
make_time(venue *v, uint32_t i) {
    (void)i;
    return write_event(v, PLM_EVENT_TYPE_TIME, PLM_NONE);
}

static plm_event
make_price(venue *v, uint32_t i) {
    // Within reprice_ppm: the arrays stay.
    return write_price(v, i % COINS, price_of(i % COINS) + (i % 7) * 1000);
}

static plm_event
make_price_far(venue *v, uint32_t i) {
    // Beyond it: every event builds the rows of one underlying for both horizons.
    return write_price(v, i % COINS,
                       price_of(i % COINS) / 1000 * (i / COINS % 2 == 0 ? 1002 : 998));
}

static plm_event
make_reserve(venue *v, uint32_t i) {
    uint32_t coin = i % COINS;
    plm_event event = write_event(v, PLM_EVENT_TYPE_RESERVE, i / 2 % ACCOUNTS);
    event.reserve_body.instrument_index = coin;
    event.reserve_body.side = 1 + i % 4 / 2;
    event.reserve_body.lots = 5;
    event.reserve_body.limit_e8 = price_of(coin);
    event.reserve_body.order_id = 1;
    if (i % 2 == 1) {
        event = write_event(v, PLM_EVENT_TYPE_RELEASE, i / 2 % ACCOUNTS);
        event.release_body.order_id = 1;
    }
    return event;
}

// Events are written and encoded before the clock starts; decoding belongs to what is measured.
static void
measure(venue *v, const char *name, maker make, uint32_t count) {
    uint8_t *bytes = malloc((size_t)count * 256);
    if (bytes == NULL) {
        exit(1);
    }
    size_t size = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        v->time_ns += 1000;
        plm_event event = make(v, i);
        size_t one = 0;
        if (plm_event_encode(&event, bytes + size, 256, &one) != PLM_OK) {
            exit(1);
        }
        size += one;
    }
    v->accepted = 0;
    static plm_event event;
    double start = now_ns();
    for (size_t at = 0; at < size;) {
        size_t one = 0;
        if (plm_event_decode(bytes + at, size - at, &event, &one, NULL) != PLM_OK) {
            exit(1);
        }
        (void)apply(v, &event);
        at += one;
    }
    double each = (now_ns() - start) / count;
    printf("%-28s %9.0f ns/event %12.0f events/s  %5.1f %% accepted\n", name, each, 1e9 / each,
           100.0 * (double)v->accepted / count);
    free(bytes);
}

int
main(void) {
    plm_core_limits limits;
    plm_core_limits_init(&limits);
    limits.entry_count = 64;
    size_t size = plm_core_size(&limits);
    void *memory = pli_memory_reserve(size);
    venue v = {.time_ns = START, .prng = pli_prng_init(1)};
    v.effects = (plm_effects){.capacity = 256, .entries = v.entries};
    if (memory == NULL || plm_core_init(&limits, memory, size, &v.core, NULL) != PLM_OK) {
        return 1;
    }
    list_venue(&v);
    printf("state of %.1f MB\n", (double)size / 1e6);
    measure(&v, "time", make_time, EVENTS);
    measure(&v, "deposit", make_deposit, EVENTS);
    measure(&v, "price, arrays stay", make_price, EVENTS);
    measure(&v, "trade, tiered", make_trade, EVENTS);
    use_portfolio(&v);
    measure(&v, "trade, portfolio", make_trade, EVENTS);
    measure(&v, "reserve, release; portfolio", make_reserve, EVENTS);
    measure(&v, "price, arrays rebuilt", make_price_far, EVENTS / 20);
    uint8_t digest[32];
    double start = now_ns();
    plm_core_digest(v.core, digest);
    printf("%-28s %9.2f ms\n", "digest of the state", (now_ns() - start) / 1e6);
    const char *broken = plm_core_check(v.core);
    printf("check: %s\n", broken == NULL ? "sound" : broken);
    free(memory);
    return broken == NULL ? 0 : 1;
}
