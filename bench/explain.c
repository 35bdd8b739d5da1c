/* explain.c: how long triggers and cures of an account with ten options take.         SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plimsoll/explain.h"
#include "price/mark.h"

enum { DAY_COUNT = 501, OPTION_COUNT = 40, HELD_COUNT = 10, COUNT = OPTION_COUNT + 1, ROUNDS = 11 };

static const int64_t coin = INT64_C(10000000000000); // 100,000

static int64_t days[2][DAY_COUNT];
static double closes[2][DAY_COUNT];
static plm_instrument instruments[COUNT];
static plm_mark marks[COUNT];
static plm_position positions[HELD_COUNT + 1];

static double
now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(plm_status status, const plm_fault *fault) {
    if (status != PLM_OK) {
        fprintf(stderr, "%s: %s\n", plm_status_name(status), fault->text);
        exit(1);
    }
}

static void
make_history(void) {
    for (uint32_t i = 0; i < DAY_COUNT; i += 1) {
        days[0][i] = days[1][i] = 20000 + i;
        closes[0][i] = 100000.0 + 37.0 * (double)((i * 7919u) % 101u);
        closes[1][i] = 4000.0 + 2.0 * (double)((i * 6131u) % 97u) + closes[0][i] / 50;
    }
}

// Calls and puts around the forward, at 30 and 60 days, and a perpetual at the end; every fourth option is held short.
static void
make_book(void) {
    for (uint32_t i = 0; i < OPTION_COUNT; i += 1) {
        instruments[i] = (plm_instrument){PLM_KIND_OPTION,
                                          PLM_SETTLEMENT_LINEAR,
                                          i % 2 == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT,
                                          PLM_PREMIUM_PAID,
                                          0,
                                          0,
                                          100000,
                                          coin / 100 * (81 + 2 * (int64_t)(i / 2)),
                                          (i % 4 < 2 ? 30 : 60) * PLM_DAY_NS};
    }
    instruments[OPTION_COUNT] = (plm_instrument){
        .kind = PLM_KIND_PERPETUAL, .settlement = PLM_SETTLEMENT_LINEAR, .lot_e8 = 100000};
    marks[OPTION_COUNT] = (plm_mark){.mark_e8 = coin, .is_present = true};
    for (uint32_t i = 0; i < HELD_COUNT; i += 1) {
        positions[i] = (plm_position){.instrument_index = 4 * i + i % 2, .lots = -1000};
    }
    positions[HELD_COUNT] = (plm_position){.instrument_index = OPTION_COUNT};
}

static double
median(double *times, int count) {
    for (int i = 1; i < count; i += 1) {
        for (int j = i; j > 0 && times[j] < times[j - 1]; j -= 1) {
            double swap = times[j];
            times[j] = times[j - 1];
            times[j - 1] = swap;
        }
    }
    return times[count / 2];
}

static void
set_cash(plm_balance *balance, int64_t dollars) {
    balance->atoms = (plm_wide){.low = (uint64_t)dollars * 1000000};
}

static void
measure(plm_explain_input *input, plm_balance *cash) {
    plm_workspace workspace = {.size = plm_explain_size(input)};
    workspace.memory = aligned_alloc(64, workspace.size);
    plm_fault fault;
    plm_requirement now;
    double times[3][ROUNDS];
    plm_triggers triggers;
    plm_cure cures[16];
    uint32_t count = 0;
    must(plm_margin_require(input->model, &input->margin, &workspace, &now, NULL, &fault), &fault);
    int64_t value = 1000000000 - now.equity_maintenance_micros / 1000000; // of the short options
    for (int r = 0; r < ROUNDS; r += 1) {
        set_cash(cash, value + now.maintenance_micros / 1000000 * 2);
        double start = now_ms();
        must(plm_margin_require(input->model, &input->margin, &workspace, &now, NULL, &fault),
             &fault);
        times[0][r] = now_ms() - start;
        start = now_ms();
        must(plm_explain_triggers(input, 0, &workspace, &triggers, &fault), &fault);
        times[1][r] = now_ms() - start;
        set_cash(cash, value + now.maintenance_micros / 1000000);
        start = now_ms();
        must(plm_explain_cures(input, &workspace, 16, cures, &count, &fault), &fault);
        times[2][r] = now_ms() - start;
    }
    printf("workspace: %zu bytes\n", workspace.size);
    printf("requirement: %.2f ms\n", median(times[0], ROUNDS));
    printf("triggers, %d found: %.0f ms\n",
           triggers.call_below.is_found + triggers.call_above.is_found +
               triggers.liquidation_below.is_found + triggers.liquidation_above.is_found,
           median(times[1], ROUNDS));
    printf("cures, %u listed: %.0f ms\n", count, median(times[2], ROUNDS));
    free(workspace.memory);
}

int
main(void) {
    plm_asset asset = {.underlying_index = PLM_NONE,
                       .decimals = 6,
                       .treatment = PLM_TREATMENT_HAIRCUT,
                       .tier_count = 1,
                       .tiers = {{.upto_micros = INT64_MAX}}};
    plm_underlying underlyings[2] = {{PLM_PRICE_DOMAIN_POSITIVE, 0, 1, 10000000, 0},
                                     {PLM_PRICE_DOMAIN_POSITIVE, 0, 1, 10000000, 0}};
    plm_slice slice = {.kind = PLM_SLICE_SVI, .svi = {0.012, 0.06, -0.25, 0.02, 0.15}};
    plm_expiry_market expiries[2] = {{0, 30 * PLM_DAY_NS, coin, slice},
                                     {0, 60 * PLM_DAY_NS, coin, slice}};
    plm_underlying_market prices[2] = {
        {.price = {coin, coin, 0, 0, PLM_PRICE_STATE_VALID}, .volatility_ppm = 600000},
        {.price = {coin / 25, coin / 25, 0, 0, PLM_PRICE_STATE_VALID}, .volatility_ppm = 700000}};
    plm_listing listing = {1, 2, COUNT, &asset, underlyings, instruments};
    plm_market market = {{0}, prices, marks, 2, expiries};
    plm_set_parameters parameters;
    plm_shock_parameters shocks;
    plm_portfolio_parameters record;
    plm_record_init(&plm_set_descriptor, &parameters);
    plm_record_init(&plm_shock_descriptor, &shocks);
    plm_record_init(&plm_portfolio_descriptor, &record);
    make_history();
    make_book();
    plm_fault fault;
    must(pli_market_fill_marks(&listing, &market, marks, &fault), &fault);
    plm_history histories[2] = {{0, DAY_COUNT, days[0], closes[0]},
                                {1, DAY_COUNT, days[1], closes[1]}};
    plm_scenario_request request = {"bench", 1,       &listing, &market,   &parameters,
                                    1,       &shocks, 2,        histories, NULL};
    size_t size = plm_scenario_size(&request);
    void *memory = malloc(size);
    plm_scenario_set set;
    must(plm_scenario_make(&request, memory, size, &set, &fault), &fault);
    size_t table_size = plm_risk_table_size(&set, &listing);
    void *rows = malloc(table_size);
    plm_risk_table table;
    must(plm_risk_table_init(&set, &listing, rows, table_size, &table), &fault);
    must(plm_risk_table_build(&set, &listing, &market, 0, NULL, &table, &fault), &fault);
    plm_balance cash = {.asset_index = 0};
    set_cash(&cash, 1000000000);
    plm_portfolio portfolio = {HELD_COUNT + 1, 0, 1, positions, NULL, &cash};
    plm_explain_input input = {.model = &plm_model_portfolio,
                               .margin = {.listing = &listing,
                                          .market = &market,
                                          .maintenance_arrays = &table,
                                          .initial_arrays = &table,
                                          .parameters = &record,
                                          .portfolio = &portfolio},
                               .maintenance_set = &set,
                               .initial_set = &set};
    printf("rows of %u entries, %d options held\n", set.header.entry_count, HELD_COUNT);
    measure(&input, &cash);
    free(rows);
    free(memory);
    return 0;
}
