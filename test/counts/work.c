/* work.c: one kind of work, as often as asked, for test_counts_long.py to count its instructions. SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blake2b.h"
#include "base/prng.h"
#include "base/wide.h"
#include "plimsoll/kernel.h"
#include "plimsoll/margin.h"
#include "plimsoll/price.h"
#include "plimsoll/sweep.h"

enum { POINTS = 512, INSTRUMENTS = 80, HELD = 8, ACCOUNTS = 200, TILE = 64, ENTRIES_MAX = 1024 };
enum { ENTRIES = 32, GRID = 9, STRESS = 16 };

static double forwards[POINTS], volatilities[POINTS], values[POINTS], prices[POINTS];
static double strikes[POINTS];
static const plm_option_fixed option = {100.0, 0.25, PLM_RIGHT_CALL};

static void
draw_options(void) {
    for (uint32_t i = 0; i < POINTS; i += 1) {
        forwards[i] = 80.0 + 40.0 * (double)(i * 37 % POINTS) / POINTS;
        volatilities[i] = 0.2 + 0.8 * (double)(i * 101 % POINTS) / POINTS;
        strikes[i] = option.strike;
    }
    plm_kernels_reference.black76_points(&option, POINTS, forwards, volatilities, prices);
}

static void
imply(void) {
    for (uint32_t i = 0; i < POINTS; i += 1) {
        plm_option_terms terms = {forwards[i], option.strike, option.years,
                                  0.0,         1.0,           PLM_RIGHT_CALL};
        if (plm_black76_implied(&terms, prices[i], &values[i]) != PLM_OK) {
            abort();
        }
    }
}

static void
imply_chain(const plm_kernels *kernels) {
    plm_option_prices chain = {option.years, option.right, POINTS, forwards, strikes, prices};
    kernels->black76_implied(&chain, values);
    if (values[0] == PLM_VOLATILITY_UNKNOWN) {
        abort();
    }
}

_Alignas(64) static int32_t entries[INSTRUMENTS * ENTRIES_MAX];
_Alignas(64) static int64_t scratch[2 * ENTRIES_MAX];
static uint32_t begin[ACCOUNTS + 1], gross[ACCOUNTS];
static uint16_t instruments[ACCOUNTS * HELD];
static int32_t lots[ACCOUNTS * HELD];
static int64_t profit[ACCOUNTS];
static plm_sweep_tail tails[ACCOUNTS];
static const plm_sweep_book book = {ACCOUNTS, begin, instruments, lots, gross};

static plm_sweep_table
draw_book(uint32_t count) {
    pli_prng random = pli_prng_init(1);
    uint32_t tile = count < TILE ? count : TILE;
    for (size_t i = 0; i < INSTRUMENTS * ENTRIES_MAX; i += 1) {
        entries[i] = (int32_t)pli_prng_below(&random, 160001) - 80000;
    }
    for (uint32_t p = 0; p < ACCOUNTS * HELD; p += 1) {
        instruments[p] = (uint16_t)pli_prng_below(&random, INSTRUMENTS);
        lots[p] = (int32_t)pli_prng_below(&random, 2001) - 1000;
    }
    for (uint32_t a = 0; a < ACCOUNTS; a += 1) {
        begin[a] = a * HELD;
        gross[a] = plm_sweep_gross(HELD, lots + begin[a]);
    }
    begin[ACCOUNTS] = ACCOUNTS * HELD;
    return (plm_sweep_table){INSTRUMENTS, count, tile, count / tile, 80000, entries};
}

static const int64_t price_e8 = INT64_C(5000000000000);
static plm_instrument perpetuals[HELD];
static plm_underlying underlyings[HELD];
static plm_underlying_market quotes[HELD];
static plm_mark marks[HELD];
static uint32_t grid_active[HELD];
static uint8_t has_history[HELD], is_built[HELD + 1];
static int64_t rows[(HELD + 1) * ENTRIES];
static plm_position positions[HELD];

static void
draw_venue(void) {
    for (uint32_t i = 0; i < HELD; i += 1) {
        int64_t held = i % 3 == 0 ? -10 : 20;
        underlyings[i] =
            (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1};
        quotes[i].price = (plm_price_record){price_e8, price_e8, 0, 1, PLM_PRICE_STATE_VALID};
        quotes[i].volatility_ppm = 600000;
        perpetuals[i] = (plm_instrument){.kind = PLM_KIND_PERPETUAL,
                                         .settlement = PLM_SETTLEMENT_LINEAR,
                                         .underlying_index = i / 2,
                                         .lot_e8 = 100000};
        marks[i] = (plm_mark){.mark_e8 = price_e8, .is_present = true};
        grid_active[i] = GRID;
        is_built[i] = 1;
        positions[i].instrument_index = i;
        positions[i].lots = held;
        positions[i].cost = pli_wide_from_i128((pli_i128)held * price_e8);
        for (int64_t s = 1; s < ENTRIES; s += 1) {
            rows[i * ENTRIES + (uint32_t)s] = (s % 2 == 0 ? 500000 : -500000) * s;
        }
    }
    is_built[HELD] = 1;
}

static void
require(const plm_model *model, const void *parameters, uint64_t count) {
    plm_asset asset = {.underlying_index = PLM_NONE,
                       .decimals = 6,
                       .treatment = PLM_TREATMENT_HAIRCUT,
                       .tier_count = 1,
                       .tiers = {{INT64_MAX, 0}}};
    plm_listing listing = {1, HELD, HELD, &asset, underlyings, perpetuals};
    plm_market market = {.time = {1000}, .underlyings = quotes, .marks = marks};
    plm_balance cash = {.asset_index = 0, .atoms = {.low = UINT64_C(1000000000000)}};
    plm_portfolio portfolio = {
        .position_count = HELD, .balance_count = 1, .positions = positions, .balances = &cash};
    plm_scenario_header header = {.version = 1,
                                  .horizon = {PLM_DAY_NS},
                                  .underlying_count = HELD,
                                  .grid_count = GRID,
                                  .stress_count = STRESS,
                                  .entry_count = ENTRIES,
                                  .row_stride = ENTRIES,
                                  .probe_multiple_ppm = 2000000,
                                  .grid_active = grid_active,
                                  .has_history = has_history};
    plm_risk_table table = {&header, HELD, 1, rows, is_built};
    plm_margin_input input = {.listing = &listing,
                              .market = &market,
                              .maintenance_arrays = &table,
                              .initial_arrays = &table,
                              .parameters = parameters,
                              .portfolio = &portfolio};
    plm_limits limits = {1, HELD, HELD, HELD, 1, 1, ENTRIES};
    plm_workspace workspace = {.size = plm_margin_workspace_size(model, &limits)};
    workspace.memory = aligned_alloc(64, (workspace.size + 63) / 64 * 64);
    plm_requirement requirement;
    for (uint64_t i = 0; i < count; i += 1) {
        if (plm_margin_require(model, &input, &workspace, &requirement, NULL, NULL) != PLM_OK) {
            abort();
        }
    }
    free(workspace.memory);
}

static void
require_by_name(const char *name, uint64_t count) {
    plm_portfolio_parameters portfolio;
    plm_tiered_parameters tiered;
    plm_record_init(&plm_portfolio_descriptor, &portfolio);
    plm_record_init(&plm_tiered_descriptor, &tiered);
    draw_venue();
    bool is_portfolio = strcmp(name, "portfolio") == 0;
    require(is_portfolio ? &plm_model_portfolio : &plm_model_tiered,
            is_portfolio ? (const void *)&portfolio : (const void *)&tiered, count);
}

static void
sweep(const plm_sweep_kernels *kernels, uint32_t entry_count, bool has_tails, uint64_t count) {
    plm_sweep_table table = draw_book(entry_count);
    plm_sweep_range range = {0, ACCOUNTS};
    for (uint64_t i = 0; i < count; i += 1) {
        if (has_tails) {
            kernels->tails(&table, &book, range, 26, scratch, tails);
        } else {
            kernels->worst(&table, &book, range, profit);
        }
    }
}

static void
check_orders(const plm_sweep_kernels *kernels, uint64_t count) {
    static plm_sweep_order orders[ACCOUNTS];
    plm_sweep_table table = draw_book(ENTRIES);
    for (uint32_t i = 0; i < ACCOUNTS; i += 1) {
        orders[i] =
            (plm_sweep_order){i * 37 % ACCOUNTS, (int32_t)i - 100, (uint16_t)(i % INSTRUMENTS)};
    }
    for (uint64_t i = 0; i < count; i += 1) {
        kernels->orders(&table, &book, ACCOUNTS, orders, profit);
    }
}

static void
hash(uint64_t count) {
    static uint8_t bytes[4096];
    uint8_t digest[PLI_BLAKE2B_256_SIZE];
    for (uint64_t i = 0; i < count; i += 1) {
        pli_blake2b_256(bytes, sizeof bytes, digest);
        bytes[0] = digest[0];
    }
}

/* Usage: work KIND INSTRUCTION_SET COUNT, where KIND is one of those below. */
int
main(int word_count, char **words) {
    size_t set = 0;
    while (word_count == 4 && set < plm_kernels_count() &&
           strcmp(plm_kernels_at(set)->name, words[2]) != 0) {
        set += 1;
    }
    if (word_count != 4 || set == plm_kernels_count()) {
        fprintf(stderr, "usage: work KIND reference|avx2|avx512 COUNT\n");
        return 2;
    }
    const char *kind = words[1];
    uint64_t count = strtoull(words[3], NULL, 10);
    draw_options();
    if (strcmp(kind, "price") == 0) {
        for (uint64_t i = 0; i < count; i += 1) {
            plm_kernels_at(set)->black76_points(&option, POINTS, forwards, volatilities, values);
        }
    } else if (strcmp(kind, "implied") == 0) {
        for (uint64_t i = 0; i < count; i += 1) {
            imply();
        }
    } else if (strcmp(kind, "implied-chain") == 0) {
        for (uint64_t i = 0; i < count; i += 1) {
            imply_chain(plm_kernels_at(set));
        }
    } else if (strcmp(kind, "worst-32") == 0) {
        sweep(plm_sweep_at(set), 32, false, count);
    } else if (strcmp(kind, "worst-1024") == 0) {
        sweep(plm_sweep_at(set), 1024, false, count);
    } else if (strcmp(kind, "tail-1024") == 0) {
        sweep(plm_sweep_at(set), 1024, true, count);
    } else if (strcmp(kind, "orders") == 0) {
        check_orders(plm_sweep_at(set), count);
    } else if (strcmp(kind, "hash") == 0) {
        hash(count);
    } else if (strcmp(kind, "portfolio") == 0 || strcmp(kind, "tiered") == 0) {
        require_by_name(kind, count);
    } else {
        fprintf(stderr, "%s: no such work\n", kind);
        return 2;
    }
    return 0;
}
