/* crash.c: how long a crash takes: every account assessed, what fell planned or deleveraged.  SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/wide.h"
#include "os/memory.h"
#include "plimsoll/core.h"
#include "plimsoll/liquidation.h"

/*
 * Usage: crash [FALLING STANDING MARKETS]; 11279 40000 44: the sizes of 10 October 2025 at Hyperliquid (incident book).
 *
 * Each of FALLING accounts is long one perpetual at five times what it has; an account of STANDING sold it. All prices fall
 * by 30 %, which takes every FALLING account below zero. Model `tiered`. Timed is the scan that the prices queue: CONTINUE of
 * 256 steps each, until nothing waits, and the longest of them.
 *
 * Then the same without depth and auctions, and every account of STANDING also short 5 coins, sold to one account a market
 * that can bear it: what is bankrupt is deleveraged, by each policy. Timed from the scan that finds it bankrupt.
 */
#define E8 INT64_C(100000000)
#define START INT64_C(1767225600000000000)
#define STEPS 256u

typedef struct venue {
    plm_core *core;
    plm_event event;
    int64_t time_ns;
} venue;

typedef struct sizes {
    uint32_t falling, standing, markets;
} sizes;

static double
now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static plm_event *
begin(venue *v, plm_event_type type, uint32_t account) {
    memset(&v->event, 0, sizeof v->event);
    v->event.header.type = (uint16_t)type;
    v->event.header.version = 1;
    v->event.header.time_ns = v->time_ns;
    v->event.header.account = account;
    return &v->event;
}

static void
apply(venue *v) {
    plm_outcome outcome;
    if (plm_core_apply(v->core, &v->event, NULL, &outcome, NULL) != PLM_OK ||
        outcome.reject != PLM_REJECT_NONE) {
        fprintf(stderr, "crash: type %u refused: %s\n", v->event.header.type,
                plm_reject_name(outcome.reject));
        exit(1);
    }
}

