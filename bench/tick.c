/* tick.c: what a price costs a venue of a million accounts, screened and with everybody looked at.  SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/prng.h"
#include "os/memory.h"
#include "plimsoll/core.h"
#include "plimsoll/liquidation.h"

/*
 * Usage: tick [ACCOUNTS UNDERLYINGS TICKS [WINDOW [CHECKS SEED]]]; 1000000 50 300 4096. WINDOW: accounts whose initial requirement a
 * scan follows. With CHECKS nothing is timed: everybody is looked at, and so many certificates are held against a look, while prices
 * wander within two per cent and now and then fall by as much at once; exit 1 where one was wrong.
 *
 * Each account holds one to three perpetuals at one to eight times its cash, under model `portfolio`. A tick is a price and a mark of
 * one underlying, five basis points away on average, and CONTINUE until nothing waits; timed is all of it. First with the
 * screen; then a crash, every tick half a percent down; then ticks in which everybody is looked at, and one in which the
 * screen's certificates are held against such looks. Processor time.
 */
#define E8 INT64_C(100000000)
#define START INT64_C(1767225600000000000)

enum { POSITIONS = 4, STEPS = 1024, FULL_TICKS = 3 };

static plm_core *core;
static plm_event event;
static int64_t time_ns = START;
static pli_prng prng;
static int64_t *prices_e8;
static double *took_us;

static double
now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static plm_event *
begin(plm_event_type type, uint32_t account) {
    memset(&event, 0, sizeof event);
    event.header.type = (uint16_t)type;
    event.header.version = 1;
    event.header.time_ns = time_ns;
    event.header.account = account;
    return &event;
}

static plm_reject
apply(void) {
    plm_outcome outcome;
    if (plm_core_apply(core, &event, NULL, &outcome, NULL) != PLM_OK) {
        exit(1);
    }
    return outcome.reject;
}

static void
must_apply(void) {
    plm_reject reject = apply();
    if (reject != PLM_REJECT_NONE) {
        fprintf(stderr, "tick: type %u refused: %s\n", event.header.type, plm_reject_name(reject));
        exit(1);
    }
}

