/* scenario.c: how long one row of a risk table takes, by kind of instrument.          SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plimsoll/scenario.h"

enum { DAY_COUNT = 501, ROUNDS = 41, ROW_COUNT = 4 };

static int64_t days[DAY_COUNT];
static double closes[DAY_COUNT];

static double
now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
must(plm_status status) {
    if (status != PLM_OK) {
        fprintf(stderr, "%s\n", plm_status_name(status));
        exit(1);
    }
}

// The median over the rounds, of building the rows that `only` names.
static double
measure(const plm_scenario_set *set, const plm_scenario_request *request, uint32_t instrument,
        plm_risk_table *table) {
    uint8_t only[ROW_COUNT] = {0};
    only[instrument] = 1;
    double times[ROUNDS];
    for (int r = 0; r < ROUNDS; r += 1) {
        double start = now_ns();
        must(plm_risk_table_build(set, request->listing, request->market, 0, only, table, NULL));
        double taken = now_ns() - start;
        int at = r;
        for (; at > 0 && times[at - 1] > taken; at -= 1)
            times[at] = times[at - 1];
        times[at] = taken;
    }
    return times[ROUNDS / 2];
}

static void
make_history(void) {
    for (uint32_t i = 0; i < DAY_COUNT; i += 1) {
        days[i] = 20000 + i;
        closes[i] = 100000.0 + 37.0 * (double)((i * 7919u) % 101u);
    }
}

int
main(void) {
    static const char *const names[ROW_COUNT] = {"perpetual", "option, surface SVI",
                                                 "option settled in coin", "option, 12 hours"};
    int64_t coin = 10000000000000; // 100,000
    plm_asset asset = {.underlying_index = PLM_NONE, .tier_count = 1};
    plm_underlying underlying = {PLM_PRICE_DOMAIN_POSITIVE, 0, 1, 1, 0};
    plm_instrument call = {
        PLM_KIND_OPTION, PLM_SETTLEMENT_LINEAR, PLM_RIGHT_CALL, PLM_PREMIUM_PAID, 0, 0,
        100000,          10500000000000,        30 * PLM_DAY_NS};
    plm_instrument instruments[ROW_COUNT] = {
        {.kind = PLM_KIND_PERPETUAL, .settlement = PLM_SETTLEMENT_LINEAR, .lot_e8 = 100000},
        call,
        call,
        call};
    instruments[2].settlement = PLM_SETTLEMENT_INVERSE;
    instruments[3].expiry_ns = PLM_DAY_NS / 2;
    plm_slice slice = {.kind = PLM_SLICE_SVI, .svi = {0.012, 0.06, -0.25, 0.02, 0.15}};
    plm_expiry_market expiries[2] = {{0, PLM_DAY_NS / 2, coin, slice},
                                     {0, 30 * PLM_DAY_NS, coin, slice}};
    plm_mark marks[ROW_COUNT] = {{coin, 0, true}};
    plm_underlying_market price = {.price = {.price_e8 = coin}, .volatility_ppm = 600000};
    plm_listing listing = {1, 1, ROW_COUNT, &asset, &underlying, instruments};
    plm_market market = {{0}, &price, marks, 2, expiries};
    plm_set_parameters parameters;
    plm_shock_parameters shocks;
    plm_record_init(&plm_set_descriptor, &parameters);
    plm_record_init(&plm_shock_descriptor, &shocks);
    make_history();
    plm_history history = {0, DAY_COUNT, days, closes};
    plm_scenario_request request = {"bench", 1,       &listing, &market,  &parameters,
                                    1,       &shocks, 1,        &history, plm_kernels_best()};
    size_t size = plm_scenario_size(&request);
    void *memory = malloc(size);
    plm_scenario_set set;
    double start = now_ns();
    must(plm_scenario_make(&request, memory, size, &set, NULL));
    printf("set of %u entries: %.0f us\n", set.header.entry_count, (now_ns() - start) / 1e3);
    size_t table_size = plm_risk_table_size(&set, &listing);
    void *rows = malloc(table_size);
    plm_risk_table table;
    must(plm_risk_table_init(&set, &listing, rows, table_size, &table));
    for (uint32_t i = 0; i < ROW_COUNT; i += 1) {
        printf("row of a %s: %.0f us\n", names[i], measure(&set, &request, i, &table) / 1e3);
    }
    free(rows);
    free(memory);
    return 0;
}