static void
list_market(venue *v, uint32_t i) {
    plm_event_underlying *coin = &begin(v, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE)->underlying_body;
    snprintf(coin->name, sizeof coin->name, "C%u", i);
    coin->underlying_index = i;
    coin->domain = PLM_PRICE_DOMAIN_POSITIVE;
    coin->price_unit = 1;
    coin->tick_e8 = 1;
    apply(v);
    plm_event_instrument *perpetual =
        &begin(v, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
    snprintf(perpetual->name, sizeof perpetual->name, "C%u-PERP", i);
    perpetual->instrument_index = i;
    perpetual->kind = PLM_KIND_PERPETUAL;
    perpetual->settlement = PLM_SETTLEMENT_LINEAR;
    perpetual->underlying_index = i;
    perpetual->lot_e8 = E8;
    apply(v);
}

static void
set_price(venue *v, uint32_t i, int64_t price_e8) {
    plm_event_price *price = &begin(v, PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body;
    price->underlying_index = i;
    price->state = PLM_PRICE_STATE_VALID;
    price->price_e8 = price_e8;
    price->slow_e8 = price_e8;
    price->publish_ns = v->time_ns;
    apply(v);
    plm_event_mark *mark = &begin(v, PLM_EVENT_TYPE_MARK, PLM_NONE)->mark_body;
    mark->instrument_index = i;
    mark->is_present = 1;
    mark->mark_e8 = price_e8;
    apply(v);
}

static void
open_account(venue *v, uint32_t account, int64_t atoms) {
    plm_event_account *body = &begin(v, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE)->account_body;
    body->account_index = account;
    body->kind = PLM_ACCOUNT_CROSS;
    body->parent_index = PLM_NONE;
    body->instrument_index = PLM_NONE;
    apply(v);
    plm_event_deposit *cash = &begin(v, PLM_EVENT_TYPE_DEPOSIT, account)->deposit_body;
    cash->atoms = pli_wide_from_i128(atoms);
    apply(v);
}

static void
open_venue(venue *v, uint32_t falling, uint32_t standing, uint32_t markets) {
    plm_event_asset *usd = &begin(v, PLM_EVENT_TYPE_ASSET, PLM_NONE)->asset_body;
    memcpy(usd->name, "USD", 3);
    usd->underlying_index = PLM_NONE;
    usd->decimals = 6;
    usd->treatment = PLM_TREATMENT_HAIRCUT;
    usd->tier_count = 1;
    usd->tier_upto_micros[0] = INT64_MAX;
    usd->kink_ppm = 800000;
    apply(v);
    for (uint32_t i = 0; i < markets; i += 1) {
        list_market(v, i);
        set_price(v, i, 100 * E8);
    }
    for (uint32_t account = 0; account < falling + standing; account += 1) {
        open_account(v, account, INT64_C(1000000000));
    }
    // 1,000 USD of collateral, 50 coins of 100 USD.
    for (uint32_t account = 0; account < falling; account += 1) {
        plm_event_trade *trade = &begin(v, PLM_EVENT_TYPE_TRADE, account)->trade_body;
        trade->instrument_index = account % markets;
        trade->maker_account = falling + account % standing;
        trade->lots = 50;
        trade->price_e8 = 100 * E8;
        apply(v);
    }
}

/* work - what CONTINUE did until nothing waited. */
typedef struct work {
    double total_ms, longest_ms;
    uint32_t events;
} work;

static work
go_on(venue *v) {
    work sum = {.events = 0};
    while (plm_core_job_count(v->core) > 0) {
        double before = now_ms();
        begin(v, PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count = STEPS;
        apply(v);
        double took = now_ms() - before;
        sum.total_ms += took;
        sum.longest_ms = took > sum.longest_ms ? took : sum.longest_ms;
        sum.events += 1;
    }
    return sum;
}

static void
fall(venue *v, uint32_t markets) {
    for (uint32_t i = 0; i < markets; i += 1) {
        set_price(v, i, 70 * E8);
    }
}

static void
crash(venue *v, uint32_t accounts, uint32_t markets) {
    double start = now_ms();
    fall(v, markets);
    double scanned = now_ms();
    work scan = go_on(v);
    uint32_t stages[PLM_STAGE_DEFICIT + 1] = {0};
    uint32_t orders = 0;
    for (uint32_t account = 0; account < accounts; account += 1) {
        plm_account_info info;
        if (plm_core_account(v->core, account, &info) != PLM_OK) {
            exit(1);
        }
        stages[info.standing.stage] += 1;
        orders += info.order_count;
    }
    printf("prices and marks of %u markets    %8.2f ms\n", markets, scanned - start);
    printf("scan of %u accounts            %8.2f ms in %u events, the longest %.2f ms\n", accounts,
           scan.total_ms, scan.events, scan.longest_ms);
    printf("below maintenance %u, on sale %u, healthy %u, forced orders %u\n",
           stages[PLM_STAGE_PARTIAL], stages[PLM_STAGE_AUCTION], stages[PLM_STAGE_HEALTHY], orders);
}

static void
set_rule(plm_event_parameters *body, const char *path, int64_t value) {
    for (uint32_t i = 0; i < plm_liquidation_descriptor.field_count; i += 1) {
        if (strcmp(plm_liquidation_descriptor.fields[i].path, path) == 0) {
            body->values[i] = value;
        }
    }
}

static void
write_rules(venue *v, plm_deleverage_policy policy) {
    const plm_descriptor *of = &plm_liquidation_descriptor;
    plm_event_parameters *body = &begin(v, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE)->parameters_body;
    memcpy(body->record, of->id, strlen(of->id));
    body->record_version = 2;
    body->layout_version = of->version;
    body->field_count = of->field_count;
    for (uint32_t i = 0; i < of->field_count; i += 1) {
        body->values[i] = of->fields[i].standard;
    }
    set_rule(body, "auction_rounds_max", 0);
    set_rule(body, "fruitless_max", 1);
    set_rule(body, "depth_standard_micros", 0);
    set_rule(body, "deleverage_policy", (int64_t)policy);
    apply(v);
}

// What the other side holds beyond what has to be closed.
static void
sell_more(venue *v, const sizes *of) {
    uint32_t first = of->falling + of->standing;
    for (uint32_t i = 0; i < of->markets; i += 1) {
        open_account(v, first + i, INT64_C(1000000000000000));
    }
    for (uint32_t i = 0; i < of->standing; i += 1) {
        plm_event_trade *trade =
            &begin(v, PLM_EVENT_TYPE_TRADE, first + i % of->markets)->trade_body;
        trade->instrument_index = i % of->markets;
        trade->maker_account = of->falling + i;
        trade->lots = 5;
        trade->price_e8 = 100 * E8;
        apply(v);
    }
}

static void
deleverage(venue *v, const sizes *of, plm_deleverage_policy policy) {
    static const char *const names[] = {"pro rata", "queue", "least harm"};
    open_venue(v, of->falling, of->standing, of->markets);
    write_rules(v, policy);
    sell_more(v, of);
    fall(v, of->markets);
    (void)go_on(v);
    v->time_ns += INT64_C(10000000000);
    fall(v, of->markets);
    work done = go_on(v);
    uint32_t left = 0;
    uint32_t closed = 0;
    for (uint32_t account = 0; account < of->falling + of->standing; account += 1) {
        plm_account_info info;
        if (plm_core_account(v->core, account, &info) != PLM_OK) {
            exit(1);
        }
        left += info.standing.stage != PLM_STAGE_HEALTHY;
        closed += account < of->falling && info.position_count == 0;
    }
    plm_asset_totals usd;
    if (plm_core_asset(v->core, 0, &usd) != PLM_OK) {
        exit(1);
    }
    printf("deleveraging, %-10s       %10.2f ms in %u events, the longest %.2f ms; closed %u, not "
           "healthy %u, bad debt %lld\n",
           names[policy], done.total_ms, done.events, done.longest_ms, closed, left,
           (long long)pli_i128_from_wide(usd.bad_debt));
}

static int
finish(const venue *v) {
    uint8_t digest[32];
    plm_core_digest(v->core, digest);
    printf("digest ");
    for (size_t i = 0; i < 8; i += 1) {
        printf("%02x", digest[i]);
    }
    const char *broken = plm_core_check(v->core);
    printf("; check: %s\n", broken == NULL ? "sound" : broken);
    return broken == NULL ? 0 : 1;
}

int
main(int argc, char **argv) {
    uint32_t counts[3] = {11279, 40000, 44};
    for (int i = 1; i < argc && i <= 3; i += 1) {
        counts[i - 1] = (uint32_t)strtoul(argv[i], NULL, 10);
    }
    sizes of = {counts[0], counts[1], counts[2]};
    plm_core_limits limits;
    plm_core_limits_init(&limits);
    limits.account_count = of.falling + of.standing + of.markets;
    limits.underlying_count = of.markets;
    limits.instrument_count = of.markets;
    limits.balance_count = 2;
    limits.position_count = 4;
    limits.order_count = 16;
    size_t size = plm_core_size(&limits);
    void *memory = size == 0 ? NULL : pli_memory_reserve(size);
    int result = 0;
    for (int turn = -1; turn <= (int)PLM_DELEVERAGE_LEAST_HARM && result == 0; turn += 1) {
        venue v = {.time_ns = START};
        if (memory == NULL || of.standing == 0 || of.markets == 0 ||
            plm_core_init(&limits, memory, size, &v.core, NULL) != PLM_OK) {
            fprintf(stderr, "crash: no memory, or sizes out of range\n");
            return 1;
        }
        if (turn < 0) {
            open_venue(&v, of.falling, of.standing, of.markets);
            crash(&v, of.falling + of.standing, of.markets);
        } else {
            deleverage(&v, &of, (plm_deleverage_policy)turn);
        }
        result = finish(&v);
    }
    free(memory);
    return result;
}