static void
set_price(uint32_t u) {
    begin(PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body =
        (plm_event_price){.underlying_index = u,
                          .state = PLM_PRICE_STATE_VALID,
                          .price_e8 = prices_e8[u],
                          .slow_e8 = prices_e8[u],
                          .publish_ns = time_ns};
    must_apply();
    plm_event_mark *mark = &begin(PLM_EVENT_TYPE_MARK, PLM_NONE)->mark_body;
    mark->instrument_index = u;
    mark->is_present = 1;
    mark->mark_e8 = prices_e8[u];
    must_apply();
}

static void
list(uint32_t underlyings) {
    plm_event_asset *usd = &begin(PLM_EVENT_TYPE_ASSET, PLM_NONE)->asset_body;
    memcpy(usd->name, "USD", 3);
    usd->underlying_index = PLM_NONE;
    usd->decimals = 6;
    usd->treatment = PLM_TREATMENT_HAIRCUT;
    usd->tier_count = 1;
    usd->tier_upto_micros[0] = INT64_MAX;
    usd->kink_ppm = 800000;
    must_apply();
    for (uint32_t u = 0; u < underlyings; u += 1) {
        plm_event_underlying *coin = &begin(PLM_EVENT_TYPE_UNDERLYING, PLM_NONE)->underlying_body;
        snprintf(coin->name, sizeof coin->name, "C%u", u);
        coin->underlying_index = u;
        coin->domain = PLM_PRICE_DOMAIN_POSITIVE;
        coin->price_unit = 1;
        coin->tick_e8 = 1;
        must_apply();
        plm_event_instrument *perpetual =
            &begin(PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
        snprintf(perpetual->name, sizeof perpetual->name, "C%u-PERP", u);
        perpetual->instrument_index = u;
        perpetual->kind = PLM_KIND_PERPETUAL;
        perpetual->settlement = PLM_SETTLEMENT_LINEAR;
        perpetual->underlying_index = u;
        perpetual->lot_e8 = E8 / 100;
        must_apply();
        prices_e8[u] = 100 * E8;
        set_price(u);
        begin(PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE)->liquidity_body =
            (plm_event_liquidity){.underlying_index = u,
                                  .depth_micros = INT64_C(100000000000000),
                                  .volume_micros = INT64_C(10000000000000000)};
        must_apply();
    }
}

static void
set_record(const plm_descriptor *descriptor, uint32_t index, const char *path, int64_t value,
           const char *other) {
    plm_event_parameters *body = &begin(PLM_EVENT_TYPE_PARAMETERS, PLM_NONE)->parameters_body;
    memcpy(body->record, descriptor->id, strlen(descriptor->id));
    body->record_index = index;
    body->record_version = 2;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        const char *at = descriptor->fields[i].path;
        bool is_named = strcmp(at, path) == 0 || strcmp(at, other) == 0;
        body->values[i] = is_named ? value : descriptor->fields[i].standard;
    }
    must_apply();
}

static void
go_on(void) {
    while (plm_core_job_count(core) > 0) {
        begin(PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count = STEPS;
        must_apply();
    }
}

/* Grid and stress without history, as bench/engine has them. */
static void
choose_portfolio(void) {
    set_record(&plm_shock_descriptor, 0, "level_min", 1, "level_max");
    for (uint32_t h = 0; h < 2; h += 1) {
        set_record(&plm_set_descriptor, h, "history_count", 0, "sticky_moneyness");
        plm_event_scenario_commit *commit =
            &begin(PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE)->scenario_commit_body;
        memcpy(commit->name, "bench", 5);
        commit->set_version = 1;
        commit->horizon = h + 1;
        must_apply();
    }
    go_on();
    plm_event_model *model = &begin(PLM_EVENT_TYPE_MODEL, PLM_NONE)->model_body;
    memcpy(model->name, "portfolio", strlen("portfolio"));
    model->model_version = 1;
    must_apply();
}

static void
open_accounts(uint32_t accounts, uint32_t underlyings) {
    for (uint32_t a = 0; a < accounts; a += 1) {
        plm_event_account *body = &begin(PLM_EVENT_TYPE_ACCOUNT, PLM_NONE)->account_body;
        body->account_index = a;
        body->kind = PLM_ACCOUNT_CROSS;
        body->parent_index = PLM_NONE;
        body->instrument_index = PLM_NONE;
        must_apply();
        begin(PLM_EVENT_TYPE_DEPOSIT, a)->deposit_body.atoms.low = UINT64_C(10000000000);
        must_apply();
    }
    uint64_t refused = 0;
    for (uint32_t a = 0; a + 1 < accounts; a += 2) {
        uint64_t count = 1 + pli_prng_below(&prng, 3);
        for (uint64_t k = 0; k < count; k += 1) {
            plm_event_trade *trade = &begin(PLM_EVENT_TYPE_TRADE, a)->trade_body;
            trade->instrument_index = (uint32_t)pli_prng_below(&prng, underlyings);
            trade->maker_account = a + 1;
            trade->lots = pli_prng_range_i64(&prng, 10000, 80000) / (int64_t)count;
            trade->lots = pli_prng_below(&prng, 2) == 0 ? trade->lots : -trade->lots;
            trade->price_e8 = 100 * E8;
            refused += apply() != PLM_REJECT_NONE;
        }
    }
    printf("%u accounts, %u underlyings; %llu of the trades asked too much\n", accounts,
           underlyings, (unsigned long long)refused);
}

static double
tick(uint32_t u, int64_t move_ppm) {
    time_ns += INT64_C(100000000);
    prices_e8[u] += prices_e8[u] / 1000000 * move_ppm;
    double before = now_us();
    set_price(u);
    go_on();
    return now_us() - before;
}

static int
compare(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double
report(const char *what, uint32_t ticks, plm_screen_counts before) {
    plm_screen_counts now = plm_core_screen_counts(core);
    double sum = 0;
    for (uint32_t i = 0; i < ticks; i += 1) {
        sum += took_us[i];
    }
    qsort(took_us, ticks, sizeof took_us[0], compare);
    printf("%-34s mean %10.1f us, median %10.1f, p99 %10.1f, longest %10.1f; looks a tick %.1f, "
           "certificates missed %llu\n",
           what, sum / ticks, took_us[ticks / 2], took_us[ticks * 99 / 100], took_us[ticks - 1],
           (double)(now.looked - before.looked) / ticks,
           (unsigned long long)(now.missed - before.missed));
    return sum / ticks;
}

static void
run_calm(const char *what, uint32_t underlyings, uint32_t ticks) {
    plm_screen_counts before = plm_core_screen_counts(core);
    for (uint32_t i = 0; i < ticks; i += 1) {
        took_us[i] = tick((uint32_t)pli_prng_below(&prng, underlyings),
                          pli_prng_range_i64(&prng, -1000, 1000));
    }
    (void)report(what, ticks, before);
}

// Every underlying once, so that everybody who can be has been certified.
static void
run_first(const char *what, uint32_t underlyings) {
    plm_screen_counts before = plm_core_screen_counts(core);
    for (uint32_t u = 0; u < underlyings; u += 1) {
        took_us[u] = tick(u, pli_prng_range_i64(&prng, -1000, 1000));
    }
    (void)report(what, underlyings, before);
}

static void
run_crash(uint32_t underlyings, uint32_t ticks) {
    plm_screen_counts before = plm_core_screen_counts(core);
    for (uint32_t i = 0; i < ticks; i += 1) {
        took_us[i] = tick(i % underlyings, -5000);
    }
    (void)report("crash, half a percent a tick", ticks, before);
}

// Within two per cent of where they began; every 4,096th tick a price jumps by as much.
static int64_t
wander_ppm(uint32_t u, uint64_t number) {
    int64_t move = pli_prng_range_i64(&prng, -1000, 1000);
    int64_t away = prices_e8[u] - 100 * E8;
    move = away > 2 * E8 && move > 0 ? -move : move;
    move = away < -2 * E8 && move < 0 ? -move : move;
    return number % 4096 == 0 ? (away > 0 ? -20000 : 20000) : move;
}

static int
check(uint32_t underlyings, uint64_t checks) {
    plm_screen_counts now = plm_core_screen_counts(core);
    plm_core_use_screen(core, PLM_SCREEN_CHECKED);
    for (uint64_t number = 1; now.checked < checks && now.missed == 0; number += 1) {
        uint32_t u = (uint32_t)pli_prng_below(&prng, underlyings);
        (void)tick(u, wander_ppm(u, number));
        now = plm_core_screen_counts(core);
        if (number % 4096 == 0) {
            fprintf(stderr, "\r%llu checked", (unsigned long long)now.checked);
        }
    }
    printf("\n%llu certificates held against a look in %llu looks, %llu wrong\n",
           (unsigned long long)now.checked, (unsigned long long)now.looked,
           (unsigned long long)now.missed);
    return now.missed == 0 ? 0 : 1;
}

int
main(int argc, char **argv) {
    uint32_t accounts = argc > 3 ? (uint32_t)atol(argv[1]) : 1000000;
    uint32_t underlyings = argc > 3 ? (uint32_t)atol(argv[2]) : 50;
    uint32_t ticks = argc > 3 ? (uint32_t)atol(argv[3]) : 300;
    int64_t window = argc > 4 ? atol(argv[4]) : 4096;
    plm_core_limits limits = {.network_id = 1,
                              .asset_count = 1,
                              .underlying_count = underlyings,
                              .instrument_count = underlyings,
                              .account_count = accounts,
                              .balance_count = 1,
                              .position_count = POSITIONS,
                              .order_count = 1,
                              .signer_count = 1,
                              .client_id_count = 16,
                              .expiry_count = 1,
                              .class_count = 1,
                              .history_count = 2,
                              .entry_count = 256};
    size_t size = plm_core_size(&limits);
    void *memory = pli_memory_reserve(size);
    prices_e8 = calloc(underlyings, sizeof prices_e8[0]);
    took_us = calloc((size_t)ticks + underlyings + FULL_TICKS, sizeof took_us[0]);
    if (memory == NULL || prices_e8 == NULL || took_us == NULL ||
        plm_core_init(&limits, memory, size, &core, NULL) != PLM_OK) {
        fprintf(stderr, "tick: no memory for so many\n");
        return 1;
    }
    prng = pli_prng_init(argc > 6 ? (uint64_t)atoll(argv[6]) : 1);
    list(underlyings);
    choose_portfolio();
    set_record(&plm_liquidation_descriptor, 0, "initial_window", window, "");
    open_accounts(accounts, underlyings);
    printf("%.0f bytes of state an account\n", (double)size / accounts);
    if (argc > 5) {
        return check(underlyings, (uint64_t)atoll(argv[5]));
    }
    run_first("first ticks: everybody certified", underlyings);
    run_calm("ticks", underlyings, ticks);
    if (getenv("CALM"))
        return 0;
    run_crash(underlyings, ticks);
    run_calm("ticks after it", underlyings, ticks);
    plm_core_use_screen(core, PLM_SCREEN_OFF);
    run_calm("everybody looked at", underlyings, FULL_TICKS);
    plm_core_use_screen(core, PLM_SCREEN_ON);
    run_first("screened again: certifying", underlyings);
    return 0;
}
