/* margin.c: how long one requirement takes on small rows, by model and by positions held. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/wide.h"
#include "plimsoll/margin.h"

enum { UNDERLYINGS = 4, INSTRUMENTS = 16, GRID = 9, STRESS = 16, ENTRIES = 32, ROUNDS = 31 };
enum { CALLS = 2000 };

static const int64_t price_e8 = INT64_C(5000000000000); // 50,000
static plm_asset assets[1] = {{.underlying_index = PLM_NONE,
                               .decimals = 6,
                               .treatment = PLM_TREATMENT_HAIRCUT,
                               .tier_count = 1,
                               .tiers = {{INT64_MAX, 0}}}};
static plm_underlying underlyings[UNDERLYINGS];
static plm_instrument instruments[INSTRUMENTS];
static plm_underlying_market prices[UNDERLYINGS];
static plm_mark marks[INSTRUMENTS];
static uint32_t grid_active[UNDERLYINGS];
static uint8_t has_history[UNDERLYINGS];
static int64_t entries[(INSTRUMENTS + 1) * ENTRIES];
static uint8_t is_built[INSTRUMENTS + 1];

static double
now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
make_world(void) {
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        underlyings[u] =
            (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1};
        prices[u].price = (plm_price_record){price_e8, price_e8, 0, 1, PLM_PRICE_STATE_VALID};
        prices[u].volatility_ppm = 600000;
        grid_active[u] = GRID;
    }
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        instruments[i] = (plm_instrument){.kind = PLM_KIND_PERPETUAL,
                                          .settlement = PLM_SETTLEMENT_LINEAR,
                                          .underlying_index = i % UNDERLYINGS,
                                          .lot_e8 = 100000};
        marks[i] = (plm_mark){.mark_e8 = price_e8, .is_present = true};
        is_built[i] = 1;
        for (int64_t s = 0; s < ENTRIES; s += 1) {
            entries[i * ENTRIES + s] = s == 0 ? 0 : (s % 2 == 0 ? 1 : -1) * 500000 * s;
        }
    }
    is_built[INSTRUMENTS] = 1;
}

static int
by_value(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double
measure(const plm_model *model, const void *parameters, const plm_risk_table *table,
        uint32_t held) {
    plm_listing listing = {1, UNDERLYINGS, INSTRUMENTS, assets, underlyings, instruments};
    plm_market market = {.time = {1000}, .underlyings = prices, .marks = marks};
    plm_position positions[INSTRUMENTS] = {0};
    for (uint32_t i = 0; i < held; i += 1) {
        int64_t lots = i % 3 == 0 ? -10 : 20;
        pli_i128 cost = (pli_i128)lots * price_e8;
        positions[i].instrument_index = i;
        positions[i].lots = lots;
        positions[i].cost = pli_wide_from_i128(cost);
    }
    plm_balance cash = {.asset_index = 0, .atoms = {.low = UINT64_C(1000000000000)}};
    plm_portfolio portfolio = {
        .position_count = held, .balance_count = 1, .positions = positions, .balances = &cash};
    plm_margin_input input = {.listing = &listing,
                              .market = &market,
                              .maintenance_arrays = table,
                              .initial_arrays = table,
                              .parameters = parameters,
                              .portfolio = &portfolio};
    plm_limits limits = {1, UNDERLYINGS, INSTRUMENTS, held, 1, 1, ENTRIES};
    plm_workspace workspace = {.size = plm_margin_workspace_size(model, &limits)};
    workspace.memory = aligned_alloc(64, (workspace.size + 63) / 64 * 64);
    double times[ROUNDS];
    for (int r = 0; r < ROUNDS; r += 1) {
        double start = now_ns();
        for (int i = 0; i < CALLS; i += 1) {
            plm_requirement requirement;
            plm_fault fault;
            if (plm_margin_require(model, &input, &workspace, &requirement, NULL, &fault) !=
                PLM_OK) {
                fprintf(stderr, "%s\n", fault.text);
                exit(1);
            }
        }
        times[r] = (now_ns() - start) / CALLS;
    }
    free(workspace.memory);
    qsort(times, ROUNDS, sizeof times[0], by_value);
    return times[ROUNDS / 2];
}

int
main(void) {
    make_world();
    plm_scenario_header header = {.version = 1,
                                  .horizon = {PLM_DAY_NS},
                                  .underlying_count = UNDERLYINGS,
                                  .grid_count = GRID,
                                  .stress_count = STRESS,
                                  .entry_count = ENTRIES,
                                  .row_stride = ENTRIES,
                                  .probe_multiple_ppm = 2000000,
                                  .grid_active = grid_active,
                                  .has_history = has_history};
    plm_risk_table table = {&header, INSTRUMENTS, 1, entries, is_built};
    plm_portfolio_parameters portfolio;
    plm_tiered_parameters tiered;
    plm_record_init(&plm_portfolio_descriptor, &portfolio);
    plm_record_init(&plm_tiered_descriptor, &tiered);
    printf("one requirement, rows of %d entries, ns (median of %d)\n", ENTRIES, ROUNDS);
    printf("%-10s %10s %10s %10s\n", "positions", "tiered", "dynamic", "portfolio");
    for (uint32_t held = 1; held <= INSTRUMENTS; held *= 2) {
        printf("%-10u %10.0f %10.0f %10.0f\n", held,
               measure(&plm_model_tiered, &tiered, NULL, held),
               measure(&plm_model_dynamic, &tiered, NULL, held),
               measure(&plm_model_portfolio, &portfolio, &table, held));
    }
    return 0;
}
